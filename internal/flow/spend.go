package flow

import (
	"context"
	"errors"
	"strconv"

	"stoa/internal/bankfile"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Spending is Flow's use cases of what public money is given for: suppliers, contracts, grants, invoices, and entries made
// by hand. It can do whatever Flow can. Payments leave by the orders of Banking.
type Spending struct{ *Flow }

// Spending gives them.
func (f *Flow) Spending() Spending { return Spending{f} }

// spends gives what spending needs: the book, and the tables.
func (f *Flow) spends() (*treasury.Book, *spend.Spend, error) {
	book, err := f.book()
	if err != nil {
		return nil, nil, err
	}
	if f.Money.Spend == nil || book.Code(service.UsePayable) == "" {
		return nil, nil, fault.Wrap(errors.New("nothing is spent by a budget here"), fault.NotFound, "")
	}
	return book, f.Money.Spend, nil
}

// spendThing is what rights to something of an organisation's spending depend on. owner is the person whose affair it is.
func spendThing(book *treasury.Book, kind, id, forWhom, owner string) policy.Thing {
	return policy.Thing{Kind: kind, ID: id, Organisation: forWhom, Owner: owner, Consulted: []string{book.Organisation}}
}

// spendable finds a line that an organisation may spend on; nil if there is none.
func (f *Flow) spendable(at spend.LineRef, forWhom string) *service.BudgetLine {
	b := f.Docket.Releases.Current().Budget(at.Year)
	if b == nil {
		return nil
	}
	if x := b.Line(at.Line); x != nil && x.Kind == service.LineExpenditure && x.Organisation == forWhom {
		return x
	}
	return nil
}

// limits is what lines may spend as the budgets say on a day. A line that is in no budget any more may spend nothing.
func (f *Flow) limits(day calendar.Date, lines ...spend.LineRef) spend.Limits {
	all := spend.Limits{}
	for _, at := range lines {
		all[at] = 0
		if b := f.Docket.Releases.Current().Budget(at.Year); b != nil {
			if x := b.Line(at.Line); x != nil {
				all[at] = x.On(day)
			}
		}
	}
	return all
}

var (
	msgOverContract = i18n.Msg("This is {amount} more than the contract has left. Say why it must be all the same, or refuse it")
	msgOverLine     = i18n.Msg("This is {amount} more than the budget line has left. Say why it must be all the same, or refuse it")
)

// told turns Over into what the person at the form has to answer.
func told(err error) error {
	var over *spend.Over
	if !errors.As(err, &over) {
		return err
	}
	msg := msgOverLine
	if over.Contract {
		msg = msgOverContract
	}
	var fields fault.Fields
	fields.Add("override", msg, "amount", over.By)
	return fields.Err()
}

// AddSupplier enters whom money is to be paid to.
type AddSupplier struct {
	For        string // the organisation that enters it
	Person     bool   // private: shown to the public only together with others
	Name       string
	Identifier string // GB-COH-01234567
	IBAN       string
	Address    string
	Email      string
	Key        string
}

// AddSupplier is for officers of an organisation. Errors are told by field: name, iban.
func (f Spending) AddSupplier(ctx context.Context, actor policy.Actor, in AddSupplier) (id string, err error) {
	book, s, err := f.spends()
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.SpendEnter, spendThing(book, "supplier", "", in.For, "")); err != nil {
		return "", err
	}
	words, err := supplierWords(in.Name, in.IBAN)
	if err != nil {
		return "", err
	}
	words.Address, words.Email = in.Address, in.Email
	err = f.DB.Write(ctx, "flow.AddSupplier", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			owner, err := f.ownerOf(ctx, tx, in.Email)
			if err != nil {
				return "", err
			}
			x, err := s.Suppliers.Add(ctx, tx, book.Organisation, spend.NewSupplier{Key: "form " + in.Key, Person: in.Person, Identifier: in.Identifier,
				Owner: owner, SupplierWords: words}, actor.Person)
			if err != nil {
				return "", err
			}
			return x.ID, nil
		})
		return err
	})
	return id, err
}

// ownerOf is who stands behind a supplier, as far as the email address tells: whoever is known by it works on nothing that the
// supplier is paid.
func (f *Flow) ownerOf(ctx context.Context, tx *store.Tx, email string) (string, error) {
	if email == "" {
		return "", nil
	}
	who, err := f.People.ByEmail(ctx, tx, email)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return who.ID, err
}

// supplierWords checks a name and an account number as our bank needs them; the number may follow later.
func supplierWords(name, iban string) (w spend.SupplierWords, err error) {
	var problems fault.Fields
	w.Name = name
	if name == "" {
		problems.Add("name", "Enter the name of the supplier")
	} else if bankfile.Latin(name, 70) == "" {
		problems.Add("name", "Write the name in Latin letters, since banks carry no others")
	}
	if iban != "" {
		if w.IBAN, err = bankfile.ParseIBAN(iban); err != nil {
			problems.Add("iban", "Enter the account number (IBAN), like GB33 BUKB 2020 1555 5555 55. Check it against a bank card or a statement")
		}
	}
	return w, problems.Err()
}

// ChangeSupplier corrects a supplier's name or bank account.
type ChangeSupplier struct {
	Supplier string
	Version  int64
	Name     string
	IBAN     string
	Key      string
}

// ChangeSupplier is for officers of the treasury, since whoever changes a bank account must not be who approves invoices.
// That person approves no order that pays to it either.
func (f Spending) ChangeSupplier(ctx context.Context, actor policy.Actor, in ChangeSupplier) error {
	book, s, err := f.spends()
	if err != nil {
		return err
	}
	words, err := supplierWords(in.Name, in.IBAN)
	if err != nil {
		return err
	}
	return missing(f.DB.Write(ctx, "flow.ChangeSupplier", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			x, err := s.Suppliers.Get(ctx, tx, book.Organisation, in.Supplier)
			if err != nil {
				return "", err
			}
			thing := moneyThing(book, x.ID)
			thing.Owner = x.Owner
			if err := policy.Can(actor, policy.MoneyWork, thing); err != nil {
				return "", err
			}
			if x.Version != in.Version {
				return "", fault.NewConflict(changedMeanwhile)
			}
			words.Address, words.Email = x.Address, x.Email
			return "", s.Suppliers.Change(ctx, tx, x, words, actor.Person)
		})
		return err
	}))
}

var changedMeanwhile = i18n.Msg("This has changed since you opened the page. Look at it again, then repeat")

// rowed is a field's name in a form of several rows; in a form of one it has no number.
func rowed(field string, row, of int) string {
	if of < 2 {
		return field
	}
	return field + "-" + strconv.Itoa(row+1)
}
