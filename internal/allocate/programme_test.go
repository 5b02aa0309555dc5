package allocate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// drawProgramme makes a small whole programme, feasible or not.
func drawProgramme(t *rapid.T) *programme {
	p := &programme{}
	n := rapid.IntRange(1, 5).Draw(t, "variables")
	for range n {
		p.variable(float64(rapid.IntRange(-9, 9).Draw(t, "cost")), float64(rapid.IntRange(0, 3).Draw(t, "high")))
	}
	for range rapid.IntRange(0, 5).Draw(t, "rows") {
		r := row{low: -inf, high: inf}
		for v := range n {
			if a := rapid.IntRange(-4, 4).Draw(t, "factor"); a != 0 {
				r.terms = append(r.terms, term{v, float64(a)})
			}
		}
		right := float64(rapid.IntRange(-6, 8).Draw(t, "right"))
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			r.high = right
		case 1:
			r.low = right
		case 2:
			r.low, r.high = right, right
		case 3:
			r.low, r.high = right-3, right
		}
		p.rows = append(p.rows, r)
	}
	return p
}

// every calls each with every whole point within the limits.
func (p *programme) every(each func(x []float64)) {
	x := make([]float64, len(p.cost))
	var from func(v int)
	from = func(v int) {
		if v == len(x) {
			each(x)
			return
		}
		for k := p.low[v]; k <= p.high[v]; k++ {
			x[v] = k
			from(v + 1)
		}
	}
	from(0)
}

func TestWholeProgrammesAgainstEveryPoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgramme(t)
		want := inf
		p.every(func(x []float64) {
			if p.keeps(x) {
				z := 0.0
				for v, c := range p.cost {
					z += c * x[v]
				}
				want = math.Min(want, z)
			}
		})
		for _, cuts := range []bool{false, true} {
			b := newSearch(p, newMeter(Limits{}), Limits{Seed: 1}.chance())
			b.run(cuts)
			if math.Abs(b.value-want) > 1e-6 && !(b.value == inf && want == inf) {
				t.Fatalf("found %v, and the best is %v (cuts %v)", b.value, want, cuts)
			}
			if want < inf && b.bound > want+1e-6 {
				t.Fatalf("the bound %v passes the best, %v", b.bound, want)
			}
			if b.result == solved && b.best != nil && math.Abs(b.bound-b.value) > 1e-6 {
				t.Fatalf("ended without a proof: %v, bound %v", b.value, b.bound)
			}
		}
	})
}

// A relaxation without a point has a conflict in which every row is needed.
func TestConflictsAreSmallest(t *testing.T) {
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgramme(t)
		m := newMeter(Limits{})
		if newTableau(p, m).solve(inf) != infeasible {
			if c := conflict(p, m); c != nil {
				t.Fatalf("a conflict %v where there is none", c)
			}
			return
		}
		seen++
		c := conflict(p, m)
		if !impossible(p, c, m) {
			t.Fatalf("rows %v can be kept together", c)
		}
		for k := range c {
			if impossible(p, append(append([]int(nil), c[:k]...), c[k+1:]...), m) {
				t.Fatalf("rows %v are more than is needed: %d can go", c, c[k])
			}
		}
	})
	if seen == 0 {
		t.Error("no programme without a point was drawn")
	}
}

// Relaxations have the value that their prices prove (weak duality): the tableau's own reduced costs are signed rightly
// at the optimum, after rows and limits came late as in branch and bound.
func TestRelaxationsStayOptimalWhenRowsComeLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProgramme(t)
		p.whole = nil
		whole := newTableau(p, newMeter(Limits{}))
		want := whole.solve(inf)
		late := &programme{cost: p.cost, low: p.low, high: p.high}
		s := newTableau(late, newMeter(Limits{}))
		s.solve(inf)
		for _, r := range p.rows {
			late.rows = append(late.rows, r)
			s.addRow(r)
			if s.solve(inf) == infeasible {
				break
			}
		}
		if len(late.rows) < len(p.rows) != (want == infeasible) && s.solve(inf) != want {
			t.Fatalf("at once %v, row by row another", want)
		}
		if want == solved {
			if a, b := whole.objective(), s.objective(); math.Abs(a-b) > 1e-6 {
				t.Fatalf("%v at once, %v row by row", a, b)
			}
			s.refresh()
			if s.solve(inf) != solved || math.Abs(s.objective()-whole.objective()) > 1e-6 {
				t.Fatal("made anew, the tableau has another optimum")
			}
		}
	})
}

func TestPairingAgainstEveryPairing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "rows")
		m := rapid.IntRange(n, 6).Draw(t, "columns")
		cost := make([][]float64, n)
		for i := range cost {
			cost[i] = make([]float64, m)
			for j := range cost[i] {
				if cost[i][j] = float64(rapid.IntRange(-5, 12).Draw(t, "cost")); cost[i][j] > 9 {
					cost[i][j] = inf
				}
			}
		}
		want := inf
		used := make([]bool, m)
		var try func(i int, z float64)
		try = func(i int, z float64) {
			if i == n {
				want = math.Min(want, z)
				return
			}
			for j := range m {
				if !used[j] {
					used[j] = true
					try(i+1, z+cost[i][j])
					used[j] = false
				}
			}
		}
		try(0, 0)
		column, u, v, ok := Assign(cost)
		if ok != (want < inf) {
			t.Fatalf("ok %v, and the best is %v", ok, want)
		}
		if !ok {
			return
		}
		z := 0.0
		for i, j := range column {
			z += cost[i][j]
			for k := range m {
				if cost[i][k]-u[i]-v[k] < -1e-9 || k == j && math.Abs(cost[i][k]-u[i]-v[k]) > 1e-9 {
					t.Fatalf("the prices prove nothing at %d, %d", i, k)
				}
			}
		}
		if math.Abs(z-want) > 1e-9 {
			t.Fatalf("cost %v, and the best is %v", z, want)
		}
	})
}

// Flows are held against the linear programme that they are.
func TestFlowAgainstTheLinearProgramme(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "places")
		supply := make([]int, n)
		for k := 1; k < n; k++ {
			supply[k] = rapid.IntRange(-4, 4).Draw(t, "supply")
			supply[0] -= supply[k]
		}
		p := &programme{rows: make([]row, n)}
		for k := range p.rows {
			p.rows[k] = row{low: float64(supply[k]), high: float64(supply[k])}
		}
		var arcs []Arc
		for range rapid.IntRange(0, 9).Draw(t, "arcs") {
			a := Arc{rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to"), rapid.IntRange(0, 6).Draw(t, "room"), rapid.IntRange(-3, 8).Draw(t, "cost")}
			if a.From == a.To {
				continue
			}
			arcs = append(arcs, a)
			v := p.variable(float64(a.Cost), float64(a.Room))
			p.rows[a.From].terms = append(p.rows[a.From].terms, term{v, 1})
			p.rows[a.To].terms = append(p.rows[a.To].terms, term{v, -1})
		}
		s := newTableau(p, newMeter(Limits{}))
		result := s.solve(inf)
		units, price, cut, ok := Flow(supply, arcs)
		if ok != (result == solved) {
			t.Fatalf("ok %v, the relaxation %v", ok, result)
		}
		if !ok {
			if cut == nil {
				t.Fatal("nothing can be sent, and no cut says why")
			}
			return
		}
		z := 0.0
		for k, a := range arcs {
			z += float64(a.Cost * units[k])
			reduced := a.Cost + price[a.From] - price[a.To]
			if units[k] < 0 || units[k] > a.Room || reduced < 0 && units[k] < a.Room || reduced > 0 && units[k] > 0 {
				t.Fatalf("arc %d carries %d at a reduced cost of %d", k, units[k], reduced)
			}
		}
		if math.Abs(z-s.objective()) > 1e-6 {
			t.Fatalf("cost %v, and the relaxation's is %v", z, s.objective())
		}
	})
}
