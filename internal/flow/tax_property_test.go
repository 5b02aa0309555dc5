package flow_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/tax"
)

// modelHome is a home as a slow, obvious model knows it: what was said of each day, the last word counting.
type modelHome struct {
	size   map[calendar.Date]int // by day, where it was said
	payers []modelPayer
}

type modelPayer struct {
	from  calendar.Date
	alone map[calendar.Date]int
	half  map[calendar.Date]int
}

func nextDay(d calendar.Date) calendar.Date {
	next, err := d.AddDays(1)
	if err != nil {
		panic(err)
	}
	return next
}

// at is what was said last of a day or before.
func at(said map[calendar.Date]int, day calendar.Date) int {
	var last calendar.Date
	v := 0
	for d, x := range said {
		if !d.After(day) && (last.IsZero() || d.After(last)) {
			last, v = d, x
		}
	}
	return v
}

// model is the home tax of a payer for a year, day by day, in pence: rounded once.
func (h *modelHome) model(payer int, begins calendar.Date, rate, single int64, before *big.Rat) int64 {
	ends, _ := begins.AddYears(1)
	days := int64(begins.DaysUntil(ends))
	sum := new(big.Rat)
	for d := begins; d.Before(ends); d = nextDay(d) {
		p := h.payers[payer]
		if d.Before(p.from) || payer+1 < len(h.payers) && !d.Before(h.payers[payer+1].from) {
			continue
		}
		size := big.NewRat(int64(at(h.size, d)), 1)
		whole := new(big.Rat).Mul(size, big.NewRat(rate, 1))
		day := new(big.Rat).Set(whole)
		if before != nil {
			if most := new(big.Rat).Mul(before, big.NewRat(11, 10)); whole.Cmp(most) > 0 {
				day.Set(most)
			}
		}
		day.Add(day, new(big.Rat).Mul(size, big.NewRat(1, 2)))
		if at(p.alone, d) == 1 {
			day.Sub(day, new(big.Rat).Mul(whole, big.NewRat(single, 100)))
		}
		if at(p.half, d) == 1 {
			day.Sub(day, size)
		}
		sum.Add(sum, day)
	}
	sum.Mul(sum, big.NewRat(100, days))
	sum.Add(sum, big.NewRat(1, 2)) // half up
	return new(big.Int).Quo(sum.Num(), sum.Denom()).Int64()
}

// TestBillsOfPastPeriodsStayWhatTheyWere lives through two years of changes, payments and a tax file that changes in between.
// Each account owes what a slow model says, day by day; and every assessment that was ever sent comes to the same sum and
// items when it is worked out again, by the law that it was made by.
func TestBillsOfPastPeriodsStayWhatTheyWere(t *testing.T) {
	const n = 8
	eachTown(t, n, func(w *town) {
		random := rand.New(rand.NewPCG(2026, 4))
		var all []*modelHome
		for i := range n {
			h := &modelHome{size: map[calendar.Date]int{on("2020-01-01"): 50 + i}}
			h.payers = []modelPayer{{on("2020-01-01"), map[calendar.Date]int{}, map[calendar.Date]int{}}}
			all = append(all, h)
		}
		w.noon("2026-03-10")
		w.billAll("home-tax", "2026-04-01")
		w.noon("2026-05-10")
		for i := range 20 {
			w.something(random, random.IntN(n), all, "2026-04-01", 365, i)
		}
		w.agrees(all, "2026-04-01", 10, 25, false)
		w.publish(townFiles(w.t, homes(n), "-0.25 * whole", "-0.3 * whole", "title: Limit", "title: Most"))
		w.noon("2027-03-10")
		w.billAll("home-tax", "2027-04-01")
		w.agrees(all, "2027-04-01", 10, 30, true)
		w.noon("2027-08-10")
		for i := range 30 { // of both years
			w.something(random, random.IntN(n), all, "2026-04-01", 700, 100+i)
			if i%10 == 9 {
				w.check()
			}
		}
		w.agrees(all, "2026-04-01", 10, 25, false)
		w.agrees(all, "2027-04-01", 10, 30, true)
		w.check()
	})
}

// something happens to a home: a fact or the size changes from a day on, somebody moves in, or somebody pays.
func (w *town) something(random *rand.Rand, home int, all []*modelHome, begins string, within, round int) {
	w.t.Helper()
	h, object := all[home], fmt.Sprintf("H%06d", home)
	from, err := on(begins).AddDays(random.IntN(within))
	w.must(err)
	list := w.accountsOf("home-tax", object)
	last := len(list) - 1
	a, p := list[last], &h.payers[last]
	change := flow.ChangeFacts{Account: a.ID, Version: a.Version, From: from, Reason: "Because", Key: w.key()}
	if from.Before(a.From) {
		change.From = a.From
	}
	switch v := random.IntN(2); random.IntN(5) {
	case 0:
		h.size[change.From] = 40 + random.IntN(60)
		change.Object = map[string]string{"size": fmt.Sprint(h.size[change.From])}
	case 1:
		p.alone[change.From] = v
		change.Facts, change.Change = typed("alone", []string{"no", "yes"}[v]), []string{"alone"}
	case 2:
		p.half[change.From] = v
		change.Facts, change.Change = typed("relief", []string{"none", "half"}[v]), []string{"relief"}
	case 3:
		if !from.After(a.From) {
			return
		}
		h.payers = append(h.payers, modelPayer{from, map[calendar.Date]int{}, map[calendar.Date]int{}})
		_, err := w.Taxation().ChangePayer(w.ctx, w.officer, flow.ChangePayer{Tax: "home-tax", Object: object, From: from, Payer: flow.Payer{Name: fmt.Sprint("Payer ", round)}, Reason: "Sold", Key: w.key()})
		w.must(err)
		return
	default:
		if one := w.counting(a, begins); one != nil && one.Bill != "" {
			if b := w.billByID(one.Bill); b.Balance > 0 {
				w.pays(b, 1+random.Int64N(b.Balance))
			}
		}
		return
	}
	w.must(w.Taxation().ChangeFacts(w.ctx, w.officer, change))
}

// agrees holds what counts for each account of a year against the model.
func (w *town) agrees(all []*modelHome, begins string, rate, single int64, carries bool) {
	w.t.Helper()
	year := on(begins)
	ends, err := year.AddYears(1)
	w.must(err)
	for i, h := range all {
		object := fmt.Sprintf("H%06d", i)
		list := w.accountsOf("home-tax", object)
		if len(list) != len(h.payers) {
			w.t.Fatalf("%s has %d accounts, not %d", object, len(list), len(h.payers))
		}
		for n, a := range list {
			one := w.counting(a, begins)
			if !a.From.Before(ends) || !a.Until.IsZero() && a.Until.Before(year) {
				if one != nil {
					w.t.Errorf("%s: account %s is not liable and owes %d", object, a.Number, one.Total)
				}
				continue
			}
			var before *big.Rat
			if carries {
				before = w.beforeOf(h, year, rate)
			}
			want := h.model(n, year, rate, single, before)
			if one == nil || one.Total != want || one.State != tax.Published {
				w.t.Errorf("%s: account %s owes %+v for %s, the model says %d", object, a.Number, one, begins, want)
			}
		}
	}
}

// beforeOf is what the year takes over: the size on the last day of the year before, by the rate.
func (w *town) beforeOf(h *modelHome, year calendar.Date, rate int64) *big.Rat {
	last, err := year.AddDays(-1)
	w.must(err)
	return new(big.Rat).Mul(big.NewRat(int64(at(h.size, last)), 1), big.NewRat(rate, 1))
}
