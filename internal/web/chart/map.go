package chart

import (
	"context"
	"fmt"
	"io"
	"math"

	"stoa/internal/web/page"
)

// Map shows figures where they are: as points, as coloured regions, or both. North is up in every language; distances
// are true along the middle of the picture (equirectangular), as for a town or a county.
type Map struct {
	Frame
	Unit    Unit
	Of      string // what the places are, head of the table's first column: "Ward"
	Regions []Region
	Points  []Point
}

// Point is a place with its figure: the larger the figure, the larger the circle's area.
type Point struct {
	Name     string
	Lon, Lat float64 // WGS 84, degrees
	Value    Value   // ignored when Plain
	Plain    bool    // only where it is
	Group    string  // points of a group share colour and mark
	URL      string  // from the table
}

// Region is an area with its figure.
type Region struct {
	ID, Name string
	Value    Value
	URL      string
	Shape    Shape
}

// Shape is an area's rings of longitude and latitude; holes are rings too (the even-odd rule).
type Shape [][][2]float64

const mostCorners = 200_000

// Check says why it cannot be drawn.
func (m Map) Check() error {
	if err := m.Frame.check(); err != nil {
		return err
	}
	if len(m.Regions) > mostPlaces || len(m.Points) > mostPlaces {
		return fmt.Errorf("map %q: %d regions and %d points are more than can be shown", m.ID, len(m.Regions), len(m.Points))
	}
	corners := 0
	for _, r := range m.Regions {
		if err := checkValue(r.Value); err != nil {
			return fmt.Errorf("map %q, region %q: %w", m.ID, r.Name, err)
		}
		for _, ring := range r.Shape {
			corners += len(ring)
			for _, at := range ring {
				if err := checkPlace(at[0], at[1]); err != nil {
					return fmt.Errorf("map %q, region %q: %w", m.ID, r.Name, err)
				}
			}
		}
	}
	if corners > mostCorners {
		return fmt.Errorf("map %q: %d corners are more than can be drawn", m.ID, corners)
	}
	for _, p := range m.Points {
		if err := checkValue(p.Value); err != nil {
			return fmt.Errorf("map %q, point %q: %w", m.ID, p.Name, err)
		}
		if err := checkPlace(p.Lon, p.Lat); err != nil {
			return fmt.Errorf("map %q, point %q: %w", m.ID, p.Name, err)
		}
	}
	return nil
}

func checkPlace(lon, lat float64) error {
	if !(math.Abs(lon) <= 180 && math.Abs(lat) <= 90) { // so that what is not a number fails too
		return fmt.Errorf("(%v, %v) is no longitude and latitude", lon, lat)
	}
	return nil
}

// Render prints the figure with all that belongs to it.
func (m Map) Render(ctx context.Context, w io.Writer) error {
	if err := m.Check(); err != nil {
		return err
	}
	return m.Frame.figure(m.picture(), m.table(), m.notes()).Render(ctx, w)
}

func (m Map) figures() figures { return figures{p: m.Printer, unit: m.Unit} }

// table has every region and every point.
func (m Map) table() page.Table {
	f := m.figures()
	of := m.Of
	if of == "" {
		of = m.Printer.T("Place")
	}
	grouped, valued := len(m.groups()) > 1, len(m.Regions) > 0
	for _, p := range m.Points {
		valued = valued || !p.Plain
	}
	t := page.Table{
		Caption: withUnit(m.Title, f.name()), CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true,
		Head: []page.Cell{{Text: of}}, Classes: "stoa-chart__table",
	}
	if grouped {
		t.Head = append(t.Head, page.Cell{Text: m.Printer.T("Kind")})
	}
	if valued {
		name := f.name()
		if name == "" {
			name = m.Title
		}
		t.Head = append(t.Head, page.Cell{Text: name, Format: "numeric"})
	}
	row := func(name, url, group, figure string) {
		cells := []page.Cell{{Text: name}}
		if url != "" {
			cells[0] = page.Cell{HTML: page.LinkTo{Text: name, URL: url}}
		}
		if grouped {
			cells = append(cells, page.Cell{Text: group})
		}
		if valued {
			cells = append(cells, page.Cell{Text: figure, Format: "numeric"})
		}
		t.Rows = append(t.Rows, cells)
	}
	for _, r := range m.Regions {
		row(r.Name, r.URL, "", f.exact(r.Value))
	}
	for _, p := range m.Points {
		figure := ""
		if !p.Plain {
			figure = f.exact(p.Value)
		}
		row(p.Name, p.URL, p.Group, figure)
	}
	return t
}

// groups are the points' groups in their order.
func (m Map) groups() []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range m.Points {
		if !seen[p.Group] {
			seen[p.Group] = true
			out = append(out, p.Group)
		}
	}
	return out
}

func (m Map) notes() []string {
	var notes []string
	suppressed, sized := false, false
	for _, r := range m.Regions {
		suppressed = suppressed || r.Value.Is == Suppressed
	}
	for _, p := range m.Points {
		suppressed = suppressed || !p.Plain && p.Value.Is == Suppressed
		sized = sized || !p.Plain
	}
	if sized {
		notes = append(notes, m.Printer.T("The larger a mark, the larger its figure; a hollow one is below zero."))
	}
	if suppressed {
		notes = append(notes, suppressedNote(m.Frame))
	}
	return notes
}
