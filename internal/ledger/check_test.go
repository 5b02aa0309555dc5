package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/ledger"
	"stoa/internal/store"
)

var spoilt = []struct{ name, spoil, want string }{
	{"an amount", `UPDATE ledger_line SET amount = amount + 1 WHERE entry = '$A' AND no = 1`, "debits and credits differ"},
	{"an amount, in the totals", `UPDATE ledger_line SET amount = amount + 1 WHERE entry = '$A' AND no = 1`, "debits less credits are 1, not 0"},
	{"an amount, in the balances", `UPDATE ledger_line SET amount = amount + 1 WHERE entry = '$A' AND no = 1`, "its lines make 2101, its running balances"},
	{"both amounts", `UPDATE ledger_line SET amount = amount * 2 WHERE entry = '$A'`, "its hash differs"},
	{"a text", `UPDATE ledger_entry SET text = 'Other' WHERE id = '$A'`, "its hash differs"},
	{"an entry gone", `DELETE FROM ledger_entry WHERE id = '$A'`, "lines without the entry"},
	{"a line gone", `DELETE FROM ledger_line WHERE entry = '$A' AND no = 1`, "lines are missing"},
	{"all lines gone", `DELETE FROM ledger_line WHERE entry = '$A'`, "0 lines"},
	{"an account gone", `DELETE FROM ledger_account WHERE code = 'owed'`, "a line on no account"},
	{"an account gone, its balance", `DELETE FROM ledger_account WHERE code = 'owed'`, "a balance of no account"},
	{"a line moved", `UPDATE ledger_line SET account = (SELECT id FROM ledger_account WHERE code = 'bank') WHERE entry = '$A' AND no = 1`, "its hash differs"},
	{"a line on another day", `UPDATE ledger_line SET value_day = '2026-01-04' WHERE entry = '$A' AND no = 1`, "a line on another day"},
	{"a balance", `UPDATE ledger_day SET balance = balance + 1 WHERE day = '2026-01-05'`, "at the end of 2026-01-05 its lines make 2100, its running balances 2101 and 0"},
	{"a day too many", `INSERT INTO ledger_day SELECT organisation, account, '2026-01-01', 1 FROM ledger_day WHERE day = '2026-01-05'`, "at the end of 2026-01-01"},
	{"a pending amount gone", `DELETE FROM ledger_pending WHERE entry = '$C'`, "at the end of 2026-01-09"},
	{"a pending amount too many", `INSERT INTO ledger_pending SELECT organisation, account, 'x', value_day, amount FROM ledger_pending`, "to be folded without its line"},
	{"a reversal of another", `UPDATE ledger_entry SET reverses = '$C' WHERE id = '$B'`, "is not the opposite"},
	{"a reversal of nothing", `UPDATE ledger_entry SET reverses = 'x' WHERE id = '$B'`, "reverses no entry"},
	{"no book", `DELETE FROM ledger_book`, "without a book"},
	{"the wrong side", `UPDATE ledger_account SET kind = 'income', either_side = FALSE WHERE code = 'owed'`, "on the wrong side"},
}

// TestTheCheckFinds spoils sound books in every way that it says it finds.
func TestTheCheckFinds(t *testing.T) {
	undo := errors.New("undo")
	each(t, func(w *world) {
		a := w.mustPost(move("a", "2026-01-05", "owed", "fees", 2100))
		kept := w.mustPost(move("kept", "2026-01-05", "bank", "deposits", 1))
		b, err := w.reverse(w.ctx, ledger.Reversal{Organisation: council, Entry: kept, Key: "b", Value: calendar.MustDate("2026-01-06"), Why: "Back"})
		w.must(err)
		w.fold()
		c := w.mustPost(move("c", "2026-01-09", "owed", "fees", 7))
		w.sound()
		ids := strings.NewReplacer("$A", a, "$B", b, "$C", c)
		for _, s := range spoilt {
			err := w.db.Write(w.ctx, "spoil", func(ctx context.Context, tx *store.Tx) error {
				if n, err := tx.Exec(ctx, ids.Replace(s.spoil)); err != nil || n == 0 {
					return fmt.Errorf("changed %d rows: %w", n, err)
				}
				found, err := w.Check(ctx, tx)
				if !slices.ContainsFunc(found, func(f ledger.Finding) bool { return strings.Contains(f.String(), s.want) }) {
					w.t.Errorf("%s: want %q, found %v, %v", s.name, s.want, found, err)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				w.t.Errorf("%s: %v", s.name, err)
			}
		}
		w.sound()
	})
}

// TestTheCheckReadsInPages posts more than it holds at a time.
func TestTheCheckReadsInPages(t *testing.T) {
	each(t, func(w *world) {
		w.postMany(1010)
		w.sound()
		w.exec(`UPDATE ledger_entry SET text = 'Other' WHERE idem_key = 'k1000'`)
		if all := w.findings(); len(all) != 1 {
			w.t.Errorf("found %v", all)
		}
	})
}

// postMany posts n entries, many in a transaction.
func (w *world) postMany(n int) {
	w.t.Helper()
	var list []ledger.Entry
	for i := range n {
		list = append(list, move(fmt.Sprint("k", i), dayAfter(i%9).String(), "owed", "fees", 1))
	}
	w.postAll(list)
}
