package disclose_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/disclose"
	"stoa/internal/fault"
	"stoa/internal/i18n"
)

func figure(p *disclose.Published, at ...string) disclose.Figure {
	for _, f := range p.Figures {
		if reflect.DeepEqual(f.At, at) {
			return f
		}
	}
	panic(fmt.Sprint("no figure ", at))
}

func protect(t testing.TB, table disclose.Table, p disclose.Policy) (*disclose.Published, *disclose.Report) {
	t.Helper()
	pub, report, err := disclose.Protect(table, p)
	if err != nil {
		t.Fatal(err)
	}
	return pub, report
}

// TestExample is a table that a person can follow: the refused one of March hides with the granted of March, and since
// both dimensions have totals, with the same two of another month.
func TestExample(t *testing.T) {
	table := disclose.Table{Dimensions: []disclose.Dimension{disclose.Months("month", "2026-01", "2026-02", "2026-03"), disclose.Flat("outcome", "granted", "refused")}}
	for i, n := range []int64{40, 12, 55, 9, 61, 1} {
		table.Cells = append(table.Cells, disclose.Cell{At: []string{fmt.Sprintf("2026-%02d", 1+i/2), []string{"granted", "refused"}[i%2]}, Count: n})
	}
	pub, report := protect(t, table, disclose.Policy{Floor: 5, Complementary: true})
	var b strings.Builder
	for _, f := range pub.Figures {
		if f.Hidden {
			fmt.Fprintf(&b, "%s hidden\n", strings.Join(f.At, " "))
		}
	}
	if want := "2026-01 granted hidden\n2026-01 refused hidden\n2026-03 granted hidden\n2026-03 refused hidden\n"; b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	if report.Small != 1 || report.Complement != 3 || !report.Proven || len(pub.Figures) != 15 || figure(pub, "2026", "").Count != 178 {
		t.Errorf("%+v", report)
	}
	b2, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	says := report.Says(b2.For("en"))
	if len(says) != 2 || says[0] != "4 figures of 15 are hidden, so that nobody can be recognised." {
		t.Errorf("%q", says)
	}
}

// TestNothingNewIsPublishable repeats a version: it looks the same. A very few small tables with a high floor are held back
// instead, because the search for neighbours to hide begins from what is hidden already: then the version before stays, which
// says the same.
func TestNothingNewIsPublishable(t *testing.T) {
	const tables = 1800
	held := 0
	for seed := range uint64(tables) {
		w := randomWorld(rand.New(rand.NewPCG(1, seed/9)))
		policy := disclose.Policy{Floor: int(seed % 9), Complementary: true}
		first, report, err := disclose.Protect(w.table, policy)
		if err != nil {
			t.Fatal(err)
		}
		again := w.table
		again.Before = report.Memory
		second, after, err := disclose.Protect(again, policy)
		switch {
		case err != nil:
			t.Fatal(err)
		case after.HeldBack:
			held++
		case !reflect.DeepEqual(first.Figures, second.Figures):
			t.Fatalf("seed %d:\n%+v\n%+v\n%+v", seed, after, first, second)
		}
		if !reflect.DeepEqual(report.Memory, after.Memory) {
			t.Fatalf("seed %d: the memory moved", seed)
		}
	}
	if held > tables/100 {
		t.Errorf("%d of %d tables were held back though nothing had changed", held, tables)
	}
	t.Log(held, "held back")
}

// TestSecret: another secret hides other neighbours, the same one the same, and either proves what it hides.
func TestSecret(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	other := 0
	for range 300 {
		w := randomWorld(r)
		var hidden []disclose.Published
		for _, secret := range []string{"one", "one", "two"} {
			w.table.Secret = []byte(secret)
			pub, report := protect(t, w.table, disclose.Policy{Floor: 5, Complementary: true})
			if !report.Proven {
				t.Fatal("not proven")
			}
			a := attack(pub)
			a.squeeze()
			if found, _ := recovered(w, a, a.low, a.high, 5); len(found) > 0 {
				t.Fatal(found)
			}
			hidden = append(hidden, *pub)
		}
		if !reflect.DeepEqual(hidden[0], hidden[1]) {
			t.Fatal("the same secret hides other figures")
		}
		if !reflect.DeepEqual(hidden[0], hidden[2]) {
			other++
		}
	}
	if other < 30 {
		t.Errorf("another secret makes a difference in %d of 300 tables", other)
	}
}

// TestFourDimensions also leaves totals out.
func TestFourDimensions(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 40 {
		w := world{}
		for d := range 4 {
			dim := randomDimension(r, fmt.Sprintf("d%d", d), 3)
			dim.NoTotal = r.IntN(3) == 0
			w.table.Dimensions = append(w.table.Dimensions, dim)
		}
		w.fill(r, r.Float64(), 20)
		pub, report := protect(t, w.table, disclose.Policy{Floor: 4, Complementary: true})
		if !report.Proven {
			t.Fatal("not proven")
		}
		for _, f := range pub.Figures {
			for d, dim := range w.table.Dimensions {
				if dim.NoTotal && f.At[d] == "" {
					t.Fatalf("%v is shown", f)
				}
			}
			if n := w.truth[strings.Join(f.At, "|")]; n > 0 && n < 4 && !f.Hidden {
				t.Fatalf("%v is shown", f)
			}
		}
	}
}

// TestAmounts attacks amounts: a dominated or small figure's amount must stay uncertain by what the rule asks.
func TestAmounts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	dominated := 0
	for range 600 {
		w := randomWorld(r)
		w.table.Amounts = true
		amounts, by := map[string]int64{}, map[string]map[string]int64{}
		for i := range w.table.Cells {
			c := &w.table.Cells[i]
			for range c.Count {
				p := disclose.Part{Who: fmt.Sprint("s", r.IntN(12)), Amount: r.Int64N(100)}
				if r.IntN(10) == 0 {
					p.Amount *= 50
				}
				c.Amount += p.Amount
				c.Parts = append(c.Parts, p)
			}
			for name := range w.truth {
				if within(w.table.Dimensions, c.At, strings.Split(name, "|")) {
					amounts[name] += c.Amount
					if by[name] == nil {
						by[name] = map[string]int64{}
					}
					for _, p := range c.Parts {
						by[name][p.Who] += p.Amount
					}
				}
			}
		}
		pub, report := protect(t, w.table, disclose.Policy{Floor: 3, Complementary: true, Dominance: disclose.Dominance{N: 1, Share: 75}})
		dominated += report.Dominated
		a := attack(pub)
		for i, f := range pub.Figures {
			if a.low[i], a.high[i] = 0, unbounded; !f.Hidden {
				a.low[i], a.high[i] = f.Amount, f.Amount
			}
		}
		a.squeeze()
		for i, at := range a.at {
			name := strings.Join(at, "|")
			var top int64
			for _, v := range by[name] {
				top = max(top, v)
			}
			x := amounts[name]
			if n := w.truth[name]; n > 0 && n < 3 {
				top = x
			} else if 100*top <= 75*x {
				continue
			}
			if wide := (100*top+74)/75 - x; w.truth[name] > 0 && (!a.hidden[i] || a.high[i] < x+wide || a.low[i] > max(0, x-wide)) {
				t.Fatalf("%s: amount %d, largest %d, known to be %d to %d\n%+v", name, x, top, a.low[i], a.high[i], w.table)
			}
		}
	}
	if dominated < 500 {
		t.Errorf("only %d figures were dominated", dominated)
	}
}

func within(dims []disclose.Dimension, leaf, sum []string) bool {
	for d, dim := range dims {
		parent := map[string]string{}
		for _, c := range dim.Categories {
			parent[c.ID] = c.Parent
		}
		at := leaf[d]
		for at != sum[d] && at != "" {
			at = parent[at]
		}
		if at != sum[d] {
			return false
		}
	}
	return true
}

// TestOneSupplierInManyCells is dominant in the sum only when its parts are put together.
func TestOneSupplierInManyCells(t *testing.T) {
	table := disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("programme", "a", "b", "c", "d")}, Amounts: true}
	for _, c := range []string{"a", "b"} {
		table.Cells = append(table.Cells, disclose.Cell{At: []string{c}, Count: 9, Amount: 100,
			Parts: []disclose.Part{{Who: "s1", Amount: 60}, {Who: "s" + c, Amount: 40}}})
	}
	pub, report := protect(t, table, disclose.Policy{Floor: 3, Complementary: true, Dominance: disclose.Dominance{N: 1, Share: 55}})
	if report.Dominated != 3 || !figure(pub, "").Hidden {
		t.Errorf("%+v", report)
	}
	pub, _ = protect(t, table, disclose.Policy{Floor: 3, Complementary: true, Dominance: disclose.Dominance{N: 1, Share: 65}})
	if figure(pub, "").Amount != 200 {
		t.Error("the total is hidden for no reason")
	}
}

func TestRounding(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := randomWorld(rand.New(rand.NewPCG(2, rapid.Uint64().Draw(r, "seed"))))
		floor := rapid.IntRange(2, 10).Draw(r, "floor")
		base := rapid.IntRange(2, 2*floor).Draw(r, "base")
		pub, _, err := disclose.Protect(w.table, disclose.Policy{Floor: floor, Complementary: true, RoundTo: base})
		if err != nil {
			r.Fatal(err)
		}
		for _, f := range pub.Figures {
			n := w.truth[strings.Join(f.At, "|")]
			if d := 2 * (f.Count - n); !f.Hidden && (f.Count%int64(base) != 0 || max(d, -d) > int64(base) || f.Count == 0 && n > 0) {
				r.Fatalf("%d is shown as %d", n, f.Count)
			}
		}
	})
}

// TestSmallChangeIsHeldBack has a table in which nothing but one person's outcome changes.
func TestSmallChangeIsHeldBack(t *testing.T) {
	table := disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("outcome", "granted", "refused")},
		Cells: []disclose.Cell{{At: []string{"granted"}, Count: 40}, {At: []string{"refused"}, Count: 30}}}
	policy := disclose.Policy{Floor: 5, Complementary: true}
	_, report := protect(t, table, policy)
	table.Before = report.Memory
	table.Cells = []disclose.Cell{{At: []string{"granted"}, Count: 41}, {At: []string{"refused"}, Count: 30}}
	pub, report := protect(t, table, policy)
	if !report.HeldBack && (!figure(pub, "granted").Hidden || !figure(pub, "").Hidden) {
		t.Errorf("one more granted shows: %+v", pub)
	}
	table.Cells = []disclose.Cell{{At: []string{"granted"}, Count: 50}, {At: []string{"refused"}, Count: 37}}
	if pub, report = protect(t, table, policy); report.HeldBack || figure(pub, "granted").Count != 50 || figure(pub, "").Count != 87 {
		t.Errorf("a large change does not show: %+v", report)
	}
}

func TestRefuses(t *testing.T) {
	flat := []disclose.Dimension{disclose.Flat("a", "x", "y")}
	cell := func(n int64, at ...string) []disclose.Cell { return []disclose.Cell{{At: at, Count: n}} }
	fine := disclose.Policy{Floor: 5, Complementary: true}
	for name, c := range map[string]struct {
		table  disclose.Table
		policy disclose.Policy
	}{
		"no dimension":   {disclose.Table{}, fine},
		"five":           {disclose.Table{Dimensions: append(append(append(append(flat, flat...), flat...), flat...), flat...)}, fine},
		"empty":          {disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("a")}}, fine},
		"twice":          {disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("a", "x", "x")}}, fine},
		"nameless":       {disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("a", "")}}, fine},
		"no parent":      {disclose.Table{Dimensions: []disclose.Dimension{{ID: "a", Categories: []disclose.Category{{ID: "x", Parent: "z"}}}}}, fine},
		"circle":         {disclose.Table{Dimensions: []disclose.Dimension{{ID: "a", Categories: []disclose.Category{{ID: "x", Parent: "y"}, {ID: "y", Parent: "x"}}}}}, fine},
		"unknown":        {disclose.Table{Dimensions: flat, Cells: cell(1, "z")}, fine},
		"a sum":          {disclose.Table{Dimensions: flat, Cells: cell(1, "")}, fine},
		"short":          {disclose.Table{Dimensions: flat, Cells: cell(1)}, fine},
		"below zero":     {disclose.Table{Dimensions: flat, Cells: cell(-1, "x")}, fine},
		"too large":      {disclose.Table{Dimensions: flat, Cells: cell(1<<62, "x")}, fine},
		"floor":          {disclose.Table{Dimensions: flat}, disclose.Policy{Floor: -1}},
		"rounding alone": {disclose.Table{Dimensions: flat}, disclose.Policy{RoundTo: 10}},
		"rounding wide":  {disclose.Table{Dimensions: flat}, disclose.Policy{Floor: 5, RoundTo: 11}},
		"dominance":      {disclose.Table{Dimensions: flat}, disclose.Policy{Floor: 5, Dominance: disclose.Dominance{N: 1, Share: 100}}},
	} {
		if _, _, err := disclose.Protect(c.table, c.policy); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkProtect hides in 100 x 100 cells and their sums, and in 10,000 cells of three dimensions, years above months.
func BenchmarkProtect(b *testing.B) {
	for _, shape := range [][]int{{100, 100}, {60, 14, 12}, {10000}} {
		r := rand.New(rand.NewPCG(1, 1))
		w := world{}
		for d, n := range shape {
			var ids []string
			for i := range n {
				ids = append(ids, fmt.Sprintf("%d-%02d", 2020+i/12, i%12+1))
			}
			if n > 1000 {
				for i := range ids {
					ids[i] = fmt.Sprint(i)
				}
			}
			if d == 0 && n <= 1000 {
				w.table.Dimensions = append(w.table.Dimensions, disclose.Months("m", ids...))
			} else {
				w.table.Dimensions = append(w.table.Dimensions, disclose.Flat(fmt.Sprint("d", d), ids...))
			}
		}
		w.fill(r, 0.3, 40)
		b.Run(fmt.Sprint(shape), func(b *testing.B) {
			for b.Loop() {
				_, report := protect(b, w.table, disclose.Policy{Floor: 5, Complementary: true})
				b.ReportMetric(float64(report.Small), "small")
				b.ReportMetric(float64(report.Complement), "complement")
				b.ReportMetric(float64(report.Figures), "figures")
			}
		})
	}
}
