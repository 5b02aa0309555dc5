package tax

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/store"
)

// States of a run. Until it is published it can be undone; afterwards single assessments can be made anew.
const (
	Assessing    = "assessing"
	Ready        = "ready"
	Publishing   = "publishing"
	RunPublished = "published"
	Undoing      = "undoing"
	Undone       = "undone"
)

// Run is the assessment of every object of a tax for a period. It goes on by itself, some objects at a time, and from where
// it was after a stop.
type Run struct {
	ID, Organisation, Tax   string
	Begins, Ends            calendar.Date
	Definition              string
	Issued                  calendar.Date // day that its bills bear
	State                   string
	Place                   string // how far the work has come: the number of a record, the id of an account
	Objects, Assessed       int64
	Nothing, Before, Failed int64 // nothing to pay; assessed for the period already; could not be assessed
	Published               int64
	Currency                string
	Total                   int64
	Started, Ended          time.Time
	StartedBy, EndedBy      string
	Version                 int64
}

// Working reports whether the run goes on by itself.
func (r *Run) Working() bool {
	return r.State == Assessing || r.State == Publishing || r.State == Undoing
}

// Runs is the way to the runs.
type Runs struct{}

// Start stores a new run; there is one at a time for a tax and period.
func (Runs) Start(ctx context.Context, tx *store.Tx, r *Run) error {
	var other int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM tax_run WHERE organisation = $1 AND tax = $2 AND begins = $3 AND state IN ($4, $5, $6, $7)`,
		r.Organisation, r.Tax, r.Begins.String(), Assessing, Ready, Publishing, Undoing).Scan(&other)
	if err != nil {
		return fmt.Errorf("looking for other runs: %w", err)
	}
	if other > 0 {
		return fault.NewConflict("This tax is being assessed for this period already. Publish or undo that first")
	}
	r.ID, r.State, r.Started, r.Version = tx.NewID(), Assessing, tx.Now(), 1
	err = tx.Put(ctx, `INSERT INTO tax_run (organisation, id, tax, begins, ends, definition, issued, state, place, objects, assessed,
			zero, done_before, failed, published, currency, total, started, started_by, ended, ended_by, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, 0, 0, 0, 0, $9, 0, $10, $11, 0, '', 1)`,
		r.Organisation, r.ID, r.Tax, r.Begins.String(), r.Ends.String(), r.Definition, r.Issued.String(), r.State, r.Currency,
		store.Micros(r.Started), r.StartedBy)
	if err != nil {
		return fmt.Errorf("starting a run: %w", err)
	}
	return nil
}

// Save writes how far a run has come that was read in this Write.
func (Runs) Save(ctx context.Context, tx *store.Tx, r *Run) error {
	n, err := tx.Exec(ctx, `UPDATE tax_run SET state = $4, place = $5, objects = $6, assessed = $7, zero = $8, done_before = $9,
			failed = $10, published = $11, total = $12, ended = $13, ended_by = $14, issued = $15, version = version + 1
		WHERE organisation = $1 AND id = $2 AND version = $3`, r.Organisation, r.ID, r.Version,
		r.State, r.Place, r.Objects, r.Assessed, r.Nothing, r.Before, r.Failed, r.Published, r.Total, store.Micros(r.Ended), r.EndedBy, r.Issued.String())
	if err != nil {
		return fmt.Errorf("noting how far a run has come: %w", err)
	}
	if n == 0 {
		return fault.NewConflict(ChangedMeanwhile)
	}
	r.Version++
	return nil
}

const runColumns = `organisation, id, tax, begins, ends, definition, issued, state, place, objects, assessed, zero, done_before, failed,
	published, currency, total, started, started_by, ended, ended_by, version`

func scanRun(row store.Scanner) (*Run, error) {
	r := &Run{}
	var begins, ends, issued string
	var started, ended int64
	err := row.Scan(&r.Organisation, &r.ID, &r.Tax, &begins, &ends, &r.Definition, &issued, &r.State, &r.Place, &r.Objects, &r.Assessed,
		&r.Nothing, &r.Before, &r.Failed, &r.Published, &r.Currency, &r.Total, &started, &r.StartedBy, &ended, &r.EndedBy, &r.Version)
	if err != nil {
		return nil, err
	}
	r.Started, r.Ended = store.Time(started), store.Time(ended)
	return r, days(map[*calendar.Date]string{&r.Begins: begins, &r.Ends: ends, &r.Issued: issued})
}

// Get reads a run; in Write it is locked until commit. store.ErrNotFound if there is none.
func (Runs) Get(ctx context.Context, tx *store.Tx, organisation, id string) (*Run, error) {
	r, err := scanRun(tx.QueryRow(ctx, `SELECT `+runColumns+` FROM tax_run WHERE organisation = $1 AND id = $2`+tx.Lock(), organisation, id))
	if err != nil {
		return nil, fmt.Errorf("reading a run: %w", err)
	}
	return r, nil
}

// List lists the runs of a tax, or of all ("") , the latest first.
func (Runs) List(ctx context.Context, tx *store.Tx, organisation, tax string, limit int) ([]*Run, error) {
	rows, err := tx.Query(ctx, `SELECT `+runColumns+` FROM tax_run WHERE organisation = $1 AND ($2 = '' OR tax = $2)
		ORDER BY id DESC LIMIT $3`, organisation, tax, limit)
	list, err := store.Collect(rows, err, scanRun)
	if err != nil {
		return nil, fmt.Errorf("reading runs: %w", err)
	}
	return list, nil
}

// Problem is an object that a run could not assess, and why.
type Problem struct{ Object, What string }

// NoteProblem keeps what a run could not assess.
func (Runs) NoteProblem(ctx context.Context, tx *store.Tx, r *Run, p Problem) error {
	err := tx.Put(ctx, `INSERT INTO tax_problem (organisation, run, object, what) VALUES ($1, $2, $3, $4)
		ON CONFLICT (organisation, run, object) DO NOTHING`, r.Organisation, r.ID, p.Object, p.What)
	if err != nil {
		return fmt.Errorf("noting a problem of a run: %w", err)
	}
	return nil
}

// Problems lists what a run could not assess, by object.
func (Runs) Problems(ctx context.Context, tx *store.Tx, r *Run, limit int) ([]Problem, error) {
	rows, err := tx.Query(ctx, `SELECT object, what FROM tax_problem WHERE organisation = $1 AND run = $2 ORDER BY object LIMIT $3`,
		r.Organisation, r.ID, limit)
	list, err := store.Collect(rows, err, func(row store.Scanner) (p Problem, err error) { return p, row.Scan(&p.Object, &p.What) })
	if err != nil {
		return nil, fmt.Errorf("reading the problems of a run: %w", err)
	}
	return list, nil
}
