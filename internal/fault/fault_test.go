package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"stoa/internal/fault"
)

func TestKindOf(t *testing.T) {
	var fields fault.Fields
	fields.Add("name", "field.missing")
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{nil, fault.Internal},
		{io.EOF, fault.Internal},
		{fault.NewInternal("reading", io.EOF), fault.Internal},
		{fmt.Errorf("opening the case: %w", fault.NewNotFound("case.unknown")), fault.NotFound},
		{fault.Wrap(fault.NewNotFound("a"), fault.Unavailable, "b"), fault.Unavailable},
		{fmt.Errorf("checking: %w", fields.Err()), fault.Invalid},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %v, want %v", c.err, got, c.want)
		}
	}
}

func TestIsAndAs(t *testing.T) {
	err := fmt.Errorf("paying: %w", fault.Wrap(io.EOF, fault.Conflict, "payment.taken", "reference", "A1"))
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is not reachable")
	}
	if !errors.Is(err, &fault.Error{Kind: fault.Conflict}) || errors.Is(err, &fault.Error{Kind: fault.Gone}) {
		t.Error("the kind is not what errors.Is compares")
	}
	if errors.Is(err, &fault.Error{Kind: fault.Conflict, Key: "other"}) {
		t.Error("another key matched")
	}
	var e *fault.Error
	if !errors.As(err, &e) || e.Args["reference"] != "A1" {
		t.Errorf("As gave %+v", e)
	}
}

func TestFieldsKeepTheFirstErrorAndTheOrder(t *testing.T) {
	var f fault.Fields
	if f.Err() != nil {
		t.Fatal("no field, yet an error")
	}
	f.Add("partners[0].name", "field.missing")
	f.Add("email", "field.email")
	f.Add("partners[0].name", "field.long", "max", 80)
	if len(f) != 2 || f[0].Key != "field.missing" || f[1].Field != "email" {
		t.Errorf("got %v", f)
	}
	var got fault.Fields
	if !errors.As(fmt.Errorf("x: %w", f.Err()), &got) || len(got) != 2 {
		t.Error("Fields is not found in a chain")
	}
}
