package view

import (
	"context"

	"stoa/internal/assess"
	"stoa/internal/blob"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// TaxRequest is a claim or an objection with what became of it.
type TaxRequest struct {
	ID, Kind, Title string
	Account         string
	Fact            string
	Value           string // that is claimed
	From            string
	Ground, Text    string
	Files           []File
	At              Instant
	By              DidBy
	State           BillState
	Open            bool
	Answer          string
	Decided         Instant
	Period          string // of the assessment that is objected to
	Assessment      string
	Version         int64
}

// taxRequest writes a request for the reader.
func (v *View) taxRequest(ctx context.Context, tx *store.Tx, r Reader, t *service.Tax, a *tax.Account, one *tax.Request) (s TaxRequest, err error) {
	j := t.Jurisdiction
	s = TaxRequest{ID: one.ID, Kind: one.Kind, Account: a.ID, From: r.date(one.From), Text: one.Text, At: r.instant(j, one.At), State: r.requestState(one.State),
		Open: one.State == tax.Open, Answer: one.Answer, Version: one.Version}
	if one.For != "" {
		s.By = DidBy{one.Name, one.For}
	} else if s.By, err = v.didFor(ctx, tx, r, a, one.By); err != nil {
		return s, err
	}
	if !one.Decided.IsZero() {
		s.Decided = r.instant(j, one.Decided)
	}
	switch one.Kind {
	case tax.Claim:
		s.Fact, s.Title, s.Value = one.About, one.About, one.Value
		if f := t.Fact(one.About); f != nil {
			s.Title, s.Value = r.words(j, f.Short), r.factText(t, f, one.Value)
			if f.Claim != nil {
				s.Title = r.words(j, f.Claim.Title)
			}
		}
	case tax.Objection:
		s.Title, s.Assessment, s.Ground = r.P.T("Objection"), one.About, one.Ground
		if t.Objection != nil {
			for _, g := range t.Objection.Grounds {
				if g.ID == one.Ground {
					s.Ground = r.words(j, g.Text)
				}
			}
		}
		about, err := v.Money.Taxes.Assessment(ctx, tx, a.Organisation, one.About)
		if err != nil {
			return s, err
		}
		s.Period = assess.PeriodName(r.P, service.Span{From: about.Begins, Until: about.Ends})
	}
	for _, id := range one.Files {
		info, err := v.Docket.Blobs.Info(ctx, tx, id)
		if err != nil {
			return s, err
		}
		s.Files = append(s.Files, fileOf(r, info))
	}
	return s, nil
}

func fileOf(r Reader, b blob.Blob) File { return File{b.ID, b.Name, r.P.FileSize(b.Size)} }

func (r Reader) requestState(state string) BillState {
	switch state {
	case tax.Open:
		return BillState{r.P.T("Being looked at"), "soon"}
	case tax.Granted:
		return BillState{r.P.T("Granted"), "done"}
	case tax.Refused:
		return BillState{r.P.T("Refused"), "late"}
	case tax.Withdrawn:
		return BillState{r.P.T("Withdrawn"), "ok"}
	}
	return BillState{state, "ok"}
}

// ClaimForm is what a payer fills in to claim a relief, or to report what changes the charge.
type ClaimForm struct {
	Account TaxAccountLine
	TaxClaim
	Fields  []Field // the fact, and those that say more about it
	Upload  string  // required, optional, none
	Back    string  // the earliest day from which it may hold; ""
	Now     string  // what counts today
	Since   string
	Today   string
	Privacy []Privacy
}

// Claim is the form of a claim. errs are what flow found wrong with it.
func (v Taxation) Claim(ctx context.Context, r Reader, account, fact string, typed process.Typed) (c ClaimForm, err error) {
	book, err := v.book()
	if err != nil {
		return c, err
	}
	err = v.read(ctx, "Claim", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.ownTax(ctx, tx, r, book, account)
		if err != nil {
			return err
		}
		x := t.Fact(fact)
		if x == nil || x.Claim == nil {
			return fault.NewNotFound("")
		}
		today := v.today(tx)
		c = ClaimForm{Upload: x.Claim.Upload, Today: r.date(today), Fields: []Field{taxForm{r, t, typed}.field(x.Question)}, Privacy: r.privacy(t.Rules)}
		c.Fields[0].Optional = false
		if c.Account, err = v.taxAccountLine(ctx, tx, r, a); err != nil {
			return err
		}
		for _, one := range r.taxClaims(t) {
			if one.Fact == fact {
				c.TaxClaim = one
			}
		}
		if x.Claim.Back > 0 {
			back, err := today.AddDays(-x.Claim.Back)
			if err != nil {
				return err
			}
			c.Back = r.date(back)
		}
		known, err := v.Money.Taxes.Known(ctx, tx, a)
		if err != nil {
			return err
		}
		now, _ := r.knownToday(t, known, today)
		for _, k := range now {
			if k.ID == fact {
				c.Now, c.Since = k.Value, k.From
			}
		}
		return nil
	})
	return c, err
}

// TaxProblems turns what flow found wrong with a form into the lines of its error summary.
func (v Taxation) TaxProblems(r Reader, taxID string, errs []process.FieldError) (list []Problem) {
	t, ok := v.Docket.Releases.TaxInForce(taxID)
	if !ok {
		return nil
	}
	for _, e := range errs {
		if e.Question != nil {
			list = append(list, r.problem(t.Rules, e))
			continue
		}
		p := Problem{Path: e.Path, Anchor: e.Path, Text: e.Message(r.P), Parts: e.Parts}
		if e.Path == "from" {
			p.Anchor = "from-day"
		}
		list = append(list, p)
	}
	return list
}

// OwnRequest is a claim or an objection of the reader's.
func (v Taxation) OwnRequest(ctx context.Context, r Reader, account, id string) (s TaxRequest, line TaxAccountLine, err error) {
	book, err := v.book()
	if err != nil {
		return s, line, err
	}
	err = v.read(ctx, "OwnRequest", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.ownTax(ctx, tx, r, book, account)
		if err != nil {
			return err
		}
		one, err := (&tax.Requests{Vault: v.Money.Taxes.Vault}).Get(ctx, tx, a.Organisation, id)
		if err != nil || one.Account != a.ID {
			return orNothing(err)
		}
		if line, err = v.taxAccountLine(ctx, tx, r, a); err != nil {
			return err
		}
		s, err = v.taxRequest(ctx, tx, r, t, a, one)
		return err
	})
	return s, line, err
}

// OwnTaxFile is evidence that the reader sent.
func (v Taxation) OwnTaxFile(ctx context.Context, r Reader, account, file string) (name, mediaType string, data []byte, err error) {
	book, err := v.book()
	if err != nil {
		return "", "", nil, err
	}
	err = v.read(ctx, "OwnTaxFile", func(ctx context.Context, tx *store.Tx) error {
		a, _, err := v.ownTax(ctx, tx, r, book, account)
		if err != nil {
			return err
		}
		name, mediaType, data, err = v.file(ctx, tx, file, a.Subject)
		return err
	})
	return name, mediaType, data, err
}

// ObjectForm is what somebody fills in who thinks that an assessment is wrong.
type ObjectForm struct {
	Account            TaxAccountLine
	Assessment, Period string
	Total, Until       string
	Text               string // of the file: what can be objected to, and what to do meanwhile
	Law                Law
	Grounds            []Option
	Open               bool // one waits for a decision already
}

// ObjectForm is the form of an objection; NotFound where the term has passed.
func (v Taxation) ObjectForm(ctx context.Context, r Reader, account, id string) (f ObjectForm, err error) {
	book, err := v.book()
	if err != nil {
		return f, err
	}
	err = v.read(ctx, "ObjectForm", func(ctx context.Context, tx *store.Tx) error {
		a, t, err := v.ownTax(ctx, tx, r, book, account)
		if err != nil {
			return err
		}
		one, err := v.Money.Taxes.Assessment(ctx, tx, a.Organisation, id)
		if err != nil || one.Account != a.ID || t.Objection == nil {
			return orNothing(err)
		}
		f = ObjectForm{Assessment: id, Period: assess.PeriodName(r.P, service.Span{From: one.Begins, Until: one.Ends}), Total: r.money(one.Total, one.Currency),
			Text: r.words(t.Jurisdiction, t.Objection.Text), Law: law(t.Rules, t.Objection.Law)}
		for _, g := range t.Objection.Grounds {
			f.Grounds = append(f.Grounds, Option{Value: g.ID, Label: r.words(t.Jurisdiction, g.Text)})
		}
		if f.Until, err = v.objectBy(ctx, tx, r, one); err != nil {
			return err
		}
		asked, err := (&tax.Requests{Vault: v.Money.Taxes.Vault}).Of(ctx, tx, a)
		for _, x := range asked {
			f.Open = f.Open || x.About == id && x.State == tax.Open
		}
		if err != nil {
			return err
		}
		f.Account, err = v.taxAccountLine(ctx, tx, r, a)
		return err
	})
	return f, err
}
