package ledger_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/ledger"
	"stoa/internal/money"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestCanonicalBytesAreFrozen: entries are compared and proven by these bytes for as long as there are books. If this
// fails, the form needs another tag, and the old one must stay readable.
func TestCanonicalBytesAreFrozen(t *testing.T) {
	b := ledger.Booked{ID: "01kh4v2m1e7aaaaaaaaaaaaaaa", At: time.Date(2026, 1, 5, 9, 0, 0, 123456000, time.UTC), Entry: ledger.Entry{
		Organisation: "greenvale-council", Key: "case 42 fee", Value: calendar.MustDate("2026-01-05"), Text: "Gebühr · رسم",
		Source: ledger.Source{Kind: "invoice", ID: "inv-42"},
		Lines: []ledger.Line{
			{Account: "1200", Amount: money.Amount{Minor: 2100, Currency: "GBP"}},
			{Account: "4100", Amount: money.Amount{Minor: -2100, Currency: "GBP"}},
		},
	}}
	reversal := b
	reversal.Reverses = "01kh4v2m1e7bbbbbbbbbbbbbbb"
	var got strings.Builder
	for _, one := range []ledger.Booked{b, reversal} {
		leaf := one.Leaf()
		fmt.Fprintf(&got, "%ssha256 %x\n\n", hex.Dump(leaf), sha256.Sum256(leaf))
	}
	const file = "testdata/leaf.golden"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// TestNoTwoEntriesHaveTheSameBytes moves a character from each field into the next.
func TestNoTwoEntriesHaveTheSameBytes(t *testing.T) {
	seen := map[string]int{}
	for i, e := range []ledger.Entry{
		{Organisation: "ab", Key: "cd", Text: "ef", Source: ledger.Source{Kind: "gh", ID: "ij"}},
		{Organisation: "abc", Key: "d", Text: "ef", Source: ledger.Source{Kind: "gh", ID: "ij"}},
		{Organisation: "ab", Key: "cde", Text: "f", Source: ledger.Source{Kind: "gh", ID: "ij"}},
		{Organisation: "ab", Key: "cd", Text: "efg", Source: ledger.Source{Kind: "h", ID: "ij"}},
		{Organisation: "ab", Key: "cd", Text: "ef", Source: ledger.Source{Kind: "ghi", ID: "j"}},
		{Organisation: "ab", Key: "cd", Text: "ef", Source: ledger.Source{Kind: "gh", ID: "ij"}, Lines: make([]ledger.Line, 1)},
		{Organisation: "ab", Key: "cd", Text: "ef", Source: ledger.Source{Kind: "gh", ID: "ij"}, Lines: make([]ledger.Line, 2)},
	} {
		leaf := (&ledger.Booked{Entry: e}).Leaf()
		if j, twice := seen[string(leaf)]; twice {
			t.Errorf("entries %d and %d have the same bytes", i, j)
		}
		seen[string(leaf)] = i
	}
}

func TestWhatIsNoEntryIsRefused(t *testing.T) {
	line := func(account string, minor int64, currency string) ledger.Line {
		return ledger.Line{Account: account, Amount: money.Amount{Minor: minor, Currency: currency}}
	}
	each(t, func(w *world) {
		for name, c := range map[string]struct {
			spoil func(e *ledger.Entry)
			why   error
			kind  fault.Kind
		}{
			"no organisation": {func(e *ledger.Entry) { e.Organisation = "" }, ledger.ErrMalformed, fault.Internal},
			"no key":          {func(e *ledger.Entry) { e.Key = "" }, ledger.ErrMalformed, fault.Internal},
			"long key":        {func(e *ledger.Entry) { e.Key = strings.Repeat("x", 201) }, ledger.ErrMalformed, fault.Internal},
			"no day":          {func(e *ledger.Entry) { e.Value = calendar.Date{} }, ledger.ErrMalformed, fault.Internal},
			"no text":         {func(e *ledger.Entry) { e.Text = "" }, ledger.ErrMalformed, fault.Internal},
			"long text":       {func(e *ledger.Entry) { e.Text = strings.Repeat("x", 501) }, ledger.ErrMalformed, fault.Internal},
			"not UTF-8":       {func(e *ledger.Entry) { e.Text = "a\xff" }, ledger.ErrMalformed, fault.Internal},
			"with a NUL":      {func(e *ledger.Entry) { e.Source.ID = "a\x00" }, ledger.ErrMalformed, fault.Internal},
			"no source":       {func(e *ledger.Entry) { e.Source.Kind = "" }, ledger.ErrMalformed, fault.Internal},
			"no lines":        {func(e *ledger.Entry) { e.Lines = nil }, ledger.ErrMalformed, fault.Internal},
			"one line":        {func(e *ledger.Entry) { e.Lines = e.Lines[:1] }, ledger.ErrMalformed, fault.Internal},
			"too many lines": {func(e *ledger.Entry) {
				for range 500 {
					e.Lines = append(e.Lines, line("bank", 1, "GBP"), line("fees", -1, "GBP"))
				}
			}, ledger.ErrMalformed, fault.Internal},
			"a line of zero": {func(e *ledger.Entry) { e.Lines = append(e.Lines, line("bank", 0, "GBP")) }, ledger.ErrMalformed, fault.Internal},
			"no currency":    {func(e *ledger.Entry) { e.Lines[0].Amount.Currency = "" }, ledger.ErrMalformed, fault.Internal},
			"odd currency":   {func(e *ledger.Entry) { e.Lines[0].Amount.Currency = "XYZ" }, ledger.ErrMalformed, fault.Internal},
			"unbalanced":     {func(e *ledger.Entry) { e.Lines[0].Amount.Minor++ }, ledger.ErrUnbalanced, fault.Internal},
			"balanced only across currencies": {func(e *ledger.Entry) { e.Lines[1].Amount.Currency = "EUR" },
				ledger.ErrUnbalanced, fault.Internal},
			"unknown account": {func(e *ledger.Entry) { e.Lines[1].Account = "4199" }, ledger.ErrAccount, fault.Internal},
			"another's":       {func(e *ledger.Entry) { e.Organisation = "county" }, ledger.ErrAccount, fault.Internal},
			"wrong side":      {func(e *ledger.Entry) { e.Lines[1].Account = "bank" }, ledger.ErrSide, fault.Conflict},
		} {
			e := move("k1", "2026-01-05", "owed", "fees", 2100)
			c.spoil(&e)
			_, err := w.post(w.ctx, e)
			if !errors.Is(err, c.why) || fault.KindOf(err) != c.kind {
				w.t.Errorf("%s: %v, of kind %s", name, err, fault.KindOf(err))
			}
		}
		for table, n := range w.counts() {
			if n != 0 {
				w.t.Errorf("refused entries left %d rows of %s", n, table)
			}
		}
	})
}

func TestAChartIsChecked(t *testing.T) {
	title := i18n.Text{"en": "Bank"}
	_, err := ledger.NewChart(
		ledger.Account{Organisation: "c", Code: "1", Kind: ledger.Asset, Title: title},
		ledger.Account{Organisation: "c", Code: "1", Kind: ledger.Asset, Title: title},
		ledger.Account{Organisation: "c", Code: "2", Kind: "cash", Title: title},
		ledger.Account{Organisation: "c", Code: "3", Kind: ledger.Income},
		ledger.Account{Code: "4", Kind: ledger.Income, Title: title},
	)
	for _, want := range []string{"account 1 of c is there twice", `account 2 of c is "cash"`, "account 3 of c needs a title", `account "4" of "" needs`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
	c, err := ledger.NewChart(ledger.Account{Organisation: "c", Code: "2", Kind: ledger.Equity, Title: title},
		ledger.Account{Organisation: "c", Code: "1", Kind: ledger.Asset, Title: title})
	if err != nil {
		t.Fatal(err)
	}
	if a, ok := c.Find("c", "2"); !ok || a.Kind != ledger.Equity {
		t.Errorf("found %+v, %t", a, ok)
	}
	if all := c.Accounts(); len(all) != 2 || all[0].Code != "1" {
		t.Errorf("accounts %+v", all)
	}
}
