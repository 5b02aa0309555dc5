package tabular

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// field is a field of Table Schema (specs.frictionlessdata.io/table-schema). Words that it does not know (unit,
// decimals) are allowed there.
type field struct {
	Name        string       `json:"name"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	Type        Type         `json:"type"`
	Unit        string       `json:"unit,omitempty"`
	Decimals    int          `json:"decimals,omitempty"`
	Constraints *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Required bool            `json:"required,omitempty"`
	Unique   bool            `json:"unique,omitempty"`
	Enum     []string        `json:"enum,omitempty"`
	Minimum  json.RawMessage `json:"minimum,omitempty"`
	Maximum  json.RawMessage `json:"maximum,omitempty"`
	Pattern  string          `json:"pattern,omitempty"`
}

// TableSchema describes the canonical CSV in the words of Table Schema, its texts in the language. With the profile of a
// table, a pattern says how guarded cells look there.
func (s Schema) TableSchema(lang string, p Profile) ([]byte, error) {
	out := struct {
		Schema        string   `json:"$schema"`
		Fields        []field  `json:"fields"`
		MissingValues []string `json:"missingValues"`
		PrimaryKey    []string `json:"primaryKey,omitempty"`
	}{"https://specs.frictionlessdata.io/schemas/table-schema.json", nil, []string{""}, s.Key}
	for i, c := range s.Columns {
		f := field{Name: c.ID, Title: c.Title.In(lang), Description: c.About.In(lang), Type: c.Type, Unit: c.Unit, Decimals: c.Decimals}
		k := constraints{Required: c.Required || slices.Contains(s.Key, c.ID), Unique: c.Unique, Minimum: bound(c.Type, c.Minimum), Maximum: bound(c.Type, c.Maximum), Pattern: c.Pattern}
		for _, v := range c.Enum {
			if c.Type == String {
				v = Guard(v)
			}
			k.Enum = append(k.Enum, v)
		}
		if k.Pattern != "" && i < len(p.Columns) && p.Columns[i].Guarded > 0 {
			k.Pattern = "'?(" + k.Pattern + ")"
		}
		if k.Required || k.Unique || k.Enum != nil || k.Minimum != nil || k.Maximum != nil || k.Pattern != "" {
			f.Constraints = &k
		}
		out.Fields = append(out.Fields, f)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(out)
	return b.Bytes(), err
}

// bound is a minimum or maximum in the JSON type of its column.
func bound(t Type, v string) json.RawMessage {
	switch {
	case v == "":
		return nil
	case t == Year:
		return json.RawMessage(strings.TrimLeft(v, "0"))
	case t.Numeric():
		return json.RawMessage(v)
	}
	b, _ := json.Marshal(v) // a string always can be
	return b
}
