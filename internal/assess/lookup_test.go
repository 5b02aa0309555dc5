package assess_test

import (
	"context"
	"errors"
	"testing"

	"stoa/internal/assess"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// TestRegistersAreAskedOnce: what they answered is stored, and comes to the same without them.
func TestRegistersAreAskedOnce(t *testing.T) {
	x := changed(t, "taxes/business-rates.yaml",
		"values:\n", "lookups:\n  others: {title: Others, register: ratings, match: {address: property.address}, give: count}\n  all: {title: All, register: ratings, match: {address: property.address}, give: list rateable_value}\nvalues:\n",
		"when: '!has(empty_since) && taper > 0'", "when: '!has(empty_since) && taper > 0 && lookup.others == 1 && lookup.all.sum() < 20000'")["business-rates"]
	p, err := x.Period(day("2026-04-01"))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	in := assess.Input{Tax: x, Period: p, Liable: p, Facts: []assess.Fact{{ID: "only_property", Value: true}, {ID: "empty_since", From: day("2026-10-01"), Value: day("2026-10-01")}, {ID: "empty_since", From: day("2026-11-01")}}}
	in.Object = assess.Object{Key: "P", States: []assess.State{{Fields: map[string]rule.Value{"rateable_value": money.NewDecimal(13_500), "address": "1 High Street"}}}}
	in.Lookup = func(_ context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
		if asked++; match["address"] != "1 High Street" {
			t.Errorf("asked for %v", match)
		}
		if l.ID == "all" {
			return []rule.Value{money.NewDecimal(13_500)}, nil
		}
		return money.NewDecimal(1), nil
	}
	first := mustAssess(t, in)
	if asked != 2 || len(in.Registers) != 0 || len(first.Input.Registers) != 2 {
		t.Errorf("asked %d times, %v", asked, first.Input.Registers)
	}
	again, err := assess.Unmarshal(x, mustMarshal(t, first.Input))
	if err != nil {
		t.Fatal(err)
	}
	if second := mustAssess(t, again); second.Total != first.Total || len(second.Segments) != 3 {
		t.Errorf("%s became %s", first.Total, second.Total)
	}
	in.Lookup = func(context.Context, *service.Lookup, map[string]rule.Value) (rule.Value, error) {
		return nil, errors.New("the register is away")
	}
	if _, err := assess.Assess(t.Context(), in); err == nil {
		t.Error("assessed although a register could not be asked")
	}
}
