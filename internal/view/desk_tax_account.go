package view

import (
	"context"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// DeskTaxAccount is a tax account whole, as an officer sees it.
type DeskTaxAccount struct {
	TaxAccount
	MoneyRights
	Holder   string
	Email    string
	Address  []string
	Person   bool         // the holder can sign in here
	Timeline []KnownEntry // newest first
	Facts    []Changeable // what can be changed, with what counts today
	Others   []TaxAccountLine
}

// KnownEntry is something that was made known, when and by whom.
type KnownEntry struct {
	From   string
	At     Instant
	By     string
	Source string
	Of     SourceLink
	What   []TaxKnown
}

// Changeable is a fact, or a field of the object, that an officer can change.
type Changeable struct {
	ID, Title, Now, Since string // ID: a fact's, or object.FIELD
	Object                bool
}

// deskTax opens an account for the desk and records the look for its holder.
func (v *View) deskTax(ctx context.Context, r Reader, id string, why policy.Action) (*treasury.Book, error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return nil, err
	}
	return book, v.recordPayer(ctx, r, book, why, func(ctx context.Context, tx *store.Tx) (payer, what, ref string, err error) {
		a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, id)
		if err != nil {
			return "", "", "", err
		}
		return a.Holder, lookTax, a.Number, nil
	})
}

// DeskTaxAccount is for all who may read the money; that it was opened is recorded.
func (v TaxOffice) DeskTaxAccount(ctx context.Context, r Reader, id string) (p DeskTaxAccount, err error) {
	book, err := v.deskTax(ctx, r, id, policy.MoneyRead)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "DeskTaxAccount", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.anyTax(ctx, tx, book, id)
		if err != nil {
			return err
		}
		p = DeskTaxAccount{MoneyRights: r.moneyRights(book), Holder: a.Name, Email: a.Email, Address: a.Address, Person: a.Holder != ""}
		if p.TaxAccount, err = v.taxAccount(ctx, tx, r, a, t); err != nil {
			return err
		}
		known, err := v.Money.Taxes.Known(ctx, tx, a)
		if err != nil {
			return err
		}
		if p.Timeline, err = v.knownTimeline(ctx, tx, r, t, known); err != nil {
			return err
		}
		p.Facts = r.changeable(t, p.TaxAccount.Known)
		others, err := v.Money.Taxes.Accounts(ctx, tx, book.Organisation, a.Tax, a.Object, "", countMost)
		for _, o := range others {
			if o.ID != a.ID {
				p.Others = append(p.Others, TaxAccountLine{ID: o.ID, Number: o.Number, From: r.date(o.From), Until: r.date(o.Until)})
			}
		}
		return err
	})
	return p, err
}

// anyTax reads an account with its tax.
func (v *View) anyTax(ctx context.Context, tx *store.Tx, book *treasury.Book, id string) (*tax.Account, *service.Tax, error) {
	a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, id)
	if err != nil {
		return nil, nil, err
	}
	t, ok := v.Docket.Releases.TaxInForce(a.Tax)
	if !ok {
		return nil, nil, store.ErrNotFound
	}
	return a, t, nil
}

func (v *View) knownTimeline(ctx context.Context, tx *store.Tx, r Reader, t *service.Tax, known []tax.Known) (list []KnownEntry, err error) {
	names := v.names(r)
	for _, k := range slices.Backward(known) {
		e := KnownEntry{From: r.date(k.From), At: r.instant(v.place(), k.At), Source: r.knownSource(k.Of.Kind)}
		if e.By, err = names.of(ctx, tx, k.By); err != nil {
			return nil, err
		}
		if k.Of.Kind == tax.Claim || k.Of.Kind == tax.Objection {
			e.Of = SourceLink{Kind: "request", ID: k.Of.ID, Text: e.Source}
		}
		for _, f := range t.Register.Fields {
			if text, ok := k.Object[f.ID]; ok {
				one := TaxKnown{ID: f.ID, Title: r.words(t.Jurisdiction, f.Title), Value: r.showField(t.Jurisdiction, f, text), Object: true}
				one.Title, one.Value = r.fieldWords(t, takenOver(t), f.ID, text, one.Title, one.Value)
				e.What = append(e.What, one)
			}
		}
		for _, f := range t.Facts {
			if text, ok := k.Facts[f.ID]; ok {
				e.What = append(e.What, TaxKnown{ID: f.ID, Title: r.words(t.Jurisdiction, f.Short), Value: r.factText(t, f, text)})
			}
		}
		list = append(list, e)
	}
	return list, nil
}

// changeable lists everything that an officer can change.
func (r Reader) changeable(t *service.Tax, now []TaxKnown) (list []Changeable) {
	add := func(id, title string, object bool) {
		c := Changeable{ID: id, Title: title, Object: object}
		if object {
			c.ID = "object." + id
		}
		for _, k := range now {
			if k.ID == id && k.Object == object {
				c.Title, c.Now, c.Since = k.Title, k.Value, k.From
			}
		}
		list = append(list, c)
	}
	for _, f := range t.Facts {
		add(f.ID, r.words(t.Jurisdiction, f.Short), false)
	}
	for _, f := range t.Fields {
		add(f.ID, r.words(t.Jurisdiction, f.Title), true)
	}
	return list
}

// ChangeForm is what is asked to change something that is known of an account.
type ChangeForm struct {
	Account TaxAccountLine
	Version int64
	Change  Changeable
	Field   Field
	Gone    bool // it may hold no longer
	Today   string
	Law     Law
}

// ChangeForm is for officers of the treasury.
func (v TaxOffice) ChangeForm(ctx context.Context, r Reader, id, what string, typed process.Typed) (f ChangeForm, err error) {
	book, err := v.deskTax(ctx, r, id, policy.MoneyWork)
	if err != nil {
		return f, err
	}
	err = v.read(ctx, "ChangeForm", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.anyTax(ctx, tx, book, id)
		if err != nil {
			return err
		}
		known, err := v.Money.Taxes.Known(ctx, tx, a)
		if err != nil {
			return err
		}
		now, _ := r.knownToday(t, known, v.today(tx))
		list := r.changeable(t, now)
		i := slices.IndexFunc(list, func(c Changeable) bool { return c.ID == what })
		if i < 0 {
			return fault.NewNotFound("")
		}
		f = ChangeForm{Version: a.Version, Change: list[i], Today: v.today(tx).String()}
		if f.Account, err = v.taxAccountLine(ctx, tx, r, a); err != nil {
			return err
		}
		form := taxForm{r, t, typed}
		if x := t.Fact(what); x != nil {
			f.Field, f.Gone, f.Law = form.field(x.Question), true, law(t.Rules, x.Law)
			return nil
		}
		for _, x := range t.Fields {
			if "object."+x.ID == what {
				f.Field = form.objectField(x)
			}
		}
		return nil
	})
	return f, err
}

// PayerForm is what is asked to change who pays for an object.
type PayerForm struct {
	Tax, TaxID, Object, Label string
	Account, Number           string // that is running; "" none
	Holder                    string
	Today                     string // ISO
	Taxes                     []Option
	Languages                 []Option
}

// PayerForm is for officers of the treasury; account "" opens one for an object that has none.
func (v TaxOffice) PayerForm(ctx context.Context, r Reader, account string) (f PayerForm, err error) {
	book, err := v.moneyReader(r)
	if account != "" && err == nil {
		book, err = v.deskTax(ctx, r, account, policy.MoneyWork)
	}
	if err != nil {
		return f, err
	}
	if !r.moneyRights(book).Work {
		return f, fault.NewNotFound("")
	}
	err = v.read(ctx, "PayerForm", func(ctx context.Context, tx *store.Tx) error {
		f = PayerForm{Today: v.today(tx).String()}
		for _, t := range v.place().Taxes {
			f.Taxes = append(f.Taxes, Option{Value: t.Tax, Label: r.words(t.Jurisdiction, t.Title)})
		}
		for _, l := range v.place().File.Languages {
			f.Languages = append(f.Languages, Option{Value: l, Label: l})
		}
		if account == "" {
			return nil
		}
		a, _, err := v.anyTax(ctx, tx, book, account)
		if err != nil {
			return err
		}
		f.Tax, f.TaxID, f.Object, f.Label, f.Account, f.Number, f.Holder = v.billedTitle(r, a.Tax), a.Tax, a.Object, a.Label, a.ID, a.Number, a.Name
		return nil
	})
	return f, err
}

// DeskAssessment is an assessment as an officer sees it.
type DeskAssessment struct {
	*BillTax
	Line TaxAccountLine
	Bill *BillLine
	Run  string
	At   Instant
	By   string
}

// DeskAssessment is for all who may read the money; that it was opened is recorded.
func (v TaxOffice) DeskAssessment(ctx context.Context, r Reader, id string) (p DeskAssessment, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	var account string
	err = v.recordPayer(ctx, r, book, policy.MoneyRead, func(ctx context.Context, tx *store.Tx) (payer, what, ref string, err error) {
		one, err := v.Money.Taxes.Assessment(ctx, tx, book.Organisation, id)
		if err != nil {
			return "", "", "", err
		}
		a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, one.Account)
		if err != nil {
			return "", "", "", err
		}
		account = a.ID
		return a.Holder, lookTax, a.Number, nil
	})
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "DeskAssessment", func(ctx context.Context, tx *store.Tx) error {
		a, _, err := v.anyTax(ctx, tx, book, account)
		if err != nil {
			return err
		}
		p = DeskAssessment{}
		if p.Line, err = v.taxAccountLine(ctx, tx, r, a); err != nil {
			return err
		}
		one, err := v.Money.Taxes.Assessment(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		p.Run, p.At = one.Run, r.instant(v.place(), one.At)
		if p.By, err = v.names(r).of(ctx, tx, one.By); err != nil {
			return err
		}
		p.BillTax, p.Bill, err = v.assessmentShown(ctx, tx, r, a, id)
		return err
	})
	return p, err
}

// DeskTaxFile is evidence that a payer sent; that it was opened is recorded.
func (v TaxOffice) DeskTaxFile(ctx context.Context, r Reader, account, file string) (name, mediaType string, data []byte, err error) {
	book, err := v.deskTax(ctx, r, account, policy.MoneyRead)
	if err != nil {
		return "", "", nil, err
	}
	err = v.read(ctx, "DeskTaxFile", func(ctx context.Context, tx *store.Tx) error {
		a, err := v.Money.Taxes.Account(ctx, tx, book.Organisation, account)
		if err != nil {
			return err
		}
		name, mediaType, data, err = v.file(ctx, tx, file, a.Subject)
		return err
	})
	return name, mediaType, data, err
}
