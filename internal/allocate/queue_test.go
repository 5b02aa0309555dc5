package allocate

import (
	"bytes"
	"math"
	"math/big"
	"strings"
	"testing"
)

// slowErlangC is the formula as in the books, with 300 binary digits.
func slowErlangC(load float64, n int) float64 {
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(x) }
	power, sum := number(1), number(0)
	for k := range n {
		sum.Add(sum, power)
		power.Mul(power, number(load))
		power.Quo(power, number(float64(k+1)))
	}
	last := new(big.Float).Quo(new(big.Float).Mul(power, number(float64(n))), new(big.Float).Sub(number(float64(n)), number(load)))
	c, _ := new(big.Float).Quo(last, new(big.Float).Add(sum, last)).Float64()
	return c
}

func TestErlangCAgainstTheBooks(t *testing.T) {
	for _, c := range []struct {
		load float64
		n    int
	}{{0.5, 1}, {0.99, 1}, {1.9, 2}, {7.5, 8}, {4, 9}, {90, 100}, {480, 500}, {0.001, 20}, {1999, 2000}} {
		got, want := ErlangC(c.load, c.n, 180, 20), slowErlangC(c.load, c.n)
		if math.Abs(got.Wait-want) > 1e-12 {
			t.Errorf("load %v, %d officers: %v, not %v", c.load, c.n, got.Wait, want)
		}
		mean := want * 180 / (float64(c.n) - c.load)
		if level := 1 - want*math.Exp(-(float64(c.n)-c.load)*20/180); math.Abs(got.MeanSeconds-mean) > 1e-9*math.Max(1, mean) || math.Abs(got.ServiceLevel-level) > 1e-12 || got.Occupancy != c.load/float64(c.n) {
			t.Errorf("load %v, %d officers: %+v", c.load, c.n, got)
		}
	}
	if e := ErlangC(5, 5, 60, 20); e.Wait != 1 || !math.IsInf(e.MeanSeconds, 1) || e.ServiceLevel != 0 {
		t.Errorf("as many officers as load: %+v", e)
	}
	if e := ErlangC(0, 5, 60, 20); e.Wait != 0 || e.ServiceLevel != 1 {
		t.Errorf("no load: %+v", e)
	}
	if e := ErlangC(3, 1_000_000, 60, 20); e.Wait != 0 && !(e.Wait < 1e-200) {
		t.Errorf("a million officers for three: %+v", e)
	}
}

func TestOfficersForALevel(t *testing.T) {
	for _, load := range []float64{0, 0.3, 4, 17.5, 300} {
		for _, level := range []float64{0.1, 0.8, 0.95, 0.999} {
			n, ok := Officers(load, 180, 20, level)
			if !ok || ErlangC(load, n, 180, 20).ServiceLevel < level || n > int(load)+1 && ErlangC(load, n-1, 180, 20).ServiceLevel >= level {
				t.Errorf("load %v, level %v: %d, %v", load, level, n, ok)
			}
		}
	}
	if _, ok := Officers(4, 180, 20, 1); ok {
		t.Error("nobody can promise that nobody ever waits")
	}
}

func TestErlangTable(t *testing.T) {
	var out bytes.Buffer
	if err := ErlangTable(strings.NewReader("offered_load,agents,aht_s,target_s,ignored\n0.5,1,180,20,x\n4,,180,20\n"), &out); err != nil {
		t.Fatal(err)
	}
	if want := "offered_load,agents,aht_s,target_s,p_wait,asa_s,service_level,occupancy\n0.5,1,180,20,0.5,180,0.527020265546617,0.5\n4,7,180,20,"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("wrote %q", out.String())
	}
	for in, want := range map[string]string{
		"": "a table of queues begins with", "a,b\n": "a table of queues begins with",
		"offered_load,agents,aht_s,target_s\n1,2\n":       "line 2: offered_load,agents,aht_s,target_s are needed",
		"offered_load,agents,aht_s,target_s\n1,x,2,3\n":   `line 2: "x" is no number between`,
		"offered_load,agents,aht_s,target_s\n1,1.5,2,3\n": `line 2: "1.5" is no number of officers`,
		"offered_load,agents,aht_s,target_s\n1,0,2,3\n":   `line 2: "0" is no number of officers`,
		"offered_load,agents,aht_s,target_s\n1,1e9,2,3\n": `is no number of officers`,
		"offered_load,agents,aht_s,target_s\n1,NaN,2,3\n": "is no number between",
		"offered_load,agents,aht_s,target_s\n1,2,0,3\n":   "the seconds of service are 0",
	} {
		if err := ErlangTable(strings.NewReader(in), new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// The play agrees with the formula within its own interval, which is wide enough nineteen times in twenty; the seed is one of the nineteen.
func TestThePlayAgreesWithErlang(t *testing.T) {
	for _, c := range []struct {
		n    int
		load float64
	}{{1, 0.6}, {4, 3}, {12, 9.6}} {
		q := &Queues{Step: 3600, Cycles: int(1e5 / (12 * c.load)), Queues: []Queue{{Rates: []float64{12 * c.load}, Service: 300, Spread: 1, Target: 60}},
			Officers: []Shift{{Count: c.n, Skills: []int{0}, To: 3600}}}
		results, occupancy := q.play(newMeter(Limits{}), 2)
		e, r := ErlangC(c.load, c.n, 300, 60), results[0]
		if math.Abs(r.MeanSeconds-e.MeanSeconds) > r.Within*1.2 || math.Abs(r.Wait-e.Wait) > 0.02 || math.Abs(r.ServiceLevel-e.ServiceLevel) > 0.02 || math.Abs(occupancy-e.Occupancy) > 0.01 {
			t.Errorf("%d officers, load %v: %+v, %v; by the formula %+v", c.n, c.load, r, occupancy, e)
		}
	}
	// Service that always takes the same time makes people wait half as long (Pollaczek and Khinchine).
	q := &Queues{Step: 3600, Cycles: 10_000, Queues: []Queue{{Rates: []float64{8}, Service: 300}}, Officers: []Shift{{Count: 1, Skills: []int{0}, To: 3600}}}
	results, _ := q.play(newMeter(Limits{}), 2)
	if want := 300 * (8.0 / 12) / (2 * (1 - 8.0/12)); math.Abs(results[0].MeanSeconds/want-1) > 0.05 {
		t.Errorf("mean wait %v, not %v", results[0].MeanSeconds, want)
	}
}

func TestPrioritiesSkillsAndShifts(t *testing.T) {
	day := make([]float64, 24)
	for h := 8; h < 18; h++ {
		day[h] = 20
	}
	q := &Queues{Step: 3600, Cycles: 200,
		Queues:   []Queue{{Name: "urgent", Rates: day, Service: 240, Spread: 1, Priority: 2, Target: 300}, {Name: "permits", Rates: day, Service: 240, Spread: 0.5, Target: 300}, {Name: "closed", Rates: make([]float64, 24), Service: 60}},
		Officers: []Shift{{Count: 2, Skills: []int{0, 1}, From: 8 * 3600, To: 18 * 3600}, {Count: 1, Skills: []int{1}, From: 8 * 3600, To: 13 * 3600}}}
	a, err := q.Solve(Limits{Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	urgent, permits := a.Queues[0], a.Queues[1]
	if !(urgent.MeanSeconds < permits.MeanSeconds/2) || urgent.Served < 30_000 || permits.Served < 30_000 || a.Queues[2].Served != 0 {
		t.Errorf("%+v", a.Queues)
	}
	if len(a.More) != 2 || a.More[0].Worth <= 0 || !strings.HasPrefix(a.More[0].What, "one officer more on shift 0") {
		t.Errorf("one more: %+v", a.More)
	}
	if !(a.Occupancy > 0.5 && a.Occupancy < 1.01) {
		t.Errorf("occupancy %v", a.Occupancy)
	}
	again, err := q.Solve(Limits{Seed: 5})
	if err != nil || again.Objective != a.Objective {
		t.Errorf("played twice: %v and %v, %v", a.Objective, again.Objective, err)
	}
	// More arrive than can be served: said, not averaged away.
	q.Officers = q.Officers[1:]
	q.Queues = q.Queues[1:]
	q.Officers[0].Skills = []int{0}
	if a, err = q.Solve(Limits{Seed: 5}); err != nil || len(a.Binding) != 1 || a.Binding[0].What != "queue permits" {
		t.Errorf("%+v, %v", a, err)
	}
}
