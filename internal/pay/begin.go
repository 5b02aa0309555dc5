package pay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/store"
)

// Begin stores a payment before the provider hears of it, and gives it its ID. The same Key gives the
// same payment once more, as it is now; with other contents it is ErrKeyTaken. Its words are sealed by
// Subject, or by a new one where it is "".
func (s *Pay) Begin(ctx context.Context, tx *store.Tx, p *Payment) (again bool, err error) {
	p.State = StateCreated
	return s.put(ctx, tx, p)
}

// Enter stores a payment that has come already: at the bank, or at a till that is open. It is otherwise
// as Begin. day is today at the place; its receipt number is given at once.
func (s *Pay) Enter(ctx context.Context, tx *store.Tx, p *Payment, day calendar.Date) (again bool, err error) {
	p.State, p.Received, p.Settled, p.Day, p.Until = StatePaid, p.Amount, tx.Now(), day, tx.Now()
	return s.put(ctx, tx, p)
}

func (s *Pay) put(ctx context.Context, tx *store.Tx, p *Payment) (again bool, err error) {
	if err := p.check(); err != nil {
		return false, err
	}
	if again, err := s.repeated(ctx, tx, p); again || err != nil {
		return again, err
	}
	if p.Method == Cash {
		if err := (&Tills{s.Vault}).takes(ctx, tx, p.Organisation, p.Till, p.Amount.Currency); err != nil {
			return false, err
		}
	}
	if p.Subject == "" {
		if p.Subject, err = s.Vault.NewSubject(ctx, tx); err != nil {
			return false, fmt.Errorf("storing a payment: %w", err)
		}
	}
	p.ID, p.Created = tx.NewID(), tx.Now()
	p.total()
	sealed, err := seal(ctx, tx, s.Vault, p.Subject, "payment "+p.ID, p.Words)
	if err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO pay_payment (organisation, id, number, method, provider, ref, charge, payer, subject, draft, till, idem_key,
			state, currency, amount, got_currency, received, refunded, disputed, created, until, settled, day, next_ask, sealed)
		VALUES ($1, $2, '', $3, $4, '', '', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, $15, $16, $17, $18, 0, $19)
		ON CONFLICT (organisation, idem_key) DO NOTHING`,
		p.Organisation, p.ID, p.Method, p.Provider, p.Payer, p.Subject, p.Draft, p.Till, p.Key,
		string(p.State), p.Amount.Currency, p.Amount.Minor, p.Received.Currency, p.Received.Minor,
		store.Micros(p.Created), store.Micros(p.Until), store.Micros(p.Settled), dayText(p.Day), sealed)
	if err != nil {
		return false, fmt.Errorf("storing a payment: %w", err)
	}
	if n == 0 { // the same form, at the same moment
		return s.repeated(ctx, tx, p)
	}
	for i, t := range p.Targets {
		err := tx.Put(ctx, `INSERT INTO pay_target (organisation, payment, no, bill, amount) VALUES ($1, $2, $3, $4, $5)`,
			p.Organisation, p.ID, i, t.Bill, t.Amount)
		if err != nil {
			return false, fmt.Errorf("storing what a payment pays: %w", err)
		}
	}
	if p.State == StatePaid { // last: whoever wants a number waits for this transaction's end
		if err := s.number(ctx, tx, p, p.Day); err != nil {
			return false, err
		}
		return false, s.update(ctx, tx, p)
	}
	return false, nil
}

func (p *Payment) check() error {
	// Money at the bank may be for nothing that we asked for: then it goes back.
	if p.Organisation == "" || p.Key == "" || len(p.Targets) == 0 && p.Method != Bank {
		return errors.New("a payment needs an organisation, a key and something to pay")
	}
	if !sound(p.Amount) {
		return ErrAmount
	}
	if _, err := money.MinorDigits(p.Amount.Currency); err != nil {
		return fmt.Errorf("the currency of a payment: %w", err)
	}
	left := p.Amount.Minor
	for _, t := range p.Targets {
		if t.Amount <= 0 || t.Amount > left {
			return ErrAmount
		}
		left -= t.Amount
	}
	if left != 0 && len(p.Targets) > 0 {
		return ErrAmount
	}
	return nil
}

// repeated gives in p the payment that its key has made already.
func (s *Pay) repeated(ctx context.Context, tx *store.Tx, p *Payment) (bool, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT id FROM pay_payment WHERE organisation = $1 AND idem_key = $2`, p.Organisation, p.Key).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for a payment's key: %w", err)
	}
	first, err := s.Get(ctx, tx, p.Organisation, id)
	if err != nil {
		return false, err
	}
	if first.Amount != p.Amount || first.Method != p.Method || first.Provider != p.Provider || first.Payer != p.Payer ||
		first.Draft != p.Draft || first.Till != p.Till || !slices.Equal(first.Targets, p.Targets) {
		return false, ErrKeyTaken
	}
	*p = *first
	return true, nil
}

// number gives a payment its receipt number: without gaps, by the year in which the money was booked.
func (s *Pay) number(ctx context.Context, tx *store.Tx, p *Payment, day calendar.Date) error {
	n, err := tx.Next(ctx, fmt.Sprintf("pay receipt %s %04d", p.Organisation, day.Year()))
	if err != nil {
		return fmt.Errorf("numbering a receipt: %w", err)
	}
	p.Number, p.Day = fmt.Sprintf("R-%04d-%06d", day.Year(), n), day
	return nil
}

// Opened notes the provider's page. A page that was noted before stays.
func (s *Pay) Opened(ctx context.Context, tx *store.Tx, organisation, id string, page Started) (*Payment, error) {
	p, err := s.Get(ctx, tx, organisation, id)
	if err != nil {
		return nil, err
	}
	if p.URL != "" || p.State == StatePaid {
		return p, nil
	}
	p.raise(StateOpen)
	if p.Ref == "" {
		p.Ref = page.Ref
	}
	p.URL = page.URL
	sealed, err := seal(ctx, tx, s.Vault, p.Subject, "payment "+p.ID, p.Words)
	if err != nil {
		return nil, err
	}
	if err := tx.Put(ctx, `UPDATE pay_payment SET sealed = $3 WHERE organisation = $1 AND id = $2`, organisation, id, sealed); err != nil {
		return nil, fmt.Errorf("storing a provider's page: %w", err)
	}
	if err := s.knowRefs(ctx, tx, p); err != nil {
		return nil, err
	}
	p.nextAsk = whenToAsk(p, tx.Now())
	return p, s.update(ctx, tx, p)
}

// update stores what can change about a payment itself.
func (s *Pay) update(ctx context.Context, tx *store.Tx, p *Payment) error {
	err := tx.Put(ctx, `UPDATE pay_payment SET number = $3, ref = $4, charge = $5, state = $6, got_currency = $7, received = $8,
			refunded = $9, disputed = $10, settled = $11, day = $12, next_ask = $13 WHERE organisation = $1 AND id = $2`,
		p.Organisation, p.ID, p.Number, p.Ref, p.Charge, string(p.State), p.Received.Currency, p.Received.Minor,
		p.Refunded.Minor, p.Disputed.Minor, store.Micros(p.Settled), dayText(p.Day), store.Micros(p.nextAsk))
	if err != nil {
		return fmt.Errorf("storing a payment: %w", err)
	}
	return nil
}

// knowRefs lets a payment be found by what its provider calls it.
func (s *Pay) knowRefs(ctx context.Context, tx *store.Tx, p *Payment) error {
	for _, ref := range []string{p.Ref, p.Charge} {
		if ref == "" || p.Provider == "" {
			continue
		}
		err := tx.Put(ctx, `INSERT INTO pay_ref (organisation, provider, ref, payment) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organisation, provider, ref) DO UPDATE SET payment = excluded.payment WHERE pay_ref.payment = ''`,
			p.Organisation, p.Provider, ref, p.ID)
		if err != nil {
			return fmt.Errorf("storing a provider's name of a payment: %w", err)
		}
	}
	return nil
}
