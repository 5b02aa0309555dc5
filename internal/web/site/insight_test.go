package site_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"stoa/internal/policy"
)

// TestInsightHoldsBackSmallNumbers sends some applications in one month and reads about them in the next: what is few is
// told nobody, and a question in plain words leads to its page or hears that it does not.
func TestInsightHoldsBackSmallNumbers(t *testing.T) {
	tn := open(t, true)
	system := policy.Actor{System: true}
	b := tn.browser()
	sees := func(path string, words ...string) string {
		t.Helper()
		a := b.get(path)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d", path, a.status)
		}
		for _, w := range words {
			if !strings.Contains(text(a.body), w) {
				t.Errorf("%s does not say %q:\n%s", path, w, text(a.body))
			}
		}
		return a.body
	}
	sees("/insight", "The first figures are there on")
	send := func() string {
		draft := b.food()
		b.follow(draft+"/submit", v("declared", "yes"))
		return draft
	}
	on := func(day string) {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		tn.clock.Set(at.Add(10 * time.Hour))
	}
	on("2026-02-03")
	for range 7 {
		send()
	}
	on("2026-03-03")
	draft := send()
	if _, a := b.follow(draft+"/went", v("score", "4")); !strings.Contains(a.body, "Thank you for saying how it went") {
		t.Error("nobody thanks for saying how it went")
	}
	on("2026-04-01")
	if _, err := tn.flow.Insight().Follow(t.Context(), system); err != nil {
		t.Fatal(err)
	}
	sees("/insight", "How it is going", "February 2026: 7 applications")
	rows, err := csv.NewReader(strings.NewReader(b.get("/insight/demand/csv").body)).ReadAll()
	if err != nil || len(rows) < 3 || rows[1][3] != "7" || rows[2][3] != "held back" {
		t.Errorf("seven were sent, then one: %v, %v", rows, err)
	}
	for _, topic := range []string{"waiting", "steps", "backlog", "promise", "completion", "questions", "areas", "languages", "channels", "satisfaction", "money", "objections"} {
		sees("/insight/" + topic + "?service=food-business-registration")
		sees("/insight/"+topic+"/json", `"figures":`)
	}
	for _, path := range []string{"/insight/nothing", "/insight/demand?service=nothing", "/insight/demand/xls"} {
		if a := b.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	sees("/insight/ask?q=how+many+unicorns", "I do not know what", "unicorns")
	sees("/insight/ask?q=", "Write a question first.")
	for question, want := range map[string]string{
		"waiting for food businesses since February by area": "/insight/waiting?from=2026-02&service=food-business-registration",
		"How many applications came in GV1 last year?":       "/insight/demand?area=GV1&from=2025-01&until=2025-12",
	} {
		if a := b.get("/insight/ask?" + v("q", question).Encode()); a.to != want {
			t.Errorf("%q leads to %q, not %q", question, a.to, want)
		}
	}
	if a := b.get("/desk/insight"); a.status == http.StatusOK {
		t.Error("a visitor sees exact figures")
	}
}
