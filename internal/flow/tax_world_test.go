package flow_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/bill"
	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tax"
	"stoa/internal/treasury"
)

const homeTax = `
tax: home-tax
title: Home tax
summary: A tax on homes.
organisation: markets
law: {act: {title: Home Tax Act, year: 2020}}
privacy: {payer: {purpose: To send the bill., basis: act, keep: 6 years}}
object: {register: homes, as: home, title: Home, when: home.kind != "church", payer: {name: owner, email: email, since: since, personal: payer}}
period: {every: year, begins: "04-01", first: 2025-04-01}
by_day: true
account: "4300"
facts:
  - {id: alone, type: yes_no, ask: "Does one adult live there?", short: One adult, default: false, personal: payer, claim: {title: Single discount, back: 400, evidence: A letter., upload: optional, duty: true}}
  - {id: relief, type: one_of, ask: "Which relief?", options: [{value: none, label: None}, {value: half, label: Half}], default: none}
carry: [{id: before, title: Last year, value: whole}]
values: [{id: whole, title: By size, type: money, is: home.size * param.home_rate}]
charge:
  - {id: home, title: Home tax, amount: whole}
  - {id: limit, title: Limit, when: has(before) && whole > before * 1.1, amount: before * 1.1 - whole}
  - {id: parish, title: Parish, amount: home.size * 0.5, account: "4310"}
  - {id: single, title: One adult, when: alone, amount: -0.25 * whole}
  - {id: relief, title: Relief, when: 'relief == "half"', amount: -1 * home.size, account: "4310"}
instalments: {choices: [{number: 10, spare: 1}, {number: 12}, {number: 1}], first: "04-01", notice: 14, round: 1}
due: {days: 14}
objection: {text: Write to us within two months., within: {months: 2}, grounds: [{id: size, text: The size is wrong}]}
note: Keep this bill.
examples:
  - name: A home
    period: 2026-04-01
    object: {size: 100, kind: house}
    expect: {charge: 1050.00}
`

const nightLevy = `
tax: night-levy
title: Night levy
summary: For each night.
organisation: markets
law: {act: {title: Night Levy Act, year: 2020}}
privacy: {payer: {purpose: To collect the levy., basis: act, keep: 6 years}}
object: {register: inns, as: inn, title: Inn, payer: {name: keeper, email: email, since: since, personal: payer}}
period: {every: month, first: 2026-01-01}
by: declared
account: "4320"
pages:
  - page: nights
    title: Nights
    questions:
      - {id: nights, type: number, ask: "How many nights?", min: 0, check: [{that: nights <= inn.rooms * 31, say: That is more than your rooms hold.}]}
charge: [{id: levy, title: Night levy, amount: nights * 2}]
due: {on: period_ends + days(20)}
declare_by: {days: 15}
amend_by: {months: 12}
objection: {text: Write to us., within: {months: 1}}
examples:
  - {name: A month, period: 2026-01-01, object: {rooms: 10}, declared: {nights: 100}, expect: {charge: 200.00}}
`

const homesRegister = `
register: homes
title: Homes
record: Home
organisation: markets
label: address
seed: homes.csv
fields:
  - {id: address, title: Address, type: text}
  - {id: size, title: Size, type: number}
  - {id: kind, title: Kind, type: text}
  - {id: owner, title: Owner, type: text, personal: payer}
  - {id: email, title: Email, type: text, personal: payer}
  - {id: since, title: Since, type: date, personal: payer}
`

const innsRegister = `
register: inns
title: Inns
record: Inn
organisation: markets
label: name
seed: inns.csv
fields:
  - {id: name, title: Name, type: text}
  - {id: rooms, title: Rooms, type: number}
  - {id: keeper, title: Keeper, type: text, personal: payer}
  - {id: email, title: Email, type: text, personal: payer}
  - {id: since, title: Since, type: date, personal: payer}
`

const homeFigures = `
parameters:
  - id: home_rate
    title: Rate
    type: money
    values:
      - {from: 2025-04-01, value: 8, source: {title: Home Tax Order, year: 2025}}
      - {from: 2026-04-01, value: 10, source: {title: Home Tax Order, year: 2026}}
`

// homes writes a register: every third home has a payer with an address of e-mail.
func homes(n int) string {
	var b strings.Builder
	b.WriteString("key,address,size,kind,owner,email,since\n")
	for i := range n {
		email := ""
		if i%3 == 0 {
			email = fmt.Sprintf("owner%d@testshire.example", i)
		}
		fmt.Fprintf(&b, "H%06d,\"%d High Street, Stallwick\",%d,house,Owner %d,%s,2020-01-01\n", i, i, 50+i%100, i, email)
	}
	return b.String()
}

// townFiles are the base's with two taxes, and replacements in the home tax.
func townFiles(t testing.TB, homes string, replace ...string) fstest.MapFS {
	t.Helper()
	files := base(t)
	put := func(name, text string) { files[name] = &fstest.MapFile{Data: []byte(text)} }
	put("calendar.yaml", strings.Replace(string(files["calendar.yaml"].Data), "until: 2027-12-31", "until: 2028-12-31", 1))
	put("money.yaml", strings.Replace(testMoney, "accounts:\n", `accounts:
  - {code: "4300", title: Home tax, kind: income, for: markets, fund: general}
  - {code: "4310", title: Parish, kind: income, for: markets, fund: general}
  - {code: "4320", title: Levy, kind: income, for: markets, fund: general}
`, 1))
	put("taxes/home-tax.yaml", strings.NewReplacer(replace...).Replace(homeTax))
	put("taxes/night-levy.yaml", nightLevy)
	put("registers/homes.yaml", homesRegister)
	put("registers/homes.csv", homes)
	put("registers/inns.yaml", innsRegister)
	put("registers/inns.csv", "key,name,rooms,keeper,email,since\nI1,The Swan,10,Sid Swan,sid@testshire.example,2026-01-01\n")
	put("parameters/homes.yaml", homeFigures)
	return files
}

// town is a world with two taxes.
type town struct {
	*till
	chief policy.Actor // a second supervisor
}

func newTown(t testing.TB, db *store.DB, clock *storetest.Clock, files fs.FS) *town {
	t.Helper()
	w := &town{till: newTill(t, db, clock)}
	w.Money.Requests = &tax.Requests{Vault: w.People.Vault}
	w.runner = job.NewRunner(db, slog.New(slog.NewTextHandler(io.Discard, nil)))
	w.runner.HandleTx(flow.TaxRunJob, w.Taxation().WorkRun)
	w.publish(files)
	w.chief = w.staff("Cleo Chief", policy.Grant{Role: policy.Supervisor, Organisation: w.books()})
	w.officer = w.staff("Olu Revenue", policy.Grant{Role: policy.Officer, Organisation: w.books()})
	return w
}

func eachTown(t *testing.T, n int, test func(w *town)) {
	t.Helper()
	storetest.Each(t, moneyTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		test(newTown(t, db, clock, townFiles(t, homes(n))))
	})
}

// books is the organisation that keeps the books.
func (w *town) books() string { return w.Docket.Releases.Current().Money.Treasury }

func on(s string) calendar.Date { return calendar.MustDate(s) }

// noon sets the clock to a day.
func (w *town) noon(s string) {
	d := on(s)
	w.clock.Set(time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, time.UTC))
}

func (w *town) read(f func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", f))
}

func (w *town) run(id string) (r *tax.Run) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = w.Money.Runs.Get(ctx, tx, w.books(), id)
		return err
	})
	return r
}

func (w *town) problems(id string) (all []tax.Problem) {
	w.t.Helper()
	r := w.run(id)
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		all, err = w.Money.Runs.Problems(ctx, tx, r, 1000)
		return err
	})
	return all
}

// start starts a run and lets it come to its end.
func (w *town) start(taxID, begins string) string {
	w.t.Helper()
	today := w.Docket.Releases.Current().Calendar.DateOf(w.clock.Now())
	id, err := w.Taxation().StartRun(w.ctx, w.officer, flow.StartRun{Tax: taxID, Begins: on(begins), Issued: today, Key: w.key()})
	w.must(err)
	w.work()
	return id
}

// bills assesses a register and publishes it.
func (w *town) billAll(taxID, begins string) *tax.Run {
	w.t.Helper()
	id := w.start(taxID, begins)
	w.must(w.Taxation().PublishRun(w.ctx, w.chief, flow.PublishRun{Run: id, Version: w.run(id).Version, Key: w.key()}))
	w.work()
	return w.run(id)
}

// accountsOf are the accounts of an object, by their first days.
func (w *town) accountsOf(taxID, object string) (list []*tax.Account) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		found, err := w.Money.Taxes.OnObjects(ctx, tx, w.books(), taxID, []string{object}, calendar.MaxDate)
		list = found[object]
		return err
	})
	return list
}

func (w *town) account(taxID, object string) *tax.Account {
	w.t.Helper()
	list := w.accountsOf(taxID, object)
	if len(list) == 0 {
		w.t.Fatalf("%s has no account", object)
	}
	return list[len(list)-1]
}

// holderOf is the holder of an account as an actor.
func holderOf(a *tax.Account) policy.Actor { return policy.Actor{Person: a.Holder, Name: a.Name} }

// counting is what counts for an account and period; nil if nothing does.
func (w *town) counting(a *tax.Account, begins string) (one *tax.Assessment) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		found, err := w.Money.Taxes.InPeriod(ctx, tx, []*tax.Account{a}, on(begins))
		one = found[a.ID]
		return err
	})
	return one
}

func (w *town) billOf(a *tax.Account, begins string) (b *bill.Bill) {
	w.t.Helper()
	one := w.counting(a, begins)
	if one == nil || one.Bill == "" {
		w.t.Fatalf("account %s has no bill", a.Number)
	}
	return w.billByID(one.Bill)
}

func (w *town) billByID(id string) (b *bill.Bill) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) (err error) {
		b, err = w.Money.Treasury.Bills.Get(ctx, tx, w.books(), id)
		return err
	})
	return b
}

// balances are the accounts that hold anything, by code; the books are looked at whole.
func (w *town) balances() map[string]int64 {
	w.t.Helper()
	all := map[string]int64{}
	w.read(func(ctx context.Context, tx *store.Tx) error {
		book, err := treasury.NewBook(w.Docket.Releases.Current())
		if err != nil {
			return err
		}
		found, err := w.Money.Treasury.Check(ctx, tx, book)
		if err != nil {
			return err
		}
		for _, f := range found {
			w.t.Error(f)
		}
		rows, err := w.Money.Treasury.Ledger.TrialBalance(ctx, tx, book.Organisation, ledger.As{})
		for _, r := range rows {
			all[r.Code] = r.Balance.Minor
		}
		return err
	})
	return all
}

// check holds every assessment against its bill, and the books against all.
func (w *town) check() {
	w.t.Helper()
	found, err := w.Taxation().CheckTaxes(w.ctx, w.system)
	w.must(err)
	for _, f := range found {
		w.t.Error(f)
	}
	w.balances()
}

// edit changes a record of a register as its keeper would.
func (w *town) edit(register, number string, change func(r *record.Record)) {
	w.t.Helper()
	w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		r, err := w.Docket.Records.ByNumber(ctx, tx, register, number)
		if err != nil {
			return err
		}
		change(r)
		return w.Docket.Records.Put(ctx, tx, w.Docket.Releases.Current().Registers[register], r, record.Change{Change: "edited"})
	}))
}

// messages are the titles and texts of the messages to an address, the latest first.
func (w *town) messages(to string) (all []string) {
	w.t.Helper()
	w.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := w.Outbox.Latest(ctx, tx, 1000)
		for _, m := range list {
			if m.To == to {
				all = append(all, m.Title+"\n"+m.Text)
			}
		}
		return err
	})
	return all
}

func typed(pairs ...string) (t process.Typed) {
	t.Fields = map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		t.Fields[pairs[i]] = []string{pairs[i+1]}
	}
	return t
}

// paths are the fields that an error refuses.
func paths(err error) (all []string) {
	if e, ok := err.(*flow.TaxRefused); ok {
		for _, one := range e.Errors {
			all = append(all, one.Path)
		}
	}
	slices.Sort(all)
	return all
}
