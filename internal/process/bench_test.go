package process_test

import (
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/process"
)

// A market with two traders: 30 questions are asked, with checks, look-up, table, values and fee.
func BenchmarkJudge(b *testing.B) {
	s := hall(b)
	typed := concert()
	typed.Set("kind", "market")
	for _, id := range []string{"1", "2"} {
		at, _ := typed.AddItem("traders", id)
		typed.Set(at+".trader", "Tim Trader")
		typed.Set(at+".born-day", "1/6/2012")
		typed.Set(at+".guardian", "Mona Market")
		inner, _ := typed.AddItem(at+".goods", id+"g")
		typed.Set(inner+".good", "Soup")
		typed.Set(inner+".hot", "yes")
		typed.Set(inner+".gas", "no")
	}
	situation := process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}
	if j := judge(b, situation, typed); !j.Ready() {
		b.Fatal(j.Errors)
	}
	b.ReportAllocs()
	for b.Loop() {
		judge(b, situation, typed)
	}
}

func BenchmarkSubmit(b *testing.B) {
	j := judge(b, process.Situation{Service: hall(b), Today: calendar.MustDate("2026-03-30")}, concert())
	now := at("2026-03-30", 12)
	for b.Loop() {
		if _, err := process.Submit(ctx, j, now); err != nil {
			b.Fatal(err)
		}
	}
}
