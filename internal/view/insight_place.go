package view

import (
	"slices"
	"strconv"
	"strings"

	"stoa/internal/tabular"
)

// centre is where an area lies: the middle of the places that a dataset of the jurisdiction's own files lists for it. Not
// ok where none does; then there is no map, and the table says the same.
func (a *asked) centre(area string) (at [2]float64, ok bool) {
	for _, d := range a.j.Datasets {
		if d.From.File == "" {
			continue
		}
		point, of := -1, -1
		for i, c := range d.Fields {
			if c.Type == string(tabular.GeoPoint) {
				point = i
			}
			if slices.Contains(c.Enum, area) {
				of = i
			}
		}
		if point < 0 || of < 0 {
			continue
		}
		n := 0.0
		err := d.Rows()(func(cells []string) error {
			lon, lat, cut := strings.Cut(cells[point], ",")
			x, err1 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
			y, err2 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
			if cells[of] == area && cut && err1 == nil && err2 == nil {
				at[0], at[1], n = at[0]+x, at[1]+y, n+1
			}
			return nil
		})
		if err == nil && n > 0 {
			return [2]float64{at[0] / n, at[1] / n}, true
		}
	}
	return at, false
}
