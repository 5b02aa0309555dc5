package flow_test

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
)

// owing is a bill of 50 pounds that nothing waits for: a stall's fee whose case goes on meanwhile is not paid.
func (tl *till) owing() (id string, b *bill.Bill) {
	tl.t.Helper()
	_, id, _ = tl.sent("rana@testshire.example")
	return id, tl.bill(id)
}

// TestLateBillsAreRemindedOnce: each step is taken once for an instalment, however often the day is turned.
func TestLateBillsAreRemindedOnce(t *testing.T) {
	eachTill(t, func(tl *till) {
		id, _ := tl.owing() // due on 16 March; the case would lapse, and is not turned here
		dun := func(days int, steps int) {
			tl.t.Helper()
			tl.clock.Set(time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC).AddDate(0, 0, days))
			done := 0
			for range 3 {
				n, err := tl.Finance().Dun(tl.ctx, tl.system)
				tl.must(err)
				done += n
			}
			if done != steps {
				tl.t.Errorf("%d days late: %d steps, want %d", days, done, steps)
			}
		}
		mails := tl.counts()["notification"]
		dun(0, 0)
		dun(6, 0)
		dun(7, 1)
		dun(8, 0)
		if n := tl.counts()["notification"]; n != mails+1 {
			tl.t.Errorf("%d reminders", n-mails)
		}
		dun(21, 1)
		b := tl.bill(id)
		if b.Balance != 6000 || bill.Owed(b.Moves)[bill.Costs] != 1000 {
			tl.t.Errorf("after the costs: %d", b.Balance)
		}
		dun(29, 0) // interest: from 17 March to 13 April are 28 days; 50 × 8 % × 28 / 365 = 0.3068
		if b = tl.bill(id); b.Balance != 6031 || b.InterestUntil.String() != "2026-04-13" {
			tl.t.Errorf("after a month: %d, interest until %s", b.Balance, b.InterestUntil)
		}
		dun(30, 0)
		if b = tl.bill(id); b.Balance != 6031 {
			tl.t.Errorf("a day later: %d", b.Balance)
		}
		if got, want := tl.balances(), (map[string]int64{"1200": 6031, "4100": -5000, "4200": -1031}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
	})
}

// TestPayingAsksForTheInterestOfTheDay: whoever pays all pays the interest too, and nothing stays behind.
func TestPayingAsksForTheInterestOfTheDay(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, id, holder := tl.sent("rana@testshire.example")
		tl.clock.Set(time.Date(2026, 3, 26, 12, 0, 0, 0, time.UTC)) // 10 days late: 50 × 8 % × 10 / 365 = 0.1096
		begun := tl.begin(draft, holder)
		if p := tl.payment(begun.Payment); p.Amount.Minor != 5011 {
			tl.t.Errorf("asked: %d", p.Amount.Minor)
		}
		tl.choose(begun, "succeeds")
		if b := tl.bill(id); b.Balance != 0 {
			tl.t.Errorf("stays: %d", b.Balance)
		}
		tl.balances()
	})
}

// TestArrangementsWaiversAndWriteOffs: what takes two persons, and what comes of it.
func TestArrangementsWaiversAndWriteOffs(t *testing.T) {
	eachTill(t, func(tl *till) {
		id, _ := tl.owing()
		today := tl.Docket.Releases.Current().Calendar.DateOf(tl.clock.Now())
		next, _ := today.AddMonths(1)
		after, _ := today.AddMonths(2)
		decide := func(kind string, terms bill.Terms, want int64) {
			tl.t.Helper()
			b := tl.bill(id)
			terms.Reason = "Hardship"
			tl.must(tl.Finance().ProposeOnBill(tl.ctx, tl.officer, flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: kind, Terms: terms, Key: tl.key()}))
			p := tl.proposal(b)
			for _, who := range []policy.Actor{tl.officer, tl.other, {Person: b.Payer}} {
				if err := tl.Finance().DecideProposal(tl.ctx, who, flow.DecideProposal{Bill: b.ID, Proposal: p, Outcome: bill.Approved, Key: tl.key()}); err == nil {
					tl.t.Errorf("%s approved %s", who.Name, kind)
				}
			}
			tl.must(tl.Finance().DecideProposal(tl.ctx, tl.boss, flow.DecideProposal{Bill: b.ID, Proposal: p, Outcome: bill.Approved, Key: tl.key()}))
			if b = tl.bill(id); b.Balance != want {
				tl.t.Errorf("after %s: %d, want %d", kind, b.Balance, want)
			}
		}
		b := tl.bill(id)
		own := policy.Actor{Person: b.Payer, Grants: tl.officer.Grants}
		mine := flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: bill.Waive, Terms: bill.Terms{Amount: 1000, Reason: "Hardship"}}
		if _, err := (flow.Rehearsal{Flow: tl.Flow}).PreviewProposal(tl.ctx, own, mine); fault.KindOf(err) != fault.Forbidden {
			tl.t.Errorf("an officer looks at what a proposal on their own bill would do: %v", err)
		}
		round := bill.Terms{Reason: "x", Plan: []bill.Instalment{{Due: next, Amount: math.MaxInt64}, {Due: next, Amount: math.MaxInt64}, {Due: next, Amount: 5002}}} // makes 5,000 in 64 bits
		if err := tl.Finance().ProposeOnBill(tl.ctx, tl.officer, flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: bill.Arrange, Terms: round, Key: tl.key()}); fault.KindOf(err) != fault.Invalid {
			tl.t.Errorf("instalments that come to what is owed by going round: %v", err)
		}
		decide(bill.Arrange, bill.Terms{Plan: []bill.Instalment{{Due: next, Amount: 3000}, {Due: after, Amount: 2000}}}, 5000)
		if b := tl.bill(id); b.Next != next || len(b.Plan) != 2 {
			tl.t.Errorf("the arrangement: %+v", b.Plan)
		}
		decide(bill.Waive, bill.Terms{Amount: 1000}, 4000)
		decide(bill.WriteOff, bill.Terms{Amount: 4000}, 0)
		if got, want := tl.balances(), (map[string]int64{"4100": -5000, "6010": 4000, "6020": 1000}); !maps.Equal(got, want) {
			tl.t.Errorf("the books: %v, want %v", got, want)
		}
		b = tl.bill(id)
		err := tl.Finance().ProposeOnBill(tl.ctx, tl.officer, flow.ProposeOnBill{Bill: b.ID, Version: b.Version, Kind: bill.Waive, Terms: bill.Terms{Amount: 1, Reason: "More"}, Key: tl.key()})
		if err == nil || !strings.Contains(err.Error(), "owed") {
			tl.t.Errorf("waiving what is not owed: %v", err)
		}
	})
}
