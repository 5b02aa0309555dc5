package converse

import (
	"context"
	"slices"

	"stoa/internal/assist"
	"stoa/internal/service"
)

func (h *hearing) wanted(ctx context.Context) (bool, error) {
	if done, err := h.appoint(ctx); done || err != nil {
		return done, err
	}
	switch {
	case h.says(wantsCases):
		h.own(MyCases)
		return true, nil
	case h.says(wantsBills):
		h.own(MyBills)
		return true, nil
	}
	if h.says(wantsContact) && h.contactOf() {
		return true, nil
	}
	for _, want := range []string{wantsFee, wantsEligible, wantsHow, wantsWho, wantsNeeds, wantsTime, wantsAppeal, wantsApply} {
		if !h.says(want) {
			continue
		}
		meant := h.s.meant(h.rest())
		if len(meant) == 0 && (want == wantsEligible || want == wantsHow || want == wantsApply) { // "register" both asks and names
			meant = h.s.meant(h.ws)
		}
		if h.beyond(meant) > mostBeyond {
			clear(h.used)
			continue // it asks for something in particular
		}
		return h.want(ctx, want, meant)
	}
	if h.says(wantsRecord) {
		if done, err := h.record(ctx, true); done || err != nil {
			return done, err
		}
	}
	if len(h.ws) > 0 && len(h.ws) <= 4 && h.says(greets) && h.beyond(nil) == 0 {
		h.a.Kind = Choosing
		h.a.fixed(h.s.p.T("Ask about a service, a fee, a deadline or an office."))
		h.chooseAmong(h.s.things, "")
		return true, nil
	}
	return false, nil
}

func (h *hearing) rest() (list []assist.Word) {
	for i, w := range h.ws {
		if !h.used[i] {
			list = append(list, w)
		}
	}
	return list
}

const mostBeyond = 0.34

func (h *hearing) beyond(meant []meantThing) float64 {
	all, more := 0.0, 0.0
	figures := slices.ContainsFunc(h.ws, func(w assist.Word) bool { return w.Figure }) // then words of the service's own questions say what they are
	for i, w := range h.ws {
		if w.Stop || w.Figure {
			continue
		}
		m := h.s.mass(w)
		all += m
		if h.used[i] || slices.ContainsFunc(meant, func(t meantThing) bool { return t.weight[w.Stem] > 0 || figures && t.asks[w.Stem] }) || h.s.words.months[w.Text] > 0 {
			continue
		}
		more += m
	}
	if all == 0 {
		return 0
	}
	return more / all
}

func (h *hearing) want(ctx context.Context, want string, meant []meantThing) (bool, error) {
	meant = slices.DeleteFunc(meant, func(m meantThing) bool { return !m.called(h.ws) })
	if (len(meant) == 0 || h.in.About != "") && h.st.About != "" {
		if t := h.s.thingOf("service/" + h.st.About); t != nil {
			meant = []meantThing{{t, 1}}
		}
	}
	if len(meant) == 0 {
		meant = h.having(want)
	}
	do := map[string]string{wantsFee: Fee, wantsEligible: Eligible, wantsApply: "apply", wantsHow: "apply"}[want]
	if len(meant) != 1 {
		h.a.Kind = Choosing
		h.a.fixed(h.s.p.T("Which of these do you mean?"))
		list := h.s.things
		if len(meant) > 1 {
			list = nil
			for _, m := range meant {
				list = append(list, m.thing)
			}
		}
		h.chooseAmong(list, do)
		return true, nil
	}
	if t := meant[0].thing; t.tax != nil {
		h.aboutTax(t)
		return true, nil
	}
	s := meant[0].service
	switch want {
	case wantsFee, wantsEligible:
		return true, h.begin(ctx, do, s)
	case wantsApply, wantsHow:
		if h.variant() {
			return true, nil
		}
		h.apply(s, want == wantsHow)
		return true, nil
	}
	return h.part(s, want), nil
}

const mostChoices = 6

func (h *hearing) chooseAmong(list []*thing, do string) {
	for _, t := range list[:min(len(list), mostChoices)] {
		c := Choice{Label: t.title, Say: h.in.Text, Do: do}
		if t.service != nil {
			c.About = t.service.Service
		} else {
			c.URL = "/taxes/" + t.tax.Tax
		}
		h.a.Choices = append(h.a.Choices, c)
	}
}

func (h *hearing) apply(s *service.Service, how bool) {
	h.st.Task = nil
	h.a.Kind, h.a.Service = Answered, s.Service
	parts := []string{"about", "who"}
	if how {
		parts = []string{"about", "channels"}
	}
	for _, part := range parts {
		h.cite("service/" + s.Service + "#" + part)
	}
	h.a.Do = append(h.a.Do, "apply", "form")
}

func (h *hearing) aboutTax(t *thing) {
	h.st.Task = nil
	h.a.Kind, h.a.Tax = Answered, t.tax.Tax
	h.cite("tax/" + t.tax.Tax + "#about")
	h.a.Do = append(h.a.Do, "estimate")
}

func (h *hearing) own(what string) {
	h.st.Task = nil
	h.a.Kind, h.a.Own = Mine, what
}
