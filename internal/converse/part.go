package converse

import (
	"slices"
	"strings"

	"stoa/internal/assist"
	"stoa/internal/service"
)

// part quotes the part of a service's file that is asked for; false where it has none.
func (h *hearing) part(s *service.Service, want string) bool {
	base := "service/" + s.Service + "#"
	for _, p := range h.s.passages {
		id, of := strings.CutPrefix(p.ID, base)
		if !of || len(h.a.Sources) >= mostSources {
			continue
		}
		is := false
		switch want {
		case wantsWho, wantsNeeds:
			is = p.part == want
		case wantsTime:
			is = p.part == "standard" || p.part == "steps" && strings.HasSuffix(id, "/time")
		case wantsAppeal:
			is = strings.HasSuffix(id, "/appeal")
		}
		if is {
			h.cite(p.ID)
		}
	}
	if len(h.a.Sentences) == 0 {
		return false
	}
	h.st.Task = nil
	h.a.Kind, h.a.Service = Answered, s.Service
	h.a.Do = append(h.a.Do, "service")
	return true
}

// contactOf tells how to reach the organisation that is named, that of the service talked about, or the jurisdiction.
func (h *hearing) contactOf() bool {
	organisation := ""
	for _, o := range h.l.place.File.Organisations {
		if !h.s.names(o.Name.By[h.s.lang], h.ws) {
			continue
		}
		organisation = o.ID
		for _, x := range assist.Words(h.s.lang, o.Name.By[h.s.lang]) {
			for i, w := range h.ws {
				h.used[i] = h.used[i] || x.Stem == w.Stem
			}
		}
	}
	meant := h.s.meant(h.rest())
	if h.beyond(meant) > mostBeyond {
		clear(h.used)
		return false
	}
	if s := h.l.service(h.st.About); organisation == "" && len(meant) == 1 && meant[0].service != nil {
		organisation = meant[0].service.Organisation
	} else if organisation == "" && s != nil {
		organisation = s.Organisation
	}
	h.st.Task = nil
	h.a.Kind = Answered
	h.contact(organisation)
	return true
}

// bare answers a question that names one thing and says nothing else, or asks which of several.
func (h *hearing) bare() bool {
	meant := h.s.meant(h.ws)
	if len(meant) == 0 || slices.ContainsFunc(h.used, func(u bool) bool { return u }) {
		return false
	}
	for _, w := range h.ws {
		if !w.Stop && !slices.ContainsFunc(meant, func(t meantThing) bool { return t.weight[w.Stem] >= strongName }) {
			return false
		}
	}
	return h.oneOf(meant)
}

// strongName is the weight of words by which a thing is called.
const strongName = 1.7

func (h *hearing) oneOf(meant []meantThing) bool {
	if s := h.l.service(h.in.About); s != nil {
		h.apply(s, false)
		return true
	}
	switch {
	case len(meant) > 1:
		h.a.Kind = Choosing
		h.a.fixed(h.s.p.T("Which of these do you mean?"))
		var list []*thing
		for _, m := range meant {
			list = append(list, m.thing)
		}
		h.chooseAmong(list, "")
	case meant[0].tax != nil:
		h.aboutTax(meant[0].thing)
	default:
		h.apply(meant[0].service, false)
	}
	return true
}

// mostStrange is how much of a question may say nothing that is published, where at least what it is about can be told.
const mostStrange = 0.6

// about is the last resort before not knowing: what the question names, without an answer to what it asks.
func (h *hearing) about() bool {
	meant := h.s.meant(h.ws)
	if len(meant) == 0 || meant[0].score < 2*leastName || h.beyond(meant) > mostStrange {
		return false
	}
	return h.oneOf(meant)
}

// having are the things that can be meant where none is named: those of whose file the part is asked for. All, where it is no part.
func (h *hearing) having(want string) (list []meantThing) {
	part := map[string]string{wantsAppeal: "/appeal", wantsNeeds: "#needs/", wantsWho: "#who"}[want]
	if part == "" {
		return nil
	}
	for _, t := range h.s.things {
		if slices.ContainsFunc(h.s.passages, func(p *passage) bool { return strings.HasPrefix(p.ID, t.id()+"#") && strings.Contains(p.ID, part) }) {
			list = append(list, meantThing{t, 1})
		}
	}
	return list
}

// variant tells of a later step on what was issued, where the question names it whole.
func (h *hearing) variant() bool {
	for _, t := range h.s.things {
		if t.service == nil {
			continue
		}
		for _, v := range t.service.Variants {
			if !h.s.names(v.Title.By[h.s.lang], h.ws) || h.s.words.says(wantsFee, h.ws, nil) {
				continue
			}
			h.st.Task = nil
			h.a.Kind, h.a.Service = Answered, t.service.Service
			h.cite("service/" + t.service.Service + "#variants/" + v.ID)
			return true
		}
	}
	return false
}
