package docket

import (
	"context"

	"stoa/internal/cases"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/simulate"
)

// Past is a case as a replay under other rules sees it: with what was said and what the registers said then. Files that were
// sent count as accepted, as they were.
func (d *Docket) Past(row *cases.Case) simulate.Case {
	return simulate.Case{
		ID: row.ID, Variant: row.Variant, Language: row.Language, Submitted: row.Submitted, Ended: row.Ended, Ending: row.Ending,
		Stopped:    len(row.Stops) > 0,
		Definition: row.Definition, Charged: row.Fee, Typed: row.Typed, Erased: len(row.Typed.Fields)+len(row.Typed.Groups) == 0,
		Asked: func(lookup string) bool { _, ok := row.Lookups[lookup]; return ok },
		Situation: func(s *service.Service) (process.Situation, error) {
			previous, err := d.previous(s, row.Previous)
			return frozen(process.Situation{Service: s, Variant: row.Variant, Today: Day(s, row.Submitted), Previous: previous,
				File: func(_ context.Context, id string) (process.File, bool, error) {
					return process.File{ID: id, Name: id, Type: "application/pdf", Size: 1}, true, nil
				}}, row.Lookups, row.Picks), err
		},
	}
}
