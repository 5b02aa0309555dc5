package i18n_test

import (
	"strings"
	"testing"

	"stoa/internal/i18n/texts"
)

// The words of the whole platform: every message of the code in every
// language. When it fails: go run ./internal/i18n/po extract, missing, merge.
func TestTexts(t *testing.T) {
	problems, err := texts.Check("../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Errorf("%d problems:\n%s", len(problems), strings.Join(problems, "\n"))
	}
}
