package flow

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// payer is who is liable as the register says.
type payer struct {
	name, email, company string
	address              []string
	since                calendar.Date
}

func payerOf(t *service.Tax, rec *record.Record) (p payer) {
	of := t.TaxFile.Object.Payer
	p.name, p.email, p.company = rec.Fields[of.Name], rec.Fields[of.Email], rec.Fields[of.Company]
	address := rec.Fields[of.Address]
	if address == "" {
		address = rec.Label
	}
	p.address = addressLines(address)
	p.since, _ = calendar.ParseISO(rec.Fields[of.Since]) // without one: since the period begins
	return p
}

// settle finds or opens the account of who is liable for an object, and takes over what its record says. It reports whether
// the object is to be assessed.
func (c *chunk) settle(ctx context.Context, tx *store.Tx, rec *record.Record) (bool, error) {
	accounts := c.accounts[rec.Number]
	var last *tax.Account
	if len(accounts) > 0 {
		last = accounts[len(accounts)-1]
	}
	holds := last != nil && (last.Until.IsZero() || !last.Until.Before(c.period.From))
	if rec.State != record.Active || !rec.Until.IsZero() && rec.Until.Before(c.period.From) || rec.From.After(c.period.Until) {
		switch {
		case holds && rec.State == record.Active && !rec.Until.IsZero():
			_, err := c.end(ctx, tx, rec, last)
			return false, err
		case holds:
			c.fail(rec.Number, i18n.Msg("The register does not hold this any more. End the account, if nobody owes the tax"), nil)
		default:
			c.run.Nothing++
		}
		return false, nil
	}
	now := c.says(rec)
	if last == nil {
		return c.open(ctx, tx, rec, now, nil, calendar.Date{})
	}
	before := tax.Said(c.known[last.ID], ofRegister)
	if c.payerSays(now, before, c.tax.TaxFile.Object.Payer.Name, c.tax.TaxFile.Object.Payer.Since) {
		return c.otherPayer(ctx, tx, rec, now, last)
	}
	if !last.Until.IsZero() && last.Until.Before(c.period.Until) && last.Until != rec.Until {
		c.fail(rec.Number, i18n.Msg("The account {account} has ended, and nobody follows. Say who pays now"), map[string]any{"account": last.Number})
		return holds, nil
	}
	if c.payerSays(now, before, c.tax.TaxFile.Object.Payer.Email, c.tax.TaxFile.Object.Payer.Company, c.tax.TaxFile.Object.Payer.Address) {
		if err := c.readdress(ctx, tx, last, payerOf(c.tax, rec)); err != nil {
			return false, err
		}
	}
	c.learn(last, rec, now, before)
	if !rec.Until.IsZero() && rec.Until.Before(c.period.Until) && last.Until.IsZero() {
		return c.end(ctx, tx, rec, last)
	}
	return true, nil
}

// end ends an account with the record of its object, unless that would change what is published: that is for an officer.
func (c *chunk) end(ctx context.Context, tx *store.Tx, rec *record.Record, a *tax.Account) (bool, error) {
	after, err := rec.Until.AddDays(1)
	if err != nil {
		return false, err
	}
	published, err := c.Money.Taxes.Standing(ctx, tx, a, after, tax.Published)
	if err != nil {
		return false, err
	}
	if len(published) > 0 {
		c.fail(rec.Number, i18n.Msg("The register holds this until an earlier day. End the account {account} on that day first"), map[string]any{"account": a.Number})
		return false, nil
	}
	return true, c.until(ctx, tx, a, rec.Until)
}

// ofRegister is the source of what a register says.
const ofRegister = "register"

// says is what a record says that the tax wants to know, and who pays.
func (c *chunk) says(rec *record.Record) map[string]string {
	now := map[string]string{}
	for _, f := range c.tax.Fields {
		if v := rec.Fields[f.ID]; v != "" {
			now[f.ID] = v
		}
	}
	p := c.tax.TaxFile.Object.Payer
	for _, id := range p.Fields() {
		if v := rec.Fields[id]; id != "" && v != "" {
			now[id] = v
		}
	}
	return now
}

// payerSays reports whether the register says something else in one of its fields than it did.
func (c *chunk) payerSays(now, before map[string]string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(id string) bool { return id != "" && now[id] != before[id] })
}

// learn notes what the register says that it did not say before: it counts from the first day of the period. What an officer
// has put right stays so until the register itself says something else.
func (c *chunk) learn(a *tax.Account, rec *record.Record, now, before map[string]string) {
	news := map[string]string{}
	for id, v := range now {
		if before[id] != v {
			news[id] = v
		}
	}
	for id := range before {
		if now[id] == "" && before[id] != "" && c.asks(id) {
			news[id] = ""
		}
	}
	if len(news) == 0 {
		return
	}
	k := tax.Known{No: len(c.known[a.ID]) + 1, From: later(a.From, c.period.From), Of: tax.Source{Kind: ofRegister, ID: rec.Number}, Object: news}
	c.known[a.ID] = append(c.known[a.ID], k)
	c.learned = append(c.learned, tax.Learned{Account: a, Known: k})
}

// asks reports whether the tax still looks at a field: its rules, or for who pays.
func (c *chunk) asks(id string) bool {
	p := c.tax.TaxFile.Object.Payer
	return slices.ContainsFunc(c.tax.Fields, func(f service.RegisterField) bool { return f.ID == id }) ||
		slices.Contains(p.Fields(), id)
}

func later(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

// open opens the account of who pays by the register: after another that ended, or from the day since which they are liable.
func (c *chunk) open(ctx context.Context, tx *store.Tx, rec *record.Record, now map[string]string, last *tax.Account, from calendar.Date) (bool, error) {
	p := payerOf(c.tax, rec)
	if p.name == "" {
		c.fail(rec.Number, i18n.Msg("The register names nobody who pays"), nil)
		return last != nil, nil
	}
	since := p.since
	if since.IsZero() {
		since = later(rec.From, c.period.From)
	}
	since = later(since, from)
	if since.After(c.period.Until) {
		if last == nil {
			c.run.Nothing++
		}
		return last != nil, nil
	}
	a := &tax.Account{Organisation: c.book.Organisation, Tax: c.tax.Tax, Object: rec.Number, From: since, Until: rec.Until,
		Words: tax.Words{Name: p.name, Email: p.email, Address: p.address, Label: rec.Label}}
	if err := c.holder(ctx, tx, a, p.company); err != nil {
		return false, err
	}
	known := []tax.Known{{No: 1, From: since, Of: tax.Source{Kind: ofRegister, ID: rec.Number}, Object: now}}
	if last != nil {
		for _, k := range inherited(c.known[last.ID], now, since, last) {
			k.No = len(known) + 1
			known = append(known, k)
		}
	}
	c.fresh = append(c.fresh, &opened{a, known})
	return true, nil
}

// holder finds or makes the person of an account that a company pays, or that has an address of e-mail.
func (c *chunk) holder(ctx context.Context, tx *store.Tx, a *tax.Account, company string) error {
	if company != "" {
		return c.companyHolds(ctx, tx, a, company)
	}
	if id, ok := c.people[a.Email]; ok {
		a.Holder = id
		return nil
	}
	if err := c.holderOf(ctx, tx, a); err != nil {
		return err
	}
	if a.Holder != "" {
		c.people[a.Email] = a.Holder
	}
	return nil
}

// otherPayer follows the register, which names another payer than before: the account ends and another begins. Where that
// would change what is published, it is left to an officer.
func (c *chunk) otherPayer(ctx context.Context, tx *store.Tx, rec *record.Record, now map[string]string, last *tax.Account) (bool, error) {
	p := payerOf(c.tax, rec)
	if !last.Until.IsZero() {
		from, err := last.Until.AddDays(1)
		if err != nil {
			return false, err
		}
		return c.open(ctx, tx, rec, now, last, from)
	}
	standing, err := c.Money.Taxes.Standing(ctx, tx, last, later(p.since, last.From), tax.Proposed, tax.Published)
	if err != nil {
		return false, err
	}
	published := slices.ContainsFunc(standing, func(a *tax.Assessment) bool { return a.State == tax.Published })
	switch {
	case p.name == "":
		c.fail(rec.Number, i18n.Msg("The register names nobody who pays"), nil)
		return false, nil
	case published || !p.since.IsZero() && p.since.After(c.period.Until):
		c.fail(rec.Number, i18n.Msg("The register names another payer. Enter the change in account {account} first"), map[string]any{"account": last.Number})
		return false, nil
	case p.since.After(last.From):
		end, err := p.since.AddDays(-1)
		if err != nil {
			return false, err
		}
		if err := c.until(ctx, tx, last, end); err != nil {
			return false, err
		}
		return c.open(ctx, tx, rec, now, last, p.since)
	}
	all, err := c.Money.Taxes.AssessmentsOf(ctx, tx, last)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(all, func(a *tax.Assessment) bool { return a.State != tax.Dropped }) {
		c.fail(rec.Number, i18n.Msg("The register names another payer. Enter the change in account {account} first"), map[string]any{"account": last.Number})
		return false, nil
	}
	if err := c.readdress(ctx, tx, last, p); err != nil { // nothing was ever asked of them: the register was put right
		return false, err
	}
	c.learn(last, rec, now, tax.Said(c.known[last.ID], ofRegister))
	return true, nil
}

// readdress writes another payer, or address of the payer, into an account.
func (c *chunk) readdress(ctx context.Context, tx *store.Tx, a *tax.Account, p payer) error {
	a.Name, a.Email, a.Address, a.Holder = p.name, p.email, p.address, ""
	if err := c.holder(ctx, tx, a, p.company); err != nil {
		return err
	}
	return c.Money.Taxes.SaveAccount(ctx, tx, a)
}

func (c *chunk) until(ctx context.Context, tx *store.Tx, a *tax.Account, last calendar.Date) error {
	if last.Before(a.From) {
		last = a.From
	}
	a.Until = last
	return c.Money.Taxes.SaveAccount(ctx, tx, a)
}
