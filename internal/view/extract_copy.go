package view

import (
	"context"
	"strings"
	"time"

	"stoa/internal/document"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/store"
)

// OrderLine is an order of a copy in a list.
type OrderLine struct {
	ID, Number, Title, Register string
	State                       string // extract.Waiting, Issued …; "over" for one that cannot be downloaded any more
	StateWord                   string
	Ordered                     Instant
	For                         string // at the desk: who asked
	Record                      string // at the desk: number of the record
}

// OrderPage is an order as who ordered it sees it.
type OrderPage struct {
	OrderLine
	As, Reason string
	Bill       string // to be paid
	Fee        string
	Due        string // until when it is paid
	Issued     Instant
	Until      string // last day of the download
	CheckURL   string
	Document   document.Document // only of one that can be downloaded
	Record     string
	Contact    Contact
}

// over is the state of a copy whose time of download has ended.
const over = "over"

func (c Civil) orderLine(r Reader, o *extract.Order, tx *store.Tx) OrderLine {
	j := c.place()
	l := OrderLine{ID: o.ID, Number: o.Number, State: o.State, Ordered: r.instant(j, o.Ordered)}
	if o.State == extract.Issued && !o.Open(tx.Now()) {
		l.State = over
	}
	l.StateWord = r.copyState(l.State)
	l.Title = o.Extract
	if reg := j.Registers[o.Register]; reg != nil {
		l.Register = r.words(j, reg.Title)
		if x := reg.Extract(o.Extract); x != nil {
			l.Title = r.words(j, x.Title)
		}
	}
	if o.Copy != nil {
		l.Title, l.Register = r.textOf(j, o.Copy.Title), r.textOf(j, o.Copy.Register)
	}
	return l
}

func (r Reader) copyState(state string) string {
	switch state {
	case extract.Waiting:
		return r.P.T("To be paid")
	case extract.Issued:
		return r.P.C("copy", "Ready")
	case extract.Lapsed:
		return r.P.C("copy", "Not ordered any more")
	case extract.Refused:
		return r.P.C("copy", "Not given")
	}
	return r.P.C("copy", "Time of download is over")
}

// order reads an order that is the reader's own.
func (c Civil) order(ctx context.Context, tx *store.Tx, r Reader, id string) (*extract.Order, error) {
	if c.View.Extracts == nil {
		return nil, fault.NewNotFound("")
	}
	o, err := c.View.Extracts.Get(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return o, policy.Can(r.Actor, policy.ExtractOwn, policy.Thing{Kind: "extract", ID: o.ID, Organisation: o.Organisation, Owner: o.Person})
}

// Order is the reader's own order, with the copy once it is made.
func (c Civil) Order(ctx context.Context, r Reader, id string) (p OrderPage, err error) {
	err = c.read(ctx, "ExtractOrder", func(ctx context.Context, tx *store.Tx) error {
		o, err := c.order(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p, err = c.orderPage(ctx, tx, r, o)
		return err
	})
	return p, err
}

func (c Civil) orderPage(ctx context.Context, tx *store.Tx, r Reader, o *extract.Order) (p OrderPage, err error) {
	j := c.place()
	p = OrderPage{OrderLine: c.orderLine(r, o, tx), Reason: o.Reason, CheckURL: c.Site.URL + "/verify/copies/" + o.ID, Contact: r.contact(j, o.Organisation)}
	p.As = r.entitledAs(j, o)
	if o.Bill != "" && c.Money.Treasury != nil {
		book, err := c.book()
		if err != nil {
			return p, err
		}
		b, err := c.Money.Treasury.Bills.Get(ctx, tx, book.Organisation, o.Bill)
		if err != nil {
			return p, err
		}
		p.Fee = r.money(b.Total(), b.Currency)
		if o.State == extract.Waiting {
			p.Bill, p.Due = b.ID, r.date(b.Next)
		}
	}
	if o.State != extract.Issued {
		return p, nil
	}
	last := j.Calendar.DateOf(o.Until.Add(-time.Second))
	p.Issued, p.Until = r.instant(j, o.Issued), r.date(last)
	// A record that was sealed since is not shown by a copy either; what was downloaded is out of our hands.
	if _, err := c.Docket.Records.Get(ctx, tx, o.Record); err != nil {
		if fault.KindOf(missing(err)) != fault.NotFound {
			return p, err
		}
		p.State, p.StateWord = over, r.copyState(over)
		return p, nil
	}
	if p.State == extract.Issued {
		p.Record, p.Document = o.Copy.Number, c.copyDocument(r, o)
	}
	return p, nil
}

// entitledAs says what entitles somebody, in words.
func (r Reader) entitledAs(j *service.Jurisdiction, o *extract.Order) string {
	if o.Copy != nil {
		return r.textOf(j, o.Copy.As)
	}
	if reg := j.Registers[o.Register]; reg != nil {
		if x := reg.Extract(o.Extract); x != nil {
			for i := range x.For {
				if x.For[i].As == o.As {
					return r.words(j, x.For[i].Title)
				}
			}
		}
	}
	return o.As
}

// copyDocument is the copy on paper in the reader's language, as the register said it when it was made, with the code by
// which a stranger checks it.
func (c Civil) copyDocument(r Reader, o *extract.Order) document.Document {
	j := c.place()
	k := o.Copy
	contact := r.contact(j, o.Organisation)
	d := document.Document{Kind: document.Certificate, Lang: r.P.Tag(), Title: r.textOf(j, k.Title),
		Issuer: document.Issuer{Name: contact.Name, Address: contact.Address, Contact: strings.Join(given(contact.Email, contact.Phone), " · ")}}
	if r.P.Dir() == "rtl" {
		d.Dir = document.RTL
	}
	facts := document.Facts{Items: []document.Fact{
		{Label: r.P.T("Register"), Value: document.Plain(r.textOf(j, k.Register))},
		{Label: r.P.T("Number of the entry"), Value: document.Isolate(k.Number)},
	}}
	for _, f := range k.Facts {
		facts.Items = append(facts.Items, document.Fact{Label: r.textOf(j, f.Label), Value: document.Isolate(r.copied(j, f))})
	}
	d.Blocks = append(d.Blocks, facts)
	if says := r.textOf(j, k.Says); says != "" {
		d.Blocks = append(d.Blocks, document.Paragraph{Text: document.Plain(says)})
	}
	day := r.date(j.Calendar.DateOf(o.Issued))
	d.Blocks = append(d.Blocks,
		document.Paragraph{Text: document.Plain(r.P.T("This is what the register said on {date}. It may have been changed since.", i18n.V{"date": day}))},
		document.Facts{Items: []document.Fact{
			{Label: r.P.T("Number of this copy"), Value: document.Isolate(o.Number)},
			{Label: r.P.T("Made on"), Value: document.Isolate(day)},
			{Label: r.P.T("Given to"), Value: document.Plain(r.textOf(j, k.As))},
			{Label: r.P.T("Law"), Value: document.Plain(k.Law)},
		}},
		document.QR{URL: c.Site.URL + "/verify/copies/" + o.ID, Alt: r.P.T("Code that leads to the page which verifies this"),
			Caption: document.Plain(r.P.T("Anybody can check here that this copy is genuine."))})
	return d
}

func given(all ...string) (list []string) {
	for _, s := range all {
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}

// copied is a field as the copy has it.
func (r Reader) copied(j *service.Jurisdiction, f extract.Fact) string {
	if len(f.Words) > 0 {
		return r.textOf(j, f.Words)
	}
	return r.showField(j, service.RegisterField{ID: f.Field, Type: f.Type}, f.Value)
}

// CheckedCopy is what a stranger learns of a copy by its code: that it is genuine, and nothing of whom it is about.
type CheckedCopy struct {
	Title, Register, Number, Kind string
	Issuer                        string
	Issued                        string
}

// Check is the page to which the code of a copy leads.
func (c Civil) Check(ctx context.Context, r Reader, id string) (p CheckedCopy, err error) {
	if c.View.Extracts == nil {
		return p, fault.NewNotFound("")
	}
	err = c.read(ctx, "ExtractCheck", func(ctx context.Context, tx *store.Tx) error {
		o, err := c.View.Extracts.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		issued := o.State == extract.Issued && o.Copy != nil
		if err := policy.Can(r.Actor, policy.ExtractCheck, policy.Thing{Kind: "extract", ID: id, Organisation: o.Organisation, Public: issued}); err != nil {
			return err
		}
		j := c.place()
		p = CheckedCopy{Title: r.textOf(j, o.Copy.Title), Register: r.textOf(j, o.Copy.Register), Number: o.Number, Kind: r.extractKind(o.Copy.Kind),
			Issuer: r.organisationName(j, o.Organisation), Issued: r.date(j.Calendar.DateOf(o.Issued))}
		return nil
	})
	return p, err
}

// Extract is the reader's own copy in the log; bundle writes its proof, which shows what the copy says.
func (l LogPages) Extract(ctx context.Context, r Reader, id string) (p Proof, bundle func() ([]byte, error), err error) {
	return l.own(ctx, "ExtractLeaf", func(ctx context.Context, tx *store.Tx) (publog.Name, error) {
		c := l.v.Civil()
		o, err := c.order(ctx, tx, r, id)
		if err != nil {
			return publog.Name{}, err
		}
		return c.leafOf(ctx, tx, o)
	})
}

// leafOf names the leaf of a copy that can be downloaded.
func (c Civil) leafOf(ctx context.Context, tx *store.Tx, o *extract.Order) (publog.Name, error) {
	if !o.Open(tx.Now()) {
		return publog.Name{}, fault.NewNotFound("")
	}
	_, err := c.Docket.Records.Get(ctx, tx, o.Record)
	return publog.Name{Organisation: o.Organisation, Kind: publog.ExtractIssued, ID: o.ID}, err
}

// lookedCopy says to whom a copy was given that is about the reader, and why.
func (c Civil) lookedCopy(ctx context.Context, tx *store.Tx, r Reader, number string) (string, error) {
	if c.View.Extracts == nil {
		return r.P.T("A copy of an entry about you"), nil
	}
	o, err := c.View.Extracts.ByNumber(ctx, tx, number)
	if err != nil {
		return r.P.T("A copy of an entry about you"), ignoreMissing(err)
	}
	j := c.place()
	v := i18n.V{"title": c.orderLine(r, o, tx).Title, "name": o.Name, "as": r.entitledAs(j, o)}
	text := r.P.T("A copy ({title}) was made for {name}: {as}", v)
	if o.Counter != "" {
		text = r.P.T("A copy ({title}) was made at the counter for {name}: {as}", v)
	}
	if o.Reason != "" {
		text += ". " + r.P.T("The reason given: {reason}", i18n.V{"reason": o.Reason})
	}
	return text, nil
}

func ignoreMissing(err error) error {
	if fault.KindOf(missing(err)) == fault.NotFound {
		return nil
	}
	return err
}

// extractDetail is a detail of the leaf of a copy, in words.
func (r Reader) extractDetail(reg *service.Register, id string, f proof.Field) string {
	if f.Name == "delivery" {
		if f.Value == "counter" {
			return r.P.T("At the counter")
		}
		return r.P.T("On this site")
	}
	if reg == nil || reg.Extract(id) == nil {
		return f.Value
	}
	x := reg.Extract(id)
	if f.Name == "extract" {
		return x.Title.In(r.P.Tag())
	}
	for i := range x.For {
		if x.For[i].As == f.Value {
			return x.For[i].Title.In(r.P.Tag())
		}
	}
	return f.Value
}
