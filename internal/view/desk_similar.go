package view

import (
	"context"
	"math"
	"slices"
	"strconv"

	"stoa/internal/access"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/hint"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/precedent"
	"stoa/internal/process"
	"stoa/internal/store"
)

// SimilarCases are past cases of a service that are most like a case, for whoever works on it.
type SimilarCases struct {
	DeskHead
	Cases   []SimilarCase
	Summary string // how they were decided, in a sentence
	Of      int    // among how many they were looked for
	Record  string // how often cases were decided as most cases like them
}

// SimilarCase is one of them.
type SimilarCase struct {
	CaseLink
	Label   string
	Alike   string // percent
	Date    string
	Ending  string // granted, refused, closed
	Outcome string
	Why     []string // reasons, standard and own
	Law     Law
	Other   []Difference
}

// Difference is an answer that is another.
type Difference struct{ Question, Here, There string }

const (
	similarAmong = 200 // the newest decided
	similarShown = 5
)

// Similar finds them. Each case is asked for: who may not see it gets neither it nor its decision. The cases that are shown are
// noted as looked at first.
func (v Hinting) Similar(ctx context.Context, r Reader, id string) (p SimilarCases, err error) {
	if err := v.lookAtCase(ctx, r, id, lookCase, policy.CaseWork); err != nil {
		return p, err
	}
	if v.off(hint.Similar) {
		return p, fault.NewNotFound("")
	}
	var looks []access.Look
	err = v.read(ctx, "Similar", func(ctx context.Context, tx *store.Tx) error {
		p, looks = SimilarCases{}, nil
		c, err := v.deskCase(ctx, tx, r, id, policy.CaseWork)
		if err != nil {
			return err
		}
		if p.DeskHead, err = v.deskHead(ctx, tx, r, c); err != nil {
			return err
		}
		past, err := v.past(ctx, tx, r, c, &p)
		if err != nil {
			return err
		}
		var list []precedent.Case
		for _, o := range past {
			list = append(list, o.Precedent())
		}
		counts := map[string]int{}
		for _, f := range precedent.Near(c.Precedent(), list, similarShown) {
			o := past[slices.IndexFunc(past, func(o *docket.Case) bool { return o.ID == f.ID })]
			counts[o.Ending]++
			p.Cases = append(p.Cases, r.similar(c, o, f))
			looks = append(looks, access.Look{Person: o.Person, Organisation: o.Organisation, What: lookSimilar, Ref: o.Number, Service: o.Case.Service, Why: string(policy.CaseRead)})
		}
		p.Summary = r.decidedAs(len(p.Cases), counts)
		p.Record, err = v.triedOn(ctx, tx, r, c.Case.Service)
		return err
	})
	if err != nil {
		return SimilarCases{}, err
	}
	return p, v.lookAtAll(ctx, r, looks, true)
}

// past are the decided cases of the same service and variant that the reader may see.
func (v Hinting) past(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *SimilarCases) (list []*docket.Case, err error) {
	rows, err := cases.Past{Cases: v.Docket.Cases}.Decided(ctx, tx, cases.Decided{Services: []string{c.Case.Service}, Limit: similarAmong})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.ID == c.ID || row.Variant != c.Variant {
			continue
		}
		o, err := v.Docket.Whole(ctx, tx, row)
		if err != nil {
			return nil, err
		}
		if policy.Can(r.Actor, policy.CaseRead, o.Thing()) != nil {
			continue
		}
		if err := v.unconsented(ctx, tx, o); err != nil {
			return nil, err
		}
		if len(o.Judged.Answers) > 0 { // else its time was over and it was deleted
			list = append(list, o)
		}
	}
	p.Of = len(list)
	return list, nil
}

func (r Reader) similar(c, o *docket.Case, f precedent.Found) SimilarCase {
	one := SimilarCase{CaseLink: CaseLink{o.ID, o.Number, r.outcome(o.Ending)}, Label: o.Label, Ending: o.Ending, Outcome: r.outcome(o.Ending),
		Alike: r.P.Percent(r.P.Plain(int(math.Floor(f.Alike * 100))))}
	if d := r.decision(o); d != nil {
		one.Date, one.Law, one.Outcome = d.Date, d.Law, d.Outcome
		one.Why = append(d.Reasons, d.Conditions...)
	}
	if one.Date == "" {
		one.Date = r.date(docket.Day(o.Service, o.Ended))
	}
	for _, id := range f.Other {
		q := questionAt(c.Service, id)
		if q == nil {
			q = questionAt(o.Service, id)
		}
		if q == nil {
			continue
		}
		show := func(x *docket.Case) string {
			lines := process.ShowAnswer(r.P, x.Service, q, x.Judged.Answers[id])
			if len(lines) == 0 {
				return r.P.T("not asked")
			}
			return r.P.List(lines)
		}
		one.Other = append(one.Other, Difference{r.short(c.Service, q), show(c), show(o)})
	}
	return one
}

// decidedAs says how cases were decided.
func (r Reader) decidedAs(n int, counts map[string]int) string {
	if n == 0 {
		return ""
	}
	var parts []string
	for _, e := range decisionEndings {
		if counts[e] > 0 {
			parts = append(parts, strconv.Itoa(counts[e])+" "+r.outcome(e))
		}
	}
	return r.P.N("The {n} case that is most like it: {outcomes}.", "The {n} cases that are most like it: {outcomes}.", n, i18n.V{"outcomes": r.P.List(parts)})
}

// triedOn says how often a decision of this service was that of most cases like it.
func (v Hinting) triedOn(ctx context.Context, tx *store.Tx, r Reader, service string) (string, error) {
	all, err := v.Hints.Tests(ctx, tx, hint.Similar)
	if err != nil {
		return "", err
	}
	for _, t := range all {
		if t.Service == service && t.Language == "" && t.N > 0 {
			return r.tried(t), nil
		}
	}
	return r.P.T("How often past decisions went as those on cases like them cannot be said: too few cases have been decided."), nil
}

func (r Reader) tried(t hint.Test) string {
	return r.P.N("Tried on {n} past case: {agreed} was decided as most of the five cases like it before. Guessing what is most frequent would have been right {usual} times.",
		"Tried on {n} past cases: {agreed} were decided as most of the five cases like them before. Guessing what is most frequent would have been right {usual} times.",
		int(t.N), i18n.V{"agreed": t.Agreed, "usual": t.Usual})
}
