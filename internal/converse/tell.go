package converse

import (
	"slices"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

func (h *hearing) taken(s *service.Service, t *Task, j *process.Judgement) (list []Taken) {
	for _, q := range t.needed(s) {
		answer := j.Answers[q.ID]
		if answer == nil || !touched(t.Typed, q) {
			continue
		}
		label := q.Short.By[h.s.lang]
		if label == "" {
			label = q.Ask.By[h.s.lang]
		}
		list = append(list, Taken{ID: q.ID, Label: label, Value: strings.Join(process.ShowAnswer(h.s.p, s, q, answer), ", "), Assumed: slices.Contains(t.Assumed, q.ID)})
	}
	return list
}

func (h *hearing) refused(j *process.Judgement) bool {
	return slices.ContainsFunc(j.Eligibility, func(v process.Verdict) bool { return v.Rule.Early && v.Holds != nil && !*v.Holds })
}

func (h *hearing) tellEligible(s *service.Service, j *process.Judgement) {
	h.a.Kind = Reckoned
	early := false
	for i, v := range j.Eligibility {
		early = early || v.Rule.Early
		if v.Rule.Early && v.Holds != nil && !*v.Holds {
			p := h.s.byID["service/"+s.Service+"#eligibility/"+itoa(i+1)]
			if p != nil {
				h.a.say(Quoted, p.pieces[0], h.a.source(p.Source))
			}
		}
	}
	if len(h.a.Sentences) > 0 {
		return
	}
	if !early {
		h.a.Kind = Answered
		h.cite("service/" + s.Service + "#who")
		return
	}
	at := h.a.source(Source{ID: "service/" + s.Service + "#eligibility", Title: s.Title.By[h.s.lang], Part: h.s.p.T("Who can use it"), URL: "/services/" + s.Service, Version: s.Hash, Law: h.law(s, j.Eligibility[0].Rule.Law)})
	h.a.say(Computed, h.s.p.T("You can use this service, as far as these answers tell."), at)
	h.cite("service/" + s.Service + "#who")
}

func (h *hearing) law(s *service.Service, id string) Law {
	if src, ok := s.Law[id]; ok {
		return lawOf(src)
	}
	return Law{}
}

func (h *hearing) tellFee(s *service.Service, j *process.Judgement) {
	p := h.s.p
	h.a.Kind = Reckoned
	total := j.Fee.Total
	item := func(f process.FeeItem) Source {
		return Source{ID: "service/" + s.Service + "#fee/" + f.Fee.ID, Title: s.Title.By[h.s.lang], Part: f.Fee.Title.By[h.s.lang], URL: "/services/" + s.Service,
			Version: s.Hash, Law: h.law(s, f.Fee.Law)}
	}
	base := Source{ID: "service/" + s.Service + "#fee", Title: s.Title.By[h.s.lang], Part: p.T("What it costs"), URL: "/services/" + s.Service, Version: s.Hash}
	if len(j.Fee.Items) > 0 {
		base = item(j.Fee.Items[0])
	}
	at := h.a.source(base)
	if total.Minor == 0 {
		h.a.say(Computed, p.T("There is no fee."), at)
	} else {
		h.a.say(Computed, p.T("The fee is {amount}.", i18n.V{"amount": p.Money(total.Minor, total.Currency)}), at)
	}
	if len(j.Fee.Items) > 1 {
		for _, f := range j.Fee.Items {
			h.reason(p.T("{label}: {value}", i18n.V{"label": f.Fee.Title.By[h.s.lang], "value": p.Money(f.Amount.Minor, f.Amount.Currency)}), item(f))
		}
	}
	said := map[string]bool{}
	for _, f := range j.Fee.Items {
		h.because(s, f.Why, said, 0)
	}
}

func (h *hearing) because(s *service.Service, x *process.Explained, said map[string]bool, depth int) {
	if x == nil || depth > 4 || len(said) >= 5 {
		return
	}
	for _, b := range x.Because() {
		title := b.Title.By[h.s.lang]
		shown := process.Show(h.s.p, s, b.Value, b.Type)
		if b.Value == false {
			continue // what is not the case explains little
		}
		if title != "" && shown != "" && (b.Kind == "param" || b.Kind == "value" || b.Kind == "table") && !said[title] {
			src := Source{ID: "service/" + s.Service + "#figures/" + b.ID, Title: s.Title.By[h.s.lang], Part: title, URL: "/services/" + s.Service, Version: s.Hash}
			if b.Law != nil {
				src.Law = lawOf(*b.Law)
			}
			if b.From != nil {
				src.Since = h.s.p.DateOf(day{*b.From})
			}
			said[title] = h.reason(h.s.p.T("{label}: {value}", i18n.V{"label": title, "value": shown}), src)
		}
		h.because(s, b, said, depth+1)
	}
}

func (h *hearing) reason(line string, src Source) bool {
	for i, known := range h.a.Sources {
		if known.Law == src.Law && known.Law.Text != "" {
			h.a.say(Computed, line, i)
			return true
		}
	}
	if len(h.a.Sources) >= mostSources {
		return false
	}
	h.a.say(Computed, line, h.a.source(src))
	return true
}
