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

// Learned is what becomes known of an account.
type Learned struct {
	Account *Account
	Known
}

// Learn adds what has become known to accounts that were read in this Write.
func (t *Taxes) Learn(ctx context.Context, tx *store.Tx, list ...Learned) error {
	var rows []any
	for _, l := range list {
		a := l.Account
		a.facts++
		sealed, err := t.seal(ctx, tx, a.Subject, knownPlace(a.ID, a.facts), knownWords{l.Object, l.Facts})
		if err != nil {
			return err
		}
		rows = append(rows, a.Organisation, a.ID, int64(a.facts), l.From.String(), store.Micros(tx.Now()), l.By, l.Of.Kind, l.Of.ID, sealed)
	}
	if err := insert(ctx, tx, `INSERT INTO tax_fact (organisation, account, no, from_day, at, by_person, of_kind, of_id, sealed) VALUES `, rows, 9); err != nil {
		return fmt.Errorf("noting facts: %w", err)
	}
	return t.count(ctx, tx, list)
}

// count writes how many facts each account has, those that have the same number at once.
func (t *Taxes) count(ctx context.Context, tx *store.Tx, list []Learned) error {
	byCount := map[int][]any{}
	for i, l := range list {
		if !slices.ContainsFunc(list[:i], func(x Learned) bool { return x.Account == l.Account }) {
			byCount[l.Account.facts] = append(byCount[l.Account.facts], l.Account.ID)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(byCount)) {
		ids := byCount[n]
		err := tx.Put(ctx, `UPDATE tax_account SET facts = $2 WHERE organisation = $1 AND id IN (`+store.Marks(3, len(ids))+`)`,
			append([]any{list[0].Account.Organisation, int64(n)}, ids...)...)
		if err != nil {
			return fmt.Errorf("counting the facts of accounts: %w", err)
		}
	}
	return nil
}

// Known lists everything that was made known of an account, in the order in which it was.
func (t *Taxes) Known(ctx context.Context, tx *store.Tx, a *Account) ([]Known, error) {
	all, err := t.KnownOf(ctx, tx, a)
	return all[a.ID], err
}

// KnownOf is Known of several accounts of one organisation, by id.
func (t *Taxes) KnownOf(ctx context.Context, tx *store.Tx, list ...*Account) (map[string][]Known, error) {
	all := map[string][]Known{}
	if len(list) == 0 {
		return all, nil
	}
	type row struct {
		Known
		account string
		sealed  []byte
	}
	args, subjects := []any{list[0].Organisation}, map[string]string{}
	for _, a := range list {
		args, subjects[a.ID] = append(args, a.ID), a.Subject
	}
	rows, err := tx.Query(ctx, `SELECT account, no, from_day, at, by_person, of_kind, of_id, sealed FROM tax_fact
		WHERE organisation = $1 AND account IN (`+store.Marks(2, len(list))+`) ORDER BY account, no`, args...)
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
		var from string
		var no, at int64
		if err = s.Scan(&r.account, &no, &from, &at, &r.By, &r.Of.Kind, &r.Of.ID, &r.sealed); err != nil {
			return r, err
		}
		r.No, r.At = int(no), store.Time(at)
		r.From, err = dayOf(from)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is known of accounts: %w", err)
	}
	for _, r := range found {
		var words knownWords
		if err := t.open(ctx, tx, subjects[r.account], knownPlace(r.account, r.No), r.sealed, &words); err != nil {
			return nil, err
		}
		r.Object, r.Facts = words.Object, words.Facts
		all[r.account] = append(all[r.account], r.Known)
	}
	return all, nil
}

// Said is what a kind of source said last, field by field: what the register says that is different from it is new.
func Said(known []Known, kind string) (object map[string]string) {
	object = map[string]string{}
	for _, k := range known {
		if k.Of.Kind == kind {
			patch(object, k.Object)
		}
	}
	return object
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
