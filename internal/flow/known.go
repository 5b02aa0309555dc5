package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/elsewhere"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Knowing is what happens where a register may know an answer already.
type Knowing struct{ *Flow }

// Known is what happens where a register may know an answer already.
func (f *Flow) Known() Knowing { return Knowing{f} }

// LookUp asks registers for the answers of a page, for the person whose draft it is.
type LookUp struct {
	Draft string
	Page  string // "": the questions of all pages, outside groups
	Item  string // of a group; "" for the page itself
}

// askAgain is when a register that did not answer is asked once more.
const askAgain = 2 * time.Minute

// wanted is a question to which a register may know the answer, with what it is asked by.
type wanted struct {
	key   string // of process.Typed.Key
	known *service.Known
	match map[string]string
	sum   string // of register and match: the same question is asked once
}

// LookUp keeps with the draft what registers know, each read recorded for the person to see. Whoever has not signed in is asked
// as if no register knew anything.
func (f Knowing) LookUp(ctx context.Context, actor policy.Actor, in LookUp) error {
	if actor.Person == "" || actor.Acting() { // what registers know of the other is for them
		return nil
	}
	plan := func(ctx context.Context, tx *store.Tx) (*docket.Draft, []wanted, error) {
		draft, err := f.Docket.Unjudged(ctx, tx, in.Draft)
		if err != nil {
			return nil, nil, missing(err)
		}
		if err := docket.Open(actor, policy.DraftUse, draft); err != nil {
			return nil, nil, err
		}
		if draft.Case != "" || draft.Person != "" && draft.Person != actor.Person {
			return draft, nil, nil
		}
		questions, place, ok := asks(draft, in)
		if !ok { // the page says that there is none
			return draft, nil, nil
		}
		if !slices.ContainsFunc(questions, func(q *service.Question) bool { return q.Known != nil }) {
			return draft, nil, nil // which most pages need not be judged for
		}
		if err := f.Docket.Judge(ctx, tx, draft); err != nil {
			return nil, nil, err
		}
		list, err := f.wanted(ctx, tx, actor, draft, place, questions)
		today := docket.Day(draft.Service, tx.Now())
		return draft, slices.DeleteFunc(list, func(w wanted) bool {
			k := draft.Known[w.key]
			return k != nil && k.Choice == cases.KnownShown || k != nil && k.Match == w.sum && k.Person == actor.Person && docket.Day(draft.Service, k.Asked) == today &&
				(!k.Down || tx.Now().Sub(k.Asked) < askAgain)
		}), err
	}
	_, err := f.ask(ctx, actor, plan)
	return err
}

// asks are the questions that LookUp is about.
func asks(draft *docket.Draft, in LookUp) (list []*service.Question, place string, ok bool) {
	if in.Page == "" {
		for _, p := range draft.Service.Pages {
			list = append(list, p.Questions...)
		}
		return list, "", true
	}
	if in.Item != "" {
		if place, ok = draft.Typed.PathOf(in.Item); !ok {
			return nil, "", false
		}
	}
	list, ok = questionsOn(draft.Service, in.Page, place)
	return list, place, ok && draft.Typed.Level(place) != nil
}

// wanted lists of some questions those that are asked, and that a register may know, as far as what it is asked by is there.
func (f Knowing) wanted(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft, place string, questions []*service.Question) (list []wanted, err error) {
	var who person.Person
	for _, q := range questions {
		if q.Known == nil || !draft.Judged.Asked(at(place, q.ID)) {
			continue
		}
		if who.ID == "" {
			if who, err = f.People.Get(ctx, tx, actor.Person); err != nil {
				return nil, err
			}
		}
		w := wanted{key: draft.Typed.Key(place, q.ID), known: q.Known, match: map[string]string{}}
		for field, from := range q.Known.Match {
			text := who.Email
			if from != service.PersonEmail {
				text = answerText(draft.Judged.Answers, place, from)
			}
			if text != "" {
				w.match[field] = text
			}
		}
		if len(w.match) < len(q.Known.Match) {
			continue
		}
		w.sum = cases.Sum(f.Docket.Cases.Vault, fmt.Sprintf("%s %q", w.known.Register, w.match)) // maps print in the order of their keys
		list = append(list, w)
	}
	return list, nil
}

// answerText is the answer to a question as registers write it, from the item outwards.
func answerText(answers process.Answers, place, question string) string {
	for {
		switch v := process.AnswerAt(answers, at(place, question)).(type) {
		case string:
			return v
		case process.Name:
			return v.Full
		case process.Pick:
			return v.Key
		}
		if place == "" {
			return ""
		}
		place = place[:max(strings.LastIndexByte(place, '.'), 0)]
	}
}

// plans finds a draft with the questions to which registers are to be asked.
type plans func(ctx context.Context, tx *store.Tx) (*docket.Draft, []wanted, error)

// heard is a register's answer.
type heard struct {
	records []elsewhere.Record
	down    bool
}

// ask asks and keeps the answers. Registers of others are asked between two transactions, since a network is waited for. It
// reports the questions to which an answer that was in use has changed.
func (f Knowing) ask(ctx context.Context, actor policy.Actor, plan plans) (changed []string, err error) {
	var list []wanted
	var issue string
	// A look is enough: it finds whether there is something to ask, and what is found is looked for again before it is kept.
	err = f.DB.Look(ctx, "flow.Known", func(ctx context.Context, tx *store.Tx) error {
		draft, found, err := plan(ctx, tx)
		if err == nil {
			list, issue = found, draft.ID
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	far := f.askOthers(ctx, list, issue)
	err = f.DB.Write(ctx, "flow.Known", func(ctx context.Context, tx *store.Tx) error {
		changed = nil
		draft, list, err := plan(ctx, tx)
		if err != nil || len(list) == 0 {
			return err
		}
		asked := map[string]heard{}
		for _, w := range list {
			t, again := asked[w.sum]
			if !again {
				if t, again, err = f.answer(ctx, tx, draft, w, far); err != nil {
					return err
				}
				if !again {
					continue // what it is asked by has changed meanwhile: the next page asks
				}
				asked[w.sum] = t
				if err := f.recordRead(ctx, tx, actor, draft, w); err != nil {
					return err
				}
			}
			if settle(draft, w, t, actor.Person, tx.Now()) {
				changed = append(changed, w.key)
			}
		}
		return f.Docket.Cases.SaveDraft(ctx, tx, draft.Draft)
	})
	return changed, err
}

// askOthers asks the registers of others, by what they are asked.
func (f Knowing) askOthers(ctx context.Context, list []wanted, issue string) map[string]heard {
	far := map[string]heard{}
	for _, w := range list {
		if _, again := far[w.sum]; again || w.known.Other == nil {
			continue
		}
		t := heard{down: true}
		if f.Elsewhere != nil {
			found, err := f.Elsewhere.Ask(ctx, elsewhere.Question{Of: w.known.Other, By: w.match, Issue: issue})
			t = heard{found, err != nil}
		}
		far[w.sum] = t
	}
	return far
}

// answer is what a register says; ours are read in the transaction.
func (f Knowing) answer(ctx context.Context, tx *store.Tx, draft *docket.Draft, w wanted, far map[string]heard) (heard, bool, error) {
	if w.known.Own == nil {
		t, ok := far[w.sum]
		return t, ok, nil
	}
	found, err := f.Docket.Records.ByKey(ctx, tx, w.known.Register, w.match)
	if err != nil {
		return heard{}, false, fmt.Errorf("asking register %s: %w", w.known.Register, err)
	}
	var t heard
	today := docket.Day(draft.Service, tx.Now())
	for _, r := range found {
		if r.On(today) == record.Active {
			t.records = append(t.records, elsewhere.Record{Number: r.Number, Day: docket.Day(draft.Service, r.Updated).String(), Fields: r.Fields})
		}
	}
	return t, true, nil
}

// recordRead tells the person that a register was asked on their behalf, and for what.
func (f Knowing) recordRead(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft, w wanted) error {
	return access.Record(ctx, tx, access.Look{
		Person: actor.Person, System: systemKnown, Organisation: draft.Service.Organisation,
		What: lookedAtRegister, Ref: w.known.Register, Service: draft.Service.Service, Why: string(policy.DraftUse),
	})
}

// Words of package access for reads that are no person's.
const (
	systemKnown      = "known"
	lookedAtRegister = "register"
)

// suggestionsMost is how many records are offered to choose from.
const suggestionsMost = 8

// settle keeps with the draft what a register said. It reports whether that changes an answer in use.
func settle(draft *docket.Draft, w wanted, t heard, who string, now time.Time) (changed bool) {
	k := draft.Known[w.key]
	switch {
	case k == nil:
		k = &cases.Known{Person: who}
	case k.Person != who:
		k = &cases.Known{Person: who, Ask: k.Ask}
	}
	if draft.Known == nil {
		draft.Known = map[string]*cases.Known{}
	}
	draft.Known[w.key] = k
	k.Register, k.Match, k.Asked, k.Down = w.known.Register, w.sum, now, t.down
	if w.known.Own != nil {
		k.Organisation = w.known.Own.Organisation
	}
	if t.down {
		return false // what was said before stands, with its day
	}
	k.Found = facts(draft.Service, w.known, t.records, docket.Day(draft.Service, now))
	if k.Choice != cases.KnownUse {
		return false
	}
	i := slices.IndexFunc(k.Found, func(x cases.KnownFact) bool { return x.Number == k.Chosen.Number })
	switch {
	case i < 0:
		k.Former, k.Choice, k.Chosen = k.Chosen.Text, "", cases.KnownFact{}
		return true
	case k.Found[i].Text != k.Chosen.Text:
		k.Former, k.Chosen = k.Chosen.Text, k.Found[i]
		return true
	}
	k.Chosen = k.Found[i]
	return false
}

// facts are what records say to a question; the same value of several records once.
func facts(s *service.Service, known *service.Known, records []elsewhere.Record, today calendar.Date) (list []cases.KnownFact) {
	for _, r := range records {
		fact := cases.KnownFact{Number: r.Number, Text: r.Fields[known.Field], Day: r.Day}
		if known.Field == fieldNumber {
			fact.Text = r.Number
		}
		if known.Own != nil {
			fact.Label = r.Fields[known.Own.Label]
		}
		if fact.Day == "" {
			fact.Day = today.String()
		}
		same := slices.ContainsFunc(list, func(x cases.KnownFact) bool { return x.Text == fact.Text })
		if fact.Text != "" && !same && len(list) < suggestionsMost {
			list = append(list, fact)
		}
	}
	return list
}

const fieldNumber = "number"

// refresh asks again, before a draft is sent, for every answer that is taken from a register.
func (f Knowing) refresh(ctx context.Context, actor policy.Actor, id string) (changed []string, err error) {
	if actor.Person == "" || actor.Acting() {
		return nil, nil
	}
	return f.ask(ctx, actor, func(ctx context.Context, tx *store.Tx) (*docket.Draft, []wanted, error) {
		draft, err := f.Docket.Unjudged(ctx, tx, id)
		if err != nil {
			return nil, nil, missing(err)
		}
		if err := docket.Open(actor, policy.DraftSubmit, draft); err != nil || draft.Case != "" {
			return draft, nil, err
		}
		uses := func(key string) bool { return draft.Known[key].Choice == cases.KnownUse }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(draft.Known)), uses) {
			return draft, nil, nil
		}
		if err := f.Docket.Judge(ctx, tx, draft); err != nil {
			return nil, nil, err
		}
		var list []wanted
		for _, key := range slices.Sorted(maps.Keys(draft.Known)) {
			path, there := draft.Typed.At(key)
			q := docket.QuestionAt(draft.Service, process.Definition(path))
			if draft.Known[key].Choice != cases.KnownUse || !there || q == nil {
				continue
			}
			one, err := f.wanted(ctx, tx, actor, draft, path[:max(strings.LastIndexByte(path, '.'), 0)], []*service.Question{q})
			if err != nil {
				return nil, nil, err
			}
			list = append(list, one...)
		}
		return draft, list, nil
	})
}
