package bill_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/bill"
	"stoa/internal/calendar"
)

func dayAfter(n int) calendar.Date {
	d, err := calendar.MustDate("2026-01-01").AddDays(n)
	if err != nil {
		panic(err)
	}
	return d
}

func sum(parts []int64) (total int64) {
	for _, p := range parts {
		total += p
	}
	return total
}

func TestSpreadOfPublishedExamples(t *testing.T) {
	for _, c := range []struct {
		total int64
		n     int
		round int64
		rest  bill.Rest
		want  []int64
	}{
		{100000, 10, 0, bill.First, slices.Repeat([]int64{10000}, 10)},
		{10, 3, 0, bill.First, []int64{4, 3, 3}},
		{11, 3, 0, bill.Last, []int64{3, 4, 4}},
		// Council tax: £1,234.56 over ten months to the nearest pound, and over twelve to ten pence.
		{123456, 10, 100, bill.First, append([]int64{12756}, slices.Repeat([]int64{12300}, 9)...)},
		{123456, 12, 10, bill.Last, append(slices.Repeat([]int64{10290}, 11), 10266)},
		{155, 2, 10, bill.First, []int64{75, 80}}, // a half up
		{60, 10, 10, bill.First, append([]int64{60}, slices.Repeat([]int64{0}, 9)...)},
		{7, 1, 100, bill.First, []int64{7}},
		{0, 3, 100, bill.Last, []int64{0, 0, 0}},
	} {
		got, err := bill.Spread(c.total, c.n, c.round, c.rest)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d over %d by %d, rest %s: %v %v, want %v", c.total, c.n, c.round, c.rest, got, err, c.want)
		}
	}
	for _, c := range []struct {
		total int64
		n     int
		round int64
		rest  bill.Rest
	}{{-1, 1, 0, bill.First}, {1, 0, 0, bill.First}, {1, 1, -1, bill.First}, {1, 1, 0, ""}} {
		if got, err := bill.Spread(c.total, c.n, c.round, c.rest); err == nil {
			t.Errorf("%+v gave %v", c, got)
		}
	}
}

// TestSpreadLosesNothing holds Spread to what it promises, and the rounded form to a slow search for the best multiple.
func TestSpreadLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Min(0)).Draw(t, "total")
		n := rapid.IntRange(1, 40).Draw(t, "n")
		round := rapid.SampledFrom([]int64{0, 1, 10, 100, 1 << 40}).Draw(t, "round")
		rest := rapid.SampledFrom([]bill.Rest{bill.First, bill.Last}).Draw(t, "rest")
		got, err := bill.Spread(total, n, round, rest)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != n || sum(got) != total || slices.Min(got) < 0 {
			t.Fatalf("%v makes %d of %d", got, sum(got), total)
		}
		ordered := slices.Clone(got)
		if rest == bill.Last {
			slices.Reverse(ordered)
		}
		if round == 0 {
			if ordered[0]-ordered[n-1] > 1 || !slices.IsSortedFunc(ordered, func(a, b int64) int { return int(b - a) }) {
				t.Fatalf("uneven: %v", got)
			}
			return
		}
		if n == 1 {
			return
		}
		each := ordered[n-1]
		if each%round != 0 || slices.ContainsFunc(ordered[1:], func(p int64) bool { return p != each }) {
			t.Fatalf("not all but one the same multiple of %d: %v", round, got)
		}
		if total < 1<<20 && each != slowMultiple(total, int64(n), round) {
			t.Fatalf("%d over %d by %d: %d, want %d", total, n, round, each, slowMultiple(total, int64(n), round))
		}
	})
}

// slowMultiple tries every multiple: the nearest to the n-th part, the larger of two; the one below if it asks too much.
func slowMultiple(total, n, round int64) int64 {
	distance := func(m int64) int64 { return max(m*n-total, total-m*n) }
	best := int64(0)
	for m := int64(0); m <= total+round; m += round {
		if distance(m) <= distance(best) {
			best = m
		}
	}
	if best*(n-1) > total {
		best -= round
	}
	return best
}

var (
	components    = []bill.Component{bill.Costs, bill.Penalty, bill.Interest, bill.Principal}
	drawComponent = rapid.SampledFrom(components)
)

// TestSplitLosesNothing compares with a model that hands out one minor unit after the other.
func TestSplitLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(components).Draw(t, "order")
		owed := map[bill.Component]int64{}
		for range rapid.IntRange(0, 4).Draw(t, "entries") {
			owed[drawComponent.Draw(t, "component")] = rapid.Int64Range(-50, 100).Draw(t, "owed")
		}
		amount := rapid.Int64Range(0, 300).Draw(t, "amount")
		before := maps.Clone(owed)
		shares, rest := bill.Split(amount, owed, order[:rapid.IntRange(0, 4).Draw(t, "named")])
		if !maps.Equal(before, owed) {
			t.Fatal("changed what is owed")
		}
		got := map[bill.Component]int64{}
		given := rest
		for _, s := range shares {
			if s.Amount <= 0 {
				t.Fatalf("a share of %d", s.Amount)
			}
			got[s.Component] += s.Amount
			given += s.Amount
		}
		if given != amount || rest < 0 {
			t.Fatalf("%d of %d", given, amount)
		}
		total := int64(0)
		for _, n := range owed {
			total += n
		}
		if want := max(0, amount-max(0, total)); rest != want {
			t.Fatalf("rest %d, want %d", rest, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(components).Draw(t, "order")
		owed := map[bill.Component]int64{}
		for _, c := range components {
			owed[c] = rapid.Int64Range(-20, 40).Draw(t, string(c))
		}
		amount := rapid.Int64Range(0, 120).Draw(t, "amount")
		shares, _ := bill.Split(amount, owed, order)
		got := map[bill.Component]int64{}
		for _, s := range shares {
			got[s.Component] = s.Amount
		}
		if want := slowSplit(amount, owed, order); !maps.Equal(got, want) {
			t.Fatalf("%d of %v in order %v: %v, want %v", amount, owed, order, got, want)
		}
	})
}

func slowSplit(amount int64, owed map[bill.Component]int64, order []bill.Component) map[bill.Component]int64 {
	left, got := map[bill.Component]int64{}, map[bill.Component]int64{}
	surplus := int64(0)
	for c, n := range owed {
		left[c] = max(0, n)
		surplus += max(0, -n)
	}
	one := func() (bill.Component, bool) {
		for _, c := range order {
			if left[c] > 0 {
				left[c]--
				return c, true
			}
		}
		return "", false
	}
	for range surplus {
		one()
	}
	for range amount {
		if c, ok := one(); ok {
			got[c]++
		}
	}
	return got
}

// TestStandingIsTheWaterfall compares with a model that covers the parts one minor unit after the other.
func TestStandingIsTheWaterfall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plan bill.Plan
		var moves []bill.Move
		for i := range rapid.IntRange(1, 5).Draw(t, "instalments") {
			part := bill.Instalment{Due: dayAfter(rapid.IntRange(0, 30).Draw(t, "due")), Amount: rapid.Int64Range(1, 60).Draw(t, "amount")}
			plan.Parts = append(plan.Parts, part)
			moves = append(moves, bill.Move{No: i + 1, Kind: bill.MoveCharge, Component: bill.Principal, Amount: part.Amount, Value: dayAfter(0)})
		}
		plan.Moves = len(moves)
		for range rapid.IntRange(0, 8).Draw(t, "moves") {
			m := bill.Move{No: len(moves) + 1, Component: drawComponent.Draw(t, "component"), Value: dayAfter(rapid.IntRange(0, 30).Draw(t, "value"))}
			if m.Kind, m.Amount = bill.MovePayment, -rapid.Int64Range(1, 80).Draw(t, "paid"); rapid.Bool().Draw(t, "charge") {
				m.Kind, m.Amount = bill.MoveCharge, -m.Amount
				if rapid.Bool().Draw(t, "due later") {
					m.Due = dayAfter(rapid.IntRange(0, 40).Draw(t, "due"))
				}
			}
			moves = append(moves, m)
		}
		day := dayAfter(rapid.IntRange(0, 40).Draw(t, "day"))
		got := bill.Stand(plan, moves, day)
		checkStanding(t, got, plan, moves, day)
	})
}

func checkStanding(t *rapid.T, got bill.Standing, plan bill.Plan, moves []bill.Move, day calendar.Date) {
	type unit struct {
		due  calendar.Date
		late bool
	}
	var units []unit // every minor unit that is asked for, by due day
	asked, balance := int64(0), int64(0)
	ask := func(due calendar.Date, amount int64) {
		asked += amount
		for range amount {
			units = append(units, unit{due, due.Before(day)})
		}
	}
	for _, p := range plan.Parts {
		ask(p.Due, p.Amount)
	}
	for _, m := range moves {
		if m.Value.After(day) {
			continue
		}
		balance += m.Amount
		if m.No > plan.Moves && m.Kind == bill.MoveCharge {
			ask(m.DueDay(), m.Amount)
		}
	}
	slices.SortStableFunc(units, func(a, b unit) int { return a.due.Compare(b.due) })
	covered := asked - balance
	open := units[min(covered, int64(len(units))):]
	want := bill.Standing{Parts: got.Parts, Open: int64(len(open)), Credit: max(0, covered-int64(len(units)))}
	for _, u := range open {
		if u.late {
			want.Overdue++
		}
	}
	if len(open) > 0 {
		want.Next = open[0].due
	}
	if got.Open != want.Open || got.Credit != want.Credit || got.Overdue != want.Overdue || got.Next != want.Next {
		t.Fatalf("on %s: %+v, want %+v", day, got, want)
	}
	if got.Open-got.Credit != balance {
		t.Fatalf("open %d less credit %d is not the balance %d", got.Open, got.Credit, balance)
	}
	ages, inAges := got.Ages(day), int64(0)
	for _, n := range ages {
		inAges += n
	}
	if inAges != got.Open || inAges-ages[0] != got.Overdue {
		t.Fatalf("ages %v of %+v", ages, got)
	}
	for i, p := range got.Parts {
		if p.Covered+p.Open != p.Amount || p.Covered < 0 || p.Open < 0 || p.Overdue != (p.Open > 0 && p.Due.Before(day)) ||
			i > 0 && p.Covered > 0 && got.Parts[i-1].Open > 0 {
			t.Fatalf("part %+v", p)
		}
	}
}

// TestAPaymentTakenBackIsOwedAtOnce is what an arrangement did not foresee.
func TestAPaymentTakenBackIsOwedAtOnce(t *testing.T) {
	moves := []bill.Move{
		{No: 1, Kind: bill.MoveCharge, Amount: 100, Value: dayAfter(0)},
		{No: 2, Kind: bill.MovePayment, Amount: -40, Value: dayAfter(1)},
		{No: 3, Kind: bill.MoveDispute, Amount: 40, Value: dayAfter(5)},
	}
	arranged := bill.Plan{Parts: []bill.Instalment{{Due: dayAfter(20), Amount: 30}, {Due: dayAfter(40), Amount: 30}}, Moves: 2, Since: dayAfter(2)}
	s := bill.Stand(arranged, moves, dayAfter(6))
	if s.Open != 100 || s.Overdue != 40 || s.Next != dayAfter(5) || s.Parts[0].Move != 3 {
		t.Errorf("%+v", s)
	}
}

func TestBuckets(t *testing.T) {
	for late, want := range map[int]int{-9: 0, 0: 0, 1: 1, 30: 1, 31: 2, 60: 2, 61: 3, 90: 3, 91: 4, 4000: 4} {
		if got := bill.Bucket(late); got != want {
			t.Errorf("%d days late: %d, want %d", late, got, want)
		}
	}
}

// TestInstalmentsAskForSomething leaves out days on which nothing is due.
func TestInstalmentsAskForSomething(t *testing.T) {
	got, err := bill.Instalments(2, []calendar.Date{dayAfter(1), dayAfter(2), dayAfter(3)}, 0, bill.Last)
	if want := []bill.Instalment{{Due: dayAfter(2), Amount: 1}, {Due: dayAfter(3), Amount: 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
}
