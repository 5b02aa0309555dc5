package converse

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

// all writes the whole jurisdiction.
func (w *writer) all() {
	for _, s := range w.l.place.Services {
		w.ofService(s)
	}
	for _, t := range w.l.place.Taxes {
		w.ofTax(t)
	}
	for _, a := range w.l.place.Appointments {
		w.ofAppointment(a)
	}
	w.ofPlace()
}

// ofAppointment is where to come, when it is open and what to bring.
func (w *writer) ofAppointment(a *service.Appointment) {
	p := w.s.p
	w.begin(appointmentDocument(a), w.T(a.Title), "/appointments/"+a.Appointment, w.l.place.Hash)
	law := func(id string) *service.SourceFile {
		if src, ok := a.Law[id]; ok {
			return &src
		}
		return nil
	}
	lines := func(list []service.Text) (all []string) {
		for _, t := range list {
			all = append(all, w.T(t))
		}
		return all
	}
	w.also = a.Keywords[w.s.lang]
	w.quote("about", "", p.T("At a glance"), nil, w.T(a.Summary))
	w.also = nil
	w.quote("place", "", p.T("Where to come"), nil, lines(a.Place)...)
	for _, x := range a.For {
		w.quote("bring", x.ID, joined(p.T("What to bring"), w.T(x.Title)), law(x.Law), lines(a.Brings(x.ID))...)
	}
}

func (w *writer) ofService(s *service.Service) {
	w.begin("service/"+s.Service, w.T(s.Title), "/services/"+s.Service, s.Hash)
	w.service, w.rules, w.also = s.Service, s, s.Keywords[w.s.lang]
	p := w.s.p
	w.quote("about", "", p.T("At a glance"), nil, w.T(s.Summary))
	w.also = nil // everyday words lead to what it is, not to every part of it
	w.quote("who", "", p.T("Who can use it"), nil, w.T(s.Who))
	for i, n := range s.Needs {
		w.quote("needs", strconv.Itoa(i+1), joined(p.T("What you need"), w.T(n.Title)), w.law(n.Law), w.T(n.Title), w.T(n.Evidence))
	}
	w.fee(s)
	w.figures(s)
	w.steps(s)
	w.rulesOf(s)
	w.questions(s)
	w.letters(s)
	for _, v := range s.Variants {
		w.quote("variants", v.ID, w.T(v.Title), w.law(v.Law), w.T(v.Title), w.T(v.Summary))
	}
	w.privacy(s)
	w.ways(s)
	if s.Issue != nil {
		w.quote("results", "", p.T("What you get"), nil, w.T(s.Issue.Title))
	}
	w.decisions(s)
	w.contact(s.Organisation, p.T("Who to ask"))
}

func joined(parts ...string) string { return strings.Join(parts, " / ") }

// fee is what is known of the cost before anything is asked.
func (w *writer) fee(s *service.Service) {
	p := w.s.p
	if len(s.Fee) == 0 {
		w.compute("fee", "", p.T("What it costs"), nil, p.T("This service is free."))
		return
	}
	j, err := process.Judge(context.Background(), process.Situation{Service: s, Variant: "new", Today: w.l.day}, process.Typed{})
	for _, f := range s.Fee {
		amount := p.T("Depends on your answers")
		if err == nil && j.Fee != nil {
			if amount = ""; slices.ContainsFunc(j.Fee.Items, func(x process.FeeItem) bool { return x.Fee == f }) {
				amount = process.Show(p, s, j.Fee.Items[slices.IndexFunc(j.Fee.Items, func(x process.FeeItem) bool { return x.Fee == f })].Amount, "money")
			}
		}
		if amount != "" {
			w.compute("fee", f.ID, joined(p.T("What it costs"), w.T(f.Title)), w.law(f.Law), p.T("{label}: {value}", i18n.V{"label": w.T(f.Title), "value": amount}))
		}
	}
}

// steps are what happens after somebody applied.
func (w *writer) steps(s *service.Service) {
	p := w.s.p
	for _, file := range s.Case.States {
		st := s.States[file.ID]
		if st == nil {
			continue
		}
		var law *service.SourceFile
		if st.Deadline != nil {
			law = w.law(st.Deadline.Law)
		}
		w.quote("steps", st.ID, joined(p.T("What happens after you apply"), w.T(st.Title)), law, w.T(st.Tell))
		if st.Deadline == nil {
			continue
		}
		if time := w.period(st.Deadline.DeadlineFile); time != "" {
			w.compute("steps", st.ID+"/time", joined(p.T("How long it takes"), w.T(st.Title)), law, p.T("{label}: {value}", i18n.V{"label": w.T(st.Title), "value": time}))
		}
	}
	if std := s.ServiceFile.Standard; std != nil {
		w.compute("standard", "", p.T("How long it takes"), w.law(std.Law),
			p.N("Our promise: {share}% are decided within {n} working day.", "Our promise: {share}% are decided within {n} working days.", std.WorkingDays, i18n.V{"share": std.Share}))
	}
}

// rulesOf are conditions and checks, in the words in which they refuse.
func (w *writer) rulesOf(s *service.Service) {
	p := w.s.p
	for i, e := range s.Eligibility {
		w.quote("eligibility", strconv.Itoa(i+1), p.T("Who can use it"), w.law(e.Law), w.T(e.Otherwise))
	}
	for _, q := range s.Questions {
		for i, c := range q.Checks {
			w.quote("eligibility", q.Path+"/"+strconv.Itoa(i+1), joined(p.T("Who can use it"), w.T(q.Ask)), w.law(c.Law), w.T(c.Say))
		}
	}
}

// questions are those that say more than their words.
func (w *writer) questions(s *service.Service) {
	for _, page := range s.Pages {
		if intro := w.T(page.File.Intro); intro != "" {
			w.quote("questions", page.File.Page, w.T(page.File.Title), nil, intro)
		}
	}
	for _, q := range s.Questions {
		help := w.T(q.Help)
		if help == "" || strings.Count(help, " ") < 4 {
			continue
		}
		w.quote("questions", q.Path, joined(w.T(q.Page.File.Title), w.T(q.Ask)), nil, w.T(q.Ask), help)
	}
}

// letters are the parts of letters that are the same for everybody.
func (w *writer) letters(s *service.Service) {
	said := map[string]bool{}
	for _, id := range sortedKeys(s.Letters) {
		letter := s.Letters[id]
		for i, b := range letter.Blocks {
			t := w.T(b.LetterBlockFile.Text)
			if t == "" || b.When != nil || strings.Contains(t, "{{") || strings.Count(t, " ") < 4 || said[t] {
				continue
			}
			said[t] = true
			w.quote("letters", id+"/"+strconv.Itoa(i+1), joined(w.T(letter.Title), w.T(b.LetterBlockFile.Heading)), nil, t)
		}
	}
}

// decisions are how to appeal, and the reasons for which something is refused.
func (w *writer) decisions(s *service.Service) {
	said := map[string]bool{}
	for _, a := range s.Actions {
		if t := w.T(a.Appeal); t != "" && !said[t] {
			said[t] = true
			w.quote("decisions", a.ID+"/appeal", w.s.p.T("How to appeal"), w.law(a.Law), t)
		}
		if a.Outcome != "refused" {
			continue
		}
		for _, c := range a.Standard {
			w.quote("decisions", a.ID+"/"+c.ID, w.T(a.Title), w.law(c.Law), w.T(c.Text))
		}
	}
}

func (w *writer) privacy(s *service.Service) {
	for _, id := range sortedKeys(s.Privacy) {
		x := s.Privacy[id]
		w.quote("privacy", id, w.s.p.T("What we do with your personal data"), w.law(x.Basis), w.T(x.Purpose))
	}
}

func (w *writer) ways(s *service.Service) {
	p := w.s.p
	var list []string
	for _, c := range s.Channels {
		switch c {
		case "web":
			list = append(list, p.T("Online, on this site"))
		case "desk":
			list = append(list, p.T("At our office"))
		case "paper":
			list = append(list, p.T("By post"))
		default:
			list = append(list, p.T("By telephone"))
		}
	}
	if len(list) > 0 {
		w.compute("channels", "", p.T("Ways to apply"), nil, p.T("{label}: {value}", i18n.V{"label": p.T("Ways to apply"), "value": p.List(list)}))
	}
}
