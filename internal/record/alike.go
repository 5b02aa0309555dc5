package record

import (
	"stoa/internal/resemble"
	"stoa/internal/service"
)

// Compared are the fields by which a register's records are told apart; none: it is not searched for duplicates.
func Compared(reg *service.Register) (fields []resemble.Field) {
	for _, f := range reg.Fields {
		if f.Alike != "" {
			fields = append(fields, resemble.Field{ID: f.ID, Kind: resemble.Kind(f.Alike)})
		}
	}
	return fields
}

// Finding is what a search found in one field of a pair, as Pair.Why holds it.
type Finding struct {
	Field string         `json:"f"`
	Level resemble.Level `json:"l"` // "": a value is missing
	Bits  float64        `json:"b"` // how much it speaks for one record, or against it
}
