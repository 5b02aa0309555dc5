package desk_test

import (
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	"stoa/internal/store/storetest"
	"stoa/internal/view"
)

// BenchmarkDesk asks for whole pages of the desk, as a browser would, of 100,000 cases: p99 is the metric
// that counts. go test ./internal/web/desk -run - -bench Desk -benchtime 200x
func BenchmarkDesk(b *testing.B) {
	db, clock := storetest.SQLite(b, tables...)
	o := open(b, db, clock)
	o.scatter(rand.New(rand.NewPCG(3, 5)), 100_000)
	for _, page := range []struct {
		name  string
		query url.Values
	}{
		{"home", nil}, {"open", url.Values{}}, {"newest", url.Values{"sort": {"submitted"}}}, {"overdue", url.Values{"due": {view.DueOverdue}}},
		{"mine", url.Values{"assignee": {view.AssigneeMine}}}, {"approval", url.Values{"awaiting": {"yes"}}},
		{"word", url.Values{"q": {"fair"}}}, {"words", url.Values{"q": {"fair market"}}}, {"number", url.Values{"q": {"N-54321"}}}, {"nothing", url.Values{"q": {"zebra"}}},
	} {
		b.Run(page.name, func(b *testing.B) {
			path := "/desk"
			if page.query != nil {
				path = "/desk/cases?" + page.query.Encode()
			}
			took := make([]time.Duration, 0, b.N)
			for b.Loop() {
				begun := time.Now()
				if got := o.get(o.staff["Leila"], path); got.Code != 200 && got.Code != 303 { // a number leads straight to its case
					b.Fatalf("status %d", got.Code)
				}
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
