package disclose_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"stoa/internal/disclose"
)

// world is a random table with everything that the attacker must not know.
type world struct {
	table disclose.Table
	truth map[string]int64
	cells map[string]int64 // how many lowest cells that are not zero are in it
}

func randomWorld(r *rand.Rand) world {
	w := world{}
	most := []int{0, 12, 6, 4}
	n := 1 + r.IntN(3)
	for d := range n {
		w.table.Dimensions = append(w.table.Dimensions, randomDimension(r, fmt.Sprintf("d%d", d), most[n]))
	}
	sparse, scale := r.Float64(), int64(1+r.IntN(40))
	w.fill(r, sparse, scale)
	return w
}

func randomDimension(r *rand.Rand, id string, most int) disclose.Dimension {
	size := 1 + r.IntN(most)
	if r.IntN(2) == 0 { // flat
		var c []string
		for i := range size {
			c = append(c, fmt.Sprint(id, "-", i))
		}
		return disclose.Flat(id, c...)
	}
	var months []string // within years
	for i := range size {
		months = append(months, fmt.Sprintf("%d-%02d", 2024+i*(1+r.IntN(2))/3, 1+i))
	}
	return disclose.Months(id, months...)
}

func (w *world) fill(r *rand.Rand, sparse float64, scale int64) {
	for _, at := range lowest(w.table.Dimensions) {
		if r.Float64() < sparse {
			continue
		}
		n := r.Int64N(scale)
		if r.IntN(4) == 0 {
			n = r.Int64N(6)
		}
		w.table.Cells = append(w.table.Cells, disclose.Cell{At: at, Count: n})
	}
	w.sum()
}

func lowest(dims []disclose.Dimension) [][]string {
	all := [][]string{{}}
	for _, d := range dims {
		inner := map[string]bool{}
		for _, c := range d.Categories {
			inner[c.Parent] = true
		}
		var next [][]string
		for _, at := range all {
			for _, c := range d.Categories {
				if !inner[c.ID] {
					next = append(next, append(append([]string{}, at...), c.ID))
				}
			}
		}
		all = next
	}
	return all
}

// sum works out the true sums, apart from the package.
func (w *world) sum() {
	w.truth, w.cells = map[string]int64{}, map[string]int64{}
	for _, c := range w.table.Cells {
		if c.Count == 0 {
			continue
		}
		all := [][]string{{}}
		for d, dim := range w.table.Dimensions {
			parent := map[string]string{}
			for _, cat := range dim.Categories {
				parent[cat.ID] = cat.Parent
			}
			var next [][]string
			for _, at := range all {
				for id := c.At[d]; ; id = parent[id] {
					next = append(next, append(append([]string{}, at...), id))
					if id == "" {
						break
					}
				}
			}
			all = next
		}
		for _, at := range all {
			w.truth[strings.Join(at, "|")] += c.Count
			w.cells[strings.Join(at, "|")]++
		}
	}
}
