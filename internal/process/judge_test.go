package process_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

func TestARegisterThatDoesNotAnswerEndsTheJudgement(t *testing.T) {
	s := process.Situation{
		Service: hall(t), Today: calendar.MustDate("2026-03-30"),
		Lookup: func(context.Context, *service.Lookup, map[string]rule.Value) (rule.Value, error) {
			return nil, fault.NewUnavailable("register.down")
		},
	}
	if _, err := process.Judge(ctx, s, concert()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestReadyRefusals(t *testing.T) {
	s := process.Situation{Service: hall(t), Today: calendar.MustDate("2026-03-30")}
	typed := concert()
	typed.Set("adult", "no")
	_, err := process.Submit(ctx, judge(t, s, typed), time.Now())
	if !errors.Is(err, &fault.Error{Kind: fault.Conflict, Key: "process.not_eligible"}) {
		t.Errorf("a child: %v", err)
	}
	typed.Set("email")
	var fields fault.Fields
	if _, err = process.Submit(ctx, judge(t, s, typed), time.Now()); !errors.As(err, &fields) || fields[0].Field != "email" {
		t.Errorf("without email: %v", err)
	}
}

// Values that each rest on two others are explained once each, not once for every way to them.
func TestExplanationsDoNotMultiply(t *testing.T) {
	var values strings.Builder
	values.WriteString("values:\n  - {id: v0, title: V, type: number, is: '1 + size(applicant)'}\n  - {id: v1, title: V, type: number, is: v0 + 1}\n")
	const n = 40
	for i := 2; i <= n; i++ {
		fmt.Fprintf(&values, "  - {id: v%d, title: V, type: number, is: v%d + v%d}\n", i, i-1, i-2)
	}
	files := fstest.MapFS{
		"jurisdiction.yaml":      {Data: []byte(smallJurisdiction)},
		"calendar.yaml":          {Data: []byte("weekend: [saturday, sunday]\nfrom: 2026-01-01\nuntil: 2026-12-31\nholidays: []\n")},
		"registers/records.yaml": {Data: []byte(smallRegister)},
		"services/any.yaml": {Data: []byte(fmt.Sprintf(smallService, "      - {id: q, type: text, ask: Q}\n",
			values.String()+fmt.Sprintf("fee:\n  - {id: f, title: F, amount: v%d}\n", n), "q", ""))},
	}
	var typed process.Typed
	typed.Set("applicant", "Ann")
	j := judge(t, process.Situation{Service: load(t, files), Today: calendar.MustDate("2026-03-30")}, typed)
	seen := map[*process.Explained]bool{}
	var visit func(*process.Explained)
	visit = func(x *process.Explained) {
		if !seen[x] {
			seen[x] = true
			for _, why := range x.Because() {
				visit(why)
			}
		}
	}
	visit(j.Fee.Items[0].Why)
	if len(seen) > n+5 {
		t.Errorf("%d explanations for %d values", len(seen), n)
	}
}
