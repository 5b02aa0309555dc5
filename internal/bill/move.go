package bill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// MoveKind says why what is owed moved.
type MoveKind string

// The kinds of move.
const (
	MoveCharge   MoveKind = "charge"
	MoveCredit   MoveKind = "credit" // of what was charged: withdrawn, cancelled, assessed anew
	MoveWaiver   MoveKind = "waiver"
	MoveWriteOff MoveKind = "write_off" // positive where money came after all
	MovePayment  MoveKind = "payment"
	MoveRefund   MoveKind = "refund" // negative where it could not be paid back
	MoveDispute  MoveKind = "dispute"
	MoveTransfer MoveKind = "transfer" // of credit between two bills
)

var moveKinds = []MoveKind{MoveCharge, MoveCredit, MoveWaiver, MoveWriteOff, MovePayment, MoveRefund, MoveDispute, MoveTransfer}

// Move is a movement of what is owed on a bill. It is never changed.
type Move struct {
	Bill      string
	No        int    // 1, 2, … on its bill
	Key       string // of the event, the same for every attempt
	At        time.Time
	Value     calendar.Date // when it happened
	Posted    calendar.Date // value date of its entry: later than Value where the books of that day were closed
	Due       calendar.Date // of a charge outside the plan; zero: on its day
	Kind      MoveKind
	Component Component
	Item      string // of a charge
	Account   string // code of the account against which it was posted
	Amount    int64  // positive: owed more
	Entry     string // ledger id
	Of        Source // {"payment", "01j…"}, {"bank_line", "01j…"}; zero: the bill itself
	By        string // person id
	Why       string // sealed
}

// DueDay is when a charge is due that stands outside the plan.
func (m Move) DueDay() calendar.Date {
	if m.Due.IsZero() {
		return m.Value
	}
	return m.Due
}

// Late tells whether the entry counts on a later day than the move, because the books of its day were closed.
func (m Move) Late() bool { return m.Posted.After(m.Value) }

// Event gives the moves of an event on a bill that was read with its moves: none means that it has not happened there.
func (b *Bill) Event(key string) (of []Move) {
	for _, m := range b.Moves {
		if m.Key == key {
			of = append(of, m)
		}
	}
	return of
}

// Apply adds the moves of one event to a bill that was read with Get in this Write, and with them writes whatever the
// caller changed of the bill: State (to Cancelled), InterestUntil. The caller has asked Event and posted the entry.
func (b *Bills) Apply(ctx context.Context, tx *store.Tx, one *Bill, key string, moves ...Move) error {
	if key == "" || len(one.Event(key)) > 0 {
		return fmt.Errorf("moving bill %s: event %q is there already", one.Number, key)
	}
	for i := range moves {
		m := &moves[i]
		m.Bill, m.No, m.Key, m.At = one.ID, len(one.Moves)+i+1, key, tx.Now()
		if err := m.check(); err != nil {
			return fmt.Errorf("moving bill %s: %w", one.Number, err)
		}
	}
	rows, err := b.moveRows(ctx, tx, one, moves)
	if err == nil {
		err = insertMoves(ctx, tx, one.Organisation, rows)
	}
	if err != nil {
		return fmt.Errorf("moving bill %s: %w", one.Number, err)
	}
	one.Moves = append(slices.Clip(one.Moves), moves...)
	return b.Save(ctx, tx, one)
}

func (m *Move) check() error {
	switch {
	case !slices.Contains(moveKinds, m.Kind) || !m.Component.known() || m.Amount == 0:
		return fmt.Errorf("a %s of %d %s", m.Kind, m.Amount, m.Component)
	case m.Value.IsZero() || m.Posted.IsZero() || m.Entry == "" || m.Account == "":
		return errors.New("a move needs its days, its entry and the account")
	case tooLarge(m.Amount):
		return errTooLarge()
	}
	return nil
}

// settle works out what follows from the moves.
func (b *Bill) settle() error {
	b.Balance = 0
	for _, m := range b.Moves {
		b.Balance += m.Amount // far from 64 bits: the balance before was checked, and the move
		if b.Balance > mostOwed || b.Balance < -mostOwed {
			return errTooLarge()
		}
	}
	b.Next = b.On(calendar.MaxDate).Next
	if b.State != Cancelled {
		b.State = Settled
		if b.Balance > 0 {
			b.State = Open
		}
	}
	return nil
}

// Save writes what may change of a bill that was read with Get in this Write: plan, balance, state, payer, owner,
// language, and until when interest was charged. Balance and Next follow from the moves.
func (b *Bills) Save(ctx context.Context, tx *store.Tx, one *Bill) error {
	if err := one.settle(); err != nil {
		return fmt.Errorf("saving bill %s: %w", one.Number, err)
	}
	plan, err := planText(one.Current())
	if err != nil {
		return fmt.Errorf("saving bill %s: %w", one.Number, err)
	}
	n, err := tx.Exec(ctx, `UPDATE bill SET plan = $4, balance = $5, next_due = $6, interest_until = $7, state = $8, payer = $9,
			owner = $10, language = $11, version = $3 + 1, updated = $12
		WHERE organisation = $1 AND id = $2 AND version = $3`,
		one.Organisation, one.ID, one.Version, plan, one.Balance, one.Next.String(), one.InterestUntil.String(), string(one.State),
		one.Payer, one.Owner, one.Language, store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("saving bill %s: %w", one.Number, err)
	}
	if n == 0 {
		return fault.NewConflict(ChangedMeanwhile)
	}
	one.Version, one.Updated = one.Version+1, tx.Now()
	return nil
}

const moveWidth = 17

// moveRows are moves of one bill as they are stored.
func (b *Bills) moveRows(ctx context.Context, tx *store.Tx, one *Bill, moves []Move) (rows []any, err error) {
	for _, m := range moves {
		sealed, err := b.sealWhy(ctx, tx, one, m)
		if err != nil {
			return nil, err
		}
		rows = append(rows, m.Bill, m.No, m.Key, store.Micros(m.At), m.Value.String(), m.Posted.String(), m.Due.String(),
			string(m.Kind), string(m.Component), m.Item, m.Account, m.Amount, m.Entry, m.Of.Kind, m.Of.ID, m.By, sealed)
	}
	return rows, nil
}

func insertMoves(ctx context.Context, tx *store.Tx, organisation string, rows []any) error {
	err := insert(ctx, tx, `INSERT INTO bill_move (organisation, bill, no, idem_key, at, value_day, posted_day, due_day, kind, component,
		item, account, amount, entry, of_kind, of_id, by_person, sealed) VALUES `, []any{organisation}, rows, moveWidth)
	if err != nil {
		return fmt.Errorf("storing moves: %w", err)
	}
	return nil
}

// sealWhy seals what was said about a move. Of a person who was erased nothing is kept that was said.
func (b *Bills) sealWhy(ctx context.Context, tx *store.Tx, one *Bill, m Move) ([]byte, error) {
	if m.Why == "" {
		return nil, nil
	}
	sealed, err := b.Vault.Seal(ctx, tx, one.Subject, m.place(), []byte(m.Why))
	if errors.Is(err, vault.ErrErased) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sealing a move: %w", err)
	}
	return sealed, nil
}

func (m *Move) place() string { return "move " + m.Bill + " " + strconv.Itoa(m.No) }

// chunk is how many rows one INSERT takes.
const chunk = 50

// insert adds rows that begin with the same values, some at a time.
func insert(ctx context.Context, tx *store.Tx, into string, shared, rows []any, width int) error {
	begin := "("
	for i := range shared {
		begin += "$" + strconv.Itoa(i+1) + ", "
	}
	for len(rows) > 0 {
		n := min(len(rows)/width, chunk)
		values := make([]string, n)
		for i := range n {
			values[i] = begin + store.Marks(len(shared)+i*width+1, width) + ")"
		}
		if err := tx.Put(ctx, into+strings.Join(values, ", "), append(slices.Clip(shared), rows[:n*width]...)...); err != nil {
			return err
		}
		rows = rows[n*width:]
	}
	return nil
}
