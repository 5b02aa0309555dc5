package assist

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// publish gives n passages of made-up words, a few of them common and most of them rare, as in any language.
func publish(n int) (ps []Passage, q Question) {
	seed := uint64(1)
	next := func(n int) int {
		seed = seed*6364136223846793005 + 1442695040888963407
		return int(seed>>33) % n
	}
	word := func() string {
		k := next(1000) + 1
		k = 60_000/k + next(1+7_500/k) // Zipf's law, nearly
		letters := make([]byte, 0, 8)
		for ; k > 0; k /= 15 {
			letters = append(letters, "abdefgiklmnorst"[k%15])
		}
		return string(letters) + "ou"
	}
	text := func(n int) string {
		ws := make([]string, n)
		for i := range ws {
			ws[i] = word()
		}
		return strings.Join(ws, " ")
	}
	for i := range n {
		ps = append(ps, Passage{ID: fmt.Sprint(i), Document: fmt.Sprint(i / 8), Title: text(5), Heading: text(4), Text: text(45) + ". " + text(45)})
	}
	for t := range 10 {
		q.History = append(q.History, Turn{Person: t%2 == 0, Text: text(14)})
	}
	q.Text = text(9)
	return ps, q
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{2_000, 100_000} {
		ps, _ := publish(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				x, err := Build(ps, Options{Model: &Model{}})
				if err != nil {
					b.Fatal(err)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(x)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{2_000, 100_000} {
		ps, q := publish(n)
		x, err := Build(ps, Options{Model: &Model{}})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Search(q)
			}
		})
	}
}
