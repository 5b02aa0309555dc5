package flow_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"stoa/internal/converse"
	"stoa/internal/fault"
	"stoa/internal/flow"
	talks "stoa/internal/inquiry"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

func (w *world) asks(token, text string) (string, converse.Answer) {
	w.t.Helper()
	token, a, err := w.Assistant().Ask(w.ctx, policy.Actor{}, flow.Ask{Token: token, Said: converse.Said{Text: text, Page: "en"}})
	w.must(err)
	return token, a
}

func (w *world) talk(token string) (state converse.State, found bool) {
	w.t.Helper()
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		i, err := (&talks.Inquiries{Vault: w.People.Vault}).ByToken(ctx, tx, person.TokenHash(token))
		if err == nil {
			state, found = i.State, true
		}
		return nil
	}))
	return state, found
}

// TestAConversationIsTheAskersAlone: it is found by its token, sealed, and forgotten when its time is over or the asker says so.
func TestAConversationIsTheAskersAlone(t *testing.T) {
	each(t, func(w *world) {
		token, a := w.asks("", "My name is Zebedee, how much is a street stall?")
		if a.Language != "en" || token == "" {
			t.Fatalf("%+v", a)
		}
		again, _ := w.asks(token, "and who can apply?")
		if again != token {
			t.Error("the conversation did not go on")
		}
		state, _ := w.talk(token)
		if len(state.Turns) != 4 || state.Turns[0].Text != "My name is Zebedee, how much is a street stall?" {
			t.Errorf("%d turns", len(state.Turns))
		}
		if other, _ := w.asks("wrong-token", "hello"); other == "wrong-token" || other == token {
			t.Error("a stranger's token was taken over")
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			var sealed, sources string
			if err := tx.QueryRow(ctx, `SELECT sealed FROM inquiry ORDER BY id LIMIT 1`).Scan(&sealed); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, `SELECT kind || sources || service FROM inquiry_answer ORDER BY inquiry, n LIMIT 1`).Scan(&sources); err != nil {
				return err
			}
			if strings.Contains(sealed+sources, "Zebedee") || strings.Contains(sealed, "stall") {
				t.Error("what was asked lies in the clear")
			}
			return nil
		}))
		w.must(w.Assistant().Forget(w.ctx, policy.Actor{}, token))
		if _, found := w.talk(token); found {
			t.Error("the conversation is still there")
		}
		late, _ := w.asks("", "hello")
		w.clock.Advance(talks.Life + time.Hour)
		if n, err := w.Assistant().Sweep(w.ctx, w.system); err != nil || n == 0 {
			t.Errorf("%d forgotten, %v", n, err)
		}
		if _, found := w.talk(late); found {
			t.Error("an old conversation is still there")
		}
		if _, err := w.Assistant().Sweep(w.ctx, policy.Actor{}); err == nil {
			t.Error("anybody may sweep")
		}
	})
}

// TestAnswersAreRatedByTheirAsker and the counts know no words.
func TestAnswersAreRatedByTheirAsker(t *testing.T) {
	each(t, func(w *world) {
		token, _ := w.asks("", "Who can apply for a street stall?")
		w.must(w.Assistant().Rate(w.ctx, policy.Actor{}, flow.RateAnswer{Token: token, N: 1, Good: true}))
		err := w.Assistant().Rate(w.ctx, policy.Actor{}, flow.RateAnswer{Token: "no", N: 1})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger rates: %v", err)
		}
		w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			tally, err := (&talks.Inquiries{Vault: w.People.Vault}).Since(ctx, tx, "2026-03-01")
			if err == nil && (tally.Up != 1 || tally.Down != 0 || tally.Talks != 1) {
				t.Errorf("%+v", tally)
			}
			return err
		}))
	})
}

// TestADraftIsFilledByTalk with the validation of the form, and is sent as any other.
func TestADraftIsFilledByTalk(t *testing.T) {
	each(t, func(w *world) {
		id, _, err := w.Assistant().Take(w.ctx, policy.Actor{}, "", "street-stall", "en")
		w.must(err)
		holder := policy.Actor{Draft: id}
		say := func(question, text string) flow.TalkReply {
			t.Helper()
			r, err := w.Assistant().Answer(w.ctx, holder, flow.AnswerInTalk{Draft: id, Question: question, Said: text, Language: "en"})
			w.must(err)
			return r
		}
		if _, err := w.Assistant().Answer(w.ctx, policy.Actor{}, flow.AnswerInTalk{Draft: id, Question: "adult", Said: "yes", Language: "en"}); err == nil {
			t.Error("a stranger fills the draft in")
		}
		if say("adult", "perhaps").Understood {
			t.Error("perhaps is an answer")
		}
		say("adult", "yes I am")
		say("metres", "it is 400 metres")
		if d := w.draft(id); len(d.Judged.Below("metres")) == 0 {
			t.Error("400 metres pass the validation")
		}
		say("metres", "4")
		if d := w.draft(id); d.Typed.Get("adult") != "yes" || d.Typed.Get("metres") != "4" {
			t.Errorf("answering one question lost another: %v", d.Typed.Fields)
		}
		_, err = w.Assistant().Answer(w.ctx, holder, flow.AnswerInTalk{Draft: id, Question: "goods", Form: url.Values{"goods": {"other"}}, Language: "en"})
		w.must(err)
		_, err = w.Assistant().Answer(w.ctx, holder, flow.AnswerInTalk{Draft: id, Question: "place", Form: url.Values{"place": {"P1"}}, Language: "en"})
		w.must(err)
		say("applicant_name", "Rana Resident")
		say("applicant_email", "mine is rana@example.com")
		done, err := w.Submit(w.ctx, holder, flow.Submit{Draft: id, Declared: true})
		w.must(err)
		if done.Number == "" {
			t.Error("no case")
		}
	})
}
