package flow_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestEveryEventIsInTheList holds docs/security/events.md to the constants.
func TestEveryEventIsInTheList(t *testing.T) {
	code, err := os.ReadFile("sign_in_events.go")
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("../../docs/security/events.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^\tEvent\w+\s+= "([a-z-]+)"$`).FindAllStringSubmatch(string(code), -1)
	if len(found) < 20 {
		t.Fatalf("%d events found", len(found))
	}
	for _, m := range found {
		if !strings.Contains(string(list), "`"+m[1]+"`") {
			t.Errorf("docs/security/events.md does not tell of %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| \\**`([a-z-]+)`").FindAllStringSubmatch(string(list), -1) {
		if !strings.Contains(string(code), `"`+m[1]+`"`) {
			t.Errorf("docs/security/events.md tells of %s, which does not happen", m[1])
		}
	}
}
