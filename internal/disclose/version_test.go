package disclose_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"stoa/internal/disclose"
)

// next is the table a while later: some cells have changed, a few of them are new.
func (w world) next(r *rand.Rand, before *disclose.Memory) world {
	n := world{table: disclose.Table{Dimensions: w.table.Dimensions, Before: before}}
	had := map[string]int64{}
	for _, c := range w.table.Cells {
		had[strings.Join(c.At, "|")] = c.Count
	}
	often := r.Float64() / 2
	for _, at := range lowest(w.table.Dimensions) {
		count := had[strings.Join(at, "|")]
		if r.Float64() < often {
			count = max(0, count+r.Int64N(30)-8)
		}
		n.table.Cells = append(n.table.Cells, disclose.Cell{At: at, Count: count})
	}
	n.sum()
	return n
}

// beside lays versions side by side, as one system of equations. The attacker is even told which lowest cells have not
// changed.
func beside(as []*attacker, ws []world) *attacker {
	all := attack(&disclose.Published{})
	n := len(as[0].at)
	for k, a := range as {
		all.at, all.hidden, all.lowest = append(all.at, a.at...), append(all.hidden, a.hidden...), append(all.lowest, a.lowest...)
		all.low, all.high = append(all.low, a.low...), append(all.high, a.high...)
		for _, s := range a.sums {
			var moved []int
			for _, i := range s {
				moved = append(moved, i+k*n)
			}
			all.sums = append(all.sums, moved)
		}
		for i, at := range a.at {
			name := strings.Join(at, "|")
			for o := range k {
				if a.lowest[i] && ws[o].truth[name] == ws[k].truth[name] {
					all.sums = append(all.sums, []int{i + o*n, i + k*n})
				}
			}
		}
	}
	return all
}

// together attacks versions side by side and gives each attacker what all know.
func together(as []*attacker, ws []world, solve bool) {
	all := beside(as, ws)
	all.squeeze()
	if len(all.at) < 120 || solve {
		all.solve()
		all.squeeze()
	}
	for k, n := 0, len(as[0].at); k < len(as); k++ {
		as[k].low, as[k].high = all.low[k*n:k*n+n], all.high[k*n:k*n+n]
	}
}

// TestThreeVersions lays three versions side by side.
func TestThreeVersions(t *testing.T) {
	r := rand.New(rand.NewPCG(71, 20261129))
	triples, small := 0, 0
	for k := range 2000 {
		policy := disclose.Policy{Floor: 2 + r.IntN(6), Complementary: true}
		var ws []world
		var as []*attacker
		for w := randomWorld(r); len(ws) < 3; {
			pub, report, err := disclose.Protect(w.table, policy)
			if err != nil {
				t.Fatal(err)
			}
			if report.HeldBack {
				break
			}
			small += report.Small
			ws, as = append(ws, w), append(as, attack(pub))
			w = w.next(r, through(t, report.Memory))
		}
		if len(ws) < 3 {
			continue
		}
		triples++
		together(as, ws, k%20 == 0)
		for v := range as {
			if found, _ := recovered(ws[v], as[v], as[v].low, as[v].high, int64(policy.Floor)); len(found) > 0 {
				t.Fatalf("triple %d, floor %d, version %d: %s", k, policy.Floor, v+1, strings.Join(found, "\n"))
			}
		}
	}
	t.Logf("%d triples, %d small figures, none recovered", triples, small)
	if triples < 1000 {
		t.Error("these tables show nothing")
	}
}

// TestVersions publishes table after table and subtracts: no two figures that are shown differ by less than the floor,
// and both versions together give away neither a small figure nor a small change.
func TestVersions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 20261129))
	var pairs, held, naive, changes, small int
	for k := range 3000 {
		one := randomWorld(r)
		floor := int64(2 + r.IntN(6))
		policy := disclose.Policy{Floor: int(floor), Complementary: true}
		first, report, err := disclose.Protect(one.table, policy)
		if err != nil {
			t.Fatal(err)
		}
		two := one.next(r, through(t, report.Memory))
		second, report, err := disclose.Protect(two.table, policy)
		if err != nil {
			t.Fatal(err)
		}
		forgetful := two
		forgetful.table.Before = nil
		alone, _, err := disclose.Protect(forgetful.table, policy)
		if err != nil {
			t.Fatal(err)
		}
		if differences(first, alone, floor) > 0 {
			naive++
		}
		if report.HeldBack {
			held++
			continue
		}
		pairs++
		if d := differences(first, second, floor); d > 0 {
			t.Fatalf("pair %d: %d differences below the floor", k, d)
		}
		a, b := attack(first), attack(second)
		together([]*attacker{a, b}, []world{one, two}, k%10 == 0)
		for v, w := range []world{one, two} {
			x := []*attacker{a, b}[v]
			if found, _ := recovered(w, x, x.low, x.high, floor); len(found) > 0 {
				t.Fatalf("pair %d, floor %d, version %d: %s\n%+v\n%+v", k, floor, v+1, strings.Join(found, "\n"), one.table, two.table)
			}
		}
		small += report.Small
		for i := range b.at {
			name := strings.Join(b.at[i], "|")
			if d := two.truth[name] - one.truth[name]; d != 0 && max(d, -d) < floor && !a.hidden[i] && one.truth[name] > 0 && two.truth[name] >= floor {
				changes++
				if b.low[i] == b.high[i] {
					t.Fatalf("pair %d, floor %d: %s was shown as %d, is now known to be %d", k, floor, name, one.truth[name], b.low[i])
				}
			}
		}
	}
	t.Logf("%d pairs, %d held back; %d small figures and %d small changes, none recovered; without memory, %d pairs differ by less than the floor", pairs, held, small, changes, naive)
	if naive < 300 || pairs < 1000 {
		t.Error("these tables show nothing")
	}
}

func through(t *testing.T, m *disclose.Memory) (back *disclose.Memory) {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

// differences counts figures that both versions show and that differ by less than the floor, zeroes aside.
func differences(one, two *disclose.Published, floor int64) (n int) {
	for i, f := range one.Figures {
		g := two.Figures[i]
		if d := f.Count - g.Count; !f.Hidden && !g.Hidden && d != 0 && max(d, -d) < floor {
			n++
		}
	}
	return n
}

// TestManyVersions follows each figure through a dozen versions: whenever it is shown anew, it has moved by the floor.
func TestManyVersions(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 20261129))
	published, held := 0, 0
	for range 100 {
		w := randomWorld(r)
		policy := disclose.Policy{Floor: 5, Complementary: true}
		last := map[string]int64{}
		var memory *disclose.Memory
		for range 12 {
			w = w.next(r, memory)
			pub, report, err := disclose.Protect(w.table, policy)
			if err != nil {
				t.Fatal(err)
			}
			if memory = through(t, report.Memory); report.HeldBack {
				held++
				continue
			}
			published++
			for _, f := range pub.Figures {
				name := strings.Join(f.At, "|")
				was, ok := last[name]
				if d := f.Count - was; ok && !f.Hidden && d != 0 && max(d, -d) < 5 {
					t.Fatalf("%s was %d, is %d", name, was, f.Count)
				}
				if !f.Hidden {
					last[name] = f.Count
				}
			}
		}
	}
	t.Logf("%d versions published, %d held back", published, held)
}

// TestAnOlderPolicyDoesNotHoldBack: what was published without protection cannot be called back, and stops nothing.
func TestAnOlderPolicyDoesNotHoldBack(t *testing.T) {
	table := disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("a", "x", "y", "z")}, Cells: []disclose.Cell{
		{At: []string{"x"}, Count: 3}, {At: []string{"y"}, Count: 30}, {At: []string{"z"}, Count: 40}}}
	_, report := protect(t, table, disclose.Policy{Floor: 5})
	table.Before = report.Memory
	table.Cells = []disclose.Cell{{At: []string{"x"}, Count: 14}, {At: []string{"y"}, Count: 30}, {At: []string{"z"}, Count: 40}}
	if pub, report := protect(t, table, disclose.Policy{Floor: 5, Complementary: true}); report.HeldBack || figure(pub, "x").Count != 14 {
		t.Errorf("%+v", report)
	}
}
