package process_test

import (
	"strings"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

// The calendar of the test service knows 2025 to 2027.

func notice(t *testing.T) *service.Service {
	t.Helper()
	return hallWith(t, "values:\n", `values:
  - {id: last_day, title: {en: Last day, ar: اليوم الأخير}, type: date, is: day + days(1)}
  - {id: notice, title: {en: Notice, ar: المهلة}, type: number, is: 'age_on(date("1950-01-01"), submitted) > 0 ? working_days_between(submitted, last_day) : 0'}
`, "eligibility:\n", "eligibility:\n  - {that: notice >= 5, otherwise: {en: Too late., ar: فات الأوان.}}\n")
}

// TestADateBeyondTheCalendarIsRefused in plain words, where a rule counts working days from it, however
// indirectly; no rule is broken by it.
func TestADateBeyondTheCalendarIsRefused(t *testing.T) {
	s := notice(t)
	typed := concert()
	typed.Set("day-year", "2028")
	j := judge(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed)
	if len(j.Errors) != 1 || j.Errors[0].Path != "day" || j.Errors[0].Missing || len(j.Broken) > 0 {
		t.Fatalf("errors %+v, broken %v", j.Errors, j.Broken)
	}
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	want := "Day of the event must be between 1 January 2025 and 31 December 2027: the public holidays of other years are not known yet"
	if got := j.Errors[0].Message(b.For("en")); got != want {
		t.Errorf("it says %q", got)
	}
	if ar := j.Errors[0].Message(b.For("ar")); !strings.Contains(ar, "العطل الرسمية") {
		t.Errorf("in Arabic it says %q", ar)
	}
	typed.Set("day-year", "2027")
	if j = judge(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30")}, typed); len(j.Errors) > 0 || !j.Ready() {
		t.Errorf("within the calendar: %+v", j.Errors)
	}
	j = judge(t, process.Situation{Service: hall(t), Today: calendar.MustDate("2026-03-30")}, func() process.Typed { typed.Set("day-year", "2028"); return typed }())
	if len(j.Errors) > 0 {
		t.Errorf("a date from which nobody counts is refused: %+v", j.Errors)
	}
}

// TestTheCalendarMayEndTooEarly for a deadline that counts from today: the person learns that it is not
// their fault.
func TestTheCalendarMayEndTooEarly(t *testing.T) {
	const today = "2027-12-20" // ten working days from here end in 2028
	typed := concert()
	typed.Set("day-year", "2028")
	j := judge(t, process.Situation{Service: hall(t), Today: calendar.MustDate(today)}, typed)
	if _, err := process.Submit(ctx, j, at(today, 12)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a deadline in days: %v", err)
	}
	s := hallWith(t, "deadline: {working_days: 10, then: deem, law: act}", "deadline: {on: 'add_working_days(submitted, 10)', then: deem}")
	j = judge(t, process.Situation{Service: s, Today: calendar.MustDate(today)}, typed)
	if _, err := process.Submit(ctx, j, at(today, 12)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a deadline by rule: %v", err)
	}
	s = hallWith(t, "eligibility:\n", "eligibility:\n  - {that: 'is_working_day(submitted + days(14))', otherwise: {en: No., ar: لا.}}\n")
	j = judge(t, process.Situation{Service: s, Today: calendar.MustDate(today)}, typed)
	if _, err := process.Submit(ctx, j, at(today, 12)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a condition: %v", err)
	}
}
