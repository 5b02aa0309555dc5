package disclose_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/disclose"
	"stoa/internal/fault"
	"stoa/internal/i18n"
)

func epsilon(t testing.TB, s string) disclose.Epsilon {
	t.Helper()
	e, err := disclose.ParseEpsilon(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func chance(seed string) *rand.ChaCha8 {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

// chiSquare compares counts of drawn values with the probabilities of the discrete Laplace distribution. It gives the
// statistic and what it exceeds in one of 10,000 cases (Wilson & Hilferty's approximation).
func chiSquare(seen map[int64]int, draws int, rate float64) (statistic, limit float64) {
	q := math.Exp(-rate)
	p := func(x int64) float64 { return (1 - q) / (1 + q) * math.Pow(q, math.Abs(float64(x))) }
	rest, restSeen, bins := 1.0, draws, 0
	for x := int64(0); float64(draws)*p(x) >= 20; x++ {
		for _, v := range []int64{x, -x} {
			if x == 0 && v == 0 && bins > 0 {
				continue
			}
			want := float64(draws) * p(v)
			statistic += (float64(seen[v]) - want) * (float64(seen[v]) - want) / want
			rest, restSeen, bins = rest-p(v), restSeen-seen[v], bins+1
		}
	}
	want := float64(draws) * rest
	statistic += (float64(restSeen) - want) * (float64(restSeen) - want) / want
	df := float64(bins)
	z := 3.719
	return statistic, df * math.Pow(1-2/(9*df)+z*math.Sqrt(2/(9*df)), 3)
}

func TestSampleIsDiscreteLaplace(t *testing.T) {
	const draws = 200_000
	for _, c := range []struct {
		epsilon     string
		sensitivity int
	}{{"0.1", 1}, {"0.5", 1}, {"1", 1}, {"1", 3}, {"0.333333", 2}, {"2.5", 1}} {
		n := disclose.Noise{Epsilon: epsilon(t, c.epsilon), Sensitivity: c.sensitivity}
		source, seen := chance("discrete laplace "+c.epsilon), map[int64]int{}
		for range draws {
			x, err := n.Sample(source)
			if err != nil {
				t.Fatal(err)
			}
			seen[x]++
		}
		rate := parse(t, c.epsilon) / float64(c.sensitivity)
		if got, limit := chiSquare(seen, draws, rate); got > limit {
			t.Errorf("epsilon %s, sensitivity %d: chi-square %.1f, limit %.1f", c.epsilon, c.sensitivity, got, limit)
		}
		if got, limit := chiSquare(seen, draws, rate*1.03); got < limit {
			t.Errorf("epsilon %s: the test does not notice a rate that is 3%% off (%.1f, limit %.1f)", c.epsilon, got, limit)
		}
		inside := 0
		within, err := n.Within(95)
		if err != nil {
			t.Fatal(err)
		}
		for x, k := range seen {
			if max(x, -x) <= within {
				inside += k
			}
		}
		if share := float64(inside) / draws; share < 0.948 {
			t.Errorf("epsilon %s: %.3f lie within ±%d", c.epsilon, share, within)
		}
	}
}

func parse(t testing.TB, s string) float64 {
	t.Helper()
	var f float64
	if err := json.Unmarshal([]byte(s), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestWithin holds the exact answer against the sum of the probabilities.
func TestWithin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		e := disclose.Epsilon(rapid.Int64Range(1000, 10_000_000).Draw(r, "epsilon"))
		n := disclose.Noise{Epsilon: e, Sensitivity: rapid.IntRange(1, 5).Draw(r, "sensitivity")}
		percent := rapid.IntRange(1, 99).Draw(r, "percent")
		got, err := n.Within(percent)
		if err != nil {
			r.Fatal(err)
		}
		q := math.Exp(-float64(e) / 1e6 / float64(n.Sensitivity))
		sum, want := (1-q)/(1+q), int64(0)
		for sum < float64(percent)/100-1e-12 {
			want++
			sum += 2 * (1 - q) / (1 + q) * math.Pow(q, float64(want))
		}
		if got != want {
			r.Errorf("epsilon %s, sensitivity %d: ±%d in %d of 100 cases, want ±%d", e, n.Sensitivity, got, percent, want)
		}
	})
}

func TestMeans(t *testing.T) {
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := b.For("en")
	got, err := disclose.Noise{Epsilon: epsilon(t, "1"), Sensitivity: 1}.Means(p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got, "by 1 or less in 50 of 100 cases, by 3 or less in 95 of 100") || !strings.Contains(got, "(epsilon): 1.") {
		t.Error(got)
	}
}

func TestChanceThatFails(t *testing.T) {
	n := disclose.Noise{Epsilon: epsilon(t, "0.5"), Sensitivity: 1}
	for name, source := range map[string]*bytes.Reader{"empty": bytes.NewReader(nil), "zeroes": bytes.NewReader(make([]byte, 1<<20))} {
		if x, err := n.Sample(source); err == nil {
			t.Errorf("%s: drew %d", name, x)
		}
	}
}

func TestEpsilon(t *testing.T) {
	for text, want := range map[string]string{"0.5": "0.5", "1": "1", "0.000001": "0.000001", "12.50": "12.5", "1000": "1000"} {
		if got := epsilon(t, text).String(); got != want {
			t.Errorf("%s is %s", text, got)
		}
	}
	for _, text := range []string{"", "0", "0.0", "-1", "1e3", ".5", "0.", "0.0000001", "1000.000001", "1001", "99999", "NaN", "٣", "1 "} {
		if e, err := disclose.ParseEpsilon(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q is %s, %v", text, e, err)
		}
	}
}

// TestBudget spends at random: what was spent is the exact sum of what was granted, and never above the total.
func TestBudget(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := disclose.Budget{Total: disclose.Epsilon(rapid.Int64Range(1, 5_000_000).Draw(r, "total"))}
		var sum disclose.Epsilon
		for _, e := range rapid.SliceOf(rapid.Int64Range(-10, 2_000_000)).Draw(r, "releases") {
			e := disclose.Epsilon(e)
			next, err := b.Spend(e)
			if fits := e > 0 && sum+e <= b.Total; fits != (err == nil) {
				r.Fatalf("spending %s after %s of %s: %v", e, sum, b.Total, err)
			}
			if err == nil {
				sum += e
			} else if next != b {
				r.Fatal("a refusal has spent something")
			}
			b = next
			var back disclose.Budget
			if text, err := json.Marshal(b); err != nil || json.Unmarshal(text, &back) != nil || back != b {
				r.Fatalf("%s reads as %v", text, back)
			}
		}
		if b.Spent != sum || b.Left() != b.Total-sum || b.Left() < 0 {
			r.Fatalf("spent %s, want %s", b.Spent, sum)
		}
	})
}

func TestProtectNoisy(t *testing.T) {
	table := disclose.Table{Dimensions: []disclose.Dimension{disclose.Flat("a", "x", "y"), disclose.Months("m", "2026-01", "2026-02")},
		Cells: []disclose.Cell{{At: []string{"x", "2026-01"}, Count: 100}}}
	n := disclose.Noise{Epsilon: epsilon(t, "0.2"), Sensitivity: 1}
	source := chance("table")
	var sum, zeroes int64
	for range 2000 {
		pub, err := disclose.ProtectNoisy(table, n, source)
		if err != nil {
			t.Fatal(err)
		}
		if len(pub.Figures) != 3*4 {
			t.Fatalf("%d figures", len(pub.Figures))
		}
		for _, f := range pub.Figures {
			if f.Count < 0 || f.Hidden {
				t.Fatal(f)
			}
			switch strings.Join(f.At, "|") {
			case "|":
				sum += f.Count
			case "y|2026-02":
				zeroes += min(f.Count, 1)
			}
		}
	}
	if mean := float64(sum) / 2000; math.Abs(mean-100) > 1.5 {
		t.Errorf("the total is %.2f on average", mean)
	}
	if zeroes < 500 {
		t.Errorf("a cell with nobody in it had noise in %d of 2000 tables: it gives away that it is empty", zeroes)
	}
}
