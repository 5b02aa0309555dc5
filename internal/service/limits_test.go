package service

import (
	"fmt"
	"strings"
	"testing"
)

// TestLimits gives the loader more than it takes of each thing: it must say so, once.
func TestLimits(t *testing.T) {
	var questions, values strings.Builder
	for i := range maxQuestions {
		fmt.Fprintf(&questions, "      - {id: q%d, type: yes_no, ask: A}\n", i)
	}
	for i := range maxResults {
		fmt.Fprintf(&values, "  - {id: v%d, title: V, type: number, is: 1}\n", i)
	}
	const at = "      - id: goods\n"
	for name, change := range map[string]func(string) string{
		"questions are too many": func(s string) string { return strings.Replace(s, at, questions.String()+at, 1) },
		"values, tables and look-ups are too many": func(s string) string {
			return strings.Replace(s, "\nvalues:\n", "\nvalues:\n"+values.String(), 1)
		},
		"the file is longer than 1024 kB": func(s string) string { return s + strings.Repeat("# more\n", maxBytes/7+1) },
	} {
		files := base(t)
		file := files["services/street-stall.yaml"]
		file.Data = []byte(change(string(file.Data)))
		_, problems := Load(files)
		if len(problems) != 1 || !strings.Contains(problems.Error(), name) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}
