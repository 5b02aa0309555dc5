package view

import (
	"strings"

	"stoa/internal/dataset"
	"stoa/internal/i18n"
	"stoa/internal/service"
	"stoa/internal/tabular"
)

// licence is a licence with what it means for whoever uses the data.
func (r Reader) licence(id string) DataLicence {
	l := service.LicenceOf(id)
	out := DataLicence{ID: id, Title: l.Title, URL: l.URL}
	if out.Title == "" {
		out.Title = id
	}
	switch id {
	case "CC0-1.0":
		out.Means = r.P.T("You may use it for anything, without asking and without naming anybody.")
	case "CC-BY-SA-4.0", "ODbL-1.0":
		out.Means = r.P.T("You may use it for anything, without asking. Say where it is from, and give on what you make of it under the same conditions.")
	case "":
	default:
		out.Means = r.P.T("You may use it for anything, also to earn money, without asking. Say where it is from.")
	}
	return out
}

// frequency says how often data is published, by the EU's code.
func (r Reader) frequency(code string) string {
	switch code {
	case "CONT":
		return r.P.T("All the time")
	case "DAILY":
		return r.P.T("Every day")
	case "WEEKLY":
		return r.P.T("Every week")
	case "BIWEEKLY":
		return r.P.T("Every two weeks")
	case "MONTHLY":
		return r.P.T("Every month")
	case "QUARTERLY":
		return r.P.T("Every three months")
	case "ANNUAL_2":
		return r.P.T("Twice a year")
	case "ANNUAL":
		return r.P.T("Every year")
	case "IRREG":
		return r.P.T("From time to time")
	case "NEVER":
		return r.P.T("Once; it is finished")
	}
	return code
}

// theme is the name of one of the EU's themes of data.
func (r Reader) theme(code string) string {
	switch code {
	case "AGRI":
		return r.P.T("Farming, fishing, forests and food")
	case "ECON":
		return r.P.T("Money and business")
	case "EDUC":
		return r.P.T("Schools, culture and sport")
	case "ENER":
		return r.P.T("Energy")
	case "ENVI":
		return r.P.T("Environment")
	case "GOVE":
		return r.P.T("Government")
	case "HEAL":
		return r.P.T("Health")
	case "INTR":
		return r.P.T("International matters")
	case "JUST":
		return r.P.T("Law and safety")
	case "REGI":
		return r.P.T("Places and towns")
	case "SOCI":
		return r.P.T("People and society")
	case "TECH":
		return r.P.T("Science and technology")
	case "TRAN":
		return r.P.T("Transport")
	}
	return code
}

// formatName is a format's proper name.
func formatName(f dataset.Format) string {
	switch f {
	case dataset.CSV:
		return "CSV"
	case dataset.CSVGzip:
		return "CSV.GZ"
	case dataset.JSONL:
		return "JSON Lines"
	case dataset.Parquet:
		return "Parquet"
	case dataset.GeoJSON:
		return "GeoJSON"
	}
	return strings.ToUpper(string(f))
}

func formatNamed(id string) string { return formatName(dataset.Format(id)) }

// formatFor says what a format is good for.
func (r Reader) formatFor(f dataset.Format) string {
	switch f {
	case dataset.CSV:
		return r.P.T("A table for Excel, LibreOffice and most other programs. Choose this if you are not sure.")
	case dataset.CSVGzip:
		return r.P.T("The same table, packed: a smaller download, to be unpacked first.")
	case dataset.JSONL:
		return r.P.T("For programmers: one row in each line, as JSON.")
	case dataset.Parquet:
		return r.P.T("For the analysis of large tables with R, Python or DuckDB.")
	case dataset.GeoJSON:
		return r.P.T("For maps: every row with its place, for QGIS and web maps.")
	}
	return ""
}

// mediaTypes of what can be downloaded (RFC 4180, 7946; IANA's list).
var mediaTypes = map[dataset.Format]string{
	dataset.CSV: "text/csv; charset=utf-8; header=present", dataset.CSVGzip: "application/gzip", dataset.JSONL: "application/jsonl",
	dataset.Parquet: "application/vnd.apache.parquet", dataset.GeoJSON: "application/geo+json",
}

// columnType says what a column holds.
func (r Reader) columnType(t tabular.Type) string {
	switch t {
	case tabular.String:
		return r.P.T("Text")
	case tabular.Integer:
		return r.P.T("Whole number")
	case tabular.Number:
		return r.P.T("Number")
	case tabular.Boolean:
		return r.P.T("true or false")
	case tabular.Date:
		return r.P.T("Day, like {example}", i18n.V{"example": "2026-03-01"})
	case tabular.Year:
		return r.P.T("Year, like {example}", i18n.V{"example": "2026"})
	case tabular.YearMonth:
		return r.P.T("Month, like {example}", i18n.V{"example": "2026-03"})
	case tabular.GeoPoint:
		return r.P.T("Place, as longitude and latitude")
	}
	return string(t)
}

// columnRules says what the cells of a column keep to.
func (r Reader) columnRules(c tabular.Column) []string {
	var all []string
	add := func(is bool, text string) {
		if is {
			all = append(all, text)
		}
	}
	add(c.Unit != "", r.P.T("Unit: {unit}", i18n.V{"unit": c.Unit}))
	add(c.Required, r.P.T("Never empty"))
	add(c.Unique, r.P.T("Never the same twice"))
	add(len(c.Enum) > 0, r.P.T("One of: {values}", i18n.V{"values": strings.Join(c.Enum, ", ")}))
	add(c.Minimum != "", r.P.T("At least {value}", i18n.V{"value": c.Minimum}))
	add(c.Maximum != "", r.P.T("At most {value}", i18n.V{"value": c.Maximum}))
	add(c.Pattern != "", r.P.T("Of the form {pattern}", i18n.V{"pattern": c.Pattern}))
	return all
}

// cell is a value of a table as people read it.
func (r Reader) cell(t tabular.Type, raw string) string {
	switch {
	case raw == "":
		return ""
	case t.Numeric():
		return r.P.Number(raw)
	case t == tabular.Boolean && raw == "true":
		return r.P.T("Yes")
	case t == tabular.Boolean:
		return r.P.T("No")
	}
	return raw
}
