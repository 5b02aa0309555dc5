package flow_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/access"
	"stoa/internal/bill"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

const birthsFile = `register: births
title: Births
record: Birth
organisation: markets
label: child
find: [family, born]
privacy:
  birth: {purpose: To prove who somebody is., law: {title: The Act}, keep: always}
extracts:
  - id: certificate
    title: Birth certificate
    kind: certified
    for:
      - {as: parent, title: A parent, field: mother_email}
      - {as: parent, title: A parent, field: father_email}
      - {as: professional, title: Somebody who protects a child, role: officer, organisation: fire-service}
    shows: [child, family, born, mother]
    says: A true copy.
    fee: copy_fee
    account: "4100"
    pay: 14
    keep: 30
  - id: short
    title: Short extract
    kind: extract
    for: [{as: parent, title: A parent, field: mother_email}, {as: parent, title: A parent, field: father_email}]
    shows: [child, born]
    reason: optional
    keep: 10
fields:
  - {id: child, title: Child, type: text, personal: birth}
  - {id: family, title: Family name, type: text, key: true, personal: birth}
  - {id: born, title: Born, type: date, key: true, personal: birth}
  - {id: mother, title: Mother, type: text, personal: birth}
  - {id: mother_email, title: Her email, type: text, key: true, personal: birth}
  - {id: father_email, title: His email, type: text, key: true, personal: birth}
seed: births.csv
`

const birthsSeed = `key,child,family,born,mother,mother_email,father_email
B-1,Mina,Vale,2021-03-09,Mara Vale,mara@testshire.example,finn@testshire.example
B-2,Otto,Reed,2022-01-02,Rhea Reed,rhea@testshire.example,
`

// registrar is a till whose place keeps a register of births.
type registrar struct {
	*till
	mara, finn, stranger policy.Actor
}

func newRegistrar(t *testing.T, db *store.DB, clock *storetest.Clock) *registrar {
	tl := newTill(t, db, clock)
	tl.Extracts = &extract.Orders{Vault: tl.People.Vault}
	files := paid(t).(fstest.MapFS)
	files["registers/births.yaml"] = &fstest.MapFile{Data: []byte(birthsFile)}
	files["registers/births.csv"] = &fstest.MapFile{Data: []byte(birthsSeed)}
	files["parameters/copies.yaml"] = &fstest.MapFile{Data: []byte("parameters:\n  - {id: copy_fee, title: Fee of a copy, type: money, values: [{from: 2020-01-01, value: 12.5, source: {title: The Act}}]}\n")}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	tl.must(tl.Publish(tl.ctx, tl.system, j))
	g := &registrar{till: tl}
	g.mara, g.finn, g.stranger = g.resident("Mara Vale", "mara@testshire.example"), g.resident("Finn Vale", "finn@testshire.example"), g.resident("Sly Stranger", "sly@testshire.example")
	return g
}

func (g *registrar) resident(name, email string) policy.Actor {
	g.t.Helper()
	id, err := g.KnowResident(g.ctx, g.system, person.Details{Name: name, Email: email}, "en")
	g.must(err)
	return policy.Actor{Person: id, Name: name}
}

func eachRegistrar(t *testing.T, test func(g *registrar)) {
	t.Helper()
	storetest.Each(t, append(moneyTables[:len(moneyTables):len(moneyTables)], extract.Migrations()), func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		test(newRegistrar(t, db, clock))
	})
}

// entry is a record by its number.
func (g *registrar) entry(number string) (r *record.Record) {
	g.t.Helper()
	g.must(g.DB.Read(g.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = g.Docket.Records.ByNumber(ctx, tx, "births", number)
		return err
	}))
	return r
}

func (g *registrar) change(number string, change func(r *record.Record)) {
	g.t.Helper()
	g.must(g.DB.Write(g.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := g.Docket.Records.ByNumber(ctx, tx, "births", number)
		if err != nil {
			return err
		}
		change(r)
		return g.Docket.Records.Put(ctx, tx, g.Docket.Releases.Current().Registers["births"], r, record.Change{Change: "corrected"})
	}))
}

// seal seals a record, or one field of it.
func (g *registrar) seal(number, field string) {
	g.t.Helper()
	g.must(g.DB.Write(g.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := g.Docket.Records.ByNumber(ctx, tx, "births", number)
		if err != nil {
			return err
		}
		seal := &record.Seal{Field: field, Reason: "Adoption.", Law: "The Act", By: g.boss.Person}
		return g.Docket.Records.Seals().Put(ctx, tx, g.Docket.Releases.Current().Registers["births"], r, seal)
	}))
}

func (g *registrar) order(actor policy.Actor, number, id, reason string) (string, error) {
	g.t.Helper()
	return g.Civil().Order(g.ctx, actor, flow.OrderExtract{Record: g.entry(number).ID, Extract: id, Reason: reason, Key: g.key()})
}

func (g *registrar) ordered(id string) (o *extract.Order) {
	g.t.Helper()
	g.must(g.DB.Read(g.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = g.Extracts.Get(ctx, tx, id)
		return err
	}))
	return o
}

// copyBill is the bill of an order.
func (g *registrar) copyBill(id string) (b *bill.Bill) {
	g.t.Helper()
	g.must(g.DB.Read(g.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		b, err = g.Money.Treasury.Bills.Get(ctx, tx, "markets", g.ordered(id).Bill)
		return err
	}))
	return b
}

// pay pays the fee of an order by card; the form may be sent again with the same key.
func (g *registrar) pay(actor policy.Actor, id string) {
	g.t.Helper()
	begun, err := g.Finance().PayBill(g.ctx, actor, flow.PayBill{Bill: g.ordered(id).Bill, Language: "en", Key: g.key(), Back: "/back/{payment}", Cancel: "/cancel"})
	g.must(err)
	g.choose(begun, "succeeds")
	g.clock.Advance(time.Minute)
	g.provider.Tick(g.ctx)
}

func (g *registrar) looks(actor policy.Actor) (all []access.Look) {
	g.t.Helper()
	g.must(g.DB.Read(g.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = access.Of(ctx, tx, actor.Person, 100)
		return err
	}))
	return all
}

// TestAParentOrdersPaysAndHasTheCopy, and the other parent sees it.
func TestAParentOrdersPaysAndHasTheCopy(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		id, err := g.order(g.mara, "B-1", "certificate", "")
		g.must(err)
		if o := g.ordered(id); o.State != extract.Waiting || o.Copy != nil || o.As != "parent" || g.kinds()[publog.ExtractIssued] != 0 {
			t.Fatalf("before the fee: %+v", o)
		}
		if b := g.copyBill(id); b.Balance != 1250 || b.Payer != g.mara.Person || b.Items[0].Account != "4100" {
			t.Fatalf("the bill: %+v", b)
		}
		g.pay(g.mara, id)
		o := g.ordered(id)
		if o.State != extract.Issued || o.Copy == nil || len(o.Copy.Facts) != 4 || o.Copy.Facts[3].Value != "Mara Vale" || o.Number != "C-2026-000001" {
			t.Fatalf("after the fee: %+v %+v", o, o.Copy)
		}
		if n := g.kinds()[publog.ExtractIssued]; n != 1 {
			t.Errorf("%d leaves", n)
		}
		if looks := g.looks(g.finn); len(looks) != 1 || looks[0].What != "extract" || looks[0].Ref != o.Number || looks[0].Actor != g.mara.Person {
			t.Errorf("the other parent sees %+v", looks)
		}
		if looks := g.looks(g.mara); len(looks) != 0 {
			t.Errorf("who ordered it sees %+v", looks)
		}
		g.clock.Advance(31 * 24 * time.Hour)
		if o.Open(g.clock.Now()) {
			t.Error("it can be downloaded after its days")
		}
		if b := g.balances(); b["4100"] != -1250 || b["1200"] != 0 {
			t.Errorf("the books: %v", b)
		}
	})
}

// TestAFreeCopyIsMadeAtOnceAndOnce however often its form is sent.
func TestAFreeCopyIsMadeAtOnceAndOnce(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		in := flow.OrderExtract{Record: g.entry("B-1").ID, Extract: "short", Key: g.key()}
		first, err := g.Civil().Order(g.ctx, g.finn, in)
		g.must(err)
		before := g.counts()
		again, err := g.Civil().Order(g.ctx, g.finn, in)
		g.must(err)
		if first != again || g.ordered(first).State != extract.Issued || before["publog_leaf"] != g.counts()["publog_leaf"] || before["access"] != g.counts()["access"] {
			t.Errorf("again: %s and %s, %v then %v", first, again, before, g.counts())
		}
		in.Reason = "another"
		if _, err := g.Civil().Order(g.ctx, g.finn, in); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another form under the same key: %v", err)
		}
	})
}

// TestWhoIsNotEntitledHearsTheSame whether there is an entry or not, and gets nothing.
func TestWhoIsNotEntitledHearsTheSame(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		find := func(actor policy.Actor, family, born string) ([]string, error) {
			return g.Civil().Find(g.ctx, actor, flow.FindExtract{Register: "births", Details: map[string]string{"family": family, "born": born}})
		}
		for _, there := range [][2]string{{"Vale", "2021-03-09"}, {"Nobody", "2021-03-09"}, {"Vale", "2021-03-10"}} {
			if found, err := find(g.stranger, there[0], there[1]); err != nil || found != nil {
				t.Errorf("a stranger finds %v for %v: %v", found, there, err)
			}
		}
		if found, err := find(g.mara, " vale", "2021-03-09"); err != nil || len(found) != 1 {
			t.Errorf("a parent finds %v: %v", found, err)
		}
		if _, err := find(policy.Actor{}, "Vale", "2021-03-09"); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("a visitor: %v", err)
		}
		_, there := g.order(g.stranger, "B-1", "short", "")
		_, nowhere := g.Civil().Order(g.ctx, g.stranger, flow.OrderExtract{Record: "nothing", Extract: "short", Key: g.key()})
		if fault.KindOf(there) != fault.NotFound || fault.KindOf(nowhere) != fault.NotFound {
			t.Errorf("ordering: %v and %v", there, nowhere)
		}
		if _, err := g.order(g.mara, "B-2", "short", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("another's child: %v", err)
		}
		if n := g.counts()["access"]; n != 0 {
			t.Errorf("%d reads were written down for nothing that was shown", n)
		}
		id, err := g.order(g.mara, "B-1", "certificate", "")
		g.must(err)
		if err := g.Civil().Drop(g.ctx, g.stranger, flow.DropExtract{Order: id, Key: g.key()}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger takes it back: %v", err)
		}
	})
}

// TestARightIsAskedAgainWhenTheCopyIsMade: somebody who is no parent any more gets the money back, and so does whoever paid
// for an entry that was sealed or merged meanwhile.
func TestARightIsAskedAgainWhenTheCopyIsMade(t *testing.T) {
	for name, spoil := range map[string]func(g *registrar){
		"no parent any more": func(g *registrar) {
			g.change("B-1", func(r *record.Record) { r.Fields["father_email"] = "other@testshire.example" })
		},
		"sealed":               func(g *registrar) { g.seal("B-1", "") },
		"a field of it sealed": func(g *registrar) { g.seal("B-1", "father_email") },
		"merged":               func(g *registrar) { g.change("B-1", func(r *record.Record) { r.State = "merged" }) },
	} {
		t.Run(name, func(t *testing.T) {
			eachRegistrar(t, func(g *registrar) {
				id, err := g.order(g.finn, "B-1", "certificate", "")
				g.must(err)
				spoil(g)
				g.pay(g.finn, id)
				if o := g.ordered(id); o.State != extract.Refused || o.Copy != nil {
					t.Fatalf("it is %s", o.State)
				}
				if n := g.kinds()[publog.ExtractIssued]; n != 0 {
					t.Errorf("%d leaves", n)
				}
				if b := g.copyBill(id); b.State != bill.Cancelled {
					t.Errorf("the bill is %s", b.State)
				}
				if _, err := g.runner.RunDue(g.ctx); err != nil {
					t.Fatal(err)
				}
				if b := g.balances(); b["4100"] != 0 {
					t.Errorf("the books: %v", b)
				}
			})
		})
	}
}

// TestAnUnpaidOrderLapses after its days: nothing is owed, no reminder is sent, and money that comes later goes back.
func TestAnUnpaidOrderLapses(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		id, err := g.order(g.mara, "B-1", "certificate", "")
		g.must(err)
		begun, err := g.Finance().PayBill(g.ctx, g.mara, flow.PayBill{Bill: g.ordered(id).Bill, Language: "en", Key: g.key(), Back: "/b/{payment}", Cancel: "/c"})
		g.must(err)
		g.clock.Advance(15 * 24 * time.Hour)
		before := g.counts()["notification"]
		done, err := g.Finance().Dun(g.ctx, g.system)
		g.must(err)
		if done != 1 || g.counts()["notification"] != before || g.ordered(id).State != extract.Lapsed || g.copyBill(id).State != bill.Cancelled {
			t.Fatalf("%d done, it is %s", done, g.ordered(id).State)
		}
		if again, err := g.Finance().Dun(g.ctx, g.system); err != nil || again != 0 {
			t.Errorf("again: %d, %v", again, err)
		}
		g.choose(begun, "succeeds")
		g.provider.Tick(g.ctx)
		if p := g.payment(begun.Payment); p.State == pay.StatePaid && g.ordered(id).State != extract.Lapsed {
			t.Errorf("a payment that came late made a copy")
		}
	})
}

// TestAnOrderIsTakenBack before it is paid, and not after.
func TestAnOrderIsTakenBack(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		id, err := g.order(g.mara, "B-1", "certificate", "")
		g.must(err)
		g.must(g.Civil().Drop(g.ctx, g.mara, flow.DropExtract{Order: id, Key: g.key()}))
		if g.ordered(id).State != extract.Lapsed || g.copyBill(id).Balance != 0 {
			t.Error("it still stands")
		}
		if err := g.Civil().Drop(g.ctx, g.mara, flow.DropExtract{Order: id, Key: g.key()}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
	})
}

// TestAProfessionalSaysWhy, and both parents read it.
func TestAProfessionalSaysWhy(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		if _, err := g.order(g.other, "B-1", "certificate", ""); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("without a reason: %v", err)
		}
		if _, err := g.order(g.other, "B-1", "short", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a copy that is not for them: %v", err)
		}
		reader := g.staff("Rob Reader", policy.Grant{Role: policy.Reader, Organisation: "fire-service"})
		if _, err := g.order(reader, "B-1", "certificate", "Curious."); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a lesser role: %v", err)
		}
		id, err := g.order(g.other, "B-1", "certificate", "A child is in danger.")
		g.must(err)
		g.pay(g.other, id)
		if o := g.ordered(id); o.State != extract.Issued || o.As != "professional" || o.Reason != "A child is in danger." {
			t.Fatalf("%+v", o)
		}
		for _, parent := range []policy.Actor{g.mara, g.finn} {
			if looks := g.looks(parent); len(looks) != 1 || looks[0].Ref != g.ordered(id).Number {
				t.Errorf("%s sees %+v", parent.Name, looks)
			}
		}
		found, err := g.Civil().Find(g.ctx, g.other, flow.FindExtract{Register: "births", Details: map[string]string{"family": "Vale", "born": "2021-03-09"}})
		if err != nil || len(found) != 1 || len(g.looks(g.mara)) != 2 {
			t.Errorf("a search by a professional: %v, %v, %+v", found, err, g.looks(g.mara))
		}
	})
}

// TestAtTheCounter an officer makes a copy for somebody who has shown who they are, once the fee is in the till.
func TestAtTheCounter(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		in := flow.IssueAtCounter{Register: "births", Number: "B-1", Extract: "certificate", As: "parent", Name: "Finn Vale", Shown: "Passport 1234", Language: "en", Key: g.key()}
		for name, spoil := range map[string]func(in *flow.IssueAtCounter){
			"no document": func(in *flow.IssueAtCounter) { in.Shown = "" }, "no name": func(in *flow.IssueAtCounter) { in.Name = "" },
			"no such right": func(in *flow.IssueAtCounter) { in.As = "friend" }, "no such entry": func(in *flow.IssueAtCounter) { in.Number = "B-9" },
			"no reason": func(in *flow.IssueAtCounter) { in.As = "professional" },
		} {
			bad := in
			bad.Key = g.key()
			spoil(&bad)
			if _, err := g.Civil().AtCounter(g.ctx, g.officer, bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := g.Civil().AtCounter(g.ctx, g.other, in); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an officer elsewhere: %v", err)
		}
		id, err := g.Civil().AtCounter(g.ctx, g.officer, in)
		g.must(err)
		cashier := g.boss
		_, err = g.Finance().OpenTill(g.ctx, cashier, flow.OpenTill{Float: 1000, Key: g.key()})
		g.must(err)
		_, err = g.Finance().TakeCash(g.ctx, cashier, flow.TakeCash{Bill: g.ordered(id).Bill, Amount: 1250, Key: g.key()})
		g.must(err)
		if o := g.ordered(id); o.State != extract.Issued || o.Counter != g.officer.Person || o.Person != "" {
			t.Fatalf("%+v", o)
		}
		for _, parent := range []policy.Actor{g.mara, g.finn} { // nobody knows whether it was him
			if looks := g.looks(parent); len(looks) != 1 || looks[0].Actor != g.officer.Person {
				t.Errorf("%s sees %+v", parent.Name, looks)
			}
		}
		g.change("B-2", func(r *record.Record) { r.Fields["mother_email"] = "olu.officer@testshire.example" })
		own := in
		own.Number, own.Key = "B-2", g.key()
		if _, err := g.Civil().AtCounter(g.ctx, g.officer, own); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an officer's own child: %v", err)
		}
	})
}

// TestNoLeafOfACopyNamesAnybody: what a copy says is hidden in its leaf.
func TestNoLeafOfACopyNamesAnybody(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		id, err := g.order(g.finn, "B-1", "short", "For the school.")
		g.must(err)
		var raw string
		g.must(g.DB.Read(g.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			rows, err := tx.Query(ctx, `SELECT bytes FROM publog_leaf`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var one []byte
				if err := rows.Scan(&one); err != nil {
					return err
				}
				raw += string(one) + "\n"
			}
			return rows.Err()
		}))
		if !strings.Contains(raw, "extract.issued") || !strings.Contains(raw, id) {
			t.Fatal("there is no leaf of it")
		}
		for _, secret := range []string{"Mina", "2021-03-09", "Finn", "For the school", g.ordered(id).Number} {
			if strings.Contains(raw, secret) {
				t.Errorf("the log says %q", secret)
			}
		}
	})
}

// TestAnOrderBrokenAnywhereIsWhole breaks an order at every statement: no number is used up, no bill and no row stays. Then the
// answer is lost, and the same form gives the same order.
func TestAnOrderBrokenAnywhereIsWhole(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		for _, id := range []string{"certificate", "short"} {
			in := flow.OrderExtract{Record: g.entry("B-1").ID, Extract: id, Key: g.key()}
			before, broken := g.counts(), 0
			var done string
			for n := 0; ; n++ {
				var err error
				if done, err = g.Civil().Order(breakAt(n), g.mara, in); err == nil {
					break
				}
				if !errors.Is(err, context.Canceled) || n > 2000 {
					g.t.Fatalf("broken at look %d: %v", n, err)
				}
				if broken++; n%5 == 0 {
					if after := g.counts(); !maps.Equal(before, after) {
						g.t.Fatalf("broken at look %d, the order left rows: %v, before %v", n, after, before)
					}
				}
			}
			after := g.counts()
			again, err := g.Civil().Order(g.ctx, g.mara, in)
			g.must(err)
			if broken < 8 || again != done || !maps.Equal(after, g.counts()) {
				g.t.Errorf("%s: %d places to break at; again %s, not %s", id, broken, again, done)
			}
			g.must(g.DB.Read(g.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
				orders, err := g.Extracts.Of(ctx, tx, g.mara.Person)
				want := map[string]string{"certificate": "C-2026-000001", "short": "C-2026-000002"}[id]
				if !slices.ContainsFunc(orders, func(o *extract.Order) bool { return o.ID == done && o.Number == want }) {
					g.t.Errorf("a broken order used up a number: there is no %s", want)
				}
				return err
			}))
		}
	})
}

// TestAPaymentIsHeardTwiceAndMakesOneCopy, broken anywhere while it is booked.
func TestAPaymentIsHeardTwiceAndMakesOneCopy(t *testing.T) {
	eachRegistrar(t, func(g *registrar) {
		id, err := g.order(g.mara, "B-1", "certificate", "")
		g.must(err)
		begun, err := g.Finance().PayBill(g.ctx, g.mara, flow.PayBill{Bill: g.ordered(id).Bill, Language: "en", Key: g.key(), Back: "/b/{payment}", Cancel: "/c"})
		g.must(err)
		g.choose(begun, "twice")
		g.provider.Tick(g.ctx)
		g.clock.Advance(time.Minute)
		g.provider.Tick(g.ctx)
		if n := g.kinds()[publog.ExtractIssued]; n != 1 || g.ordered(id).State != extract.Issued || len(g.looks(g.finn)) != 1 {
			t.Errorf("%d leaves, %s, %d rows for the other parent", n, g.ordered(id).State, len(g.looks(g.finn)))
		}
	})
}
