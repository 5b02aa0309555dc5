package tax

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Known is what was made known of an account's object or payer: it holds from a day on, until something made known later,
// or of a later day, says otherwise. An empty text says that something holds no longer.
type Known struct {
	No     int
	From   calendar.Date
	At     time.Time
	By     string // person id; "" Stoa itself
	Of     Source
	Object map[string]string // fields of the record, as package record writes them
	Facts  map[string]string // facts of the tax file, in the same way
}

// Source is what something comes from: {"claim", "01j…"}, {"register", number}.
type Source struct{ Kind, ID string }

type knownWords struct {
	Object map[string]string `json:"object,omitempty"`
	Facts  map[string]string `json:"facts,omitempty"`
}

func knownPlace(account string, no int) string { return fmt.Sprintf("tax fact %s %d", account, no) }

// Learn adds what has become known to an account that was read in this Write.
func (t *Taxes) Learn(ctx context.Context, tx *store.Tx, a *Account, k Known) error {
	k.No, k.At = a.facts+1, tx.Now()
	sealed, err := t.seal(ctx, tx, a.Subject, knownPlace(a.ID, k.No), knownWords{k.Object, k.Facts})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO tax_fact (organisation, account, no, from_day, at, by_person, of_kind, of_id, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.Organisation, a.ID, int64(k.No), k.From.String(), store.Micros(k.At), k.By, k.Of.Kind, k.Of.ID, sealed)
	if err != nil {
		return fmt.Errorf("noting a fact of account %s: %w", a.Number, err)
	}
	if _, err := tx.Exec(ctx, `UPDATE tax_account SET facts = $3 WHERE organisation = $1 AND id = $2`, a.Organisation, a.ID, int64(k.No)); err != nil {
		return fmt.Errorf("noting a fact of account %s: %w", a.Number, err)
	}
	a.facts = k.No
	return nil
}

// Known lists everything that was made known of an account, in the order in which it was.
func (t *Taxes) Known(ctx context.Context, tx *store.Tx, a *Account) ([]Known, error) {
	type row struct {
		Known
		sealed []byte
	}
	rows, err := tx.Query(ctx, `SELECT no, from_day, at, by_person, of_kind, of_id, sealed FROM tax_fact
		WHERE organisation = $1 AND account = $2 ORDER BY no`, a.Organisation, a.ID)
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
		var from string
		var no, at int64
		if err = s.Scan(&no, &from, &at, &r.By, &r.Of.Kind, &r.Of.ID, &r.sealed); err != nil {
			return r, err
		}
		r.No, r.At = int(no), store.Time(at)
		r.From, err = dayOf(from)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the facts of account %s: %w", a.Number, err)
	}
	list := make([]Known, len(found))
	for i, r := range found {
		var words knownWords
		if err := t.open(ctx, tx, a.Subject, knownPlace(a.ID, r.No), r.sealed, &words); err != nil {
			return nil, err
		}
		r.Object, r.Facts = words.Object, words.Facts
		list[i] = r.Known
	}
	return list, nil
}

// Dated is all that holds from a day on.
type Dated struct {
	From   calendar.Date
	Object map[string]string
	Facts  map[string]string
}

// Timeline lays what was made known out by day: each stretch holds whole what is known of its days, in order, without two
// that say the same. What was made known later goes before what was known earlier of the same day.
func Timeline(known []Known) []Dated {
	sorted := slices.Clone(known)
	slices.SortStableFunc(sorted, func(a, b Known) int { return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.No, b.No)) })
	var line []Dated
	object, facts := map[string]string{}, map[string]string{}
	for _, k := range sorted {
		patch(object, k.Object)
		patch(facts, k.Facts)
		now := Dated{k.From, maps.Clone(object), maps.Clone(facts)}
		last := len(line) - 1
		switch {
		case last >= 0 && line[last].From == k.From:
			line[last] = now
			if last > 0 && line[last-1].same(now) {
				line = line[:last]
			}
		case last < 0 || !line[last].same(now):
			line = append(line, now)
		}
	}
	return line
}

func (d Dated) same(o Dated) bool {
	return maps.Equal(d.Object, o.Object) && maps.Equal(d.Facts, o.Facts)
}

func patch(all, with map[string]string) {
	for id, text := range with {
		if text == "" {
			delete(all, id)
		} else {
			all[id] = text
		}
	}
}

// On is what is known of a day.
func On(line []Dated, day calendar.Date) (now Dated) {
	for _, d := range line {
		if d.From.After(day) {
			break
		}
		now = d
	}
	return now
}
