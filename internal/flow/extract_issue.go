package flow

import (
	"context"
	"fmt"
	"strings"

	"stoa/internal/access"
	"stoa/internal/bill"
	"stoa/internal/extract"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// What is looked at, as the person it is about reads it in their account; see view.Reader.looked.
const (
	lookExtract  = "extract"  // Ref is the number of the copy
	lookSearched = "register" // Ref is the number of the record
)

// issueExtract makes the copy of an order: what the register says at this moment. It goes into the public log, and those it
// is about are told in their account.
func (f *Flow) issueExtract(ctx context.Context, tx *store.Tx, e extractOf, o *extract.Order) error {
	until, err := f.extractUntil(tx, e.x)
	if err != nil {
		return fmt.Errorf("until when copy %s is kept: %w", o.Number, err)
	}
	o.RecordSubject = e.r.Subject
	if err := f.Extracts.Issue(ctx, tx, o, copyOf(e, o), e.r.Version, f.Docket.Releases.Current().Calendar.StartOf(until)); err != nil {
		return err
	}
	if err := f.logExtract(ctx, tx, e, o); err != nil {
		return fmt.Errorf("copy %s: %w", o.Number, err)
	}
	by := o.Person
	if o.Counter != "" {
		by = o.Counter
	}
	look := lookOf{Actor: by, Organisation: o.Organisation, What: lookExtract, Ref: o.Number, Why: policy.ExtractIssue}
	if err := f.told(ctx, tx, e, look, o.Email); err != nil {
		return err
	}
	return f.sayIssued(ctx, tx, e, o)
}

// copyOf is what the register says of a record, as the copy shows it.
func copyOf(e extractOf, o *extract.Order) extract.Copy {
	c := extract.Copy{Title: e.x.Title.By, Register: e.reg.Title.By, Kind: e.x.Kind, Number: e.r.Number, Says: e.x.Says.By, Law: process.Source(lawOfExtract(e))}
	for i := range e.x.For {
		if e.x.For[i].As == o.As {
			c.As = e.x.For[i].Title.By
			break
		}
	}
	for _, id := range e.x.Shows {
		for _, field := range e.reg.Fields {
			if text := e.r.Fields[id]; field.ID == id && text != "" {
				fact := extract.Fact{Field: id, Label: field.Title.By, Type: field.Type, Value: text}
				if choice := field.Choice(text); choice != nil {
					fact.Words = choice.Label.By
				}
				c.Facts = append(c.Facts, fact)
			}
		}
	}
	return c
}

func lawOfExtract(e extractOf) service.SourceFile {
	if e.x.Law.Title != "" {
		return e.x.Law
	}
	return e.reg.Law
}

// logExtract logs that a copy was made: of which register, for whom by the file, and on which day. What it says is hidden,
// and shown by the proof that the copy carries.
func (f *Flow) logExtract(ctx context.Context, tx *store.Tx, e extractOf, o *extract.Order) error {
	way := "download"
	if o.Counter != "" {
		way = "counter"
	}
	event := publog.Event{
		Kind: publog.ExtractIssued, ID: o.ID, Organisation: o.Organisation, Subject: o.RecordSubject,
		Refs: []proof.Ref{{Kind: "register", ID: o.Register}},
		Fields: []proof.Field{{Name: "extract", Value: o.Extract}, {Name: "entitled-as", Value: o.As}, {Name: "delivery", Value: way},
			{Name: "day", Value: f.today(tx).String()}},
		Hidden: hidden("copy", o.Number, "number", o.Copy.Number),
	}
	for _, fact := range o.Copy.Facts {
		event.Hidden = append(event.Hidden, proof.Field{Name: fieldName("field", fact.Field), Value: fact.Value})
	}
	return f.log(ctx, tx, event)
}

// lookOf is what those concerned read of a copy, or of a search.
type lookOf struct {
	Actor, Organisation, What, Ref string
	Why                            policy.Action
}

// told writes down for everybody whom a record is about that somebody else had a copy made, or looked. Somebody who has no
// account yet finds it there when they come.
func (f *Flow) told(ctx context.Context, tx *store.Tx, e extractOf, l lookOf, asker string) error {
	about := map[string]bool{}
	for _, email := range extract.Concerned(e.x, e.of()) {
		if email == person.NormalEmail(asker) {
			continue
		}
		who, err := f.People.Ensure(ctx, tx, person.Details{Email: email}, f.Docket.Releases.Current().File.Languages[0])
		if err != nil {
			return err
		}
		about[who.ID] = true
		look := access.Look{Person: who.ID, Actor: l.Actor, Organisation: l.Organisation, What: l.What, Ref: l.Ref, Service: e.reg.Register, Why: string(l.Why)}
		if err := access.Record(ctx, tx, look); err != nil {
			return err
		}
	}
	if holder := e.r.Holder; holder != "" && holder != l.Actor && !about[holder] && !anyone(e.x) {
		look := access.Look{Person: holder, Actor: l.Actor, Organisation: l.Organisation, What: l.What, Ref: l.Ref, Service: e.reg.Register, Why: string(l.Why)}
		return access.Record(ctx, tx, look)
	}
	return nil
}

func anyone(x *service.ExtractFile) bool {
	for i := range x.For {
		if x.For[i].Anyone {
			return true
		}
	}
	return false
}

// sayIssued tells whoever ordered a copy where it is.
func (f *Flow) sayIssued(ctx context.Context, tx *store.Tx, e extractOf, o *extract.Order) error {
	if o.Email == "" || o.Person == "" {
		return nil // it was handed over
	}
	w := f.Words.For(o.Language)
	v := i18n.V{"title": e.x.Title.In(w.Tag(), f.Docket.Releases.Current().File.Languages...), "number": o.Number}
	return f.Outbox.Put(ctx, tx, notify.Message{
		Subject: o.Subject, Kind: "extract", Language: o.Language,
		Content: notify.Content{To: o.Email, Name: o.Name, Title: w.T("Your copy is ready: {title}", v),
			Text: w.T("{title}, number {number}, is ready. You can look at it and download it in your account.", v), Link: "/account/extracts/" + o.ID},
	})
}

// extractPaid issues a copy whose fee has come. Whoever has lost the right to it meanwhile gets the money back instead; so
// does whoever paid for an order that had ended.
func (f *Flow) extractPaid(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, p *pay.Payment) error {
	o, err := f.Extracts.Get(ctx, tx, b.Of.ID)
	if err != nil {
		return err
	}
	switch {
	case o.State == extract.Issued, o.State == extract.Waiting && b.Balance > 0:
		return nil
	case o.State != extract.Waiting:
		return f.paidForNothing(ctx, tx, book, b, p)
	}
	e, err := f.stillEntitled(ctx, tx, o)
	if err == nil {
		return f.issueExtract(ctx, tx, e, o)
	}
	if !gone(err) {
		return err
	}
	if err := f.endExtract(ctx, tx, book, b, o, extract.Refused, "no right to the copy any more"); err != nil {
		return err
	}
	if err := f.sayRefused(ctx, tx, o); err != nil {
		return err
	}
	return f.paidForNothing(ctx, tx, book, b, p)
}

// stillEntitled asks again, when a copy is to be made: the register may have changed since it was ordered. At the counter an
// officer has seen who it is and by what they are entitled; what is asked again is whether the record is there.
func (f *Flow) stillEntitled(ctx context.Context, tx *store.Tx, o *extract.Order) (e extractOf, err error) {
	if e, err = f.extractOf(ctx, tx, o.Record, o.Extract); err != nil || o.Counter != "" {
		return e, err
	}
	who, err := f.People.Get(ctx, tx, o.Person)
	if err != nil {
		return e, err
	}
	actor := policy.Actor{Person: who.ID, Name: who.Name, Grants: who.Grants}
	as, err := extract.May(extract.Who{Actor: actor, Email: who.Email}, e.x, e.of())
	if err == nil {
		o.As = as.As
	}
	return e, err
}

// lapseExtract ends an order whose fee nobody paid, or that was taken back: nothing is owed on it.
func (f *Flow) lapseExtract(ctx context.Context, tx *store.Tx, o *extract.Order, why string) error {
	if o.Bill == "" {
		return f.Extracts.End(ctx, tx, o, extract.Lapsed)
	}
	book, err := f.book()
	if err != nil {
		return err
	}
	b, err := f.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, o.Bill)
	if err != nil {
		return err
	}
	return f.endExtract(ctx, tx, book, b, o, extract.Lapsed, why)
}

func (f *Flow) endExtract(ctx context.Context, tx *store.Tx, book *treasury.Book, b *bill.Bill, o *extract.Order, state, why string) error {
	act := treasury.Act{Key: "end", Day: f.today(tx), Why: why}
	if err := f.Money.Treasury.Cancel(ctx, tx, book, b, act); err != nil {
		return fmt.Errorf("taking back the fee of copy %s: %w", o.Number, err)
	}
	return f.Extracts.End(ctx, tx, o, state)
}

// lapsed is what follows on an unpaid bill of a copy instead of reminders: the order ends.
func (f *Flow) extractLate(ctx context.Context, tx *store.Tx, b *bill.Bill) (done int, err error) {
	o, err := f.Extracts.Get(ctx, tx, b.Of.ID)
	if err != nil || o.State != extract.Waiting {
		return 0, err
	}
	return 1, f.lapseExtract(ctx, tx, o, "not paid in time")
}

func (f *Flow) sayRefused(ctx context.Context, tx *store.Tx, o *extract.Order) error {
	if o.Email == "" || o.Person == "" {
		return nil
	}
	w := f.Words.For(o.Language)
	text := []string{w.T("The register has changed since you ordered the copy, and we may not give it to you any more."), w.T("What you paid goes back to you.")}
	return f.Outbox.Put(ctx, tx, notify.Message{
		Subject: o.Subject, Kind: "extract", Language: o.Language,
		Content: notify.Content{To: o.Email, Name: o.Name, Title: w.T("No copy: {number}", i18n.V{"number": o.Number}),
			Text: strings.Join(text, "\n\n"), Link: "/account/extracts/" + o.ID},
	})
}
