package view

import (
	"strings"
	"testing"

	"stoa/internal/document"
)

// TestPaperOpensWhatStandsBesideItsLabel: a value that is hidden and stands elsewhere on the page stays hidden.
func TestPaperOpensWhatStandsBesideItsLabel(t *testing.T) {
	long := strings.Repeat("The stall must not be in the way of others. ", 2)
	for _, dir := range []document.Dir{document.LTR, document.RTL} {
		says := document.PlainText(document.Document{
			Dir: dir, Title: "Street trading licence", Issuer: document.Issuer{Name: "Town of Ashford", Address: []string{"1 High Street", "Ashford"}},
			Head:   []document.Fact{{Label: "Number", Value: document.Plain("ST-4")}},
			Blocks: []document.Block{document.Facts{Items: []document.Fact{{Label: "Home", Value: document.Text{{Text: "Dover", Isolated: true}}}, {Label: "Left", Value: nil}}}, document.Paragraph{Text: document.Plain(long)}},
		})
		for _, c := range []struct {
			label, value string
			want         bool
		}{
			{"Number", "ST-4", true},
			{"Home", "Dover", true},
			{"Place of birth", "Ashford", false},
			{"Home", "Ashford", false},
			{"Lived before at", "1 High Street", false},
			{"Conditions", strings.TrimSpace(long), true},
			{"Conditions", long + "Never.", false},
			{"Left", "", false},
			{"Number", "", false},
		} {
			if got := prints(says, c.label, c.value); got != c.want {
				t.Errorf("%q: %q is printed: %v", c.label, c.value, got)
			}
		}
	}
}
