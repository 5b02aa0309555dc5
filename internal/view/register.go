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
	Typed   string // the day that was asked for
	On      string // the same in words; "": as it is today
	Wrong   bool   // what was typed is no day, or a day to come
}

// RecordRow is a record in a register's list.
type RecordRow struct {
	ID, Number, Label string
	Cells             []string
	State             string
}

// RecordPage is a record as the public sees it: its public fields, its state today and its history.
type RecordPage struct {
	Into         string // the number of the record that this one was merged into: the page says nothing else of it
	Register     RegisterLine
	ID, Number   string
	Label, Kind  string
	State        string // record.On
	From, Until  string
	Today        string
	Facts        []RecordFact
	History      []RecordChange
	Then         *RecordThen // as it stood, where that was asked
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
	Valid         string // for which days it says what was so; "": from then on
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

// Register is a page of a register: the records that hold all the words, by number; or, where on is a day, all that it had
// on that day, as it is known now.
func (v *View) Register(ctx context.Context, r Reader, id, query, after, on string) (p RegisterPage, err error) {
	reg, err := v.publicRegister(r, id)
	if err != nil {
		return RegisterPage{}, err
	}
	j := v.place()
	err = v.read(ctx, "Register", func(ctx context.Context, tx *store.Tx) error {
		p = RegisterPage{RegisterLine: r.registerLine(j, reg), Query: query, Typed: on}
		day := j.Calendar.DateOf(tx.Now())
		var found []*record.Record
		if on == "" {
			found, err = v.Docket.Records.Find(ctx, tx, id, query, after, recordsOnPage+1, false)
		} else if at, shown, ok := r.asked(j, Then{On: on}, tx.Now()); !ok {
			p.Wrong = true
		} else {
			p.On, p.Query, day = shown.On, "", at.Valid
			found, err = v.Docket.Records.Past().Page(ctx, tx, reg, after, recordsOnPage+1, at, false)
		}
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
		for _, rec := range found {
			row := RecordRow{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: rec.On(day)}
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

// Record is a record's public page, by its register and number, with how it stood then.
func (v *View) Record(ctx context.Context, r Reader, register, number string, then Then) (RecordPage, error) {
	return v.publicRecord(ctx, r, then, func(ctx context.Context, tx *store.Tx) (*record.Record, error) {
		return v.Docket.Records.PublicByNumber(ctx, tx, register, number)
	})
}

// Verify is what a stranger sees who follows a certificate's code: that it is genuine, and its state today.
func (v *View) Verify(ctx context.Context, r Reader, id string) (RecordPage, error) {
	return v.publicRecord(ctx, r, Then{}, func(ctx context.Context, tx *store.Tx) (*record.Record, error) {
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

func (v *View) publicRecord(ctx context.Context, r Reader, then Then, get func(context.Context, *store.Tx) (*record.Record, error)) (p RecordPage, err error) {
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
		if rec.State == record.Merged {
			p.Label = ""
			p.Into, err = v.RegisterFiles().mergedInto(ctx, tx, rec.ID)
			return err
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
			change := RecordChange{r.instant(j, h.At), r.change(v, rec.Service, h.Change), h.State, ""}
			if h.ValidFrom != j.Calendar.DateOf(h.At) || !h.ValidUntil.IsZero() {
				change.Valid = r.days(h.ValidFrom, h.ValidUntil)
			}
			p.History = append(p.History, change)
		}
		p.Then, err = v.then(ctx, tx, r, reg, rec.ID, then, func(f *service.RegisterField) bool { return f.Public }, false)
		return err
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
	case "seeded", "entered":
		return r.P.T("Entered")
	case "imported":
		return r.P.T("Brought in from a file")
	case "merged":
		return r.P.T("Merged with another entry")
	case "unmerged":
		return r.P.T("A merge was taken back")
	case "followed":
		return r.P.T("A reference follows a merge")
	case "corrected":
		return r.P.T("Corrected")
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
	case "merged":
		return r.P.C("licence", "Merged into another entry")
	}
	return state
}
