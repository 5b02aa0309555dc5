package bill

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// listed bounds the lists of one payer or object.
const listed = " ORDER BY number DESC LIMIT 500"

// Of lists the bills that a person pays or owes, newest first, without their moves.
func (b *Bills) Of(ctx context.Context, tx *store.Tx, organisation, person string) ([]*Bill, error) {
	return b.of(ctx, tx, organisation, person, listed)
}

// AllOf is Bills.Of without an end.
func AllOf(ctx context.Context, tx *store.Tx, b *Bills, organisation, person string) ([]*Bill, error) {
	return b.of(ctx, tx, organisation, person, " ORDER BY number DESC")
}

func (b *Bills) of(ctx context.Context, tx *store.Tx, organisation, person, end string) ([]*Bill, error) {
	all, err := b.many(ctx, tx, `WHERE organisation = $1 AND payer = $2 AND payer <> ''`+end, organisation, person)
	if err != nil {
		return nil, err
	}
	owned, err := b.many(ctx, tx, `WHERE organisation = $1 AND owner = $2 AND owner <> '' AND payer <> $2`+end, organisation, person)
	if len(owned) > 0 { // each list has an index of its own, which a question about both would not use
		all = append(all, owned...)
		slices.SortFunc(all, func(x, y *Bill) int { return strings.Compare(y.Number, x.Number) })
	}
	return all, err
}

// OfObject lists the bills about an object, newest first, without their moves.
func (b *Bills) OfObject(ctx context.Context, tx *store.Tx, organisation, object string) ([]*Bill, error) {
	return b.many(ctx, tx, `WHERE organisation = $1 AND object = $2 AND object <> ''`+listed, organisation, object)
}

// Place is a bill's place in a list by due day. It may travel in a link.
type Place struct {
	Due calendar.Date
	ID  string
}

// PlaceOf is where the list goes on after a bill.
func (b *Bill) PlaceOf() Place { return Place{b.Next, b.ID} }

// Overdue lists bills of which something was due before a day and is not paid, the longest first, without their moves.
func (b *Bills) Overdue(ctx context.Context, tx *store.Tx, organisation string, day calendar.Date, after Place, limit int) ([]*Bill, error) {
	return b.many(ctx, tx, `WHERE organisation = $1 AND next_due <> '' AND next_due < $2 AND (next_due, id) > ($3, $4)
		ORDER BY next_due, id LIMIT $5`, organisation, day.String(), after.Due.String(), after.ID, limit)
}

// Debt is what matching needs to know of a bill on which something is owed.
type Debt struct {
	Place
	Number    string
	Reference string
	Currency  string
	Owed      int64
	Payer     string // person id
	Name      string // of the payer; "" of a person who was erased
	State     State
}

// Debts lists everything that is owed, by due day, some at a time.
func (b *Bills) Debts(ctx context.Context, tx *store.Tx, organisation string, after Place, limit int) ([]Debt, error) {
	return b.debts(ctx, tx, `WHERE organisation = $1 AND next_due <> '' AND (next_due, id) > ($2, $3) ORDER BY next_due, id LIMIT $4`,
		organisation, after.Due.String(), after.ID, limit)
}

// Query asks for bills at the desk. What is empty does not matter.
type Query struct {
	Organisation string
	For          string // whose money it is
	Begins       string // of number or reference, as people type it
	State        State
	Kind         string
	Service      string
	Before       string // the page after the bill of this number
	Limit        int
}

// Find lists bills, newest first, without their moves.
func (b *Bills) Find(ctx context.Context, tx *store.Tx, q Query) ([]*Bill, error) {
	args := []any{q.Organisation}
	where := "WHERE organisation = $1"
	add := func(condition string, value any) {
		args = append(args, value)
		where += " AND " + condition + "$" + strconv.Itoa(len(args))
	}
	if q.Begins != "" {
		column, begins := typed(q.Begins)
		add(column+" >= ", begins)
		add(column+" < ", begins+"~") // behind every digit and letter
	}
	for _, c := range [][2]string{{"for_whom", q.For}, {"state", string(q.State)}, {"kind", q.Kind}, {"service", q.Service}} {
		if c[1] != "" {
			add(c[0]+" = ", c[1])
		}
	}
	if q.Before != "" {
		add("number < ", q.Before)
	}
	args = append(args, q.Limit)
	return b.many(ctx, tx, where+" ORDER BY number DESC LIMIT $"+strconv.Itoa(len(args)), args...)
}

// typed says what somebody who types the beginning of a number or a reference means: in any case, with spaces or without,
// and a number also without its first letter.
func typed(s string) (column, begins string) {
	s = strings.ToUpper(strings.Join(strings.Fields(s), ""))
	switch {
	case strings.HasPrefix(s, "RF"):
		return "reference", s
	case len(s) > 0 && s[0] >= '0' && s[0] <= '9':
		s = "B-" + s
	}
	return "number", s
}
