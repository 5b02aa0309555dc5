package tax

import (
	"context"
	"encoding/json"
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
	Void      = "void"      // it counted, and nothing is owed for its period any more
)

// Causes of an assessment.
const (
	ByRun       = "run"
	ByReturn    = "return"
	ByEstimate  = "estimate"
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
	Contents                  // sealed; empty in lists
}

// Contents are the sealed part of an assessment.
type Contents struct {
	Input json.RawMessage   `json:"input"`           // everything that it rests on
	Items []Item            `json:"items,omitempty"` // what it charges, in the order of the file; they sum to the total
	Carry map[string]string `json:"carry,omitempty"` // what the next period takes over, as Text writes it
}

// Item is a part of what is charged.
type Item struct {
	ID      string `json:"id"`      // of the charge in the tax file
	Account string `json:"account"` // code of the income account
	Amount  int64  `json:"amount"`
}

func (a *Assessment) place() string { return "tax assessment " + a.ID }

// Made is an assessment of an account.
type Made struct {
	Account *Account
	*Assessment
}

// Assess stores assessments, all of one organisation and period, of accounts that were read in this Write: proposed. It gives
// them their ids and numbers.
func (t *Taxes) Assess(ctx context.Context, tx *store.Tx, list ...Made) error {
	if len(list) == 0 {
		return nil
	}
	last, err := t.lastSeq(ctx, tx, list)
	if err != nil {
		return err
	}
	var rows []any
	for _, m := range list {
		a := m.Assessment
		a.ID, a.Organisation, a.Account, a.Tax = tx.NewID(), m.Account.Organisation, m.Account.ID, m.Account.Tax
		a.State, a.At = Proposed, tx.Now()
		last[a.Account]++
		a.Seq = last[a.Account]
		sealed, err := t.seal(ctx, tx, m.Account.Subject, a.place(), a.Contents)
		if err != nil {
			return err
		}
		rows = append(rows, a.Organisation, a.ID, a.Account, int64(a.Seq), a.Tax, a.Begins.String(), a.Ends.String(), a.Run, a.Cause,
			a.Definition, a.Currency, a.Total, a.State, "", "", a.By, store.Micros(a.At), sealed)
	}
	if err := insert(ctx, tx, `INSERT INTO tax_assessment (`+assessmentColumns+`, sealed) VALUES `, rows, 18); err != nil {
		return fmt.Errorf("storing assessments: %w", err)
	}
	return nil
}

// lastSeq is the highest number that the assessments of each account have in the period.
func (t *Taxes) lastSeq(ctx context.Context, tx *store.Tx, list []Made) (map[string]int, error) {
	args := []any{list[0].Account.Organisation, list[0].Begins.String()}
	for _, m := range list {
		args = append(args, m.Account.ID)
	}
	last := map[string]int{}
	rows, err := tx.Query(ctx, `SELECT account, MAX(seq) FROM tax_assessment WHERE organisation = $1 AND begins = $2
		AND account IN (`+store.Marks(3, len(list))+`) GROUP BY account`, args...)
	_, err = store.Collect(rows, err, func(row store.Scanner) (id string, err error) {
		var seq int64
		err = row.Scan(&id, &seq)
		last[id] = int(seq)
		return id, err
	})
	if err != nil {
		return nil, fmt.Errorf("numbering assessments: %w", err)
	}
	return last, nil
}

// Publish makes proposed assessments of one organisation and period count, which know their bills ("" where nothing is
// charged); those that counted before are replaced.
func Publish(ctx context.Context, tx *store.Tx, issued calendar.Date, list ...*Assessment) error {
	if len(list) == 0 {
		return nil
	}
	args := []any{list[0].Organisation, list[0].Begins.String(), Published, Replaced}
	for _, a := range list {
		args = append(args, a.Account)
	}
	err := tx.Put(ctx, `UPDATE tax_assessment SET state = $4 WHERE organisation = $1 AND begins = $2 AND state = $3
		AND account IN (`+store.Marks(5, len(list))+`)`, args...)
	if err != nil {
		return fmt.Errorf("replacing assessments: %w", err)
	}
	for _, a := range list {
		n, err := tx.Exec(ctx, `UPDATE tax_assessment SET state = $3, issued = $4, bill = $5
			WHERE organisation = $1 AND id = $2 AND state = $6`, a.Organisation, a.ID, Published, issued.String(), a.Bill, Proposed)
		if err != nil {
			return fmt.Errorf("publishing an assessment: %w", err)
		}
		if n == 0 {
			return fault.NewConflict(ChangedMeanwhile)
		}
		a.State, a.Issued = Published, issued
	}
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
	if err := t.open(ctx, tx, subject, a.place(), sealed, &a.Contents); err != nil {
		return nil, err
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
func Drop(ctx context.Context, tx *store.Tx, organisation, run string, limit int) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE tax_assessment SET state = $4 WHERE organisation = $1 AND id IN (SELECT id FROM tax_assessment
		WHERE organisation = $1 AND run = $2 AND state = $3 ORDER BY account LIMIT $5)`, organisation, run, Proposed, Dropped, limit)
	if err != nil {
		return 0, fmt.Errorf("taking back the assessments of a run: %w", err)
	}
	return n, nil
}
