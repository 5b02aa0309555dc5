package pay_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/money"
	"stoa/internal/pay"
)

var start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

func pounds(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "GBP"} }

// truth is what really happened at a provider: the slow, obvious model.
type truth struct {
	asked    money.Amount
	came     money.Amount // zero: nothing did
	failures int
	expired  bool
	refunds  []truthItem // end: "asked", "done", "failed", "returned"
	disputes []truthItem // end: "open", "won", "lost"
}

type truthItem struct {
	key    string
	amount money.Amount
	end    string
	ours   bool
}

func drawTruth(t *rapid.T) truth {
	h := truth{asked: pounds(rapid.Int64Range(100, 100_000).Draw(t, "asked")), failures: rapid.IntRange(0, 2).Draw(t, "failures"), expired: rapid.Bool().Draw(t, "expired")}
	if !rapid.Bool().Draw(t, "paid") {
		return h
	}
	h.came = h.asked
	switch rapid.IntRange(0, 5).Draw(t, "what came") {
	case 0:
		h.came.Minor = rapid.Int64Range(1, 200_000).Draw(t, "other amount")
	case 1:
		h.came.Currency = "EUR"
	}
	left := h.came.Minor
	for i := range rapid.IntRange(0, 3).Draw(t, "refunds") {
		if left == 0 {
			break
		}
		n := rapid.Int64Range(1, left).Draw(t, "refund")
		left -= n
		h.refunds = append(h.refunds, truthItem{fmt.Sprint("refund ", i), money.Amount{Minor: n, Currency: h.came.Currency},
			rapid.SampledFrom([]string{"asked", "done", "failed", "returned"}).Draw(t, "refund's end"), rapid.Bool().Draw(t, "ours")})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "disputes") {
		if left == 0 {
			break
		}
		n := rapid.Int64Range(1, left).Draw(t, "dispute")
		left -= n
		h.disputes = append(h.disputes, truthItem{fmt.Sprint("dispute ", i), money.Amount{Minor: n, Currency: h.came.Currency},
			rapid.SampledFrom([]string{"open", "won", "lost"}).Draw(t, "dispute's end"), false})
	}
	return h
}

// reports are all that the provider would tell, in the order in which it happened.
func (h truth) reports() (all []pay.Report) {
	add := func(kind pay.Kind, key string, a money.Amount) {
		all = append(all, pay.Report{Payment: "p", Ref: "page", Kind: kind, Key: key, Amount: a, At: start.Add(time.Duration(len(all)) * time.Minute)})
	}
	for range h.failures {
		add(pay.Failed, "", money.Amount{})
	}
	if h.expired {
		add(pay.Expired, "", money.Amount{})
	}
	if h.came.Minor == 0 {
		return all
	}
	add(pay.Paid, "", h.came)
	for _, r := range h.refunds {
		add(pay.RefundAsked, r.key, r.amount)
		switch r.end {
		case "done":
			add(pay.Refunded, r.key, r.amount)
		case "failed":
			add(pay.RefundFailed, r.key, r.amount)
		case "returned":
			add(pay.Refunded, r.key, r.amount)
			add(pay.RefundFailed, r.key, r.amount)
		}
	}
	for _, d := range h.disputes {
		add(pay.Disputed, d.key, d.amount)
		switch d.end {
		case "won":
			add(pay.DisputeWon, d.key, d.amount)
		case "lost":
			add(pay.DisputeLost, d.key, d.amount)
		}
	}
	return all
}

func (h truth) payment() pay.Payment {
	p := pay.Payment{ID: "p", Organisation: "o", Method: pay.Card, Provider: "test", Ref: "page", State: pay.StateOpen, Amount: h.asked,
		Targets: []pay.Target{{Bill: "b", Amount: h.asked.Minor}}}
	for _, r := range h.refunds {
		if r.ours {
			p.Refunds = append(p.Refunds, pay.Refund{Key: r.key, Payment: "p", Organisation: "o", Amount: r.amount, Method: pay.Card, State: pay.RefundIsOwed})
		}
	}
	return p
}

func (h truth) sum(items []truthItem, ends ...string) (n int64) {
	for _, i := range items {
		if slices.Contains(ends, i.end) {
			n += i.amount.Minor
		}
	}
	return n
}

// books is what the changes come to, account by account.
type books struct{ card, owed, refunds, disputed int64 }

func (b *books) post(changes []pay.Change) {
	for _, c := range changes {
		n := c.Amount.Minor
		switch c.Kind {
		case pay.MoneyIn:
			b.card += n
			b.owed -= n
		case pay.RefundDone:
			b.card -= n
			b.refunds += n
		case pay.RefundReturned:
			b.card += n
			b.refunds -= n
		case pay.DisputeOpened:
			b.card -= n
			b.disputed += n
		case pay.DisputeClosedWon:
			b.card += n
			b.disputed -= n
		case pay.DisputeClosedLost:
			b.owed += n
			b.disputed -= n
		}
	}
}

func (h truth) books() books {
	var b books
	b.refunds = h.sum(h.refunds, "done")
	b.disputed = h.sum(h.disputes, "open")
	b.card = h.came.Minor - b.refunds - h.sum(h.disputes, "open", "lost")
	b.owed = -h.came.Minor + h.sum(h.disputes, "lost")
	return b
}

func (h truth) state() pay.State {
	switch {
	case h.came.Minor > 0:
		return pay.StatePaid
	case h.expired:
		return pay.StateExpired
	case h.failures > 0:
		return pay.StateFailed
	}
	return pay.StateOpen
}

// check compares a payment, and what was posted on the way, with what really happened.
func (h truth) check(p pay.Payment, posted books, kinds map[string]int) error {
	var wrong []string
	want := func(what string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want %v", what, got, want))
		}
	}
	want("state", p.State, h.state())
	want("received", p.Received, h.came)
	want("refunded", p.Refunded.Minor, h.sum(h.refunds, "done"))
	want("disputed", p.Disputed.Minor, h.sum(h.disputes, "open", "lost"))
	want("what was posted", posted, h.books())
	for kind, n := range kinds {
		if n > 1 {
			wrong = append(wrong, fmt.Sprintf("%s was told %d times", kind, n))
		}
	}
	if kinds[string(pay.MoneyIn)+" "] != 0 != (h.came.Minor > 0) {
		wrong = append(wrong, "the money's coming was not told rightly")
	}
	if kinds[" "] != 0 {
		wrong = append(wrong, "true reports contradict each other")
	}
	if wrong != nil {
		return fmt.Errorf("%s", strings.Join(wrong, "; "))
	}
	return nil
}

// scramble delivers reports doubled, some dropped, in any order; what Ask gives at the end is everything.
func scramble(t *rapid.T, all []pay.Report) []pay.Report {
	var sent []pay.Report
	for _, r := range all {
		for range rapid.IntRange(0, 3).Draw(t, "times") {
			sent = append(sent, r)
		}
	}
	mix := func(list []pay.Report) []pay.Report {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		list = slices.Clone(list)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return list
	}
	return append(mix(sent), mix(all)...)
}

func TestFoldKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawTruth(t)
		p, kinds := h.payment(), map[string]int{}
		var posted books
		for _, r := range scramble(t, h.reports()) {
			before := fmt.Sprint(p)
			next, changes := pay.Fold(p, r)
			if fmt.Sprint(p) != before {
				t.Fatal("Fold has changed its argument")
			}
			p = next
			posted.post(changes)
			for _, c := range changes {
				kinds[string(c.Kind)+" "+c.Key]++
			}
			if (p.State == pay.StatePaid) != (p.Received.Minor > 0) {
				t.Fatalf("state %s with %v received", p.State, p.Received)
			}
		}
		if err := h.check(p, posted, kinds); err != nil {
			t.Fatalf("%+v: %v", h, err)
		}
	})
}

func TestFoldWords(t *testing.T) {
	fresh := truth{asked: pounds(2100)}.payment()
	paid := pay.Report{Kind: pay.Paid, Ref: "page", Charge: "charge", Amount: pounds(2100), At: start}
	type step struct {
		r    pay.Report
		want string // changes with what is odd
	}
	of := func(kind pay.Kind, key string, minor int64) pay.Report {
		return pay.Report{Kind: kind, Key: key, Amount: pounds(minor), At: start}
	}
	for name, steps := range map[string][]step{
		"failed after paid changes nothing": {{paid, "money_in"}, {of(pay.Failed, "", 0), ""}, {of(pay.Expired, "", 0), ""}},
		"paid after failed counts":          {{of(pay.Failed, "", 0), ""}, {paid, "money_in"}},
		"paid after expired counts":         {{of(pay.Expired, "", 0), ""}, {paid, "money_in"}},
		"twice is once":                     {{paid, "money_in"}, {paid, ""}},
		"another amount":                    {{of(pay.Paid, "", 2000), "money_in wrong_amount"}, {paid, " contradiction"}},
		"another currency":                  {{pay.Report{Kind: pay.Paid, Amount: money.Amount{Minor: 2100, Currency: "EUR"}}, "money_in wrong_currency"}},
		"nothing is no payment":             {{of(pay.Paid, "", 0), " contradiction"}, {of(pay.Paid, "", -1), " contradiction"}, {of(pay.Paid, "", 1<<62), " contradiction"}},
		"refund at the provider's":          {{paid, "money_in"}, {of(pay.Refunded, "re", 100), "refund_done refund_unasked"}, {of(pay.Refunded, "re", 100), ""}},
		"refund of two amounts":             {{paid, "money_in"}, {of(pay.Refunded, "re", 100), "refund_done refund_unasked"}, {of(pay.Refunded, "re", 101), " contradiction"}},
		"refund comes back":                 {{paid, "money_in"}, {of(pay.Refunded, "re", 100), "refund_done refund_unasked"}, {of(pay.RefundFailed, "re", 100), "refund_returned refund_failed"}, {of(pay.Refunded, "re", 100), ""}},
		"refund before its payment":         {{of(pay.Refunded, "re", 100), ""}, {paid, "money_in,refund_done refund_unasked"}},
		"dispute, end first":                {{paid, "money_in"}, {of(pay.DisputeLost, "d", 2100), "dispute_opened disputed,dispute_lost"}, {of(pay.Disputed, "d", 2100), ""}},
		"dispute with two ends":             {{paid, "money_in"}, {of(pay.DisputeLost, "d", 2100), "dispute_opened disputed,dispute_lost"}, {of(pay.DisputeWon, "d", 2100), " contradiction"}},
		"nameless refund":                   {{paid, "money_in"}, {of(pay.Refunded, "", 100), " contradiction"}},
		"a kind of later times":             {{paid, "money_in"}, {of("gift", "", 100), ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p := fresh
			for _, s := range steps {
				next, changes := pay.Fold(p, s.r)
				p = next
				var got []string
				for _, c := range changes {
					got = append(got, strings.TrimRight(string(c.Kind)+" "+c.Odd, " "))
				}
				if strings.Join(got, ",") != s.want {
					t.Errorf("%s gives %q, want %q", s.r.Kind, strings.Join(got, ","), s.want)
				}
			}
		})
	}
}

func TestArrived(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pay.Payment
		for i := range rapid.IntRange(1, 4).Draw(t, "bills") {
			n := rapid.Int64Range(1, 1000).Draw(t, "part")
			p.Targets = append(p.Targets, pay.Target{Bill: fmt.Sprint(i), Amount: n})
			p.Amount = pounds(p.Amount.Minor + n)
		}
		p.Received = pounds(rapid.Int64Range(1, 5000).Draw(t, "received"))
		sum := int64(0)
		for i, a := range p.Arrived() {
			sum += a.Amount
			if i > 0 && a.Amount > p.Targets[i].Amount || a.Bill != p.Targets[i].Bill || a.Amount <= 0 {
				t.Fatalf("%v of %v", a, p.Targets[i])
			}
		}
		if sum != p.Received.Minor {
			t.Fatalf("%d of %d arrived", sum, p.Received.Minor)
		}
		p.Received.Currency = "EUR"
		if p.Arrived() != nil {
			t.Fatal("euros pay pounds")
		}
	})
}

func TestStatus(t *testing.T) {
	for want, p := range map[string]pay.Payment{
		"open":            {State: pay.StateOpen},
		"expired":         {State: pay.StateExpired},
		"paid":            {State: pay.StatePaid, Received: pounds(5)},
		"partly_refunded": {State: pay.StatePaid, Received: pounds(5), Refunded: pounds(4)},
		"refunded":        {State: pay.StatePaid, Received: pounds(5), Refunded: pounds(5)},
		"disputed":        {State: pay.StatePaid, Received: pounds(5), Disputed: pounds(5)},
	} {
		if got := p.Status(); got != want {
			t.Errorf("%+v is %s, want %s", p, got, want)
		}
	}
}
