package spend

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

const commitmentColumns = `c.id, c.organisation, c.number, c.kind, c.for_whom, c.supplier, c.person, c.method, c.state, c.currency, c.value, c.invoiced, c.paid,
	c.signed, c.from_day, c.until_day, c.created, c.entered_by, c.decided, c.decided_by, c.version, c.words,
	CASE WHEN c.person THEN (SELECT x.subject FROM spend_supplier x WHERE x.organisation = c.organisation AND x.id = c.supplier) ELSE '' END`

// CommitmentQuery asks for commitments; what is empty is no bound.
type CommitmentQuery struct {
	Organisation string
	Kind         string
	For          string
	Any          []string // of these organisations; nil is no bound
	Supplier     string
	Method       string
	LineRef      // that one of its shares is on; Year alone finds all lines of the year
	State        CommitmentState
	InForce      bool   // active or closed: not what is only proposed, or was refused
	Pending      bool   // something of it waits for a decision
	Text         string // in number, title, purpose, supplier; of persons' only in the number
	Public       bool   // in force, and not of persons
	Before       string // id of a former page's last: newest first
	Limit        int
}

func (q CommitmentQuery) where() (string, []any) {
	w := where{args: []any{q.Organisation}, text: `WHERE c.organisation = $1`}
	w.is("c.kind", q.Kind)
	w.is("c.for_whom", q.For)
	w.in("c.for_whom", q.Any)
	w.is("c.supplier", q.Supplier)
	w.is("c.method", q.Method)
	w.is("c.state", string(q.State))
	if q.Year != "" || q.Line != "" {
		inner := where{args: w.args, text: `SELECT h.commitment FROM spend_allocation h WHERE h.organisation = $1`}
		inner.is("h.year", q.Year)
		inner.is("h.line", q.Line)
		w.args, w.text = inner.args, w.text+` AND c.id IN (`+inner.text+`)`
	}
	if q.InForce || q.Public {
		w.text += ` AND c.state IN ('active', 'closed')`
	}
	if q.Public {
		w.text += ` AND NOT c.person`
	}
	if q.Pending {
		w.text += ` AND c.state IN ('proposed', 'active') AND EXISTS (SELECT 1 FROM spend_allocation a WHERE a.organisation = c.organisation AND a.commitment = c.id AND a.day = '')`
	}
	if q.Text != "" {
		w.and(`c.search LIKE $? ESCAPE '\'`, like(q.Text))
	}
	if q.Before != "" {
		w.and(`c.id < $?`, q.Before)
	}
	return w.text, w.args
}

// Find lists commitments, newest first, without allocations and shares.
func (s *Commitments) Find(ctx context.Context, tx *store.Tx, q CommitmentQuery) ([]*Commitment, error) {
	text, args := q.where()
	args = append(args, q.Limit)
	return s.read(ctx, tx, text+fmt.Sprintf(` ORDER BY c.id DESC LIMIT $%d`, len(args)), args...)
}

// Get reads a commitment whole; in Write it is locked until commit. store.ErrNotFound if there is none.
func (s *Commitments) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Commitment, error) {
	return s.one(ctx, tx, `WHERE c.organisation = $1 AND c.id = $2`, organisation, id)
}

// ByNumber is Get by the number that people know.
func (s *Commitments) ByNumber(ctx context.Context, tx *store.Tx, organisation, number string) (*Commitment, error) {
	return s.one(ctx, tx, `WHERE c.organisation = $1 AND c.number = $2`, organisation, number)
}

func (s *Commitments) one(ctx context.Context, tx *store.Tx, where string, args ...any) (*Commitment, error) {
	lock := tx.Lock()
	if lock != "" {
		lock += " OF c"
	}
	found, err := s.read(ctx, tx, where+lock, args...)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("reading a commitment: %w", store.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return found[0], s.parts(ctx, tx, found[0])
}

func (s *Commitments) read(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Commitment, error) {
	var words [][]byte
	rows, err := tx.Query(ctx, `SELECT `+commitmentColumns+` FROM spend_commitment c `+where, args...)
	all, err := store.Collect(rows, err, func(row store.Scanner) (*Commitment, error) {
		var c Commitment
		var signed, from, until string
		var created, decided int64
		var bytes []byte
		err := row.Scan(&c.ID, &c.Organisation, &c.Number, &c.Kind, &c.For, &c.Supplier, &c.Person, &c.Method, &c.State, &c.Currency, &c.Value, &c.Invoiced, &c.Paid,
			&signed, &from, &until, &created, &c.EnteredBy, &decided, &c.DecidedBy, &c.Version, &bytes, &c.subject)
		if err != nil {
			return nil, err
		}
		words = append(words, bytes)
		c.Created, c.Decided = store.Time(created), store.Time(decided)
		if c.Signed, err = day(signed); err == nil {
			if c.From, err = day(from); err == nil {
				c.Until, err = day(until)
			}
		}
		return &c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading commitments: %w", err)
	}
	for i, c := range all {
		if err := open(ctx, tx, s.vault, c.subject, commitmentPlace+c.ID, words[i], &c.CommitmentWords); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// parts adds allocations and shares.
func (s *Commitments) parts(ctx context.Context, tx *store.Tx, c *Commitment) error {
	var words [][]byte
	rows, err := tx.Query(ctx, `SELECT no, year, line, amount, day, entered, entered_by, approved_by, words FROM spend_allocation
		WHERE organisation = $1 AND commitment = $2 ORDER BY no`, c.Organisation, c.ID)
	c.Allocations, err = store.Collect(rows, err, func(row store.Scanner) (a Allocation, err error) {
		var on string
		var entered int64
		var bytes []byte
		err = row.Scan(&a.No, &a.Year, &a.Line, &a.Amount, &on, &entered, &a.EnteredBy, &a.ApprovedBy, &bytes)
		words, a.Entered = append(words, bytes), store.Time(entered)
		if err == nil {
			a.Day, err = day(on)
		}
		return a, err
	})
	if err != nil {
		return fmt.Errorf("reading what commitment %s takes: %w", c.Number, err)
	}
	for i := range c.Allocations {
		if err := open(ctx, tx, s.vault, c.subject, allocationPlace(c.ID, c.Allocations[i].No), words[i], &c.Allocations[i].Why); err != nil {
			return err
		}
	}
	rows, err = tx.Query(ctx, `SELECT year, line, allocated, invoiced, paid FROM spend_share WHERE organisation = $1 AND commitment = $2 ORDER BY year, line`, c.Organisation, c.ID)
	c.Shares, err = store.Collect(rows, err, func(row store.Scanner) (sh Share, err error) {
		return sh, row.Scan(&sh.Year, &sh.Line, &sh.Allocated, &sh.Invoiced, &sh.Paid)
	})
	if err != nil {
		return fmt.Errorf("reading what commitment %s holds: %w", c.Number, err)
	}
	return nil
}
