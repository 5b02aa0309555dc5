package converse

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/process"
	"stoa/internal/service"
)

// begin begins to work out a fee or a condition, with what the question says already.
func (h *hearing) begin(ctx context.Context, do string, s *service.Service) error {
	if s == nil {
		_, err := h.want(ctx, map[string]string{Fee: wantsFee, Eligible: wantsEligible}[do], nil)
		return err
	}
	t := &Task{Do: do, Service: s.Service}
	if old := h.st.Task; old != nil && old.Service == s.Service {
		t.Typed, t.Assumed = old.Typed.Clone(), slices.Clone(old.Assumed)
	}
	h.st.Task = t
	j, err := process.Judge(ctx, h.l.situation(h.w, s), t.Typed)
	if err != nil {
		return err
	}
	if err := h.take(ctx, s, t, j); err != nil {
		return err
	}
	return h.goOn(ctx)
}

// needed are the questions of the top level on which the task depends, in asking order.
func (t *Task) needed(s *service.Service) (list []*service.Question) {
	need := map[*service.Question]bool{}
	if t.Do == Fee {
		for _, q := range s.FeeQuestions {
			need[q] = true
		}
	} else {
		for _, e := range s.Eligibility {
			if e.Early {
				for _, q := range e.Questions {
					need[q] = true
				}
			}
		}
	}
	for _, q := range s.Questions {
		if need[q] && q.Parent == nil {
			list = append(list, q)
		}
	}
	return list
}

// take fills in what the question says already: figures beside the words of a question, choices by their words, a day. What is
// said of a question that is only asked after others makes these certain where one answer of theirs leads to it.
// saidOf is what the words of the question say in answer to one of a service's questions.
// figureOf finds a figure that stands beside the words of a question, and beside no other's.
// beside counts the words of a question within five words of a figure.
// mostTries bounds the search for what must hold.
// assume looks for answers to earlier questions under which a question is asked that was answered already.
// guesses are the answers that may be assumed: yes, or something that is in no list.
// replied takes what was said as the answer to the question that was asked, if it can be one.
func (h *hearing) replied(ctx context.Context) (bool, error) {
	t := h.st.Task
	if t == nil || t.Asking == "" || h.in.Text == "" {
		return false, nil
	}
	s := h.l.service(t.Service)
	if s == nil {
		return false, nil
	}
	q := topQuestion(s, t.Asking)
	if q == nil || h.asksAnew(q) {
		return false, nil
	}
	fields, ok := h.l.Reply(h.s.lang, q, h.in.Text)
	if !ok {
		if strings.ContainsAny(h.in.Text, "?؟") {
			return false, nil
		}
		h.ask(s, q, h.s.p.T("That could not be read as an answer to this question. Choose or write it below."), nil, "")
		return true, nil
	}
	return true, h.reply(ctx, fields)
}

// asksAnew reports whether what was said is rather a question of its own than an answer.
func (h *hearing) asksAnew(q *service.Question) bool {
	if strings.ContainsAny(h.in.Text, "?؟") && q.Type != "text" && q.Type != "long_text" {
		return true
	}
	for _, want := range []string{wantsPerson, wantsFee, wantsCases, wantsBills, wantsHow} {
		if h.s.words.says(want, h.ws, nil) {
			return true
		}
	}
	return false
}

func topQuestion(s *service.Service, id string) *service.Question {
	for _, q := range s.Questions {
		if q.Parent == nil && q.ID == id {
			return q
		}
	}
	return nil
}

// reply keeps the answer to the question that was asked, and goes on. Words for a look-up are looked up first.
func (h *hearing) reply(ctx context.Context, fields map[string][]string) error {
	t := h.st.Task
	s := h.l.service(t.Service)
	if s == nil {
		h.st.Task = nil
		h.unknown()
		return nil
	}
	q := topQuestion(s, t.Asking)
	if q == nil {
		return h.goOn(ctx)
	}
	words := first(fields[q.ID+"-find"])
	if q.Type == "lookup" && words != "" && first(fields[q.ID]) == "" && first(fields[q.ID+"-manual"]) == "" {
		var hits []Hit
		var err error
		if h.w.Hits != nil {
			hits, err = h.w.Hits(ctx, h.s.p, s, q, words)
		}
		switch {
		case err != nil:
			return err
		case len(hits) == 1 && strings.EqualFold(hits[0].Label, words):
			fields = map[string][]string{q.ID: {hits[0].Key}}
		case len(hits) == 0 && q.Manual:
			fields = map[string][]string{q.ID + "-manual": {words}}
		default:
			h.ask(s, q, "", hits, words)
			return nil
		}
	}
	for name, v := range process.ReadForm([]*service.Question{q}, fields) {
		t.Typed.Set(name, v...)
	}
	t.Assumed = slices.DeleteFunc(t.Assumed, func(id string) bool { return id == q.ID })
	return h.goOn(ctx)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.TrimSpace(list[0])
}

// goOn asks what is missing, or tells what came of it.
func (h *hearing) goOn(ctx context.Context) error {
	t := h.st.Task
	s := h.l.service(t.Service)
	if s == nil {
		h.st.Task = nil
		h.unknown()
		return nil
	}
	j, err := process.Judge(ctx, h.l.situation(h.w, s), t.Typed)
	if err != nil {
		return err
	}
	h.a.Service = s.Service
	h.a.Taken = h.taken(s, t, j)
	if t.Do == Fee || !h.refused(j) { // a sum that is known already may still change with what is missing
		for _, q := range t.needed(s) {
			wrong := j.Below(q.ID)
			if len(wrong) == 0 {
				continue
			}
			if q.Type == "group" || q.Type == "file" {
				h.tooLong(s)
				return nil
			}
			problem := ""
			if !wrong[0].Missing {
				problem = wrong[0].Message(h.s.p)
			}
			h.ask(s, q, problem, nil, "")
			return nil
		}
	}
	t.Asking = ""
	switch {
	case t.Do == Eligible:
		h.tellEligible(s, j)
	case len(s.Fee) == 0:
		h.a.Kind = Reckoned
		h.cite("service/" + s.Service + "#fee")
	case j.Fee != nil:
		h.tellFee(s, j)
	default:
		h.tooLong(s)
		return nil
	}
	h.a.Do = append(h.a.Do, "apply", "form")
	return nil
}

// tooLong leads to the form where a question does not fit into a conversation.
func (h *hearing) tooLong(s *service.Service) {
	h.a.Kind, h.a.Service = ToPerson, s.Service
	h.a.fixed(h.s.p.T("This takes more than fits into a conversation. The form works it out with you, and nothing is sent before you say so."))
	h.a.Do = append(h.a.Do, "form")
}

// ask asks one of the service's questions.
func (h *hearing) ask(s *service.Service, q *service.Question, problem string, hits []Hit, words string) {
	h.st.Task.Asking = q.ID
	h.a.Kind, h.a.Service = Asking, s.Service
	at := h.a.source(Source{ID: "service/" + s.Service + "#questions/" + q.Path, Title: s.Title.By[h.s.lang], Part: q.Page.File.Title.By[h.s.lang],
		URL: "/services/" + s.Service, Version: s.Hash})
	h.a.say(Quoted, q.Ask.By[h.s.lang], at)
	h.a.Question = &Question{Service: s.Service, ID: q.ID, Problem: problem, Hits: hits, Words: words}
}

// refused reports whether an early condition fails already: nothing more needs to be asked.
// tellFee tells the sum, its items, and the figures of the law that they rest on.
// because tells the values and figures that something rests on, from the nearest on.
// reason adds a computed line if there is room for its source: one that has the same law as another shares its place.
// again forgets an answer and asks for it once more; what was assumed because of it goes with it.
func (h *hearing) again(ctx context.Context, id string) error {
	t := h.st.Task
	if s := h.l.service(t.Service); s != nil {
		for _, q := range t.needed(s) {
			if q.ID == id || slices.Contains(t.Assumed, q.ID) {
				for _, f := range process.Fields(q) {
					t.Typed.Set(f)
				}
			}
		}
	}
	t.Assumed = nil
	return h.goOn(ctx)
}
