package site_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"stoa/internal/hint"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// TestTheApplicantSeesNoFlag: what is pointed out to officers stands on no page of the applicant's case; it is told to whoever asks
// for what is held of them.
func TestTheApplicantSeesNoFlag(t *testing.T) {
	tn := open(t, true)
	hints := &hint.Hints{Vault: tn.flow.People.Vault}
	tn.flow.Hints, tn.view.Hints = hints, hints
	asha, ben := tn.browser(), tn.browser()
	draft := asha.food()
	asha.follow(draft+"/submit", v("declared", "yes"))
	tn.clock.Advance(time.Second) // ids are in the order of time
	draft = ben.food()
	ben.follow(draft+"/contact", v("contact_name", "Ben Poe", "contact_email", "ben@example.org", "contact_phone", "01632 960 001"))
	ben.follow(draft+"/submit", v("declared", "yes"))
	ben.signIn("ben@example.org")
	path := regexp.MustCompile(`/account/cases/[0-9a-z]+`).FindString(ben.get("/account").body)
	before := text(ben.get(path).body)
	if _, err := tn.flow.PointOut().Follow(t.Context(), policy.Actor{System: true}); err != nil {
		t.Fatal(err)
	}
	var flags []*hint.Flag
	if err := tn.flow.DB.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		c, err := tn.flow.Docket.Case(ctx, tx, path[strings.LastIndex(path, "/")+1:])
		if err == nil {
			flags, err = hints.Of(ctx, tx, c.ID, c.Subject)
		}
		return err
	}); err != nil || len(flags) == 0 {
		t.Fatalf("the case has no flag: %v", err)
	}
	if after := text(ben.get(path).body); before == "" || after != before {
		t.Errorf("the applicant reads of it: %s", after)
	}
}
