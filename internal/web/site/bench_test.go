package site_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkQuestionPage is a whole request for a page of questions: token, draft, judgement, page,
// compression. The server's own floor is below it.
func BenchmarkQuestionPage(b *testing.B) {
	w := open(b, false).browser()
	draft := w.food()
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("GET", draft+"/contact", nil)
		r.Header.Set("Accept-Encoding", "br")
		if a := w.do(r); a.status != 200 {
			b.Fatal(a.status)
		}
	}
}

// BenchmarkServicePage is a page for everybody, without the database.
func BenchmarkServicePage(b *testing.B) {
	w := open(b, false).browser()
	for b.Loop() {
		r := httptest.NewRequest("GET", "/services/temporary-event-notice", nil)
		if a := w.do(r); a.status != 200 || !strings.Contains(a.body, "<h1") {
			b.Fatal(a.status)
		}
	}
}
