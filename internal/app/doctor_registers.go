package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"stoa/internal/service"
	"stoa/internal/store"
)

const mostReferences = 100 // findings that are worth reading

// examineReferences looks for records that refer to others that are not there.
func (a *App) examineReferences(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) ([]Examination, error) {
	var findings []string
	for _, id := range slices.Sorted(maps.Keys(j.Registers)) {
		reg := j.Registers[id]
		if !slices.ContainsFunc(reg.Fields, func(f service.RegisterField) bool { return f.Refers != "" }) {
			continue
		}
		err := a.Flow.Docket.Records.References().EachDangling(ctx, tx, reg, func(number, field string) bool {
			findings = append(findings, fmt.Sprintf("%s %s: %s refers to a record that is not there", id, number, field))
			return len(findings) < mostReferences
		})
		if err != nil {
			return nil, err
		}
	}
	return []Examination{examined("references between registers", "all lead somewhere", findings)}, nil
}
