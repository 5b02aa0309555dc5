package converse

import (
	"context"
	"slices"

	"stoa/internal/assist"
	"stoa/internal/process"
	"stoa/internal/service"
)

func (h *hearing) take(ctx context.Context, s *service.Service, t *Task, j *process.Judgement) error {
	for _, q := range t.needed(s) {
		if touched(t.Typed, q) {
			continue
		}
		fields := h.saidOf(q, t.needed(s))
		if fields == nil {
			continue
		}
		before := t.Typed.Clone()
		for name, values := range fields {
			t.Typed.Set(name, values...)
		}
		judged, err := process.Judge(ctx, h.l.situation(h.w, s), t.Typed)
		if err != nil {
			return err
		}
		if judged.Asked(q.ID) {
			continue
		}
		ok, err := h.assume(ctx, s, t, q)
		if err != nil {
			return err
		}
		if !ok {
			t.Typed = before
		}
	}
	return nil
}

func touched(typed process.Typed, q *service.Question) bool {
	for _, f := range process.Fields(q) {
		if len(typed.Fields[f]) > 0 {
			return true
		}
	}
	return len(typed.Groups[q.ID]) > 0
}

func (h *hearing) saidOf(q *service.Question, all []*service.Question) map[string][]string {
	switch q.Type {
	case "number", "money":
		if n, ok := h.figureOf(q, all); ok {
			return map[string][]string{q.ID: {n}}
		}
	case "one_of", "many_of":
		var list []string
		for _, o := range q.Options {
			if h.s.names(o.Label.By[h.s.lang], h.ws) {
				list = append(list, o.Value)
			}
		}
		if len(list) == 1 || len(list) > 1 && q.Type == "many_of" {
			return map[string][]string{q.ID: list}
		}
	case "date":
		dates := 0
		for _, other := range all {
			if other.Type == "date" {
				dates++
			}
		}
		if dates == 1 {
			if f, ok := dateFields(q.ID, h.s.dates(h.in.Text, h.l.day)); ok {
				return f
			}
		}
	}
	return nil
}

func (h *hearing) figureOf(q *service.Question, all []*service.Question) (string, bool) {
	best, most, twice := "", 0, false
	for _, n := range numbers(h.in.Text) {
		shared := h.beside(q, n)
		for _, other := range all {
			if other != q && (other.Type == "number" || other.Type == "money") && h.beside(other, n) > shared {
				shared = 0
			}
		}
		switch {
		case shared > most:
			best, most, twice = n.text, shared, false
		case shared == most && shared > 0:
			twice = true
		}
	}
	return best, most > 0 && !twice
}

func (h *hearing) beside(q *service.Question, n number) (shared int) {
	at := slices.IndexFunc(h.ws, func(w assist.Word) bool { return w.Start >= n.start })
	if at < 0 {
		return 0
	}
	near := h.ws[max(0, at-5):min(len(h.ws), at+6)]
	label := q.Short.By[h.s.lang]
	if label == "" {
		label = q.Ask.By[h.s.lang]
	}
	for _, w := range assist.Words(h.s.lang, label+" "+q.Unit.By[h.s.lang]) {
		if !w.Stop && slices.ContainsFunc(near, func(x assist.Word) bool { return x.Stem == w.Stem }) {
			shared++
		}
	}
	return shared
}

const mostTries = 40

func (h *hearing) assume(ctx context.Context, s *service.Service, t *Task, target *service.Question) (bool, error) {
	tries := 0
	var try func(typed process.Typed, assumed []string, depth int) (bool, error)
	try = func(typed process.Typed, assumed []string, depth int) (bool, error) {
		j, err := process.Judge(ctx, h.l.situation(h.w, s), typed)
		if err != nil {
			return false, err
		}
		if j.Asked(target.ID) {
			t.Typed, t.Assumed = typed, assumed
			return true, nil
		}
		if depth == 0 {
			return false, nil
		}
		for _, q := range t.needed(s) {
			if q == target || touched(typed, q) || !j.Asked(q.ID) {
				continue
			}
			for _, fields := range h.guesses(q) {
				if tries++; tries > mostTries {
					return false, nil
				}
				next := typed.Clone()
				for name, v := range fields {
					next.Set(name, v)
				}
				if ok, err := try(next, append(slices.Clone(assumed), q.ID), depth-1); ok || err != nil {
					return ok, err
				}
			}
		}
		return false, nil
	}
	for depth := 1; depth <= 2; depth++ {
		if ok, err := try(t.Typed.Clone(), t.Assumed, depth); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (h *hearing) guesses(q *service.Question) []map[string]string {
	switch {
	case q.Type == "yes_no":
		return []map[string]string{{q.ID: "yes"}, {q.ID: "no"}}
	case q.Type == "lookup" && q.Manual:
		return []map[string]string{{q.ID + "-manual": h.s.p.T("Not said")}}
	}
	return nil
}
