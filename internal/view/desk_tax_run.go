package view

import (
	"context"

	"stoa/internal/assess"
	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// RunForm is what is asked to start a run.
type RunForm struct {
	TaxLine
	Periods []Option // ISO day of their beginning
	Today   string   // ISO
	Running string   // a run that is not finished; "" none
}

// RunForm is for officers of the treasury.
func (v TaxOffice) RunForm(ctx context.Context, r Reader, id string) (f RunForm, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return f, err
	}
	if !r.moneyRights(book).Work {
		return f, fault.NewNotFound("")
	}
	t, ok := v.Docket.Releases.TaxInForce(id)
	if !ok {
		return f, fault.NewNotFound("")
	}
	err = v.read(ctx, "RunForm", func(ctx context.Context, tx *store.Tx) error {
		today := v.today(tx)
		f = RunForm{TaxLine: r.taxLine(t), Today: today.String()}
		span, err := taxYear(t, today)
		if err != nil {
			return err
		}
		next, err := t.After(span)
		if err != nil {
			return err
		}
		before, err := t.Before(span)
		if err != nil {
			return err
		}
		for _, p := range []service.Span{span, next, before} {
			if !p.Until.Before(t.TaxFile.Period.First) {
				f.Periods = append(f.Periods, Option{Value: p.From.String(), Label: assess.PeriodName(r.P, p)})
			}
		}
		runs, err := tax.Runs{}.List(ctx, tx, book.Organisation, id, runsMost)
		for _, run := range runs {
			if run.Working() || run.State == tax.Ready {
				f.Running = run.ID
			}
		}
		return err
	})
	return f, err
}

// Run is a run whole; after is the account after which its sample begins.
func (v TaxOffice) Run(ctx context.Context, r Reader, id, after string) (p RunPage, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Run", func(ctx context.Context, tx *store.Tx) error {
		run, err := tax.Runs{}.Get(ctx, tx, book.Organisation, id)
		if err != nil {
			return err
		}
		names := v.names(r)
		p = RunPage{MoneyRights: r.moneyRights(book), Version: run.Version, Own: run.StartedBy == r.Actor.Person,
			Nothing: int(run.Nothing), Before: int(run.Before), Published: int(run.Published)}
		if p.RunLine, err = v.runLine(ctx, tx, r, names, run); err != nil {
			return err
		}
		if !run.Ended.IsZero() {
			p.Ended = r.instant(v.place(), run.Ended)
			if p.EndedBy, err = names.of(ctx, tx, run.EndedBy); err != nil {
				return err
			}
		}
		p.CanPublish = run.State == tax.Ready && p.Supervise && !p.Own
		p.CanUndo = p.Work && (run.State == tax.Ready || run.State == tax.Assessing)
		t, err := v.runTax(ctx, tx, run)
		if err != nil {
			return err
		}
		p.Declared = t.By == "declared"
		if err := v.runItems(ctx, tx, r, t, run, &p); err != nil {
			return err
		}
		if err := v.runSample(ctx, tx, r, run, after, &p); err != nil {
			return err
		}
		if err := v.runCompare(ctx, tx, r, t, run, &p); err != nil {
			return err
		}
		p.Problems, err = tax.Runs{}.Problems(ctx, tx, run, problemsMost+1)
		for i := range p.Problems {
			p.Problems[i].What = r.P.Key(p.Problems[i].What)
		}
		if p.More = len(p.Problems) > problemsMost; p.More {
			p.Problems = p.Problems[:problemsMost]
		}
		return err
	})
	return p, err
}

// runTax is the tax as the run assesses by it.
func (v *View) runTax(ctx context.Context, tx *store.Tx, run *tax.Run) (*service.Tax, error) {
	if t, ok := v.Docket.Releases.TaxInForce(run.Tax); ok && t.Hash == run.Definition {
		return t, nil
	}
	return v.Docket.Releases.Tax(ctx, tx, run.Definition)
}

// shownState is the state of the run's assessments that are worth showing.
func shownState(run *tax.Run) string {
	switch run.State {
	case tax.RunPublished:
		return tax.Published
	case tax.Undone, tax.Undoing:
		return tax.Dropped
	}
	return tax.Proposed
}

// runItems sums the items of a run up, of as many assessments as a page can read.
func (v *View) runItems(ctx context.Context, tx *store.Tx, r Reader, t *service.Tax, run *tax.Run, p *RunPage) error {
	sums, counts := map[string]int64{}, map[string]int{}
	note := func(list []tax.Item) {
		p.Read++
		for _, i := range list {
			sums[i.ID] += i.Amount
			if i.Amount != 0 {
				counts[i.ID]++
			}
		}
	}
	state, after := shownState(run), ""
	for p.Read < readMost {
		const page = 200
		var list []*tax.Assessment
		var err error
		if state == tax.Proposed {
			list, err = v.Money.Taxes.ToPublish(ctx, tx, run.Organisation, run.ID, after, page)
		} else {
			list, err = v.Money.Taxes.InRun(ctx, tx, run.Organisation, run.ID, state, after, page)
		}
		if err != nil {
			return err
		}
		for _, one := range list {
			if state != tax.Proposed {
				whole, err := v.Money.Taxes.Assessment(ctx, tx, one.Organisation, one.ID)
				if err != nil {
					return err
				}
				one.Contents = whole.Contents
			}
			after = one.Account
			note(one.Items)
		}
		if len(list) < page {
			break
		}
	}
	for _, c := range t.Charge {
		if _, any := counts[c.ID]; any {
			p.Items = append(p.Items, RunItem{Title: r.words(t.Jurisdiction, c.Title), Amount: r.money(sums[c.ID], run.Currency), N: counts[c.ID], Relief: sums[c.ID] < 0})
		}
	}
	return nil
}

// runSample is a page of the run's assessments.
func (v *View) runSample(ctx context.Context, tx *store.Tx, r Reader, run *tax.Run, after string, p *RunPage) error {
	list, err := v.Money.Taxes.InRun(ctx, tx, run.Organisation, run.ID, shownState(run), after, sampleMost+1)
	if err != nil {
		return err
	}
	if len(list) > sampleMost {
		list = list[:sampleMost]
		p.Next = list[sampleMost-1].Account
	}
	var ids []string
	for _, one := range list {
		ids = append(ids, one.Account)
	}
	accounts, err := v.Money.Taxes.ByID(ctx, tx, run.Organisation, ids)
	for _, one := range list {
		s := RunSample{Assessment: one.ID, Account: one.Account, Total: r.money(one.Total, one.Currency)}
		if a := accounts[one.Account]; a != nil {
			s.Number, s.Object = a.Number, a.Object
		}
		p.Sample = append(p.Sample, s)
	}
	return err
}

// runCompare holds a run against the one that was published for the period before.
func (v *View) runCompare(ctx context.Context, tx *store.Tx, r Reader, t *service.Tax, run *tax.Run, p *RunPage) error {
	before, err := t.Before(service.Span{From: run.Begins, Until: run.Ends})
	if err != nil {
		return err
	}
	runs, err := tax.Runs{}.List(ctx, tx, run.Organisation, run.Tax, countMost)
	for _, x := range runs {
		if x.Begins != before.From || x.State != tax.RunPublished {
			continue
		}
		c := &RunCompare{Period: assess.PeriodName(r.P, before), Total: r.money(x.Total, x.Currency), Now: r.money(run.Total, run.Currency),
			Difference: r.money(run.Total-x.Total, run.Currency), Objects: int(x.Assessed), NowObjects: int(run.Assessed), Run: x.ID}
		if x.Total > 0 {
			c.Percent = r.P.T("{n} percent", map[string]any{"n": r.P.Number(itoa(int((run.Total - x.Total) * 100 / x.Total)))})
		}
		p.Compare = c
		break
	}
	return err
}
