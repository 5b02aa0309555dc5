package docket

import (
	"time"

	"stoa/internal/cases"
	"stoa/internal/service"
)

// Took counts the working days from submission to the decision, without those on which the clock stood; -1 where the
// calendar does not reach.
func Took(s *service.Service, c *cases.Case) int {
	k := s.Jurisdiction.Calendar
	between := func(from, until time.Time) int {
		n, err := k.WorkingDaysBetween(k.DateOf(from), k.DateOf(until))
		if err != nil {
			return -1 << 20
		}
		return n
	}
	n := between(c.Submitted, c.Ended)
	for _, stop := range c.Stops {
		until := stop.Until
		if until.IsZero() || until.After(c.Ended) {
			until = c.Ended
		}
		n -= max(0, between(stop.From, until))
	}
	return max(n, -1)
}
