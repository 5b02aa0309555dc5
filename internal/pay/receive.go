package pay

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Outcomes of an event.
const (
	Applied  = "applied"
	Repeated = "repeated" // it told nothing new
	Queued   = "queued"   // as an exception: a person looks at it
	Refused  = "refused"  // of no concern, or not to be believed
)

// Result is what reports came to.
type Result struct {
	Payment *Payment // nil: they are about none that we know
	Changes []Change // for the books; the exceptions that go with them are in the queue
	Outcome string
}

// Receive records an event and applies it, once: a second delivery is Repeated and has no changes. day is
// today at the place. An event about a payment that is not known is queued, and applied by itself when
// the payment becomes known.
func (s *Pay) Receive(ctx context.Context, tx *store.Tx, organisation, provider string, e Event, body []byte, day calendar.Date) (Result, error) {
	hash := sha256.Sum256(body)
	row := stored{Event: e, provider: provider, hash: hash[:]}
	if fresh, err := s.record(ctx, tx, organisation, &row); err != nil || !fresh {
		return Result{Outcome: Repeated}, err
	}
	if e.Kind == "" {
		return Result{Outcome: Refused}, s.note(ctx, tx, organisation, row, "", Refused, "of no concern")
	}
	p, err := s.find(ctx, tx, organisation, provider, e.Report)
	if err != nil {
		return Result{}, err
	}
	if p == nil || p.otherPage(e.Report) {
		return s.unknown(ctx, tx, organisation, row, p)
	}
	return s.apply(ctx, tx, p, day, []stored{row})
}

// Report applies what was learnt otherwise than by a callback: the answers to Ask and Refund, a bank
// statement, a pay-out. Reports about another page of the payment are refused.
func (s *Pay) Report(ctx context.Context, tx *store.Tx, organisation, payment string, day calendar.Date, reports ...Report) (Result, error) {
	p, err := s.Get(ctx, tx, organisation, payment)
	if err != nil {
		return Result{}, err
	}
	var rows []stored
	for _, r := range reports {
		if r.Payment != "" && r.Payment != p.ID || p.otherPage(r) {
			continue
		}
		rows = append(rows, stored{Event: Event{Report: r}, provider: p.Provider})
	}
	return s.apply(ctx, tx, p, day, rows)
}

// Expire closes a payment's window. Money that still comes counts. Ask the provider before.
func (s *Pay) Expire(ctx context.Context, tx *store.Tx, organisation, payment string) error {
	_, err := s.Report(ctx, tx, organisation, payment, calendar.Date{}, Report{Kind: Expired, At: tx.Now()})
	return err
}

// otherPage says that a report is about another page than the payment's. That is not money of this
// payment a second time: somebody has to look.
func (p *Payment) otherPage(r Report) bool { return r.Ref != "" && p.Ref != "" && r.Ref != p.Ref }

// apply folds events into a payment, which is locked, and stores what comes of it.
func (s *Pay) apply(ctx context.Context, tx *store.Tx, p *Payment, day calendar.Date, rows []stored) (Result, error) {
	before, refs := *p, [2]string{p.Ref, p.Charge}
	res := Result{Outcome: Repeated}
	var odd []stored // the event of each change
	look := false
	for len(rows) > 0 {
		row := rows[0]
		rows = rows[1:]
		was := *p
		next, changes := Fold(*p, row.Report)
		*p = next
		outcome, why := outcomeOf(&was, p, changes)
		if row.Kind == Look {
			look, outcome, why = true, Applied, "the provider is asked"
		}
		if err := s.settle(ctx, tx, p, &row, outcome, why); err != nil {
			return Result{}, err
		}
		for _, c := range changes {
			res.Changes, odd = append(res.Changes, c), append(odd, row)
		}
		res.Outcome = strongest(res.Outcome, outcome)
		if now := [2]string{p.Ref, p.Charge}; now != refs { // what was told under these names before may wait
			refs = now
			if err := s.knowRefs(ctx, tx, p); err != nil {
				return Result{}, err
			}
			waiting, err := s.waiting(ctx, tx, p)
			if err != nil {
				return Result{}, err
			}
			rows = append(rows, waiting...)
		}
	}
	if p.nextAsk = whenToAsk(p, tx.Now()); look {
		p.nextAsk = tx.Now()
	}
	if err := s.store(ctx, tx, &before, p, day); err != nil {
		return Result{}, err
	}
	for i, c := range res.Changes {
		if err := s.raise(ctx, tx, p, c, odd[i]); err != nil {
			return Result{}, err
		}
	}
	res.Payment = p
	return res, nil
}

func outcomeOf(was, is *Payment, changes []Change) (outcome, why string) {
	for _, c := range changes {
		if c.Kind == NoChange {
			return Queued, c.Odd
		}
	}
	if len(changes) > 0 {
		return Applied, changes[0].Odd
	}
	if was.State != is.State || !slices.Equal(was.Refunds, is.Refunds) || !slices.Equal(was.Disputes, is.Disputes) {
		return Applied, ""
	}
	return Repeated, ""
}

func strongest(a, b string) string {
	for _, o := range []string{Queued, Applied} {
		if a == o || b == o {
			return o
		}
	}
	return b
}

// store writes what is different in a payment, its refunds and its disputes.
func (s *Pay) store(ctx context.Context, tx *store.Tx, was, p *Payment, day calendar.Date) error {
	for i := range p.Refunds {
		r := &p.Refunds[i]
		if i < len(was.Refunds) && was.Refunds[i] == *r {
			continue
		}
		if r.State == RefundIsDone && r.Day == (calendar.Date{}) {
			r.Day = day
		}
		if err := s.putRefund(ctx, tx, p.Subject, r); err != nil {
			return err
		}
	}
	for i, d := range p.Disputes {
		if i < len(was.Disputes) && was.Disputes[i] == d {
			continue
		}
		err := tx.Put(ctx, `INSERT INTO pay_dispute (organisation, payment, name, currency, amount, state, opened, closed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (organisation, payment, name) DO UPDATE SET state = excluded.state, opened = excluded.opened, closed = excluded.closed`,
			p.Organisation, p.ID, d.Key, d.Amount.Currency, d.Amount.Minor, d.State, store.Micros(d.Opened), store.Micros(d.Closed))
		if err != nil {
			return fmt.Errorf("storing a dispute: %w", err)
		}
	}
	if p.State == StatePaid && p.Number == "" {
		if p.Settled.IsZero() {
			p.Settled = tx.Now()
		}
		if err := s.number(ctx, tx, p, day); err != nil {
			return err
		}
	}
	return s.update(ctx, tx, p)
}

// raise puts into the queue what a change has that did not fit.
func (s *Pay) raise(ctx context.Context, tx *store.Tx, p *Payment, c Change, row stored) error {
	if c.Odd == "" {
		return nil
	}
	key := c.Odd + " " + p.ID + " " + c.Key
	if c.Kind == NoChange {
		key += " " + c.Amount.String()
	}
	e := Exception{Organisation: p.Organisation, Key: key, Kind: c.Odd, Payment: p.ID, Event: row.ID, Amount: c.Amount, Subject: p.Subject}
	if len(p.Targets) == 1 {
		e.Bill = p.Targets[0].Bill
	}
	return (&Exceptions{s.Vault}).Raise(ctx, tx, &e)
}

// find gives the payment that a report is about, locked, or nil.
func (s *Pay) find(ctx context.Context, tx *store.Tx, organisation, provider string, r Report) (*Payment, error) {
	id := r.Payment
	if id == "" {
		for _, ref := range []string{r.Ref, r.Charge} {
			if id != "" || ref == "" {
				continue
			}
			var err error
			if id, err = s.byRef(ctx, tx, organisation, provider, ref); err != nil {
				return nil, err
			}
		}
	}
	if id == "" {
		return nil, nil
	}
	p, err := s.Get(ctx, tx, organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Provider != provider {
		return nil, nil
	}
	return p, err
}

// byRef looks a provider's name up; one that is not known is reserved, so that whoever makes it known at
// this moment either is seen here, or sees the event that waits for it.
func (s *Pay) byRef(ctx context.Context, tx *store.Tx, organisation, provider, ref string) (id string, err error) {
	err = tx.QueryRow(ctx, `SELECT payment FROM pay_ref WHERE organisation = $1 AND provider = $2 AND ref = $3`, organisation, provider, ref).Scan(&id)
	if errors.Is(err, store.ErrNotFound) || err == nil && id == "" {
		err = tx.QueryRow(ctx, `INSERT INTO pay_ref (organisation, provider, ref, payment) VALUES ($1, $2, $3, '')
			ON CONFLICT (organisation, provider, ref) DO UPDATE SET payment = pay_ref.payment RETURNING payment`, organisation, provider, ref).Scan(&id)
	}
	if err != nil {
		return "", fmt.Errorf("looking for a payment by its provider's name: %w", err)
	}
	return id, nil
}

// unknown queues an event whose payment is not known, or has another page.
func (s *Pay) unknown(ctx context.Context, tx *store.Tx, organisation string, row stored, p *Payment) (Result, error) {
	why := "no such payment"
	e := Exception{Organisation: organisation, Kind: UnknownPayment, Key: row.exception(), Event: row.ID, Amount: row.Amount}
	if p != nil {
		why, e.Payment, e.Subject = "another page of this payment", p.ID, p.Subject
	}
	if err := (&Exceptions{s.Vault}).Raise(ctx, tx, &e); err != nil {
		return Result{}, err
	}
	return Result{Outcome: Queued, Payment: p}, s.note(ctx, tx, organisation, row, e.Payment, Queued, why)
}

// stored is an event with what its row holds besides.
type stored struct {
	Event
	provider string
	hash     []byte
	queued   bool // it had waited for its payment
}

func (row *stored) exception() string { return UnknownPayment + " " + row.provider + " " + row.ID }

// record stores an event; it reports whether it is a new one.
func (s *Pay) record(ctx context.Context, tx *store.Tx, organisation string, row *stored) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO pay_event (organisation, provider, event, payment, ref, charge, kind, item, currency, amount, at, received, body_hash, outcome, why)
		VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '') ON CONFLICT (organisation, provider, event) DO NOTHING`,
		organisation, row.provider, row.ID, row.Ref, row.Charge, string(row.Kind), row.Report.Key, row.Amount.Currency, row.Amount.Minor,
		store.Micros(row.At), store.Micros(tx.Now()), row.hash)
	if err != nil {
		return false, fmt.Errorf("storing an event: %w", err)
	}
	return n == 1, nil
}

// note says in an event's row what became of it.
func (s *Pay) note(ctx context.Context, tx *store.Tx, organisation string, row stored, payment, outcome, why string) error {
	err := tx.Put(ctx, `UPDATE pay_event SET payment = $4, outcome = $5, why = $6 WHERE organisation = $1 AND provider = $2 AND event = $3`,
		organisation, row.provider, row.ID, payment, outcome, why)
	if err != nil {
		return fmt.Errorf("storing what became of an event: %w", err)
	}
	return nil
}

// settle notes an event's outcome. What came by no callback gets a row when it told something new, so
// that every figure leads to what it came from.
func (s *Pay) settle(ctx context.Context, tx *store.Tx, p *Payment, row *stored, outcome, why string) error {
	if row.ID == "" {
		if outcome == Repeated {
			return nil
		}
		row.ID, row.hash = fmt.Sprintf("asked %s %s %s", p.ID, row.Kind, row.Report.Key), []byte{}
		if outcome == Queued {
			row.ID += " " + row.Amount.String()
		}
		if _, err := s.record(ctx, tx, p.Organisation, row); err != nil {
			return err
		}
	}
	if row.queued {
		if err := (&Exceptions{s.Vault}).found(ctx, tx, p.Organisation, row.exception()); err != nil {
			return err
		}
	}
	return s.note(ctx, tx, p.Organisation, *row, p.ID, outcome, why)
}

const eventColumns = `provider, event, payment, ref, charge, kind, item, currency, amount, at, received, outcome, why`

// EventRow is an event as it was received, with what became of it.
type EventRow struct {
	Event
	Provider, Outcome, Why string
	Received               time.Time
}

func scanEvent(row store.Scanner) (e EventRow, err error) {
	var at, received int64
	var kind string
	err = row.Scan(&e.Provider, &e.ID, &e.Payment, &e.Ref, &e.Charge, &kind, &e.Key, &e.Amount.Currency, &e.Amount.Minor, &at, &received, &e.Outcome, &e.Why)
	e.Kind, e.At, e.Received = Kind(kind), store.Time(at), store.Time(received)
	return e, err
}

// waiting gives the events that were told under a payment's names before it was known, at most 100.
func (s *Pay) waiting(ctx context.Context, tx *store.Tx, p *Payment) ([]stored, error) {
	rows, err := tx.Query(ctx, `SELECT `+eventColumns+` FROM pay_event WHERE organisation = $1 AND provider = $2 AND outcome = 'queued' AND payment = ''
		AND ((ref <> '' AND ref = $3) OR (charge <> '' AND charge = $4)) ORDER BY received, event LIMIT 100`, p.Organisation, p.Provider, p.Ref, p.Charge)
	all, err := store.Collect(rows, err, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("looking for events that wait: %w", err)
	}
	var list []stored
	for _, e := range all {
		list = append(list, stored{Event: e.Event, provider: e.Provider, queued: true})
	}
	return list, nil
}

// Events lists what was received about a payment, oldest first, at most 200.
func (s *Pay) Events(ctx context.Context, tx *store.Tx, organisation, payment string) ([]EventRow, error) {
	if payment == "" {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `SELECT `+eventColumns+` FROM pay_event WHERE organisation = $1 AND payment = $2 AND payment <> ''
		ORDER BY received, event LIMIT 200`, organisation, payment)
	all, err := store.Collect(rows, err, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("listing the events of a payment: %w", err)
	}
	return all, nil
}
