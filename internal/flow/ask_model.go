package flow

import (
	"context"
	"log/slog"

	"stoa/internal/condense"
	"stoa/internal/converse"
	"stoa/internal/inquiry"
	"stoa/internal/store"
)

// LanguageModel is a model that shortens answers by choosing among their sentences; nobody is asked where there is none.
type LanguageModel struct {
	*condense.Model
	PerDay int // how often it may be asked
	Log    *slog.Logger
}

// brief asks a language model which sentences of an answer are its short form. It is counted before it is asked, so that the
// day's budget holds whoever hangs up, and between transactions, so that nobody waits for it. A model that is slow, broken or
// wrong leaves the answer as it is.
func (f Assistant) brief(ctx context.Context, library *converse.Library, day string, a converse.Answer, question string) ([]converse.Sentence, error) {
	if f.Language == nil {
		return nil, nil
	}
	d, ok := library.Digest(a, question)
	if !ok {
		return nil, nil
	}
	err := f.DB.Write(ctx, "flow.AskModel", func(ctx context.Context, tx *store.Tx) (err error) {
		ok, err = f.inquiries().Spend(ctx, tx, day, f.Language.PerDay)
		return err
	})
	if err != nil || !ok {
		return nil, err
	}
	reply, err := f.Language.Choose(ctx, d.Question, d.Sentences)
	u := inquiry.Use{Sent: reply.Sent, Received: reply.Received}
	var brief []converse.Sentence
	if err != nil {
		f.Language.Log.Warn("the language model did not answer", "error", err)
		u.Failed = 1
	} else {
		brief, u.Dropped = d.Check(reply.Text)
		u.Kept = len(brief)
	}
	return brief, f.DB.Write(ctx, "flow.ModelReplied", func(ctx context.Context, tx *store.Tx) error { return f.inquiries().Used(ctx, tx, day, u) })
}
