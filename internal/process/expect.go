package process

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// expect compares the judgement.
func (x *exampleRun) expect() {
	want := &x.e.Expect
	for _, path := range want.Asked {
		if !x.j.Asked(path) && !x.askedAnywhere(path) {
			x.fail(want.Pos, "%s is not asked", "", path)
		}
	}
	for _, path := range want.NotAsked {
		if x.j.Asked(path) || x.askedAnywhere(path) {
			x.fail(want.Pos, "%s is asked", "", path)
		}
	}
	if len(want.Errors) > 0 {
		x.expectErrors(want)
	}
	if want.Eligible != nil {
		x.expectEligible(*want.Eligible)
	}
	x.expectValues(want.Pos, want.Values)
	if want.Fee != nil {
		x.expectFee(*want.Fee)
	}
	if x.j.Fee != nil {
		for _, item := range x.j.Fee.Items {
			x.exact(item)
		}
	}
}

// askedAnywhere finds a question of a group named without an item: partners.name.
func (x *exampleRun) askedAnywhere(path string) bool {
	for asked := range x.j.asked {
		if Definition(asked) == path {
			return true
		}
	}
	return false
}

func (x *exampleRun) expectErrors(want *service.ExpectFile) {
	var got []string
	for _, e := range x.j.Errors {
		got = append(got, e.Path)
		if !slices.Contains(want.Errors, e.Path) {
			x.fail(want.Pos, "%s is refused: %s", "", e.Path, x.message(e))
		}
	}
	for _, path := range want.Errors {
		if !slices.Contains(got, path) {
			x.fail(want.Pos, "%s is accepted; refused: %s", "", path, orNone(got))
		}
	}
}

// message says what is wrong in English.
func (x *exampleRun) message(e FieldError) string {
	b, err := bundle()
	if err != nil {
		return e.Key
	}
	return e.Message(b.For(i18n.Source))
}

func (x *exampleRun) expectEligible(want bool) {
	got := x.j.Eligible()
	switch {
	case got == nil:
		x.fail(x.e.Expect.Pos, "it cannot be said who is eligible: %s", "", x.missing())
	case *got != want && want:
		for _, v := range x.j.Eligibility {
			if v.Holds != nil && !*v.Holds {
				x.fail(x.e.Expect.Pos, "not eligible by the rule at %s: %s", "", v.Rule.That.Pos, inWords(v.Why))
			}
		}
	case *got != want:
		x.fail(x.e.Expect.Pos, "it is eligible: every condition holds", "")
	}
}

func (x *exampleRun) expectValues(pos service.Pos, values map[string]any) {
	for _, id := range slices.Sorted(maps.Keys(values)) {
		name, output, _ := strings.Cut(id, ".")
		got := x.j.Value(name)
		if got == nil {
			x.fail(pos, "%s is not known: %s", "", id, x.missing())
			continue
		}
		v := got.Value
		if rec, ok := v.(map[string]rule.Value); ok && output != "" {
			v = rec[output]
		}
		if want := ruleForm(values[id], v); !rule.Equal(want, v) {
			x.fail(pos, "%s is %s, expected %s. %s", "", id, inPlain(v), inPlain(want), inWords(got))
		}
	}
}

func (x *exampleRun) expectFee(want money.Decimal) {
	if x.j.Fee == nil && len(x.s.Fee) > 0 {
		x.fail(x.e.Expect.Pos, "the fee is not known: %s", "", x.missing())
		return
	}
	var got money.Decimal
	var why []string
	if x.j.Fee != nil {
		var err error
		if got, err = x.j.Fee.Total.Decimal(); err != nil {
			x.fail(x.e.Expect.Pos, "the fee cannot be written: %v", "", err)
			return
		}
		for _, item := range x.j.Fee.Items {
			why = append(why, inWords(item.Why))
		}
	}
	if !got.Equal(want) {
		x.fail(x.e.Expect.Pos, "the fee is %s, expected %s. %s", "", got, want, strings.Join(why, "; "))
	}
}

// exact reports a fee that is only rounded by chance.
func (x *exampleRun) exact(item FeeItem) {
	d, ok := item.Why.Value.(money.Decimal)
	if !ok {
		return
	}
	if _, err := money.FromDecimal(d, item.Amount.Currency); errors.Is(err, money.ErrInexact) {
		x.fail(item.Fee.Amount.Pos, "the fee %s comes to %s, which is not a whole number of the smallest coin", "say in the rule how it is rounded", item.Fee.ID, d)
	}
}

func (x *exampleRun) expectState(pos service.Pos, state string, due *calendar.Date) {
	if state != "" && x.facts.State != state {
		x.fail(pos, "the case is in the state %q, expected %q", "", x.facts.State, state)
	}
	if due == nil {
		return
	}
	switch {
	case x.due == nil:
		x.fail(pos, "there is no deadline, expected %s", "", due)
	case x.due.Date != *due:
		x.fail(pos, "the deadline is %s, expected %s. %s", "", x.due.Date, due, inWords(x.due.Why))
	}
}

func (x *exampleRun) expectIssued(st *service.StepFile) {
	if len(st.Issued) == 0 {
		return
	}
	i := slices.IndexFunc(x.last, func(e Effects) bool { return e.Issue != nil })
	if i < 0 {
		x.fail(st.Pos, "nothing is issued", "")
		return
	}
	l := x.last[i].Issue
	for _, id := range slices.Sorted(maps.Keys(st.Issued)) {
		got := l.Fields[id]
		switch id {
		case "from":
			got = l.From
		case "until":
			got = nil
			if !l.Until.IsZero() {
				got = l.Until
			}
		}
		if want := ruleForm(st.Issued[id], got); !rule.Equal(want, got) {
			x.fail(st.Pos, "what is issued has %s %s, expected %s", "", id, inPlain(got), inPlain(want))
		}
	}
}

// missing says what stands in the way of a result.
func (x *exampleRun) missing() string {
	var list []string
	for _, e := range x.j.Errors {
		list = append(list, e.Path+" ("+x.message(e)+")")
	}
	if len(list) == 0 {
		return "no answer is missing, so the rule itself does not come to a result"
	}
	return "these answers are missing or refused: " + strings.Join(list, ", ")
}

func (x *exampleRun) obstacles(err error) string {
	if len(x.j.Errors) > 0 {
		return x.missing()
	}
	for _, v := range x.j.Eligibility {
		if v.Holds != nil && !*v.Holds {
			return fmt.Sprintf("not eligible by the rule at %s: %s", v.Rule.That.Pos, inWords(v.Why))
		}
	}
	return err.Error()
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
