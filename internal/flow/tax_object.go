package flow

import (
	"context"
	"slices"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

// Object is an objection against an assessment.
type Object struct {
	Assessment string
	Ground     string // id of one that the file offers; "" where it offers none
	Text       string
	Files      []Upload
	Key        string
}

// Object is for the holder of the account, against an assessment that counts, within the term. What was asked for is owed
// until it is decided.
func (f Taxation) Object(ctx context.Context, actor policy.Actor, in Object) (id string, refused []Refused, err error) {
	book, err := f.book()
	if err != nil {
		return "", nil, err
	}
	var account string
	err = f.DB.Read(ctx, "flow.Object", func(ctx context.Context, tx *store.Tx) error {
		_, a, err := f.objectable(ctx, tx, actor, book, in.Assessment)
		if err == nil {
			account = a.ID
		}
		return err
	})
	if err != nil {
		return "", nil, err
	}
	files, refused, err := f.evidence(ctx, actor, account, in.Files)
	if err != nil || len(refused) > 0 {
		return "", refused, err
	}
	err = f.DB.Write(ctx, "flow.Object", func(ctx context.Context, tx *store.Tx) error {
		one, a, err := f.objectable(ctx, tx, actor, book, in.Assessment)
		if err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, []any{in.Assessment, in.Ground, in.Text, names(in.Files)}, func() (string, error) {
			if err := f.inTime(ctx, tx, one, in); err != nil {
				return "", err
			}
			r := &tax.Request{Kind: tax.Objection, About: one.ID, By: actor.Person, RequestWords: tax.RequestWords{Ground: in.Ground, Text: in.Text, Name: actor.Name, For: actor.For.Name}}
			if err := f.didWithTax(ctx, tx, actor, mandate.Objected, a, service.Span{From: one.Begins, Until: one.Ends}); err != nil {
				return "", err
			}
			return f.request(ctx, tx, a, r, files)
		})
		return err
	})
	return id, nil, err
}

// objectable reads an assessment and its account for the holder; in Write the account is locked.
func (f *Flow) objectable(ctx context.Context, tx *store.Tx, actor policy.Actor, book *treasury.Book, id string) (*tax.Assessment, *tax.Account, error) {
	one, err := f.Money.Taxes.Assessment(ctx, tx, book.Organisation, id)
	if err != nil {
		return nil, nil, missing(err)
	}
	a, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, one.Account)
	return one, a, err
}

// inTime finds what speaks against an objection.
func (f *Flow) inTime(ctx context.Context, tx *store.Tx, one *tax.Assessment, in Object) error {
	t, err := f.Docket.Releases.Tax(ctx, tx, one.Definition)
	if err != nil {
		return err
	}
	switch {
	case t.Objection == nil:
		return fault.NewConflict("There is no objection against this tax")
	case one.State != tax.Published:
		return fault.NewConflict("This assessment does not count any more. Look at the one that does")
	}
	by, err := assess.ObjectBy(ctx, t, service.Span{From: one.Begins, Until: one.Ends}, one.Issued)
	if err != nil {
		return err
	}
	var wrong refusals
	if f.today(tx).After(by) {
		wrong.add("text", i18n.Msg("The time for an objection ended on {day}"), map[string]any{"day": by})
		return wrong.err()
	}
	if grounds := t.Objection.Grounds; len(grounds) > 0 && !slices.ContainsFunc(grounds, func(c service.ChoiceFile) bool { return c.ID == in.Ground }) {
		wrong.add("ground", i18n.Msg("Choose a reason"), nil)
	}
	if in.Text == "" {
		wrong.add("text", i18n.Msg("Say what is wrong"), nil)
	}
	return wrong.err()
}

// DecideObjection upholds or dismisses an objection.
type DecideObjection struct {
	Request  string
	Version  int64 // of the request when the form was made
	Uphold   bool
	From     calendar.Date     // first day of what is different; zero: of the period
	Facts    process.Typed     // what is different, as in ChangeFacts
	Change   []string          //
	Object   map[string]string //
	Declared *process.Typed    // what counts as declared for the period; nil: what was declared
	Answer   string            // reasons; needed to dismiss
	Key      string
}

// DecideObjection is for officers of the treasury. What is upheld changes facts, the object or what counts as declared, and
// the assessment with them.
func (f Taxation) DecideObjection(ctx context.Context, actor policy.Actor, in DecideObjection) error {
	same := []any{in.Request, in.Version, in.Uphold, in.From, in.Facts, in.Change, in.Object, said(in.Declared), in.Answer}
	return f.decide(ctx, actor, tax.Objection, in.Request, in.Version, in.Key, same, func(ctx context.Context, tx *store.Tx, d decision) error {
		if !in.Uphold {
			return f.refuse(ctx, tx, actor, d, in.Answer)
		}
		one, err := f.Money.Taxes.Assessment(ctx, tx, d.account.Organisation, d.request.About)
		if err != nil {
			return err
		}
		c := change{cause: tax.ByObjection, from: in.From, begins: one.Begins, declared: in.Declared}
		if c.from.IsZero() {
			c.from = later(one.Begins, d.account.From)
		}
		if in.Declared == nil || len(in.Change) > 0 || len(in.Object) > 0 {
			k, err := f.readChange(ctx, tx, d.account, c.from, in.Facts, in.Change, in.Object)
			if err != nil {
				return err
			}
			if err := f.learn(ctx, tx, d.account, c.from, k, tax.Source{Kind: tax.Objection, ID: d.request.ID}, actor.Person); err != nil {
				return err
			}
		}
		return f.grant(ctx, tx, actor, d, in.Answer, c)
	})
}
