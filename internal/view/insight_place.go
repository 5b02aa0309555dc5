package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/service"
	"stoa/internal/tabular"
)

// centres are where areas lie: each in the middle of the places that a dataset of the jurisdiction's own files lists for
// it, of the first that lists any. Every dataset is read once. Without any there is no map, and the table says the same.
func (a *asked) centres(areas []Option) (map[string][2]float64, error) {
	found := map[string][2]float64{}
	for _, d := range a.j.Datasets {
		if d.From.File == "" {
			continue
		}
		point, columns := -1, map[string]int{}
		for i, c := range d.Fields {
			if c.Type == string(tabular.GeoPoint) {
				point = i
			}
			for _, o := range areas {
				if _, ok := found[o.Value]; !ok && slices.Contains(c.Enum, o.Value) {
					columns[o.Value] = i
				}
			}
		}
		if point < 0 || len(columns) == 0 {
			continue
		}
		if err := middles(d, point, columns, found); err != nil {
			return nil, fmt.Errorf("looking for where areas are: %w", err)
		}
	}
	return found, nil
}

// middles adds the middles of the areas that a dataset tells of, each in its column.
func middles(d *service.Dataset, point int, columns map[string]int, found map[string][2]float64) error {
	in := map[int]bool{}
	for _, i := range columns {
		in[i] = true
	}
	type sum struct{ lon, lat, n float64 }
	sums := map[string]sum{}
	err := d.Rows()(func(cells []string) error {
		lon, lat, cut := strings.Cut(cells[point], ",")
		x, err1 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
		y, err2 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		if !cut || err1 != nil || err2 != nil {
			return nil
		}
		for i := range in {
			if of, ok := columns[cells[i]]; ok && of == i {
				s := sums[cells[i]]
				sums[cells[i]] = sum{s.lon + x, s.lat + y, s.n + 1}
			}
		}
		return nil
	})
	for area, s := range sums {
		found[area] = [2]float64{s.lon / s.n, s.lat / s.n}
	}
	return err
}
