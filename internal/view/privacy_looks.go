package view

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"time"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// Look is a read of the reader's data by somebody else.
type Look struct {
	ID                   string
	At                   Instant
	Who, For, What, Case string
	Purpose              string // in plain words
	Basis                Law    // the law that allows it
	Program              bool   // no person looked
	Asked                *LookQuestion
	CanAsk               bool
}

// LookQuestion is what the reader asked about a look.
type LookQuestion struct {
	ID           string
	Look         Look // of which no more than when, who and what is filled
	Text, Answer string
	Asked        Instant
	Answered     Instant // "" not yet
	By           string  // who answered
	For          string  // the organisation that answers
}

// LooksAsk narrows the list down.
type LooksAsk struct {
	Year         int // 0: all
	Organisation string
	After        string
}

// Looks is a page of who has looked at the reader's data.
type Looks struct {
	Looks         []Look
	Years         []int
	Organisations []Option
	Next          string // the id after which the next page begins
	Statistics    []string
}

const looksPage = 50

// Looks lists who has looked at the reader's data, newest first. It reads the rows as they are committed: a look is here
// before whoever looks sees anything.
func (v Own) Looks(ctx context.Context, r Reader, ask LooksAsk) (p Looks, err error) {
	if err := own(r); err != nil {
		return Looks{}, err
	}
	err = v.read(ctx, "Looks", func(ctx context.Context, tx *store.Tx) error {
		p = Looks{}
		query, err := v.looksQuery(r, ask)
		if err != nil {
			return err
		}
		query.Limit = looksPage + 1
		looks, err := access.Find(ctx, tx, query)
		if err != nil {
			return err
		}
		if len(looks) > looksPage {
			looks = looks[:looksPage]
			p.Next = looks[looksPage-1].ID
		}
		if p.Looks, err = v.lookLines(ctx, tx, r, looks); err != nil {
			return err
		}
		return v.looksChoices(ctx, tx, r, &p)
	})
	return p, err
}

func (v Own) looksQuery(r Reader, ask LooksAsk) (access.Query, error) {
	query := access.Query{Person: r.Actor.Person, Organisation: ask.Organisation, After: ask.After}
	if ask.Year != 0 {
		from, err := calendar.NewDate(ask.Year, time.January, 1)
		if err != nil {
			return query, fault.Wrap(err, fault.NotFound, "")
		}
		until, err := from.AddYears(1)
		if err != nil {
			return query, fault.Wrap(err, fault.NotFound, "")
		}
		query.From, query.Until = v.place().Calendar.StartOf(from), v.place().Calendar.StartOf(until)
	}
	return query, nil
}

func (v Own) looksChoices(ctx context.Context, tx *store.Tx, r Reader, p *Looks) error {
	j := v.place()
	organisations, err := access.Organisations(ctx, tx, r.Actor.Person)
	if err != nil {
		return err
	}
	for _, o := range organisations {
		p.Organisations = append(p.Organisations, Option{Value: o, Label: r.organisationName(j, o)})
	}
	first, err := access.First(ctx, tx, r.Actor.Person)
	if err != nil || first.IsZero() {
		return err
	}
	for y := j.Calendar.DateOf(tx.Now()).Year(); y >= j.Calendar.DateOf(first).Year(); y-- {
		p.Years = append(p.Years, y)
	}
	return nil
}

// lookLines writes looks in words, with the questions about them.
func (v Own) lookLines(ctx context.Context, tx *store.Tx, r Reader, looks []access.Look) ([]Look, error) {
	asked, err := v.askBox().Of(ctx, tx, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	byLook := map[string]*access.Question{}
	for _, q := range asked {
		byLook[q.Look] = q
	}
	names := v.names(r)
	var list []Look
	for _, l := range looks {
		line, err := v.lookLine(ctx, tx, r, names, l)
		if err != nil {
			return nil, err
		}
		if q := byLook[l.ID]; q != nil {
			one, err := v.lookQuestion(ctx, tx, r, names, q)
			if err != nil {
				return nil, err
			}
			line.Asked = &one
		} else {
			line.CanAsk = organisation(v.place(), l.Organisation) != nil
		}
		list = append(list, line)
	}
	return list, nil
}

func (v Own) lookLine(ctx context.Context, tx *store.Tx, r Reader, names *names, l access.Look) (Look, error) {
	j := v.place()
	line := Look{ID: l.ID, At: r.instant(j, l.At), For: r.organisationName(j, l.Organisation), What: r.looked(l.What), Case: l.Ref,
		Purpose: r.purpose(policy.Action(l.Why)), Basis: r.basis(j, l), Program: l.Actor == ""}
	var err error
	if l.What == lookExtract {
		if line.What, err = v.Civil().lookedCopy(ctx, tx, r, l.Ref); err != nil {
			return Look{}, err
		}
	}
	if r.askedRegister(j, l, &line) {
		return line, nil
	}
	if line.Program {
		line.Who = r.P.T("A program: {name}", i18n.V{"name": l.System})
		return line, nil
	}
	if policy.Action(l.Why) == policy.EmergencyOpen {
		if line.Purpose, err = v.emergencyPurpose(ctx, tx, r, l); err != nil {
			return Look{}, err
		}
	}
	r.actedFor(l, &line)
	line.Who, err = names.of(ctx, tx, l.Actor)
	return line, err
}

func (v Own) lookQuestion(ctx context.Context, tx *store.Tx, r Reader, names *names, q *access.Question) (LookQuestion, error) {
	j := v.place()
	one := LookQuestion{ID: q.ID, Text: q.Text, Answer: q.Answer, Asked: r.instant(j, q.Asked), For: r.organisationName(j, q.Organisation)}
	if q.Answered.IsZero() {
		return one, nil
	}
	one.Answered = r.instant(j, q.Answered)
	var err error
	one.By, err = names.of(ctx, tx, q.AnsweredBy)
	return one, err
}

func (v Own) askBox() *access.Questions { return &access.Questions{Vault: v.People.Vault} }

// OwnLook is one look at the reader's data.
func (v Own) OwnLook(ctx context.Context, r Reader, id string) (line Look, err error) {
	if err := own(r); err != nil {
		return Look{}, err
	}
	err = v.read(ctx, "OwnLook", func(ctx context.Context, tx *store.Tx) error {
		l, err := access.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.AccountOwn, policy.Thing{Kind: "look", ID: id, Owner: l.Person}); err != nil {
			return err
		}
		lines, err := v.lookLines(ctx, tx, r, []access.Look{l})
		if err == nil {
			line = lines[0]
		}
		return err
	})
	return line, err
}

// looksMost bounds a file of looks.
const looksMost = 100_000

// LooksFile is the same list as a table for a spreadsheet.
func (v Own) LooksFile(ctx context.Context, r Reader, ask LooksAsk) (data []byte, err error) {
	if err := own(r); err != nil {
		return nil, err
	}
	err = v.read(ctx, "LooksFile", func(ctx context.Context, tx *store.Tx) error {
		query, err := v.looksQuery(r, ask)
		if err != nil {
			return err
		}
		query.Limit, query.After = looksMost, ""
		looks, err := access.Find(ctx, tx, query)
		if err != nil {
			return err
		}
		lines, err := v.lookLines(ctx, tx, r, looks)
		if err != nil {
			return err
		}
		data, err = looksCSV(r, lines)
		return err
	})
	return data, err
}

func looksCSV(r Reader, lines []Look) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{{r.P.T("When"), r.P.T("Who"), r.P.T("For"), r.P.T("What"), r.P.T("Number"), r.P.T("What for"), r.P.T("Law"), r.P.T("Your question"), r.P.T("Answer")}}
	for _, l := range lines {
		question, answer := "", ""
		if l.Asked != nil {
			question, answer = l.Asked.Text, l.Asked.Answer
		}
		row := []string{l.At.Machine, l.Who, l.For, l.What, l.Case, l.Purpose, l.Basis.Text, question, answer}
		for i := range row {
			row[i] = tabular.Guard(row[i])
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// purpose is what a right is used for, as the person it is about reads it.
func (r Reader) purpose(why policy.Action) string {
	switch why {
	case policy.CaseRead, policy.CaseWork, policy.CaseSupervise, policy.CaseApprove:
		return r.P.T("To deal with your application and decide on it")
	case policy.AppointmentWork:
		return r.P.T("To see you at the time that was booked")
	case policy.CaseList:
		return r.P.T("To plan the work of the office")
	case policy.ConsultRead, policy.ConsultReply:
		return r.P.T("To answer what the deciding office asked them")
	case policy.ExtractIssue, policy.ExtractOrder:
		return r.P.T("To give a copy of a register entry to somebody who may have it")
	case policy.LicenceRead, policy.LicenceWork, policy.LicenceSupervise:
		return r.P.T("To keep the register and look after licences")
	case policy.MoneyRead, policy.MoneyWork, policy.MoneySupervise, policy.MoneyApprove:
		return r.P.T("To bill, collect and pay back money")
	case policy.SpendRead, policy.SpendEnter, policy.SpendApprove:
		return r.P.T("To pay suppliers and account for what is spent")
	case policy.AccessAnswer:
		return r.P.T("To answer your question, or to watch over how staff read")
	case policy.EmergencyOpen:
		return r.P.T("In an emergency")
	case policy.RightsSee, policy.EmergencyReview:
		return r.P.T("To watch over who may see what")
	case policy.RetentionSee, policy.HoldSet:
		return r.P.T("To delete in time what is no longer needed")
	}
	return r.P.T("To carry out its task under the law")
}

// basis is the law under which somebody looked: of the service, the register or the tax that it was about.
func (r Reader) basis(j *service.Jurisdiction, l access.Look) Law {
	if found, ok := lawOfService(j, l.Service); ok {
		return found
	}
	return Law{Text: r.P.T("The public task of {organisation}", i18n.V{"organisation": r.organisationName(j, l.Organisation)})}
}

// lawOfService is the first law that the file of a service, a tax or a register names for personal data.
func lawOfService(j *service.Jurisdiction, id string) (Law, bool) {
	for _, s := range j.Services {
		if s.Service == id {
			return privacyLaw(s.Privacy, s.Law)
		}
	}
	for _, t := range j.Taxes {
		if t.Tax == id {
			return privacyLaw(t.Privacy, t.Law)
		}
	}
	if reg := j.Registers[id]; reg != nil && reg.Law.Title != "" {
		return lawOf(reg.Law), true
	}
	return Law{}, false
}

func privacyLaw(sections map[string]service.PrivacyFile, laws map[string]service.SourceFile) (Law, bool) {
	first := ""
	for id := range sections {
		if first == "" || id < first {
			first = id
		}
	}
	if src, ok := laws[sections[first].Basis]; ok {
		return lawOf(src), true
	}
	return Law{}, false
}

// year reads a year of a form; 0 for none.
func year(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// LooksAskOf reads what the list is narrowed down to.
func LooksAskOf(yearText, organisation, after string) LooksAsk {
	return LooksAsk{Year: year(yearText), Organisation: organisation, After: after}
}
