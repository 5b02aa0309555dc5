package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/store"
	"stoa/internal/treasury"
)

// Ways to part a report by time.
const (
	ByDay   = "day"
	ByMonth = "month"
)

// RevenueAsk asks for what came to be owed and was paid in a time, whole or by day or month.
type RevenueAsk struct {
	Period
	By string
}

// Revenue is what came to be owed and was paid.
type Revenue struct {
	PeriodShown
	By     string
	Lines  []RevenueLine
	Totals []RevenueLine // by currency
}

// RevenueLine is a service's. Nothing is written as nothing.
type RevenueLine struct {
	Organisation, OrganisationName                string
	Service, Title                                string
	When                                          string // the day or month
	PeriodShown                                          // of this line
	Currency                                      string
	Charged, Credited, GivenUp, Paid, Back, Asked string // Asked: charged, less what was taken back and given up
}

// Revenue is for all who may read the money; without days it is of this month.
func (v Books) Revenue(ctx context.Context, r Reader, ask RevenueAsk) (list Revenue, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return list, err
	}
	err = v.read(ctx, "Revenue", func(ctx context.Context, tx *store.Tx) error {
		period, err := v.whole(tx, ask.Period, true)
		if err != nil {
			return err
		}
		list, err = v.revenue(ctx, tx, r, book, period.From, period.Until, ask.By)
		return err
	})
	return list, err
}

func (v *View) revenue(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, from, until calendar.Date, by string) (list Revenue, err error) {
	list = Revenue{PeriodShown: r.moneySpan(Period{from, until}), By: by}
	rows, err := v.Money.Treasury.Revenue(ctx, tx, book, from, until)
	if err != nil {
		return list, err
	}
	sums, err := merged(rows, from, until, by)
	if err != nil {
		return list, err
	}
	totals := map[string]int{}
	var all []revenueSum
	for _, s := range sums {
		list.Lines = append(list.Lines, v.revenueLine(r, s, by))
		at, ok := totals[s.Currency]
		if !ok {
			at = len(all)
			totals[s.Currency] = at
			all = append(all, revenueSum{Revenue: treasury.Revenue{Currency: s.Currency}, from: from, until: until})
		}
		all[at].add(s.Revenue)
	}
	for _, s := range all {
		list.Totals = append(list.Totals, v.revenueLine(r, s, ""))
	}
	return list, nil
}

// revenueSum is revenue over a time.
type revenueSum struct {
	treasury.Revenue
	from, until calendar.Date
}

func (s *revenueSum) add(r treasury.Revenue) {
	s.Charged += r.Charged
	s.Credited += r.Credited
	s.GivenUp += r.GivenUp
	s.Paid += r.Paid
	s.PaidBack += r.PaidBack
}

// merged adds the days of each part of the time together: by organisation and service, then time.
func merged(rows []treasury.Revenue, from, until calendar.Date, by string) ([]revenueSum, error) {
	var sums []revenueSum
	for _, row := range rows {
		begin, end := from, until
		switch by {
		case ByDay:
			begin, end = row.Day, row.Day
		case ByMonth:
			first, err := calendar.NewDate(row.Day.Year(), row.Day.Month(), 1)
			if err != nil {
				return nil, fmt.Errorf("adding up a month: %w", err)
			}
			next, err := first.AddMonths(1)
			if err == nil {
				next, err = next.AddDays(-1)
			}
			if err != nil {
				return nil, fmt.Errorf("adding up a month: %w", err)
			}
			if begin.Before(first) {
				begin = first
			}
			if end.After(next) {
				end = next
			}
		}
		i := slices.IndexFunc(sums, func(s revenueSum) bool {
			return s.For == row.For && s.Service == row.Service && s.Currency == row.Currency && s.from == begin
		})
		if i < 0 {
			i, sums = len(sums), append(sums, revenueSum{Revenue: treasury.Revenue{For: row.For, Service: row.Service, Currency: row.Currency}, from: begin, until: end})
		}
		sums[i].add(row)
	}
	slices.SortStableFunc(sums, func(a, b revenueSum) int {
		return cmp.Or(cmp.Compare(a.For, b.For), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Currency, b.Currency), a.from.Compare(b.from))
	})
	return sums, nil
}

func (v *View) revenueLine(r Reader, s revenueSum, by string) RevenueLine {
	l := RevenueLine{Organisation: s.For, Service: s.Service, Currency: s.Currency, PeriodShown: r.moneySpan(Period{s.from, s.until})}
	if s.For != "" {
		l.OrganisationName, l.Title = r.organisationName(v.place(), s.For), v.billedTitle(r, s.Service)
	}
	switch by {
	case ByDay:
		l.When = r.date(s.from)
	case ByMonth:
		l.When = r.P.Month(s.from.Year(), s.from.Month())
	}
	l.Charged, l.Credited, l.GivenUp = r.amountOr(s.Charged, s.Currency), r.amountOr(s.Credited, s.Currency), r.amountOr(s.GivenUp, s.Currency)
	l.Paid, l.Back = r.amountOr(s.Paid, s.Currency), r.amountOr(s.PaidBack, s.Currency)
	l.Asked = r.money(s.Charged-s.Credited-s.GivenUp, s.Currency)
	return l
}

// Ageing is what is owed, by how late it is.
type Ageing struct {
	Day    string
	DayISO string
	Heads  [bill.Buckets]string
	Lines  []AgeingLine
	Total  AgeingLine // in the place's currency
}

// AgeingLine is a service's. Nothing is written as nothing.
type AgeingLine struct {
	Organisation, OrganisationName string
	Service, Title                 string
	Currency                       string
	Bills                          int
	Ages                           [bill.Buckets]string
	All, Late                      string
}

// Arrears is for all who may read the money.
func (v Books) Arrears(ctx context.Context, r Reader) (a Ageing, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return a, err
	}
	err = v.read(ctx, "Arrears", func(ctx context.Context, tx *store.Tx) error {
		a, err = v.ageing(ctx, tx, r, book, v.today(tx))
		return err
	})
	return a, err
}

// ageHeads name how late something is.
func (r Reader) ageHeads() [bill.Buckets]string {
	p := r.P
	return [bill.Buckets]string{p.T("Not due yet"), p.T("1 to 30 days late"), p.T("31 to 60 days late"), p.T("61 to 90 days late"), p.T("More than 90 days late")}
}

func (v *View) ageing(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, day calendar.Date) (Ageing, error) {
	a := Ageing{Day: r.date(day), DayISO: day.String(), Heads: r.ageHeads()}
	rows, err := v.Money.Treasury.Ageing(ctx, tx, book, day)
	total := bill.Arrears{Currency: book.Currency}
	for _, row := range rows {
		a.Lines = append(a.Lines, v.ageingLine(r, row))
		if row.Currency != book.Currency {
			continue
		}
		total.Bills += row.Bills
		for i, n := range row.Ages {
			total.Ages[i] += n
		}
	}
	a.Total = v.ageingLine(r, total)
	return a, err
}

func (v *View) ageingLine(r Reader, row bill.Arrears) AgeingLine {
	l := AgeingLine{Organisation: row.For, Service: row.Service, Currency: row.Currency, Bills: row.Bills}
	if row.For != "" {
		l.OrganisationName, l.Title = r.organisationName(v.place(), row.For), v.billedTitle(r, row.Service)
	}
	all := int64(0)
	for i, n := range row.Ages {
		l.Ages[i] = r.amountOr(n, row.Currency)
		all += n
	}
	l.All, l.Late = r.money(all, row.Currency), r.money(all-row.Ages[0], row.Currency)
	return l
}

// CashPosition is where money lay on some days.
type CashPosition struct {
	PeriodShown
	Lines []CashLine // by day
}

// CashLine is a day.
type CashLine struct {
	Day, DayISO string
	Places      []CashPlace
	All         string // at the end of the day
}

// CashPlace is an account where money lies.
type CashPlace struct {
	Account, Title            string
	Opening, In, Out, Closing string
}

// mostCashDays bounds how many days are added up for one page.
const mostCashDays = 92

// Cash is for all who may read the money; without days it is of the last seven.
func (v Books) Cash(ctx context.Context, r Reader, ask Period) (c CashPosition, err error) {
	book, err := v.moneyReader(r)
	if err != nil {
		return c, err
	}
	err = v.read(ctx, "Cash", func(ctx context.Context, tx *store.Tx) error {
		period, err := v.cashPeriod(tx, ask)
		if err != nil {
			return err
		}
		c = CashPosition{PeriodShown: r.moneySpan(period)}
		c.Lines, err = v.cashLines(ctx, tx, r, book, period.From, period.Until)
		return err
	})
	return c, err
}

func (v *View) cashPeriod(tx *store.Tx, p Period) (Period, error) {
	if p.Until.IsZero() && p.From.IsZero() {
		p.Until = v.today(tx)
		from, err := p.Until.AddDays(-6)
		if err != nil {
			return p, err
		}
		p.From = from
	}
	p, err := v.whole(tx, p, false)
	if err == nil && p.From.DaysUntil(p.Until) >= mostCashDays {
		err = errTooManyDays
	}
	return p, err
}

func (v *View) cashLines(ctx context.Context, tx *store.Tx, r Reader, book *treasury.Book, from, until calendar.Date) (list []CashLine, err error) {
	rows, err := v.Money.Treasury.CashPosition(ctx, tx, book, from, until)
	if err != nil {
		return nil, err
	}
	sum := int64(0)
	for _, row := range rows {
		if last := len(list) - 1; last < 0 || list[last].DayISO != row.Day.String() {
			list, sum = append(list, CashLine{Day: r.date(row.Day), DayISO: row.Day.String()}), 0
		}
		sum += row.Closing.Minor
		day := &list[len(list)-1]
		day.All = r.money(sum, row.Closing.Currency)
		day.Places = append(day.Places, CashPlace{Account: row.Account, Title: r.moneyPlace(row.Use), Opening: r.money(row.Opening.Minor, row.Opening.Currency),
			In: r.amountOr(row.In.Minor, row.In.Currency), Out: r.amountOr(row.Out.Minor, row.Out.Currency), Closing: r.money(row.Closing.Minor, row.Closing.Currency)})
	}
	return list, nil
}
