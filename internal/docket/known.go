package docket

import (
	"maps"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
)

// Kept is the person whose draft it is alone, because it holds what registers or wallets say of them; "" where its token will do.
func (d *Draft) Kept() string {
	for _, key := range slices.Sorted(maps.Keys(d.Known)) {
		if k := d.Known[key]; k.Uses() && k.Person != "" {
			return k.Person
		}
	}
	return ""
}

// Open asks the rights to a draft. Who holds its token, and is not the person it is kept to, hears that signing in may help: that
// there is such a draft they know.
func Open(a policy.Actor, do policy.Action, d *Draft) error {
	err := policy.Can(a, do, d.Thing())
	if err != nil && a.Person == "" && a.Draft == d.ID {
		return fault.Wrap(err, fault.Unauthenticated, "")
	}
	return err
}

// Whole is what was typed, with the answers that registers and wallets gave.
func (d *Draft) Whole() process.Typed {
	if !slices.ContainsFunc(slices.Collect(maps.Keys(d.Known)), func(key string) bool { return d.Known[key].Uses() }) {
		return d.Typed
	}
	whole := d.Typed.Clone()
	for key, k := range d.Known {
		path, there := whole.At(key)
		if q := QuestionAt(d.Service, process.Definition(path)); there && q != nil && k.Uses() {
			whole.Answer(placeOf(path), q, k.Chosen.Text)
		}
	}
	return whole
}

func placeOf(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

// QuestionAt is the question with a path of ids; nil if there is none.
func QuestionAt(s *service.Service, path string) *service.Question {
	i := slices.IndexFunc(s.Questions, func(q *service.Question) bool { return q.Path == path })
	if i < 0 {
		return nil
	}
	return s.Questions[i]
}
