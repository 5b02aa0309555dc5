package treasury

import (
	"context"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/service"
)

// lateTown is a jurisdiction whose interest is 8 per cent a year until the end of June 2026, and 7.5 after.
func lateTown(t testing.TB) *service.Jurisdiction {
	files := fstest.MapFS{
		"jurisdiction.yaml": {Data: []byte("jurisdiction: town\nname: Town\nlanguages: [en]\ncurrency: GBP\ntime_zone: Europe/London\norganisations: [{id: revenues, name: Revenues}]\n")},
		"calendar.yaml":     {Data: []byte("weekend: [saturday, sunday]\nfrom: 2025-01-01\nuntil: 2028-12-31\n")},
		"parameters/late.yaml": {Data: []byte("parameters:\n  - id: late\n    title: Interest\n    type: number\n    values:\n" +
			"      - {from: 2020-01-01, value: 8, source: {title: Act}}\n      - {from: 2026-07-01, value: 7.5, source: {title: Act}}\n")},
		"money.yaml":         {Data: []byte(lateMoney)},
		"services/none.yaml": {Data: []byte(noService)},
	}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return j
}

const noService = `
service: none
title: None
summary: None
organisation: revenues
privacy: {}
applicant: {name: who, email: mail}
pages: [{page: you, title: You, questions: [{id: who, type: name, ask: Who, personal: "no"}, {id: mail, type: email, ask: Mail, personal: "no"}]}]
case: {number: "N-{seq}", label: who, start: begun, states: [{id: begun, title: Begun}, {id: over, title: Over, end: closed}], actions: [{id: close, title: Close, by: officer, from: [begun], to: over}]}
examples: [{name: One, submitted: 2026-03-02, answers: {who: Rana, mail: rana@town.example}}]
`

const lateMoney = `
treasury: revenues
accounts:
  - {code: "1", title: Bank, kind: asset, use: bank}
  - {code: "2", title: Cards, kind: asset, use: card}
  - {code: "3", title: Cash, kind: asset, use: cash}
  - {code: "4", title: Owed, kind: asset, use: receivable}
  - {code: "5", title: Disputed, kind: asset, use: disputed}
  - {code: "6", title: Suspense, kind: liability, use: suspense}
  - {code: "7", title: Refunds, kind: liability, use: refund}
  - {code: "8", title: Written off, kind: expense, use: written_off}
  - {code: "9", title: Waived, kind: expense, use: waived}
  - {code: "10", title: Difference, kind: expense, use: difference}
  - {code: "11", title: Interest, kind: income}
interest: {rate: param.late, account: "11"}
`

func date(s string) calendar.Date { return calendar.MustDate(s) }

// owing is a bill of one sum, or of several instalments, with its moves.
func owing(plan []bill.Instalment, moves ...bill.Move) *bill.Bill {
	b := &bill.Bill{Currency: "GBP", Plan: plan}
	total := int64(0)
	for _, p := range plan {
		total += p.Amount
	}
	b.Moves = []bill.Move{{No: 1, Kind: bill.MoveCharge, Component: bill.Principal, Value: date("2026-01-01"), Amount: total}}
	b.PlanMoves = 1
	for _, m := range moves {
		m.No = len(b.Moves) + 1
		b.Moves = append(b.Moves, m)
	}
	return b
}

func paidOn(day string, amount int64) bill.Move {
	return bill.Move{Kind: bill.MovePayment, Component: bill.Principal, Value: date(day), Amount: -amount}
}

func TestInterestByHand(t *testing.T) {
	j := lateTown(t)
	one := []bill.Instalment{{Due: date("2026-04-30"), Amount: 100000}}
	for _, c := range []struct {
		name  string
		b     *bill.Bill
		until string
		want  int64
	}{
		{"not due yet", owing(one), "2026-04-30", 0},
		{"one day: 1,000 × 8 % ÷ 365", owing(one), "2026-05-01", 22},
		{"61 days at 8 % to the end of June", owing(one), "2026-06-30", 1337},
		{"61 days at 8 %, 31 at 7.5 %: 13.3699 + 6.3699", owing(one), "2026-07-31", 1974},
		{"half paid on 10 May, which day still counts for all: 10 days on 1,000, 21 on 500", owing(one, paidOn("2026-05-10", 50000)), "2026-05-31", 449},
		{"paid in time", owing(one, paidOn("2026-04-30", 100000)), "2026-06-30", 0},
		{"a penalty bears no interest", owing(one, bill.Move{Kind: bill.MoveCharge, Component: bill.Penalty, Value: date("2026-05-01"), Amount: 5000}), "2026-05-31", 679},
		{"two instalments: 31 days on 500, 1 more on 500", owing([]bill.Instalment{{Due: date("2026-04-30"), Amount: 50000}, {Due: date("2026-05-30"), Amount: 50000}}), "2026-05-31", 351},
	} {
		if got, _, err := Accrued(context.Background(), j, j.Interest, c.b, date(c.until)); err != nil || got != c.want {
			t.Errorf("%s: %d, %v; want %d", c.name, got, err, c.want)
		}
	}
	b := owing(one)
	b.InterestUntil = date("2026-05-31")
	if got, _, err := Accrued(context.Background(), j, j.Interest, b, date("2026-06-30")); err != nil || got != 658 { // 30 days
		t.Errorf("after a charge: %d, %v", got, err)
	}
}

// TestInterestIsWhatEachDayBears compares with counting every single day.
func TestInterestIsWhatEachDayBears(t *testing.T) {
	j := lateTown(t)
	rapid.Check(t, func(t *rapid.T) {
		day := func(n int) calendar.Date { d, _ := date("2026-05-01").AddDays(n); return d }
		var plan []bill.Instalment
		for range rapid.IntRange(1, 4).Draw(t, "instalments") {
			plan = append(plan, bill.Instalment{Due: day(rapid.IntRange(0, 80).Draw(t, "due")), Amount: rapid.Int64Range(1, 500000).Draw(t, "amount")})
		}
		var moves []bill.Move
		for range rapid.IntRange(0, 4).Draw(t, "payments") {
			moves = append(moves, paidOn(day(rapid.IntRange(0, 100).Draw(t, "paid")).String(), rapid.Int64Range(1, 400000).Draw(t, "part")))
		}
		b := owing(plan, moves...)
		until := day(rapid.IntRange(0, 120).Draw(t, "until"))
		got, _, err := Accrued(context.Background(), j, j.Interest, b, until)
		if err != nil {
			t.Fatal(err)
		}
		var sum money.Decimal
		for n := 0; !day(n).After(until); n++ {
			d := day(n)
			owed, covered := int64(0), int64(0)
			for _, m := range b.Moves[1:] {
				if m.Value.Before(d) {
					covered -= m.Amount
				}
			}
			for _, p := range plan {
				if p.Due.Before(d) {
					owed += p.Amount
				}
			}
			principal := max(0, owed-covered)
			rate := int64(80)
			if !d.Before(date("2026-07-01")) {
				rate = 75
			}
			part, err := money.NewDecimal(principal*rate).Quo(money.NewDecimal(1000*365), 40, money.HalfEven)
			if err != nil {
				t.Fatal(err)
			}
			sum, _ = sum.Add(part)
		}
		whole, _ := sum.Round(0, money.HalfUp)
		if want, _ := whole.Int64(); got != want {
			t.Fatalf("%d, day by day %d", got, want)
		}
	})
}
