package view

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Why is a result with its reasons, for the reader: value ← rule ← figure and its source ← answers.
type Why struct {
	Title, Value string
	Law          Law
	Since        string // for a figure: in force since
	Because      []*Why
}

// why turns the engine's explanation into words. Records, which have no words of their own, are left
// out; what they rest on is not.
func (r Reader) why(s *service.Service, j *process.Judgement, x *process.Explained) *Why {
	return r.whyWith(s, j, x, func(*process.Explained, *Why) {})
}

// whyWith is why; add says more of each thing that was looked at.
func (r Reader) whyWith(s *service.Service, j *process.Judgement, x *process.Explained, add func(*process.Explained, *Why)) *Why {
	if x == nil {
		return nil
	}
	w := &Why{Title: r.words(s.Jurisdiction, x.Title), Value: r.reasonValue(s, j, x)}
	if x.Law != nil {
		w.Law = lawOf(*x.Law)
	}
	if x.From != nil {
		w.Since = r.P.T("in force since {date}", i18n.V{"date": r.date(*x.From)})
	}
	switch x.Kind {
	case "given":
		w.Title = r.given(j, x.ID)
	case "answer":
		r.partOfRecord(s, x, w)
	}
	add(x, w)
	for _, b := range x.Because() {
		below := r.whyWith(s, j, b, add)
		if b.Kind == "answer" && below.Value == "" {
			continue // looked at, but not answered
		}
		if below.Title != "" {
			w.Because = append(w.Because, below)
		} else {
			w.Because = append(w.Because, below.Because...)
		}
	}
	return w
}

// partOfRecord names a field of a record that was chosen: "Rateable value", not "Place".
func (r Reader) partOfRecord(s *service.Service, x *process.Explained, w *Why) {
	path := process.Definition(x.ID)
	dot := strings.LastIndexByte(path, '.')
	if dot < 0 {
		return
	}
	q := questionAt(s, path[:dot])
	if q == nil || q.Type != "lookup" || s.Jurisdiction.Registers[q.Register] == nil {
		return
	}
	for _, f := range s.Jurisdiction.Registers[q.Register].Fields {
		if f.ID == path[dot+1:] {
			w.Title, w.Value = r.words(s.Jurisdiction, f.Title), process.Show(r.P, s, x.Value, f.Type)
		}
	}
}

func (r Reader) reasonValue(s *service.Service, j *process.Judgement, x *process.Explained) string {
	if _, isRecord := x.Value.(map[string]rule.Value); isRecord && x.Kind != "answer" {
		return ""
	}
	if x.Kind == "answer" {
		if q := questionAt(s, process.Definition(x.ID)); q != nil && q.Parent == nil && q.Path == x.ID {
			return strings.Join(process.ShowAnswer(r.P, s, q, j.Answers[q.ID]), ", ")
		}
	}
	return process.Show(r.P, s, x.Value, x.Type)
}

// given names what every rule may look at.
func (r Reader) given(j *process.Judgement, id string) string {
	_, taxed := j.Situation.Given["period_begins"]
	switch id {
	case "today", "submitted":
		if taxed {
			return r.P.T("First of these days")
		}
		return r.P.T("Day of the application")
	case "period_begins":
		return r.P.T("First day of the period")
	case "period_ends":
		return r.P.T("Last day of the period")
	case "liable_from":
		return r.P.T("First day for which you pay")
	case "liable_until":
		return r.P.T("Last day for which you pay")
	}
	return ""
}

func questionAt(s *service.Service, path string) *service.Question {
	i := slices.IndexFunc(s.Questions, func(q *service.Question) bool { return q.Path == path })
	if i < 0 {
		return nil
	}
	return s.Questions[i]
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// showField is a register field's text for the reader.
func (r Reader) showField(j *service.Jurisdiction, f service.RegisterField, text string) string {
	if c := f.Choice(text); c != nil {
		return r.words(j, c.Label)
	}
	v, err := fieldValue(f.Type, text)
	if err != nil {
		return text
	}
	if d, ok := v.(calendar.Date); ok {
		return r.date(d)
	}
	return process.Show(r.P, &service.Service{Jurisdiction: j}, v, f.Type)
}
