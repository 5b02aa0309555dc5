package ledger

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Reversal takes an entry back: the same lines, each on the other side.
type Reversal struct {
	Organisation string
	Entry        string        // id of what is taken back
	Key          string        // the same for every attempt
	Value        calendar.Date // not before the entry's
	Why          string
}

// Reverse posts the reversal and gives its id. An entry is reversed once: again under the same key gives the same id,
// under another ErrReversed. The reversal has the source of the entry. Of no such entry, store.ErrNotFound.
func (l *Ledger) Reverse(ctx context.Context, tx *store.Tx, r Reversal) (id string, err error) {
	if id, err = l.reverse(ctx, tx, r); err != nil {
		return "", fmt.Errorf("reversing entry %s: %w", r.Entry, err)
	}
	return id, nil
}

func (l *Ledger) reverse(ctx context.Context, tx *store.Tx, r Reversal) (string, error) {
	original, err := l.Entry(ctx, tx, r.Organisation, r.Entry)
	if err != nil {
		return "", err
	}
	e := Entry{Organisation: r.Organisation, Key: r.Key, Value: r.Value, Text: r.Why, Source: original.Source}
	accounts := map[accountKey]*account{}
	for _, line := range original.Lines {
		key := accountKey{r.Organisation, line.Account, line.Amount.Currency}
		if accounts[key], err = l.account(ctx, tx, key); err != nil {
			return "", err
		}
		if accounts[key] == nil {
			return "", &Refusal{Why: ErrAccount, Account: key.code, Currency: key.currency}
		}
		if line.Amount, err = line.Amount.Neg(); err != nil {
			return "", err
		}
		e.Lines = append(e.Lines, line)
	}
	if err := e.check(); err != nil {
		return "", err
	}
	p := newPosting(&e, original.ID, accounts)
	if first, err := p.known(ctx, tx); first != "" || err != nil {
		return first, err
	}
	switch {
	case original.ReversedBy != "":
		return "", &Refusal{Why: ErrReversed, Entry: original.ReversedBy}
	case original.Reverses != "":
		return "", &Refusal{Why: ErrReversal, Entry: original.Reverses}
	case r.Value.Before(original.Value):
		return "", &Refusal{Why: ErrMalformed, Day: original.Value, Detail: "reversed before its value date"}
	}
	return l.post(ctx, tx, p)
}

// reversalOf gives the id of the entry that reverses another, "" for none.
func reversalOf(ctx context.Context, tx *store.Tx, organisation, id string) (by string, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM ledger_entry WHERE organisation = $1 AND reverses = $2`, organisation, id).Scan(&by)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking for a reversal: %w", err)
	}
	return by, nil
}
