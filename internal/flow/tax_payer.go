package flow

import (
	"context"
	"errors"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// holderOf finds or makes the person of an account that has an address of e-mail; other accounts have no holder.
func (f *Flow) holderOf(ctx context.Context, tx *store.Tx, a *tax.Account) error {
	a.Holder = ""
	if at := strings.IndexByte(a.Email, '@'); at < 1 || at == len(a.Email)-1 {
		a.Email = ""
		return nil
	}
	language := a.Language
	if language == "" {
		language = f.Docket.Releases.Current().File.Languages[0]
	}
	who, err := f.People.Ensure(ctx, tx, person.Details{Name: a.Name, Email: a.Email}, language)
	if err != nil {
		return err
	}
	a.Holder, a.Email = who.ID, who.Email
	if a.Language == "" {
		a.Language = who.Language
	}
	return nil
}

// companyHolds gives an account to the company of that number, as the register knows it that says who represents companies:
// they act for it, and get its messages. One that no such register knows is held by whoever has its address.
func (f *Flow) companyHolds(ctx context.Context, tx *store.Tx, a *tax.Account, number string) error {
	j := f.Docket.Releases.Current()
	for _, reg := range j.Representing(policy.Company) {
		r, err := f.Docket.Records.ByNumber(ctx, tx, reg.Register, number)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		who, err := person.Standing(ctx, tx, f.People, reg.Register, r.Number, docket.NameOf(reg, r), j.File.Languages[0])
		if err != nil {
			return err
		}
		if a.Holder = who.ID; a.Language == "" {
			a.Language = who.Language
		}
		if !strings.Contains(strings.Trim(a.Email, "@"), "@") {
			a.Email = ""
		}
		return nil
	}
	return f.holderOf(ctx, tx, a)
}

// addressLines are the lines of an address as registers and forms write it.
func addressLines(text string) (lines []string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Payer is who pays a tax from a day on.
type Payer struct {
	Name, Email string
	Address     []string
	Language    string
}

// ChangePayer says that somebody else pays for an object.
type ChangePayer struct {
	Tax, Object string
	From        calendar.Date // their first day
	Payer       Payer         // without a name: nobody follows, and the account only ends
	Facts       process.Typed // what is known of them from the beginning
	Change      []string      // ids of those facts
	Reason      string
	Key         string
}

// ChangePayer is for officers of the treasury. The account ends the day before, and another begins; what is published for
// both is assessed anew, each for their days. It gives the account that begins, or the one that ended.
func (f Taxation) ChangePayer(ctx context.Context, actor policy.Actor, in ChangePayer) (id string, err error) {
	book, err := f.book()
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.MoneyWork, moneyThing(book, in.Object)); err != nil {
		return "", err
	}
	t, err := f.taxInForce(in.Tax)
	if err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.ChangePayer", func(ctx context.Context, tx *store.Tx) error {
		accounts, err := f.Money.Taxes.OnObjects(ctx, tx, book.Organisation, t.Tax, []string{in.Object}, calendar.MaxDate)
		if err != nil {
			return err
		}
		var last *tax.Account
		if of := accounts[in.Object]; len(of) > 0 {
			last = of[len(of)-1]
			if err := policy.Can(actor, policy.MoneyWork, accountThing(last)); err != nil {
				return err
			}
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			return f.changePayer(ctx, tx, book, t, last, actor.Person, in)
		})
		return err
	})
	return id, err
}

func (f *Flow) changePayer(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, last *tax.Account, by string, in ChangePayer) (string, error) {
	var wrong refusals
	k, err := typedKnown(ctx, t, in.Facts, in.Change, nil, f.today(tx), &wrong)
	if err != nil {
		return "", err
	}
	switch {
	case in.From.IsZero():
		wrong.add("from", i18n.Msg("Enter the day"), nil)
	case last != nil && !in.From.After(last.From):
		wrong.add("from", i18n.Msg("Another account begins on this day or later"), nil)
	}
	if in.Reason == "" {
		wrong.add("reason", i18n.Msg("Say why"), nil)
	}
	if err := wrong.err(); err != nil {
		return "", err
	}
	var standing []*tax.Assessment
	if last != nil {
		if standing, err = f.Money.Taxes.Standing(ctx, tx, last, in.From, tax.Proposed, tax.Published, tax.Void); err != nil {
			return "", err
		}
		if err := f.endAccount(ctx, tx, book, last, by, in); err != nil {
			return "", err
		}
	}
	if in.Payer.Name == "" {
		if last == nil {
			return "", fault.NewInvalid("Say who pays")
		}
		return last.ID, nil
	}
	a, err := f.begin(ctx, tx, book, t, last, k.facts, by, in)
	if err != nil {
		return "", err
	}
	return a.ID, f.assessToo(ctx, tx, book, a, standing, change{cause: tax.ByChange, from: in.From, by: by, why: in.Reason})
}

// endAccount ends an account that holds on the day on which another begins.
func (f *Flow) endAccount(ctx context.Context, tx *store.Tx, book *treasury.Book, last *tax.Account, by string, in ChangePayer) error {
	if !last.Until.IsZero() && last.Until.Before(in.From) {
		return nil
	}
	end, err := in.From.AddDays(-1)
	if err != nil {
		return err
	}
	last.Until = end
	if err := f.Money.Taxes.SaveAccount(ctx, tx, last); err != nil {
		return err
	}
	_, err = f.reassess(ctx, tx, book, last, change{cause: tax.ByChange, from: in.From, by: by, why: in.Reason})
	return err
}

// begin opens the account of a new payer. What the register said of the object, and what was put right since, is known of it
// from the beginning; what was known of the people before is not.
func (f *Flow) begin(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, last *tax.Account, facts map[string]string, by string, in ChangePayer) (*tax.Account, error) {
	a := &tax.Account{Organisation: book.Organisation, Tax: t.Tax, Object: in.Object, From: in.From, Language: in.Payer.Language,
		Words: tax.Words{Name: in.Payer.Name, Email: in.Payer.Email, Address: in.Payer.Address}}
	said, object, err := f.objectOf(ctx, tx, t, last, a)
	if err != nil {
		return nil, err
	}
	if len(a.Address) == 0 {
		a.Address = addressLines(a.Label)
	}
	if err := f.holderOf(ctx, tx, a); err != nil {
		return nil, err
	}
	if err := f.Money.Taxes.OpenAccounts(ctx, tx, a); err != nil {
		return nil, err
	}
	rows := []tax.Learned{{Account: a, Known: tax.Known{From: in.From, Of: tax.Source{Kind: ofRegister, ID: in.Object}, Object: said}}}
	for _, k := range object {
		rows = append(rows, tax.Learned{Account: a, Known: k})
	}
	if len(facts) > 0 {
		rows = append(rows, tax.Learned{Account: a, Known: tax.Known{From: in.From, By: by, Of: tax.Source{Kind: ofOfficer, ID: in.Key}, Facts: facts}})
	}
	return a, f.Money.Taxes.Learn(ctx, tx, rows...)
}

// ofOfficer is the source of what an officer has found out.
const ofOfficer = "officer"

// objectOf is what the register said of an object, and what was put right besides: from the account before, or its record.
func (f *Flow) objectOf(ctx context.Context, tx *store.Tx, t *service.Tax, last, a *tax.Account) (said map[string]string, object []tax.Known, err error) {
	if last == nil {
		rec, err := f.Docket.Records.ByNumber(ctx, tx, t.Register.Register, a.Object)
		if err != nil {
			return nil, nil, missing(err)
		}
		a.Label = rec.Label
		return (&chunk{tax: t}).says(rec), nil, nil
	}
	known, err := f.Money.Taxes.Known(ctx, tx, last)
	if err != nil {
		return nil, nil, err
	}
	a.Label, said = last.Label, tax.Said(known, ofRegister)
	return said, inherited(known, said, a.From, last), nil
}

// inherited is what an account takes over from the one before it, when the register now says something: what was put right
// about the object, and what is known of later days. Where the register has changed its mind it goes before; what was known
// of the people is not taken over.
func inherited(known []tax.Known, now map[string]string, from calendar.Date, last *tax.Account) (rows []tax.Known) {
	line, said := tax.Timeline(known), tax.Said(known, ofRegister)
	was, object := tax.On(line, from).Object, map[string]string{}
	for _, all := range []map[string]string{was, said} {
		for id := range all {
			if was[id] != said[id] && said[id] == now[id] {
				object[id] = was[id]
			}
		}
	}
	of := tax.Source{Kind: "account", ID: last.Number}
	if len(object) > 0 {
		rows = append(rows, tax.Known{From: from, Of: of, Object: object})
	}
	for _, d := range line {
		if !d.From.After(from) {
			continue
		}
		object = map[string]string{}
		for _, all := range []map[string]string{was, d.Object} {
			for id := range all {
				if was[id] != d.Object[id] {
					object[id] = d.Object[id]
				}
			}
		}
		if was = d.Object; len(object) > 0 {
			rows = append(rows, tax.Known{From: d.From, Of: of, Object: object})
		}
	}
	return rows
}

// assessToo assesses a new account for the periods for which the object is assessed already.
func (f *Flow) assessToo(ctx context.Context, tx *store.Tx, book *treasury.Book, a *tax.Account, standing []*tax.Assessment, c change) error {
	known, err := f.Money.Taxes.Known(ctx, tx, a)
	if err != nil {
		return err
	}
	for i, former := range standing {
		if i+1 < len(standing) && standing[i+1].Begins == former.Begins {
			continue // the later one says how the period stands
		}
		in, err := f.again(ctx, tx, a, known, former)
		if err != nil {
			return err
		}
		if in.Tax.TaxFile.By == byDeclaration {
			continue // they declare themselves
		}
		result, err := f.compute(ctx, tx, in)
		if err != nil {
			return f.unassessed(in.Tax, f.Docket.Releases.Current().File.Languages[0], err)
		}
		now, err := recorded(result, c.cause, c.by)
		if err != nil {
			return err
		}
		if err := f.assessOne(ctx, tx, book, in.Tax, a, now, former, c); err != nil {
			return err
		}
	}
	return nil
}

// assessOne makes the assessment of a new account count, or only proposes it where that of the account before is proposed.
func (f *Flow) assessOne(ctx context.Context, tx *store.Tx, book *treasury.Book, t *service.Tax, a *tax.Account, now, former *tax.Assessment, c change) error {
	proposed := former.State == tax.Proposed
	if proposed {
		now.Run, now.Cause = former.Run, former.Cause
	}
	if err := f.Money.Taxes.Assess(ctx, tx, tax.Made{Account: a, Assessment: now}); err != nil {
		return err
	}
	if proposed {
		return f.recountRun(ctx, tx, nil, now)
	}
	b, err := f.count(ctx, tx, book, t, a, now, nil, treasury.Act{Key: "assessment " + now.ID, Day: f.today(tx), By: c.by, Why: c.why})
	if err != nil {
		return err
	}
	return f.tellChanged(ctx, tx, a, changed{tax: t, now: now, bill: b}, c.why)
}
