package view

import (
	"slices"
	"testing"

	"stoa/internal/i18n"
	"stoa/internal/policy"
)

// TestEveryRightHasWords: what a role gives is listed, and every right and rule can be said in plain words.
func TestEveryRightHasWords(t *testing.T) {
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := Reader{P: words.For("en")}
	given := 0
	for do, says := range policy.Actions() {
		for _, s := range says {
			if r.RuleText(s) == s {
				t.Errorf("say the rule %q in plain words in RuleText", s)
			}
		}
		byRole := false
		for _, role := range policy.Roles() {
			a := policy.Actor{Person: "p", Grants: []policy.Grant{{Role: role, Organisation: "o"}}}
			byRole = byRole || len(policy.Grounds(a, do, "o")) > 0
		}
		if byRole {
			given++
		}
		if byRole != slices.Contains(deskActions(), do) {
			t.Errorf("%s: given by a role is %v, but deskActions says otherwise", do, byRole)
		}
		if byRole && r.ActionText(do) == string(do) {
			t.Errorf("say %s in plain words in ActionText", do)
		}
	}
	if given < 40 {
		t.Errorf("only %d rights are given by roles", given)
	}
}
