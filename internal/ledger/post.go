package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/store"
)

// posting is an entry on its way into the books.
type posting struct {
	*Entry
	reverses string
	hash     [sha256.Size]byte
	accounts []*account // of each line
	net      map[*account]int64
}

// Post adds an entry and gives its id. The same entry under the same key gives the id it was given first, however often
// and at the same time; another entry under that key is ErrKeyTaken. The chart opens accounts that were never used.
func (l *Ledger) Post(ctx context.Context, tx *store.Tx, chart *Chart, e Entry) (id string, err error) {
	if err := e.check(); err != nil {
		return "", fmt.Errorf("posting %q: %w", e.Key, err)
	}
	accounts, err := l.opened(ctx, tx, chart, &e)
	if err == nil {
		id, err = l.post(ctx, tx, newPosting(&e, "", accounts))
	}
	if err != nil {
		return "", fmt.Errorf("posting %q: %w", e.Key, err)
	}
	return id, nil
}

func newPosting(e *Entry, reverses string, accounts map[accountKey]*account) *posting {
	p := &posting{Entry: e, reverses: reverses, hash: e.inputHash(reverses), net: map[*account]int64{}}
	for _, line := range e.Lines {
		a := accounts[accountKey{e.Organisation, line.Account, line.Amount.Currency}]
		p.accounts = append(p.accounts, a)
		p.net[a] += line.Amount.Minor // both sides of the entry fit 64 bits each, so every part does
	}
	return p
}

// post writes the entry, unless it is there already.
func (l *Ledger) post(ctx context.Context, tx *store.Tx, p *posting) (string, error) {
	id, err := p.write(ctx, tx)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Why == ErrKeyTaken {
		return id, err
	}
	// What it was refused for may be its own first attempt, or another reversal, committed while it waited for a lock.
	if first, e := p.cameBetween(ctx, tx); e != nil || first != "" {
		return first, e
	}
	return "", err
}

func (p *posting) write(ctx context.Context, tx *store.Tx) (string, error) {
	var closedUntil string
	var first *string
	var hash []byte
	err := book(ctx, tx, p.Organisation, `SELECT b.closed_until, e.id, e.input_hash FROM ledger_book b
		LEFT JOIN ledger_entry e ON e.organisation = b.organisation AND e.idem_key = $2
		WHERE b.organisation = $1`+shared(tx, "b"), []any{p.Key}, &closedUntil, &first, &hash)
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the book: %w", err)
	case first != nil:
		return p.same(*first, hash)
	case p.Value.String() <= closedUntil:
		return "", closed(closedUntil, p.Value)
	}
	if err := p.guard(ctx, tx); err != nil {
		return "", err
	}
	id := tx.NewID()
	// DO NOTHING without a target: the key, or a reversal of the same entry, may have come in between.
	n, err := tx.Exec(ctx, `INSERT INTO ledger_entry (organisation, id, idem_key, input_hash, value_day, booked, text,
			source_kind, source_id, reverses)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		p.Organisation, id, p.Key, p.hash[:], p.Value.String(), store.Micros(tx.Now()), p.Text,
		p.Source.Kind, p.Source.ID, nilIfEmpty(p.reverses))
	if err != nil {
		return "", fmt.Errorf("storing the entry: %w", err)
	}
	if n == 0 {
		id, err := p.cameBetween(ctx, tx)
		if id == "" && err == nil {
			err = errors.New("the entry conflicts with none")
		}
		return id, err
	}
	if err := p.writeLines(ctx, tx, id); err != nil {
		return "", fmt.Errorf("storing the lines: %w", err)
	}
	if err := p.writePending(ctx, tx, id); err != nil {
		return "", fmt.Errorf("storing what moves the balances: %w", err)
	}
	return id, nil
}

// guard locks the accounts whose balance has a say, and asks them.
func (p *posting) guard(ctx context.Context, tx *store.Tx) error {
	var asked []*account
	for a, net := range p.net {
		if a.guarded(net) {
			asked = append(asked, a)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	slices.SortFunc(asked, func(a, b *account) int { return strings.Compare(a.id, b.id) })
	ids := make([]string, len(asked))
	for i, a := range asked {
		ids[i] = a.id
	}
	if err := lockAccounts(ctx, tx, p.Organisation, ids); err != nil {
		return err
	}
	for _, a := range asked {
		s, err := standing(ctx, tx, p.Organisation, a.id, p.Value.String())
		if err != nil {
			return err
		}
		if err := a.allows(s, p.net[a], p.Value); err != nil {
			return err
		}
	}
	return nil
}

// chunk is how many rows one INSERT takes.
const chunk = 32

func (p *posting) writeLines(ctx context.Context, tx *store.Tx, id string) error {
	shared := []any{p.Organisation, id, p.Value.String(), store.Micros(tx.Now())}
	rows := make([]any, 0, 3*len(p.Lines))
	for i, line := range p.Lines {
		rows = append(rows, int64(i+1), p.accounts[i].id, line.Amount.Minor)
	}
	return insert(ctx, tx, `INSERT INTO ledger_line (organisation, entry, value_day, booked, no, account, amount) VALUES `,
		shared, rows, 3)
}

func (p *posting) writePending(ctx context.Context, tx *store.Tx, id string) error {
	shared := []any{p.Organisation, id, p.Value.String()}
	rows := make([]any, 0, 2*len(p.net))
	for _, a := range slices.SortedFunc(maps.Keys(p.net), func(a, b *account) int { return strings.Compare(a.id, b.id) }) {
		if p.net[a] != 0 {
			rows = append(rows, a.id, p.net[a])
		}
	}
	return insert(ctx, tx, `INSERT INTO ledger_pending (organisation, entry, value_day, account, amount) VALUES `,
		shared, rows, 2)
}

// insert adds rows that begin with the same values, some at a time.
func insert(ctx context.Context, tx *store.Tx, into string, shared, rows []any, width int) error {
	for len(rows) > 0 {
		n := min(len(rows)/width, chunk)
		var b strings.Builder
		b.WriteString(into)
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteByte('(')
			for j := range shared {
				b.WriteString("$" + strconv.Itoa(j+1) + ", ")
			}
			b.WriteString(store.Marks(len(shared)+i*width+1, width) + ")")
		}
		if err := tx.Put(ctx, b.String(), append(slices.Clip(shared), rows[:n*width]...)...); err != nil {
			return err
		}
		rows = rows[n*width:]
	}
	return nil
}

// known gives the id of this entry if it is in the books.
func (p *posting) known(ctx context.Context, tx *store.Tx) (string, error) {
	var id string
	var hash []byte
	err := tx.QueryRow(ctx, `SELECT id, input_hash FROM ledger_entry WHERE organisation = $1 AND idem_key = $2`,
		p.Organisation, p.Key).Scan(&id, &hash)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking for the key: %w", err)
	}
	return p.same(id, hash)
}

func (p *posting) same(id string, hash []byte) (string, error) {
	if !bytes.Equal(hash, p.hash[:]) {
		return "", &Refusal{Why: ErrKeyTaken, Entry: id}
	}
	return id, nil
}

// cameBetween says what another transaction has committed since this one looked: this entry, or a reversal of the same.
func (p *posting) cameBetween(ctx context.Context, tx *store.Tx) (string, error) {
	id, err := p.known(ctx, tx)
	if id != "" || err != nil || p.reverses == "" {
		return id, err
	}
	by, err := reversalOf(ctx, tx, p.Organisation, p.reverses)
	if err == nil && by != "" {
		err = &Refusal{Why: ErrReversed, Entry: by}
	}
	return "", err
}

func nilIfEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}
