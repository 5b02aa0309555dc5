package view

import (
	"context"
	"encoding/json"
	"errors"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// Return is a declaration for a period, as its payer fills it in.
type Return struct {
	Account   TaxAccountLine
	Begins    string // ISO
	Period    string
	DeclareBy string
	AmendBy   string
	Late      bool
	Amends    bool // one was sent before
	Can       bool // it can still be declared or amended
	Pages     []PageLine
	First     string // id of the first page
}

// ReturnPage is one page of questions of a declaration.
type ReturnPage struct {
	Return
	Page          PageLine
	Intro         string
	Fields        []Field
	Problems      []Problem
	Before, After string // ids of pages
}

// ReturnCheck is a declaration before it is sent: what was answered, and what it comes to.
type ReturnCheck struct {
	Return
	Cards    []Card
	Problems []Problem // pages that are not done
	Result   *TaxWhy   // nil while it is not complete
	Total    string
	Sent     string // what counted before; "" nothing
	Together
	Failed string // why it cannot be worked out although nothing that was answered is wrong
}

// ReturnDone is a declaration that was sent.
type ReturnDone struct {
	Return
	At    Instant
	By    DidBy
	Total string
	Bill  *BillLine
	Why   *BillTax
}

// declared is a declaration with all that it is judged by.
type declared struct {
	account *tax.Account
	t       *service.Tax
	in      assess.Input
	sent    *tax.Return // the last; nil: none
	draft   *tax.Return // nil: none
	judged  *process.Judgement
}

// declaration loads one of the reader's declarations, with what was typed so far or sent before.
func (v *View) declaration(ctx context.Context, tx *store.Tx, r Reader, account, begins string) (d declared, err error) {
	book, err := v.book()
	if err != nil {
		return d, err
	}
	day, err := calendar.ParseISO(begins)
	if err != nil {
		return d, fault.NewNotFound("")
	}
	if d.account, d.t, err = v.ownTax(ctx, tx, r, book, account); err != nil {
		return d, err
	}
	span, err := d.t.Period(day)
	if err != nil || span.From != day || d.t.By != "declared" || span.Until.Before(d.t.TaxFile.Period.First) {
		return d, fault.NewNotFound("")
	}
	known, err := v.Money.Taxes.Known(ctx, tx, d.account)
	if err != nil {
		return d, err
	}
	if d.in, err = d.account.Input(d.t, known, span); err != nil {
		if errors.Is(err, tax.ErrNotLiable) {
			return d, fault.NewNotFound("")
		}
		return d, err
	}
	returns, err := v.Money.Taxes.Returns(ctx, tx, d.account, span.From)
	if err != nil {
		return d, err
	}
	var shown *tax.Return // what is being written, or else what was sent last
	for _, one := range returns {
		if one.State == tax.Sent {
			d.sent = one
		} else {
			d.draft = one
		}
		if shown == nil || one.State == tax.Draft || shown.State == tax.Sent {
			shown = one
		}
	}
	if shown != nil && len(shown.Typed) > 0 {
		if err := json.Unmarshal(shown.Typed, &d.in.Declared); err != nil {
			return d, err
		}
	}
	d.in.Lookup = v.Docket.Live(tx, d.t.Rules, "", v.today(tx), "").Lookup
	d.judged, err = assess.JudgeOn(ctx, d.in, d.in.Liable.From)
	return d, err
}

// head is what every page of a declaration says of it.
func (v *View) returnHead(ctx context.Context, tx *store.Tx, r Reader, d declared) (h Return, err error) {
	h = Return{Begins: d.in.Period.From.String(), Period: assess.PeriodName(r.P, d.in.Period), Amends: d.sent != nil}
	if h.Account, err = v.taxAccountLine(ctx, tx, r, d.account); err != nil {
		return h, err
	}
	line, err := v.returnLine(ctx, tx, r, d.t, d.account, d.in.Period)
	h.DeclareBy, h.AmendBy, h.Late, h.Can = line.By, line.AmendBy, line.Late, line.Can
	for _, p := range d.t.Pages {
		if state := d.judged.Page(p); state != process.PageHidden {
			h.Pages = append(h.Pages, PageLine{ID: p.File.Page, Title: r.words(d.t.Jurisdiction, p.File.Title), State: state})
		}
	}
	if len(h.Pages) > 0 {
		h.First = h.Pages[0].ID
	}
	return h, err
}

// ReturnPage is one page of questions; errs says that what is wrong is to be shown.
func (v Taxation) ReturnPage(ctx context.Context, r Reader, account, begins, page string, errs bool) (p ReturnPage, err error) {
	err = v.read(ctx, "ReturnPage", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.declaration(ctx, tx, r, account, begins)
		if err != nil {
			return err
		}
		p = ReturnPage{}
		if p.Return, err = v.returnHead(ctx, tx, r, d); err != nil {
			return err
		}
		one := pageOf(d.t.Rules, page)
		at := -1
		for i, line := range p.Pages {
			if line.ID == page {
				at = i
			}
		}
		if one == nil || at < 0 {
			return fault.NewNotFound("")
		}
		p.Page, p.Intro = p.Pages[at], r.words(d.t.Jurisdiction, one.File.Intro)
		if at > 0 {
			p.Before = p.Pages[at-1].ID
		}
		if at+1 < len(p.Pages) {
			p.After = p.Pages[at+1].ID
		}
		f := taxForm{r, d.t, d.in.Declared}
		for _, q := range one.Questions {
			if d.judged.Asked(q.ID) {
				p.Fields = append(p.Fields, f.field(q))
			}
		}
		if errs {
			for _, e := range d.judged.On(one, "") {
				p.Problems = append(p.Problems, r.problem(d.t.Rules, e))
			}
			markWrong(p.Fields, p.Problems)
		}
		return nil
	})
	return p, err
}

// ReturnCheck is a declaration as it would be sent.
func (v Taxation) ReturnCheck(ctx context.Context, r Reader, account, begins string) (c ReturnCheck, err error) {
	err = v.read(ctx, "ReturnCheck", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.declaration(ctx, tx, r, account, begins)
		if err != nil {
			return err
		}
		c = ReturnCheck{}
		if c.Return, err = v.returnHead(ctx, tx, r, d); err != nil {
			return err
		}
		if c.Together, err = v.together(ctx, tx, r, d.account, d.draft); err != nil {
			return err
		}
		c.cards(r, d)
		if len(c.Problems) == 0 {
			x, err := assess.Assess(ctx, d.in)
			switch {
			case err != nil && fault.KindOf(err) == fault.Conflict:
				c.Failed = r.faultText(err)
			case err != nil:
				return err
			default:
				c.Result = r.taxWhy(x, true)
				c.Total = c.Result.Total
			}
		}
		counts, err := v.Money.Taxes.Counting(ctx, tx, d.account, d.in.Period.From)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			c.Sent = r.money(counts.Total, counts.Currency)
		}
		return err
	})
	return c, err
}

func (c *ReturnCheck) cards(r Reader, d declared) {
	for _, p := range d.t.Pages {
		state := d.judged.Page(p)
		if state == process.PageHidden {
			continue
		}
		title := r.words(d.t.Jurisdiction, p.File.Title)
		card := Card{Title: title, Page: p.File.Page}
		for _, q := range p.Questions {
			if d.judged.Asked(q.ID) {
				card.Rows = append(card.Rows, Row{Label: r.short(d.t.Rules, q), Anchor: anchor(q, nil), Lines: process.ShowAnswer(r.P, d.t.Rules, q, d.judged.Answers[q.ID])})
			}
		}
		c.Cards = append(c.Cards, card)
		if state != process.PageDone {
			c.Problems = append(c.Problems, Problem{Path: p.File.Page, Text: r.P.T("Complete “{page}”", map[string]any{"page": title})})
		}
	}
}

// ReturnDone is what became of a declaration that was sent; NotFound where none was.
func (v Taxation) ReturnDone(ctx context.Context, r Reader, account, begins string) (p ReturnDone, err error) {
	err = v.read(ctx, "ReturnDone", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.declaration(ctx, tx, r, account, begins)
		if err != nil {
			return err
		}
		if d.sent == nil {
			return fault.NewNotFound("")
		}
		p = ReturnDone{At: r.instant(d.t.Jurisdiction, d.sent.At)}
		if p.By, err = v.declaredBy(ctx, tx, r, d.account, d.sent); err != nil {
			return err
		}
		if p.Return, err = v.returnHead(ctx, tx, r, d); err != nil || d.sent.Assessment == "" {
			return err
		}
		p.Why, p.Bill, err = v.assessmentShown(ctx, tx, r, d.account, d.sent.Assessment)
		if err == nil {
			p.Total = p.Why.Total
		}
		return err
	})
	return p, err
}

// returnLines are an account's declarations: those that are missing, and those sent that can still be amended.
func (v *View) returnLines(ctx context.Context, tx *store.Tx, r Reader, t *service.Tax, a *tax.Account) (list []ReturnLine, err error) {
	spans, err := assess.PeriodsDue(t, a.From, a.Until, v.today(tx), dueMost)
	for _, span := range spans {
		line, err := v.returnLine(ctx, tx, r, t, a, span)
		if err != nil {
			return nil, err
		}
		list = append(list, line)
	}
	return list, err
}

// returnLine is where the declaration of a period stands.
func (v *View) returnLine(ctx context.Context, tx *store.Tx, r Reader, t *service.Tax, a *tax.Account, span service.Span) (line ReturnLine, err error) {
	today := v.today(tx)
	line = ReturnLine{Begins: span.From.String(), Period: assess.PeriodName(r.P, span)}
	by, err := assess.DeclareBy(ctx, t, span)
	if err != nil {
		return line, err
	}
	amend, err := assess.AmendBy(ctx, t, span)
	if err != nil {
		return line, err
	}
	returns, err := v.Money.Taxes.Returns(ctx, tx, a, span.From)
	if err != nil {
		return line, err
	}
	for _, one := range returns {
		line.Sent = line.Sent || one.State == tax.Sent
		if one.State == tax.Sent {
			line.Declared, err = v.declaredBy(ctx, tx, r, a, one)
		} else {
			var signed []string
			line.Draft = true
			if signed, err = v.signers(ctx, tx, a, one); err == nil {
				line.Waits = len(signed) > 0
			}
		}
		if err != nil {
			return line, err
		}
	}
	line.By, line.AmendBy = r.date(by), r.date(amend)
	line.Late = !line.Sent && !by.IsZero() && by.Before(today)
	line.Can = span.Until.Before(today) && (!line.Sent || amend.IsZero() || !amend.Before(today))
	counts, err := v.Money.Taxes.Counting(ctx, tx, a, span.From)
	if errors.Is(err, store.ErrNotFound) {
		return line, nil
	}
	if err == nil {
		line.Total, line.Bill, line.Estimated = r.money(counts.Total, counts.Currency), counts.Bill, counts.Cause == tax.ByEstimate
	}
	return line, err
}
