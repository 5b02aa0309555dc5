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

// digest says what a language model may be asked about an answer, and whether it is to be asked today.
func (f Assistant) digest(ctx context.Context, tx *store.Tx, library *converse.Library, day string, a converse.Answer, question string) (converse.Digest, bool, error) {
	if f.Language == nil {
		return converse.Digest{}, false, nil
	}
	d, ok := library.Digest(a, question)
	if !ok {
		return d, false, nil
	}
	used, err := f.inquiries().UsedSince(ctx, tx, day)
	return d, used.Asked < f.Language.PerDay, err
}

// choose asks the language model. A model that is slow, broken or wrong leaves the answer as it is.
func (f Assistant) choose(ctx context.Context, d converse.Digest) ([]converse.Sentence, inquiry.Use) {
	reply, err := f.Language.Choose(ctx, d.Question, d.Sentences)
	u := inquiry.Use{Asked: 1, Sent: reply.Sent, Received: reply.Received}
	if err != nil {
		f.Language.Log.Warn("the language model did not answer", "error", err)
		u.Failed = 1
		return nil, u
	}
	brief, dropped := d.Check(reply.Text)
	u.Kept, u.Dropped = len(brief), dropped
	return brief, u
}
