package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// NoticeLine is an application open to the public, in a list.
type NoticeLine struct {
	Case, Number, Title, Service string
	Label                        string
	Since                        Instant
	Until                        string // last day for representations; "" for no set day
}

// NoticePage is an application as far as the file publishes it.
type NoticePage struct {
	NoticeLine
	Ask     string
	Facts   []RecordFact
	Grounds []Option
	Law     Law
	Open    bool
	Contact Contact
}

// Notices lists the applications that are open to the public now, those that close first at the top.
func (v *View) Notices(ctx context.Context, r Reader) (list []NoticeLine, err error) {
	err = v.read(ctx, "Notices", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		type dated struct {
			NoticeLine
			day string
		}
		var all []dated
		for _, s := range v.place().Services {
			if s.Notice == nil {
				continue
			}
			rows, err := v.Docket.Cases.Noticed(ctx, tx, s.Organisation, s.Service, s.Notice.States)
			if err != nil {
				return err
			}
			for _, row := range rows {
				c, err := v.Docket.Whole(ctx, tx, row)
				if err != nil {
					return err
				}
				open, until, err := process.NoticeOpen(c.Judged, c.Facts, tx.Now())
				if err != nil {
					return err
				}
				if !open || policy.Can(r.Actor, policy.NoticeRead, c.Thing()) != nil {
					continue
				}
				line := r.noticeLine(c)
				line.Until = r.date(until)
				all = append(all, dated{line, until.String()})
			}
		}
		slices.SortStableFunc(all, func(a, b dated) int { return strings.Compare(a.day, b.day) })
		for _, d := range all {
			list = append(list, d.NoticeLine)
		}
		return nil
	})
	return list, err
}

func (r Reader) noticeLine(c *docket.Case) NoticeLine {
	j := c.Service.Jurisdiction
	line := NoticeLine{Case: c.ID, Number: c.Number, Service: r.words(j, c.Service.Title), Title: r.words(j, c.Service.Notice.Title),
		Since: r.instant(j, c.Submitted)}
	facts := r.published(c)
	if len(facts) > 0 {
		line.Label = facts[0].Value
	}
	for _, f := range facts { // the case's own name tells it from others, where it is among what is published
		if f.Value == c.Label {
			line.Label = c.Label
		}
	}
	return line
}

// published are the answers that the file puts into the notice, and nothing else of the case.
func (r Reader) published(c *docket.Case) []RecordFact {
	var list []RecordFact
	for _, id := range c.Service.Notice.Shows {
		for _, q := range c.Service.Questions {
			if q.Path != id || q.Parent != nil || !c.Judged.Asked(id) {
				continue
			}
			lines := process.ShowAnswer(r.P, c.Service, q, c.Judged.Answers[q.ID])
			if items, ok := c.Judged.Answers[q.ID].([]process.Item); ok {
				lines = r.itemLines(c.Service, q, items, "")
			}
			if len(lines) > 0 {
				list = append(list, RecordFact{r.short(c.Service, q), strings.Join(lines, "\n")})
			}
		}
	}
	return list
}

// itemLines writes the items of a group, a line each, those of groups inside below: the public comments
// on the very hours. What is personal in an item, and files, stay out.
func (r Reader) itemLines(s *service.Service, q *service.Question, items []process.Item, before string) []string {
	var lines []string
	for _, item := range items {
		var parts, below []string
		for _, m := range q.Members {
			answer, ok := item.Answers[m.ID]
			if !ok || m.Type == "file" || m.Personal != "" && m.Personal != "no" {
				continue
			}
			if inside, ok := answer.([]process.Item); ok {
				below = append(below, r.itemLines(s, m, inside, before+"– ")...)
				continue
			}
			if shown := process.ShowAnswer(r.P, s, m, answer); len(shown) > 0 {
				parts = append(parts, r.P.T("{label}: {value}", i18n.V{"label": r.short(s, m), "value": strings.Join(shown, ", ")}))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, before+strings.Join(parts, "; "))
		}
		lines = append(lines, below...)
	}
	return lines
}

// Notice is the public page of an application.
func (v *View) Notice(ctx context.Context, r Reader, id string) (p NoticePage, err error) {
	err = v.read(ctx, "Notice", func(ctx context.Context, tx *store.Tx) error {
		c, err := v.Docket.Case(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.NoticeRead, c.Thing()); err != nil {
			return err
		}
		if c.Service.Notice == nil {
			return fault.NewNotFound("")
		}
		j := c.Service.Jurisdiction
		p = NoticePage{NoticeLine: r.noticeLine(c), Ask: r.words(j, c.Service.Notice.Ask), Facts: r.published(c),
			Law: law(c.Service, c.Service.Notice.Law), Contact: r.contact(j, c.Organisation)}
		for _, g := range c.Service.Notice.Grounds {
			p.Grounds = append(p.Grounds, Option{Value: g.ID, Label: r.words(j, g.Text)})
		}
		open, until, err := process.NoticeOpen(c.Judged, c.Facts, tx.Now())
		p.Open, p.Until = open, r.date(until)
		return err
	})
	return p, err
}
