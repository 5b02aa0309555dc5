package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Knows is what a register knows of a question, for the person whom it is about.
type Knows struct {
	Question string
	Register string
	Keeper   string
	Options  []Option // value, answer, where it comes from
	Choice   string   // of the options' values, cases.KnownOwn, cases.KnownWrong, or "" where nothing was chosen
	Down     bool     // the register did not answer
	Former   string   // what was in use until the register changed
	Told     bool     // whoever keeps it was told that it is wrong
	Contact  Contact  // of whoever keeps it
	Law      Law
	Shown    string // what a wallet has shown; "" for none
}

// knownUse is the value by which a record is taken as the answer; see flow.KnownUse.
func knownUse(number string) string { return cases.KnownUse + ":" + number }

// knows is what registers said to a question of a draft. It is nil for anybody but the person it is about, and where there is
// nothing to say.
func (v *View) knows(ctx context.Context, tx *store.Tx, r Reader, d *docket.Draft, place string, q *service.Question) (*Knows, error) {
	k := d.Known[d.Typed.Key(place, q.ID)]
	if k == nil || k.Person != r.Actor.Person || q.Known == nil || len(k.Found) == 0 && !k.Down && k.Former == "" {
		return nil, nil
	}
	j := d.Service.Jurisdiction
	name, contact := q.Known.Keeper(j)
	out := &Knows{Question: r.short(d.Service, q), Register: r.words(j, q.Known.Title()), Keeper: r.words(j, name), Down: k.Down, Told: k.Told != "",
		Contact: Contact{Name: r.words(j, name), Email: contact.Email, Phone: contact.Phone}, Law: law(d.Service, q.Known.Basis)}
	if k.Choice == cases.KnownUse {
		out.Choice = knownUse(k.Chosen.Number)
	} else {
		out.Choice = k.Choice
	}
	for _, x := range k.Found {
		text, err := v.factText(ctx, tx, r, d.Service, q, x.Text)
		if err != nil {
			return nil, err
		}
		out.Options = append(out.Options, Option{knownUse(x.Number), text, r.knownFrom(j, q.Known, x)})
	}
	var err error
	if k.Former != "" {
		out.Former, err = v.factText(ctx, tx, r, d.Service, q, k.Former)
	}
	return out, err
}

// knownFrom says where a value comes from, and of which day.
func (r Reader) knownFrom(j *service.Jurisdiction, known *service.Known, x cases.KnownFact) string {
	v := i18n.V{"register": r.words(j, known.Title()), "date": r.isoDay(x.Day), "record": x.Number}
	if x.Label != "" && x.Label != x.Text {
		v["record"] = x.Number + " (" + x.Label + ")"
	}
	return r.P.T("{register}, record {record}, as of {date}", v)
}

func (r Reader) isoDay(text string) string {
	day, err := calendar.ParseISO(text)
	if err != nil {
		return text
	}
	return r.date(day)
}

// factText is a register's value as the answer to a question: the label of an option, the name of a place.
func (v *View) factText(ctx context.Context, tx *store.Tx, r Reader, s *service.Service, q *service.Question, text string) (string, error) {
	switch q.Type {
	case "one_of":
		for _, o := range q.Options {
			if o.Value == text {
				return r.words(s.Jurisdiction, o.Label), nil
			}
		}
	case "lookup":
		pick, ok, err := v.Docket.Pick(ctx, tx, s, q.Register, text)
		if err != nil || !ok {
			return text, err
		}
		return pick.Label, nil
	}
	typ := "text"
	if q.Known != nil {
		typ = q.Known.Type
	}
	return r.showField(s.Jurisdiction, service.RegisterField{Type: typ}, text), nil
}

// origin says where an answer came from that was not simply typed.
func (r Reader) origin(d *docket.Draft, place string, q *service.Question) string {
	k := d.Known[d.Typed.Key(place, q.ID)]
	if k == nil || q.Known == nil && k.Choice != cases.KnownShown {
		return ""
	}
	j := d.Service.Jurisdiction
	switch k.Choice {
	case cases.KnownUse:
		from := r.knownFrom(j, q.Known, k.Chosen)
		if k.Former != "" {
			return r.P.T("Changed since you looked. Now from: {source}", i18n.V{"source": from})
		}
		return r.P.T("From: {source}", i18n.V{"source": from})
	case cases.KnownShown:
		return r.P.T("Shown from a wallet: {kind} {number}, checked on {date}", i18n.V{"kind": k.Chosen.Label, "number": k.Chosen.Number, "date": r.isoDay(k.Chosen.Day)})
	case cases.KnownWrong:
		return r.P.T("Typed. The {register} is said to be wrong", i18n.V{"register": r.words(j, q.Known.Title())})
	case cases.KnownOwn:
		return r.P.T("Typed, not taken from the {register}", i18n.V{"register": r.words(j, q.Known.Title())})
	}
	return ""
}

// changedSince reports whether a register says another thing than when its answer was taken.
func changedSince(d *docket.Draft, place string, q *service.Question) bool {
	k := d.Known[d.Typed.Key(place, q.ID)]
	return k != nil && k.Former != ""
}

// known lists what registers know of the questions outside groups that are still open, and of those that they have answered.
func (v *View) known(ctx context.Context, tx *store.Tx, r Reader, d *docket.Draft) (list []Knows, err error) {
	for _, q := range d.Service.Questions {
		if q.Parent != nil || !d.Judged.Asked(q.ID) {
			continue
		}
		k, err := v.knows(ctx, tx, r, d, "", q)
		if err != nil {
			return nil, err
		}
		typed := slices.ContainsFunc(process.Fields(q), func(name string) bool { return d.Typed.Get(name) != "" })
		if k != nil && len(k.Options) > 0 && (k.Choice == "" && !typed || strings.HasPrefix(k.Choice, cases.KnownUse)) {
			list = append(list, *k)
		}
	}
	return list, nil
}
