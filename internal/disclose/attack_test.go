package disclose_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"stoa/internal/disclose"
)

// The attacker shares nothing with the package but what is published. It knows the floor, that zeroes are always shown
// and that a hidden figure is therefore at least as large as the number of its lowest cells that are not zero. It
// writes down every equation of every sum, solves them exactly, squeezes bounds until nothing moves, and, where a
// table is small, lists every table that would look the same.
type attacker struct {
	names     map[string]int
	low, high []int64 // of each figure
	hidden    []bool
	at        [][]string
	sums      [][]int // whole first, then its parts
	lowest    []bool
	members   [][]int // lowest cells of each figure
}

const unbounded = int64(1) << 40

func attack(p *disclose.Published) *attacker {
	a := &attacker{names: map[string]int{}}
	for i, f := range p.Figures {
		a.names[strings.Join(f.At, "|")] = i
		a.at = append(a.at, f.At)
		a.hidden = append(a.hidden, f.Hidden)
		if f.Hidden {
			a.low, a.high = append(a.low, 1), append(a.high, unbounded)
		} else {
			a.low, a.high = append(a.low, f.Count), append(a.high, f.Count)
		}
	}
	a.lowest = make([]bool, len(p.Figures))
	for i := range a.lowest {
		a.lowest[i] = true
	}
	for d, dim := range p.Dimensions {
		children := map[string][]string{}
		for _, c := range dim.Categories {
			children[c.Parent] = append(children[c.Parent], c.ID)
		}
		for i, at := range a.at {
			parts := children[at[d]]
			if len(parts) == 0 {
				continue
			}
			a.lowest[i] = false
			sum := []int{i}
			for _, part := range parts {
				other := append([]string{}, at...)
				other[d] = part
				sum = append(sum, a.names[strings.Join(other, "|")])
			}
			a.sums = append(a.sums, sum)
		}
	}
	return a
}

// squeeze tightens the bounds by each sum until none moves.
func (a *attacker) squeeze() {
	for changed := true; changed; {
		changed = false
		set := func(i int, low, high int64) {
			if low > a.low[i] {
				a.low[i], changed = low, true
			}
			if high < a.high[i] {
				a.high[i], changed = high, true
			}
		}
		for _, s := range a.sums {
			var low, high int64
			for _, i := range s[1:] {
				low, high = low+a.low[i], high+a.high[i]
			}
			set(s[0], low, min(high, unbounded))
			for _, i := range s[1:] {
				set(i, a.low[s[0]]-(high-a.high[i]), a.high[s[0]]-(low-a.low[i]))
			}
		}
	}
}

// solve finds, by exact elimination, the hidden figures that the equations alone determine, and sums of hidden figures
// that are known (differencing between margins): a row that is left with few unknowns of one sign bounds each.
func (a *attacker) solve() {
	var column []int
	of := map[int]int{}
	for i, h := range a.hidden {
		if h {
			of[i] = len(column)
			column = append(column, i)
		}
	}
	n := len(column)
	var rows [][]*big.Rat
	for _, s := range a.sums {
		row := make([]*big.Rat, n+1)
		for i := range row {
			row[i] = new(big.Rat)
		}
		some := false
		for k, i := range s {
			sign := int64(1)
			if k == 0 {
				sign = -1
			}
			if c, ok := of[i]; ok {
				row[c].Add(row[c], big.NewRat(sign, 1))
				some = true
			} else {
				row[n].Sub(row[n], big.NewRat(sign*a.low[i], 1))
			}
		}
		if some {
			rows = append(rows, row)
		}
	}
	reduce(rows, n)
	for _, row := range rows {
		a.read(row, column)
	}
}

func reduce(rows [][]*big.Rat, n int) {
	at, t := 0, new(big.Rat)
	for c := 0; c < n && at < len(rows); c++ {
		pivot := -1
		for r := at; r < len(rows); r++ {
			if rows[r][c].Sign() != 0 {
				pivot = r
				break
			}
		}
		if pivot < 0 {
			continue
		}
		rows[at], rows[pivot] = rows[pivot], rows[at]
		by := new(big.Rat).Inv(rows[at][c])
		for k := range rows[at] {
			if rows[at][k].Sign() != 0 {
				rows[at][k].Mul(rows[at][k], by)
			}
		}
		for r := range rows {
			if r == at || rows[r][c].Sign() == 0 {
				continue
			}
			f := new(big.Rat).Set(rows[r][c])
			for k := c; k <= n; k++ {
				if rows[at][k].Sign() != 0 {
					rows[r][k].Sub(rows[r][k], t.Mul(f, rows[at][k]))
				}
			}
		}
		at++
	}
}

// read takes an equation a.x = b over hidden figures and bounds each x by the bounds of the others.
func (a *attacker) read(row []*big.Rat, column []int) {
	n := len(column)
	for c := range column {
		if row[c].Sign() == 0 {
			continue
		}
		low, high := new(big.Rat).Set(row[n]), new(big.Rat).Set(row[n])
		for o := range column {
			if o == c || row[o].Sign() == 0 {
				continue
			}
			x, y := new(big.Rat).SetInt64(a.low[column[o]]), new(big.Rat).SetInt64(a.high[column[o]])
			x.Mul(x, row[o])
			y.Mul(y, row[o])
			if row[o].Sign() < 0 {
				x, y = y, x
			}
			low.Sub(low, y)
			high.Sub(high, x)
		}
		low.Quo(low, row[c])
		high.Quo(high, row[c])
		if row[c].Sign() < 0 {
			low, high = high, low
		}
		i := column[c]
		a.low[i], a.high[i] = max(a.low[i], ceiling(low)), min(a.high[i], floorOf(high))
	}
}

func floorOf(r *big.Rat) int64 {
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

func ceiling(r *big.Rat) int64 {
	n := new(big.Int).Neg(r.Num())
	return -n.Div(n, r.Denom()).Int64()
}

// enumerate lists every table that looks the same, if there are few enough, and keeps for each figure the least and the
// largest value that it takes. It gives up, and says so, after too many tables.
func (a *attacker) enumerate(most int) (low, high []int64, done bool) {
	low, high = make([]int64, len(a.low)), make([]int64, len(a.high))
	for i := range low {
		low[i], high[i] = unbounded, -1
	}
	var unknown []int
	for i, h := range a.hidden {
		if h && a.lowest[i] {
			if a.high[i] >= 100 {
				return nil, nil, false
			}
			unknown = append(unknown, i)
		}
	}
	if len(unknown) == 0 || len(unknown) > 9 || len(a.at) > 60 {
		return nil, nil, false
	}
	work := 0
	value := append([]int64{}, a.low...)
	var rec func(k int) bool
	rec = func(k int) bool {
		if work++; work > most {
			return false
		}
		if k == len(unknown) {
			for i, v := range a.complete(value) {
				low[i], high[i] = min(low[i], v), max(high[i], v)
			}
			return true
		}
		i := unknown[k]
		for v := a.low[i]; v <= a.high[i]; v++ {
			value[i] = v
			if a.possible(value, unknown[k+1:]) && !rec(k+1) {
				return false
			}
		}
		return true
	}
	return low, high, rec(0)
}

// complete fills every sum from the lowest cells.
func (a *attacker) complete(value []int64) []int64 {
	if a.members == nil {
		a.members = make([][]int, len(a.at))
		part := map[int][]int{}
		for _, s := range a.sums {
			part[s[0]] = s[1:] // any one of its sums will do
		}
		var rec func(i int) []int
		rec = func(i int) (all []int) {
			if a.lowest[i] {
				return []int{i}
			}
			for _, k := range part[i] {
				all = append(all, rec(k)...)
			}
			return all
		}
		for i := range a.at {
			a.members[i] = rec(i)
		}
	}
	v := make([]int64, len(value))
	for i, members := range a.members {
		for _, k := range members {
			v[i] += value[k]
		}
	}
	return v
}

// possible says whether every shown sum can still be met, given lowest cells so far and bounds for the rest.
func (a *attacker) possible(value []int64, rest []int) bool {
	low, high := append([]int64{}, value...), append([]int64{}, value...)
	for _, i := range rest {
		low[i], high[i] = a.low[i], a.high[i]
	}
	low, high = a.complete(low), a.complete(high)
	for i, h := range a.hidden {
		if !h && (low[i] > a.low[i] || high[i] < a.low[i]) {
			return false
		}
	}
	return true
}

// recovered is which small figures the attacker pins down further than it may: what must stay possible is everything
// from 1 (for a sum: from one for each of its cells) to floor-1, and never one value alone.
func recovered(w world, a *attacker, low, high []int64, floor int64) (found []string, exact int) {
	for i, at := range a.at {
		name := strings.Join(at, "|")
		n := w.truth[name]
		if n < 1 || n >= floor {
			continue
		}
		if !a.hidden[i] || low[i] == high[i] {
			exact++
		}
		least := w.cells[name]
		if !a.hidden[i] || low[i] > least || high[i] < max(floor-1, least+1) {
			found = append(found, fmt.Sprintf("%s is %d, known to be %d to %d", name, n, low[i], high[i]))
		}
	}
	return found, exact
}

const tables = 10_000

// TestAttack attacks random tables, with complementary suppression and, to see that the attacker is one, without.
func TestAttack(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 20261129))
	var smallOnes, withoutExact, withoutTables, listed, hidden, figures int
	for k := range tables {
		w := randomWorld(r)
		floor := int64(2 + r.IntN(9))
		policy := disclose.Policy{Floor: int(floor), Complementary: true}
		pub, report, err := disclose.Protect(w.table, policy)
		if err != nil {
			t.Fatal(err)
		}
		smallOnes += report.Small
		hidden, figures = hidden+report.Complement, figures+report.Figures
		if !truthful(t, w, pub) {
			return
		}
		a := attack(pub)
		a.squeeze()
		if len(a.at) < 40 || k%20 == 0 {
			a.solve()
			a.squeeze()
		}
		if found, _ := recovered(w, a, a.low, a.high, floor); len(found) > 0 {
			t.Fatalf("table %d, floor %d: %s\n%+v", k, floor, strings.Join(found, "\n"), w.table)
		}
		if low, high, done := a.enumerate(1500); done {
			listed++
			if found, _ := recovered(w, a, low, high, floor); len(found) > 0 {
				t.Fatalf("table %d, floor %d, listed: %s\n%+v", k, floor, strings.Join(found, "\n"), w.table)
			}
		}

		policy.Complementary = false
		if pub, _, err = disclose.Protect(w.table, policy); err != nil {
			t.Fatal(err)
		}
		open := attack(pub)
		open.squeeze()
		if _, exact := recovered(w, open, open.low, open.high, floor); exact > 0 {
			withoutExact += exact
			withoutTables++
		}
	}
	t.Logf("%d tables, %d small figures, none recovered; %d tables listed whole; %d of %d figures hidden to protect others; without complementary suppression %d small figures of %d tables recovered exactly",
		tables, smallOnes, listed, hidden, figures, withoutExact, withoutTables)
	if withoutTables < tables/10 || listed < tables/20 {
		t.Errorf("the attacker is too weak to show anything: it recovers from %d tables, lists %d", withoutTables, listed)
	}
}

// truthful says whether every figure that is shown is the true one, and zeroes are all shown.
func truthful(t *testing.T, w world, pub *disclose.Published) bool {
	t.Helper()
	for _, f := range pub.Figures {
		n := w.truth[strings.Join(f.At, "|")]
		if f.Hidden && n == 0 || !f.Hidden && f.Count != n {
			t.Errorf("%v is %d and shown as %+v", f.At, n, f)
			return false
		}
	}
	return true
}
