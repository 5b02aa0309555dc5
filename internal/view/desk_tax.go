package view

import (
	"context"
	"errors"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// This file and the other files desk_tax… are what officers of revenues see of taxes. Figures and numbers are for all who may
// read the money; a page about one payer's account is recorded for that person first.

// lookTax is a look at somebody's tax account.
const lookTax = "tax account"

// TaxDesk is the taxes at a glance.
type TaxDesk struct {
	MoneyRights
	Taxes    []DeskTax
	Runs     []RunLine // the latest of all taxes
	Requests Number    // claims and objections that wait
}

// DeskTax is a tax with what goes on about it.
type DeskTax struct {
	TaxLine
	Latest   *RunLine
	Requests Number
}

// RunLine is a run in a list.
type RunLine struct {
	ID, Tax, TaxID, Period, Issued, Total string
	State                                 BillState
	Working                               bool
	Objects, Assessed, Failed             int
	Started                               Instant
	By                                    string
}

// RunPage is a run whole.
type RunPage struct {
	RunLine
	MoneyRights
	Version                    int64
	Declared                   bool // it only opens accounts
	Own                        bool // the reader started it, so somebody else must publish it
	CanPublish, CanUndo        bool
	Nothing, Before, Published int
	Ended                      Instant
	EndedBy                    string
	Items                      []RunItem // totals of the assessments that were read
	Read                       int       // how many were read; the rest is in the totals of the run only
	Compare                    *RunCompare
	Sample                     []RunSample
	Next                       string // account after which the next page of the sample begins
	Problems                   []tax.Problem
	More                       bool // there are more problems
}

// RunItem is an item over all assessments of a run.
type RunItem struct {
	Title, Amount string
	N             int
	Relief        bool
}

// RunCompare is a run beside that of the period before.
type RunCompare struct {
	Period, Total, Now, Difference, Percent string
	Objects, NowObjects                     int
	Run                                     string
}

// RunSample is one assessment of a run. It names nobody.
type RunSample struct {
	Assessment, Account, Number, Object, Total string
}

const (
	runsMost     = 20
	readMost     = 2000 // assessments that a page reads to sum up items
	sampleMost   = 20
	problemsMost = 200
)

// TaxDesk is for all who may read the money.
func (v *View) TaxDesk(ctx context.Context, r Reader) (d TaxDesk, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return d, err
	}
	err = v.read(ctx, "TaxDesk", func(ctx context.Context, tx *store.Tx) error {
		d = TaxDesk{MoneyRights: r.moneyRights(book)}
		names := v.names(r)
		runs, err := tax.Runs{}.List(ctx, tx, book.Organisation, "", runsMost)
		if err != nil {
			return err
		}
		for _, run := range runs {
			line, err := v.runLine(ctx, tx, r, names, run)
			if err != nil {
				return err
			}
			d.Runs = append(d.Runs, line)
		}
		for _, t := range v.place().Taxes {
			one := DeskTax{TaxLine: r.taxLine(t)}
			for i := range d.Runs {
				if d.Runs[i].TaxID == t.Tax {
					one.Latest = &d.Runs[i]
					break
				}
			}
			open, err := v.requests().Open(ctx, tx, book.Organisation, t.Tax, "", "", countMost)
			if err != nil {
				return err
			}
			one.Requests = Number{N: len(open), More: len(open) == countMost}
			d.Requests.N += len(open)
			d.Requests.More = d.Requests.More || one.Requests.More
			d.Taxes = append(d.Taxes, one)
		}
		return nil
	})
	return d, err
}

func (v *View) requests() *tax.Requests { return &tax.Requests{Vault: v.Money.Taxes.Vault} }

func (v *View) runLine(ctx context.Context, tx *store.Tx, r Reader, names *names, run *tax.Run) (RunLine, error) {
	by, err := names.of(ctx, tx, run.StartedBy)
	return RunLine{ID: run.ID, TaxID: run.Tax, Tax: v.billedTitle(r, run.Tax), Period: assess.PeriodName(r.P, service.Span{From: run.Begins, Until: run.Ends}),
		Issued: r.date(run.Issued), Total: r.money(run.Total, run.Currency), State: r.runState(run.State), Working: run.Working(),
		Objects: int(run.Objects), Assessed: int(run.Assessed), Failed: int(run.Failed), Started: r.instant(v.place(), run.Started), By: by}, err
}

func (r Reader) runState(state string) BillState {
	switch state {
	case tax.Assessing:
		return BillState{r.P.T("Being worked out"), "ok"}
	case tax.Ready:
		return BillState{r.P.T("Ready to be looked through"), "soon"}
	case tax.Publishing:
		return BillState{r.P.T("Bills are being made"), "ok"}
	case tax.RunPublished:
		return BillState{r.P.T("Published"), "done"}
	case tax.Undoing:
		return BillState{r.P.T("Being taken back"), "ok"}
	case tax.Undone:
		return BillState{r.P.T("Taken back"), "ok"}
	}
	return BillState{state, "ok"}
}

// RunForm is what is asked to start a run.
type RunForm struct {
	TaxLine
	Periods []Option // ISO day of their beginning
	Today   string   // ISO
	Running string   // a run that is not finished; "" none
}

// RunForm is for officers of the treasury.
func (v *View) RunForm(ctx context.Context, r Reader, id string) (f RunForm, err error) {
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
func (v *View) Run(ctx context.Context, r Reader, id, after string) (p RunPage, err error) {
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

// TaxAccounts are accounts that fit a search.
type TaxAccounts struct {
	MoneyRights
	Words, Tax string
	Taxes      []Option
	List       []TaxAccountLine
	Next       string
	NotFound   string // number of an object that has no account
}

const accountsOnPage = 30

// TaxAccounts finds accounts by their number, or by the number of what is taxed. It names nobody.
func (v *View) TaxAccounts(ctx context.Context, r Reader, words, taxID, after string) (p TaxAccounts, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "TaxAccounts", func(ctx context.Context, tx *store.Tx) error {
		p = TaxAccounts{MoneyRights: r.moneyRights(book), Words: words, Tax: taxID}
		for _, t := range v.place().Taxes {
			p.Taxes = append(p.Taxes, Option{Value: t.Tax, Label: r.words(t.Jurisdiction, t.Title)})
		}
		var found []*tax.Account
		if words != "" {
			one, err := v.Money.Taxes.AccountByNumber(ctx, tx, book.Organisation, words)
			if err == nil {
				found = append(found, one)
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		for _, t := range v.place().Taxes {
			if len(found) > 0 && words != "" && found[0].Number == words || taxID != "" && taxID != t.Tax || words == "" && taxID == "" && t != v.place().Taxes[0] {
				continue
			}
			list, err := v.Money.Taxes.Accounts(ctx, tx, book.Organisation, t.Tax, words, after, accountsOnPage+1)
			if err != nil {
				return err
			}
			found = append(found, list...)
			if words == "" && len(list) > accountsOnPage {
				found = found[:accountsOnPage]
				p.Next = found[len(found)-1].Number
			}
			if p.Tax == "" && words == "" {
				p.Tax = t.Tax
			}
		}
		today := v.today(tx)
		for _, a := range found {
			p.List = append(p.List, TaxAccountLine{ID: a.ID, Number: a.Number, Tax: v.billedTitle(r, a.Tax), TaxID: a.Tax, Object: a.Object, From: r.date(a.From), Until: r.date(a.Until), Ended: ended(a, today)})
		}
		return nil
	})
	return p, err
}

func ended(a *tax.Account, today calendar.Date) bool {
	return !a.Until.IsZero() && a.Until.Before(today)
}
