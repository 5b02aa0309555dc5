package flow

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/insight"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// What no log keeps is noted when it happens: of a service and a day, never of a person.

// leave keeps a note with the transaction.
func (Insight) leave(ctx context.Context, tx *store.Tx, s *service.Service, measure string, amount int64, marks ...insight.Mark) error {
	return insight.Figures{}.Leave(ctx, tx, insight.Note{Measure: measure, Organisation: s.Organisation, Service: s.Service, Amount: amount, Marks: marks})
}

// promise notes whether a case that is over was so by its day, where it had one.
func (f Insight) promise(ctx context.Context, tx *store.Tx, c *docket.Case, due calendar.Date) error {
	if due.IsZero() || c.Open() {
		return nil
	}
	kept := int64(0)
	if !docket.Day(c.Service, c.Ended).After(due) {
		kept = 1
	}
	return f.leave(ctx, tx, c.Service, insight.Promise, kept)
}

// started notes that somebody began an application, and that they came to its first page.
func (f Insight) started(ctx context.Context, tx *store.Tx, s *service.Service, language, channel string) error {
	err := f.leave(ctx, tx, s, insight.Started, 0, insight.Mark{By: insight.ByLanguage, Of: language}, insight.Mark{By: insight.ByChannel, Of: channel})
	if err != nil || len(s.Pages) == 0 {
		return err
	}
	return f.leave(ctx, tx, s, insight.Reached, 0, each(language, insight.ByPage, s.Pages[0].File.Page)...)
}

// each tells something apart, and once more within a language.
func each(language, by, of string) []insight.Mark {
	return []insight.Mark{{By: by, Of: of}, {By: insight.In(by, language), Of: of}}
}

// answered notes what was wrong on a page that was sent, and, once for each draft, that it was passed and which came next.
// It tells whether the draft has changed by that.
func (f Insight) answered(ctx context.Context, tx *store.Tx, draft *docket.Draft, in SavePage) (changed bool, err error) {
	i := slices.IndexFunc(draft.Service.Pages, func(p *service.Page) bool { return p.File.Page == in.Page })
	if i < 0 {
		return false, nil
	}
	p, s := draft.Service.Pages[i], draft.Service
	wrong := map[string]bool{}
	for _, e := range draft.Judged.On(p, in.Place) {
		if path := process.Definition(e.Path); !wrong[path] && !(e.Missing && in.Part) {
			wrong[path] = true
			if err := f.leave(ctx, tx, s, insight.Wrong, 0, each(draft.Language, insight.ByQuestion, path)...); err != nil {
				return false, err
			}
		}
	}
	if len(wrong) > 0 || draft.Judged.Page(p) != process.PageDone || slices.Contains(draft.Passed, in.Page) {
		return false, nil
	}
	draft.Passed = append(draft.Passed, in.Page)
	if err := f.leave(ctx, tx, s, insight.Passed, 0, each(draft.Language, insight.ByPage, in.Page)...); err != nil {
		return false, err
	}
	if next := draft.Judged.Next(p); next != nil && !slices.Contains(draft.Passed, next.File.Page) {
		return true, f.leave(ctx, tx, s, insight.Reached, 0, each(draft.Language, insight.ByPage, next.File.Page)...)
	}
	return true, nil
}

// Went is what somebody says of how it went.
type Went struct {
	Draft string
	Score int // 1 very badly … 5 very well
}

// Went keeps what somebody says of how sending an application went: with the service and the day, and apart from who they are.
// A draft says it once.
func (f Insight) Went(ctx context.Context, actor policy.Actor, in Went) error {
	return f.DB.Write(ctx, "flow.Went", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.Docket.Unjudged(ctx, tx, in.Draft)
		if err != nil {
			return missing(err)
		}
		if err := docket.Open(actor, policy.DraftUse, draft); err != nil {
			return err
		}
		if in.Score < 1 || in.Score > 5 || draft.Case == "" || draft.Said {
			return nil // whoever says nothing is not bothered
		}
		draft.Said = true
		if err := f.Docket.Cases.SaveDraft(ctx, tx, draft.Draft); err != nil {
			return err
		}
		s := draft.Service
		return insight.Figures{}.Leave(ctx, tx, insight.Note{Measure: insight.Said, Organisation: s.Organisation, Service: s.Service,
			Bucket: in.Score, Amount: int64(in.Score), Marks: []insight.Mark{{By: insight.ByLanguage, Of: draft.Language}}})
	})
}
