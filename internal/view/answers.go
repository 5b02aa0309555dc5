package view

import (
	"context"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Answers is the summary before an application is sent.
type Answers struct {
	Draft
	Cards       []Card
	Fee         *Fee
	Refusals    []Refuse
	Conditions  int // of eligibility, when all hold
	Declaration string
	Problems    []Problem // pages that are not done
	Privacy     []Privacy
	SignIn      policy.Level // how surely the reader still has to show who they are before it can be sent; Unknown: they have
}

// Card is a page's answers, or an item's.
type Card struct {
	Title string
	Page  string
	Item  string // id; "" for the page itself
	Rows  []Row
	Empty string // group without items: what to say
}

// Row is a question with its answer.
type Row struct {
	Label   string
	Lines   []string
	Anchor  string
	File    string // blob, for a link
	From    string // where the answer came from; "" where it was typed
	Changed bool   // a register says another thing than when it was used
}

// Fee is what is to be paid, and why.
type Fee struct {
	Total string
	Items []FeeItem
	Zero  bool
}

// CheckAnswers is the summary.
func (v *View) CheckAnswers(ctx context.Context, r Reader, id string) (a Answers, err error) {
	err = v.read(ctx, "CheckAnswers", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.open(ctx, tx, r, id)
		if err != nil {
			return err
		}
		j := d.Service.Jurisdiction
		a = Answers{Draft: r.head(d), Fee: r.fee(d.Service, d.Judged), Refusals: r.refusals(d.Judged, false),
			Declaration: r.words(j, d.Service.Declaration), Privacy: r.privacy(d.Service)}
		if needed := policy.LevelOf(d.Service.Assurance); r.Actor.Level < needed {
			a.SignIn = needed
		}
		if len(a.Refusals) == 0 {
			a.Conditions = len(d.Judged.Eligibility)
		}
		for p := d.Judged.Next(nil); p != nil; p = d.Judged.Next(p) {
			title := r.words(j, p.File.Title)
			a.Cards = append(a.Cards, r.cards(d, p, title, "", "", p.Questions, d.Judged.Answers)...)
			if d.Judged.Page(p) != process.PageDone {
				a.Problems = append(a.Problems, Problem{Path: p.File.Page, Text: r.P.T("Complete “{page}”", map[string]any{"page": title})})
			}
		}
		return nil
	})
	return a, err
}

// cards lists the answers of a place, and below them those of its groups' items.
func (r Reader) cards(d *docket.Draft, p *service.Page, title, place, item string, questions []*service.Question, answers process.Answers) []Card {
	card := Card{Title: title, Page: p.File.Page, Item: item}
	var below []Card
	for _, q := range questions {
		path := join(place, q.ID)
		if !d.Judged.Asked(path) {
			continue
		}
		if q.Type == "group" {
			below = append(below, r.itemCards(d, p, path, q)...)
			continue
		}
		row := Row{Label: r.short(d.Service, q), Anchor: anchor(q, nil), Lines: process.ShowAnswer(r.P, d.Service, q, answers[q.ID]), From: r.origin(d, place, q), Changed: changedSince(d, place, q)}
		if f, ok := answers[q.ID].(process.File); ok {
			row.File = f.ID
		}
		card.Rows = append(card.Rows, row)
	}
	if len(card.Rows) == 0 && item == "" {
		return below
	}
	return append([]Card{card}, below...)
}

func (r Reader) itemCards(d *docket.Draft, p *service.Page, path string, q *service.Question) []Card {
	f := r.field(d, &d.Typed, strings.TrimSuffix(strings.TrimSuffix(path, q.ID), "."), q)
	if len(f.Items) == 0 {
		return []Card{{Title: f.Short, Page: p.File.Page, Empty: r.P.T("None added")}}
	}
	var list []Card
	for i, item := range f.Items {
		place := path + "[" + itoa(i) + "]"
		var answers process.Answers
		if at, ok := process.AnswerAt(d.Judged.Answers, place).(process.Item); ok {
			answers = at.Answers
		}
		list = append(list, r.cards(d, p, r.ItemName(f, item), place, item.ID, q.Members, answers)...)
	}
	return list
}

// fee is what is to be paid with its reasons; nil where there is none, or it cannot be said yet.
func (r Reader) fee(s *service.Service, j *process.Judgement) *Fee {
	if j.Fee == nil {
		return nil
	}
	f := &Fee{Total: process.Show(r.P, s, j.Fee.Total, "money"), Zero: j.Fee.Total.IsZero()}
	for _, item := range j.Fee.Items {
		f.Items = append(f.Items, FeeItem{
			Title: r.words(s.Jurisdiction, item.Fee.Title), Amount: process.Show(r.P, s, item.Amount, "money"),
			Why: r.why(s, j, item.Why), Law: law(s, item.Fee.Law),
		})
	}
	return f
}
