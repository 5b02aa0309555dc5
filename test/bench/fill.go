package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"stoa/internal/app"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/process"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/publog/signet"
	"stoa/internal/service"
	"stoa/internal/store"
)

// filler stores cases by the thousand. They go straight to package cases in large transactions, which
// only a benchmark may do; what it stores is what flow would have: sealed bodies, words, a timeline, a
// leaf of the public log, and copies of the other rows that one real submission left behind.
type filler struct {
	*world
	dice   *rand.Rand
	plain  []sample
	staff  []string // officers, by person
	beside trace    // the other rows of a submission
	real   *cases.Case
	words  []byte // of its bill
}

// besides are the tables of which a case's rows are copied: its draft, bill, entry in the books, letter owed, and the keys
// by which a register counts it.
var besides = []string{"draft", "bill", "bill_move", "ledger_entry", "ledger_line", "notification", "record_pending", "record_key"}

// sample is a judged worked example of which many cases are made.
type sample struct {
	service *service.Service
	typed   process.Typed
	looked  map[string]cases.Looked
	picked  map[string]cases.Picked
	words   []string
}

const (
	batch    = 2000 // cases in a transaction
	officers = 40
	years    = 2 * 365 * 24 * time.Hour
)

// large opens the database with many cases, making it if it is not there.
func large(ctx context.Context, o options, n int) (*world, error) {
	w, err := open(ctx, filepath.Join(o.dir, fmt.Sprintf("cases-%d", n)), "")
	if err != nil {
		return nil, err
	}
	return w, w.fill(ctx, n)
}

// fill stores cases until there are so many.
func (w *world) fill(ctx context.Context, n int) error {
	have := 0
	err := w.DB.Read(ctx, "bench.have", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM cases`).Scan(&have)
	})
	if err != nil {
		return err
	}
	if have >= n {
		return w.settle(ctx)
	}
	f := &filler{world: w, dice: rand.New(rand.NewPCG(1, 1)), staff: []string{w.officer.Person}}
	if err := f.staffed(ctx); err != nil {
		return err
	}
	if err := f.samples(ctx); err != nil {
		return err
	}
	if err := f.submission(ctx); err != nil {
		return err
	}
	said := time.Now()
	for at := have; at < n; at += batch {
		if time.Since(said) > time.Minute { // a million takes long
			fmt.Fprintf(os.Stderr, "%s of %s cases stored\n", thousands(float64(at)), thousands(float64(n)))
			said = time.Now()
		}
		err := w.DB.Write(ctx, "bench.fill", func(ctx context.Context, tx *store.Tx) error {
			for i := at; i < min(at+batch, n); i++ {
				if err := f.one(ctx, tx, i, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			err = f.fold(ctx)
		}
		if err != nil {
			return err
		}
	}
	return w.settle(ctx)
}

// settle does what a server's workers would have done by now: sums are folded, the leaves have their places in the log.
func (w *world) settle(ctx context.Context) error {
	if err := w.fold(ctx); err != nil {
		return err
	}
	if _, err := w.View.LogPages().Keys(ctx); err != nil { // makes them
		return err
	}
	keys, err := signet.Open(signet.Config{File: filepath.Join(w.Config.Data, "log.keys")})
	if err != nil {
		return err
	}
	seq := publog.NewSequencer(publog.SequencerDeps{Log: w.Flow.Log, DB: w.DB, Signet: keys, Holder: "bench", Errors: w.Log})
	for {
		if done, err := seq.Cycle(ctx); err != nil || done.Sequenced == 0 {
			return err
		}
	}
}

// fold adds what waits to the sums of open cases.
func (w *world) fold(ctx context.Context) error {
	more := true
	for more {
		err := w.DB.Write(ctx, "bench.fold", func(ctx context.Context, tx *store.Tx) (err error) {
			more, err = cases.Sums{Cases: w.Flow.Docket.Cases}.Fold(ctx, tx, w.Flow.Docket.Releases.Current().Calendar.DateOf(tx.Now()))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// staffed adds officers, where an earlier run that was stopped did not.
func (f *filler) staffed(ctx context.Context) error {
	for i := range officers {
		in := flow.AddStaff{Name: resident(i).Name, Email: fmt.Sprintf("officer-%d@greenvale.example", i), Language: "en", Grants: f.officer.Grants}
		id, err := f.Flow.AddStaff(ctx, app.System, in)
		if err != nil {
			return err
		}
		f.staff = append(f.staff, id)
	}
	return nil
}

// samples judges the examples that are good first applications.
func (f *filler) samples(ctx context.Context) error {
	return f.DB.Read(ctx, "bench.samples", func(ctx context.Context, tx *store.Tx) error {
		for _, s := range f.Flow.Docket.Releases.Current().Services {
			for _, e := range s.Examples {
				if e.Variant != "" && e.Variant != "new" || len(e.Expect.Errors) > 0 {
					continue
				}
				d := &docket.Draft{Draft: &cases.Draft{Variant: "new"}, Service: s}
				d.Typed = process.TypedFrom(s, e.Answers)
				if err := f.Flow.Docket.Judge(ctx, tx, d); err != nil {
					return fmt.Errorf("judging %q: %w", e.Name, err)
				}
				f.plain = append(f.plain, sample{s, d.Typed, d.Lookups, d.Picks, d.Judged.Searchable()})
			}
		}
		return nil
	})
}

// streets and things make labels that differ; each word is in some of the cases.
var (
	streets = strings.Fields("Mill Church Station Bridge Orchard Castle Chapel Victoria Albert Queen King Park School Forge Meadow Wharf Tannery Abbey Priory Cross")
	things  = strings.Fields("fair wedding concert party festival market supper ceilidh auction picnic parade regatta pageant quiz disco barbecue gala jubilee recital cabaret")
)

// one stores the ith case of n.
func (f *filler) one(ctx context.Context, tx *store.Tx, i, n int) error {
	from := f.plain[f.dice.IntN(len(f.plain))]
	s, now := from.service, tx.Now()
	submitted := now.Add(-min(5*time.Minute, years/time.Duration(n)) * time.Duration(n-i)) // calendars know the days
	who, err := f.Flow.People.Ensure(ctx, tx, resident(f.dice.IntN(n/3+1)), "en")
	if err != nil {
		return err
	}
	subject, err := f.Flow.Docket.Cases.Vault.NewSubject(ctx, tx)
	if err != nil {
		return err
	}
	label := streets[f.dice.IntN(len(streets))] + " Street " + things[f.dice.IntN(len(things))]
	due, err := docket.Day(s, now).AddDays(f.dice.IntN(60) - 20)
	if err != nil {
		return err
	}
	number := fmt.Sprintf("%s-%07d", strings.ToUpper(s.Service[:3]), i)
	row := &cases.Case{ID: tx.NewID(), Organisation: s.Organisation, Number: number, Service: s.Service, Variant: "new", Definition: s.Hash,
		Person: who.ID, Subject: subject, Language: "en", State: s.Case.Start, Entered: submitted, Submitted: submitted, Due: due,
		Label: label, Body: cases.Body{Typed: from.typed, Lookups: from.looked, Picks: from.picked}}
	if row.Turn, err = docket.Day(s, now).AddDays(1000); err != nil {
		return err
	}
	f.further(row)
	if err := f.others(ctx, tx, row); err != nil {
		return err
	}
	if err := f.Flow.Docket.Cases.Insert(ctx, tx, row); err != nil {
		return err
	}
	if err := f.Flow.Docket.Cases.Index(ctx, tx, row, append(from.words, number, label, who.Name)...); err != nil {
		return err
	}
	for _, kind := range []string{cases.EventSubmitted, cases.EventAssigned, cases.EventLetter, cases.EventAction} {
		event := cases.Event{Kind: kind, At: submitted, Public: true, Actor: who.ID, To: row.State, EventWords: cases.EventWords{Name: who.Name}}
		if err := f.Flow.Docket.Cases.Note(ctx, tx, row, event); err != nil {
			return err
		}
	}
	return nil
}

// submission sends one application, whose rows are copied.
func (f *filler) submission(ctx context.Context) error {
	var done flow.Submitted
	var err error
	f.beside, err = f.added(ctx, besides, func() error {
		holder, _, err := f.draft(ctx, int(residents.Add(1)))
		if err == nil {
			done, err = f.submit(ctx, holder)
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.DB.Read(ctx, "bench.submission", func(ctx context.Context, tx *store.Tx) (err error) {
		if f.real, err = f.Flow.Docket.Cases.Get(ctx, tx, done.Case); err != nil {
			return err
		}
		for _, r := range f.beside.rows {
			if r.table == "bill" {
				f.words, err = f.Flow.Docket.Cases.Vault.Open(ctx, tx, f.real.Subject, "bill "+r.get("id").(string), r.get("sealed").([]byte))
			}
		}
		return err
	})
}

// others stores copies of a submission's other rows, as those of a case, and its leaf.
func (f *filler) others(ctx context.Context, tx *store.Tx, c *cases.Case) error {
	same := map[string]string{f.real.ID: c.ID, f.real.Person: c.Person, f.real.Subject: c.Subject}
	for i, values := range f.beside.fit(tx, same, f.dice) {
		if r := (row{f.beside.rows[i].table, f.beside.rows[i].columns, values}); r.table == "bill" { // which people see among their own
			sealed, err := f.Flow.Docket.Cases.Vault.Seal(ctx, tx, c.Subject, "bill "+r.get("id").(string), f.words)
			if err != nil {
				return err
			}
			values[slices.Index(r.columns, "sealed")] = sealed
		}
		if _, err := tx.Exec(ctx, f.beside.rows[i].insertion(), values...); err != nil {
			return fmt.Errorf("copying a row of %s: %w", f.beside.rows[i].table, err)
		}
	}
	return f.Flow.Log.Append(ctx, tx, publog.Event{Kind: publog.EntryPosted, ID: c.ID, Organisation: "revenues", Fields: []proof.Field{
		{Name: "day", Value: "2026-11-30"}, {Name: "about", Value: "bill"}, {Name: "entry", Value: strings.Repeat("5a", 32)}, {Name: "moved", Value: "1200 +2100 GBP; 4110 -2100 GBP"},
	}})
}

// further lets a case be in another state, with somebody, or ended.
func (f *filler) further(c *cases.Case) {
	s, _ := f.Flow.Docket.Releases.InForce(c.Service)
	st := s.Case.States[f.dice.IntN(len(s.Case.States))]
	c.State = st.ID
	if st.End != "" || f.dice.IntN(10) < 2 {
		c.Ending, c.Ended = "granted", c.Submitted
		return
	}
	if f.dice.IntN(10) < 7 { // the others are nobody's yet
		c.Assignee = f.staff[f.dice.IntN(len(f.staff))]
	}
}
