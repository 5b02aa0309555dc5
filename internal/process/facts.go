package process

import (
	"slices"
	"time"
)

// Apply returns the facts after an effect.
func (f Facts) Apply(e Effects) Facts {
	f = f.clone()
	if e.Complete {
		f.Submitted = e.At
	}
	if e.Entered {
		f.State, f.Entered = e.To, e.At
		switch standing := f.stopped(); {
		case e.Stopped && !standing:
			f.Stops = append(f.Stops, Stop{From: e.At})
		case !e.Stopped && standing:
			f.Stops[len(f.Stops)-1].Until = e.At
		}
	}
	for _, c := range e.Consult {
		f.Consultations = append(f.Consultations, Consultation{Consultee: c.Consultee.ID, Asked: e.At, Due: c.Due})
	}
	for i := range f.Consultations {
		c := &f.Consultations[i]
		if e.Reply != nil && c.Consultee == e.Reply.Consultee {
			c.Reply, c.Silent = e.Reply.Reply, false
		}
		if slices.Contains(e.Silence, c.Consultee) {
			c.Reply, c.Silent = "no_objection", true
		}
	}
	f.Representations += e.Heard
	if e.Decision != nil {
		f.Decision = e.Decision
	}
	return f
}

// stopped reports whether the clock stands.
func (f Facts) stopped() bool {
	n := len(f.Stops)
	return n > 0 && f.Stops[n-1].Until.Equal(time.Time{})
}

func (f Facts) clone() Facts {
	f.Stops = slices.Clone(f.Stops)
	f.Consultations = slices.Clone(f.Consultations)
	return f
}
