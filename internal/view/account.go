package view

import (
	"context"
	"strconv"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Account is a person's own page.
type Account struct {
	Name, Email string
	Cases       []CaseLine
	Drafts      []DraftLine
	Licences    []LicenceLine
	Bills       []BillLine // on which something is owed
	Money       bool       // there are bills
	Taxes       int        // tax accounts
}

// CaseLine is a case in a list.
type CaseLine struct {
	ID, Number, Label, Service, State string
	Ending                            string // granted, refused …; "" while open
	Submitted                         Instant
	Due                               string
	Waiting                           bool // for the person
	New                               int  // messages not seen
}

// DraftLine is an unfinished application.
type DraftLine struct {
	ID, Service string
	Saved       Instant
	Until       string // kept until
}

// LicenceLine is a licence in a list.
type LicenceLine struct {
	ID, Number, Label, Kind string
	State                   string
	From, Until             string
}

// own asks for the right to one's own account.
func own(r Reader) error {
	return policy.Can(r.Actor, policy.AccountOwn, policy.Thing{Kind: "account", ID: r.Actor.Person, Owner: r.Actor.Person})
}

// ownList asks for the right to see what there is of one's own, or of the one for whom the reader acts.
func ownList(r Reader) error {
	return policy.Can(r.Actor, policy.AccountList, policy.Thing{Kind: "account", ID: r.Actor.Whose(), Owner: r.Actor.Whose()})
}

// Account lists what is the reader's, or of the one for whom they act what the mandate covers.
func (v *View) Account(ctx context.Context, r Reader) (a Account, err error) {
	if err := ownList(r); err != nil {
		return Account{}, err
	}
	err = v.read(ctx, "Account", func(ctx context.Context, tx *store.Tx) error {
		a = Account{}
		who, err := v.People.Get(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		a.Name, a.Email = who.Name, who.Email
		rows, err := v.Docket.Cases.Of(ctx, tx, r.Actor.Whose())
		if err != nil {
			return err
		}
		for _, row := range rows {
			thing := policy.Thing{Kind: "case", ID: row.ID, Organisation: row.Organisation, Owner: row.Person, Service: row.Service}
			if policy.Can(r.Actor, policy.CaseOwn, thing) != nil {
				continue // of another, and not covered
			}
			line, err := v.caseLine(ctx, tx, r, row)
			if err != nil {
				return err
			}
			a.Cases = append(a.Cases, line)
		}
		if a.Drafts, err = v.draftLines(ctx, tx, r); err != nil {
			return err
		}
		if err := v.accountBills(ctx, tx, r, &a); err != nil {
			return err
		}
		if err := v.accountTaxes(ctx, tx, r, &a); err != nil {
			return err
		}
		a.Licences, err = v.licenceLines(ctx, tx, r)
		return err
	})
	return a, err
}

func (v *View) caseLine(ctx context.Context, tx *store.Tx, r Reader, row *cases.Case) (CaseLine, error) {
	s, err := v.Docket.Releases.Get(ctx, tx, row.Definition)
	if err != nil {
		return CaseLine{}, err
	}
	line := CaseLine{ID: row.ID, Number: row.Number, Label: row.Label, Service: r.words(s.Jurisdiction, s.Title),
		Ending: row.Ending, Submitted: r.instant(s.Jurisdiction, row.Submitted)}
	if st := s.States[row.State]; st != nil {
		line.State = r.words(s.Jurisdiction, st.Title)
	}
	if row.Open() {
		line.Due = r.date(row.Due)
		line.Waiting = waitsForApplicant(s, row.State)
	}
	messages, err := v.Docket.Cases.Messages(ctx, tx, row)
	for _, m := range messages {
		if !m.Incoming && !m.Seen {
			line.New++
		}
	}
	return line, err
}

// waitsForApplicant reports whether the applicant can answer something in a state.
func waitsForApplicant(s *service.Service, state string) bool {
	for _, a := range s.Actions {
		if a.By == "applicant" && a.Kind == "answer" {
			for _, from := range a.From {
				if from == state {
					return true
				}
			}
		}
	}
	return false
}

func (v *View) draftLines(ctx context.Context, tx *store.Tx, r Reader) ([]DraftLine, error) {
	drafts, err := v.Docket.Cases.DraftsOf(ctx, tx, r.Actor.Whose())
	if err != nil {
		return nil, err
	}
	var list []DraftLine
	for _, d := range drafts {
		s, err := v.Docket.Releases.Get(ctx, tx, d.Definition)
		if err != nil {
			return nil, err
		}
		if r.Actor.Acting() && policy.Can(r.Actor, policy.DraftUse, (&docket.Draft{Draft: d, Service: s}).Thing()) != nil {
			continue
		}
		until := docket.Day(s, d.Updated.Add(cases.DraftLife))
		list = append(list, DraftLine{d.ID, r.words(s.Jurisdiction, s.Title), r.instant(s.Jurisdiction, d.Updated), r.date(until)})
	}
	return list, nil
}

func (v *View) licenceLines(ctx context.Context, tx *store.Tx, r Reader) ([]LicenceLine, error) {
	records, err := v.Docket.Records.Of(ctx, tx, r.Actor.Whose())
	if err != nil {
		return nil, err
	}
	j := v.place()
	today := j.Calendar.DateOf(tx.Now())
	var list []LicenceLine
	for _, rec := range records {
		if policy.Can(r.Actor, policy.LicenceOwn, ownLicence(rec)) != nil {
			continue
		}
		line := LicenceLine{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: rec.On(today), From: r.date(rec.From), Until: r.date(rec.Until)}
		if reg := j.Registers[rec.Register]; reg != nil {
			line.Kind = r.words(j, reg.Record)
		}
		list = append(list, line)
	}
	return list, nil
}

func (r Reader) looked(what string) string {
	switch what {
	case "case":
		return r.P.T("Your case")
	case "consultation":
		return r.P.T("The part of your case they were asked about")
	case "file":
		return r.P.T("A document you sent")
	case "licence":
		return r.P.T("Your licence")
	case "search", "list":
		return r.P.T("Your case, in a list")
	case lookSimilar:
		return r.P.T("Your case, beside one that is like it")
	case lookOpened:
		return r.P.T("Your case or record, which they do not see otherwise")
	case lookRights:
		return r.P.T("Who may see your case or record; not what is in it")
	case lookQuestionAsked:
		return r.P.T("Your question about a look at your data")
	case lookAppointment:
		return r.P.T("Your appointment")
	case lookMandate:
		return r.P.T("What you declared to be to another")
	case "draft":
		return r.P.T("An application you had begun")
	case lookOrder:
		return r.P.T("Your order of a copy")
	case lookTax:
		return r.P.T("Your tax account")
	case lookBill:
		return r.P.T("Your bill")
	case lookPayment:
		return r.P.T("Your payment")
	}
	return what
}
