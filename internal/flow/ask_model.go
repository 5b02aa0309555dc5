package flow

import (
	"context"
	"log/slog"

	"stoa/internal/condense"
	"stoa/internal/converse"
	"stoa/internal/inquiry"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// LanguageModel is a model that shortens answers by choosing among their sentences; nobody is asked where there is none.
type LanguageModel struct {
	*condense.Model
	PerDay int // how often it may be asked
	Log    *slog.Logger
}

// Shorten has a language model choose which sentences of the last answer are its short form, and keeps them with it. The answer
// is there before and does not wait: a model that is slow, broken or wrong leaves it as it is, and so does a conversation that
// went on or was forgotten meanwhile. It says whether there is a short form now.
func (f Assistant) Shorten(ctx context.Context, actor policy.Actor, token string) (bool, error) {
	if err := policy.Can(actor, policy.AskUse, inquiryThing); err != nil {
		return false, err
	}
	if f.Language == nil {
		return false, nil
	}
	var turn converse.Turn
	var digest converse.Digest
	var some bool
	var day string
	err := f.DB.Read(ctx, "flow.Shorten", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.inquiry(ctx, tx, token)
		if err != nil || len(i.State.Turns) < 2 {
			return err
		}
		j := f.Docket.Releases.Current()
		today := j.Calendar.DateOf(tx.Now())
		day = today.String()
		library, err := f.library.Of(j, today)
		if err != nil {
			return err
		}
		said := i.State.Turns[len(i.State.Turns)-2:]
		if turn = said[1]; said[0].Person && turn.Answer != nil && len(turn.Answer.Brief) == 0 {
			digest, some = library.Digest(*turn.Answer, said[0].Text)
		}
		return nil
	})
	if err != nil || !some {
		return false, err
	}
	brief, use, err := f.choose(ctx, day, digest)
	if err != nil || use == nil {
		return false, err
	}
	kept := false
	err = f.DB.Write(ctx, "flow.Shorten", func(ctx context.Context, tx *store.Tx) error {
		kept = false
		if err := f.inquiries().Used(ctx, tx, day, *use); err != nil {
			return err
		}
		i, err := f.inquiry(ctx, tx, token)
		if err != nil {
			return err
		}
		for k := range i.State.Turns {
			if t := &i.State.Turns[k]; t.Answer != nil && t.N == turn.N && t.At == turn.At && len(brief) > 0 {
				t.Answer.Brief, kept = brief, true
				return f.inquiries().Save(ctx, tx, i)
			}
		}
		return nil
	})
	return kept, err
}

// choose asks the model. It is counted before it is asked, so that the day's budget holds whoever hangs up, and between
// transactions, so that nobody waits for it. No use is returned where the budget is spent.
func (f Assistant) choose(ctx context.Context, day string, d converse.Digest) (brief []converse.Sentence, use *inquiry.Use, err error) {
	var ok bool
	err = f.DB.Write(ctx, "flow.AskModel", func(ctx context.Context, tx *store.Tx) (err error) {
		ok, err = f.inquiries().Spend(ctx, tx, day, f.Language.PerDay)
		return err
	})
	if err != nil || !ok {
		return nil, nil, err
	}
	reply, err := f.Language.Choose(ctx, d.Question, d.Sentences)
	use = &inquiry.Use{Sent: reply.Sent, Received: reply.Received}
	if err != nil {
		f.Language.Log.Warn("the language model did not answer", "error", err)
		use.Failed = 1
		return nil, use, nil
	}
	brief, use.Dropped = d.Check(reply.Text)
	use.Kept = len(brief)
	return brief, use, nil
}
