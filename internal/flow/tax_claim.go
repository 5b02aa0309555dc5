package flow

import (
	"context"
	"fmt"

	"stoa/internal/assess"
	"stoa/internal/blob"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// ClaimFact is what a payer says holds from a day on, so that their tax is less, or because they must say so.
type ClaimFact struct {
	Account, Fact string
	From          calendar.Date
	Typed         process.Typed // the fact's question
	Text          string        // in the payer's words
	Files         []Upload      // evidence
	Key           string
}

// once is what makes the same form the same: of its files the names.
func (in ClaimFact) once() any {
	return []any{in.Account, in.Fact, in.From, in.Typed, in.Text, names(in.Files)}
}

func names(files []Upload) (all []string) {
	for _, f := range files {
		all = append(all, f.Name)
	}
	return all
}

// ClaimFact is for the holder of the account. An officer decides; until then nothing changes. Files that are not taken come
// back with the reason, and then nothing is claimed.
func (f Taxation) ClaimFact(ctx context.Context, actor policy.Actor, in ClaimFact) (id string, refused []Refused, err error) {
	book, err := f.book()
	if err != nil {
		return "", nil, err
	}
	files, refused, err := f.evidence(ctx, actor, in.Account, in.Files)
	if err != nil || len(refused) > 0 {
		return "", refused, err
	}
	err = f.DB.Write(ctx, "flow.ClaimFact", func(ctx context.Context, tx *store.Tx) error {
		a, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, in.Account)
		if err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in.once(), func() (string, error) {
			t, err := f.taxInForce(a.Tax)
			if err != nil {
				return "", err
			}
			value, err := f.readClaim(ctx, tx, t, a, in, len(files))
			if err != nil {
				return "", err
			}
			r := &tax.Request{Kind: tax.Claim, About: in.Fact, From: in.From, By: actor.Person, RequestWords: tax.RequestWords{Value: value, Text: in.Text, Name: actor.Name, For: actor.For.Name}}
			if err := f.didWithTax(ctx, tx, actor, mandate.Claimed, a, service.Span{}); err != nil {
				return "", err
			}
			return f.request(ctx, tx, a, r, files)
		})
		return err
	})
	return id, nil, err
}

// readClaim finds what is wrong with a claim, all at once, and gives the value that is claimed.
func (f *Flow) readClaim(ctx context.Context, tx *store.Tx, t *service.Tax, a *tax.Account, in ClaimFact, files int) (string, error) {
	fact := t.Fact(in.Fact)
	if fact == nil || fact.Claim == nil {
		return "", fault.NewNotFound("")
	}
	var wrong refusals
	v, errs, err := assess.ReadFact(ctx, t, in.Fact, in.Typed, f.today(tx))
	if err != nil {
		return "", err
	}
	wrong = append(wrong, errs...)
	wrong.day(a, in.From)
	today := f.today(tx)
	if back := fact.Claim.Back; back > 0 && !in.From.IsZero() && in.From.DaysUntil(today) > back {
		first, err := today.AddDays(-back)
		if err != nil {
			return "", err
		}
		wrong.add("from", i18n.Msg("This can be claimed from {day} on at the earliest"), map[string]any{"day": first})
	}
	if most, err := today.AddYears(1); err == nil && in.From.After(most) {
		wrong.add("from", i18n.Msg("Claim what begins within a year"), nil)
	}
	switch {
	case fact.Claim.Upload == "required" && files == 0:
		wrong.add("files", i18n.Msg("Add the evidence"), nil)
	case fact.Claim.Upload == "none" && files > 0:
		wrong.add("files", i18n.Msg("No files are needed"), nil)
	}
	return tax.Text(v), wrong.err()
}

// Bounds of evidence.
const (
	mostFiles    = 5
	largestProof = 10 << 20
)

// evidence reads and checks files before the transaction, since others wait while one writes.
func (f *Flow) evidence(ctx context.Context, actor policy.Actor, account string, files []Upload) (all []*blob.Upload, refused []Refused, err error) {
	if len(files) == 0 {
		return nil, nil, nil
	}
	book, err := f.book()
	if err != nil {
		return nil, nil, err
	}
	err = f.DB.Read(ctx, "flow.evidence", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, account)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if len(files) > mostFiles {
		return nil, []Refused{{files[mostFiles].Question, fault.NewInvalid("Choose at most five files")}}, nil
	}
	limits := blob.Limits{MaxBytes: largestProof, Types: []blob.Type{blob.PDF, blob.JPEG, blob.PNG, blob.WebP}}
	for _, file := range files {
		got, err := blob.Receive(file.Content, blob.Meta{Name: file.Name, DeclaredType: file.Type}, limits)
		if no := refusal(err); no != nil {
			refused = append(refused, Refused{file.Question, no})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("receiving an upload: %w", err)
		}
		all = append(all, got)
	}
	return all, refused, nil
}

// request stores a request with its files, under the account's key.
func (f *Flow) request(ctx context.Context, tx *store.Tx, a *tax.Account, r *tax.Request, files []*blob.Upload) (string, error) {
	for _, file := range files {
		stored, err := f.Docket.Blobs.Put(ctx, tx, a.Subject, file)
		if err != nil {
			return "", fmt.Errorf("storing an upload: %w", err)
		}
		r.Files = append(r.Files, stored.ID)
	}
	err := f.Money.Requests.Ask(ctx, tx, a, r)
	return r.ID, err
}

// DecideClaim grants what a payer claims, or refuses it.
type DecideClaim struct {
	Request string
	Version int64 // of the request when the form was made
	Grant   bool
	From    calendar.Date  // zero: as claimed
	Typed   *process.Typed // the fact's question, where another value is granted; nil: as claimed
	Answer  string         // reasons; needed to refuse
	Key     string
}

// DecideClaim is for officers of the treasury. What is granted holds from its day on, and what is published is assessed anew.
func (f Taxation) DecideClaim(ctx context.Context, actor policy.Actor, in DecideClaim) error {
	same := []any{in.Request, in.Version, in.Grant, in.From, said(in.Typed), in.Answer}
	return f.decide(ctx, actor, tax.Claim, in.Request, in.Version, in.Key, same, func(ctx context.Context, tx *store.Tx, d decision) error {
		if !in.Grant {
			return f.refuse(ctx, tx, actor, d, in.Answer)
		}
		from, value := d.request.From, d.request.Value
		if !in.From.IsZero() {
			from = in.From
		}
		var wrong refusals
		wrong.day(d.account, from)
		if in.Typed != nil {
			k, err := typedKnown(ctx, d.tax, *in.Typed, []string{d.request.About}, nil, f.today(tx), &wrong)
			if err != nil {
				return err
			}
			value = k.facts[d.request.About]
		}
		if err := wrong.err(); err != nil {
			return err
		}
		k := known{facts: map[string]string{d.request.About: value}}
		if err := f.learn(ctx, tx, d.account, from, k, tax.Source{Kind: tax.Claim, ID: d.request.ID}, actor.Person); err != nil {
			return err
		}
		return f.grant(ctx, tx, actor, d, in.Answer, change{cause: tax.ByClaim, from: from})
	})
}

// said is what was typed, if anything was: a pointer would not be the same when the form comes again.
func said(typed *process.Typed) any {
	if typed == nil {
		return nil
	}
	return *typed
}

// decision is a request that is being decided, with what it is about.
type decision struct {
	request *tax.Request
	account *tax.Account
	tax     *service.Tax
}

// decide does what a decision on a request comes to, once for a form, for an officer whose own request it is not.
func (f *Flow) decide(ctx context.Context, actor policy.Actor, kind, request string, version int64, key string, input any, do func(context.Context, *store.Tx, decision) error) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.decide "+kind, func(ctx context.Context, tx *store.Tx) error {
		found, err := f.Money.Requests.Get(ctx, tx, book.Organisation, request)
		if err != nil {
			return missing(err)
		}
		a, err := f.taxAccount(ctx, tx, actor, policy.MoneyWork, book, found.Account)
		if err != nil {
			return err
		}
		thing := accountThing(a)
		thing.By = found.By // who asked for somebody else does not decide on it either, whenever that was
		if err := policy.Can(actor, policy.MoneyWork, thing); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, key, input, func() (string, error) {
			r, err := f.Money.Requests.Get(ctx, tx, book.Organisation, request) // again, now that its account is locked
			if err != nil {
				return "", err
			}
			if r.Kind != kind {
				return "", fault.NewNotFound("")
			}
			if r.Version != version || r.State != tax.Open {
				return "", fault.NewConflict(tax.ChangedMeanwhile)
			}
			t, err := f.taxInForce(a.Tax)
			if err != nil {
				return "", err
			}
			return "", do(ctx, tx, decision{r, a, t})
		})
		return err
	})
}

// refuse refuses a request, with reasons.
func (f *Flow) refuse(ctx context.Context, tx *store.Tx, actor policy.Actor, d decision, answer string) error {
	if answer == "" {
		return fault.NewInvalid("Say why you refuse")
	}
	if err := f.Money.Requests.Decide(ctx, tx, d.account, d.request, tax.Refused, actor.Person, answer); err != nil {
		return err
	}
	p := f.Words.For(f.languageOf(d.account))
	title := f.requestTitle(p, d)
	text := p.T("We have refused this: {what}.", i18n.V{"what": title}) + "\n\n" + p.T("Why: {reason}", i18n.V{"reason": answer})
	return f.tellHolder(ctx, tx, d.account, "tax decision", title, text, "/account/taxes/"+d.account.ID)
}

// grant grants a request and assesses anew what it touches.
func (f *Flow) grant(ctx context.Context, tx *store.Tx, actor policy.Actor, d decision, answer string, c change) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	if err := f.Money.Requests.Decide(ctx, tx, d.account, d.request, tax.Granted, actor.Person, answer); err != nil {
		return err
	}
	p := f.Words.For(f.languageOf(d.account))
	title := f.requestTitle(p, d)
	text := p.T("We have granted this: {what}.", i18n.V{"what": title})
	if answer != "" {
		text += "\n\n" + answer
	}
	if err := f.tellHolder(ctx, tx, d.account, "tax decision", title, text, "/account/taxes/"+d.account.ID); err != nil {
		return err
	}
	if c.by, c.why = actor.Person, title; answer != "" {
		c.why += ". " + answer
	}
	_, err = f.reassess(ctx, tx, book, d.account, c)
	return err
}

// requestTitle is what a request is called.
func (f *Flow) requestTitle(p *i18n.Printer, d decision) string {
	if d.request.Kind == tax.Claim {
		if fact := d.tax.Fact(d.request.About); fact != nil && fact.Claim != nil {
			return fact.Claim.Title.In(p.Tag())
		}
	}
	return p.T("Your objection: {title}", i18n.V{"title": d.tax.Title.In(p.Tag())})
}

// WithdrawRequest takes back what a payer has asked for.
type WithdrawRequest struct{ Request, Key string }

// WithdrawRequest is for the holder of the account, until it is decided.
func (f Taxation) WithdrawRequest(ctx context.Context, actor policy.Actor, in WithdrawRequest) error {
	book, err := f.book()
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.WithdrawRequest", func(ctx context.Context, tx *store.Tx) error {
		r, err := f.Money.Requests.Get(ctx, tx, book.Organisation, in.Request)
		if err != nil {
			return missing(err)
		}
		a, err := f.taxAccount(ctx, tx, actor, policy.TaxOwn, book, r.Account)
		if err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if r, err = f.Money.Requests.Get(ctx, tx, book.Organisation, in.Request); err != nil {
				return "", err
			}
			if err := f.didWithTax(ctx, tx, actor, mandate.TookBack, a, service.Span{}); err != nil {
				return "", err
			}
			return "", f.Money.Requests.Decide(ctx, tx, a, r, tax.Withdrawn, actor.Person, "")
		})
		return err
	})
}
