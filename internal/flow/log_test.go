package flow_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/flow"
	"stoa/internal/ledger"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
)

var update = flag.Bool("update", false, "rewrite testdata/leaves.golden")

// leaves are all that were logged, published or not, as they came.
func (w *world) leaves() (all []*proof.Leaf, raw [][]byte) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT bytes FROM publog_leaf ORDER BY id`)
		raw, err = store.Collect(rows, err, func(s store.Scanner) (b []byte, err error) { return b, s.Scan(&b) })
		return err
	}))
	for _, b := range raw {
		leaf, err := proof.ParseLeaf(b)
		w.must(err)
		all = append(all, leaf)
	}
	return all, raw
}

// kinds counts leaves by kind.
func (w *world) kinds() map[string]int {
	w.t.Helper()
	n := map[string]int{}
	all, _ := w.leaves()
	for _, l := range all {
		n[l.Kind]++
	}
	return n
}

// played is a world in which everything that is logged has happened to somebody.
func (tl *till) played() (caseID string) {
	tl.t.Helper()
	draft, id, holder := tl.sent("rana@testshire.example")
	tl.choose(tl.begin(draft, holder), "succeeds")
	tl.later(7 * 24 * time.Hour)
	_, err := tl.Turn(tl.ctx, tl.system)
	tl.must(err)
	tl.must(tl.act(tl.officer, id, "grant", process.Decision{}, ""))
	tl.must(tl.ActOnLicence(tl.ctx, tl.officer, flow.ActOnLicence{Licence: tl.load(id).Licence, Version: 1, Action: "suspend",
		Reason: "Rana Resident left litter.", Key: tl.key()}))
	draft, refused, holder := tl.sent("omar@testshire.example")
	tl.choose(tl.begin(draft, holder), "succeeds")
	tl.later(7 * 24 * time.Hour)
	_, err = tl.Turn(tl.ctx, tl.system)
	tl.must(err)
	tl.must(tl.act(tl.officer, refused, "refuse", process.Decision{Reason: "Rana Resident has a place already."}, ""))
	admin := tl.staff("Ada Admin", policy.Grant{Role: policy.Administrator, Organisation: "markets"})
	tl.must(tl.RemoveRole(tl.ctx, admin, flow.RemoveRole{Person: tl.boss.Person, Grant: tl.boss.Grants[0]}))
	return id
}

// TestWhatHappensIsLogged: each thing that the public is told of has one leaf, and what is done again has no second.
func TestWhatHappensIsLogged(t *testing.T) {
	eachTill(t, func(tl *till) {
		before := tl.kinds()
		if before[publog.ReleaseInForce] != 2 || before[publog.RecordChanged] == 0 || before[publog.RoleGranted] != 4 {
			tl.t.Errorf("putting two releases in force and four roles: %v", before)
		}
		tl.must(tl.Publish(tl.ctx, tl.system, tl.Docket.Releases.Current()))
		if again := tl.kinds(); !maps.Equal(before, again) {
			tl.t.Errorf("the same release again: %v, before %v", again, before)
		}
		tl.played()
		got := tl.kinds()
		want := map[string]int{publog.EntryPosted: 4, publog.PaymentReceived: 2, publog.CaseDecided: 2, publog.LicenceIssued: 1, publog.LicenceSuspended: 1,
			publog.RoleGranted: before[publog.RoleGranted] + 1, publog.RoleWithdrawn: 1,
			publog.RecordChanged: before[publog.RecordChanged], publog.ReleaseInForce: before[publog.ReleaseInForce]}
		if !maps.Equal(got, want) {
			tl.t.Errorf("logged %v, want %v", got, want)
		}
		tl.entriesFit()
	})
}

// entriesFit holds the leaf of every entry to the books.
func (tl *till) entriesFit() {
	tl.t.Helper()
	all, _ := tl.leaves()
	tl.must(tl.DB.Read(tl.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		for _, l := range all {
			if l.Kind != publog.EntryPosted {
				continue
			}
			e, err := (&ledger.Ledger{}).Entry(ctx, tx, l.Organisation, l.ID)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(e.Leaf())
			if !slices.Contains(l.Fields, proof.Field{Name: "entry", Value: hex.EncodeToString(sum[:])}) {
				tl.t.Errorf("the leaf of entry %s has another hash than the books: %v", l.ID, l.Fields)
			}
		}
		return nil
	}))
}

// TestAnEntryPostedAgainIsOneLeaf, and what is done a second time to the same thing is a second one.
func TestAnEntryPostedAgainIsOneLeaf(t *testing.T) {
	each(t, func(w *world) {
		log := flow.LogEntries(w.Log)
		b := &ledger.Booked{ID: "e1", Entry: ledger.Entry{Organisation: "markets"}}
		for range 2 {
			w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error { return log(ctx, tx, b) }))
		}
		if n := w.kinds()[publog.EntryPosted]; n != 1 {
			w.t.Errorf("%d leaves", n)
		}
	})
}

// TestDecisionLicenceAndLeafFailTogether breaks a decision that issues a licence at every statement: neither is there
// without the other.
func TestDecisionLicenceAndLeafFailTogether(t *testing.T) {
	each(t, func(w *world) {
		done, _ := w.submitted("rana@testshire.example")
		w.clock.Advance(7 * 24 * time.Hour)
		_, err := w.Turn(w.ctx, w.system)
		w.must(err)
		in := flow.ActOnCase{Case: done.Case, Version: w.load(done.Case).Version, Action: "grant", Key: w.key()}
		w.failsWhole(func(ctx context.Context) error { return w.ActOnCase(ctx, w.officer, in) })
		if k := w.kinds(); k[publog.CaseDecided] != 1 || k[publog.LicenceIssued] != 1 {
			w.t.Errorf("after the decision: %v", k)
		}
		suspend := flow.ActOnLicence{Licence: w.load(done.Case).Licence, Version: 1, Action: "suspend", Reason: "Litter.", Key: w.key()}
		w.failsWhole(func(ctx context.Context) error { return w.ActOnLicence(ctx, w.officer, suspend) })
		if k := w.kinds(); k[publog.LicenceSuspended] != 1 {
			w.t.Errorf("after the suspension: %v", k)
		}
	})
}

// TestPaymentEntryAndLeafFailTogether does the same to a payment that the provider reports.
func TestPaymentEntryAndLeafFailTogether(t *testing.T) {
	eachTill(t, func(tl *till) {
		draft, _, holder := tl.sent("rana@testshire.example")
		begun := tl.begin(draft, holder)
		var callback flow.Callback
		tl.provider.HTTP = &http.Client{Transport: direct(func(r *http.Request) (*http.Response, error) {
			callback = flow.Callback{Provider: "sandbox", Header: r.Header.Get, Body: readAll(tl, r)}
			return nil, errors.New("not now")
		})}
		tl.choose(begun, "succeeds")
		tl.failsWhole(func(ctx context.Context) error { return tl.Finance().HearProvider(ctx, callback) })
		if k := tl.kinds(); k[publog.PaymentReceived] != 1 || k[publog.EntryPosted] != 2 {
			tl.t.Errorf("after the payment: %v", k)
		}
	})
}

// failsWhole breaks an act at every statement and then lets it through.
func (w *world) failsWhole(act func(ctx context.Context) error) {
	w.t.Helper()
	before, broken := w.counts(), 0
	for n := 0; ; n++ {
		err := act(breakAt(n))
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || n > 3000 {
			w.t.Fatalf("broken at look %d: %v", n, err)
		}
		broken++
		if after := w.counts(); !maps.Equal(before, after) {
			w.t.Fatalf("broken at look %d, it left rows: %v, before %v", n, after, before)
		}
	}
	if broken < 10 {
		w.t.Errorf("only %d places to break at", broken)
	}
	if after := w.counts(); after["publog_leaf"] == before["publog_leaf"] {
		w.t.Errorf("it went through without a leaf: %v", after)
	}
}

// TestLeafNames freezes the names of fields by kind. A register's own fields are its file's.
func TestLeafNames(t *testing.T) {
	eachTill(t, func(tl *till) {
		tl.played()
		names := map[string]bool{}
		all, _ := tl.leaves()
		for _, l := range all {
			add := func(what, name string) {
				for _, own := range []string{"field.", "service.", "tax.", "parameter."} {
					if strings.HasPrefix(name, own) {
						name = own + "*"
					}
				}
				names[l.Kind+" "+what+" "+name] = true
			}
			for _, r := range l.Refs {
				add("ref", r.Kind)
			}
			for _, f := range l.Fields {
				add("public", f.Name)
			}
			for _, h := range l.Hidden {
				add("hidden", h.Name)
			}
		}
		got := strings.Join(slices.Sorted(maps.Keys(names)), "\n") + "\n"
		path := filepath.Join("testdata", "leaves.golden")
		if *update {
			tl.must(os.MkdirAll("testdata", 0o755))
			tl.must(os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		tl.must(err)
		if got != string(want) {
			tl.t.Errorf("names of leaves have changed; readers filter by them. Got\n%s", got)
		}
	})
}

// TestNoLeafHoldsAPerson looks for everybody's name and address, in all leaves.
func TestNoLeafHoldsAPerson(t *testing.T) {
	eachTill(t, func(tl *till) {
		tl.played()
		_, raw := tl.leaves()
		for _, who := range []string{"Rana", "Resident", "rana@", "Olu Officer", "Sue Supervisor", "Ada Admin", "Bea Boss", "testshire.example", "litter", "ST-2026"} {
			for _, b := range raw {
				if bytes.Contains(bytes.ToLower(b), []byte(strings.ToLower(who))) {
					tl.t.Errorf("%q stands in the leaf %q", who, b)
				}
			}
		}
	})
}
