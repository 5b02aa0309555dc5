package app

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

// Explanation is what a service makes of some answers.
type Explanation struct {
	Service     string   `json:"service"`
	Definition  string   `json:"definition"`
	On          string   `json:"on"`
	Ready       bool     `json:"ready"`
	Problems    []string `json:"problems,omitempty"`
	Eligibility []Reason `json:"eligibility,omitempty"`
	Values      []Reason `json:"values,omitempty"`
	Fee         *Reason  `json:"fee,omitempty"`
	State       string   `json:"state,omitempty"`
	Due         string   `json:"due,omitempty"`
	Parts       []Reason `json:"parts,omitempty"`       // of a tax: stretches of days with the same charge
	Instalments []Reason `json:"instalments,omitempty"` // of a tax
}

// Reason is a figure with its reasons.
type Reason struct {
	Title   string   `json:"title"`
	Value   string   `json:"value"`
	Rule    string   `json:"rule,omitempty"`
	Source  string   `json:"source,omitempty"`
	From    string   `json:"from,omitempty"`
	Because []Reason `json:"because,omitempty"`
}

// Explain judges answers (a YAML mapping, written as in a worked example) as of a day.
func Explain(ctx context.Context, files fs.FS, id string, answers []byte, day, language string) (*Explanation, error) {
	j, problems := service.Load(files)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the folder has %d problems, the first: %s", len(problems), problems[0])
	}
	var s *service.Service
	for _, one := range j.Services {
		if one.Service == id {
			s = one
		}
	}
	for _, t := range j.Taxes {
		if t.Tax == id && s == nil {
			return explainTax(ctx, t, answers, language)
		}
	}
	if s == nil {
		return nil, fmt.Errorf("the folder has no service %q", id)
	}
	var given map[string]any
	if err := yaml.Unmarshal(answers, &given); err != nil {
		return nil, fmt.Errorf("reading the answers: %w", err)
	}
	today := j.Calendar.DateOf(time.Now())
	if day != "" {
		var err error
		if today, err = calendar.ParseISO(day); err != nil {
			return nil, fmt.Errorf("reading the day: %w", err)
		}
	}
	situation, typed := process.SituationFrom(s, &service.ExampleFile{Variant: "new", Submitted: today, Answers: given})
	judged, err := process.Judge(ctx, situation, typed)
	if err != nil {
		return nil, err
	}
	if language == "" {
		language = j.File.Languages[0]
	}
	words, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	return explained(ctx, judged, today, words.For(language))
}

func explained(ctx context.Context, j *process.Judgement, today calendar.Date, p *i18n.Printer) (*Explanation, error) {
	s := j.Situation.Service
	x := &Explanation{Service: s.Service, Definition: s.Hash, On: today.String(), Ready: j.Ready()}
	for _, e := range j.Errors {
		x.Problems = append(x.Problems, e.Path+": "+e.Message(p))
	}
	for _, v := range j.Eligibility {
		if v.Holds == nil {
			continue
		}
		r := reason(p, s, v.Why)
		if !*v.Holds {
			x.Problems = append(x.Problems, process.Words(p, s, v.Rule.Otherwise))
		}
		x.Eligibility = append(x.Eligibility, r)
	}
	for _, n := range s.Values {
		if why := j.Value(n.ID); why != nil {
			x.Values = append(x.Values, reason(p, s, why))
		}
	}
	if j.Fee != nil {
		fee := Reason{Title: p.T("Fee"), Value: p.Money(j.Fee.Total.Minor, j.Fee.Total.Currency)}
		for _, item := range j.Fee.Items {
			fee.Because = append(fee.Because, reason(p, s, item.Why))
		}
		x.Fee = &fee
	}
	if !j.Ready() {
		return x, nil
	}
	noon := s.Jurisdiction.Calendar.StartOf(today).Add(12 * time.Hour)
	effects, err := process.Submit(ctx, j, noon)
	if err != nil {
		return nil, err
	}
	facts := process.Facts{Submitted: noon}
	for _, e := range effects {
		facts = facts.Apply(e)
	}
	if process.Waits(s, facts) { // as if the fee were paid at once
		if effects, err = process.Paid(ctx, j, facts, noon); err != nil {
			return nil, err
		}
	}
	for _, e := range effects {
		x.State, x.Due = e.To, ""
		if e.Deadline != nil {
			x.Due = e.Deadline.Date.String()
		}
	}
	return x, nil
}

func reason(p *i18n.Printer, s *service.Service, w *process.Explained) Reason {
	if w == nil {
		return Reason{}
	}
	r := Reason{Title: process.Words(p, s, w.Title), Value: process.Show(p, s, w.Value, w.Type), Rule: w.Rule}
	if r.Title == "" {
		r.Title = w.ID
	}
	if w.Law != nil {
		r.Source = strings.TrimSuffix(w.Law.Title+", "+w.Law.Section, ", ")
	}
	if w.From != nil {
		r.From = w.From.String()
	}
	for _, b := range w.Because() {
		r.Because = append(r.Because, reason(p, s, b))
	}
	return r
}

// Print writes it for people.
func (x *Explanation) Print(w io.Writer) {
	fmt.Fprintf(w, "%s, as of %s (definition %.12s)\n", x.Service, x.On, x.Definition)
	for _, p := range x.Problems {
		fmt.Fprintf(w, "  ! %s\n", p)
	}
	for _, v := range append(x.Eligibility, x.Values...) {
		v.print(w, 1)
	}
	if x.Fee != nil {
		x.Fee.print(w, 1)
	}
	for _, r := range append(x.Parts, x.Instalments...) {
		r.print(w, 1)
	}
	if x.State != "" {
		fmt.Fprintf(w, "  then: %s", x.State)
		if x.Due != "" {
			fmt.Fprintf(w, ", due by %s", x.Due)
		}
		fmt.Fprintln(w)
	}
}

func (r Reason) print(w io.Writer, depth int) {
	fmt.Fprintf(w, "%s%s: %s", strings.Repeat("  ", depth), r.Title, r.Value)
	for _, more := range []struct{ before, text string }{{"  ← ", r.Rule}, {"  § ", r.Source}, {"  since ", r.From}} {
		if more.text != "" {
			fmt.Fprint(w, more.before, more.text)
		}
	}
	fmt.Fprintln(w)
	for _, b := range r.Because {
		b.print(w, depth+1)
	}
}
