package flow

import (
	"slices"
	"strconv"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/dataset"
	"stoa/internal/i18n"
	"stoa/internal/opendata"
	"stoa/internal/service"
	"stoa/internal/tabular"
)

// judge holds the rows of a dataset against what its file asks of them, as they pass.
type judge struct {
	d      *service.Dataset
	today  calendar.Date
	rows   int64
	filled []int64        // cells of each column that are not empty
	latest []string       // day or month of each column
	quasi  []int          // columns that somebody may know of a person
	groups map[string]int // how many rows share each combination of them
}

func newJudge(d *service.Dataset, today calendar.Date) *judge {
	j := &judge{d: d, today: today, filled: make([]int64, len(d.Fields)), latest: make([]string, len(d.Fields)), groups: map[string]int{}}
	if a := d.Disclosure.Anonymous; a != nil {
		for i, c := range d.Fields {
			if slices.Contains(a.Over, c.ID) {
				j.quasi = append(j.quasi, i)
			}
		}
	}
	return j
}

// watch lets rows pass and takes note of them.
func (j *judge) watch(rows tabular.Rows) tabular.Rows {
	return func(yield func([]string) error) error {
		return rows(func(cells []string) error {
			j.note(cells)
			return yield(cells)
		})
	}
}

func (j *judge) note(cells []string) {
	j.rows++
	for i, c := range cells {
		if c == "" || i >= len(j.filled) {
			continue
		}
		j.filled[i]++
		if t := j.d.Fields[i].Type; (t == "date" || t == "yearmonth") && c > j.latest[i] {
			j.latest[i] = c
		}
	}
	if len(j.quasi) > 0 && len(cells) == len(j.filled) {
		var b strings.Builder
		for _, i := range j.quasi {
			b.WriteString(cells[i] + "\x00")
		}
		j.groups[b.String()]++
	}
}

// findings is what came of every check. former is the version that is published now, nil if there is none.
func (j *judge) findings(former *dataset.Version) (all []opendata.Finding) {
	for _, q := range j.d.Quality {
		all = append(all, j.quality(q, former))
	}
	if a := j.d.Disclosure.Anonymous; a != nil {
		few := 0
		for _, n := range j.groups {
			if n < a.K {
				few++
			}
		}
		f := opendata.Finding{What: i18n.Msg("Every combination of {columns} is shared by {k} records or more."),
			Args: map[string]string{"columns": strings.Join(a.Over, ", "), "k": strconv.Itoa(a.K)}}
		if few > 0 {
			f.What, f.Bad = i18n.Msg("{n} combinations of {columns} are shared by fewer than {k} records: people could be found by them. Leave a column out, or publish numbers"), true
			f.Args["n"] = strconv.Itoa(few)
		}
		all = append(all, f)
	}
	return all
}

func (j *judge) quality(q service.QualityFile, former *dataset.Version) opendata.Finding {
	f := opendata.Finding{Args: map[string]string{"least": strconv.Itoa(q.Least), "most": strconv.Itoa(q.Most), "column": q.Column}}
	at := slices.IndexFunc(j.d.Fields, func(c *service.DatasetColumn) bool { return c.ID == q.Column })
	is := int64(0)
	switch q.Check {
	case "rows":
		is = j.rows
		f.What, f.Bad = i18n.Msg("There are {is} rows."), is < int64(q.Least) || q.Most > 0 && is > int64(q.Most)
		if f.Bad {
			f.What = i18n.Msg("There are {is} rows: fewer or more than there should be")
		}
	case "complete":
		is = 100
		if j.rows > 0 {
			is = j.filled[at] * 100 / j.rows
		}
		f.What, f.Bad = i18n.Msg("{column} is filled in {is} of 100 rows."), is < int64(q.Least)
		if f.Bad {
			f.What = i18n.Msg("{column} is filled in {is} of 100 rows, and should be in {least}")
		}
	case "fresh":
		is = j.age(j.latest[at])
		f.What, f.Bad = i18n.Msg("The latest day of {column} is {is} days ago."), is > int64(q.Most)
		if f.Bad {
			f.What = i18n.Msg("The latest day of {column} is {is} days ago, and should be at most {most}")
		}
	case "change":
		if former != nil && former.Rows > 0 {
			is = (max(j.rows, former.Rows) - min(j.rows, former.Rows)) * 100 / former.Rows
		}
		f.What, f.Bad = i18n.Msg("The number of rows has changed by {is} per cent."), is > int64(q.Most)
		if f.Bad {
			f.What = i18n.Msg("The number of rows has changed by {is} per cent, and should by at most {most}. If it is right, publish it after changing the check")
		}
	}
	f.Args["is"] = strconv.FormatInt(is, 10)
	return f
}

// age is how many days ago a day was, or the last day of a month; a very long time for none.
func (j *judge) age(latest string) int64 {
	const never = 100 * 365
	month := len(latest) == len("2026-03")
	if month {
		latest += "-01"
	}
	d, err := calendar.ParseISO(latest)
	if err != nil {
		return never
	}
	if month {
		if next, err := d.AddMonths(1); err == nil {
			d = after(next, -1)
		}
	}
	return int64(max(0, d.DaysUntil(j.today)))
}
