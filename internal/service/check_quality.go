package service

import "fmt"

// datasetQuality checks that every check has what it needs.
func (l *loader) datasetQuality(d *Dataset) {
	for i := range d.Quality {
		q := &d.Quality[i]
		needsColumn := q.Check == "complete" || q.Check == "fresh"
		switch {
		case needsColumn && q.Column == "":
			l.problem(q.Pos, "add column: with its id", "the check %s is of a column", q.Check)
			continue
		case !needsColumn && q.Column != "":
			l.problem(l.places.key(q.Pos, "column"), "remove it", "the check %s is of all rows", q.Check)
		case needsColumn && !l.known(l.places.at(q.Pos, "column"), "column", q.Column, d.columnIDs()):
			continue
		}
		switch {
		case q.Check == "fresh" && d.Column(q.Column).Type != "date" && d.Column(q.Column).Type != "yearmonth":
			l.problem(l.places.at(q.Pos, "column"), "name a column of type date", "%q is of type %s and has no latest day", q.Column, d.Column(q.Column).Type)
		case (q.Check == "fresh" || q.Check == "change") && q.Most == 0:
			l.problem(q.Pos, fmt.Sprintf("add most: %s", map[string]string{"fresh": "with a number of days", "change": "with per cent"}[q.Check]), "the check %s has no bound", q.Check)
		case q.Check == "complete" && (q.Least < 1 || q.Least > 100):
			l.problem(q.Pos, "add least: with per cent, 1 to 100", "the check complete has no bound")
		case q.Check == "rows" && q.Least == 0 && q.Most == 0:
			l.problem(q.Pos, "add least: or most:", "the check rows has no bound")
		}
	}
}
