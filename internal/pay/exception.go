package pay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// Kinds of exceptions. Other packages add their own.
const (
	WrongSignature  = "wrong_signature" // a callback that was not the provider's; counted by provider and hour
	WrongAmount     = "wrong_amount"    // more or less came than was asked
	WrongCurrency   = "wrong_currency"
	UnknownPayment  = "unknown_payment" // the provider tells of a payment that we do not know
	PaidTwice       = "paid_twice"      // the bill had been paid
	WithdrawnCase   = "withdrawn_case"  // paid after the case had ended
	RefundHasFailed = "refund_failed"
	RefundUnasked   = "refund_unasked" // made at the provider's, not by us
	WasDisputed     = "disputed"
	Contradiction   = "contradiction" // two reports that cannot both be true
	TillDifference  = "till_difference"
)

// Exceptions is the way to the queue of what did not fit, where a person resolves it.
type Exceptions struct{ Vault *vault.Vault }

// Exception is something that did not fit.
type Exception struct {
	ID, Organisation     string
	Key                  string // what happens again under the same key is counted, not added
	Kind                 string
	Payment, Bill, Event string // "" where it is about none
	Amount               money.Amount
	Count                int64
	Created              time.Time
	Resolved             time.Time // zero: open
	By                   string    // person who resolved it; "" with Resolved: Stoa itself
	How                  string    // code: matched, refunded, dismissed …
	Subject              string    // whose key seals the note; "" none yet
	Note                 string    // sealed
}

// Open reports whether somebody has still to resolve it.
func (e *Exception) Open() bool { return e.Resolved.IsZero() }

// ErrResolved is what resolving gives when somebody was faster.
var ErrResolved = fault.NewConflict("Somebody has resolved this already")

// Raise puts an exception into the queue. Under a Key that is there already it only counts.
func (s *Exceptions) Raise(ctx context.Context, tx *store.Tx, e *Exception) error {
	if e.Organisation == "" || e.Key == "" || e.Kind == "" {
		return errors.New("an exception needs an organisation, a key and a kind")
	}
	e.Created = tx.Now()
	err := tx.QueryRow(ctx, `INSERT INTO pay_exception (organisation, id, idem_key, kind, payment, bill, event, currency, amount, times, created, resolved, resolved_by, how, subject, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, 0, '', '', $11, $12)
		ON CONFLICT (organisation, idem_key) DO UPDATE SET times = pay_exception.times + 1 RETURNING id, times`,
		e.Organisation, tx.NewID(), e.Key, e.Kind, e.Payment, e.Bill, e.Event, e.Amount.Currency, e.Amount.Minor,
		store.Micros(e.Created), e.Subject, []byte{}).Scan(&e.ID, &e.Count)
	if err != nil {
		return fmt.Errorf("queueing an exception: %w", err)
	}
	return nil
}

// WrongSignature counts a callback that was not the provider's: one exception for each provider and hour,
// however many come.
func (s *Exceptions) WrongSignature(ctx context.Context, tx *store.Tx, organisation, provider string) error {
	hour := tx.Now().UTC().Format("2006-01-02T15")
	return s.Raise(ctx, tx, &Exception{Organisation: organisation, Kind: WrongSignature, Key: WrongSignature + " " + provider + " " + hour, Event: provider})
}

const exceptionColumns = `organisation, id, idem_key, kind, payment, bill, event, currency, amount, times, created, resolved, resolved_by, how, subject, sealed`

type sealedException struct {
	Exception
	sealed []byte
}

func scanException(row store.Scanner) (e sealedException, err error) {
	var created, resolved int64
	err = row.Scan(&e.Organisation, &e.ID, &e.Key, &e.Kind, &e.Payment, &e.Bill, &e.Event, &e.Amount.Currency, &e.Amount.Minor, &e.Count,
		&created, &resolved, &e.By, &e.How, &e.Subject, &e.sealed)
	e.Created, e.Resolved = store.Time(created), store.Time(resolved)
	return e, err
}

// Get reads an exception; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Exceptions) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Exception, error) {
	e, err := scanException(tx.QueryRow(ctx, `SELECT `+exceptionColumns+` FROM pay_exception WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id))
	if err != nil {
		return nil, fmt.Errorf("reading an exception: %w", err)
	}
	return &e.Exception, open(ctx, tx, s.Vault, e.Subject, "exception "+e.ID, e.sealed, &e.Note)
}

// Resolve closes an exception: by whom, how (a code) and with what note. ErrResolved if it was closed before.
func (s *Exceptions) Resolve(ctx context.Context, tx *store.Tx, organisation, id, by, how, note string) (*Exception, error) {
	e, err := s.Get(ctx, tx, organisation, id)
	if err != nil {
		return nil, err
	}
	if !e.Open() {
		return nil, ErrResolved
	}
	sealed := []byte{}
	if note != "" {
		if e.Subject == "" {
			if e.Subject, err = s.Vault.NewSubject(ctx, tx); err != nil {
				return nil, fmt.Errorf("resolving an exception: %w", err)
			}
		}
		if sealed, err = seal(ctx, tx, s.Vault, e.Subject, "exception "+e.ID, note); err != nil {
			return nil, err
		}
	}
	e.Resolved, e.By, e.How, e.Note = tx.Now(), by, how, note
	err = tx.Put(ctx, `UPDATE pay_exception SET resolved = $3, resolved_by = $4, how = $5, subject = $6, sealed = $7 WHERE organisation = $1 AND id = $2`,
		organisation, id, store.Micros(e.Resolved), by, how, e.Subject, sealed)
	if err != nil {
		return nil, fmt.Errorf("resolving an exception: %w", err)
	}
	return e, nil
}

// found closes the exception of an event whose payment has become known.
func (s *Exceptions) found(ctx context.Context, tx *store.Tx, organisation, key string) error {
	err := tx.Put(ctx, `UPDATE pay_exception SET resolved = $3, how = 'found' WHERE organisation = $1 AND idem_key = $2 AND resolved = 0`,
		organisation, key, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("resolving an exception: %w", err)
	}
	return nil
}

// ExceptionQuery asks for a page of the queue.
type ExceptionQuery struct {
	Organisation string
	Kind         string // "" any
	Payment      string // "" any
	Resolved     bool   // those that are resolved, instead of the open ones
	After        string // last ID of the page before; "" the first
	Limit        int
}

// List gives a page: open ones oldest first, resolved ones newest first (by when they were raised).
func (s *Exceptions) List(ctx context.Context, tx *store.Tx, q ExceptionQuery) ([]*Exception, error) {
	where := `organisation = $1 AND ($2 = '' OR kind = $2) AND ($3 = '' OR payment = $3) AND `
	after := q.After
	if q.Resolved {
		where += `resolved <> 0 AND id < $4 ORDER BY id DESC LIMIT $5`
		if after == "" {
			after = last
		}
	} else {
		where += `resolved = 0 AND id > $4 ORDER BY id LIMIT $5`
	}
	rows, err := tx.Query(ctx, `SELECT `+exceptionColumns+` FROM pay_exception WHERE `+where, q.Organisation, q.Kind, q.Payment, after, page(q.Limit))
	found, err := store.Collect(rows, err, scanException)
	if err != nil {
		return nil, fmt.Errorf("listing exceptions: %w", err)
	}
	var all []*Exception
	for _, e := range found {
		if err := open(ctx, tx, s.Vault, e.Subject, "exception "+e.ID, e.sealed, &e.Note); err != nil {
			return nil, err
		}
		all = append(all, &e.Exception)
	}
	return all, nil
}

// Counts gives how many exceptions of each kind are open.
func (s *Exceptions) Counts(ctx context.Context, tx *store.Tx, organisation string) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT kind, COUNT(*) FROM pay_exception WHERE organisation = $1 AND resolved = 0 GROUP BY kind`, organisation)
	counts := map[string]int64{}
	_, err = store.Collect(rows, err, func(row store.Scanner) (none struct{}, err error) {
		var kind string
		var n int64
		err = row.Scan(&kind, &n)
		counts[kind] = n
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting exceptions: %w", err)
	}
	return counts, nil
}
