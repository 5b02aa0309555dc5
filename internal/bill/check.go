package bill

import (
	"context"
	"fmt"

	"stoa/internal/bankfile"
	"stoa/internal/store"
)

// Finding is something about a bill that cannot be right.
type Finding struct {
	Organisation string
	Bill         string // number, or what there is instead
	Problem      string
}

// String is for people who look after the books.
func (f Finding) String() string { return f.Organisation + ", bill " + f.Bill + ": " + f.Problem }

var orphans = []struct{ query, problem string }{
	{`SELECT DISTINCT m.organisation, m.bill FROM bill_move m WHERE NOT EXISTS
		(SELECT 1 FROM bill b WHERE b.organisation = m.organisation AND b.id = m.bill)`, "moves without the bill"},
	{`SELECT m.organisation, m.bill FROM bill_move m GROUP BY m.organisation, m.bill
		HAVING MIN(m.no) <> 1 OR MAX(m.no) <> COUNT(*)`, "moves are missing"},
	{`SELECT b.organisation, SUBSTR(b.number, 1, 7) FROM bill b GROUP BY b.organisation, SUBSTR(b.number, 1, 7)
		HAVING MAX(CAST(SUBSTR(b.number, 8) AS BIGINT)) <> COUNT(*)`, "numbers are missing"},
}

// Check recomputes from their moves what bills say of themselves, and gives all that does not agree. It reads everything,
// a page at a time.
func (f Figures) Check(ctx context.Context, tx *store.Tx) (all []Finding, err error) {
	for _, o := range orphans {
		rows, err := tx.Query(ctx, o.query+` ORDER BY 1, 2`)
		found, err := store.Collect(rows, err, func(row store.Scanner) (one Finding, err error) {
			one.Problem = o.problem
			return one, row.Scan(&one.Organisation, &one.Bill)
		})
		if err != nil {
			return nil, fmt.Errorf("checking bills: %w", err)
		}
		all = append(all, found...)
	}
	organisations, err := store.Strings(ctx, tx, `SELECT DISTINCT organisation FROM bill ORDER BY organisation`)
	if err != nil {
		return nil, fmt.Errorf("checking bills: %w", err)
	}
	for _, o := range organisations {
		found, err := f.checkAll(ctx, tx, o)
		if err != nil {
			return nil, fmt.Errorf("checking bills: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func (f Figures) checkAll(ctx context.Context, tx *store.Tx, organisation string) (all []Finding, err error) {
	const page = 500
	for after := ""; ; {
		rows, err := tx.Query(ctx, `SELECT `+columns+` FROM bill WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3`,
			organisation, after, page)
		list, err := store.Collect(rows, err, func(row store.Scanner) (*Bill, error) {
			s, err := scan(row)
			return s.Bill, err
		})
		if err == nil {
			err = f.Bills.withMoves(ctx, tx, list)
		}
		if err != nil {
			return nil, err
		}
		for _, one := range list {
			after = one.ID
			for _, p := range one.problems() {
				all = append(all, Finding{organisation, one.Number, p})
			}
		}
		if len(list) < page {
			return all, nil
		}
	}
}

// problems compares a bill with its moves.
func (b *Bill) problems() (all []string) {
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	again := *b
	if err := again.settle(); err != nil {
		add("%v", err)
	}
	if again.Balance != b.Balance {
		add("its balance is %d, its moves make %d", b.Balance, again.Balance)
	}
	if again.Next != b.Next {
		add("the next due day is %q, its moves make it %q", b.Next, again.Next)
	}
	if again.State != b.State {
		add("it is %s, its moves make it %s", b.State, again.State)
	}
	issued := int64(0)
	for _, m := range b.Event(IssueKey(b.ID)) {
		issued += m.Amount
	}
	if issued != b.Total() {
		add("its items make %d, the moves of its issue %d", b.Total(), issued)
	}
	if r, err := bankfile.NewReference(digitsOf(b.Number)); err != nil || string(r) != b.Reference {
		add("the reference is %s, its number makes it %s", b.Reference, r)
	}
	return all
}
