package app

import (
	"context"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/service"
	"stoa/internal/store"
)

func (a *App) sums() cases.Sums { return cases.Sums{Cases: a.Flow.Docket.Cases} }

func (a *App) today(tx *store.Tx) calendar.Date {
	return a.Flow.Docket.Releases.Current().Calendar.DateOf(tx.Now())
}

// addUp adds what waits to the sums of open cases, once it is worth it.
func (a *App) addUp(ctx context.Context) {
	var waits bool
	err := a.DB.Read(ctx, "app.sumsWait", func(ctx context.Context, tx *store.Tx) (err error) {
		waits, err = a.sums().Waits(ctx, tx)
		return err
	})
	for err == nil && waits {
		err = a.DB.Write(ctx, "app.addUp", func(ctx context.Context, tx *store.Tx) (err error) {
			waits, err = a.sums().Fold(ctx, tx, a.today(tx))
			return err
		})
	}
	if err != nil && ctx.Err() == nil {
		a.Log.Error("adding up cases", "err", err)
	}
}

// How often the sums of open cases are held to a count: more often in the first hour, in which a program of another version may
// serve beside this one. Both read one state of the database, and nobody waits.
const (
	betweenHolds = time.Hour
	soonAgain    = 5 * time.Minute
	firstHolds   = 12
)

// holdSums mends the sums where a program that does not know of them wrote, as while nodes are replaced one by one.
func (a *App) holdSums(ctx context.Context) {
	wait := betweenHolds
	if a.holds < firstHolds {
		wait = soonAgain
	}
	if now := a.Clock.Now(); now.Before(a.held.Add(wait)) && !now.Before(a.held) {
		return
	}
	a.holds++
	var off []string
	err := a.DB.Read(ctx, "app.holdSums", func(ctx context.Context, tx *store.Tx) (err error) {
		off, err = a.sums().Check(ctx, tx, a.today(tx))
		a.held = tx.Now()
		return err
	})
	if err == nil && len(off) > 0 {
		a.Log.Warn("the sums of open cases were not what a count gives, and are mended", "first", off[0], "findings", len(off))
		err = a.DB.Write(ctx, "app.mendSums", func(ctx context.Context, tx *store.Tx) error { return a.sums().Mend(ctx, tx, a.today(tx)) })
	}
	if err != nil && ctx.Err() == nil {
		a.Log.Error("holding the sums of open cases to a count", "err", err)
	}
}

// examineSums holds them to a count for `stoa doctor`.
func (a *App) examineSums(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) ([]Examination, error) {
	findings, err := a.sums().Check(ctx, tx, j.Calendar.DateOf(tx.Now()))
	return []Examination{examined("sums of open cases", "are what a count gives", findings)}, err
}
