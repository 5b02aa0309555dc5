package view

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"stoa/internal/converse"
	"stoa/internal/inquiry"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// AskReview is how the assistant does, in numbers and in words that many conversations share.
type AskReview struct {
	Since    string
	Days     int
	Talks    int
	Answered int // of every hundred questions
	Asked    int // answers in all
	Kinds    []CountLine
	Up, Down int
	Words    []converse.Shared // of questions that were not answered
	Least    int               // conversations that must share a word
	Gaps     []Gap
	Unused   []UnusedSource
	Disliked []CountLine
	Keep     int         // days for which words are kept
	Model    string      // a language model that chooses sentences; "" where there is none
	Used     []CountLine // what it was asked, and what came of it
}

// CountLine is how often something happened.
type CountLine struct {
	Label string
	Count int
}

// Gap is something for an editor to do.
type Gap struct{ Service, Title, What string }

// UnusedSource is a page of which some parts, or all, were in no answer.
type UnusedSource struct {
	Title, URL string
	Parts, Of  int
	id         string
}

const (
	reviewDays   = 30
	reviewedMost = 2000 // conversations whose words are counted
	unusedShown  = 40   // pages
)

// Review is the quality page's facts. Nobody sees what somebody asked: only words that enough conversations share.
func (a Assistant) Review(ctx context.Context, r Reader) (p AskReview, err error) {
	if err := policy.Can(r.Actor, policy.AskReview, policy.Thing{Kind: "assistant"}); err != nil {
		return p, err
	}
	j := a.place()
	err = a.read(ctx, "AskReview", func(ctx context.Context, tx *store.Tx) error {
		p = AskReview{Days: reviewDays, Least: converse.MinTalks, Keep: int(inquiry.Life / (24 * time.Hour))}
		since := j.Calendar.DateOf(tx.Now().AddDate(0, 0, -reviewDays))
		p.Since = r.date(since)
		t, err := a.inquiries().Since(ctx, tx, since.String())
		if err != nil {
			return err
		}
		p.count(r, t)
		if err := a.modelUse(ctx, tx, r, &p, since.String()); err != nil {
			return err
		}
		recent, err := a.inquiries().Recent(ctx, tx, tx.Now().Add(-inquiry.Life), reviewedMost)
		if err != nil {
			return err
		}
		states := make([]converse.State, len(recent))
		for i := range recent {
			states[i] = recent[i].State
		}
		library, err := a.library.Of(j, j.Calendar.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		if p.Words, err = library.Words(ctx, states); err != nil {
			return err
		}
		a.gaps(r, &p, t, library)
		return nil
	})
	return p, err
}

// modelUse is what the language model was asked.
func (a Assistant) modelUse(ctx context.Context, tx *store.Tx, r Reader, p *AskReview, since string) error {
	if p.Model = a.LanguageModel; p.Model == "" {
		return nil
	}
	u, err := a.inquiries().UsedSince(ctx, tx, since)
	if err != nil {
		return err
	}
	p.Used = []CountLine{
		{r.P.T("Questions put to it"), u.Asked}, {r.P.T("Without a reply in time"), u.Failed},
		{r.P.T("Sentences that it chose"), u.Kept}, {r.P.T("Sentences dropped, since they stand in no source"), u.Dropped},
		{r.P.T("Tokens sent"), int(u.Sent)}, {r.P.T("Tokens received"), int(u.Received)},
	}
	return nil
}

func (p *AskReview) count(r Reader, t inquiry.Tally) {
	p.Talks, p.Up, p.Down = t.Talks, t.Up, t.Down
	good, judged := 0, 0
	for _, kind := range []string{converse.Answered, converse.Reckoned, converse.Asking, converse.Choosing, converse.Mine, converse.HandedOff, converse.ToPerson, converse.Unknown} {
		n := t.Kinds[kind]
		p.Asked += n
		if n > 0 {
			p.Kinds = append(p.Kinds, CountLine{r.answerKind(kind), n})
		}
		switch kind {
		case converse.Answered, converse.Reckoned, converse.Mine, converse.HandedOff:
			good, judged = good+n, judged+n
		case converse.Unknown, converse.ToPerson:
			judged += n
		}
	}
	if judged > 0 {
		p.Answered = 100 * good / judged
	}
}

// answerKind is what an answer was, in words.
func (r Reader) answerKind(kind string) string {
	switch kind {
	case converse.Answered:
		return r.P.T("Quoted from what is published")
	case converse.Reckoned:
		return r.P.T("Computed, or read from a register")
	case converse.Asking:
		return r.P.T("Asked for what was missing")
	case converse.Choosing:
		return r.P.T("Asked which of several was meant")
	case converse.Mine:
		return r.P.T("About the asker’s own cases or bills")
	case converse.HandedOff:
		return r.P.T("Fixed text: emergency, violence and the like")
	case converse.ToPerson:
		return r.P.T("Led to a person or to the form")
	}
	return r.P.T("Not known")
}

// gaps are tasks for editors: what services' files lack, and words of questions that are not answered even now; then sources that
// displease, and those that nobody was ever told of. A task is done when the files say what it asks for.
func (a Assistant) gaps(r Reader, p *AskReview, t inquiry.Tally, library *converse.Library) {
	j := a.place()
	for _, s := range j.Services {
		title := r.words(j, s.Title)
		if len(s.Asked) == 0 {
			p.Gaps = append(p.Gaps, Gap{s.Service, title, r.P.T("The file has no worked questions: write under “asked” what people ask.")})
		}
		if r.words(j, s.Who) == "" {
			p.Gaps = append(p.Gaps, Gap{s.Service, title, r.P.T("The file does not say who can use it.")})
		}
		if len(s.Keywords[r.P.Tag()]) == 0 {
			p.Gaps = append(p.Gaps, Gap{s.Service, title, r.P.T("The file has no everyday words in this language.")})
		}
	}
	if len(p.Words) > 0 {
		p.Gaps = append(p.Gaps, Gap{"", r.P.T("Questions without an answer"), r.P.T("Write guidance, or everyday words, for the words below.")})
	}
	titles := map[string]string{}
	for _, src := range library.Sources(r.P.Tag()) {
		titles[src.ID] = strings.Trim(src.Title+": "+src.Part, ": ")
		if p.Asked > 0 {
			p.unused(src, t.Sources[src.ID] > 0)
		}
	}
	p.Unused = slices.DeleteFunc(p.Unused, func(u UnusedSource) bool { return u.Parts == 0 })
	slices.SortStableFunc(p.Unused, func(a, b UnusedSource) int { return cmp.Compare(b.Parts*a.Of, a.Parts*b.Of) })
	p.Unused = p.Unused[:min(len(p.Unused), unusedShown)]
	for _, id := range sortedKeys(t.Disliked) {
		if n := t.Disliked[id]; n > 1 && titles[id] != "" {
			p.Disliked = append(p.Disliked, CountLine{titles[id], n})
		}
	}
	slices.SortStableFunc(p.Disliked, func(a, b CountLine) int { return b.Count - a.Count })
}

// unused counts a part of a page; parts of a page follow one another.
func (p *AskReview) unused(src converse.Source, quoted bool) {
	id, _, _ := strings.Cut(src.ID, "#")
	if n := len(p.Unused); n == 0 || p.Unused[n-1].id != id {
		p.Unused = append(p.Unused, UnusedSource{Title: src.Title, URL: src.URL, id: id})
	}
	u := &p.Unused[len(p.Unused)-1]
	u.Of++
	if !quoted {
		u.Parts++
	}
}
