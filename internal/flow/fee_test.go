package flow_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/pay"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

const day = 24 * time.Hour

// TestTheFeeIsAskedForAndTheCaseWaits: submitting issues a bill and posts it, and the case stands until it is paid.
func TestTheFeeIsAskedForAndTheCaseWaits(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		c, b := tl.load(id), tl.bill(id)
		if c.State != "fee" || len(c.Consultations) != 0 {
			tl.t.Errorf("the case is in %s, with %d organisations asked", c.State, len(c.Consultations))
		}
		if b.Balance != 5000 || b.Number != "B-2026-000001" || b.Next.String() != "2026-03-16" || len(b.Items) != 1 {
			tl.t.Errorf("the bill: %+v", b)
		}
		if got, want := tl.balances(), (map[string]int64{"1200": 5000, "4100": -5000}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
		begun := tl.begin(draft, holder)
		if answer := tl.choose(begun, "succeeds"); answer.StatusCode != http.StatusSeeOther || !strings.HasSuffix(answer.Header.Get("Location"), "/back/"+begun.Payment) {
			tl.t.Errorf("the payer is sent to %d %s", answer.StatusCode, answer.Header.Get("Location"))
		}
		c, b = tl.load(id), tl.bill(id)
		if c.State != "received" || len(c.Consultations) != 1 || b.Balance != 0 || b.State != bill.Settled {
			tl.t.Errorf("after paying: case %s, bill %d %s", c.State, b.Balance, b.State)
		}
		if got, want := tl.balances(), (map[string]int64{"1010": 5000, "4100": -5000}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
		if p := tl.payment(begun.Payment); p.Number != "R-2026-000001" {
			tl.t.Errorf("receipt %q", p.Number)
		}
		if _, err := tl.Finance().PayBill(tl.ctx, holder, flow.PayBill{Draft: draft, Key: tl.key()}); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("paying again: %v", err)
		}
	})
}

// TestCardsOfEveryKind: whatever the provider does, the fee is taken once, and what did not fit stands in the queue.
func TestCardsOfEveryKind(t *testing.T) {
	for card, want := range map[string]struct {
		state, status string
		queue         string
	}{
		"declined":        {"fee", "failed", ""},
		"silent":          {"received", "paid", ""},
		"twice":           {"received", "paid", ""},
		"late":            {"received", "paid", ""},
		"out_of_order":    {"received", "paid", ""},
		"wrong_signature": {"received", "paid", pay.WrongSignature},
		"wrong_amount":    {"fee", "paid", pay.WrongAmount},
		"disputed":        {"received", "disputed", pay.WasDisputed},
	} {
		t.Run(card, func(t *testing.T) {
			eachTill(t, func(tl *till) {
				draft, id, holder := tl.sent("rana@testshire.example")
				begun := tl.begin(draft, holder)
				tl.choose(begun, card)
				for range 4 {
					tl.later(2 * time.Minute)
					tl.must(tl.Finance().AskProviders(tl.ctx, tl.system))
				}
				if c, p := tl.load(id), tl.payment(begun.Payment); c.State != want.state || p.Status() != want.status {
					tl.t.Errorf("the case is in %s and the payment %s, want %s and %s", c.State, p.Status(), want.state, want.status)
				}
				if q := tl.exceptions(); want.queue == "" && len(q) > 0 || want.queue != "" && q[want.queue] == 0 {
					tl.t.Errorf("the queue: %v, want %q", q, want.queue)
				}
				tl.balances()
			})
		})
	}
}

// TestAFailedPaymentIsNotTheLast: after a decline the payer tries another card, and it counts.
func TestAFailedPaymentIsNotTheLast(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		begun := tl.begin(draft, holder)
		tl.choose(begun, "declined")
		if c := tl.load(id); c.State != "fee" {
			tl.t.Fatalf("after a decline: %s", c.State)
		}
		tl.choose(begun, "succeeds")
		if c := tl.load(id); c.State != "received" {
			tl.t.Errorf("after the second card: %s", c.State)
		}
	})
}

// TestTheFeeComesBackOnWithdrawal: all of it, the way it came, once, however often the provider is asked.
func TestTheFeeComesBackOnWithdrawal(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		begun := tl.begin(draft, holder)
		tl.choose(begun, "succeeds")
		me := policy.Actor{Person: tl.load(id).Person, Name: "Rana"}
		tl.must(tl.act(me, id, "withdraw", process.Decision{}, ""))
		if got, want := tl.balances(), (map[string]int64{"1010": 5000, "2310": -5000}); !maps.Equal(got, want) {
			tl.t.Errorf("before the provider has done it: %v, want %v", got, want)
		}
		tl.down = true
		if _, err := tl.runner.RunDue(tl.ctx); err == nil {
			tl.t.Error("a provider that is down took a refund")
		}
		tl.down = false
		tl.later(time.Hour)
		tl.work()
		tl.must(tl.Finance().AskProviders(tl.ctx, tl.system))
		if got := tl.balances(); len(got) != 0 {
			tl.t.Errorf("when all is paid back the books still hold %v", got)
		}
		if p := tl.payment(begun.Payment); p.Status() != "refunded" || len(p.Refunds) != 1 {
			tl.t.Errorf("the payment: %s, %d refunds", p.Status(), len(p.Refunds))
		}
		if b := tl.bill(id); b.State != bill.Cancelled || b.Balance != 0 {
			tl.t.Errorf("the bill: %s %d", b.State, b.Balance)
		}
	})
}

// TestNobodyPays: the case lapses, and its bill with it; money that comes all the same goes back.
func TestNobodyPays(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		begun := tl.begin(draft, holder) // the page stays open in a browser
		tl.deaf = true
		tl.choose(begun, "succeeds") // paid in time, but the word of it comes late
		tl.deaf = false
		tl.clock.Advance(15 * day)
		if _, err := tl.Turn(tl.ctx, tl.system); err != nil {
			tl.t.Fatal(err)
		}
		if c, b := tl.load(id), tl.bill(id); c.State != "unpaid" || b.State != bill.Cancelled {
			tl.t.Fatalf("after the deadline: case %s, bill %s", c.State, b.State)
		}
		tl.must(tl.Finance().AskProviders(tl.ctx, tl.system))
		tl.work()
		if p := tl.payment(begun.Payment); p.Status() != "refunded" {
			tl.t.Errorf("the late payment: %s", p.Status())
		}
		if got := tl.balances(); len(got) != 0 {
			tl.t.Errorf("the books hold %v", got)
		}
	})
}

// TestTheApplicationCountsFromItsPayment: paid a day later, its time limits run from that day.
func TestTheApplicationCountsFromItsPayment(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		sent := tl.load(id)
		tl.clock.Advance(day)
		tl.choose(tl.begin(draft, holder), "succeeds")
		c := tl.load(id)
		if !c.Submitted.After(sent.Submitted) || c.Due.String() != "2026-03-31" { // 20 working days from 3 March
			tl.t.Errorf("given %s, due %s", c.Submitted, c.Due)
		}
	})
}

// TestHalfComesBackWhenItLapses: a part of the fee, as the file says.
func TestHalfComesBackWhenItLapses(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		tl.choose(tl.begin(draft, holder), "succeeds")
		tl.clock.Advance(60 * day)
		if _, err := tl.Turn(tl.ctx, tl.system); err != nil {
			tl.t.Fatal(err)
		}
		if c := tl.load(id); c.State != "lapsed" {
			tl.t.Fatalf("the case is in %s", c.State)
		}
		tl.work()
		if got, want := tl.balances(), (map[string]int64{"1010": 2500, "4100": -2500}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
	})
}

// TestTwoPaymentsOfOneBill: both count; the second is the payer's credit, and a person decides about it.
func TestTwoPaymentsOfOneBill(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		first, second := tl.begin(draft, holder), tl.begin(draft, holder)
		tl.choose(first, "succeeds")
		tl.choose(second, "succeeds")
		b := tl.bill(id)
		if b.Balance != -5000 || tl.exceptions()[pay.PaidTwice] != 1 {
			tl.t.Fatalf("balance %d, queue %v", b.Balance, tl.exceptions())
		}
		propose := flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: bill.Refund, Terms: bill.Terms{Amount: 5000, Reason: "Paid twice"}, Key: tl.key()}
		tl.must(tl.Finance().ProposeOnBill(tl.ctx, tl.boss, propose))
		tl.must(tl.Finance().ProposeOnBill(tl.ctx, tl.boss, propose)) // the same form again
		var proposal bill.Proposal
		tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			all, err := tl.Money.Treasury.Bills.OpenProposals(ctx, tx, "markets", "", 10)
			if len(all) != 1 {
				tl.t.Fatalf("%d proposals", len(all))
			}
			proposal = all[0].Proposal
			return err
		}))
		yes := flow.DecideProposal{Bill: b.ID, Proposal: proposal.ID, Outcome: bill.Approved, Key: tl.key()}
		if err := tl.Finance().DecideProposal(tl.ctx, tl.boss, yes); err == nil {
			tl.t.Error("who proposed approved it too")
		}
		if err := tl.Finance().DecideProposal(tl.ctx, tl.officer, yes); err == nil {
			tl.t.Error("an officer approved it")
		}
		tl.must(tl.Finance().DecideProposal(tl.ctx, tl.boss2, yes))
		tl.work()
		if got, want := tl.balances(), (map[string]int64{"1010": 5000, "4100": -5000}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
	})
}

// TestAProviderThatIsDownTakesNothing: the payer is told, and the same form goes on later with the same payment.
func TestAProviderThatIsDownTakesNothing(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		in := flow.PayBill{Draft: draft, Language: "en", Key: tl.key(), Back: "/b/{payment}", Cancel: "/c"}
		tl.down = true
		if _, err := tl.Finance().PayBill(tl.ctx, holder, in); fault.KindOf(err) != fault.Unavailable {
			tl.t.Errorf("down: %v", err)
		}
		tl.down = false
		one, err := tl.Finance().PayBill(tl.ctx, holder, in)
		tl.must(err)
		two, err := tl.Finance().PayBill(tl.ctx, holder, in)
		tl.must(err)
		if one != two {
			tl.t.Errorf("one form, two payments: %v and %v", one, two)
		}
		tl.choose(one, "succeeds")
		if c := tl.load(id); c.State != "received" {
			tl.t.Errorf("the case is in %s", c.State)
		}
	})
}

// TestStrangersNeitherSeeNorPay: a bill is there for its payer and for whoever holds the draft.
func TestStrangersNeitherSeeNorPay(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		begun := tl.begin(draft, holder)
		for _, who := range []policy.Actor{{}, {Draft: "other"}, {Person: "p-other"}, tl.officer} {
			if _, err := tl.Finance().PayBill(tl.ctx, who, flow.PayBill{Draft: draft, Key: tl.key()}); fault.KindOf(err) != fault.NotFound {
				tl.t.Errorf("%+v pays by draft: %v", who, err)
			}
			if _, err := tl.Finance().PayBill(tl.ctx, who, flow.PayBill{Bill: tl.bill(id).ID, Key: tl.key()}); fault.KindOf(err) != fault.NotFound {
				tl.t.Errorf("%+v pays by bill: %v", who, err)
			}
			if err := tl.Finance().ReturnFromProvider(tl.ctx, who, begun.Payment); fault.KindOf(err) != fault.NotFound {
				tl.t.Errorf("%+v returns: %v", who, err)
			}
		}
	})
}

// TestEveryHopOfAPaymentFailsWhole breaks the hearing of a payment at every statement: until it is whole, nothing of it is
// there; the provider sends it again, and then it is there once.
func TestEveryHopOfAPaymentFailsWhole(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		begun := tl.begin(draft, holder)
		var callback flow.Callback
		tl.provider.HTTP = &http.Client{Transport: direct(func(r *http.Request) (*http.Response, error) {
			callback = flow.Callback{Provider: "sandbox", Header: r.Header.Get, Body: readAll(tl, r)}
			return nil, errors.New("not now")
		})}
		tl.choose(begun, "succeeds")
		before, rows := tl.balances(), tl.counts()
		broken := 0
		for n := 0; ; n++ {
			if n > 3000 {
				tl.t.Fatal("the payment never went through")
			}
			err := tl.Finance().HearProvider(breakAt(n), callback)
			if err == nil {
				break
			}
			broken++
			if n%11 == 0 {
				if c := tl.load(id); c.State != "fee" || !maps.Equal(before, tl.balances()) || !maps.Equal(rows, tl.counts()) {
					tl.t.Fatalf("broken at look %d, something remained: case %s, %v", n, c.State, tl.balances())
				}
			}
		}
		if broken < 20 {
			tl.t.Errorf("only %d places to break at", broken)
		}
		after, counts := tl.balances(), tl.counts()
		for range 3 {
			tl.must(tl.Finance().HearProvider(tl.ctx, callback))
		}
		if c := tl.load(id); c.State != "received" || !maps.Equal(after, tl.balances()) || !maps.Equal(counts, tl.counts()) {
			tl.t.Errorf("the repetition changed something: case %s, %v", c.State, tl.balances())
		}
	})
}

func readAll(tl *till, r *http.Request) []byte {
	b := make([]byte, r.ContentLength)
	_, err := r.Body.Read(b)
	if err != nil && len(b) == 0 {
		tl.t.Error(err)
	}
	return b
}

// TestCashAtTheTill: taken, counted, closed to the penny.
func TestCashAtTheTill(t *testing.T) {
	eachTill(t, func(tl *till) {
		_, id, _ := tl.sent("rana@testshire.example")
		b := tl.bill(id)
		take := flow.TakeCash{Bill: b.ID, Amount: 5000, Key: tl.key()}
		if _, err := tl.Finance().TakeCash(tl.ctx, tl.officer, take); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("without a till: %v", err)
		}
		open, err := tl.Finance().OpenTill(tl.ctx, tl.officer, flow.OpenTill{Float: 10000, Key: tl.key()})
		tl.must(err)
		if _, err := tl.Finance().TakeCash(tl.ctx, tl.officer, flow.TakeCash{Bill: b.ID, Amount: 5001, Key: tl.key()}); fault.KindOf(err) != fault.Invalid {
			tl.t.Errorf("more than is owed: %v", err)
		}
		own := tl.officer
		own.Person = b.Payer
		if err := tl.Finance().ProposeOnBill(tl.ctx, own, flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: bill.WriteOff, Key: tl.key()}); b.Payer == "" || fault.KindOf(err) != fault.Forbidden {
			tl.t.Errorf("an officer proposes on a bill of their own (%q): %v", b.Payer, err)
		}
		one, err := tl.Finance().TakeCash(tl.ctx, tl.officer, take)
		tl.must(err)
		two, err := tl.Finance().TakeCash(tl.ctx, tl.officer, take)
		tl.must(err)
		if one != two || tl.load(id).State != "received" {
			tl.t.Errorf("payments %s and %s, case %s", one, two, tl.load(id).State)
		}
		today := tl.Docket.Releases.Current().Calendar.DateOf(tl.clock.Now())
		tl.clock.Set(tl.clock.Now().AddDate(0, 0, 1)) // the till of yesterday is not counted yet
		tomorrow := tl.Docket.Releases.Current().Calendar.DateOf(tl.clock.Now())
		if err := tl.Finance().CloseDay(tl.ctx, tl.boss, flow.CloseDay{Day: tomorrow, Key: tl.key()}); fault.KindOf(err) != fault.Conflict {
			tl.t.Errorf("a day is closed over a till that was opened before: %v", err)
		}
		tl.clock.Set(tl.clock.Now().AddDate(0, 0, -1))
		tl.must(tl.Finance().CloseTill(tl.ctx, tl.officer, flow.CloseTill{Till: open, Counted: 14900, Note: "One pound short", Key: tl.key()}))
		if got, want := tl.balances(), (map[string]int64{"1020": 4900, "6030": 100, "4100": -5000}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
		if tl.exceptions()[pay.TillDifference] != 1 {
			tl.t.Errorf("the queue: %v", tl.exceptions())
		}
		tl.must(tl.Finance().CloseDay(tl.ctx, tl.boss, flow.CloseDay{Day: today, Key: tl.key()}))
		_, other, _ := tl.sent("ben@testshire.example") // after closing: booked on the next day
		if b := tl.bill(other); !b.Moves[0].Late() {
			tl.t.Errorf("a bill of a closed day: %+v", b.Moves[0])
		}
	})
}

// TestCashGoesOutOnce: a refund that one cashier has paid out is not paid by another, however often anybody asks.
func TestCashGoesOutOnce(t *testing.T) {
	eachTill(t, func(tl *till) {
		_, id, _ := tl.sent("rana@testshire.example")
		b := tl.bill(id)
		for _, who := range []policy.Actor{tl.officer, tl.boss} {
			_, err := tl.Finance().OpenTill(tl.ctx, who, flow.OpenTill{Float: 10000, Key: tl.key()})
			tl.must(err)
		}
		_, err := tl.Finance().TakeCash(tl.ctx, tl.officer, flow.TakeCash{Bill: b.ID, Amount: 5000, Key: tl.key()})
		tl.must(err)
		me := policy.Actor{Person: tl.load(id).Person, Name: "Rana"}
		tl.must(tl.act(me, id, "withdraw", process.Decision{}, ""))
		var owed []pay.Refund
		tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
			owed, err = tl.Money.Treasury.Payments.RefundsIn(ctx, tx, "markets", pay.RefundIsOwed, pay.Cash, "", 50)
			return err
		}))
		if len(owed) != 1 {
			tl.t.Fatalf("%d refunds are owed in cash", len(owed))
		}
		out := flow.PayOutRefund{Refund: owed[0].ID, Key: tl.key()}
		if err := tl.Finance().PayOutRefund(tl.ctx, policy.Actor{Person: b.Payer, Grants: tl.officer.Grants}, out); err == nil {
			tl.t.Error("a cashier pays out to themselves")
		}
		tl.must(tl.Finance().PayOutRefund(tl.ctx, tl.officer, out))
		tl.must(tl.Finance().PayOutRefund(tl.ctx, tl.officer, out)) // the same form again
		for _, who := range []policy.Actor{tl.officer, tl.boss} {
			if err := tl.Finance().PayOutRefund(tl.ctx, who, flow.PayOutRefund{Refund: owed[0].ID, Key: tl.key()}); fault.KindOf(err) != fault.Conflict {
				tl.t.Errorf("%s pays it out once more: %v", who.Name, err)
			}
		}
		if got := tl.balances(); len(got) != 0 {
			tl.t.Errorf("the books: %v", got)
		}
	})
}

// TestABillIsWorkedOutAgain: also when the fee has changed since, and when the case counts from a later day.
func TestABillIsWorkedOutAgain(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, _, holder := tl.sent("rana@testshire.example")
		tl.clock.Advance(day)
		tl.choose(tl.begin(draft, holder), "succeeds")
		files := paid(t).(fstest.MapFS)
		for name, f := range files {
			if strings.HasPrefix(name, "parameters/") {
				f.Data = []byte(strings.ReplaceAll(string(f.Data), "value: 50", "value: 77"))
			}
		}
		j, problems := service.Load(files)
		if len(problems) > 0 {
			tl.t.Fatal(problems)
		}
		tl.must(tl.Publish(tl.ctx, tl.system, j))
		found, err := tl.Finance().CheckFees(tl.ctx, tl.system)
		tl.must(err)
		if len(found) > 0 {
			tl.t.Error(found)
		}
		tl.must(tl.DB.Write(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE bill SET items = REPLACE(items, '5000', '5001')`)
			return err
		}))
		if found, err = tl.Finance().CheckFees(tl.ctx, tl.system); err != nil || len(found) != 1 {
			tl.t.Errorf("a changed bill: %v, %v", found, err)
		}
	})
}
