package desk

import (
	"net/http"
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// absencePage is /desk/absence: when the reader is away, and who stands in.
type absencePage struct {
	view.AbsencePage
	P        *i18n.Printer
	Key      func() page.FormKey
	Done     page.Component
	Values   map[string]string // of the date fields
	Chosen   string
	Problems problems
}

func (d *Desk) absence(w http.ResponseWriter, r *web.Request) error {
	p := absencePage{P: r.P, Key: r.NewKey, Done: done(r)}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		in := flow.SetAbsence{}
		how := "ended"
		if r.Field("do") != "end" {
			in, how = readAbsence(r), "saved"
			if in.From.IsZero() && in.Until.IsZero() { // both zero would end the absence
				in.Until = calendar.MustDate("0001-01-01")
			}
		}
		err := d.Flow.SetAbsence(r.Context(), r.Actor, in)
		if err == nil {
			return r.Redirect(w, "/desk/absence?done="+how)
		}
		ours := false
		if p.Problems, ours = wrong(r, err, "substitute"); !ours {
			return err
		}
		p.Values, p.Chosen = typedDates(r), r.Field("substitute")
	}
	var err error
	if p.AbsencePage, err = d.View.Absence(r.Context(), reader(r)); err != nil {
		return err
	}
	return d.show(w, r, areaAbsence, web.Page{Title: r.T("Absence"), Failed: p.Problems.any(), Content: absence(p)})
}

var dateFields = []string{"from-day", "from-month", "from-year", "until-day", "until-month", "until-year"}

func typedDates(r *web.Request) map[string]string {
	typed := map[string]string{}
	for _, f := range dateFields {
		typed[f] = r.Field(f)
	}
	return typed
}

// readAbsence reads the form; a date that is none is the zero date, which flow refuses.
func readAbsence(r *web.Request) flow.SetAbsence {
	return flow.SetAbsence{From: readDate(r, "from"), Until: readDate(r, "until"), Substitute: r.Field("substitute")}
}

func readDate(r *web.Request, name string) calendar.Date {
	var n [3]int
	for i, part := range []string{"-year", "-month", "-day"} {
		v, err := strconv.Atoi(r.Field(name + part))
		if err != nil {
			return calendar.Date{}
		}
		n[i] = v
	}
	text := strconv.Itoa(n[0]) + "-" + two(n[1]) + "-" + two(n[2])
	date, err := calendar.ParseISO(text)
	if err != nil {
		return calendar.Date{}
	}
	return date
}

func two(n int) string {
	if n >= 0 && n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func (p absencePage) dateInput(name, label string) page.DateInput {
	return page.DateInput{ID: name, NamePrefix: name, Values: p.Values, ErrorMessage: p.Problems.at(name),
		Fieldset: page.Fieldset{Legend: page.Legend{Text: label, Classes: "govuk-fieldset__legend--s"}}}
}

func (p absencePage) substitutes() page.Select {
	items := append([]page.Option{{Text: p.P.T("Choose somebody")}}, options(p.Choices)...)
	return page.Select{Name: "substitute", Label: page.Label{Text: p.P.T("Who stands in"), Classes: "govuk-label--s"}, Items: items, Value: p.Chosen,
		Hint: page.Hint{Text: p.P.T("They see your cases among their own and may act on them.")}, ErrorMessage: p.Problems.at("substitute")}
}
