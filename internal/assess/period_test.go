package assess_test

import (
	"testing"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

func TestPeriodNames(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, until, want string }{
		{"2026-04-01", "2027-03-31", "2026-27"},
		{"2099-04-01", "2100-03-31", "2099-00"},
		{"2026-01-01", "2026-12-31", "2026"},
		{"2026-07-01", "2026-07-31", "July 2026"},
		{"2026-10-01", "2026-12-31", "October 2026 to December 2026"},
	} {
		span := service.Span{From: calendar.MustDate(c.from), Until: calendar.MustDate(c.until)}
		if got := assess.PeriodName(words.For("en"), span); got != c.want {
			t.Errorf("%s to %s is %q, want %q", c.from, c.until, got, c.want)
		}
	}
}

func TestPeriodsDue(t *testing.T) {
	tax := &service.Tax{TaxFile: service.TaxFile{Period: service.TaxPeriodFile{Every: "month", Begins: "01-01", First: calendar.MustDate("2026-03-01")}}}
	for _, c := range []struct {
		from, until, today string
		most               int
		want               []string
	}{
		{"2020-01-01", "", "2026-06-01", 9, []string{"2026-05-01", "2026-04-01", "2026-03-01"}},
		{"2020-01-01", "", "2026-05-31", 9, []string{"2026-04-01", "2026-03-01"}},
		{"2026-04-15", "", "2026-06-10", 9, []string{"2026-05-01", "2026-04-01"}},
		{"2026-01-01", "2026-04-01", "2026-06-10", 9, []string{"2026-04-01", "2026-03-01"}},
		{"2020-01-01", "", "2026-06-01", 2, []string{"2026-05-01", "2026-04-01"}},
		{"2020-01-01", "", "2026-03-31", 9, nil},
	} {
		var until calendar.Date
		if c.until != "" {
			until = calendar.MustDate(c.until)
		}
		due, err := assess.PeriodsDue(tax, calendar.MustDate(c.from), until, calendar.MustDate(c.today), c.most)
		if err != nil || len(due) != len(c.want) {
			t.Errorf("%+v: %v, %v", c, due, err)
			continue
		}
		for i, w := range c.want {
			if due[i].From.String() != w {
				t.Errorf("%+v: %v", c, due)
			}
		}
	}
}
