package paper

import (
	"stoa/internal/document"
	"stoa/internal/web/page"
)

func heads(t document.Table) []page.Cell {
	var cells []page.Cell
	for _, c := range t.Columns {
		cells = append(cells, page.Cell{Text: c.Header, Format: format(t, len(cells))})
	}
	return cells
}

func rows(t document.Table) [][]page.Cell {
	var all [][]page.Cell
	for _, row := range t.Rows {
		var cells []page.Cell
		for i, c := range row {
			cells = append(cells, page.Cell{HTML: runs(c), Format: format(t, i)})
		}
		all = append(all, cells)
	}
	return all
}

func format(t document.Table, column int) string {
	if column < len(t.Columns) && t.Columns[column].Numeric {
		return "numeric"
	}
	return ""
}
