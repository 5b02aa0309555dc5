package flow

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/process"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/retain"
	"stoa/internal/store"
)

// books are where a person's bills and taxes are; the zero value where no money is taken.
func (f *Flow) books() docket.Books {
	book, err := f.book()
	if err != nil {
		return docket.Books{}
	}
	return docket.Books{Organisation: book.Organisation, Bills: f.Money.Treasury.Bills, Taxes: f.Money.Taxes}
}

// deletions gathers what one transaction deletes, for its proof.
type deletions struct {
	f       Privacy
	day     calendar.Date
	batches map[retainKey]*retain.Batch
	order   []retainKey
	items   []retain.Item
}

type retainKey struct{ organisation, kind, service, law string }

func (f Privacy) deletions(tx *store.Tx) *deletions {
	return &deletions{f: f, day: f.today(tx), batches: map[retainKey]*retain.Batch{}}
}

// mark notes one deleted thing.
func (d *deletions) mark(m docket.Matter) error {
	item, err := retain.NewItem(d.f.People.Rand, m.ID)
	if err != nil {
		return err
	}
	organisation := m.Organisation
	if organisation == "" {
		organisation = d.f.Docket.Releases.Current().File.Jurisdiction
	}
	key := retainKey{organisation, m.Kind, m.Service, process.Source(m.Law)}
	if d.batches[key] == nil {
		d.batches[key] = &retain.Batch{Organisation: organisation, Kind: m.Kind, Service: m.Service, Law: key.law, Day: d.day}
		d.order = append(d.order, key)
	}
	d.batches[key].Items = append(d.batches[key].Items, item)
	d.items = append(d.items, item)
	return nil
}

// prove stores the proofs and puts a leaf for each into the public log: how many, of which kind, under which law, and the
// root over the salted commitments. It names nothing and nobody.
func (d *deletions) prove(ctx context.Context, tx *store.Tx) error {
	for _, key := range d.order {
		b := d.batches[key]
		if err := retain.Prove(ctx, tx, b); err != nil {
			return err
		}
		fields := []proof.Field{{Name: "kind", Value: b.Kind}, {Name: "day", Value: b.Day.String()}, {Name: "count", Value: strconv.Itoa(b.N)}, {Name: "root", Value: hex.EncodeToString(b.Root)}}
		if b.Service != "" {
			fields = append(fields, proof.Field{Name: "service", Value: b.Service})
		}
		if b.Law != "" {
			fields = append(fields, proof.Field{Name: "law", Value: b.Law})
		}
		if err := d.f.log(ctx, tx, publog.Event{Kind: publog.DataDeleted, ID: b.ID, Organisation: b.Organisation, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
}

// destroy deletes a matter.
func (f Privacy) destroy(ctx context.Context, tx *store.Tx, m docket.Matter) error {
	keeping := cases.Keeping{Cases: f.Docket.Cases}
	switch m.Kind {
	case retain.Draft:
		draft, err := f.Docket.Cases.Draft(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		if _, err := f.Docket.Blobs.DeleteOf(ctx, tx, draft.Subject); err != nil {
			return err
		}
		return keeping.DestroyDraft(ctx, tx, m.ID)
	case retain.Case:
		c, err := f.Docket.Cases.Get(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		if _, err := f.Docket.Blobs.DeleteOf(ctx, tx, c.Subject); err != nil {
			return err
		}
		if f.Hints != nil {
			if err := f.Hints.Forget(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		return keeping.Destroy(ctx, tx, c)
	case retain.Record:
		r, err := f.Docket.Records.Get(ctx, tx, m.ID)
		if err != nil {
			return err
		}
		return f.Docket.Records.Erase(ctx, tx, r)
	}
	return fmt.Errorf("a %s cannot be deleted by itself", m.Kind)
}

// deletable reports whether a matter's person may have it deleted on a day: what no law keeps, or no law any more.
func deletable(m docket.Matter, today calendar.Date) (bool, error) {
	switch m.Kind {
	case retain.Draft:
		return true, nil
	case retain.Case, retain.Record:
		if m.Destroyed || m.Always {
			return false, nil
		}
		return m.Keep.Due(today)
	}
	return false, nil
}
