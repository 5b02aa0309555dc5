package ledger_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var (
	drawDay      = rapid.Custom(func(t *rapid.T) calendar.Date { return dayAfter(rapid.IntRange(0, 12).Draw(t, "day")) })
	drawAccount  = rapid.SampledFrom([]string{"bank", "owed", "deposits", "fees", "costs", "reserves"})
	drawCurrency = rapid.SampledFrom([]string{"GBP", "BHD", "JPY"})
	drawAmount   = rapid.OneOf(rapid.Int64Range(1, 500), rapid.SampledFrom([]int64{1<<40 - 1, 1 << 40, 1<<40 + 1, 1 << 50}))
)

func dayAfter(n int) calendar.Date {
	d, err := calendar.MustDate("2026-01-01").AddDays(n)
	if err != nil {
		panic(err)
	}
	return d
}

// drawEntry makes an entry that balances; whether it is allowed depends on what was posted before.
func drawEntry(t *rapid.T, organisation string) ledger.Entry {
	e := ledger.Entry{Organisation: organisation, Key: fmt.Sprint("k", rapid.IntRange(0, 30).Draw(t, "key")), Value: drawDay.Draw(t, "value"),
		Text: "A fee", Source: ledger.Source{Kind: "invoice", ID: fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "source"))}}
	for range rapid.IntRange(1, 3).Draw(t, "pairs") {
		c, n := drawCurrency.Draw(t, "currency"), drawAmount.Draw(t, "amount")
		e.Lines = append(e.Lines,
			ledger.Line{Account: drawAccount.Draw(t, "debit"), Amount: money.Amount{Minor: n, Currency: c}},
			ledger.Line{Account: drawAccount.Draw(t, "credit"), Amount: money.Amount{Minor: -n, Currency: c}})
	}
	return e
}

// history runs the same steps through the model and through a ledger on each database.
type history struct {
	organisation string
	model        model
	worlds       []*world
	ids          [][]string // by world, of each of the model's entries
}

func (h *history) steps(t *rapid.T) {
	for range rapid.IntRange(3, 14).Draw(t, "steps") {
		switch rapid.IntRange(0, 9).Draw(t, "step") {
		case 0, 1, 2, 3, 4, 5:
			e := drawEntry(t, h.organisation)
			want, refusal := h.model.post(e, h.worlds[0].clock.Now(), -1)
			for i, w := range h.worlds {
				id, err := w.post(w.ctx, e)
				h.same(t, i, id, err, want, refusal)
			}
		case 6, 7:
			h.reverse(t)
		case 8:
			for _, w := range h.worlds {
				w.fold()
			}
		case 9:
			until := dayAfter(rapid.IntRange(0, 6).Draw(t, "close"))
			want := h.model.close(until)
			for _, w := range h.worlds {
				if err := w.close(h.organisation, until.String()); why(err) != want {
					t.Fatalf("closing until %s: %v, want %v", until, err, want)
				}
			}
		}
		if rapid.Bool().Draw(t, "time passes") {
			for _, w := range h.worlds {
				w.clock.Advance(time.Second)
			}
		}
	}
}

func (h *history) reverse(t *rapid.T) {
	if len(h.model.entries) == 0 {
		return
	}
	n := rapid.IntRange(0, len(h.model.entries)-1).Draw(t, "reversed")
	r := ledger.Reversal{Organisation: h.organisation, Key: fmt.Sprint("k", rapid.IntRange(0, 30).Draw(t, "key")),
		Value: drawDay.Draw(t, "value"), Why: "Taken back"}
	want, refusal := h.model.post(h.model.reversal(h.organisation, n, r.Key, r.Value, r.Why), h.worlds[0].clock.Now(), n)
	for i, w := range h.worlds {
		r.Entry = h.ids[i][n]
		id, err := w.reverse(w.ctx, r)
		h.same(t, i, id, err, want, refusal)
	}
}

// same compares how a step ended with how the model says it ends.
func (h *history) same(t *rapid.T, i int, id string, err error, want int, refusal error) {
	switch {
	case why(err) != refusal:
		t.Fatalf("world %d: %v, want %v", i, err, refusal)
	case err != nil:
	case want < len(h.ids[i]) && h.ids[i][want] != id:
		t.Fatalf("world %d: entry %s, want %s again", i, id, h.ids[i][want])
	case want == len(h.ids[i]):
		h.ids[i] = append(h.ids[i], id)
	}
}

// compare asks every ledger about every day and instant.
func (h *history) compare(t *rapid.T) {
	asked := []ledger.As{{}}
	for n := -1; n <= 13; n++ {
		asked = append(asked, ledger.As{Value: dayAfter(n)})
	}
	for _, e := range h.model.entries {
		asked = append(asked, ledger.As{Booked: e.at}, ledger.As{Booked: e.at, Value: e.Value})
	}
	for i, w := range h.worlds {
		w.read(func(ctx context.Context, tx *store.Tx) error {
			for _, as := range asked {
				rows, err := w.TrialBalance(ctx, tx, h.organisation, as)
				if err != nil {
					return err
				}
				h.compareTrial(t, i, as, rows)
			}
			for a := range h.model.accounts() {
				h.compareStatement(t, ctx, w, tx, a)
			}
			return nil
		})
	}
}

func (h *history) compareTrial(t *rapid.T, i int, as ledger.As, rows []ledger.TrialRow) {
	sum, seen := map[string]int64{}, map[modelAccount]bool{}
	for _, r := range rows {
		a := modelAccount{r.Code, r.Balance.Currency}
		seen[a] = true
		sum[a.currency] += r.Balance.Minor
		if want := h.model.balance(a, as); r.Balance.Minor != want {
			t.Fatalf("world %d, as of %v: %v has %d, want %d", i, as, a, r.Balance.Minor, want)
		}
	}
	for a := range h.model.accounts() {
		if !seen[a] {
			t.Fatalf("world %d, as of %v: %v is missing", i, as, a)
		}
	}
	for c, n := range sum {
		if n != 0 {
			t.Fatalf("world %d, as of %v: %s sums to %d", i, as, c, n)
		}
	}
}

// compareStatement reads a statement in pages of two lines.
func (h *history) compareStatement(t *rapid.T, ctx context.Context, w *world, tx *store.Tx, a modelAccount) {
	p := ledger.Page{Organisation: h.organisation, Code: a.code, Currency: a.currency, From: dayAfter(2), Until: dayAfter(9), Limit: 2}
	opening, closing := h.model.balance(a, ledger.As{Value: dayAfter(1)}), h.model.balance(a, ledger.As{Value: p.Until})
	balance := opening
	var amounts, want []int64
	for more := true; more; {
		s, err := w.Statement(ctx, tx, p)
		if err != nil {
			t.Fatal(err)
		}
		if s.Opening.Minor != opening || s.Closing.Minor != closing {
			t.Fatalf("%v: opening %s and closing %s, want %d and %d", a, s.Opening, s.Closing, opening, closing)
		}
		for _, l := range s.Lines {
			balance += l.Amount.Minor
			if l.Balance.Minor != balance {
				t.Fatalf("%v: %s after %+v, want %d", a, l.Balance, l.Place, balance)
			}
			amounts, p.After = append(amounts, l.Amount.Minor), l.Place
		}
		more = s.More
	}
	if balance != closing {
		t.Fatalf("%v: the lines lead to %d, not to %d", a, balance, closing)
	}
	for _, e := range h.model.entries {
		for _, l := range e.Lines {
			if l.Account == a.code && l.Amount.Currency == a.currency && !e.Value.Before(p.From) && !e.Value.After(p.Until) {
				want = append(want, l.Amount.Minor)
			}
		}
	}
	slices.Sort(amounts)
	slices.Sort(want)
	if !slices.Equal(amounts, want) {
		t.Fatalf("%v: lines of %v, want %v", a, amounts, want)
	}
}

// worlds gives a ledger on each database that the machine has.
func worlds(t *testing.T) (all []*world) {
	db, clock := storetest.SQLite(t, schema...)
	all = append(all, newWorld(t, db, clock))
	if storetest.HasPostgres() {
		db, clock := storetest.Postgres(t, schema...)
		all = append(all, newWorld(t, db, clock))
	}
	return all
}

// TestRandomHistories: every step is allowed or refused as the model says, on both databases; afterwards every balance
// on every day and at every instant, every statement and the check agree.
func TestRandomHistories(t *testing.T) {
	all := worlds(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		h := &history{organisation: fmt.Sprint("o", n), worlds: all, ids: make([][]string, len(all))}
		for _, w := range all {
			w.chart = chartOf(h.organisation)
		}
		h.steps(t)
		h.compare(t)
	})
	for _, w := range all {
		w.sound()
		w.fold()
		w.sound()
	}
}

// TestRandomEntriesThatAreNone: whatever is done to an entry that would pass, nothing of it is written.
func TestRandomEntriesThatAreNone(t *testing.T) {
	all := worlds(t)
	for _, w := range all {
		w.mustPost(move("first", "2026-01-20", "owed", "fees", 100))
		w.must(w.close(council, "2026-01-10"))
	}
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t, council)
		e.Key, e.Value = "new", dayAfter(30)
		for i := range e.Lines { // accounts that accept everything
			e.Lines[i].Account = []string{"owed", "reserves"}[i%2]
		}
		i := rapid.IntRange(0, len(e.Lines)-1).Draw(t, "line")
		switch rapid.IntRange(0, 7).Draw(t, "spoilt") {
		case 0:
			e.Lines[i].Amount.Minor += rapid.SampledFrom([]int64{-1, 1, 1 << 20}).Draw(t, "off by")
		case 1:
			e.Lines[i].Amount.Minor = 0
		case 2:
			e.Lines[i].Amount.Currency = "EUR"
		case 3:
			e.Lines[i].Account = "nowhere"
		case 4:
			e.Lines = slices.Delete(e.Lines, i, i+1)
		case 5:
			e.Value = dayAfter(rapid.IntRange(0, 9).Draw(t, "closed day"))
		case 6:
			e.Key = "first"
		case 7: // an income of less than nothing
			e.Lines = append(e.Lines, ledger.Line{Account: "fees", Amount: money.Amount{Minor: 101, Currency: "GBP"}},
				ledger.Line{Account: "owed", Amount: money.Amount{Minor: -101, Currency: "GBP"}})
		}
		for _, w := range all {
			before := w.counts()
			if id, err := w.post(w.ctx, e); err == nil {
				t.Fatalf("posted as %s: %+v", id, e)
			} else if why(err) == err {
				t.Fatalf("not a refusal: %v", err)
			}
			if after := w.counts(); !maps.Equal(before, after) {
				t.Fatalf("left rows: %v, before %v", after, before)
			}
		}
	})
	for _, w := range all {
		w.sound()
	}
}

// TestTheOrderOfPostingDoesNotMatter: the same entries in another order, folded at other times, give the same balances.
func TestTheOrderOfPostingDoesNotMatter(t *testing.T) {
	all := worlds(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		a, b := fmt.Sprint("a", n), fmt.Sprint("b", n)
		var list []ledger.Entry
		for i := range rapid.IntRange(1, 5).Draw(t, "entries") {
			e := drawEntry(t, a)
			e.Key = fmt.Sprint(i)
			for j := range e.Lines { // accounts that accept everything, in any order
				e.Lines[j].Account = rapid.SampledFrom([]string{"owed", "reserves"}).Draw(t, "account")
			}
			list = append(list, e)
		}
		shuffled := rapid.Permutation(list).Draw(t, "order")
		foldAt := rapid.IntRange(0, len(list)).Draw(t, "fold")
		var seen [][]ledger.TrialRow
		for _, w := range all {
			w.chart = chartOf(a, b)
			for i := range list {
				w.mustPost(list[i])
				e := shuffled[i]
				e.Organisation = b
				if i == foldAt {
					w.fold()
				}
				w.mustPost(e)
			}
			w.read(func(ctx context.Context, tx *store.Tx) error {
				for d := range 13 {
					for _, o := range []string{a, b} {
						rows, err := w.TrialBalance(ctx, tx, o, ledger.As{Value: dayAfter(d)})
						if err != nil {
							return err
						}
						seen = append(seen, rows)
					}
				}
				return nil
			})
		}
		for i := range 13 {
			for j := i * 2; j < len(seen); j += 26 {
				for k := range 2 {
					if !slices.EqualFunc(seen[i*2], seen[j+k], func(x, y ledger.TrialRow) bool { return cmp.Compare(x.Code, y.Code) == 0 && x == y }) {
						t.Fatalf("on day %d: %v and %v", i, seen[i*2], seen[j+k])
					}
				}
			}
		}
	})
}
