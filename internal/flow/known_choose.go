package flow

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// KnownField is the form field in which a person says what they make of what a register knows: KnownUse with the number of the
// record behind a colon, cases.KnownOwn or cases.KnownWrong.
func KnownField(question string) string { return "known-" + question }

// KnownUse is the value of KnownField that takes a record's value.
func KnownUse(number string) string { return cases.KnownUse + ":" + number }

// choose keeps what the person makes of what registers know. Only what was offered to them can be taken.
func (f Knowing) choose(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft, place string, questions []*service.Question, form url.Values) error {
	for _, q := range questions {
		k := draft.Known[draft.Typed.Key(place, q.ID)]
		if k == nil || q.Known == nil || k.Person != actor.Person || k.Choice == cases.KnownShown {
			continue
		}
		choice, number, _ := strings.Cut(form.Get(KnownField(q.ID)), ":")
		switch choice {
		case cases.KnownUse:
			i := slices.IndexFunc(k.Found, func(x cases.KnownFact) bool { return x.Number == number })
			if i < 0 {
				return fault.NewConflict("What we know has changed. Look at it again, then choose")
			}
			take(draft, place, q, k, k.Found[i], actor.Person)
		case cases.KnownOwn:
			k.Choice, k.Chosen, k.Former = cases.KnownOwn, cases.KnownFact{}, ""
		case cases.KnownWrong:
			k.Choice, k.Chosen, k.Former = cases.KnownWrong, cases.KnownFact{}, ""
			if err := f.reportWrong(ctx, tx, actor, draft, place, q, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// take makes a fact the answer. From now on the draft is its person's alone, and what was typed there is gone.
func take(draft *docket.Draft, place string, q *service.Question, k *cases.Known, fact cases.KnownFact, who string) {
	for _, name := range process.Fields(q) {
		draft.Typed.Set(at(place, name))
	}
	k.Choice, k.Chosen, k.Former = cases.KnownUse, fact, ""
	draft.Person = who
}

// UseKnown takes everything of which a register knows one value, and to which nothing was answered yet.
type UseKnown struct{ Draft string }

// UseAll answers with what is known outside groups. Repeated, it does nothing more.
func (f Knowing) UseAll(ctx context.Context, actor policy.Actor, in UseKnown) error {
	return f.DB.Write(ctx, "flow.UseKnown", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.writableDraft(ctx, tx, actor, in.Draft)
		if err != nil {
			return err
		}
		for _, q := range draft.Service.Questions {
			k := draft.Known[q.ID]
			if q.Parent == nil && k != nil && k.Person == actor.Person && k.Choice == "" && len(k.Found) == 1 && !typedAt(draft, "", q) {
				take(draft, "", q, k, k.Found[0], actor.Person)
			}
		}
		return f.saveDraft(ctx, tx, draft)
	})
}

// typedAt reports whether anything was typed as the answer.
func typedAt(draft *docket.Draft, place string, q *service.Question) bool {
	return slices.ContainsFunc(process.Fields(q), func(name string) bool { return draft.Typed.Get(at(place, name)) != "" })
}

// KnownChanged is the refusal to send a draft in which a register's answer is another than the person has seen. The draft has
// the new one already; sending it again sends that.
type KnownChanged struct{ Draft string }

// Error implements error.
func (e *KnownChanged) Error() string {
	return "what registers know has changed in draft " + e.Draft
}

// FaultKind implements the kind of package fault.
func (e *KnownChanged) FaultKind() fault.Kind { return fault.Conflict }

// origins are where the answers of a case came from, without anything that was not made an answer.
func origins(draft *docket.Draft) map[string]*cases.Known {
	all := map[string]*cases.Known{}
	for key, k := range draft.Known {
		if _, there := draft.Typed.At(key); !there || k.Choice == "" {
			continue
		}
		one := &cases.Known{Register: k.Register, Organisation: k.Organisation, Asked: k.Asked.Truncate(time.Second), Choice: k.Choice}
		if k.Uses() {
			one.Chosen = k.Chosen
		}
		all[key] = one
	}
	return all
}
