package dataset

import (
	"context"
	"io"
	"slices"
	"strings"

	"stoa/internal/tabular"
)

// writeJSONL writes an object for each row. Every column is in every object, a missing cell as null; numbers are exact,
// days and months are strings, a place is [longitude, latitude]. Text is as it truly is.
func writeJSONL(ctx context.Context, s *Store, v *Version, w io.Writer) error {
	names := jsonNames(v.Spec.Schema)
	var line []byte
	return s.Rows(ctx, v)(func(cells []string) error {
		line = append(line[:0], '{')
		for i, cell := range cells {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendJSON(append(line, names[i]...), v.Spec.Columns[i].Type, cell)
		}
		line = append(line, '}', '\n')
		_, err := w.Write(line)
		return err
	})
}

// jsonNames are "id": for each column.
func jsonNames(s tabular.Schema) []string {
	names := make([]string, len(s.Columns))
	for i, id := range s.IDs() {
		names[i] = `"` + id + `":`
	}
	return names
}

func appendJSON(b []byte, t tabular.Type, cell string) []byte {
	if cell == "" {
		return append(b, "null"...)
	}
	switch t {
	case tabular.Integer, tabular.Number, tabular.Boolean:
		return append(b, cell...)
	case tabular.Year:
		return append(b, strings.TrimLeft(cell, "0")...)
	case tabular.GeoPoint:
		return append(append(append(b, '['), cell...), ']')
	}
	return appendText(b, cell)
}

// appendText knows that a cell is UTF-8, and of control characters holds tab and line feed only.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\t':
			b = append(b, '\\', 't')
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// where are the columns that say where a row is: a geopoint, or longitude and latitude.
type where struct{ point, lon, lat int }

func (s Spec) place() (where, bool) {
	w := where{-1, -1, -1}
	for i, c := range s.Columns {
		switch {
		case c.Type == tabular.GeoPoint && w.point < 0:
			w.point = i
		case c.Type.Numeric() && slices.Contains([]string{"longitude", "lon", "lng"}, c.ID) && w.lon < 0:
			w.lon = i
		case c.Type.Numeric() && slices.Contains([]string{"latitude", "lat"}, c.ID) && w.lat < 0:
			w.lat = i
		}
	}
	return w, w.point >= 0 || w.lon >= 0 && w.lat >= 0
}

// of is "lon,lat" of a row, "" where it has no place.
func (w where) of(cells []string) string {
	switch {
	case w.point >= 0:
		return cells[w.point]
	case cells[w.lon] == "" || cells[w.lat] == "":
		return ""
	}
	place, err := tabular.Column{Type: tabular.GeoPoint}.Canon(cells[w.lon] + "," + cells[w.lat])
	if err != nil {
		return "" // not on the globe
	}
	return place
}

// writeGeoJSON writes a FeatureCollection (RFC 7946) with a feature for each row, the other columns as its properties. A
// row without a place has no geometry.
func writeGeoJSON(ctx context.Context, s *Store, v *Version, w io.Writer) error {
	at, ok := v.Spec.place()
	if !ok {
		return errNoPlace
	}
	names := jsonNames(v.Spec.Schema)
	line := []byte(`{"type":"FeatureCollection","features":[`)
	before := "\n"
	err := s.Rows(ctx, v)(func(cells []string) error {
		line = append(append(line, before...), `{"type":"Feature","geometry":`...)
		before = ",\n"
		if place := at.of(cells); place == "" {
			line = append(line, "null"...)
		} else {
			line = append(append(append(line, `{"type":"Point","coordinates":[`...), place...), "]}"...)
		}
		line = append(line, `,"properties":{`...)
		first := true
		for i, cell := range cells {
			if i == at.point {
				continue
			}
			if !first {
				line = append(line, ',')
			}
			first = false
			line = appendJSON(append(line, names[i]...), v.Spec.Columns[i].Type, cell)
		}
		line = append(line, "}}"...)
		_, err := w.Write(line)
		line = line[:0]
		return err
	})
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, "\n]}\n"...))
	return err
}
