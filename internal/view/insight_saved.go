package view

import (
	"context"
	"strings"

	"stoa/internal/bookmark"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// SavedView is a view of figures that the reader saved.
type SavedView struct {
	ID, Name, Topic, Title, Query string
	Every, Next                   string // "" not by mail
}

// mostSavedShown bounds the list; nobody may save more.
const mostSavedShown = 50

// Saved lists the reader's own.
func (v Insight) Saved(ctx context.Context, r Reader) (list []SavedView, err error) {
	if err := policy.Can(r.Actor, policy.AccountOwn, policy.Thing{Kind: "bookmark", Owner: r.Actor.Person}); err != nil {
		return nil, err
	}
	err = v.read(ctx, "SavedViews", func(ctx context.Context, tx *store.Tx) error {
		all, err := bookmark.Bookmarks{}.Of(ctx, tx, r.Actor.Person, mostSavedShown)
		list = nil
		for _, b := range all {
			one := SavedView{ID: b.ID, Name: b.Name, Topic: b.Topic, Title: r.InsightTitle(b.Topic), Query: b.Query, Every: b.Every}
			if !b.Next.IsZero() {
				one.Next = r.date(b.Next)
			}
			list = append(list, one)
		}
		return err
	})
	return list, err
}

// How often a saved view is sent.
const (
	NeverByMail   = bookmark.Never
	WeeklyByMail  = bookmark.Weekly
	MonthlyByMail = bookmark.Monthly
)

// Report is a page of figures in words, for a mail.
func (v Insight) Report(ctx context.Context, r Reader, name string, q InsightAsk) (title, text string, err error) {
	p, err := v.Topic(ctx, r, q)
	if err != nil {
		return "", "", err
	}
	title = r.P.T("{name}: {title}", i18n.V{"name": name, "title": p.Title})
	lines := []string{r.P.T("{scope}, {period}.", i18n.V{"scope": p.Scope, "period": p.Period}), p.Finding}
	for _, f := range p.Figures {
		if f.Finding != "" && f.Finding != p.Finding {
			lines = append(lines, f.Title+": "+f.Finding)
		}
	}
	if p.Step != nil {
		lines = append(lines, p.Step.Reasons...)
	}
	for _, n := range p.Notes {
		if n != "" {
			lines = append(lines, n)
		}
	}
	return title, strings.Join(lines, "\n\n"), nil
}
