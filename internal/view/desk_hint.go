package view

import (
	"context"
	"errors"
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
	"stoa/internal/process"
	"stoa/internal/store"
)

// Pointers are what a computer points out of a case to those who decide on it. They decide nothing and start nothing.
type Pointers struct {
	Shown   bool // something of it is switched on, for this reader
	Checked bool // what is missing was looked for
	Missing []MissingLine
	Flagged bool // flags are switched on
	Flags   []FlagLine
	Similar bool // past cases can be looked at
}

// MissingLine is something that is lacking, or does not agree with something else.
type MissingLine struct {
	Text string
	Law  Law
}

// FlagLine is a flag with its reason, and how often its like was right.
type FlagLine struct {
	ID, Title, Reason string
	Others            []CaseLink
	More              string // how many besides these; "" none
	Record            string // how often such a flag was followed by a refusal, and how often none was
	Algorithm         string // its page in the register
	Cleared           Instant
	By, Why           string
}

// CaseLink leads to a case that the reader may see.
type CaseLink struct{ ID, Number, State string }

// lookSimilar is that a case was shown beside another.
const lookSimilar = "similar"

// Hinting is what a computer points out to officers.
type Hinting struct{ *View }

// off reports whether something is switched off.
func (v Hinting) off(kind string) bool {
	j := v.place()
	return v.Hints == nil || j == nil || slices.Contains(j.File.HintsOff(), kind)
}

// Pointers of a case, for those who may work on it; for others nothing. Other people's cases that it names are noted as looked
// at before they are shown. The case is as the page read it.
func (v Hinting) Pointers(ctx context.Context, r Reader, page DeskCase) (p Pointers, err error) {
	c := page.of
	if !page.Works {
		return Pointers{}, nil
	}
	var looks []access.Look
	err = v.read(ctx, "Pointers", func(ctx context.Context, tx *store.Tx) error {
		p, looks = Pointers{}, nil
		p.Similar = !v.off(hint.Similar)
		if p.Checked = !v.off(hint.Missing) && c.Open(); p.Checked {
			if p.Missing, err = v.missing(ctx, tx, r, c); err != nil {
				return err
			}
		}
		if looks, err = v.flags(ctx, tx, r, c, &p); err != nil {
			return err
		}
		p.Shown = p.Checked || p.Flagged || p.Similar
		return nil
	})
	if err != nil {
		return Pointers{}, err
	}
	return p, v.lookAtAll(ctx, r, looks, true)
}

func (v Hinting) flags(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case, p *Pointers) (looks []access.Look, err error) {
	for _, kind := range hint.Flags {
		p.Flagged = p.Flagged || !v.off(kind)
	}
	if !p.Flagged {
		return nil, nil
	}
	all, err := v.Hints.Of(ctx, tx, c.ID, c.Subject)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if v.off(f.Kind) {
			continue
		}
		line := FlagLine{ID: f.ID, Title: r.flagTitle(f.Kind), Algorithm: "/algorithms/" + ownMethod + "." + f.Kind}
		for _, other := range f.Others {
			link, look, err := v.otherCase(ctx, tx, r, other)
			if err != nil {
				return nil, err
			}
			if link != nil {
				line.Others, looks = append(line.Others, *link), append(looks, look)
			}
		}
		n := len(line.Others)
		if n < len(f.Others) && n == 0 {
			continue // nothing of it is the reader's to see, not even that it is there
		}
		if n == len(f.Others) && f.More > 0 {
			n += f.More
			line.More = r.P.N("And in {n} case more, not shown here.", "And in {n} cases more, not shown here.", f.More)
		}
		line.Reason = r.flagReason(c, f, n)
		if line.Record, err = v.howRight(ctx, tx, r, f.Kind, c.Case.Service); err != nil {
			return nil, err
		}
		if !f.Cleared.IsZero() {
			line.Cleared, line.Why = r.instant(c.Service.Jurisdiction, f.Cleared), f.Why
			who, err := v.People.Get(ctx, tx, f.ClearedBy)
			if err != nil {
				return nil, err
			}
			line.By = nameOf(who)
		}
		p.Flags = append(p.Flags, line)
	}
	return looks, nil
}

// otherCase is a case of another person, if the reader may see it; nil if not.
func (v Hinting) otherCase(ctx context.Context, tx *store.Tx, r Reader, id string) (*CaseLink, access.Look, error) {
	c, err := v.deskCase(ctx, tx, r, id, policy.CaseRead)
	if errors.Is(err, store.ErrNotFound) || fault.KindOf(err) == fault.NotFound {
		return nil, access.Look{}, nil
	}
	if err != nil {
		return nil, access.Look{}, err
	}
	state := r.outcome(c.Ending)
	if state == "" {
		state = r.stateTitle(c.Service, c.State)
	}
	look := access.Look{Person: c.Person, Organisation: c.Organisation, What: lookSimilar, Ref: c.Number, Service: c.Case.Service, Why: string(policy.CaseRead)}
	return &CaseLink{c.ID, c.Number, state}, look, nil
}

func (r Reader) flagTitle(kind string) string {
	switch kind {
	case hint.SameEmail:
		return r.P.T("The same e-mail address as another person")
	case hint.SamePhone:
		return r.P.T("The same telephone number as another person")
	case hint.SameAddress:
		return r.P.T("The same address as another person")
	case hint.SameNumber:
		return r.P.T("The same account or identifying number as another person")
	case hint.SameDocument:
		return r.P.T("The same document as another person")
	case hint.UnusualAmount:
		return r.P.T("A figure far from the usual")
	}
	return kind
}

// flagReason says what was found, of which answer, in how many other cases.
func (r Reader) flagReason(c *docket.Case, f *hint.Flag, others int) string {
	asked := f.Question
	q := questionAt(c.Service, f.Question)
	if q == nil {
		return asked
	}
	asked = r.short(c.Service, q)
	if f.Kind != hint.UnusualAmount {
		return r.P.N("“{question}” is word for word what {n} case of somebody else says. That can have good reasons: a family, an adviser, an office.",
			"“{question}” is word for word what {n} cases of somebody else say. That can have good reasons: a family, an adviser, an office.", others, i18n.V{"question": asked})
	}
	said := process.ShowAnswer(r.P, c.Service, q, c.Judged.Answers[q.ID])
	v := i18n.V{"question": asked, "low": r.about(f.Low), "high": r.about(f.High), "n": f.Of, "said": ""}
	if len(said) > 0 {
		v["said"] = said[0]
	}
	return r.P.T("“{question}” is {said}. Of {n} earlier applications, half said between about {low} and {high}.", v)
}

// about writes a figure to two digits: no more is known of how others are spread.
func (r Reader) about(v float64) string {
	unit := math.Pow(10, math.Floor(math.Log10(max(v, 1)))-1)
	places := 0
	if unit < 1 {
		unit, places = 0.1, 1
	}
	return r.P.Number(strconv.FormatFloat(math.Round(v/unit)*unit, 'f', places, 64))
}

// measured is how such flags were followed by decisions.
type measured struct{ flagged, refused, without, withoutRefused, cleared int64 }

const mostMeasured = 2000

// measure counts decisions on cases with a flag of a kind and without; service "" all services of the place.
func (v Hinting) measure(ctx context.Context, tx *store.Tx, kind, service string) (m measured, seen []hint.Seen, endings map[string]string, err error) {
	seen, err = v.Hints.Flagged(ctx, tx, kind, service, mostMeasured)
	if err != nil {
		return m, nil, nil, err
	}
	ids := make([]string, len(seen))
	for i, s := range seen {
		ids[i] = s.Case
		if s.Cleared {
			m.cleared++
		}
	}
	past := cases.Past{Cases: v.Docket.Cases}
	if endings, err = past.Endings(ctx, tx, ids); err != nil {
		return m, nil, nil, err
	}
	for _, e := range endings {
		if slices.Contains(decisionEndings, e) {
			m.flagged++
		}
		if e == "refused" {
			m.refused++
		}
	}
	services := []string{service}
	if service == "" {
		services = nil
		for _, s := range v.place().Services {
			services = append(services, s.Service)
		}
	}
	all, err := past.Outcomes(ctx, tx, cases.Decided{Services: services})
	for _, o := range all {
		m.without += o.N
		if o.Ending == "refused" {
			m.withoutRefused += o.N
		}
	}
	m.without, m.withoutRefused = max(0, m.without-m.flagged), max(0, m.withoutRefused-m.refused)
	return m, seen, endings, err
}

// howRight says how such flags did in this service.
func (v Hinting) howRight(ctx context.Context, tx *store.Tx, r Reader, kind, service string) (string, error) {
	m, _, _, err := v.measure(ctx, tx, kind, service)
	if err != nil {
		return "", err
	}
	return r.measured(m), nil
}

func (r Reader) measured(m measured) string {
	if m.flagged == 0 {
		return r.P.T("No case with such a flag has been decided yet: nothing is known of how often it means anything.")
	}
	text := r.P.N("Of {n} decided case with such a flag, {refused} was refused; the others were not.", "Of {n} decided cases with such a flag, {refused} were refused; the others were not.", int(m.flagged), i18n.V{"refused": m.refused})
	if m.without > 0 {
		text += " " + r.P.T("Of {n} without it, {refused} were refused.", i18n.V{"n": m.without, "refused": m.withoutRefused})
	}
	return text
}
