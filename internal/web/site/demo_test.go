package site_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"stoa/internal/notify"
	"stoa/internal/store"
)

func TestTimePassesInTheDemoAndOneStaysSignedIn(t *testing.T) {
	tn := open(t, true)
	tn.flow.Site.Advance = func(d time.Duration) { tn.clock.Advance(d) }
	b := tn.browser()
	draft := b.food()
	b.follow(draft+"/submit", v("declared", "yes"))
	b.signIn("asha@example.org")
	before := tn.clock.Now()
	to, page := b.follow("/demo/time", v("days", "28"))
	day := before.AddDate(0, 0, 28).Format("2 January 2006")
	if to != "/demo?told=time" || !strings.Contains(text(page.body), "It is now "+day) {
		t.Errorf("led to %s, want the day %s: %s", to, day, text(page.body))
	}
	if passed := tn.clock.Now().Sub(before); passed != 28*24*time.Hour {
		t.Errorf("%v passed", passed)
	}
	if a := b.get("/account"); a.status != 200 || !strings.Contains(a.body, "Asha’s Kitchen") {
		t.Errorf("the account afterwards: %d %s", a.status, text(a.body))
	}
	if a := tn.browser().post("/demo/time", v("days", "1")); a.status != 303 {
		t.Errorf("a stranger lets a day pass: %d", a.status)
	}
	for _, days := range []string{"", "0", "-1", "61", "many"} {
		if a := b.post("/demo/time", v("days", days)); a.status != 400 {
			t.Errorf("%q days: %d", days, a.status)
		}
	}
}

func TestTheMailboxHasPages(t *testing.T) {
	tn := open(t, true)
	b := tn.browser()
	const all = 65
	err := tn.flow.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		for n := range all {
			subject, err := tn.flow.Docket.Cases.Vault.NewSubject(ctx, tx)
			if err == nil {
				err = tn.flow.Outbox.Put(ctx, tx, notify.Message{Subject: subject, Kind: "code", Language: "en",
					Content: notify.Content{To: "a@example.org", Title: fmt.Sprintf("Letter %d.", n), Text: "x"}})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for n, want := range map[int]int{1: 30, 2: 30, 3: 5, 4: 0} {
		page := b.get(fmt.Sprintf("/demo/mailbox?page=%d", n)).body
		got := strings.Count(page, "<li class=\"stoa-mail")
		if next := strings.Contains(page, fmt.Sprintf("?page=%d\"", n+1)); got != want || next != (n < 3) {
			t.Errorf("page %d: %d messages, want %d; a next page: %v", n, got, want, next)
		}
		seen += got
	}
	if seen != all {
		t.Errorf("%d messages on all pages, %d sent", seen, all)
	}
	for _, odd := range []string{"0", "-3", "x", "999999999999"} {
		if a := b.get("/demo/mailbox?page=" + odd); a.status != 200 {
			t.Errorf("page %s: %d", odd, a.status)
		}
	}
}
