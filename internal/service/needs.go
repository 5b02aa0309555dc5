package service

import (
	"slices"
	"strings"
)

// result is a value, a table or a look-up: something that rules name and that itself has rules.
type result struct {
	name    string // as rules write it: band, lookup.people
	pos     Pos
	sources []string
}

// results lists what rules can name besides answers, in the order of the file.
func (b *builder) resultList() (out []result) {
	for i := range b.f.Values {
		v := &b.f.Values[i]
		out = append(out, result{v.ID, b.places.at(v.Pos, "id"), []string{v.Is.Source}})
	}
	for i := range b.f.Tables {
		t := &b.f.Tables[i]
		r := result{name: t.ID, pos: b.places.at(t.Pos, "id")}
		for _, in := range t.Inputs {
			r.sources = append(r.sources, in.Is.Source)
		}
		for _, row := range t.Rows {
			for _, id := range keys(row.When) {
				r.sources = append(r.sources, row.When[id].Source)
			}
			for _, id := range keys(row.Then) {
				r.sources = append(r.sources, row.Then[id].Source)
			}
		}
		out = append(out, r)
	}
	for _, id := range keys(b.f.Lookups) {
		k := b.f.Lookups[id]
		r := result{name: "lookup." + id, pos: k.Pos}
		for _, field := range keys(k.Match) {
			r.sources = append(r.sources, k.Match[field].Source)
		}
		out = append(out, r)
	}
	return out
}

// ordered puts the results so that each needs only earlier ones; circles are problems.
func (b *builder) ordered() (out []result, ok bool) {
	ok = true
	all := map[string]result{}
	list := b.resultList()
	for _, r := range list {
		all[r.name] = r
	}
	const open, done = 1, 2
	state := map[string]int{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		if state[name] == open {
			circle := append(slices.Clone(path[slices.Index(path, name):]), name)
			b.problem(all[name].pos, "one of them must do without the next", "%s", strings.Join(circle, " needs "))
			ok = false
			return
		}
		r, is := all[name]
		if !is || state[name] == done {
			return
		}
		state[name] = open
		path = append(path, name)
		for _, s := range r.sources {
			for _, n := range sortedNames(names(s)) {
				visit(n)
			}
		}
		path = path[:len(path)-1]
		state[name] = done
		out = append(out, r)
	}
	for _, r := range list {
		visit(r.name)
	}
	return out, ok
}

// needs returns the questions that a rule depends on, directly or through values, tables, look-ups and
// the conditions of other questions, in asking order. A group is one question.
func (b *builder) needs(source string) []*Question { return b.needsFrom(source, nil) }

func (b *builder) needsFrom(source string, in *Question) []*Question {
	if b.closure == nil {
		b.closure = map[string][]string{}
		for _, r := range b.resultList() {
			b.closure[r.name] = r.sources
		}
	}
	met := map[string]bool{}
	found := map[*Question]bool{}
	var visit func(source string, in *Question)
	visit = func(source string, in *Question) {
		for name := range names(source) {
			if q := b.visible(in, name); q != nil {
				b.visitQuestion(q, found, visit)
				continue
			}
			if met[name] {
				continue
			}
			met[name] = true
			for _, s := range b.closure[name] {
				visit(s, nil)
			}
		}
	}
	visit(source, in)
	var out []*Question
	for _, q := range b.s.Questions {
		if found[q] {
			out = append(out, q)
		}
	}
	return out
}

// visitQuestion adds a question and what its conditions depend on, and those of its members.
func (b *builder) visitQuestion(q *Question, found map[*Question]bool, visit func(string, *Question)) {
	if found[q] {
		return
	}
	found[q] = true
	for _, c := range q.conditions() {
		visit(c.Source, q.Parent)
	}
	for _, m := range q.Members {
		for _, c := range m.conditions() {
			visit(c.Source, q)
		}
	}
}
