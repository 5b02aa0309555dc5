package cases

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"stoa/internal/store"
)

// Decided asks for cases that came to a decision, newest first.
type Decided struct {
	Services    []string // none: nothing
	Ending      string   // granted, refused, closed; "" all of them
	From, Until time.Time
	Before      time.Time // with BeforeID: after this one in the list
	BeforeID    string
	Limit       int
}

// decided are the endings to which somebody, or the law, decides; the other ones come about.
var decided = []string{"granted", "refused", "closed"}

func (q Decided) where() (string, []any) {
	var args []any
	mark := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	marks := func(list []string) string {
		first := len(args) + 1
		for _, s := range list {
			args = append(args, s)
		}
		return store.Marks(first, len(list))
	}
	endings := decided
	if q.Ending != "" {
		endings = []string{q.Ending}
	}
	where := `ended > 0 AND service IN (` + marks(q.Services) + `) AND ending IN (` + marks(endings) + `)`
	if !q.From.IsZero() {
		where += ` AND ended >= ` + mark(store.Micros(q.From))
	}
	if !q.Until.IsZero() {
		where += ` AND ended < ` + mark(store.Micros(q.Until))
	}
	if !q.Before.IsZero() {
		at := mark(store.Micros(q.Before))
		where += ` AND (ended < ` + at + ` OR ended = ` + at + ` AND id < ` + mark(q.BeforeID) + `)`
	}
	return where, args
}

// Decided lists them whole.
func (c Past) Decided(ctx context.Context, tx *store.Tx, q Decided) ([]*Case, error) {
	if len(q.Services) == 0 {
		return nil, nil
	}
	where, args := q.where()
	return c.whole(ctx, tx, `SELECT `+columns+`, sealed FROM cases WHERE `+where+` ORDER BY ended DESC, id DESC LIMIT `+strconv.Itoa(q.Limit), args...)
}

// Outcome is how many cases of a service ended in a way.
type Outcome struct {
	Service, Ending string
	N               int64
}

// Outcomes counts them by service and ending.
func (c Past) Outcomes(ctx context.Context, tx *store.Tx, q Decided) ([]Outcome, error) {
	if len(q.Services) == 0 {
		return nil, nil
	}
	where, args := q.where()
	rows, err := tx.Query(ctx, `SELECT service, ending, COUNT(*) FROM cases WHERE `+where+` GROUP BY service, ending ORDER BY service, ending`, args...)
	list, err := store.Collect(rows, err, func(row store.Scanner) (o Outcome, err error) {
		err = row.Scan(&o.Service, &o.Ending, &o.N)
		return o, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting decisions: %w", err)
	}
	return list, nil
}
