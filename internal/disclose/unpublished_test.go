package disclose_test

import (
	"testing"

	"stoa/internal/disclose"
)

// TestANewMonthIsNotHeldBack adds a month to a table whose months are not added up: what was published before says nothing
// of it, whatever it holds.
func TestANewMonthIsNotHeldBack(t *testing.T) {
	table := func(before *disclose.Memory, months ...string) disclose.Table {
		d := disclose.Flat("month", months...)
		d.NoTotal = true
		x := disclose.Table{Dimensions: []disclose.Dimension{d, disclose.Flat("outcome", "granted", "refused", "lapsed")}, Before: before}
		for i, m := range months {
			x.Cells = append(x.Cells, disclose.Cell{At: []string{m, "granted"}, Count: int64(9 + i)}, disclose.Cell{At: []string{m, "refused"}, Count: 3},
				disclose.Cell{At: []string{m, "lapsed"}, Count: 7})
		}
		return x
	}
	policy := disclose.Policy{Floor: 5, Complementary: true}
	months := []string{"2026-01", "2026-02", "2026-03", "2026-04"}
	var memory *disclose.Memory
	for n := 1; n <= len(months); n++ {
		p, report, err := disclose.Protect(table(memory, months[:n]...), policy)
		if err != nil {
			t.Fatal(err)
		}
		if p == nil || report.HeldBack || report.Hidden() < 2*n {
			t.Fatalf("with %d months: held back %v, %d figures hidden", n, report.HeldBack, report.Hidden())
		}
		memory = report.Memory
	}
}
