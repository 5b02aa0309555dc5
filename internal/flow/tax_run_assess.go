package flow

import (
	"context"
	"errors"
	"maps"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// chunk is the part of a register that one transaction of a run goes through. What is read and written is so for all of its
// records at once.
type chunk struct {
	*Flow
	book     *treasury.Book
	tax      *service.Tax
	run      *tax.Run
	period   service.Span
	accounts map[string][]*tax.Account // by object, in the order of their first days
	known    map[string][]tax.Known    // by account
	fresh    []*opened
	learned  []tax.Learned
	people   map[string]string // person ids by e-mail
	problems map[string]string // by object
}

// opened is an account that is to be opened, and what is known of it from the beginning.
type opened struct {
	*tax.Account
	known []tax.Known
}

// assessSome goes through the next records of the register.
func (f *Flow) assessSome(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, r *tax.Run) error {
	records, err := f.Docket.Records.Page(ctx, tx, t.Register.Register, r.Place, assessChunk)
	if err != nil {
		return err
	}
	c := &chunk{Flow: f, book: book, tax: t, run: r, period: service.Span{From: r.Begins, Until: r.Ends}, people: map[string]string{}, problems: map[string]string{}}
	if err := c.read(ctx, tx, records); err != nil {
		return err
	}
	var objects []*record.Record
	for _, rec := range records {
		r.Place, r.Objects = rec.Number, r.Objects+1
		taken, err := c.settle(ctx, tx, rec)
		if err != nil {
			return err
		}
		if taken {
			objects = append(objects, rec)
		}
	}
	if err := c.write(ctx, tx); err != nil {
		return err
	}
	if t.TaxFile.By != byDeclaration {
		if err := c.assess(ctx, tx, objects); err != nil {
			return err
		}
	}
	for _, object := range slices.Sorted(maps.Keys(c.problems)) {
		r.Failed++
		if err := f.Money.Runs.NoteProblem(ctx, tx, r, tax.Problem{Object: object, What: c.problems[object]}); err != nil {
			return err
		}
	}
	if len(records) < assessChunk {
		r.State, r.Place = tax.Ready, ""
		if t.TaxFile.By == byDeclaration { // accounts count as soon as they are open
			r.State, r.Ended = tax.RunPublished, tx.Now()
		}
	}
	return nil
}

// byDeclaration is how a file says that payers declare what is charged.
const byDeclaration = "declared"

func (c *chunk) read(ctx context.Context, tx *store.Tx, records []*record.Record) (err error) {
	var numbers []string
	for _, rec := range records {
		numbers = append(numbers, rec.Number)
	}
	taxes := c.Money.Taxes
	if c.accounts, err = taxes.OnObjects(ctx, tx, c.book.Organisation, c.tax.Tax, numbers, c.period.Until); err != nil {
		return err
	}
	var list []*tax.Account
	for _, n := range numbers {
		list = append(list, c.accounts[n]...)
	}
	c.known, err = taxes.KnownOf(ctx, tx, list...)
	return err
}

func (c *chunk) fail(object, key string, args map[string]any) {
	language := c.Docket.Releases.Current().File.Languages[0]
	c.problems[object] = c.Words.For(language).T(key, i18n.V(args))
}

// write opens the new accounts and stores what has become known.
func (c *chunk) write(ctx context.Context, tx *store.Tx) error {
	var list []*tax.Account
	for _, o := range c.fresh {
		list = append(list, o.Account)
	}
	if err := c.Money.Taxes.OpenAccounts(ctx, tx, list...); err != nil {
		return err
	}
	for _, o := range c.fresh {
		c.accounts[o.Object] = append(c.accounts[o.Object], o.Account)
		c.known[o.ID] = o.known
		for _, k := range o.known {
			c.learned = append(c.learned, tax.Learned{Account: o.Account, Known: k})
		}
	}
	return c.Money.Taxes.Learn(ctx, tx, c.learned...)
}

// assess works out what each account owes for the period that has not been assessed before.
func (c *chunk) assess(ctx context.Context, tx *store.Tx, objects []*record.Record) error {
	accounts := map[string][]*tax.Account{}
	var list []*tax.Account
	for _, rec := range objects {
		for _, a := range c.accounts[rec.Number] {
			if _, ok := a.Liable(c.tax, c.period); ok {
				list = append(list, a)
			}
			accounts[rec.Number] = append(accounts[rec.Number], a)
		}
	}
	done, err := c.Money.Taxes.InPeriod(ctx, tx, list, c.run.Begins)
	if err != nil {
		return err
	}
	before, err := c.before(ctx, tx, c.tax, c.period, accounts)
	if err != nil {
		return err
	}
	var made []tax.Made
	for _, a := range list {
		if done[a.ID] != nil {
			c.run.Before++
			continue
		}
		one, err := c.charge(ctx, tx, a, before[a.Object])
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, store.ErrDone), fault.KindOf(err) == fault.Unavailable:
			return err
		case err != nil:
			c.problems[a.Object] = c.cannot(c.tax, c.Docket.Releases.Current().File.Languages[0], err)
			continue
		}
		c.run.Assessed, c.run.Total = c.run.Assessed+1, c.run.Total+one.Total
		if one.Total == 0 {
			c.run.Nothing++
		}
		made = append(made, tax.Made{Account: a, Assessment: one})
	}
	return c.Money.Taxes.Assess(ctx, tx, made...)
}

// charge works out what an account owes for the period.
func (c *chunk) charge(ctx context.Context, tx *store.Tx, a *tax.Account, before *tax.Assessment) (*tax.Assessment, error) {
	in, err := a.Input(c.tax, c.known[a.ID], c.period)
	if err != nil {
		return nil, err
	}
	if in.Carried, err = carried(c.tax, before); err != nil {
		return nil, err
	}
	var result *assess.Assessment
	if result, err = c.compute(ctx, tx, in); err != nil {
		return nil, err
	}
	one, err := recorded(result, tax.ByRun, "")
	if err == nil {
		one.Run = c.run.ID
	}
	return one, err
}
