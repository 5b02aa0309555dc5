package view

import (
	"context"
	"errors"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
)

// This file and the other files desk_tax… are what officers of revenues see of taxes. Figures and numbers are for all who may
// read the money; a page about one payer's account is recorded for that person first.

// TaxOffice is what officers see of taxes; it sees whatever View does.
type TaxOffice struct{ *View }

// TaxOffice is what officers see of taxes.
func (v *View) TaxOffice() TaxOffice { return TaxOffice{v} }

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
func (v TaxOffice) TaxDesk(ctx context.Context, r Reader) (d TaxDesk, err error) {
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
func (v TaxOffice) TaxAccounts(ctx context.Context, r Reader, words, taxID, after string) (p TaxAccounts, err error) {
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
