package retain

import (
	"context"
	"fmt"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Kinds of what can be held, erased or kept.
const (
	Case    = "case"
	Person  = "person"
	Draft   = "draft"
	Record  = "record"
	Bill    = "bill"
	Tax     = "tax"
	Look    = "look"
	Consent = "consent"
)

// Hold is an order to keep something beyond its time: a court case, an inquiry.
type Hold struct {
	ID, Kind, Ref, Number string
	Organisation          string
	Reason                string
	Placed                time.Time
	PlacedBy              string
	Review                calendar.Date
	Lifted                time.Time // zero: it stands
	LiftedBy              string
}

// Place stores a hold.
func Place(ctx context.Context, tx *store.Tx, h *Hold) error {
	h.ID, h.Placed = tx.NewID(), tx.Now()
	_, err := tx.Exec(ctx, `INSERT INTO retain_hold (id, kind, ref, number, organisation, reason, placed, placed_by, review, lifted, lifted_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '')`, h.ID, h.Kind, h.Ref, h.Number, h.Organisation, h.Reason, store.Micros(h.Placed), h.PlacedBy, h.Review.String())
	if err != nil {
		return fmt.Errorf("storing a hold: %w", err)
	}
	return nil
}

// Lift ends a hold. What it held is deleted when the job next looks, if its time is over.
func Lift(ctx context.Context, tx *store.Tx, id, by string) error {
	_, err := tx.Exec(ctx, `UPDATE retain_hold SET lifted = $2, lifted_by = $3 WHERE id = $1 AND lifted = 0`, id, store.Micros(tx.Now()), by)
	if err != nil {
		return fmt.Errorf("lifting a hold: %w", err)
	}
	return nil
}

const holdColumns = `id, kind, ref, number, organisation, reason, placed, placed_by, review, lifted, lifted_by`

func scanHold(row store.Scanner) (h Hold, err error) {
	var placed, lifted int64
	var review string
	err = row.Scan(&h.ID, &h.Kind, &h.Ref, &h.Number, &h.Organisation, &h.Reason, &placed, &h.PlacedBy, &review, &lifted, &h.LiftedBy)
	if err != nil {
		return h, err
	}
	h.Placed = store.Time(placed)
	if lifted != 0 {
		h.Lifted = store.Time(lifted)
	}
	h.Review, err = calendar.ParseISO(review)
	return h, err
}

// GetHold is one hold, held for a change; store.ErrNotFound if there is none.
func GetHold(ctx context.Context, tx *store.Tx, id string) (Hold, error) {
	h, err := scanHold(tx.QueryRow(ctx, `SELECT `+holdColumns+` FROM retain_hold WHERE id = $1`+tx.Lock(), id))
	if err != nil {
		return Hold{}, fmt.Errorf("reading a hold: %w", err)
	}
	return h, nil
}

// HoldsOn lists the holds that stand on a thing.
func HoldsOn(ctx context.Context, tx *store.Tx, kind, ref string) ([]Hold, error) {
	return holds(ctx, tx, `kind = $1 AND ref = $2 AND lifted = 0 ORDER BY id`, kind, ref)
}

// HoldsOf lists an organisation's holds, those that stand first.
func HoldsOf(ctx context.Context, tx *store.Tx, organisation string, limit int) ([]Hold, error) {
	return holds(ctx, tx, `organisation = $1 ORDER BY CASE WHEN lifted = 0 THEN 0 ELSE 1 END, id DESC LIMIT $2`, organisation, limit)
}

func holds(ctx context.Context, tx *store.Tx, where string, args ...any) ([]Hold, error) {
	rows, err := tx.Query(ctx, `SELECT `+holdColumns+` FROM retain_hold WHERE `+where, args...)
	all, err := store.Collect(rows, err, scanHold)
	if err != nil {
		return nil, fmt.Errorf("listing holds: %w", err)
	}
	return all, nil
}
