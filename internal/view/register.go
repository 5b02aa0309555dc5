package view

import (
	"context"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// RegisterLine is a public register in a list.
type RegisterLine struct {
	ID, Title, Summary, Organisation string
	Law                              Law
}

// RegisterPage is a register with a page of its records.
type RegisterPage struct {
	RegisterLine
	Query   string
	Columns []string
	Rows    []RecordRow
	Next    string // number after which the next page begins; "" on the last
}

// RecordRow is a record in a register's list.
type RecordRow struct {
	ID, Number, Label string
	Cells             []string
	State             string
}

// RecordPage is a record as the public sees it: its public fields, its state today and its history.
type RecordPage struct {
	Register     RegisterLine
	ID, Number   string
	Label, Kind  string
	State        string // record.On
	From, Until  string
	Today        string
	Facts        []RecordFact
	History      []RecordChange
	Issuer       string
	Verifiable   bool // something issued by a service; not a seed
	VerifyURL    string
	ServiceID    string
	ServiceTitle string
	Variants     []VariantLine // that anyone may begin
}

// RecordFact is a public field.
type RecordFact struct{ Label, Value string }

// RecordChange is a version of a record.
type RecordChange struct {
	At            Instant
	Change, State string
}

func (r Reader) registerLine(j *service.Jurisdiction, reg *service.Register) RegisterLine {
	return RegisterLine{reg.Register, r.words(j, reg.Title), r.words(j, reg.Summary), r.organisationName(j, reg.Organisation), lawOf(reg.Law)}
}

// Registers lists the public registers by title.
func (v *View) Registers(r Reader) []RegisterLine {
	j := v.place()
	var list []RegisterLine
	for _, reg := range j.Registers {
		if reg.Public {
			list = append(list, r.registerLine(j, reg))
		}
	}
	slices.SortFunc(list, func(a, b RegisterLine) int { return compareText(a.Title, b.Title) })
	return list
}

// publicRegister is a register that has public pages.
func (v *View) publicRegister(r Reader, id string) (*service.Register, error) {
	reg := v.place().Registers[id]
	if reg == nil {
		return nil, fault.NewNotFound("")
	}
	return reg, policy.Can(r.Actor, policy.LicenceRead, policy.Thing{Kind: "register", ID: id, Public: reg.Public})
}

const recordsOnPage = 20

// Register is a page of a register: the records that hold all the words, by number.
func (v *View) Register(ctx context.Context, r Reader, id, query, after string) (p RegisterPage, err error) {
	reg, err := v.publicRegister(r, id)
	if err != nil {
		return RegisterPage{}, err
	}
	j := v.place()
	err = v.read(ctx, "Register", func(ctx context.Context, tx *store.Tx) error {
		p = RegisterPage{RegisterLine: r.registerLine(j, reg), Query: query}
		found, err := v.Docket.Records.Find(ctx, tx, id, query, after, recordsOnPage+1, false)
		if err != nil {
			return err
		}
		if len(found) > recordsOnPage {
			found = found[:recordsOnPage]
			p.Next = found[recordsOnPage-1].Number
		}
		columns := listColumns(reg)
		for _, f := range columns {
			p.Columns = append(p.Columns, r.words(j, f.Title))
		}
		today := j.Calendar.DateOf(tx.Now())
		for _, rec := range found {
			row := RecordRow{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: rec.On(today)}
			for _, f := range columns {
				row.Cells = append(row.Cells, r.showField(j, f, rec.Fields[f.ID]))
			}
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	return p, err
}

// listColumns are the first public fields besides the label.
func listColumns(reg *service.Register) []service.RegisterField {
	var list []service.RegisterField
	for _, f := range reg.Fields {
		if f.Public && f.ID != reg.Label && len(list) < 3 {
			list = append(list, f)
		}
	}
	return list
}

// Record is a record's public page, by its register and number.
func (v *View) Record(ctx context.Context, r Reader, register, number string) (RecordPage, error) {
	return v.publicRecord(ctx, r, func(ctx context.Context, tx *store.Tx) (*record.Record, error) {
		return v.Docket.Records.PublicByNumber(ctx, tx, register, number)
	})
}

// Verify is what a stranger sees who follows a certificate's code: that it is genuine, and its state today.
func (v *View) Verify(ctx context.Context, r Reader, id string) (RecordPage, error) {
	return v.publicRecord(ctx, r, func(ctx context.Context, tx *store.Tx) (*record.Record, error) {
		return v.Docket.Records.Public(ctx, tx, id)
	})
}

// FindByNumber finds a licence by the number on it, in any public register; NotFound if there is none.
func (v *View) FindByNumber(ctx context.Context, r Reader, number string) (id string, err error) {
	err = v.read(ctx, "FindByNumber", func(ctx context.Context, tx *store.Tx) error {
		for _, line := range v.Registers(r) {
			rec, err := v.Docket.Records.PublicByNumber(ctx, tx, line.ID, number)
			if err == nil {
				id = rec.ID
				return nil
			}
			if fault.KindOf(missing(err)) != fault.NotFound {
				return err
			}
		}
		return fault.NewNotFound("")
	})
	return id, err
}

func (v *View) publicRecord(ctx context.Context, r Reader, get func(context.Context, *store.Tx) (*record.Record, error)) (p RecordPage, err error) {
	j := v.place()
	err = v.read(ctx, "Record", func(ctx context.Context, tx *store.Tx) error {
		rec, err := get(ctx, tx)
		if err != nil {
			return err
		}
		reg, err := v.publicRegister(r, rec.Register)
		if err != nil {
			return err
		}
		today := j.Calendar.DateOf(tx.Now())
		p = RecordPage{
			Register: r.registerLine(j, reg), ID: rec.ID, Number: rec.Number, Label: rec.Label, Kind: r.words(j, reg.Record),
			State: rec.On(today), From: r.date(rec.From), Until: r.date(rec.Until), Today: r.date(today),
			Issuer: r.organisationName(j, rec.Organisation), Verifiable: rec.Service != "", VerifyURL: v.Site.URL + "/verify/" + rec.ID,
		}
		for _, f := range reg.Fields {
			if text := rec.Fields[f.ID]; f.Public && text != "" {
				p.Facts = append(p.Facts, RecordFact{r.words(j, f.Title), r.showField(j, f, text)})
			}
		}
		r.recordService(v, rec, &p)
		history, err := v.Docket.Records.History(ctx, tx, rec.ID)
		if err != nil {
			return err
		}
		for _, h := range history {
			p.History = append(p.History, RecordChange{r.instant(j, h.At), r.change(v, rec.Service, h.Change), h.State})
		}
		return nil
	})
	return p, err
}

// recordService names the service that issues such records, and what anyone may ask for about one.
func (r Reader) recordService(v *View, rec *record.Record, p *RecordPage) {
	s, ok := v.Docket.Releases.InForce(rec.Service)
	if !ok {
		return
	}
	p.ServiceID, p.ServiceTitle = s.Service, r.words(s.Jurisdiction, s.Title)
	for _, variant := range s.Variants {
		if variant.By == "anyone" {
			p.Variants = append(p.Variants, VariantLine{variant.ID, r.words(s.Jurisdiction, variant.Title), r.words(s.Jurisdiction, variant.Summary)})
		}
	}
}

// change is the word for how a version came about.
func (r Reader) change(v *View, serviceID, change string) string {
	switch change {
	case "issued":
		return r.P.T("Issued")
	case "seeded":
		return r.P.T("Entered")
	}
	s, ok := v.Docket.Releases.InForce(serviceID)
	if !ok {
		return r.P.T("Changed")
	}
	for _, variant := range s.Variants {
		if variant.ID == change {
			return r.words(s.Jurisdiction, variant.Title)
		}
	}
	return r.actionTitle(s, "licence."+change)
}

// RecordState is the word for a record's state on a day.
func (r Reader) RecordState(state string) string {
	switch state {
	case "active":
		return r.P.C("licence", "In force")
	case "suspended":
		return r.P.C("licence", "Suspended")
	case "revoked":
		return r.P.C("licence", "Revoked")
	case "surrendered":
		return r.P.C("licence", "Given up")
	case "ended", "expired":
		return r.P.C("licence", "Ended")
	case "future":
		return r.P.C("licence", "Not in force yet")
	}
	return state
}
