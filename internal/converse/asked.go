package converse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

// RunAsked asks the worked questions of every service, in every language, as of the day of the latest worked example, and
// returns where they do not come true.
func RunAsked(ctx context.Context, j *service.Jurisdiction) (problems service.Problems) {
	var day calendar.Date
	asked := false
	for _, s := range j.Services {
		asked = asked || len(s.Asked) > 0
		for _, e := range s.Examples {
			if e.Submitted.After(day) {
				day = e.Submitted
			}
		}
	}
	for _, a := range j.Appointments {
		asked = asked || len(a.Asked) > 0
	}
	if !asked {
		return nil
	}
	l, err := New(j, day)
	if err != nil {
		return service.Problems{{Pos: j.File.Pos, What: err.Error()}}
	}
	for _, s := range j.Services {
		for i := range s.Asked {
			for _, lang := range j.File.Languages {
				r := askedRun{l: l, s: s, a: &s.Asked[i], lang: lang}
				r.run(ctx)
				problems = append(problems, r.problems...)
			}
		}
	}
	for _, a := range j.Appointments {
		for i := range a.Asked {
			for _, lang := range j.File.Languages {
				if what := l.askAppointment(ctx, a, &a.Asked[i], lang); what != "" {
					problems = append(problems, service.Problem{Pos: a.Asked[i].Pos, What: fmt.Sprintf("the question %q does not come true: %s", a.Asked[i].Ask.By[lang], what)})
				}
			}
		}
	}
	return problems
}

// askAppointment is a worked question about an appointment in one language; "" where it comes true. No time is known to be free:
// that one is asked for is what is looked at.
func (l *Library) askAppointment(ctx context.Context, a *service.Appointment, q *service.AppointmentAskedFile, lang string) string {
	var st State
	got, err := l.Say(ctx, World{}, &st, Said{Text: q.Ask.By[lang], Page: lang})
	switch b := st.Booking; {
	case err != nil:
		return err.Error()
	case q.Quotes != "":
		want := appointmentDocument(a) + "#" + q.Quotes
		if q.For != "" {
			want += "/" + q.For
		}
		if !slices.ContainsFunc(got.Sources, func(s Source) bool { return s.ID == want || strings.HasPrefix(s.ID, want+"/") }) {
			return "it must quote " + want + ", but " + told(got)
		}
	case b == nil || b.Kind != a.Appointment:
		return "it must be about " + a.Appointment + ", but " + told(got)
	case b.For != q.For:
		return fmt.Sprintf("it must be for %q, but is for %q", q.For, b.For)
	case b.Asking != q.Asks:
		return "it must ask for " + q.Asks + ", but asks for " + b.Asking
	}
	return ""
}

// askedRun is one worked question in one language.
type askedRun struct {
	l        *Library
	s        *service.Service
	a        *service.AskedFile
	lang     string
	problems service.Problems
}

func (r *askedRun) fail(fix, what string, args ...any) {
	r.problems = append(r.problems, service.Problem{Pos: r.a.Pos, What: fmt.Sprintf("the question %q does not come true: ", r.a.Ask.By[r.lang]) + fmt.Sprintf(what, args...), Fix: fix})
}

func (r *askedRun) run(ctx context.Context) {
	var st State
	situation, given := process.SituationFrom(r.s, &service.ExampleFile{Variant: "new", Submitted: r.l.day, Answers: r.a.Answers})
	w := World{Live: func(s *service.Service) process.Situation {
		if s == r.s {
			return situation
		}
		return process.Situation{Service: s, Variant: "new", Today: r.l.day}
	}}
	if after := r.a.After.By[r.lang]; after != "" {
		if _, err := r.l.Say(ctx, w, &st, Said{Text: after, Page: r.lang}); err != nil {
			r.fail("", "%v", err)
			return
		}
	}
	got, err := r.l.Say(ctx, w, &st, Said{Text: r.a.Ask.By[r.lang], Page: r.lang})
	for n := 0; err == nil && got.Kind == Asking && r.a.Asks == "" && n < 50; n++ {
		q := topQuestion(r.s, got.Question.ID)
		if got.Service != r.s.Service || q == nil || !touched(given, q) {
			r.fail("give the answer under answers:", "it asks for %q, which is not answered", got.Question.ID)
			return
		}
		form := map[string][]string{}
		for _, f := range process.Fields(q) {
			form[f] = given.Fields[f]
		}
		got, err = r.l.Say(ctx, w, &st, Said{Form: form, Page: r.lang})
	}
	if err != nil {
		r.fail("", "%v", err)
		return
	}
	r.judge(got)
}

func (r *askedRun) judge(got Answer) {
	switch {
	case r.a.Quotes != "":
		want := "service/" + r.s.Service + "#" + r.a.Quotes
		if !slices.ContainsFunc(got.Sources, func(s Source) bool { return s.ID == want || strings.HasPrefix(s.ID, want+"/") }) {
			r.fail("", "it must quote %s, but %s", want, told(got))
		}
	case r.a.Fee != nil:
		p := r.l.shelf(r.lang).p
		amount := process.Show(p, r.s, *r.a.Fee, "money")
		line := p.T("The fee is {amount}.", i18n.V{"amount": amount})
		if r.a.Fee.Sign() == 0 {
			line = p.T("There is no fee.")
		}
		if len(r.s.Fee) == 0 {
			line = p.T("This service is free.")
		}
		if !slices.ContainsFunc(got.Sentences, func(s Sentence) bool { return s.Kind == Computed && s.Text == line }) {
			r.fail("", "the fee must be %s, but %s", amount, told(got))
		}
	case r.a.Eligible != nil:
		says := slices.ContainsFunc(got.Sentences, func(s Sentence) bool {
			return s.Kind == Computed && s.Text == r.l.shelf(r.lang).p.T("You can use this service, as far as these answers tell.")
		})
		if got.Kind != Reckoned || says != *r.a.Eligible {
			r.fail("", "that somebody can use the service must be %t, but %s", *r.a.Eligible, told(got))
		}
	case r.a.Asks != "":
		if got.Kind != Asking || got.Question.ID != r.a.Asks || got.Service != r.s.Service {
			r.fail("", "it must ask for %s, but %s", r.a.Asks, told(got))
		}
	case len(r.a.Between) > 0:
		for _, id := range r.a.Between {
			if got.Kind != Choosing || !slices.ContainsFunc(got.Choices, func(c Choice) bool { return c.About == id }) {
				r.fail("", "it must ask whether %s is meant, but %s", id, told(got))
			}
		}
	case r.a.Unknown:
		if got.Kind != Unknown {
			r.fail("", "it must say that it does not know, but %s", told(got))
		}
	case r.a.HandOff != "":
		if got.Kind != HandedOff || got.On != r.a.HandOff {
			r.fail("", "it must hand off on %s, but %s", r.a.HandOff, told(got))
		}
	}
	if src, ok := r.s.Law[r.a.Law]; ok && !slices.ContainsFunc(got.Sources, func(s Source) bool { return s.Law == lawOf(src) }) {
		r.fail("", "it must cite %s, but %s", lawOf(src).Text, told(got))
	}
}

// told is an answer in a line, for whoever wrote the question.
func told(a Answer) string {
	switch a.Kind {
	case Unknown:
		return "it says that it does not know"
	case Asking:
		return "it asks for " + a.Question.ID + " of " + a.Service
	case Choosing:
		var list []string
		for _, c := range a.Choices {
			list = append(list, c.Label)
		}
		return "it asks which is meant: " + strings.Join(list, ", ")
	case Mine:
		return "it tells about the asker's own " + a.Own
	case HandedOff:
		return "it hands off on " + a.On
	}
	var list []string
	for _, s := range a.Sources {
		one := s.ID
		if s.Law.Text != "" {
			one += " (" + s.Law.Text + ")"
		}
		list = append(list, one)
	}
	said := ""
	if len(a.Sentences) > 0 {
		said = a.Sentences[0].Text
	}
	return fmt.Sprintf("it says %q from %s", said, strings.Join(list, ", "))
}
