package view

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/blob"
	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
)

// missing is what a case lacks and what in it does not agree, by the service's own rules and by what registers say today. No
// model takes part: each line is a rule of the file or a record.
func (v Hinting) missing(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case) (list []MissingLine, err error) {
	for _, part := range []func(context.Context, *store.Tx, Reader, *docket.Case) ([]MissingLine, error){v.missingAnswers, v.missingFiles, v.otherAnswers, v.movedRecords, v.conditionsToday} {
		more, err := part(ctx, tx, r, c)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// missingAnswers are questions without an answer that the rules ask for, and documents that could have been sent.
func (v Hinting) missingAnswers(_ context.Context, _ *store.Tx, r Reader, c *docket.Case) (list []MissingLine, err error) {
	s := c.Service
	for _, e := range c.Judged.Errors {
		q := i18n.V{"question": r.short(s, e.Question)}
		if e.Missing {
			list = append(list, MissingLine{Text: r.P.T("Not answered: “{question}”.", q)})
			continue
		}
		line := MissingLine{Text: r.P.T("“{question}” is not as the rules ask for.", q)}
		if say := r.words(s.Jurisdiction, e.Text); say != "" {
			line.Text += " " + say
		}
		if e.Law != nil {
			line.Law = lawOf(*e.Law)
		}
		list = append(list, line)
	}
	for p := c.Judged.Next(nil); p != nil; p = c.Judged.Next(p) {
		for _, q := range p.Questions {
			if q.Type == "file" && q.Optional && c.Judged.Answers[q.ID] == nil && c.Judged.Asked(q.ID) {
				list = append(list, MissingLine{Text: r.P.T("“{question}” was not sent. It may be left out.", i18n.V{"question": r.short(s, q)})})
			}
		}
	}
	return list, nil
}

// missingFiles are documents that cannot be relied on.
func (v Hinting) missingFiles(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case) (list []MissingLine, err error) {
	for _, card := range r.answered(c) {
		for _, row := range card.Rows {
			if row.File == "" {
				continue
			}
			b, err := v.Docket.Blobs.Info(ctx, tx, row.File)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, err
			}
			what := i18n.V{"question": row.Label}
			switch {
			case err != nil:
				list = append(list, MissingLine{Text: r.P.T("The document for “{question}” is not there any more.", what)})
			case b.Scan == blob.Infected:
				list = append(list, MissingLine{Text: r.P.T("The document for “{question}” holds a virus and cannot be opened.", what)})
			}
		}
	}
	return list, nil
}

// otherAnswers are those that a register knew otherwise when they were given.
func (v Hinting) otherAnswers(_ context.Context, _ *store.Tx, r Reader, c *docket.Case) (list []MissingLine, err error) {
	for _, key := range slices.Sorted(maps.Keys(c.Known)) {
		k := c.Known[key]
		path, there := c.Typed.At(key)
		q := questionAt(c.Service, process.Definition(path))
		if !there || q == nil || q.Known == nil || k.Choice != cases.KnownOwn && k.Choice != cases.KnownWrong {
			continue
		}
		text := r.P.T("“{question}” is not what the register “{register}” had; the applicant gave another answer.", i18n.V{"question": r.short(c.Service, q), "register": r.words(c.Service.Jurisdiction, q.Known.Title())})
		if k.Choice == cases.KnownWrong {
			text += " " + r.P.T("They say that the register is wrong.")
		}
		list = append(list, MissingLine{Text: text})
	}
	return list, nil
}

// movedRecords are records that the applicant chose and that say something else now.
func (v Hinting) movedRecords(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case) (list []MissingLine, err error) {
	s := c.Service
	for _, q := range s.Questions {
		if q.Register == "" || q.Parent != nil {
			continue
		}
		key := c.Typed.Get(q.ID)
		was, chosen := c.Picks[q.Register+" "+key]
		if key == "" || !chosen {
			continue
		}
		now, there, err := v.Docket.Pick(ctx, tx, s, q.Register, key)
		if err != nil {
			return nil, err
		}
		reg := s.Jurisdiction.Registers[q.Register]
		about := i18n.V{"record": was.Label, "register": r.words(s.Jurisdiction, reg.Title)}
		if !there {
			list = append(list, MissingLine{Text: r.P.T("{record} is no longer in the register “{register}”.", about)})
			continue
		}
		var changed []string
		for _, f := range reg.Fields {
			text, _ := record.Text(now.Fields[f.ID])
			if text != was.Fields[f.ID] {
				changed = append(changed, r.words(s.Jurisdiction, f.Title))
			}
		}
		if len(changed) > 0 {
			about["fields"] = strings.Join(changed, ", ")
			list = append(list, MissingLine{Text: r.P.T("{record} has changed in the register “{register}” since the application: {fields}.", about)})
		}
	}
	return list, nil
}

// conditionsToday are conditions that the registers of today would not let hold, and those that did not hold then.
func (v Hinting) conditionsToday(ctx context.Context, tx *store.Tx, r Reader, c *docket.Case) (list []MissingLine, err error) {
	s := c.Service
	say := func(e process.Verdict, text string) {
		list = append(list, MissingLine{Text: text + " " + r.words(s.Jurisdiction, e.Rule.Otherwise), Law: law(s, e.Rule.Law)})
	}
	for _, e := range c.Judged.Eligibility {
		switch {
		case e.Holds == nil:
			say(e, r.P.T("Whether a condition is met cannot be said from the answers:"))
		case !*e.Holds:
			say(e, r.P.T("A condition is not met:"))
		}
	}
	if len(s.Lookups) == 0 {
		return list, nil
	}
	today := v.Docket.Live(tx, s, c.Variant, docket.Day(s, c.Submitted), c.Subject)
	live, then := today.Lookup, c.Judged.Situation
	today.Previous, today.Pick = then.Previous, then.Pick
	today.Lookup = func(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
		if slices.Contains(l.States, record.Pending) && then.Lookup != nil { // this case is pending itself
			return then.Lookup(ctx, l, match)
		}
		return live(ctx, l, match)
	}
	now, err := process.Judge(ctx, today, c.Typed)
	if err != nil {
		return nil, fmt.Errorf("judging case %s by the registers of today: %w", c.Number, err)
	}
	for i, e := range now.Eligibility {
		was := c.Judged.Eligibility[i].Holds
		if e.Holds != nil && !*e.Holds && was != nil && *was {
			say(e, r.P.T("Was met when the application was sent, and is not by what the registers say today:"))
		}
	}
	return list, nil
}
