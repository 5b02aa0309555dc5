package process

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Judge says what a draft amounts to: which questions are asked, what is wrong or missing, and, as far
// as the answers go, who is eligible, what the values are and what the fee is. It gives the same
// judgement for the same input, and changes nothing. Its error is an outside one: a register or the
// files cannot be asked; whatever is wrong with the answers is in the judgement.
func Judge(ctx context.Context, s Situation, typed Typed) (*Judgement, error) {
	return newWalk(s).judge(ctx, &typed)
}

// walk goes through the questions in their order, once.
type walk struct {
	rules *rules
	j     *Judgement
	check []pendingCheck
	langs []string
}

// pendingCheck is a check to be made when all answers are read.
type pendingCheck struct {
	check *service.Check
	q     *service.Question
	path  string
	scope *scope
}

func newWalk(s Situation) *walk {
	n := len(s.Service.Questions)
	j := &Judgement{Situation: s, Answers: make(Answers, n), asked: make(map[string]int, n)}
	r := &rules{
		s: &j.Situation, given: givens(&s), top: &scope{vars: make(map[string]rule.Value, n)},
		values: make([]computed, len(s.Service.Values)), looked: make([]found, len(s.Service.Lookups)),
	}
	j.rules = r
	return &walk{rules: r, j: j, langs: s.Service.Jurisdiction.File.Languages}
}

// givens are the names every rule may use that are no answers.
func givens(s *Situation) map[string]rule.Value {
	variant := s.Variant
	if variant == "" {
		variant = "new"
	}
	g := map[string]rule.Value{"variant": variant, "today": s.Today, "submitted": s.Today}
	g["previous"] = s.Previous
	if s.Previous == nil {
		g["previous"] = map[string]rule.Value{}
	}
	maps.Copy(g, s.Given)
	return g
}

func (w *walk) judge(ctx context.Context, top *Typed) (*Judgement, error) {
	for _, p := range w.j.Situation.Service.Pages {
		if !w.rules.holds(ctx, p.When, w.rules.top) {
			continue
		}
		if _, err := w.level(ctx, p.Questions, top, w.rules.top, w.j.Answers); err != nil {
			return nil, err
		}
	}
	w.checks(ctx)
	w.j.decide(ctx)
	w.refuseUncovered()
	slices.SortStableFunc(w.j.Errors, func(a, b FieldError) int { return w.j.asked[a.Path] - w.j.asked[b.Path] })
	if w.rules.err != nil {
		return nil, w.rules.err
	}
	w.j.Broken = w.rules.broken
	return w.j, nil
}

// level reads the questions of one place into answers, and reports whether all that are asked there
// and needed are answered.
func (w *walk) level(ctx context.Context, questions []*service.Question, from *Typed, sc *scope, answers Answers) (complete bool, err error) {
	complete = true
	for _, q := range questions {
		if !w.rules.holds(ctx, q.When, sc) {
			continue
		}
		path := join(sc.place, q.ID)
		w.j.asked[path] = len(w.j.asked)
		ok := false
		if q.Type == typeGroup {
			ok, err = w.group(ctx, q, path, from, sc, answers)
		} else {
			ok, err = w.question(ctx, q, path, from, sc, answers)
		}
		if err != nil {
			return false, err
		}
		complete = complete && ok
	}
	return complete, nil
}

func (w *walk) question(ctx context.Context, q *service.Question, path string, from *Typed, sc *scope, answers Answers) (ok bool, err error) {
	var wrong *problem
	answer, known := w.known(q)
	if !known {
		answer, wrong, err = w.j.Situation.read(ctx, q, from)
	}
	switch {
	case err != nil:
		return false, err
	case wrong != nil:
		w.rules.await(sc, q.ID)
		w.refuse(q, path, wrong)
		return false, nil
	case answer == nil && q.Optional:
		return true, nil
	case answer == nil:
		w.rules.await(sc, q.ID)
		w.refuse(q, path, &problem{key: missingMessage(q), missing: true})
		return false, nil
	}
	answers[q.ID] = answer
	w.rules.set(sc, q.ID, ruleValue(q, answer))
	w.pend(q, path, sc)
	return true, nil
}

// known is the answer that the situation gives to a question of the top level.
func (w *walk) known(q *service.Question) (any, bool) {
	if q.Parent != nil {
		return nil, false
	}
	answer, ok := w.j.Situation.Known[q.ID]
	return answer, ok
}

func (w *walk) group(ctx context.Context, q *service.Question, path string, from *Typed, sc *scope, answers Answers) (complete bool, err error) {
	complete = true
	least, most := q.Repeat.Min, q.Repeat.Max
	sources := from.Groups[q.ID]
	sources = sources[:min(len(sources), MaxItems)]
	if len(sources) < least {
		w.refuse(q, path, &problem{key: msgAddItem, args: map[string]any{"min": least}, missing: true})
		complete = false
	} else if len(sources) > most {
		w.refuse(q, path, wrong(msgItemsMost, "max", most))
		complete = false
	}
	items := make([]Item, 0, len(sources))
	list := make([]rule.Value, 0, len(sources))
	for i := range sources {
		src := &sources[i]
		inner := &scope{place: itemPath(path, i), group: q, vars: make(map[string]rule.Value, len(q.Members)), outer: sc}
		it := Item{ID: src.ID, Answers: make(Answers, len(q.Members))}
		ok, err := w.level(ctx, q.Members, &src.Typed, inner, it.Answers)
		if err != nil {
			return false, err
		}
		complete = complete && ok
		items = append(items, it)
		list = append(list, inner.vars)
	}
	if len(items) > 0 {
		answers[q.ID] = items
	}
	if complete { // rules see a group whole or not at all
		w.rules.set(sc, q.ID, list)
		w.pend(q, path, sc)
	} else {
		w.rules.await(sc, q.ID)
	}
	return complete, nil
}

func (w *walk) pend(q *service.Question, path string, sc *scope) {
	for _, c := range q.Checks {
		w.check = append(w.check, pendingCheck{c, q, path, sc})
	}
}

// checks makes the file's own checks, which may look at any answer.
func (w *walk) checks(ctx context.Context) {
	refused := map[string]bool{}
	for _, c := range w.check {
		if refused[c.path] {
			continue
		}
		out := w.rules.eval(ctx, c.check.That, c.scope)
		if holds, ok := out.value.(bool); !out.known || !ok || holds {
			continue
		}
		refused[c.path] = true
		w.j.Errors = append(w.j.Errors, FieldError{
			Path: c.path, Question: c.q, Text: c.check.Say, fallback: w.langs,
			Law: law(w.j.Situation.Service, c.check.Law),
			Why: w.rules.explain(Explained{Kind: "check", ID: c.path, Value: false, Type: typeYesNo, Rule: c.check.That.Expr.Source}, out),
		})
	}
}

func (w *walk) refuse(q *service.Question, path string, p *problem) {
	w.j.Errors = append(w.j.Errors, FieldError{
		Path: path, Question: q, Parts: p.parts, Missing: p.missing, Key: p.key, Args: p.args, fallback: w.langs,
	})
}

// ruleValue is an answer as rules see it.
func ruleValue(q *service.Question, answer any) rule.Value {
	switch a := answer.(type) {
	case []string:
		list := make([]rule.Value, len(a))
		for i, v := range a {
			list[i] = v
		}
		return list
	case Name:
		return a.Full
	case Address:
		lines := strings.Join(slices.DeleteFunc([]string{a.Line1, a.Line2}, func(l string) bool { return l == "" }), ", ")
		return conform(map[string]rule.Value{"lines": lines, "town": a.Town, "postcode": a.Postcode, "country": a.Country}, q.ValueType)
	case File:
		return conform(map[string]rule.Value{"name": a.Name, "type": a.Type, "size": money.NewDecimal(a.Size)}, q.ValueType)
	case Pick:
		rec := maps.Clone(a.Fields)
		if rec == nil {
			rec = map[string]rule.Value{}
		}
		rec["key"], rec["label"] = a.Key, a.Label
		return rec
	}
	return answer
}

// conform makes empty texts missing where rules see them as what may be missing.
func conform(rec map[string]rule.Value, t rule.Type) map[string]rule.Value {
	if t.Kind() == rule.OptionalKind {
		t = t.Elem()
	}
	for name, v := range rec {
		if f, ok := t.Field(name); ok && f.Kind() == rule.OptionalKind && v == "" {
			delete(rec, name)
		}
	}
	return rec
}

func (s *Situation) lookup(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
	if s.Lookup != nil {
		return s.Lookup(ctx, l, match)
	}
	return nothingFound(l)
}

// nothingFound is what a look-up gives where no record matches.
func nothingFound(l *service.Lookup) (rule.Value, error) {
	switch verb, _, _ := strings.Cut(l.Give, " "); verb {
	case "count", "sum":
		return money.NewDecimal(0), nil
	case "list":
		return []rule.Value{}, nil
	}
	return nil, fmt.Errorf("look-up %s gives %q, which is none of count, sum and list", l.ID, l.Give)
}
