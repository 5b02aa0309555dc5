package service

import (
	"slices"
	"strings"
	"testing"

	"stoa/internal/rule"
)

func loadBase(t *testing.T) *Service {
	t.Helper()
	j, problems := Load(base(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return j.Services[0]
}

func paths(questions []*Question) string {
	var out []string
	for _, q := range questions {
		out = append(out, q.Path)
	}
	return strings.Join(out, " ")
}

// TestEligibilityKnowsWhatItNeeds follows rules through look-ups, values and conditions.
func TestEligibilityKnowsWhatItNeeds(t *testing.T) {
	s := loadBase(t)
	if got := paths(s.Eligibility[0].Questions); got != "adult" {
		t.Errorf("the first condition needs %s", got)
	}
	if got := paths(s.Eligibility[1].Questions); got != "place" {
		t.Errorf("the look-up needs %s", got)
	}
	files := base(t)
	src := strings.Replace(string(files["services/street-stall.yaml"].Data), "that: lookup.others < 3", "that: '!gas_stall || band.extra > 0'", 1)
	src = strings.Replace(src, "label: applicant_name", `label: string_of + applicant_name`, 1)
	src = strings.Replace(src, "values:\n", "values:\n  - {id: string_of, title: S, type: text, is: 'lookup.others > 1 ? \"many \" : \"\"'}\n", 1)
	files["services/street-stall.yaml"].Data = []byte(src)
	j, problems := Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := paths(j.Services[0].Eligibility[1].Questions); got != "goods metres gas" {
		t.Errorf("the value and the table need %s", got)
	}
}

// TestResultsComeAfterWhatTheyNeed holds the order of values and tables against a slow model.
func TestResultsComeAfterWhatTheyNeed(t *testing.T) {
	s := loadBase(t)
	done := map[string]bool{}
	for _, n := range s.Values {
		for _, use := range n.Rule.Uses() {
			later := slices.ContainsFunc(s.Values, func(o *Named) bool { return o.ID == use.Name && !done[o.ID] })
			if use.Kind == rule.VarRef && later {
				t.Errorf("%s comes before %s, which it needs", n.ID, use.Name)
			}
		}
		done[n.ID] = true
	}
}

// TestTypesOfAnswers says what rules see of each type of question.
func TestTypesOfAnswers(t *testing.T) {
	s := loadBase(t)
	want := map[string]string{
		"adult": "yes or no (true or false)", "goods": `one of "food", "other"`, "place": "a record with key, label, name, rate",
		"metres": "a number", "certificate": "a record with name", "applicant_name": "a text",
		"helpers": "a list (each item a record with helper_name, helper_born, permit)", "helpers.helper_born": "a date",
	}
	for _, q := range s.Questions {
		if w, ok := want[q.Path]; ok && q.ValueType.String() != w {
			t.Errorf("%s is %s, want %s", q.Path, q.ValueType, w)
		}
	}
	permit, _ := s.Questions[slices.IndexFunc(s.Questions, func(q *Question) bool { return q.ID == "helpers" })].ValueType.Elem().Field("permit")
	if permit.Kind() != rule.OptionalKind {
		t.Errorf("a member with a condition is %s, want it optional", permit)
	}
}

// TestPresenceIsSound: what && has asked before is sure to be there, what it asks after is not.
func TestPresenceIsSound(t *testing.T) {
	for rule, ok := range map[string]bool{
		`goods == "food" && gas`:                       true,
		`goods  ==  "food" && metres > 3 && gas`:       true,
		`gas && goods == "food"`:                       false,
		`goods == "food" || gas`:                       false,
		`goods == "other" && gas`:                      false,
		`goods == "food" && gas && bottles > 3`:        true,
		`goods == "food" && bottles > 3 && gas`:        false,
		`(goods == "food" && gas) && adult`:            false, // a part in brackets is not looked into
		`has(gas) && gas`:                              true,
		`gas.orValue(false) && goods == "food" && gas`: false, // it was optional when it was first named
		`goods == "food" ? gas : false`:                false,
		`"goods == \"food\" && x" == goods && gas`:     false,
	} {
		files := base(t)
		name := "services/street-stall.yaml"
		files[name].Data = []byte(strings.Replace(string(files[name].Data), `is: 'goods == "food" && gas'`, "is: >-\n      "+rule+"\n    law: act", 1))
		files[name].Data = []byte(strings.Replace(string(files[name].Data), "  - {id: gas_stall, title: Stall with gas, type: yes_no, ", "  - id: gas_stall\n    title: Stall with gas\n    type: yes_no\n    ", 1))
		files[name].Data = []byte(strings.Replace(string(files[name].Data), "    law: act}\n  - {id: base_fee", "    law: act\n  - {id: base_fee", 1))
		_, problems := Load(files)
		if (len(problems) == 0) != ok {
			t.Errorf("%s: accepted is %v, want %v: %v", rule, len(problems) == 0, ok, problems)
		}
	}
}

// TestACalendarThatEndsIsNoted within its last year.
func TestACalendarThatEndsIsNoted(t *testing.T) {
	j, problems := Load(base(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	_, until := j.Calendar.Coverage()
	year, err := until.AddYears(-1)
	if err != nil {
		t.Fatal(err)
	}
	next, err := year.AddDays(1)
	if err != nil {
		t.Fatal(err)
	}
	if notes := j.Notes(year); len(notes) > 0 {
		t.Errorf("on %s: %v", year, notes)
	}
	if notes := j.Notes(next); len(notes) != 1 || !strings.Contains(notes[0].String(), until.String()) {
		t.Errorf("on %s: %v", next, notes)
	}
}
