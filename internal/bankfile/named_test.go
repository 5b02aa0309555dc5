package bankfile_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/bankfile"
)

// Whoever looks up what a line names, and matches with what is found, finds what a matcher over everything finds.
func TestNamedIsEnoughToMatchByName(t *testing.T) {
	all := debts(t)
	whole := bankfile.NewMatcher(all, bankfile.Own{})
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"B-2026-000001", "b 2026", "000002", "B2026", "000003", "RF71", "2026 0000", "01", "bill", "and",
			string(all[3].Reference), all[4].Reference.Printed(), "B-2026-000099", "rf", "–"}), 0, 7)
		l := bankfile.Line{Amount: pounds(rapid.SampledFrom([]int64{2100, 14025, 16125, 1}).Draw(t, "pence")), Value: date("2026-06-10")}
		for _, w := range words.Draw(t, "text") {
			l.Text += w + rapid.SampledFrom([]string{" ", "/", ""}).Draw(t, "between")
		}
		l.References = words.Draw(t, "references")
		named := bankfile.Named(l)
		var some []bankfile.Debt
		for _, d := range all {
			if slices.Contains(named, string(d.Reference)) || slices.Contains(named, "B"+d.Number[2:6]+d.Number[7:]) {
				some = append(some, d)
			}
		}
		got, want := bankfile.NewMatcher(some, bankfile.Own{}).Match(l), whole.Match(l)
		if (got.Sure == nil) != (want.Sure == nil) || got.Sure != nil && !slices.Equal(got.Sure.IDs, want.Sure.IDs) {
			t.Fatalf("%q %q: %v with what is named, %v with everything", l.Text, l.References, got.Sure, want.Sure)
		}
	})
}
