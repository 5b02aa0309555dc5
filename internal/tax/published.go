package tax

import (
	"context"
	"fmt"

	"stoa/internal/store"
)

// Charged is an assessment that counts, with the object that it is about and what it charges.
type Charged struct {
	*Assessment
	Object string // number of the record
}

// Assessed is what was assessed, for whoever counts it.
type Assessed struct{ *Taxes }

// Charges lists the assessments of a tax that count, by id, at most limit after one. Of somebody whose details were erased
// there are no items.
func (t Assessed) Charges(ctx context.Context, tx *store.Tx, organisation, tax, after string, limit int) ([]Charged, error) {
	type stored struct {
		Charged
		subject string
		sealed  []byte
	}
	rows, err := tx.Query(ctx, `SELECT a.organisation, a.id, a.account, a.seq, a.tax, a.begins, a.ends, a.run, a.cause, a.definition, a.currency, a.total,
		a.state, a.issued, a.bill, a.by_person, a.at, a.sealed, t.object, t.subject
		FROM tax_assessment a JOIN tax_account t ON t.organisation = a.organisation AND t.id = a.account
		WHERE a.organisation = $1 AND a.id > $2 AND a.tax = $3 AND a.state = $4 ORDER BY a.id LIMIT $5`, organisation, after, tax, Published, limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (s stored, err error) {
		s.Assessment, err = scanAssessment(row, &s.sealed, &s.Object, &s.subject)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing assessments of %s: %w", tax, err)
	}
	all := make([]Charged, len(list))
	for i, s := range list {
		if err := t.open(ctx, tx, s.subject, s.place(), s.sealed, &s.Contents); err != nil {
			return nil, err
		}
		all[i] = s.Charged
	}
	return all, nil
}
