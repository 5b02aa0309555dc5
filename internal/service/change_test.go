package service

import (
	"strings"
	"testing"

	"stoa/jurisdictions"
)

func greenvale(t *testing.T) *Jurisdiction {
	t.Helper()
	j, problems := Load(jurisdictions.Greenvale())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return j
}

// TestEveryDefinitionOfTheSampleCompilesFromItsSources is what a case rests on after the folder has changed: also where a
// register that it asks refers to one that it does not.
func TestEveryDefinitionOfTheSampleCompilesFromItsSources(t *testing.T) {
	j := greenvale(t)
	for _, s := range j.Services {
		again, problems := LoadPinned(s.Sources())
		if len(problems) > 0 || again.Services[0].Hash != s.Hash {
			t.Errorf("%s: %v", s.Service, problems)
		}
	}
	for _, x := range j.Taxes {
		again, problems := LoadPinned(x.Sources())
		if len(problems) > 0 || again.Taxes[0].Hash != x.Hash {
			t.Errorf("%s: %v", x.Tax, problems)
		}
	}
}

func change(t *testing.T, text string) *ChangeFile {
	t.Helper()
	c, problems := ReadChange("change.yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return c
}

func TestAChangeIsMadeInACopy(t *testing.T) {
	j := greenvale(t)
	s := j.Services[len(j.Services)-1]
	if s.Service != "temporary-event-notice" {
		t.Fatal(s.Service)
	}
	c := change(t, `
service: temporary-event-notice
parameters: [{id: ten_fee, value: 25, from: 2026-01-01}, {id: ten_most_hours, value: 100}]
amounts: [{id: notice, amount: param.ten_fee * 2}]
deadlines: [{state: with-police-and-council, days: 9}]
`)
	is, problems := s.With(c)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	fee := parameterOf(is.Jurisdiction, "ten_fee")
	if n := len(fee.Values); n != 2 || fee.Values[1].From.String() != "2026-01-01" || fee.Values[0].From.String() != "2005-02-07" {
		t.Errorf("the fee: %+v", fee.Values)
	}
	if hours := parameterOf(is.Jurisdiction, "ten_most_hours"); len(hours.Values) != 1 || hours.Values[0].From.String() != "2005-11-24" {
		t.Errorf("the hours, which always were others: %+v", hours.Values)
	}
	if d := is.States["with-police-and-council"].Deadline; d.Days != 9 || d.WorkingDays != 0 || is.Fee[0].Amount.Expr.Source != "param.ten_fee * 2" {
		t.Errorf("deadline %+v, fee %q", d.DeadlineFile, is.Fee[0].Amount.Expr.Source)
	}
	if was := parameterOf(j, "ten_fee"); len(was.Values) != 1 || s.States["with-police-and-council"].Deadline.WorkingDays != 3 || is.Hash == s.Hash {
		t.Error("what is in force has changed with it")
	}
	text, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := change(t, string(text)).Marshal(); err != nil || string(again) != string(text) {
		t.Errorf("read again: %s, %v", again, err)
	}
}

func parameterOf(j *Jurisdiction, id string) *Parameter {
	for _, p := range j.Parameters {
		if p.ID == id {
			return p
		}
	}
	return nil
}

func TestAChangeThatDoesNotFitIsTold(t *testing.T) {
	s := greenvale(t).Services
	ten := s[len(s)-1]
	for text, says := range map[string]string{
		`{service: a, tax: b, officers: 1}`:                                                "one service or one tax",
		`{service: a}`:                                                                     "nothing is changed",
		`{tax: a, officers: 1}`:                                                            "no queue",
		`{service: a, officers: 5000}`:                                                     "out of reach",
		`{service: a, deadlines: [{state: x, days: 1, months: 1}]}`:                        "one length",
		`{service: a, officers: 1, from: 2026-02-01, until: 2026-01-01}`:                   "before it begins",
		`{service: a, parameters: [{id: ten_fe, value: 2}]}`:                               `did you mean "ten_fee"`,
		`{service: a, parameters: [{id: ten_fee, value: dear}]}`:                           "not of the type",
		`{service: a, amounts: [{id: notise, amount: "2"}]}`:                               `did you mean "notice"`,
		`{service: a, amounts: [{id: notice, amount: "2 +"}]}`:                             "",
		`{service: a, deadlines: [{state: may-go-ahead, days: 1}]}`:                        "has no deadline",
		`{service: a, deadlines: [{state: nowhere, days: 1}]}`:                             "there is no state",
		`{service: a, parameters: [{id: ten_fee, value: "1: {", from: 2026-01-01}]}`:       "not of the type",
		`{service: a, amounts: [{id: notice, amount: "param.ten_fee + 'x\n- y: [1, 2'"}]}`: "",
	} {
		c, problems := ReadChange("change.yaml", []byte(text))
		if len(problems) == 0 {
			_, problems = ten.With(c)
		}
		if len(problems) == 0 || !strings.Contains(problems.Error(), says) {
			t.Errorf("%s: %v", text, problems)
		}
	}
}
