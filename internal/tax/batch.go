package tax

import (
	"context"
	"fmt"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// chunk is how many rows one INSERT takes.
const chunk = 50

// insert adds rows of some width, some at a time.
func insert(ctx context.Context, tx *store.Tx, into string, rows []any, width int) error {
	for len(rows) > 0 {
		n := min(len(rows)/width, chunk)
		values := make([]string, n)
		for i := range n {
			values[i] = "(" + store.Marks(i*width+1, width) + ")"
		}
		if err := tx.Put(ctx, into+strings.Join(values, ", "), rows[:n*width]...); err != nil {
			return err
		}
		rows = rows[n*width:]
	}
	return nil
}

// OnObjects lists the accounts of some objects for a tax that began up to a day, also those that have ended, by object and
// in the order of their first days; in Write they are locked.
func (t *Taxes) OnObjects(ctx context.Context, tx *store.Tx, organisation, tax string, objects []string, until calendar.Date) (map[string][]*Account, error) {
	byObject := map[string][]*Account{}
	if len(objects) == 0 {
		return byObject, nil
	}
	args := []any{organisation, tax, until.String()}
	for _, o := range objects {
		args = append(args, o)
	}
	list, err := t.accounts(ctx, tx, `WHERE organisation = $1 AND tax = $2 AND from_day <= $3 AND object IN (`+
		store.Marks(4, len(objects))+`) ORDER BY object, from_day`+tx.Lock(), args...)
	for _, a := range list {
		byObject[a.Object] = append(byObject[a.Object], a)
	}
	return byObject, err
}

// ByID reads accounts of one organisation, by id; in Write they are locked.
func (t *Taxes) ByID(ctx context.Context, tx *store.Tx, organisation string, ids []string) (map[string]*Account, error) {
	byID := map[string]*Account{}
	if len(ids) == 0 {
		return byID, nil
	}
	args := []any{organisation}
	for _, id := range ids {
		args = append(args, id)
	}
	list, err := t.accounts(ctx, tx, `WHERE organisation = $1 AND id IN (`+store.Marks(2, len(ids))+`) ORDER BY id`+tx.Lock(), args...)
	for _, a := range list {
		byID[a.ID] = a
	}
	return byID, err
}

// whole reads assessments with their contents.
func (t *Taxes) whole(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Assessment, error) {
	type row struct {
		*Assessment
		subject string
		sealed  []byte
	}
	rows, err := tx.Query(ctx, `SELECT `+prefixed(assessmentColumns)+`, s.sealed, a.subject FROM tax_assessment s
		JOIN tax_account a ON a.organisation = s.organisation AND a.id = s.account `+where, args...)
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) {
		r.Assessment, err = scanAssessment(s, &r.sealed, &r.subject)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading assessments: %w", err)
	}
	list := make([]*Assessment, len(found))
	for i, r := range found {
		if err := t.open(ctx, tx, r.subject, r.place(), r.sealed, &r.Contents); err != nil {
			return nil, err
		}
		list[i] = r.Assessment
	}
	return list, nil
}

func prefixed(columns string) string {
	all := strings.Split(columns, ",")
	for i := range all {
		all[i] = "s." + strings.TrimSpace(all[i])
	}
	return strings.Join(all, ", ")
}

// InPeriod gives, of accounts of one organisation, the assessments for a period that count or are proposed, with their
// contents, by account.
func (t *Taxes) InPeriod(ctx context.Context, tx *store.Tx, list []*Account, begins calendar.Date) (map[string]*Assessment, error) {
	byAccount := map[string]*Assessment{}
	if len(list) == 0 {
		return byAccount, nil
	}
	args := []any{list[0].Organisation, begins.String(), Proposed, Published}
	for _, a := range list {
		args = append(args, a.ID)
	}
	found, err := t.whole(ctx, tx, `WHERE s.organisation = $1 AND s.begins = $2 AND s.state IN ($3, $4) AND s.account IN (`+
		store.Marks(5, len(list))+`) ORDER BY s.account, s.seq`, args...)
	for _, a := range found {
		if had := byAccount[a.Account]; had == nil || had.State != Published {
			byAccount[a.Account] = a
		}
	}
	return byAccount, err
}

// Standing lists an account's assessments in some states, of periods that end on a day or later, with their contents, the
// earliest period first.
func (t *Taxes) Standing(ctx context.Context, tx *store.Tx, a *Account, from calendar.Date, states ...string) ([]*Assessment, error) {
	args := []any{a.Organisation, a.ID, from.String()}
	for _, s := range states {
		args = append(args, s)
	}
	return t.whole(ctx, tx, `WHERE s.organisation = $1 AND s.account = $2 AND s.ends >= $3 AND s.state IN (`+store.Marks(4, len(states))+`)
		ORDER BY s.begins, s.seq`, args...)
}

// All lists every assessment with its contents by id, at most limit after one.
func (t *Taxes) All(ctx context.Context, tx *store.Tx, organisation, after string, limit int) ([]*Assessment, error) {
	return t.whole(ctx, tx, `WHERE s.organisation = $1 AND s.id > $2 ORDER BY s.id LIMIT $3`, organisation, after, limit)
}

// ToPublish lists proposed assessments of a run with their contents, by account, at most limit after one.
func (t *Taxes) ToPublish(ctx context.Context, tx *store.Tx, organisation, run, after string, limit int) ([]*Assessment, error) {
	return t.whole(ctx, tx, `WHERE s.organisation = $1 AND s.run = $2 AND s.state = $3 AND s.account > $4 ORDER BY s.account LIMIT $5`,
		organisation, run, Proposed, after, limit)
}

// End takes an assessment out that counts (then nothing is owed for its period any more) or is proposed.
func End(ctx context.Context, tx *store.Tx, a *Assessment) error {
	state := Void
	if a.State == Proposed {
		state = Dropped
	}
	n, err := tx.Exec(ctx, `UPDATE tax_assessment SET state = $3 WHERE organisation = $1 AND id = $2 AND state = $4`,
		a.Organisation, a.ID, state, a.State)
	if err == nil && n == 0 {
		err = store.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("ending an assessment: %w", err)
	}
	a.State = state
	return nil
}
