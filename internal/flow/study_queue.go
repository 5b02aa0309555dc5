package flow

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/simulate"
	"stoa/internal/store"
)

// How a queue is measured.
const (
	officeOpens  = 9  // o'clock
	usualHours   = 7  // of a day that an officer has for cases
	leastSpells  = 30 // fewer measured cases say nothing
	leastWaited  = 10 // the same of waits
	longestYears = 1  // how far back it is measured how long a case takes, where a study looks at less
	mostSteps    = 1_000_000
	mostCame     = 1_000_000
)

// errQueueLong refuses what would be measured on a part only: steps come by officer, so that would be the first officers.
var errQueueLong = fault.NewInvalid("More was done in this time than can be measured at once. Choose a shorter time")

// queue plays the cases that came to an organisation against its officers, and so many more or fewer.
func (w *studyWork) queue(ctx context.Context) (*simulate.Played, error) {
	var came []time.Time
	var steps []cases.Handled
	officers, most := 0, mostSteps
	if w.MostSteps > 0 {
		most = w.MostSteps
	}
	past := cases.Past{Cases: w.Docket.Cases}
	err := w.DB.Read(ctx, "flow.StudyQueue", func(ctx context.Context, tx *store.Tx) (err error) {
		if came, err = past.Came(ctx, tx, w.tried.organisation, w.from, w.before, mostCame+1); err != nil {
			return err
		}
		if len(came) > mostCame {
			return errQueueLong
		}
		if w.change.Minutes == 0 || w.change.Hours == 0 { // else somebody said how long a case takes, and how much of a day it has
			since := w.before.AddDate(-longestYears, 0, 0)
			if w.from.Before(since) {
				since = w.from
			}
			if steps, err = past.Handled(ctx, tx, w.tried.organisation, since, w.before, most+1); err != nil {
				return err
			}
			switch {
			case len(steps) <= most:
			case w.change.Minutes == 0:
				return errQueueLong
			default:
				steps = nil // then the day is the usual one
			}
		}
		officers, err = w.officers(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if officers+int(w.change.Officers) < 1 {
		return nil, fault.Wrap(nil, fault.Invalid, i18n.Msg("There are {n} officers now: that many cannot go. Somebody has to do the work"), "n", officers)
	}
	hours, waited := w.change.Hours, 0.0
	if hours == 0 {
		hours = usualHours
	}
	line, measured := w.line(came, steps, float64(hours)*60)
	if w.change.Hours == 0 && len(line.Handling) > 0 && len(line.Arrivals) > 1 {
		if waited = w.waited(steps); waited > 0 {
			day, err := simulate.FitDay(ctx, func(day float64) simulate.Line { l, _ := w.line(came, steps, day); return l }, officers, waited, uint64(max(1, w.change.Seed)))
			if err != nil {
				return nil, fmt.Errorf("fitting a queue to what people waited: %w", err)
			}
			line, measured = w.line(came, steps, day)
		}
	}
	if len(line.Handling) == 0 {
		return nil, fault.NewInvalid("Too little was noted to know how long a case takes an officer. Say how many minutes it takes")
	}
	p, err := simulate.PlayQueue(ctx, line, officers, officers+int(w.change.Officers), uint64(max(1, w.change.Seed)))
	if errors.Is(err, simulate.ErrNoQueue) {
		return nil, fault.NewInvalid("Too few cases came in to say how long people would wait. Choose a longer time")
	}
	if err != nil {
		return nil, err
	}
	p.Measured, p.Waited = measured, waited
	return p, nil
}

// officers counts those who may work on cases.
func (w *studyWork) officers(ctx context.Context, tx *store.Tx) (n int, err error) {
	staff, err := w.People.Staff(ctx, tx, w.tried.organisation)
	for _, p := range staff {
		if (policy.Actor{Grants: p.Grants}).Has(w.tried.organisation, policy.Officer, policy.Supervisor) {
			n++
		}
	}
	return n, err
}

// line is the queue in minutes of office hours.
func (w *studyWork) line(came []time.Time, steps []cases.Handled, day float64) (l simulate.Line, measured int) {
	l.Day = day
	k := w.tried.service.Jurisdiction.Calendar
	if len(came) > 0 {
		day, worked := k.DateOf(came[0]), 0
		for _, at := range came {
			for on := k.DateOf(at); day.Before(on); {
				if works(k, day) {
					worked++
				}
				next, err := day.AddDays(1)
				if err != nil {
					break
				}
				day = next
			}
			minute := at.Sub(k.StartOf(day)).Minutes() - officeOpens*60
			if !works(k, day) {
				minute = 0
			}
			l.Arrivals = append(l.Arrivals, float64(worked)*l.Day+min(max(0, minute), l.Day))
		}
		slices.Sort(l.Arrivals)
		l.Length = float64(worked+1) * l.Day
	}
	if w.change.Minutes > 0 {
		l.Handling = spread(float64(w.change.Minutes))
		return l, 0
	}
	if l.Handling = spells(k, steps); len(l.Handling) < leastSpells {
		l.Handling = nil
	}
	return l, len(l.Handling)
}

// waited is how many working days the cases of this time waited on average for the first step that somebody took on them; 0
// where too few were taken up.
func (w *studyWork) waited(steps []cases.Handled) float64 {
	k := w.tried.service.Jurisdiction.Calendar
	first := map[string]cases.Handled{}
	for _, s := range steps {
		if was, there := first[s.Case]; !s.Submitted.Before(w.from) && (!there || s.At.Before(was.At)) {
			first[s.Case] = s
		}
	}
	if len(first) < leastWaited {
		return 0
	}
	at := map[calendar.Date]int{} // working days up to each day
	begin, end := k.DateOf(w.before), k.DateOf(time.UnixMicro(0))
	for _, s := range first {
		if d := k.DateOf(s.Submitted); d.Before(begin) {
			begin = d
		}
		if d := k.DateOf(s.At); d.After(end) {
			end = d
		}
	}
	for d, n := begin, 0; !d.After(end); {
		if works(k, d) {
			n++
		}
		at[d] = n
		next, err := d.AddDays(1)
		if err != nil {
			break
		}
		d = next
	}
	sum := 0.0
	for _, s := range first {
		sum += float64(at[k.DateOf(s.At)] - at[k.DateOf(s.Submitted)])
	}
	return sum / float64(len(first))
}

func works(k *calendar.Calendar, day calendar.Date) bool {
	is, err := k.IsWorkingDay(day)
	return err == nil && is
}

// spells are the minutes that each case took: from a person's step before, on whatever case, to each of their steps on it.
func spells(k *calendar.Calendar, steps []cases.Handled) []float64 {
	by, order := map[string]float64{}, []string{}
	for i, s := range steps {
		if i == 0 {
			continue
		}
		if gap, ok := spell(k, steps[i-1], s); ok {
			if by[s.Case] == 0 {
				order = append(order, s.Case)
			}
			by[s.Case] += gap.Minutes()
		}
	}
	list := make([]float64, len(order))
	for i, id := range order {
		list[i] = by[id]
	}
	return list
}

// spread is a mean that somebody said, as work usually is around it: many short pieces, few long ones (an exponential
// distribution in a hundred steps of equal weight).
func spread(mean float64) []float64 {
	const steps = 100
	list, sum := make([]float64, steps), 0.0
	for i := range list {
		list[i] = -math.Log(1 - (float64(i)+0.5)/steps)
		sum += list[i] / steps
	}
	for i := range list {
		list[i] *= mean / sum
	}
	return list
}
