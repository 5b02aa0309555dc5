// Package retain owns how long things are kept: the arithmetic of deadlines, legal holds, wishes to be erased, proofs of
// what was deleted, and the copies of everything that persons ask for.
//
// It stops before deleting: what belongs to a matter is known to the package that owns it, and a use case calls them
// together. It stops before rights and words.
package retain

import (
	"embed"
	"io/fs"

	"stoa/internal/calendar"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package.
func Migrations() fs.FS { return migrations }

// LastDay is the last day on which something is kept that ended on a day and is kept for some months: the day of the
// same number so many months later, or the last of that month where it has no such day. It may be deleted from the next
// day on, and not before.
func LastDay(ended calendar.Date, months int) (calendar.Date, error) { return ended.AddMonths(months) }

// Keep is what decides whether something is deleted on a day.
type Keep struct {
	Open   bool            // it has not ended, or was opened again
	Ended  calendar.Date   // when it ended last
	Months int             // how long it is kept afterwards
	Also   []calendar.Date // last days for other reasons: a bill that belongs to it
	Held   bool            // a legal hold stands
}

// Until is the last day on which it is kept; false while no end is known.
func (k Keep) Until() (last calendar.Date, known bool, err error) {
	if k.Open || k.Ended.IsZero() {
		return calendar.Date{}, false, nil
	}
	if last, err = LastDay(k.Ended, k.Months); err != nil {
		return calendar.Date{}, false, err
	}
	for _, d := range k.Also {
		if d.After(last) {
			last = d
		}
	}
	return last, true, nil
}

// Due reports whether it is to be deleted on a day.
func (k Keep) Due(today calendar.Date) (bool, error) {
	last, known, err := k.Until()
	return err == nil && known && !k.Held && today.After(last), err
}
