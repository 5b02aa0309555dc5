package tax

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// States of an assessment.
const (
	Proposed  = "proposed"  // worked out; nobody has heard of it
	Published = "published" // it counts
	Replaced  = "replaced"  // a later one of the account and period counts
	Dropped   = "dropped"   // it never counted
)

// Causes of an assessment.
const (
	ByRun       = "run"
	ByReturn    = "return"
	ByClaim     = "claim"
	ByChange    = "change"
	ByObjection = "objection"
)

// Assessment is what is charged to an account for a period. Input is everything that it rests on, as package assess writes
// it: with the definition it gives the same sum for ever.
type Assessment struct {
	ID, Organisation, Account string
	Seq                       int
	Tax                       string
	Begins, Ends              calendar.Date // of the period
	Run                       string
	Cause                     string
	Definition                string
	Currency                  string
	Total                     int64 // minor units
	State                     string
	Issued                    calendar.Date // day of the bill; zero before it is published
	Bill                      string        // "" where nothing is charged
	By                        string        // person id
	At                        time.Time
	Input                     []byte // sealed; nil in lists
}

func (a *Assessment) place() string { return "tax assessment " + a.ID }

// Assess stores an assessment of an account that was read in this Write: proposed. It gives it its id and number.
func (t *Taxes) Assess(ctx context.Context, tx *store.Tx, account *Account, a *Assessment) error {
	a.ID, a.Organisation, a.Account, a.Tax = tx.NewID(), account.Organisation, account.ID, account.Tax
	a.State, a.At = Proposed, tx.Now()
	sealed, err := t.Vault.Seal(ctx, tx, account.Subject, a.place(), a.Input)
	if err != nil {
		return fmt.Errorf("sealing an assessment: %w", err)
	}
	var seq int64
	err = tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) + 1 FROM tax_assessment WHERE organisation = $1 AND account = $2 AND begins = $3`,
		a.Organisation, a.Account, a.Begins.String()).Scan(&seq)
	if err != nil {
		return fmt.Errorf("numbering an assessment: %w", err)
	}
	a.Seq = int(seq)
	_, err = tx.Exec(ctx, `INSERT INTO tax_assessment (organisation, id, account, seq, tax, begins, ends, run, cause, definition, currency,
			total, state, issued, bill, by_person, at, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', '', $14, $15, $16)`,
		a.Organisation, a.ID, a.Account, seq, a.Tax, a.Begins.String(), a.Ends.String(), a.Run, a.Cause, a.Definition, a.Currency,
		a.Total, a.State, a.By, store.Micros(a.At), sealed)
	if err != nil {
		return fmt.Errorf("storing an assessment of account %s: %w", account.Number, err)
	}
	return nil
}

// Publish makes a proposed assessment the one that counts, with its bill ("" where nothing is charged); the one that counted
// before is replaced.
func (t *Taxes) Publish(ctx context.Context, tx *store.Tx, a *Assessment, issued calendar.Date, bill string) error {
	_, err := tx.Exec(ctx, `UPDATE tax_assessment SET state = $5 WHERE organisation = $1 AND account = $2 AND begins = $3 AND state = $4`,
		a.Organisation, a.Account, a.Begins.String(), Published, Replaced)
	if err != nil {
		return fmt.Errorf("replacing an assessment: %w", err)
	}
	n, err := tx.Exec(ctx, `UPDATE tax_assessment SET state = $3, issued = $4, bill = $5
		WHERE organisation = $1 AND id = $2 AND state = $6`, a.Organisation, a.ID, Published, issued.String(), bill, Proposed)
	if err != nil {
		return fmt.Errorf("publishing an assessment: %w", err)
	}
	if n == 0 {
		return fault.NewConflict(ChangedMeanwhile)
	}
	a.State, a.Issued, a.Bill = Published, issued, bill
	return nil
}

const assessmentColumns = `organisation, id, account, seq, tax, begins, ends, run, cause, definition, currency, total, state, issued, bill,
	by_person, at`

func scanAssessment(row store.Scanner, more ...any) (*Assessment, error) {
	a := &Assessment{}
	var begins, ends, issued string
	var seq, at int64
	err := row.Scan(append([]any{&a.Organisation, &a.ID, &a.Account, &seq, &a.Tax, &begins, &ends, &a.Run, &a.Cause, &a.Definition,
		&a.Currency, &a.Total, &a.State, &issued, &a.Bill, &a.By, &at}, more...)...)
	if err != nil {
		return nil, err
	}
	a.Seq, a.At = int(seq), store.Time(at)
	return a, days(map[*calendar.Date]string{&a.Begins: begins, &a.Ends: ends, &a.Issued: issued})
}

func assessments(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Assessment, error) {
	rows, err := tx.Query(ctx, `SELECT `+assessmentColumns+` FROM tax_assessment `+where, args...)
	list, err := store.Collect(rows, err, func(row store.Scanner) (*Assessment, error) { return scanAssessment(row) })
	if err != nil {
		return nil, fmt.Errorf("reading assessments: %w", err)
	}
	return list, nil
}

// Assessment reads an assessment with its input; in Write it is locked until commit. store.ErrNotFound if there is none.
func (t *Taxes) Assessment(ctx context.Context, tx *store.Tx, organisation, id string) (*Assessment, error) {
	var subject string
	var sealed []byte
	a, err := scanAssessment(tx.QueryRow(ctx, `SELECT `+assessmentColumns+`, sealed FROM tax_assessment
		WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id), &sealed)
	if err != nil {
		return nil, fmt.Errorf("reading an assessment: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT subject FROM tax_account WHERE organisation = $1 AND id = $2`, organisation, a.Account).Scan(&subject)
	if err != nil {
		return nil, fmt.Errorf("reading the account of an assessment: %w", err)
	}
	if a.Input, err = t.Vault.Open(ctx, tx, subject, a.place(), sealed); err != nil {
		return nil, fmt.Errorf("opening an assessment: %w", err)
	}
	return a, nil
}

// AssessmentsOf lists those of an account without their inputs, the latest period and the latest assessment first.
func (t *Taxes) AssessmentsOf(ctx context.Context, tx *store.Tx, a *Account) ([]*Assessment, error) {
	return assessments(ctx, tx, `WHERE organisation = $1 AND account = $2 ORDER BY begins DESC, seq DESC`, a.Organisation, a.ID)
}

// Counting is the assessment that counts for an account and period, without its input; store.ErrNotFound if there is none.
func (t *Taxes) Counting(ctx context.Context, tx *store.Tx, a *Account, begins calendar.Date) (*Assessment, error) {
	return first(assessments(ctx, tx, `WHERE organisation = $1 AND account = $2 AND begins = $3 AND state = $4`,
		a.Organisation, a.ID, begins.String(), Published))
}

// OfBill is the latest assessment that a bill asks for, without its input; store.ErrNotFound if there is none.
func (t *Taxes) OfBill(ctx context.Context, tx *store.Tx, organisation, bill string) (*Assessment, error) {
	return first(assessments(ctx, tx, `WHERE organisation = $1 AND bill = $2 ORDER BY seq DESC LIMIT 1`, organisation, bill))
}

// InRun lists a run's assessments in a state without their inputs, by account, at most limit after one.
func (t *Taxes) InRun(ctx context.Context, tx *store.Tx, organisation, run, state, after string, limit int) ([]*Assessment, error) {
	return assessments(ctx, tx, `WHERE organisation = $1 AND run = $2 AND state = $3 AND account > $4 ORDER BY account LIMIT $5`,
		organisation, run, state, after, limit)
}

// Drop takes back proposed assessments of a run, at most limit of them, and tells how many it was.
func (t *Taxes) Drop(ctx context.Context, tx *store.Tx, organisation, run string, limit int) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE tax_assessment SET state = $4 WHERE organisation = $1 AND id IN (SELECT id FROM tax_assessment
		WHERE organisation = $1 AND run = $2 AND state = $3 ORDER BY account LIMIT $5)`, organisation, run, Proposed, Dropped, limit)
	if err != nil {
		return 0, fmt.Errorf("taking back the assessments of a run: %w", err)
	}
	return n, nil
}
