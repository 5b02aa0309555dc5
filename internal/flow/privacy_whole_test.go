package flow_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/flow"
	"stoa/internal/job"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/retain"
	"stoa/internal/store"
)

// copyOf is data.json of a copy that somebody asks for and gets.
func (w *world) copyOf(actor policy.Actor) (doc flow.Everything) {
	w.t.Helper()
	w.must(w.Privacy().AskCopy(w.ctx, actor, w.key()))
	var copies []retain.Copy
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		copies, err = (&retain.Copies{Vault: w.People.Vault}).Of(ctx, tx, actor.Person)
		return err
	}))
	w.must(w.Privacy().MakeCopy(w.ctx, job.Job{Payload: fmt.Appendf(nil, `{"copy":%q}`, copies[0].ID)}))
	data, err := w.Privacy().ReadCopy(w.ctx, actor, copies[0].ID)
	w.must(err)
	w.must(json.Unmarshal(unzipped(w.t, data)["data.json"], &doc))
	return doc
}

// TestTheCopyIsWhole: lists on pages end somewhere, those of the copy do not, and neither do those of what is kept or erased.
func TestTheCopyIsWhole(t *testing.T) {
	const records, mandates = 205, 503
	each(t, func(w *world) {
		mandated(w, "one")
		rana := w.comes("Rana Resident", "rana@example.org")
		w.must(w.DB.Write(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			who, err := w.People.Get(ctx, tx, rana.Person)
			if err != nil {
				return err
			}
			reg := w.Docket.Releases.Current().Registers["companies"]
			for i := range records {
				r := &record.Record{Register: reg.Register, Organisation: reg.Organisation, Number: fmt.Sprintf("R%04d", i), Holder: who.ID, Subject: who.Subject, State: record.Active,
					From: calendar.MustDate("2026-01-01"), Label: fmt.Sprint("Firm ", i), Fields: map[string]string{"name": fmt.Sprint("Firm ", i)}}
				if err := w.Docket.Records.Put(ctx, tx, reg, r, record.Change{Actor: "x", Change: "entered"}); err != nil {
					return err
				}
			}
			for range mandates {
				m := &mandate.Mandate{Principal: who.ID, Subject: who.Subject, EmailKey: []byte("k"), Kind: policy.Helper, Messages: mandate.ToBoth,
					From: calendar.MustDate("2026-01-01"), Until: calendar.MustDate("2026-02-01"), State: mandate.Refused}
				if err := (&mandate.Mandates{Vault: w.People.Vault}).Put(ctx, tx, m); err != nil {
					return err
				}
			}
			return nil
		}))
		doc := w.copyOf(rana.Actor)
		if len(doc.Records) != records || len(doc.Mandates) != mandates {
			t.Errorf("%d of %d records, %d of %d mandates", len(doc.Records), records, len(doc.Mandates), mandates)
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			kept, err := w.Docket.Matters(ctx, tx, docket.Books{}, rana.Person)
			if n := len(kept); n != records {
				t.Errorf("of %d records an erasure finds %d", records, n)
			}
			return err
		}))
	})
}

// TestWhoSuppliesFindsItInTheCopy: the contracts, invoices and payments of a person; of an organisation only that the address is
// noted with it.
func TestWhoSuppliesFindsItInTheCopy(t *testing.T) {
	eachPurse(t, func(p *purse) {
		sue := p.comes("Sue Sweeper", "sue@example.org")
		add := func(name string, person bool) string {
			id, err := p.Spending().AddSupplier(p.ctx, p.officer, flow.AddSupplier{For: "markets", Person: person, Name: name, IBAN: "GB29NWBK60161331926819", Email: "sue@example.org", Key: p.key()})
			p.must(err)
			return id
		}
		own, firm := add("Sue Sweeper", true), add("Brooms Ltd", false)
		_, number := p.contract(own, 500_00)
		for i := range 55 {
			p.entered(own, number, fmt.Sprint("S-", i), 1_00)
		}
		p.entered(firm, "", "B-1", 2_00)
		doc := p.copyOf(sue.Actor)
		if len(doc.Supplies) != 2 {
			t.Fatalf("supplying: %+v", doc.Supplies)
		}
		mine, theirs := doc.Supplies[0], doc.Supplies[1]
		if !mine.Since.Equal(theirs.Since) || mine.Name != "Sue Sweeper" {
			mine, theirs = theirs, mine
		}
		if mine.Account != "GB29NWBK60161331926819" || len(mine.Commitments) != 1 || mine.Commitments[0].Number != number || len(mine.Invoices) != 55 || mine.Invoices[0].Title != "Sweeping in February" {
			t.Errorf("Sue's own: %+v", mine)
		}
		if theirs.Name != "Brooms Ltd" || theirs.Account != "" || len(theirs.Invoices) > 0 {
			t.Errorf("the firm's: %+v", theirs)
		}
	})
}
