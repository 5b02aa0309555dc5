package tax_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
	"stoa/internal/vault"
)

const home = "revenues"

var (
	tables = []fs.FS{vault.Migrations(), tax.Migrations()}
	april  = calendar.MustDate("2026-04-01")
	march  = calendar.MustDate("2027-03-31")
)

// office keeps the accounts of one database.
type office struct {
	*tax.Taxes
	runs     tax.Runs
	requests *tax.Requests
	t        *testing.T
	db       *store.DB
}

func each(t *testing.T, test func(o *office)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		test(&office{Taxes: &tax.Taxes{Vault: keys}, requests: &tax.Requests{Vault: keys}, t: t, db: db})
	})
}

// try runs fn in a transaction and gives its error.
func (o *office) try(fn func(ctx context.Context, tx *store.Tx) error) error {
	return o.db.Write(context.Background(), "test", fn)
}

func (o *office) do(fn func(ctx context.Context, tx *store.Tx) error) {
	o.t.Helper()
	if err := o.try(fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) account(object, holder string, from calendar.Date) *tax.Account {
	o.t.Helper()
	var a *tax.Account
	o.do(func(ctx context.Context, tx *store.Tx) error {
		a = &tax.Account{Organisation: home, Tax: "council-tax", Object: object, Holder: holder, From: from, Language: "en",
			Words: tax.Words{Name: "Ada Whitfield", Email: "ada@example.com", Address: []string{"1 The Green", "Lower Wick"}}}
		return o.OpenAccounts(ctx, tx, a)
	})
	return a
}

func TestAccountComesBackAsItWas(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("D1", "p1", april)
		if a.Number != "T-2026-000001" && a.Number != fmt.Sprintf("T-%d-000001", a.Created.Year()) {
			o.t.Errorf("number %q", a.Number)
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			got, err := o.Account(ctx, tx, home, a.ID)
			if err != nil {
				return err
			}
			if got.Name != a.Name || got.Address[1] != "Lower Wick" || !got.Until.IsZero() || got.From != april || got.Holder != "p1" {
				o.t.Errorf("came back as %+v", got)
			}
			got.Until, got.Choice = march, 12
			if err := o.SaveAccount(ctx, tx, got); err != nil {
				return err
			}
			list, err := o.AccountsOn(ctx, tx, home, "council-tax", "D1", april, march)
			if err != nil || len(list) != 1 || list[0].Until != march || list[0].Choice != 12 {
				o.t.Errorf("after saving: %+v, %v", list, err)
			}
			next, _ := march.AddDays(1)
			if list, err = o.AccountsOn(ctx, tx, home, "council-tax", "D1", next, next); len(list) != 0 {
				o.t.Errorf("an account that has ended still holds: %+v", list)
			}
			return err
		})
		stale := *a // read before the change
		err := o.try(func(ctx context.Context, tx *store.Tx) error { return o.SaveAccount(ctx, tx, &stale) })
		if fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("a change of an older state: %v", err)
		}
	})
}

func TestAnObjectHasOneAccountADay(t *testing.T) {
	each(t, func(o *office) {
		o.account("D1", "p1", april)
		err := o.try(func(ctx context.Context, tx *store.Tx) error {
			return o.OpenAccounts(ctx, tx, &tax.Account{Organisation: home, Tax: "council-tax", Object: "D1", From: april, Words: tax.Words{Name: "B"}})
		})
		if !errors.Is(err, store.ErrConflict) {
			o.t.Errorf("a second account from the same day: %v", err)
		}
	})
}

func TestOnlyTheHolderHasTheAccount(t *testing.T) {
	each(t, func(o *office) {
		a, nobodys := o.account("D1", "p1", april), o.account("D2", "", april)
		o.do(func(ctx context.Context, tx *store.Tx) error {
			for _, c := range []struct {
				id, who string
				ok      bool
			}{{a.ID, "p1", true}, {a.ID, "p2", false}, {a.ID, "", false}, {nobodys.ID, "", false}} {
				if _, err := o.Own(ctx, tx, home, c.id, c.who); (err == nil) != c.ok || err != nil && !errors.Is(err, store.ErrNotFound) {
					o.t.Errorf("%q asks: %v", c.who, err)
				}
			}
			return nil
		})
	})
}

// TestTimelineIsWhatEachDayKnows compares the timeline with asking of every day what was last said of it.
func TestTimelineIsWhatEachDayKnows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := func(n int) calendar.Date { d, _ := april.AddDays(n); return d }
		var known []tax.Known
		for i := range rapid.IntRange(0, 8).Draw(t, "rows") {
			k := tax.Known{No: i + 1, From: day(rapid.IntRange(0, 9).Draw(t, "from")), Facts: map[string]string{}}
			for _, id := range []string{"a", "b"} {
				if v := rapid.SampledFrom([]string{"-", "", "x", "y"}).Draw(t, id); v != "-" {
					k.Facts[id] = v
				}
			}
			known = append(known, k)
		}
		line := tax.Timeline(known)
		for i := range line {
			if i > 0 && (!line[i-1].From.Before(line[i].From) || maps.Equal(line[i-1].Facts, line[i].Facts)) {
				t.Fatalf("stretches %v and %v", line[i-1], line[i])
			}
		}
		for n := range 12 {
			want := map[string]string{}
			for _, id := range []string{"a", "b"} { // the slow way: of all rows up to the day, the latest day, then the latest row
				var best *tax.Known
				for i := range known {
					k := &known[i]
					if _, says := k.Facts[id]; !says || k.From.After(day(n)) {
						continue
					}
					if best == nil || best.From.Before(k.From) || best.From == k.From && best.No < k.No {
						best = k
					}
				}
				if best != nil && best.Facts[id] != "" {
					want[id] = best.Facts[id]
				}
			}
			if got := tax.On(line, day(n)).Facts; !maps.Equal(got, want) {
				t.Fatalf("day %d: %v, want %v (rows %v)", n, got, want, known)
			}
		}
	})
}

func TestFactsAreAdded(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("D1", "p1", april)
		for i := range 3 {
			o.do(func(ctx context.Context, tx *store.Tx) error {
				got, err := o.Account(ctx, tx, home, a.ID)
				if err != nil {
					return err
				}
				return o.Learn(ctx, tx, tax.Learned{Account: got, Known: tax.Known{From: april, By: "p9", Of: tax.Source{Kind: "officer", ID: fmt.Sprint(i)},
					Object: map[string]string{"band": string(rune('A' + i))}}})
			})
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			known, err := o.Known(ctx, tx, a)
			if err != nil || len(known) != 3 || known[2].No != 3 || known[2].Object["band"] != "C" || known[0].Of.ID != "0" {
				o.t.Errorf("known: %+v, %v", known, err)
			}
			if now := tax.On(tax.Timeline(known), april); now.Object["band"] != "C" {
				o.t.Errorf("on the day: %+v", now)
			}
			return err
		})
	})
}

func TestALaterAssessmentReplacesTheOneBefore(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("D1", "p1", april)
		var made []*tax.Assessment
		for i := range 2 {
			o.do(func(ctx context.Context, tx *store.Tx) error {
				one := &tax.Assessment{Begins: april, Ends: march, Cause: tax.ByRun, Run: "r", Definition: "hash", Currency: "GBP", Total: int64(100 + i), Contents: tax.Contents{Input: []byte(`{"n":1}`)}}
				if err := o.Assess(ctx, tx, tax.Made{Account: a, Assessment: one}); err != nil {
					return err
				}
				made = append(made, one)
				one.Bill = "bill"
				return tax.Publish(ctx, tx, april, one)
			})
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			now, err := o.Counting(ctx, tx, a, april)
			if err != nil {
				return err
			}
			if now.ID != made[1].ID || now.Seq != 2 || now.Total != 101 || now.Issued != april {
				o.t.Errorf("counting: %+v", now)
			}
			old, err := o.Assessment(ctx, tx, home, made[0].ID)
			if err != nil || old.State != tax.Replaced || string(old.Input) != `{"n":1}` {
				o.t.Errorf("replaced: %+v, %v", old, err)
			}
			return err
		})
		again := made[0]
		err := o.try(func(ctx context.Context, tx *store.Tx) error { return tax.Publish(ctx, tx, april, again) })
		if fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("publishing what was replaced: %v", err)
		}
		o.do(func(ctx context.Context, tx *store.Tx) error { // and nothing of that remained
			now, err := o.Counting(ctx, tx, a, april)
			if err == nil && now.ID != made[1].ID {
				o.t.Errorf("counting after a refusal: %+v", now)
			}
			return err
		})
	})
}

func TestARunIsDroppedWhole(t *testing.T) {
	each(t, func(o *office) {
		var run *tax.Run
		o.do(func(ctx context.Context, tx *store.Tx) error {
			run = &tax.Run{Organisation: home, Tax: "council-tax", Begins: april, Ends: march, Definition: "hash", Issued: april, Currency: "GBP", StartedBy: "p9"}
			return o.runs.Start(ctx, tx, run)
		})
		err := o.try(func(ctx context.Context, tx *store.Tx) error {
			return o.runs.Start(ctx, tx, &tax.Run{Organisation: home, Tax: "council-tax", Begins: april, Ends: march, Issued: april, StartedBy: "p9"})
		})
		if fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("a second run at once: %v", err)
		}
		for i := range 5 {
			a := o.account(fmt.Sprintf("D%d", i), "", april)
			o.do(func(ctx context.Context, tx *store.Tx) error {
				return o.Assess(ctx, tx, tax.Made{Account: a, Assessment: &tax.Assessment{Begins: april, Ends: march, Cause: tax.ByRun, Run: run.ID, Currency: "GBP", Total: 5, Contents: tax.Contents{Input: []byte("{}")}}})
			})
		}
		dropped := int64(0)
		for {
			var n int64
			o.do(func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tax.Drop(ctx, tx, home, run.ID, 2)
				return err
			})
			if n == 0 {
				break
			}
			dropped += n
		}
		if dropped != 5 {
			o.t.Errorf("dropped %d", dropped)
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			got, err := o.runs.Get(ctx, tx, home, run.ID)
			if err != nil {
				return err
			}
			got.State, got.Objects = tax.Undone, 5
			if err := o.runs.NoteProblem(ctx, tx, got, tax.Problem{Object: "D9", What: "no payer"}); err != nil {
				return err
			}
			if err := o.runs.Save(ctx, tx, got); err != nil {
				return err
			}
			all, err := o.runs.Problems(ctx, tx, got, 10)
			if err != nil || len(all) != 1 || all[0].What != "no payer" {
				o.t.Errorf("problems: %v, %v", all, err)
			}
			return o.runs.Start(ctx, tx, &tax.Run{Organisation: home, Tax: "council-tax", Begins: april, Ends: march, Issued: april, StartedBy: "p9"})
		})
	})
}

func TestReturnsKeepWhatWasTyped(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("H1", "p1", april)
		r := &tax.Return{Begins: april, State: tax.Draft, By: "p1", Typed: json.RawMessage(`{"fields":{"nights":["70x"]}}`)}
		save := func() { o.do(func(ctx context.Context, tx *store.Tx) error { return o.SaveReturn(ctx, tx, a, r) }) }
		save()
		r.Typed, r.State = json.RawMessage(`{"fields":{"nights":["70"]}}`), tax.Sent
		save()
		o.do(func(ctx context.Context, tx *store.Tx) error {
			all, err := o.Returns(ctx, tx, a, april)
			if err != nil || len(all) != 1 || all[0].State != tax.Sent || string(all[0].Typed) != string(r.Typed) {
				o.t.Errorf("returns: %+v, %v", all, err)
			}
			return err
		})
	})
}

func TestARequestIsDecidedOnce(t *testing.T) {
	each(t, func(o *office) {
		a := o.account("D1", "p1", april)
		r := &tax.Request{Kind: tax.Claim, About: "single_adult", From: april, By: "p1", RequestWords: tax.RequestWords{Value: "true", Text: "Only me."}}
		o.do(func(ctx context.Context, tx *store.Tx) error { return o.requests.Ask(ctx, tx, a, r) })
		twice := *r
		if err := o.try(func(ctx context.Context, tx *store.Tx) error { return o.requests.Ask(ctx, tx, a, &twice) }); fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("asked twice: %v", err)
		}
		var read, late *tax.Request
		o.do(func(ctx context.Context, tx *store.Tx) error {
			open, err := o.requests.Open(ctx, tx, home, "", "", "", 10)
			if err != nil || len(open) != 1 || open[0].Text != "Only me." {
				o.t.Errorf("open: %+v, %v", open, err)
			}
			if read, err = o.requests.Get(ctx, tx, home, r.ID); err != nil {
				return err
			}
			other := *read
			late = &other
			return o.requests.Decide(ctx, tx, a, read, tax.Granted, "p9", "Seen")
		})
		if err := o.try(func(ctx context.Context, tx *store.Tx) error {
			return o.requests.Decide(ctx, tx, a, late, tax.Refused, "p8", "No")
		}); fault.KindOf(err) != fault.Conflict {
			o.t.Errorf("decided twice: %v", err)
		}
		o.do(func(ctx context.Context, tx *store.Tx) error {
			all, err := o.requests.Of(ctx, tx, a)
			if err != nil || len(all) != 1 || all[0].State != tax.Granted || all[0].Answer != "Seen" || all[0].DecidedBy != "p9" {
				o.t.Errorf("decided: %+v, %v", all, err)
			}
			return err
		})
	})
}
