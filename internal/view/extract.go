package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Civil is what can be seen of extracts and certified copies; it knows whatever View does.
type Civil struct{ *View }

// Civil is what can be seen of extracts and certified copies.
func (v *View) Civil() Civil { return Civil{v} }

// ExtractLine is a copy that a register gives.
type ExtractLine struct {
	ID, Title, Summary string
	Kind               string   // in words
	For                []string // who may have it, in words
	Shows              []string // what it says, in words
	Fee                string   // "" where it is free
	FeeLaw, Law        Law
	Keep               int // days
	Counter            bool
}

// ClosedRegister is a register of which there is no public index, with what can be asked of it.
type ClosedRegister struct {
	RegisterLine
	Public   bool
	Extracts []ExtractLine
	Find     []FindField
	Contact  Contact
}

// FindField is a detail by which a record is named.
type FindField struct {
	ID, Label string
	Date      bool
}

// closed reports whether a register gives copies but has no public pages.
func closed(reg *service.Register) bool { return !reg.Public && len(reg.Extracts) > 0 }

// ClosedRegisters lists the registers without public pages of which copies can be had, by title.
func (c Civil) ClosedRegisters(r Reader) (list []RegisterLine) {
	j := c.place()
	for _, reg := range j.Registers {
		if closed(reg) && c.View.Extracts != nil {
			list = append(list, r.registerLine(j, reg))
		}
	}
	slices.SortFunc(list, func(a, b RegisterLine) int { return compareText(a.Title, b.Title) })
	return list
}

// Copies is what can be asked of a register, and by whom. It says nothing of any record.
func (c Civil) Copies(r Reader, id string) (p ClosedRegister, err error) {
	if err := policy.Can(r.Actor, policy.ServiceRead, policy.Thing{Kind: "register", ID: id}); err != nil {
		return p, err
	}
	j := c.place()
	reg := j.Registers[id]
	if reg == nil || c.View.Extracts == nil || len(reg.Extracts) == 0 {
		return p, fault.NewNotFound("")
	}
	p = ClosedRegister{RegisterLine: r.registerLine(j, reg), Public: reg.Public, Contact: r.contact(j, reg.Organisation)}
	today := j.Calendar.DateOf(c.now())
	for i := range reg.Extracts {
		line, err := c.extractLine(r, reg, &reg.Extracts[i], today)
		if err != nil {
			return p, err
		}
		p.Extracts = append(p.Extracts, line)
	}
	for _, id := range reg.Find {
		f := reg.Field(id)
		p.Find = append(p.Find, FindField{ID: id, Label: r.words(j, f.Title), Date: f.Type == "date"})
	}
	return p, nil
}

// Any reports whether any register gives copies.
func (c Civil) Any(r Reader) bool { return c.View.Extracts != nil && len(c.registersWithCopies(r)) > 0 }

func (c Civil) extractLine(r Reader, reg *service.Register, x *service.ExtractFile, today calendar.Date) (l ExtractLine, err error) {
	j := c.place()
	l = ExtractLine{ID: x.ID, Title: r.words(j, x.Title), Summary: r.words(j, x.Summary), Kind: r.extractKind(x.Kind), Law: lawOf(x.Law), Keep: x.Keep, Counter: x.Delivers("counter")}
	for i := range x.For {
		if words := r.words(j, x.For[i].Title); !slices.Contains(l.For, words) {
			l.For = append(l.For, words)
		}
	}
	for _, id := range x.Shows {
		l.Shows = append(l.Shows, r.words(j, reg.Field(id).Title))
	}
	fee, figure, err := j.ExtractFee(x, today)
	if err == nil && !fee.IsZero() {
		l.Fee, l.FeeLaw = r.money(fee.Minor, fee.Currency), lawOf(figure.Source)
	}
	return l, err
}

func (r Reader) extractKind(kind string) string {
	if kind == "certified" {
		return r.P.T("Certified copy")
	}
	return r.P.T("Extract")
}

// RecordOfMine is what a register holds that has to do with the reader.
type RecordOfMine struct {
	ID, Number, Kind, Label, Register, RegisterID string
	As                                            []string
	Facts                                         []RecordFact
	Extracts                                      []ExtractLine
	Wallet                                        bool // it can be added to the reader's wallet
}

// RecordsOfMine is /account/records.
type RecordsOfMine struct {
	Records  []RecordOfMine
	Orders   []OrderLine
	Findable []RegisterLine // registers in which a record can be named by its details
}

// Records lists what the registers hold of the reader and theirs: the records that name the reader's own address, and what
// of them the reader may have a copy of.
func (c Civil) Records(ctx context.Context, r Reader, found string) (p RecordsOfMine, err error) {
	if err := own(r); err != nil {
		return p, err
	}
	if c.View.Extracts == nil {
		return p, fault.NewNotFound("")
	}
	err = c.read(ctx, "RecordsOfMine", func(ctx context.Context, tx *store.Tx) error {
		p = RecordsOfMine{}
		who, err := c.People.Get(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		for _, reg := range c.registersWithCopies(r) {
			found, err := c.mine(ctx, tx, r, reg, who.Email)
			if err != nil {
				return err
			}
			p.Records = append(p.Records, found...)
			if len(reg.Find) > 0 && !reg.Public {
				p.Findable = append(p.Findable, r.registerLine(c.place(), reg))
			}
		}
		if err := c.addFound(ctx, tx, r, &p, found, who.Email); err != nil {
			return err
		}
		orders, err := c.View.Extracts.Of(ctx, tx, r.Actor.Person)
		for _, o := range orders {
			p.Orders = append(p.Orders, c.orderLine(r, o, tx))
		}
		return err
	})
	return p, err
}

// addFound puts a record first that was found by its details, if the reader may have a copy of it. Nothing tells whether there
// is another.
func (c Civil) addFound(ctx context.Context, tx *store.Tx, r Reader, p *RecordsOfMine, id, email string) error {
	if id == "" || slices.ContainsFunc(p.Records, func(one RecordOfMine) bool { return one.ID == id }) {
		return nil
	}
	rec, err := c.Docket.Records.Get(ctx, tx, id)
	if err != nil {
		return ignoreMissing(err)
	}
	reg := c.place().Registers[rec.Register]
	if reg == nil || rec.State == mergedState {
		return nil
	}
	one, err := c.recordOfMine(r, reg, rec, email, c.place().Calendar.DateOf(tx.Now()))
	if err == nil && len(one.Extracts) > 0 {
		p.Records = append([]RecordOfMine{one}, p.Records...)
	}
	return err
}

func (c Civil) registersWithCopies(r Reader) (list []*service.Register) {
	j := c.place()
	for _, reg := range j.Registers {
		if len(reg.Extracts) > 0 {
			list = append(list, reg)
		}
	}
	slices.SortFunc(list, func(a, b *service.Register) int { return compareText(r.words(j, a.Title), r.words(j, b.Title)) })
	return list
}

// mine finds the records of a register that name an address, or that the reader holds.
func (c Civil) mine(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, email string) (list []RecordOfMine, err error) {
	seen := map[string]bool{}
	var found []*record.Record
	add := func(records []*record.Record, err error) error {
		for _, rec := range records {
			if !seen[rec.ID] && rec.Register == reg.Register {
				seen[rec.ID] = true
				found = append(found, rec)
			}
		}
		return err
	}
	asked := map[string]bool{}
	for i := range reg.Extracts {
		for _, e := range reg.Extracts[i].For {
			if e.Holder && !asked["holder"] {
				asked["holder"] = true
				if err := add(c.Docket.Records.Of(ctx, tx, r.Actor.Person)); err != nil {
					return nil, err
				}
			}
			if e.Field == "" || asked[e.Field] || email == "" {
				continue
			}
			asked[e.Field] = true
			if err := add(c.Docket.Records.ByKey(ctx, tx, reg.Register, map[string]string{e.Field: email})); err != nil {
				return nil, err
			}
		}
	}
	for _, rec := range found {
		one, err := c.recordOfMine(r, reg, rec, email, c.place().Calendar.DateOf(tx.Now()))
		if err != nil {
			return nil, err
		}
		if len(one.Extracts) > 0 {
			list = append(list, one)
		}
	}
	return list, nil
}

// recordOfMine is a record with what of it the reader may read: what the copies say that they may have.
func (c Civil) recordOfMine(r Reader, reg *service.Register, rec *record.Record, email string, today calendar.Date) (one RecordOfMine, err error) {
	j := c.place()
	one = RecordOfMine{ID: rec.ID, Number: rec.Number, Kind: r.words(j, reg.Record), Register: r.words(j, reg.Title), RegisterID: reg.Register}
	one.Wallet = c.Wallets != nil && reg.Credential != nil && rec.Case == "" && rec.On(today) == record.Active &&
		slices.ContainsFunc(reg.Credential.For, func(field string) bool {
			return email != "" && strings.EqualFold(strings.TrimSpace(rec.Fields[field]), email)
		})
	may := map[string]bool{}
	for i := range reg.Extracts {
		x := &reg.Extracts[i]
		as, err := extract.May(extract.Who{Actor: r.Actor, Email: email}, x, extract.Of{ID: rec.ID, Holder: rec.Holder, Fields: rec.Fields})
		if err != nil {
			continue // not this one
		}
		if words := r.words(j, as.Title); !as.Anyone && !slices.Contains(one.As, words) {
			one.As = append(one.As, words)
		}
		for _, id := range x.Shows {
			may[id] = may[id] || as.Role == "" // they see it when the copy is made, and its person sees that
		}
		if !x.Delivers("download") {
			continue
		}
		line, err := c.extractLine(r, reg, x, today)
		if err != nil {
			return one, err
		}
		one.Extracts = append(one.Extracts, line)
	}
	for _, f := range reg.Fields {
		if text := rec.Fields[f.ID]; may[f.ID] && text != "" {
			shown := r.showChoice(j, f, text)
			one.Facts = append(one.Facts, RecordFact{r.words(j, f.Title), shown})
			if f.ID == reg.Label {
				one.Label = shown
			}
		}
	}
	return one, nil
}

// showChoice is a field's text for the reader; one out of a list by its words.
func (r Reader) showChoice(j *service.Jurisdiction, f service.RegisterField, text string) string {
	if choice := f.Choice(text); choice != nil {
		return r.words(j, choice.Label)
	}
	return r.showField(j, f, text)
}

// ExtractOffer is a copy that the reader may order.
type ExtractOffer struct {
	RecordOfMine
	Extract  ExtractLine
	As       string
	Reason   string // none, optional, required
	Register string
}

// Offer is what is ordered, before it is: for whoever may, and for nobody else.
func (c Civil) Offer(ctx context.Context, r Reader, recordID, id string) (p ExtractOffer, err error) {
	if c.View.Extracts == nil {
		return p, fault.NewNotFound("")
	}
	err = c.read(ctx, "ExtractOffer", func(ctx context.Context, tx *store.Tx) error {
		who, err := c.People.Get(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		rec, err := c.Docket.Records.Get(ctx, tx, recordID)
		if err != nil {
			return err
		}
		j := c.place()
		reg := j.Registers[rec.Register]
		if reg == nil || rec.State == mergedState {
			return fault.NewNotFound("")
		}
		x := reg.Extract(id)
		if x == nil || !x.Delivers("download") {
			return fault.NewNotFound("")
		}
		as, err := extract.May(extract.Who{Actor: r.Actor, Email: who.Email}, x, extract.Of{ID: rec.ID, Holder: rec.Holder, Fields: rec.Fields})
		if err != nil {
			return err
		}
		p = ExtractOffer{As: r.words(j, as.Title), Reason: x.Reason, Register: r.words(j, reg.Title)}
		if x.NeedsReason(as) {
			p.Reason = "required"
		}
		today := j.Calendar.DateOf(tx.Now())
		if p.RecordOfMine, err = c.recordOfMine(r, reg, rec, who.Email, today); err != nil {
			return err
		}
		p.Extract, err = c.extractLine(r, reg, x, today)
		return err
	})
	return p, err
}

// mergedState is the state of a record that is another's second.
const mergedState = "merged"

// copyOffers are the copies of a public record that everybody may have.
func (c Civil) copyOffers(r Reader, reg *service.Register) (list []ExtractLine) {
	if c.View.Extracts == nil {
		return nil
	}
	j := c.place()
	for i := range reg.Extracts {
		x := &reg.Extracts[i]
		if slices.ContainsFunc(x.For, func(e service.EntitledFile) bool { return e.Anyone }) && x.Delivers("download") {
			if line, err := c.extractLine(r, reg, x, j.Calendar.DateOf(c.now())); err == nil {
				list = append(list, line)
			}
		}
	}
	return list
}

// OfRecord are the copies of a public record that everybody may have, with the record's id.
func (c Civil) OfRecord(r Reader, register string) []ExtractLine {
	reg := c.place().Registers[register]
	if reg == nil || policy.Can(r.Actor, policy.LicenceRead, policy.Thing{Kind: "register", ID: register, Public: reg.Public}) != nil {
		return nil
	}
	return c.copyOffers(r, reg)
}
