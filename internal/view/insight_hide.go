package view

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"stoa/internal/calendar"
	"stoa/internal/disclose"
	"stoa/internal/insight"
)

// What everybody sees of small numbers. Applications, decisions and endings of each month are one table of services by
// areas, which package disclose protects as a whole: what is held back can be worked out from nothing else here. Such a
// month is over and does not change. Whatever is told apart otherwise (languages, steps, questions) is rounded, so that no
// difference between two pages tells of single cases.

// insightFloor is the smallest number that everybody sees, and what others are rounded to.
const insightFloor = 5

// protectedMonth is one month's table: what is shown by organisation or service, and area.
type protectedMonth map[[2]string]DataValue

// keptTables remembers protected tables by what was protected.
type keptTables struct {
	mu  sync.Mutex
	all map[uint64]protectedMonth
}

// mostKeptTables bounds it: some ten years of three measures.
const mostKeptTables = 400

func (k *keptTables) get(key uint64) (protectedMonth, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.all[key]
	return t, ok
}

func (k *keptTables) put(key uint64, t protectedMonth) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil || len(k.all) >= mostKeptTables {
		k.all = map[uint64]protectedMonth{}
	}
	k.all[key] = t
}

// scope is how the question's organisation or service is named in a table; "" the whole place.
func (a *asked) scope() string {
	switch {
	case a.q.Service != "":
		return "s " + a.q.Service
	case a.q.Organisation != "":
		return "o " + a.q.Organisation
	}
	return ""
}

// protect gives the tables of months of a measure, once for a question: each area and topic asks for them again.
func (a *asked) protect(measure string, from, until calendar.Date) (map[calendar.Date]protectedMonth, error) {
	key := fmt.Sprint(measure, from, until)
	if all, ok := a.tables[key]; ok {
		return all, nil
	}
	cells := map[calendar.Date]map[[2]string]int64{}
	for _, s := range a.j.Services {
		points, err := a.series(insight.Ask{Measure: measure, By: insight.ByArea, Grain: insight.Month, Organisation: s.Organisation, Service: s.Service, From: from, Until: until})
		if err != nil {
			return nil, err
		}
		for _, p := range points {
			if cells[p.Day] == nil {
				cells[p.Day] = map[[2]string]int64{}
			}
			cells[p.Day][[2]string{"s " + s.Service, p.Value}] += p.N
		}
	}
	all := map[calendar.Date]protectedMonth{}
	for month, counts := range cells {
		t, err := a.protectMonth(fmt.Sprint(measure, month), counts)
		if err != nil {
			return nil, err
		}
		all[month] = t
	}
	a.tables[key] = all
	return all, nil
}

func (a *asked) protectMonth(name string, counts map[[2]string]int64) (protectedMonth, error) {
	services := disclose.Dimension{ID: "service"}
	for _, o := range a.j.File.Organisations {
		services.Categories = append(services.Categories, disclose.Category{ID: "o " + o.ID})
	}
	for _, s := range a.j.Services {
		services.Categories = append(services.Categories, disclose.Category{ID: "s " + s.Service, Parent: "o " + s.Organisation})
	}
	services.Categories = slices.DeleteFunc(services.Categories, func(c disclose.Category) bool {
		return c.Parent == "" && !slices.ContainsFunc(services.Categories, func(s disclose.Category) bool { return s.Parent == c.ID })
	})
	var areas []string
	for at := range counts {
		if !slices.Contains(areas, at[1]) {
			areas = append(areas, at[1])
		}
	}
	slices.Sort(areas)
	table := disclose.Table{Dimensions: []disclose.Dimension{services, disclose.Flat("area", areas...)}}
	for at, n := range counts {
		table.Cells = append(table.Cells, disclose.Cell{At: []string{at[0], at[1]}, Count: n})
	}
	slices.SortFunc(table.Cells, func(x, y disclose.Cell) int { return slices.Compare(x.At, y.At) })
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %q %v", name, services.Categories, table.Cells)
	if t, ok := a.hidden.get(h.Sum64()); ok {
		return t, nil
	}
	published, _, err := disclose.Protect(table, disclose.Policy{Floor: insightFloor, Complementary: true})
	if err != nil {
		return nil, fmt.Errorf("holding back small numbers: %w", err)
	}
	t := protectedMonth{}
	for _, f := range published.Figures {
		t[[2]string{f.At[0], f.At[1]}] = DataValue{N: float64(f.Count), Known: !f.Hidden, Held: f.Hidden}
	}
	a.hidden.put(h.Sum64(), t)
	return t, nil
}

// counted is a measure of the question, and of an area if it names one, for each month: exactly at the desk, else what may
// be shown.
func (a *asked) counted(measure, area string, months []calendar.Date) ([]DataValue, error) {
	values := make([]DataValue, len(months))
	if len(months) == 0 {
		return values, nil
	}
	from, until := months[0], months[len(months)-1]
	if !a.q.Desk {
		tables, err := a.protect(measure, from, until)
		for i, m := range months {
			v, ok := tables[m][[2]string{a.scope(), area}]
			if !ok {
				v = known(0)
			}
			values[i] = v
		}
		return values, err
	}
	by := ""
	if area != "" {
		by = insight.ByArea
	}
	points, err := a.mine(measure, by, insight.Month, from, until)
	at := map[calendar.Date]int64{}
	for _, p := range points {
		if p.Value == area {
			at[p.Day] += p.N
		}
	}
	for i, m := range months {
		values[i] = known(float64(at[m]))
	}
	return values, err
}

func known(n float64) DataValue { return DataValue{N: n, Known: true} }

// rough is a number as the question may see it: exactly at the desk, else rounded, and held back where it is small.
func (a *asked) rough(n int64) DataValue {
	switch {
	case a.q.Desk:
		return known(float64(n))
	case a.few(n):
		return DataValue{Held: true}
	}
	return known(math.Round(float64(n)/insightFloor) * insightFloor)
}

// of is what is computed from so many things: held back where they are few.
func (a *asked) of(n int64, value float64) DataValue {
	switch {
	case n == 0:
		return DataValue{}
	case a.few(n):
		return DataValue{Held: true}
	}
	return known(value)
}

// share is how many of so many in percent, held back where those or the others are few: how many there are in all may be
// known.
func (a *asked) share(some, all int64) DataValue {
	if all == 0 {
		return DataValue{}
	}
	if a.few(all) || a.few(some) || a.few(all-some) {
		return DataValue{Held: true}
	}
	if percent := float64(some) / float64(all) * 100; !a.q.Desk { // so that a service is not what an organisation and the others leave
		return known(math.Round(percent/shareStep) * shareStep)
	} else {
		return known(math.Round(percent*10) / 10)
	}
}

// shareStep is what shares are rounded to for everybody, in percent.
const shareStep = 5

// few tells of a number whether it is too small for everybody to see.
func (a *asked) few(n int64) bool { return !a.q.Desk && n > 0 && n < insightFloor }

// anyHeld tells whether a picture has a number that is held back.
func anyHeld(f InsightFigure) bool {
	return slices.ContainsFunc(f.Series, func(s DataSeries) bool {
		return slices.ContainsFunc(s.Values, func(v DataValue) bool { return v.Held })
	})
}

// whole adds a picture of the parts of something. Everybody sees all of them or none: a part that is held back is what
// the others leave of the sum, which other pages tell.
func (a *asked) whole(f InsightFigure) {
	if anyHeld(f) {
		a.p.Finding = a.r.P.T("Some of it is so little that nothing is told apart here.")
		a.p.Notes = append(a.p.Notes, a.heldNote())
		return
	}
	a.p.Figures = append(a.p.Figures, f)
}

// shown is where a value stands among others, by what can be seen of it.
func shown(v DataValue) float64 {
	switch {
	case v.Known:
		return v.N
	case v.Held:
		return 1
	}
	return 0
}

// heldNote says how small numbers are treated, where everybody looks.
func (a *asked) heldNote() string {
	if a.q.Desk {
		return ""
	}
	return a.r.P.T("Numbers below {n} are held back, so that nobody can be recognised.", map[string]any{"n": insightFloor})
}

func (a *asked) roundedNote() string {
	if a.q.Desk {
		return ""
	}
	return a.r.P.T("Numbers are rounded to the nearest {n}, and those below {n} are held back.", map[string]any{"n": insightFloor})
}
