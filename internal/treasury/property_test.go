package treasury_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/fault"
	"stoa/internal/ledger"
	"stoa/internal/money"
	"stoa/internal/pay"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/treasury"
)

// step is one event of a history, in terms that hold in every database: bills and payments by their number.
type step struct {
	what   string
	bill   int
	other  int
	pay    int
	day    int
	amount int64
	key    string
	report pay.Kind
}

var steps = []string{"issue", "issue", "begin", "begin", "report", "report", "report", "report", "charge", "waive", "write off", "credit", "cancel",
	"refund", "transfer", "cash", "match", "suspend", "resolve", "resolve", "undo", "payout", "close", "fold"}

var reportKinds = []pay.Kind{pay.Paid, pay.Paid, pay.Paid, pay.Failed, pay.Expired, pay.Refunded, pay.RefundFailed, pay.RefundAsked, pay.Disputed, pay.DisputeWon, pay.DisputeLost}

func drawHistory(t *rapid.T) []step {
	list := []step{ // so that later steps find something to do: an overpaid bill, one that is not paid, a line that waits
		{what: "issue", amount: 100, key: "first"}, {what: "issue", amount: 250, key: "second"}, {what: "begin", amount: 250, key: "first"},
		{what: "report", report: pay.Paid, other: 1}, {what: "suspend", amount: 100, key: "first"},
	}
	today := 0
	for i := range rapid.SampledFrom([]int{1, 4, 12, 12, 12}).Draw(t, "steps") {
		today += rapid.IntRange(0, 3).Draw(t, "days")
		list = append(list, step{what: rapid.SampledFrom(steps).Draw(t, "what"), bill: rapid.IntRange(0, 9).Draw(t, "bill"), other: rapid.IntRange(0, 9).Draw(t, "other"),
			pay: rapid.IntRange(0, 9).Draw(t, "pay"), day: today, amount: rapid.SampledFrom([]int64{1, 7, 50, 100, 100, 100, 250}).Draw(t, "amount"),
			key: fmt.Sprint("k", rapid.IntRange(0, 2).Draw(t, "key")), report: rapid.SampledFrom(reportKinds).Draw(t, "report")})
		switch list[len(list)-1].what {
		case "issue", "begin", "cash", "match", "suspend", "payout", "resolve":
			list[len(list)-1].key = fmt.Sprint("n", i)
		}
	}
	return list
}

// town is one set of books in a database, with its bills and payments by number.
type town struct {
	*world
	organisation string
	bills        []string
	payments     []string
	lines        []step // of the bank
	once         map[string]bool
	paidOut      int64
}

func (w *world) town(organisation string) *town {
	book, err := treasury.NewBook(jurisdictionOf(organisation))
	w.must(err)
	other := *w
	other.book = book
	v := &town{world: &other, organisation: organisation, once: map[string]bool{}}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		v.till = &pay.Till{Organisation: organisation, Cashier: "carla", Float: gbp(0)}
		return v.tills.Open(ctx, tx, v.till, day(0))
	})
	return v
}

// take does a step; what it may be refused for is an error that people are told.
func (v *town) take(t *rapid.T, s step) fault.Kind {
	err := v.db.Write(v.ctx, s.what, func(ctx context.Context, tx *store.Tx) error { return v.do(ctx, tx, s) })
	if err == nil {
		return 0
	}
	if fault.KindOf(err) == fault.Internal {
		t.Fatalf("%s: %+v: %v", v.organisation, s, err)
	}
	return fault.KindOf(err)
}

var errNone = fault.NewInvalid("there is none")

func pick(list []string, n int) (string, error) {
	if len(list) == 0 {
		return "", errNone
	}
	return list[n%len(list)], nil
}

func (v *town) do(ctx context.Context, tx *store.Tx, s step) error {
	act := treasury.Act{Key: s.key, Day: day(s.day)}
	switch s.what {
	case "issue":
		b := v.fee(s.key, s.amount)
		b.Day = day(s.day)
		if s.bill%2 == 0 && s.amount > 3 {
			b.Items = append(b.Items, bill.Item{ID: "relief", Account: "4110", Component: bill.Principal, Amount: -3})
			b.Plan = []bill.Instalment{{Due: day(s.day + 5), Amount: s.amount / 2}, {Due: day(s.day + 30), Amount: s.amount - 3 - s.amount/2}}
		}
		if err := v.Issue(ctx, tx, v.book, b); err != nil {
			return err
		}
		if !slices.Contains(v.bills, b.ID) {
			tx.OnCommit(func() { v.bills = append(v.bills, b.ID) })
		}
		return nil
	case "begin", "cash", "match", "resolve", "suspend", "undo", "payout", "close", "fold", "report", "refund":
		return v.money(ctx, tx, s, act)
	case "transfer":
		return v.transfer(ctx, tx, s, act)
	}
	id, err := pick(v.bills, s.bill)
	if err != nil {
		return err
	}
	b, err := v.Bills.Get(ctx, tx, v.organisation, id)
	if err != nil {
		return err
	}
	switch s.what {
	case "charge":
		component := []bill.Component{bill.Interest, bill.Penalty, bill.Costs, bill.Principal}[s.other%4]
		return v.Charge(ctx, tx, v.book, b, act, day(s.day+s.other), bill.Item{ID: "more", Account: "4900", Component: component, Amount: s.amount})
	case "waive":
		return v.Waive(ctx, tx, v.book, b, act, []bill.Component{"", bill.Interest, bill.Principal}[s.other%3], s.amount)
	case "write off":
		return v.WriteOff(ctx, tx, v.book, b, act, s.amount)
	case "cancel":
		return v.Cancel(ctx, tx, v.book, b, act)
	}
	items, err := bill.Portion(b.Moves, s.amount)
	if len(b.Event("credit "+b.ID+" "+s.key)) > 0 { // as a repeated form would send it
		items, err = nil, nil
		for _, m := range b.Event("credit " + b.ID + " " + s.key) {
			items = append(items, bill.Item{Account: m.Account, Component: m.Component, Amount: -m.Amount})
		}
	}
	if err != nil {
		return err
	}
	return v.Credit(ctx, tx, v.book, b, act, items...)
}

func (v *town) transfer(ctx context.Context, tx *store.Tx, s step, act treasury.Act) error {
	one, err := pick(v.bills, s.bill)
	if err != nil {
		return err
	}
	two, _ := pick(v.bills, s.other)
	all, err := v.Bills.GetAll(ctx, tx, v.organisation, []string{one, two})
	if err != nil {
		return err
	}
	from, to := all[0], all[len(all)-1]
	if from.ID != one {
		from, to = to, from
	}
	return v.Transfer(ctx, tx, v.book, from, to, act, s.amount)
}

func (v *town) targets(s step) (all []pay.Target, err error) {
	one, err := pick(v.bills, s.bill)
	if err != nil {
		return nil, err
	}
	two, _ := pick(v.bills, s.other)
	if one == two || s.amount < 2 {
		return []pay.Target{{Bill: one, Amount: s.amount}}, nil
	}
	return []pay.Target{{Bill: one, Amount: s.amount - s.amount/3}, {Bill: two, Amount: s.amount / 3}}[:1+min(1, int(s.amount/3))], nil
}

func (v *town) money(ctx context.Context, tx *store.Tx, s step, act treasury.Act) error {
	switch s.what {
	case "fold":
		_, err := v.Ledger.Fold(ctx, tx, 10, 1)
		return err
	case "close":
		return v.Ledger.ClosePeriod(ctx, tx, v.organisation, day(s.day-4), "olu")
	case "payout":
		v.count(tx, "payout "+s.key, func() { v.paidOut, v.lines = v.paidOut+s.amount, append(v.lines, s) })
		return v.place(ctx, tx, s, "c", treasury.Placement{To: bank.ToCard, Amount: s.amount})
	case "suspend":
		v.count(tx, "suspend "+s.key, func() { v.lines = append(v.lines, s) })
		return v.place(ctx, tx, s, "c", treasury.Placement{To: bank.ToSuspense, Amount: s.amount})
	case "undo":
		if len(v.lines) == 0 {
			return errNone
		}
		line := v.lines[s.pay%len(v.lines)]
		l, err := v.line(ctx, tx, line.key, day(line.day), line.amount)
		if err != nil {
			return err
		}
		no := 1 + s.other%3
		if line.what == "payout" && no == 1 {
			v.count(tx, "undo "+line.key, func() { v.paidOut -= line.amount })
		}
		return v.Undo(ctx, tx, v.book, l, no, act)
	case "report":
		return v.report(ctx, tx, s)
	case "refund":
		id, err := pick(v.payments, s.pay)
		if err != nil {
			return err
		}
		p, err := v.Payments.Get(ctx, tx, v.organisation, id)
		if err != nil || len(p.Arrived()) == 0 {
			return errors.Join(err, errNone)
		}
		return v.DecideRefund(ctx, tx, v.book, p.Targets[0].Bill, &pay.Refund{Payment: id, Key: s.key, Amount: gbp(s.amount)}, act)
	}
	return v.pays(ctx, tx, s)
}

// place places a line of the bank.
func (v *town) place(ctx context.Context, tx *store.Tx, s step, change string, parts ...treasury.Placement) error {
	l, err := v.line(ctx, tx, s.key, day(s.day), s.amount)
	if err != nil {
		return err
	}
	return v.Place(ctx, tx, v.book, l, bank.Change{Key: change, By: "olu"}, parts)
}

// pays are steps by which bills are paid, or are to be.
func (v *town) pays(ctx context.Context, tx *store.Tx, s step) error {
	targets, err := v.targets(s)
	if err != nil {
		return err
	}
	p := &pay.Payment{Organisation: v.organisation, Payer: "asha", Subject: v.subject, Key: s.key, Targets: targets, Amount: gbp(s.amount), Words: pay.Words{Title: "Fee"}}
	switch s.what {
	case "cash":
		p.Method, p.Till = pay.Cash, v.till.ID
		err = v.TakeCash(ctx, tx, v.book, p, day(s.day))
	case "match":
		v.count(tx, "match "+s.key, func() { v.lines = append(v.lines, s) })
		err = v.place(ctx, tx, s, "c", treasury.Placement{To: bank.ToBill, Amount: s.amount, Payment: p})
	case "resolve":
		if len(v.lines) == 0 {
			return errNone
		}
		line := v.lines[s.pay%len(v.lines)]
		if l, err := v.line(ctx, tx, line.key, day(line.day), line.amount); err != nil || l.Open() != line.amount {
			return errors.Join(err, errNone)
		}
		some := line.amount - line.amount/3
		p.Targets = []pay.Target{{Bill: targets[0].Bill, Amount: some}}
		parts := []treasury.Placement{{To: bank.ToBill, Amount: some, Payment: p}}
		if rest := line.amount / 3; rest > 0 {
			parts = append(parts, treasury.Placement{To: bank.ToSuspense, Amount: rest})
		}
		err = v.place(ctx, tx, line, s.key, parts...)
	default:
		p.Method, p.Provider, p.Until = pay.Card, "sandbox", v.clock.Now().AddDate(1, 0, 0)
		_, err = v.Payments.Begin(ctx, tx, p)
	}
	if err == nil && !slices.Contains(v.payments, p.ID) {
		tx.OnCommit(func() { v.payments = append(v.payments, p.ID) })
	}
	return err
}

// count runs f when the transaction commits, once for a key.
func (v *town) count(tx *store.Tx, key string, f func()) {
	tx.OnCommit(func() {
		if !v.once[key] {
			v.once[key] = true
			f()
		}
	})
}

func (v *town) report(ctx context.Context, tx *store.Tx, s step) error {
	id, err := pick(v.payments, s.pay)
	if err != nil {
		return err
	}
	p, err := v.Payments.Get(ctx, tx, v.organisation, id)
	if err != nil || p.Method != pay.Card {
		return errors.Join(err, errNone)
	}
	r := pay.Report{Kind: s.report, Key: s.key, Amount: gbp(s.amount), At: v.clock.Now()}
	if r.Kind == pay.Paid && s.other%3 > 0 {
		r.Amount = p.Amount
	} else if r.Kind == pay.Paid && s.other == 9 && len(p.Refunds)+len(p.Disputes) == 0 {
		r.Amount = money.Amount{Minor: s.amount, Currency: "EUR"}
	} else if r.Kind != pay.Paid && p.State == pay.StatePaid {
		r.Amount.Currency = p.Received.Currency
	}
	res, err := v.Payments.Report(ctx, tx, v.organisation, id, day(s.day), r)
	for _, c := range res.Changes {
		if err == nil {
			if err = v.Apply(ctx, tx, v.book, res.Payment, c, day(s.day)); err != nil {
				return fault.NewInternal("money that moved was refused", err)
			}
		}
	}
	return err
}

// picture is where the town stands, in terms that hold in every database and whichever way it came there.
func (v *town) picture() (all []string) {
	v.t.Helper()
	v.read(func(ctx context.Context, tx *store.Tx) error {
		for i, id := range v.bills {
			b, err := v.Bills.Get(ctx, tx, v.organisation, id)
			if err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("bill %d %s: %d %s next %s, owed %v", i, b.Number, b.Balance, b.State, b.Next, bill.Owed(b.Moves)))
		}
		rows, err := v.Treasury.TrialBalance(ctx, tx, v.book, day(1000))
		for _, r := range rows {
			if !r.Amount.IsZero() {
				all = append(all, fmt.Sprintf("account %s %s", r.Account.Code, r.Amount))
			}
		}
		return err
	})
	return all
}

// agree holds the books against the payments, bills and lines.
func (v *town) agree(t *rapid.T) {
	v.read(func(ctx context.Context, tx *store.Tx) error {
		if found, err := v.Controls(ctx, tx, v.book); len(found) > 0 || err != nil {
			t.Errorf("%q %v", found, err)
		}
		card := map[string]int64{"GBP": -v.paidOut}
		for _, id := range v.payments {
			p, err := v.Payments.Get(ctx, tx, v.organisation, id)
			if err != nil {
				return err
			}
			if p.Method == pay.Card && p.State == pay.StatePaid {
				card[p.Received.Currency] += p.Received.Minor - p.Disputed.Minor - p.Refunded.Minor
			}
		}
		for _, c := range []string{"GBP", "EUR"} {
			got, err := v.Ledger.Balance(ctx, tx, v.organisation, v.book.Code(service.UseCard), c, ledger.As{})
			if err != nil {
				return err
			}
			if got.Minor != card[c] {
				t.Errorf("with the card provider are %s, what happened makes %d", got, card[c])
			}
		}
		return nil
	})
}

// TestHistories takes the same steps on SQLite and PostgreSQL, and on SQLite once more with every step taken twice and
// folding in between: the books agree with everything else, and all three with one another.
func TestHistories(t *testing.T) {
	sqlite, clock := storetest.SQLite(t, schema...)
	worlds := []*world{newWorld(t, sqlite, clock)}
	if storetest.HasPostgres() {
		postgres, clock := storetest.Postgres(t, schema...)
		worlds = append(worlds, newWorld(t, postgres, clock))
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		history := drawHistory(rt)
		var towns []*town
		for i, w := range worlds {
			towns = append(towns, w.town(fmt.Sprintf("town %d %d", n, i)))
		}
		twice := worlds[0].town(fmt.Sprintf("town %d twice", n))
		for _, s := range history {
			var kinds []fault.Kind
			for _, v := range append(towns, twice) {
				kinds = append(kinds, v.take(rt, s))
				v.clock.Advance(time.Millisecond)
			}
			if kind := twice.take(rt, s); kinds[0] == 0 && kind != 0 && !changesByItself(s) {
				rt.Fatalf("%+v a second time: %v", s, kind)
			}
			if len(slices.Compact(kinds)) > 1 {
				rt.Fatalf("%+v: %v", s, kinds)
			}
		}
		want := towns[0].picture()
		for _, v := range append(towns[1:], twice) {
			if got := v.picture(); !slices.Equal(got, want) {
				rt.Fatalf("%s:\n%q\nand %s:\n%q", towns[0].organisation, want, v.organisation, got)
			}
		}
		for _, v := range append(towns, twice) {
			v.agree(rt)
		}
	})
	for _, w := range worlds {
		w.sound()
	}
}

// TestReportsInAnyOrder takes the same reports in order, and in another order with some twice and some dropped until the
// provider is asked: both towns stand the same.
func TestReportsInAnyOrder(t *testing.T) {
	db, clock := storetest.SQLite(t, schema...)
	w, n := newWorld(t, db, clock), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		a, b := w.town(fmt.Sprint("in order ", n)), w.town(fmt.Sprint("in any order ", n))
		var begin, reports []step
		for i := range rapid.IntRange(1, 3).Draw(rt, "bills") {
			begin = append(begin, step{what: "issue", key: fmt.Sprint("n", i), amount: rapid.Int64Range(1, 200).Draw(rt, "asked"), bill: 1})
		}
		for i := range rapid.IntRange(1, 3).Draw(rt, "payments") {
			paid := rapid.Int64Range(1, 200).Draw(rt, "paid")
			begin = append(begin, step{what: "begin", key: fmt.Sprint("p", i), amount: paid, bill: rapid.IntRange(0, 2).Draw(rt, "bill"), other: rapid.IntRange(0, 2).Draw(rt, "other")})
			add := func(kind pay.Kind, key string, amount int64) {
				reports = append(reports, step{what: "report", pay: i, report: kind, key: key, amount: amount, other: 1})
			}
			for _, facts := range rapid.SliceOfN(rapid.IntRange(0, 5), 0, 3).Draw(rt, "facts") {
				switch facts {
				case 0:
					add(pay.Paid, "", paid)
				case 1:
					add(pay.Failed, "", 0)
				case 2:
					add(pay.Refunded, "r1", 3)
				case 3:
					add(pay.RefundFailed, "r1", 3)
				case 4:
					add(pay.Disputed, "d1", paid)
				case 5:
					add(pay.DisputeLost, "d1", paid)
				}
			}
		}
		for _, s := range begin {
			a.take(rt, s)
			b.take(rt, s)
		}
		for _, s := range reports {
			a.take(rt, s)
		}
		for _, i := range rapid.Permutation(indexes(2*len(reports))).Draw(rt, "order") {
			if s := reports[i/2]; i%2 == 0 || rapid.Bool().Draw(rt, "twice") {
				if rapid.IntRange(0, 3).Draw(rt, "dropped") > 0 {
					b.take(rt, s)
				}
			}
		}
		for _, s := range reports { // asked, the provider tells all
			b.take(rt, s)
		}
		if one, other := a.picture(), b.picture(); !slices.Equal(one, other) {
			rt.Fatalf("in order:\n%q\nand in another:\n%q", one, other)
		}
		a.agree(rt)
		b.agree(rt)
	})
	w.sound()
}

func indexes(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	return all
}

// changesByItself are steps of the test that name something else when they are taken again.
func changesByItself(s step) bool { return s.what == "undo" || s.what == "resolve" }
