package bill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/store"
	"stoa/internal/vault"
)

func (b *Bill) place() string { return "bill " + b.ID }

// seal seals v's JSON for a place.
func (b *Bills) seal(ctx context.Context, tx *store.Tx, subject, place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", place, err)
	}
	sealed, err := b.Vault.Seal(ctx, tx, subject, place, plain)
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// open reads what seal wrote; an erased person's v stays empty.
func (b *Bills) open(ctx context.Context, tx *store.Tx, subject, place string, sealed []byte, v any) error {
	plain, err := b.Vault.Open(ctx, tx, subject, place, sealed)
	if errors.Is(err, vault.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening %s: %w", place, err)
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("reading %s: %w", place, err)
	}
	return nil
}

func day(s string) (calendar.Date, error) {
	if s == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(s)
}

// days reads pairs of a *calendar.Date and its text.
func days(pairs ...any) (err error) {
	for i := 0; i < len(pairs) && err == nil; i += 2 {
		to, _ := pairs[i].(*calendar.Date)
		text, _ := pairs[i+1].(string)
		*to, err = day(text)
	}
	return err
}

const columns = `organisation, id, number, reference, kind, of_kind, of_id, part, for_whom, service, payer, owner, subject, object,
	language, currency, issued, items, plan, balance, next_due, interest_until, state, version, created, updated, sealed`

// stored is a row with its sealed part.
type stored struct {
	*Bill
	sealed []byte
}

func scan(row store.Scanner) (stored, error) {
	s := stored{Bill: &Bill{}}
	b := s.Bill
	var issued, items, plan, next, interest, state string
	var created, updated int64
	err := row.Scan(&b.Organisation, &b.ID, &b.Number, &b.Reference, &b.Kind, &b.Of.Kind, &b.Of.ID, &b.Part, &b.For, &b.Service,
		&b.Payer, &b.Owner, &b.Subject, &b.Object, &b.Language, &b.Currency, &issued, &items, &plan, &b.Balance, &next, &interest,
		&state, &b.Version, &created, &updated, &s.sealed)
	if err != nil {
		return s, err
	}
	b.State, b.Created, b.Updated = State(state), store.Time(created), store.Time(updated)
	p, err := planOf(plan)
	b.Plan, b.PlanSince, b.PlanMoves = p.Parts, p.Since, p.Moves
	if err == nil {
		err = json.Unmarshal([]byte(items), &b.Items)
	}
	if err == nil {
		err = days(&b.Day, issued, &b.Next, next, &b.InterestUntil, interest)
	}
	return s, err
}

func planOf(text string) (p Plan, err error) {
	err = json.Unmarshal([]byte(text), &p)
	return p, err
}

// many reads bills without their moves; their words are opened when the rows are closed.
func (b *Bills) many(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Bill, error) {
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM bill `+where, args...)
	found, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("reading bills: %w", err)
	}
	list := make([]*Bill, len(found))
	for i, s := range found {
		if err := b.open(ctx, tx, s.Subject, s.place(), s.sealed, &s.Words); err != nil {
			return nil, err
		}
		list[i] = s.Bill
	}
	return list, nil
}

// one reads a bill with its moves; in Write it is locked until commit.
func (b *Bills) one(ctx context.Context, tx *store.Tx, where string, args ...any) (*Bill, error) {
	list, err := b.many(ctx, tx, where+tx.Lock(), args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("reading a bill: %w", store.ErrNotFound)
	}
	return list[0], b.withMoves(ctx, tx, list[:1])
}

// Get reads a bill with its moves; in Write it is locked until commit. store.ErrNotFound if there is none.
func (b *Bills) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Bill, error) {
	return b.one(ctx, tx, `WHERE organisation = $1 AND id = $2`, organisation, id)
}

// ByNumber is Get by number.
func (b *Bills) ByNumber(ctx context.Context, tx *store.Tx, organisation, number string) (*Bill, error) {
	return b.one(ctx, tx, `WHERE organisation = $1 AND number = $2`, organisation, number)
}

// ByReference is Get by creditor reference.
func (b *Bills) ByReference(ctx context.Context, tx *store.Tx, organisation, reference string) (*Bill, error) {
	return b.one(ctx, tx, `WHERE organisation = $1 AND reference = $2`, organisation, reference)
}

// Touched gives the ids of the bills that something moved: a payment, a refund, a line of the bank's statement.
func (b *Bills) Touched(ctx context.Context, tx *store.Tx, organisation string, by Source) ([]string, error) {
	ids, err := store.Strings(ctx, tx, `SELECT bill FROM bill_move WHERE organisation = $1 AND of_kind = $2 AND of_id = $3 AND of_id <> ''`,
		organisation, by.Kind, by.ID)
	if err != nil {
		return nil, fmt.Errorf("looking for what %s %s moved: %w", by.Kind, by.ID, err)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// GetAll reads bills with their moves, in Write locked until commit, and gives them in the order of the ids. They are
// locked in one order, so that two transactions wait for each other only one way round. store.ErrNotFound if one is not
// there.
func (b *Bills) GetAll(ctx context.Context, tx *store.Tx, organisation string, ids []string) ([]*Bill, error) {
	args := []any{organisation}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		args = append(args, id)
	}
	if len(args) == 1 {
		return nil, nil
	}
	list, err := b.many(ctx, tx, `WHERE organisation = $1 AND id IN (`+store.Marks(2, len(args)-1)+`) ORDER BY id`+tx.Lock(), args...)
	if err != nil {
		return nil, err
	}
	if len(list) != len(args)-1 {
		return nil, fmt.Errorf("reading %d bills, of which %d are there: %w", len(args)-1, len(list), store.ErrNotFound)
	}
	return list, b.withMoves(ctx, tx, list)
}

// BySource lists the bills of a case or an assessment with their moves, oldest first; in Write they are locked.
func (b *Bills) BySource(ctx context.Context, tx *store.Tx, organisation string, of Source) ([]*Bill, error) {
	list, err := b.many(ctx, tx, `WHERE organisation = $1 AND of_kind = $2 AND of_id = $3 ORDER BY id`+tx.Lock(),
		organisation, of.Kind, of.ID)
	if err != nil {
		return nil, err
	}
	return list, b.withMoves(ctx, tx, list)
}

const moveColumns = `m.bill, m.no, m.idem_key, m.at, m.value_day, m.posted_day, m.due_day, m.kind, m.component, m.item, m.account,
	m.amount, m.entry, m.of_kind, m.of_id, m.by_person, m.sealed`

// storedMove is a row with its sealed part.
type storedMove struct {
	Move
	sealed []byte
}

func scanMove(row store.Scanner, more ...any) (m storedMove, err error) {
	var at int64
	var value, posted, due, kind, component string
	err = row.Scan(append([]any{&m.Bill, &m.No, &m.Key, &at, &value, &posted, &due, &kind, &component, &m.Item, &m.Account, &m.Amount,
		&m.Entry, &m.Of.Kind, &m.Of.ID, &m.By, &m.sealed}, more...)...)
	if err != nil {
		return m, err
	}
	m.At, m.Kind, m.Component = store.Time(at), MoveKind(kind), Component(component)
	return m, days(&m.Value, value, &m.Posted, posted, &m.Due, due)
}

// withMoves reads the moves of bills of one organisation.
func (b *Bills) withMoves(ctx context.Context, tx *store.Tx, list []*Bill) error {
	byID := make(map[string]*Bill, len(list))
	for _, one := range list {
		byID[one.ID] = one
	}
	for part := range slices.Chunk(list, 200) {
		args := []any{part[0].Organisation}
		for _, one := range part {
			args = append(args, one.ID)
		}
		rows, err := tx.Query(ctx, `SELECT `+moveColumns+` FROM bill_move m WHERE m.organisation = $1
			AND m.bill IN (`+store.Marks(2, len(part))+`) ORDER BY m.bill, m.no`, args...)
		moves, err := store.Collect(rows, err, func(row store.Scanner) (storedMove, error) { return scanMove(row) })
		if err != nil {
			return fmt.Errorf("reading moves: %w", err)
		}
		for _, m := range moves {
			one := byID[m.Bill]
			if err := b.openWhy(ctx, tx, one.Subject, &m); err != nil {
				return err
			}
			one.Moves = append(one.Moves, m.Move)
		}
	}
	return nil
}

func (b *Bills) openWhy(ctx context.Context, tx *store.Tx, subject string, m *storedMove) error {
	if len(m.sealed) == 0 {
		return nil
	}
	plain, err := b.Vault.Open(ctx, tx, subject, m.place(), m.sealed)
	if err != nil && !errors.Is(err, vault.ErrErased) {
		return fmt.Errorf("opening a move: %w", err)
	}
	m.Why = string(plain)
	return nil
}
