package process

import (
	"errors"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// The calendar knows the holidays of some years. A date beyond them is for the person to change, where a
// rule counts working days from what they typed; and for the office, where it counts from today.

var msgUncovered = i18n.Msg("{question} must be between {from} and {until}: the public holidays of other years are not known yet")

// uncovered is a rule that failed because the calendar does not have a year.
type uncovered struct {
	outcome
	year int
}

// refuseUncovered refuses the dates that rules could not count working days with. A rule that looked at
// such a date is not broken.
func (w *walk) refuseUncovered() {
	from, until := w.j.Situation.Service.Jurisdiction.Calendar.Coverage()
	refused := map[string]bool{}
	for _, e := range w.j.Errors {
		refused[e.Path] = true
	}
	blamed := false
	for _, u := range w.rules.uncovered {
		for _, x := range w.rules.toBlame(u, from, until) {
			blamed = true
			if q, path := w.rules.question(x.ID, w.rules.top); !refused[path] {
				refused[path] = true
				w.refuse(q, path, &problem{key: msgUncovered, args: map[string]any{"from": from, "until": until}})
			}
		}
	}
	if blamed {
		w.rules.broken = slices.DeleteFunc(w.rules.broken, isUncovered)
	}
}

// toBlame are the dates behind a failed rule that the calendar does not cover: those of the year it
// missed, or all, where the rule made that year of them.
func (r *rules) toBlame(u uncovered, from, until calendar.Date) []*Explained {
	var all, exact []*Explained
	for _, x := range answersBehind(r.explain(Explained{}, u.outcome)) {
		d, ok := x.Value.(calendar.Date)
		if !ok || !d.Before(from) && !d.After(until) {
			continue
		}
		all = append(all, x)
		if d.Year() == u.year {
			exact = append(exact, x)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return all
}

// answersBehind are the answers that a result rests on, directly or not.
func answersBehind(x *Explained) (list []*Explained) {
	if x.Kind == "answer" {
		return []*Explained{x}
	}
	for _, b := range x.Because() {
		list = append(list, answersBehind(b)...)
	}
	return list
}

func isUncovered(err error) bool { return errors.As(err, new(*calendar.CoverageError)) }

// covered says of an error that the calendar ends too early what a person can understand; the log gets
// the year. Others stay as they are.
func covered(err error) error {
	if err != nil && isUncovered(err) && fault.KindOf(err) == fault.Internal {
		return fault.Wrap(err, fault.Unavailable, "process.calendar_ends")
	}
	return err
}
