package flow_test

import (
	"testing"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/publog"
)

// TestSettingsAreLoggedWhenTheyChange, and not each time the program starts.
func TestSettingsAreLoggedWhenTheyChange(t *testing.T) {
	eachTill(t, func(tl *till) {
		note := func(payments string) {
			tl.must(tl.NoteSettings(tl.ctx, policy.Actor{System: true}, []flow.Setting{{Name: "url", Value: "https://testshire.example"}, {Name: "payments", Value: payments}}))
		}
		for _, step := range []struct {
			payments string
			want     int
		}{{"sandbox", 1}, {"sandbox", 1}, {"stripe", 2}, {"sandbox", 3}} {
			note(step.payments)
			if n := tl.kinds()[publog.SettingsInForce]; n != step.want {
				tl.t.Errorf("%s: %d leaves, want %d", step.payments, n, step.want)
			}
		}
		if err := tl.NoteSettings(tl.ctx, tl.officer, nil); fault.KindOf(err) != fault.Forbidden {
			tl.t.Errorf("an officer notes settings: %v", err)
		}
	})
}
