package record

import (
	"encoding/json"

	"stoa/internal/service"
)

// published is a record as its register publishes it, in the order of the register's file.
type published struct {
	Number  string            `json:"number,omitempty"`
	State   string            `json:"state"`
	From    string            `json:"from,omitempty"`
	Until   string            `json:"until,omitempty"`
	Version int64             `json:"version"`
	Fields  map[string]string `json:"fields"`
}

// Line is what a register publishes of a version of a record, as one line of JSON whose bytes never differ: what a leaf of
// the public log stands for. Of a register without public pages it says only that the record is there and its state.
func Line(reg *service.Register, r *Record) ([]byte, error) {
	p := published{State: r.State, From: noEnd(r.From), Until: noEnd(r.Until), Version: r.Version, Fields: map[string]string{}}
	if reg.Public {
		p.Number = r.Number
		for _, f := range reg.Fields {
			if v, ok := r.Fields[f.ID]; ok && f.Public && f.Personal == "" {
				p.Fields[f.ID] = v
			}
		}
	}
	return json.Marshal(p) // maps are written in the order of their keys
}
