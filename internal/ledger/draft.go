package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/store"
)

// DraftState is where a draft stands.
type DraftState string

// The states of a draft.
const (
	DraftWaits   DraftState = "waits" // for a second person
	DraftPosted  DraftState = "posted"
	DraftRefused DraftState = "refused"
)

// Draft is an entry that a person proposes by hand, and another posts or refuses. Like an entry it names nobody.
type Draft struct {
	ID, Organisation string
	Number           string // J-2026-000001
	State            DraftState
	Value            calendar.Date
	Text             string
	Lines            []Line
	Proposed         time.Time
	ProposedBy       string
	Decided          time.Time
	DecidedBy        string
	Answer           string // why it was refused
	Entry            string // id, once posted
	Version          int64
}

// DraftKind is the source of entries that were posted from drafts.
const DraftKind = "journal"

// Source is what the entry of the draft comes from.
func (d *Draft) Source() Source { return Source{DraftKind, d.ID} }

// Drafts is the way to the drafts of one database.
type Drafts struct{}

var (
	msgDraftMoved = i18n.Msg("This entry has been decided already")
	msgDraftSame  = i18n.Msg("Somebody else must decide: this entry is yours")
	msgDraftKey   = i18n.Msg("Something else was entered with this form. Open the page again and repeat")
	msgDraftSums  = i18n.Msg("Debits and credits must be equal, and each line must have an amount")
)

// Propose stores a draft that balances. The same key with the same contents gives the draft that it made first.
func (Drafts) Propose(ctx context.Context, tx *store.Tx, key string, d *Draft) error {
	e := Entry{Organisation: d.Organisation, Key: "draft", Value: d.Value, Text: d.Text, Source: Source{DraftKind, "new"}, Lines: d.Lines}
	if err := e.check(); errors.Is(err, ErrUnbalanced) || errors.Is(err, ErrMalformed) {
		return fault.Wrap(err, fault.Invalid, msgDraftSums)
	} else if err != nil {
		return fmt.Errorf("proposing an entry: %w", err)
	}
	if key == "" || d.ProposedBy == "" {
		return errors.New("proposing an entry: no key or no person")
	}
	lines, err := json.Marshal(d.Lines)
	if err != nil {
		return fmt.Errorf("writing the lines of an entry: %w", err)
	}
	first, err := drafts(ctx, tx, `WHERE organisation = $1 AND idem_key = $2`, d.Organisation, key)
	if err != nil {
		return err
	}
	if len(first) > 0 {
		if before, err := json.Marshal(first[0].Lines); err != nil || string(before) != string(lines) || first[0].Text != d.Text || first[0].Value != d.Value {
			return fault.Wrap(err, fault.Conflict, msgDraftKey)
		}
		*d = *first[0]
		return nil
	}
	count, err := tx.Next(ctx, "ledger draft "+d.Organisation+" "+strconv.Itoa(d.Value.Year()))
	if err != nil {
		return fmt.Errorf("numbering an entry: %w", err)
	}
	d.ID, d.Number, d.State, d.Proposed, d.Version = tx.NewID(), fmt.Sprintf("J-%04d-%06d", d.Value.Year(), count), DraftWaits, tx.Now(), 1
	err = tx.Put(ctx, `INSERT INTO ledger_draft (organisation, id, number, idem_key, state, value_day, text, lines, proposed, proposed_by, decided, decided_by, answer, entry, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '', '', 1)`,
		d.Organisation, d.ID, d.Number, key, string(d.State), d.Value.String(), d.Text, string(lines), store.Micros(d.Proposed), d.ProposedBy)
	if err != nil {
		return fmt.Errorf("storing an entry that is proposed: %w", err)
	}
	return nil
}

// Decide notes that another person posted a draft, with the entry's id, or with an answer and no entry refused it. The draft
// was read with Get in this Write.
func (Drafts) Decide(ctx context.Context, tx *store.Tx, d *Draft, entry, answer, by string) error {
	to := DraftPosted
	if entry == "" {
		to = DraftRefused
	}
	switch {
	case d.State == to && d.DecidedBy == by && d.Entry == entry:
		return nil
	case d.State != DraftWaits:
		return fault.NewConflict(msgDraftMoved)
	case by == "" || by == d.ProposedBy && to == DraftPosted:
		return fault.NewForbidden(msgDraftSame)
	}
	n, err := tx.Exec(ctx, `UPDATE ledger_draft SET state = $4, decided = $5, decided_by = $6, answer = $7, entry = $8, version = $3 + 1
		WHERE organisation = $1 AND id = $2 AND version = $3`, d.Organisation, d.ID, d.Version, string(to), store.Micros(tx.Now()), by, answer, entry)
	if err != nil {
		return fmt.Errorf("deciding about entry %s: %w", d.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(msgDraftMoved)
	}
	d.State, d.Decided, d.DecidedBy, d.Answer, d.Entry, d.Version = to, tx.Now(), by, answer, entry, d.Version+1
	return nil
}

// Get reads a draft; in Write it is locked until commit. store.ErrNotFound if there is none.
func (Drafts) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Draft, error) {
	found, err := drafts(ctx, tx, `WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("reading an entry that is proposed: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// List lists drafts, newest first, before the id of a former page's last; "" from the beginning. state "" is any.
func (Drafts) List(ctx context.Context, tx *store.Tx, organisation string, state DraftState, before string, limit int) ([]*Draft, error) {
	return drafts(ctx, tx, `WHERE organisation = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`,
		organisation, string(state), before, limit)
}

func drafts(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Draft, error) {
	rows, err := tx.Query(ctx, `SELECT id, organisation, number, state, value_day, text, lines, proposed, proposed_by, decided, decided_by, answer, entry, version
		FROM ledger_draft `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (*Draft, error) {
		var d Draft
		var day, lines string
		var proposed, decided int64
		err := row.Scan(&d.ID, &d.Organisation, &d.Number, &d.State, &day, &d.Text, &lines, &proposed, &d.ProposedBy, &decided, &d.DecidedBy, &d.Answer, &d.Entry, &d.Version)
		if err != nil {
			return nil, err
		}
		d.Proposed, d.Decided = store.Time(proposed), store.Time(decided)
		if d.Value, err = parseDay(day); err == nil {
			err = json.Unmarshal([]byte(lines), &d.Lines)
		}
		return &d, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading entries that are proposed: %w", err)
	}
	return all, nil
}
