package bill

import (
	"slices"

	"stoa/internal/calendar"
)

// Plan is a plan of instalments as it stood for a time.
type Plan struct {
	Parts []Instalment  `json:"parts"`
	Since calendar.Date `json:"since"` // the first day on which it stands
	Moves int           `json:"moves"` // it holds the charges up to this move
	Until calendar.Date `json:"-"`     // the first day on which it stood no longer; zero: it stands
}

// Current is the plan that stands.
func (b *Bill) Current() Plan {
	return Plan{Parts: b.Plan, Since: b.PlanSince, Moves: b.PlanMoves}
}

// On is where the bill, read with its moves, stands at the end of a day under the plan that stands now.
func (b *Bill) On(day calendar.Date) Standing { return Stand(b.Current(), b.Moves, day) }

// Part is an instalment, or a charge that is due on its own, with what of it is covered.
type Part struct {
	Instalment
	Move    int // number of the charge that is due on its own; 0 for an instalment of the plan
	Covered int64
	Open    int64
	Overdue bool // something of it is open after its day
}

// Standing is where a bill stands on a day.
type Standing struct {
	Parts   []Part // by due day
	Open    int64
	Overdue int64
	Credit  int64         // more than all parts ask for
	Next    calendar.Date // due day of the first part that is not covered; zero where all are
}

// Stand covers the instalments with what was paid, credited and waived up to a day, the one that is due first before
// the next, whatever it was paid for. Charges that came after the plan (interest, penalties, costs) are due on their own
// days, at once unless they say otherwise; so is what an arrangement did not ask for. What is open, less the credit, is
// the balance of the day.
func Stand(p Plan, moves []Move, day calendar.Date) Standing {
	var s Standing
	for _, i := range p.Parts {
		s.Parts = append(s.Parts, Part{Instalment: i})
	}
	var last Move // that raised what is owed without asking for it: a payment taken back, say
	balance := int64(0)
	for _, m := range moves {
		switch {
		case m.Value.After(day):
			continue
		case m.No > p.Moves && m.Kind == MoveCharge && m.Amount > 0:
			s.Parts = append(s.Parts, Part{Instalment: Instalment{m.DueDay(), m.Amount}, Move: m.No})
		case m.Amount > 0:
			last = m
		}
		balance += m.Amount
	}
	covered := -balance
	for _, part := range s.Parts {
		covered += part.Amount
	}
	if covered < 0 {
		s.Parts = append(s.Parts, Part{Instalment: Instalment{last.Value, -covered}, Move: last.No})
		covered = 0
	}
	slices.SortStableFunc(s.Parts, func(a, b Part) int { return a.Due.Compare(b.Due) })
	for i := range s.Parts {
		part := &s.Parts[i]
		part.Covered = min(covered, part.Amount)
		part.Open = part.Amount - part.Covered
		covered -= part.Covered
		if part.Open == 0 {
			continue
		}
		s.Open += part.Open
		if s.Next.IsZero() {
			s.Next = part.Due
		}
		if part.Due.Before(day) {
			part.Overdue = true
			s.Overdue += part.Open
		}
	}
	s.Credit = covered
	return s
}

// Buckets is how many ages arrears are told apart by.
const Buckets = 5

// Bucket is the age of something that is so many days late: 0 not late, then up to 30, 60 and 90 days, and more.
func Bucket(late int) int {
	switch {
	case late <= 0:
		return 0
	case late <= 90:
		return 1 + (late-1)/30
	}
	return 4
}

// Ages divides what is open by how late it is on the day.
func (s Standing) Ages(day calendar.Date) (ages [Buckets]int64) {
	for _, p := range s.Parts {
		ages[Bucket(p.Due.DaysUntil(day))] += p.Open
	}
	return ages
}
