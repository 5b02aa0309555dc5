package process_test

import (
	"context"
	"strings"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/process"
)

// TestReasonsNameWhatWasUsed: a field of a picked record under its own title and type, a table's column
// under its own, and nothing of the columns that were not used.
func TestReasonsNameWhatWasUsed(t *testing.T) {
	s := hallWith(t, `      - {id: extra, title: {en: Surcharge, ar: رسم إضافي}, type: money}
`, `      - {id: extra, title: {en: Surcharge, ar: رسم إضافي}, type: money}
      - {id: other, title: {en: Another, ar: آخر}, type: money}
`, `{name: '"small"', extra: 0}`, `{name: '"small"', extra: 0, other: param.hall_fee}`, `{name: '"large"', extra: 50}`, `{name: '"large"', extra: 50, other: param.hall_fee}`,
		"values:\n", "values:\n  - {id: seats_fee, title: {en: For the seats, ar: عن المقاعد}, type: money, is: 'hall.seats.orValue(50) / 4'}\n",
		"amount: hire, law: act}", "amount: seats_fee}")
	typed := concert()
	typed.Set("hall", "H1")
	delete(typed.Fields, "hall-manual")
	pick := func(context.Context, string, string) (process.Pick, bool, error) {
		seed := s.Jurisdiction.Registers["halls"].Seeds[0]
		return process.Pick{Key: seed.Key, Label: "Town Hall", Fields: seed.Fields}, true, nil
	}
	j := judge(t, process.Situation{Service: s, Today: calendar.MustDate("2026-03-30"), Pick: pick}, typed)
	m := &market{t: t, j: j, facts: process.Facts{Submitted: at("2026-03-30", 12)}}
	m.apply(process.Submit(ctx, j, at("2026-03-30", 12)))
	text := letter(t, m, "en", "receipt", nil)
	wants(t, text, "Surcharge: £", "Guests: 1,200", "For the seats: £", "Seats: 300")
	for _, wrong := range []string{"Hall: ", "Size: £", "Fee for each hour", "Another"} {
		if strings.Contains(text, wrong) {
			t.Errorf("%q is among the reasons:\n%s", wrong, text)
		}
	}
}
