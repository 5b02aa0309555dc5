package pay_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var (
	schema = []fs.FS{vault.Migrations(), pay.Migrations()}
	today  = calendar.MustDate("2026-01-05")
)

const org = "revenues"

// world is payments on one database.
type world struct {
	*pay.Pay
	odd   *pay.Exceptions
	tills *pay.Tills
	t     testing.TB
	db    *store.DB
	clock *storetest.Clock
	keys  *vault.Vault
}

func newWorld(t testing.TB, db *store.DB, clock *storetest.Clock) *world {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: storetest.Rand()})
	if err != nil {
		t.Fatal(err)
	}
	return &world{Pay: &pay.Pay{Vault: keys}, odd: &pay.Exceptions{Vault: keys}, tills: &pay.Tills{Vault: keys}, t: t, db: db, clock: clock, keys: keys}
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, schema, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(t, newWorld(t, db, clock)) })
}

func (w *world) try(f func(ctx context.Context, tx *store.Tx) error) error {
	return w.db.Write(w.t.Context(), "test", f)
}

func (w *world) write(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.try(f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.Read(w.t.Context(), "test", f); err != nil {
		w.t.Fatal(err)
	}
}

// order is a payment of one bill by card.
func (w *world) order(key string, minor int64) *pay.Payment {
	return &pay.Payment{Organisation: org, Method: pay.Card, Provider: "test", Payer: "rosa", Key: key, Amount: pounds(minor), Until: w.clock.Now().Add(30 * time.Minute),
		Words:   pay.Words{Title: "Temporary event notice", Name: "Rosa Marsh"},
		Targets: []pay.Target{{Bill: "bill of " + key, Amount: minor}}}
}

// begun is a payment whose page is open; its ref is "page of" its key.
func (w *world) begun(key string, minor int64) *pay.Payment {
	w.t.Helper()
	p := w.order(key, minor)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := w.Begin(ctx, tx, p); err != nil {
			return err
		}
		opened, err := w.Opened(ctx, tx, org, p.ID, pay.Started{Ref: "page of " + key, URL: "https://pay.example/" + key})
		if err == nil {
			*p = *opened
		}
		return err
	})
	return p
}

func (w *world) receive(id string, r pay.Report) (res pay.Result, err error) {
	err = w.try(func(ctx context.Context, tx *store.Tx) (err error) {
		res, err = w.Receive(ctx, tx, org, "test", pay.Event{ID: id, Report: r}, []byte("body of "+id), today)
		return err
	})
	return res, err
}

func (w *world) received(id string, r pay.Report) pay.Result {
	w.t.Helper()
	res, err := w.receive(id, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return res
}

func (w *world) get(id string) (p *pay.Payment) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = w.Get(ctx, tx, org, id)
		return err
	})
	return p
}

// queue gives the open exceptions as "kind amount times".
func (w *world) queue() (all []string) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := w.odd.List(ctx, tx, pay.ExceptionQuery{Organisation: org})
		all = nil
		for _, e := range list {
			all = append(all, fmt.Sprintf("%s %d %d", e.Kind, e.Amount.Minor, e.Count))
		}
		return err
	})
	slices.Sort(all)
	return all
}

func paidReport(p *pay.Payment) pay.Report {
	return pay.Report{Payment: p.ID, Ref: p.Ref, Charge: "charge of " + p.Key, Kind: pay.Paid, Amount: p.Amount, At: start}
}

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestOneFormOnePayment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.begun("form", 2100)
		again := w.order("form", 2100)
		w.write(func(ctx context.Context, tx *store.Tx) error {
			repeated, err := w.Begin(ctx, tx, again)
			same(t, "repeated", repeated, true)
			return err
		})
		same(t, "the same payment", again.ID, first.ID)
		same(t, "its page", again.URL, "https://pay.example/form")
		err := w.try(func(ctx context.Context, tx *store.Tx) error {
			_, err := w.Begin(ctx, tx, w.order("form", 2200))
			return err
		})
		if !errors.Is(err, pay.ErrKeyTaken) {
			t.Errorf("other contents under the same key: %v", err)
		}
		for name, spoil := range map[string]func(p *pay.Payment){
			"nothing":         func(p *pay.Payment) { p.Amount.Minor = 0 },
			"less than parts": func(p *pay.Payment) { p.Amount.Minor = 1 },
			"more than parts": func(p *pay.Payment) { p.Amount.Minor = 3000 },
			"no currency":     func(p *pay.Payment) { p.Amount.Currency = "QQQ" },
			"no bill":         func(p *pay.Payment) { p.Targets = nil },
			"no key":          func(p *pay.Payment) { p.Key = "" },
			"a negative part": func(p *pay.Payment) {
				p.Targets = []pay.Target{{Bill: "a", Amount: 2200}, {Bill: "b", Amount: -100}}
			},
		} {
			p := w.order("bad "+name, 2100)
			spoil(p)
			if err := w.try(func(ctx context.Context, tx *store.Tx) error { _, err := w.Begin(ctx, tx, p); return err }); err == nil {
				t.Errorf("%s was stored", name)
			}
		}
	})
}

func TestConcurrentForms(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := make([]string, 8)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() {
				p := w.order("form", 2100)
				if err := w.try(func(ctx context.Context, tx *store.Tx) error { _, err := w.Begin(ctx, tx, p); return err }); err != nil {
					t.Error(err)
				}
				ids[i] = p.ID
			})
		}
		wg.Wait()
		same(t, "different payments", len(slices.Compact(ids)), 1)
	})
}

func TestPaidOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.begun("form", 2100)
		same(t, "state", p.State, pay.StateOpen)
		res := w.received("e1", paidReport(p))
		same(t, "outcome", res.Outcome, pay.Applied)
		same(t, "changes", len(res.Changes), 1)
		same(t, "number", res.Payment.Number, "R-2026-000001")
		for id, want := range map[string]string{"e1": pay.Repeated, "e2": pay.Repeated} {
			res := w.received(id, paidReport(p))
			same(t, id, res.Outcome, want)
			same(t, "changes of "+id, len(res.Changes), 0)
		}
		got := w.get(p.ID)
		same(t, "status", got.Status(), "paid")
		same(t, "received", got.Received, pounds(2100))
		same(t, "day", got.Day, today)
		same(t, "title", got.Title, "Temporary event notice")
		same(t, "queue", len(w.queue()), 0)
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.Events(ctx, tx, org, p.ID)
			same(t, "events", len(all), 2)
			var hash []byte
			if err == nil {
				err = tx.QueryRow(ctx, `SELECT body_hash FROM pay_event WHERE event = 'e1'`).Scan(&hash)
			}
			same(t, "hash", len(hash), 32)
			byNumber, err2 := w.ByNumber(ctx, tx, org, "R-2026-000001")
			same(t, "by number", byNumber.ID, p.ID)
			return errors.Join(err, err2)
		})
	})
}

// Doubles of several callbacks arrive at the same moment.
func TestConcurrentCallbacks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const payments, copies = 4, 6
		var all []*pay.Payment
		for i := range payments {
			all = append(all, w.begun(fmt.Sprint("form ", i), 1000))
		}
		var mu sync.Mutex
		told := map[string]int{}
		var wg sync.WaitGroup
		for _, p := range all {
			for c := range copies {
				for n, r := range []pay.Report{paidReport(p), {Payment: p.ID, Kind: pay.Refunded, Key: "re", Amount: pounds(300), At: start}, {Charge: "charge of " + p.Key, Kind: pay.Disputed, Key: "d", Amount: pounds(500), At: start}} {
					wg.Go(func() {
						res, err := w.receive(fmt.Sprint(p.ID, " ", n, " ", c/2), r) // every event twice, every fact in three events
						if err != nil {
							t.Error(err)
						}
						mu.Lock()
						defer mu.Unlock()
						for _, c := range res.Changes {
							told[p.ID+" "+string(c.Kind)]++
						}
					})
				}
			}
		}
		wg.Wait()
		same(t, "changes", len(told), 3*payments)
		var numbers []string
		for what, n := range told {
			if n != 1 {
				t.Errorf("%s was told %d times", what, n)
			}
		}
		for _, p := range all {
			got := w.get(p.ID)
			same(t, "refunded", got.Refunded, pounds(300))
			same(t, "disputed", got.Disputed, pounds(500))
			numbers = append(numbers, got.Number)
		}
		slices.Sort(numbers)
		same(t, "numbers", numbers, []string{"R-2026-000001", "R-2026-000002", "R-2026-000003", "R-2026-000004"})
		for _, e := range w.queue() {
			if strings.HasPrefix(e, pay.UnknownPayment) {
				t.Errorf("still in the queue: %s", e)
			}
		}
	})
}

// Histories of a provider, scrambled, come to the same in the database as in the model.
func TestHistoriesStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		round := 0
		rapid.Check(t, func(rt *rapid.T) {
			round++
			h := drawTruth(rt)
			key := fmt.Sprint("history ", round)
			p := w.begun(key, h.asked.Minor)
			all := h.reports()
			for i := range all {
				all[i].Payment, all[i].Ref = p.ID, p.Ref
			}
			kinds, posted := map[string]int{}, books{}
			tell := func(changes []pay.Change) {
				posted.post(changes)
				for _, c := range changes {
					kinds[string(c.Kind)+" "+c.Key]++
				}
			}
			for n, r := range scramble(rt, all) {
				if rapid.IntRange(0, 3).Draw(rt, "asked") == 0 {
					w.write(func(ctx context.Context, tx *store.Tx) error {
						res, err := w.Report(ctx, tx, org, p.ID, today, r)
						tell(res.Changes)
						return err
					})
					continue
				}
				id := fmt.Sprintf("%s/%d", key, n)
				if rapid.Bool().Draw(rt, "one event twice") {
					id = fmt.Sprintf("%s/%s/%s", key, r.Kind, r.Key)
				}
				tell(w.received(id, r).Changes)
			}
			for i := range h.refunds { // in the database they are the provider's own
				h.refunds[i].ours = false
			}
			if err := h.check(*w.get(p.ID), posted, kinds); err != nil {
				rt.Fatalf("%+v: %v", h, err)
			}
		})
	})
}

func TestWhatDoesNotFit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		less, euros, strange := w.begun("less", 2100), w.begun("euros", 2100), w.begun("strange", 2100)
		r := paidReport(less)
		r.Amount = pounds(2000)
		w.received("less", r)
		w.received("less again", r)
		r = paidReport(euros)
		r.Amount = money.Amount{Minor: 2100, Currency: "EUR"}
		res := w.received("euros", r)
		same(t, "arrived", len(res.Payment.Arrived()), 0)
		r = paidReport(strange)
		r.Ref = "another page"
		same(t, "other page", w.received("other page", r).Outcome, pay.Queued)
		same(t, "nobody's", w.received("nobody's", pay.Report{Payment: "nobody", Kind: pay.Paid, Amount: pounds(7)}).Outcome, pay.Queued)
		same(t, "of no concern", w.received("ping", pay.Report{}).Outcome, pay.Refused)
		r = paidReport(less)
		r.Amount = pounds(1)
		same(t, "contradiction", w.received("contradiction", r).Outcome, pay.Queued)
		for range 3 {
			w.write(func(ctx context.Context, tx *store.Tx) error { return w.odd.WrongSignature(ctx, tx, org, "test") })
		}
		w.clock.Advance(time.Hour)
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.odd.WrongSignature(ctx, tx, org, "test") })
		same(t, "queue", w.queue(), []string{"contradiction 1 1", "unknown_payment 2100 1", "unknown_payment 7 1", "wrong_amount 2000 1",
			"wrong_currency 2100 1", "wrong_signature 0 1", "wrong_signature 0 3"})
		same(t, "received", w.get(less.ID).Received, pounds(2000))
		same(t, "not received", w.get(strange.ID).Received, money.Amount{})
		w.read(func(ctx context.Context, tx *store.Tx) error {
			counts, err := w.odd.Counts(ctx, tx, org)
			same(t, "counts", counts[pay.WrongSignature], 2)
			return err
		})
	})
}

// A dispute is told before we know the money by that name; it waits, and is not lost.
func TestEventsWaitForTheirPayment(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.begun("form", 2100)
		dispute := pay.Report{Charge: "charge of form", Kind: pay.Disputed, Key: "d", Amount: pounds(2100), At: start}
		same(t, "outcome", w.received("dispute", dispute).Outcome, pay.Queued)
		same(t, "queue", w.queue(), []string{"unknown_payment 2100 1"})
		res := w.received("paid", paidReport(p))
		var kinds []pay.ChangeKind
		for _, c := range res.Changes {
			kinds = append(kinds, c.Kind)
		}
		same(t, "changes", kinds, []pay.ChangeKind{pay.MoneyIn, pay.DisputeOpened})
		same(t, "queue", w.queue(), []string{"disputed 2100 1"})
		w.read(func(ctx context.Context, tx *store.Tx) error {
			solved, err := w.odd.List(ctx, tx, pay.ExceptionQuery{Organisation: org, Resolved: true})
			same(t, "found", solved[0].How, "found")
			return err
		})
		same(t, "again", w.received("dispute", dispute).Outcome, pay.Repeated)
		same(t, "status", w.get(p.ID).Status(), "disputed")
	})
}

func TestAsking(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.begun("form", 2100)
		due := func() (ids []string) {
			w.read(func(ctx context.Context, tx *store.Tx) (err error) {
				ids, err = w.ToAsk(ctx, tx, org, w.clock.Now(), 10)
				return err
			})
			return ids
		}
		answer := func(reports ...pay.Report) (res pay.Result) {
			w.write(func(ctx context.Context, tx *store.Tx) (err error) {
				res, err = w.Report(ctx, tx, org, p.ID, today, reports...)
				return err
			})
			return res
		}
		same(t, "at once", len(due()), 0)
		asks := 0
		for range 30 * 24 * 60 / 5 { // a month, every five minutes
			w.clock.Advance(5 * time.Minute)
			if len(due()) > 0 {
				asks++
				answer()
			}
		}
		if asks < 10 || asks > 60 {
			t.Errorf("asked %d times about a payment of which nothing was heard", asks)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			ids, err := w.Ended(ctx, tx, org, w.clock.Now(), 10)
			same(t, "ended", ids, []string{p.ID})
			return err
		})
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Expire(ctx, tx, org, p.ID) })
		same(t, "state", w.get(p.ID).State, pay.StateExpired)
		res := answer(paidReport(p), paidReport(p), pay.Report{Payment: "another", Kind: pay.Paid, Amount: pounds(1)})
		same(t, "changes", len(res.Changes), 1)
		same(t, "state", w.get(p.ID).State, pay.StatePaid)
		w.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := w.Events(ctx, tx, org, p.ID)
			same(t, "events", len(all), 2) // expired, paid
			return err
		})
		w.clock.Advance(48 * time.Hour)
		same(t, "nothing to ask", len(due()), 0)
		w.received("look", pay.Report{Payment: p.ID, Kind: pay.Look})
		same(t, "to be asked", due(), []string{p.ID})
	})
}

func TestErasedPayer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.begun("form", 2100)
		w.received("e", paidReport(p))
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.keys.Erase(ctx, tx, p.Subject) })
		got := w.get(p.ID)
		same(t, "words", got.Words, pay.Words{})
		same(t, "received", got.Received, pounds(2100))
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []string
		for i := range 5 {
			w.clock.Advance(time.Second)
			p := w.begun(fmt.Sprint("form ", i), int64(100*(i+1)))
			ids = append(ids, p.ID)
			if i < 3 {
				w.received(p.ID, paidReport(p))
			}
		}
		w.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := w.Owe(ctx, tx, &pay.Refund{Organisation: org, Payment: ids[0], Key: "k", Amount: pounds(40)})
			if err == nil {
				_, err = w.Report(ctx, tx, org, ids[0], today, pay.Report{Kind: pay.Refunded, Key: "k", Amount: pounds(40), At: start})
			}
			if err == nil {
				p := w.order("bank", 900)
				p.Method, p.Provider, p.Draft = pay.Bank, "", "draft"
				p.Targets = []pay.Target{{Bill: "bill of form 0", Amount: 500}, {Bill: "other", Amount: 400}}
				_, err = w.Enter(ctx, tx, p, today)
				same(t, "number", p.Number, "R-2026-000004")
			}
			return err
		})
		w.read(func(ctx context.Context, tx *store.Tx) error {
			list, err := w.Of(ctx, tx, org, "rosa", "", 4)
			same(t, "of the payer", len(list), 4)
			rest, err2 := w.Of(ctx, tx, org, "rosa", list[3].ID, 4)
			same(t, "the rest", []string{rest[0].ID, rest[1].ID}, []string{ids[1], ids[0]})
			bill, err3 := w.ForBill(ctx, tx, org, "bill of form 0")
			same(t, "of the bill", len(bill), 2)
			same(t, "its targets", bill[0].Targets, []pay.Target{{Bill: "bill of form 0", Amount: 500}, {Bill: "other", Amount: 400}})
			draft, err4 := w.OfDraft(ctx, tx, org, "draft")
			same(t, "of the draft", len(draft), 1)
			cards, err5 := w.OnDay(ctx, tx, org, today, pay.Card, "", 10)
			same(t, "cards of the day", len(cards), 3)
			day, err6 := w.OnDay(ctx, tx, org, today, "", ids[1], 10)
			same(t, "of the day after the second", len(day), 2)
			totals, err7 := w.Totals(ctx, tx, org, today, today)
			same(t, "totals", totals, []pay.Total{{Day: today, Method: pay.Bank, In: pounds(900), Out: pounds(0), InCount: 1},
				{Day: today, Method: pay.Card, In: pounds(600), Out: pounds(40), InCount: 3, OutCount: 1}})
			back, err8 := w.RefundsOn(ctx, tx, org, today, "", "", 10)
			same(t, "refunds of the day", len(back), 1)
			none, err9 := w.Of(ctx, tx, "elsewhere", "rosa", "", 4)
			same(t, "another organisation", len(none), 0)
			return errors.Join(err, err2, err3, err4, err5, err6, err7, err8, err9)
		})
	})
}
