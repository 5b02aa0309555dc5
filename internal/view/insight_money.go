package view

import (
	"stoa/internal/calendar"
	"stoa/internal/insight"
)

// What services brought in: exactly at the desk, and for everybody of the whole place, where a month has enough entries.

func (a *asked) money() error {
	p, months := a.r.P, a.months()
	f := a.monthly("money", p.T("Fees billed and paid, by month"), "", months)
	f.Currency = a.j.File.Currency
	for _, m := range []struct{ measure, name string }{{insight.Billed, p.T("Billed")}, {insight.Paid, p.T("Paid")}, {insight.Arrears, p.T("Late at the end of the month")}} {
		points, err := a.mine(m.measure, "", insight.Month, months[0], months[len(months)-1])
		if err != nil {
			return err
		}
		one := DataSeries{Name: m.name, Values: make([]DataValue, len(months))}
		for i := range months {
			one.Values[i] = known(0)
		}
		for _, pt := range points {
			if i := months[0].MonthsUntil(pt.Day); i >= 0 && i < len(months) {
				one.Values[i] = a.of(pt.N, float64(pt.Amount))
			}
		}
		f.Series = append(f.Series, one)
	}
	paid, held := 0.0, false
	for _, v := range f.Series[1].Values { // what is held back is 0 here
		paid, held = paid+v.N, held || v.Held
	}
	if f.Finding = p.T("{amount} came in.", map[string]any{"amount": a.r.money(int64(paid), f.Currency)}); held && paid == 0 {
		f.Finding = p.T("Too little was paid to say how much.")
	}
	if f.Notes = append(f.Notes, a.heldNote()); !a.q.Desk {
		f.Notes = append(f.Notes, p.T("Fees are told for the whole place only, so that nobody’s bill can be worked out."))
	}
	if held {
		f.Notes = append(f.Notes, p.T("Months in which a number is held back are not part of these sums: there may be more."))
	}
	a.p.Figures = append(a.p.Figures, f)
	if !a.q.Desk || a.q.Service == "" { // taxes are billed too, and are nobody's application
		return nil
	}
	return a.perCase(months)
}

// perCase is what an application brought in, for the desk: with one page's exact count it gives the other's money back.
func (a *asked) perCase(months []calendar.Date) error {
	came, err := a.counted(insight.Came, "", months)
	if err != nil {
		return err
	}
	p := a.r.P
	billed, n := 0.0, 0.0
	for i, v := range a.p.Figures[0].Series[0].Values {
		if came[i].Known {
			billed, n = billed+v.N, n+came[i].N
		}
	}
	if n > 0 {
		a.p.Notes = append(a.p.Notes, p.T("On average {amount} of fees were billed for each application.", map[string]any{"amount": a.r.money(int64(billed/n), a.j.File.Currency)}))
	}
	return nil
}
