package insight

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/store"
)

// Earlier are past cases that another system dealt with before this one, as far as its figures tell of them: when they came
// and ended, and how. They are added up like those of the log, and stay when the log is counted anew.
type Earlier struct {
	Organisation, Service string
	Came, Ended           calendar.Date
	Ending                string
	Area, Language        string
	N                     int64
}

// earlierCursor remembers the last day on which one of them ended.
const earlierCursor = "earlier"

// decidedEndings are those to which somebody, or the law, decides; the others come about.
var decidedEndings = []string{"granted", "refused", "closed"}

// IsDecision reports whether an ending is one to which somebody, or the law, decides.
func IsDecision(ending string) bool { return slices.Contains(decidedEndings, ending) }

// counts are what earlier cases add to the sums.
func (e Earlier) counts() []Count {
	marks := []Mark{{ByArea, cmp.Or(e.Area, Unknown)}, {ByLanguage, e.Language}}
	one := Count{Organisation: e.Organisation, Service: e.Service, N: e.N}
	add := func(measure string, day calendar.Date, marks []Mark) Count {
		c := one
		c.Measure, c.Day, c.Marks = measure, day, marks
		return c
	}
	all := []Count{add(Came, e.Came, marks), add(Ended, e.Ended, append([]Mark{{ByOutcome, e.Ending}}, marks...))}
	if IsDecision(e.Ending) {
		days := max(0, e.Came.DaysUntil(e.Ended))
		decided, wait := add(Decided, e.Ended, marks), add(Wait, e.Ended, marks)
		decided.Amount, wait.Bucket = int64(days)*e.N, BucketOf(days)
		all = append(all, decided, wait)
	}
	return all
}

// TakeOver sets the earlier cases of a service, and begins the sums anew where there were some already. Follow counts on.
func (f Figures) TakeOver(ctx context.Context, tx *store.Tx, service string, list []Earlier) error {
	gone, err := tx.Exec(ctx, `DELETE FROM insight_earlier WHERE service = $1`, service)
	if err != nil {
		return fmt.Errorf("forgetting earlier cases: %w", err)
	}
	var all []Count
	for _, e := range list {
		_, err := tx.Exec(ctx, `INSERT INTO insight_earlier (service, organisation, came, ended, ending, area, language, n) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (service, came, ended, ending, area, language) DO UPDATE SET n = insight_earlier.n + excluded.n`,
			service, e.Organisation, e.Came.String(), e.Ended.String(), e.Ending, e.Area, e.Language, e.N)
		if err != nil {
			return fmt.Errorf("keeping earlier cases: %w", err)
		}
		all = append(all, e.counts()...)
	}
	var last string
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(ended), '') FROM insight_earlier`).Scan(&last); err != nil {
		return fmt.Errorf("looking for the last earlier case: %w", err)
	}
	if err := begin(ctx, tx, earlierCursor); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE insight_cursor SET place = $1 WHERE name = $2`, last, earlierCursor); err != nil {
		return fmt.Errorf("keeping until when earlier cases reach: %w", err)
	}
	if gone > 0 {
		return f.Forget(ctx, tx)
	}
	return f.Add(ctx, tx, all)
}

// addEarlier adds all earlier cases to sums that were thrown away.
func (f Figures) addEarlier(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Query(ctx, `SELECT service, organisation, came, ended, ending, area, language, n FROM insight_earlier`)
	list, err := store.Collect(rows, err, func(row store.Scanner) (e Earlier, err error) {
		var came, ended string
		if err = row.Scan(&e.Service, &e.Organisation, &came, &ended, &e.Ending, &e.Area, &e.Language, &e.N); err != nil {
			return e, err
		}
		if e.Came, err = calendar.ParseISO(came); err == nil {
			e.Ended, err = calendar.ParseISO(ended)
		}
		return e, err
	})
	if err != nil {
		return fmt.Errorf("reading earlier cases: %w", err)
	}
	var all []Count
	for _, e := range list {
		all = append(all, e.counts()...)
	}
	return f.Add(ctx, tx, all)
}

// TakenOver is the last day on which a case of the system before ended; zero where nothing was taken over.
func (Figures) TakenOver(ctx context.Context, tx *store.Tx) (calendar.Date, error) {
	days, err := store.Strings(ctx, tx, `SELECT place FROM insight_cursor WHERE name = $1`, earlierCursor)
	if err != nil {
		return calendar.Date{}, fmt.Errorf("looking for the last earlier case: %w", err)
	}
	if len(days) == 0 || days[0] == "" {
		return calendar.Date{}, nil
	}
	return calendar.ParseISO(days[0])
}
