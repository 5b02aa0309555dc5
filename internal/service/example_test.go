package service

import (
	"maps"
	"reflect"
	"testing"
	"testing/fstest"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// examples loads the base with further examples at the end of its service.
func examples(t *testing.T, more string) []ExampleFile {
	t.Helper()
	files := base(t)
	const name = "services/street-stall.yaml"
	files[name] = &fstest.MapFile{Data: append(files[name].Data, more...)}
	j, problems := Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return j.Services[0].Examples
}

// TestAnExampleLikeAnotherBeginsAsItDoes: what it gives replaces, null takes away, and what must come
// of the other is not expected of it.
func TestAnExampleLikeAnotherBeginsAsItDoes(t *testing.T) {
	all := examples(t, `
  - name: Later
    like: A small stall
    submitted: 2026-03-09
    answers: {metres: 5, helpers: null, applicant_name: ~}
    lookups: {others: 3}
  - name: Later still
    like: Later
    at: "16:30"
    answers: {applicant_name: Omar Other}
    lookups: {others: null}
`)
	first, later, still := all[0], all[1], all[2]
	want := maps.Clone(first.Answers)
	delete(want, "helpers")
	delete(want, "applicant_name")
	want["metres"] = later.Answers["metres"]
	if !reflect.DeepEqual(later.Answers, want) || later.Answers["metres"] == first.Answers["metres"] {
		t.Errorf("later: %v, want %v", later.Answers, want)
	}
	if later.Submitted != calendar.MustDate("2026-03-09") || later.At != first.At || later.Variant != "new" || len(later.Lookups) != 1 {
		t.Errorf("later begins with %v %v %q %v", later.Submitted, later.At, later.Variant, later.Lookups)
	}
	if len(later.Steps) > 0 || later.Expect.Fee != nil {
		t.Error("later expects what the first does")
	}
	want["applicant_name"] = "Omar Other"
	if !reflect.DeepEqual(still.Answers, want) || len(still.Lookups) > 0 || still.Submitted != later.Submitted || still.At.String() != "16:30" {
		t.Errorf("later still: %v %v %v %v", still.Answers, still.Lookups, still.Submitted, still.At)
	}
	if _, has := first.Answers["helpers"]; !has {
		t.Error("what a later example takes away is taken from the first")
	}
}

// TestTheLicenceOfAnExampleIsTyped by the register.
func TestTheLicenceOfAnExampleIsTyped(t *testing.T) {
	all := examples(t, `
  - name: Renewed
    like: A small stall
    variant: renewal
    previous: {number: "7", from: 2025-01-01, until: 2025-12-31, metres: 4, holder: "12"}
  - name: Renewed without end
    like: Renewed
    previous: {until: null, metres: 5}
`)
	four, five := money.NewDecimal(4), money.NewDecimal(5)
	want := map[string]any{"number": "7", "from": calendar.MustDate("2025-01-01"), "until": calendar.MustDate("2025-12-31"), "metres": four, "holder": "12"}
	if got := all[1].Previous; !reflect.DeepEqual(got, want) {
		t.Errorf("previous %v, want %v", got, want)
	}
	delete(want, "until")
	want["metres"] = five
	if got := all[2]; !reflect.DeepEqual(got.Previous, want) || got.Variant != "renewal" {
		t.Errorf("previous of %q: %v, want %v", got.Variant, got.Previous, want)
	}
}
