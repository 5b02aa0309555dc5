package assess_test

import (
	"os"
	"strings"
	"testing"

	"stoa/internal/assess"
)

// TestTheGuidesExamplesAreTrue puts them into the tax that the guide speaks of.
func TestTheGuidesExamplesAreTrue(t *testing.T) {
	src, err := os.ReadFile("../../docs/guides/tax-file.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(src), "```yaml\nexamples:\n")
	shown, _, closed := strings.Cut(rest, "```")
	if !ok || !closed {
		t.Fatal("the guide shows no examples")
	}
	council := changed(t, "taxes/council-tax.yaml", "examples:\n  - name: Band C", "examples:\n"+shown+"  - name: Same in band C")["council-tax"]
	if n := strings.Count(shown, "- name:"); n != 2 {
		t.Errorf("%d examples", n)
	}
	for _, p := range assess.RunExamples(t.Context(), council) {
		t.Error(p)
	}
}
