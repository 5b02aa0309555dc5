package flow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/condense"
	"stoa/internal/converse"
	"stoa/internal/flow"
	talks "stoa/internal/inquiry"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// model is a server of the protocol with a character of its own, which remembers what it was told.
func (w *world) model(perDay int, wait time.Duration, answer func(sentences []string) string) (told *[]string) {
	told = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		var in struct{ Messages []struct{ Content string } }
		if json.NewDecoder(r.Body).Decode(&in) != nil || len(in.Messages) != 2 {
			w.t.Error("not asked by the protocol")
			return
		}
		*told = append(*told, in.Messages[1].Content)
		var list []string
		for _, line := range strings.Split(in.Messages[1].Content, "\n")[2:] {
			if _, s, ok := strings.Cut(line, ". "); ok {
				list = append(list, s)
			}
		}
		text := answer(list)
		if text == "" {
			<-r.Context().Done()
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(map[string]any{"id": "x", "object": "chat.completion", "choices": []any{map[string]any{"index": 0, "message": map[string]any{"role": "assistant", "content": text}}}})
	}))
	w.t.Cleanup(server.Close)
	w.Flow.Language = &flow.LanguageModel{PerDay: perDay, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Model: condense.New(condense.Config{URL: server.URL + "/", Model: "m", Wait: wait})}
	return told
}

func (w *world) modelUse() (u talks.Use) {
	w.must(w.DB.Read(w.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = (&talks.Inquiries{Vault: w.People.Vault}).UsedSince(ctx, tx, "")
		return err
	}))
	return u
}

// long is a question that is answered by more than a sentence or two.
const long = "who can apply for a street stall"

// wordy publishes a service that says of itself enough for a choice.
func (w *world) wordy() {
	w.t.Helper()
	files := base(w.t)
	name := "services/street-stall.yaml"
	files[name] = &fstest.MapFile{Data: bytes.Replace(files[name].Data, []byte("Anyone aged 18 or over."),
		[]byte("Anyone aged 18 or over. A stall on private land needs no licence. A licence lasts one year."), 1)}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	w.must(w.Publish(w.ctx, w.system, j))
}

// TestALanguageModelChangesNoFact: whatever it is like, the answer is the one without it; at best some of its sentences stand first.
func TestALanguageModelChangesNoFact(t *testing.T) {
	each(t, func(w *world) {
		w.wordy()
		short := func() converse.Answer {
			token, at := w.asks("", long)
			a := w.shortened(token)
			if !slices.Equal(at.Sentences, a.Sentences) {
				t.Error("shortening changed what was answered at once")
			}
			return a
		}
		_, plain := w.asks("", long)
		if len(plain.Brief) > 0 {
			t.Fatal("a short form without a language model")
		}
		same := func(name string) (brief []string) {
			a := short()
			if !slices.Equal(a.Sentences, plain.Sentences) || a.Kind != plain.Kind {
				t.Errorf("%s: the answer is another: %+v", name, a.Sentences)
			}
			for _, s := range a.Brief {
				brief = append(brief, s.Text)
				if !slices.ContainsFunc(plain.Sentences, func(whole converse.Sentence) bool { return strings.Contains(whole.Text, s.Text) }) {
					t.Errorf("%s: %q stands nowhere", name, s.Text)
				}
			}
			return brief
		}
		told := w.model(100, time.Minute, func(list []string) string { return "2. " + list[1] + "\n" + list[0] })
		if brief := same("good"); len(brief) != 2 {
			t.Errorf("good: %q of %q: %+v", brief, *told, plain)
		}
		w.model(100, time.Minute, func(list []string) string { return list[0] + " It is free of charge.\nEverybody is exempt." })
		same("lying")
		w.model(100, 50*time.Millisecond, func([]string) string { return "" })
		if brief := same("slow"); brief != nil {
			t.Errorf("slow: %q", brief)
		}
		if u := w.modelUse(); u.Asked != 3 || u.Failed != 1 || u.Dropped == 0 || u.Kept < 2 {
			t.Errorf("counted: %+v", u)
		}
		told = w.model(3, time.Minute, func(list []string) string { return list[0] })
		same("above its budget")
		if len(*told) > 0 {
			t.Error("asked beyond the day's budget")
		}
	})
}

// shortened is the last answer after the model had its turn.
func (w *world) shortened(token string) (a converse.Answer) {
	w.t.Helper()
	did, err := w.Assistant().Shorten(w.ctx, policy.Actor{}, token)
	w.must(err)
	state, _ := w.talk(token)
	a = *state.Turns[len(state.Turns)-1].Answer
	if did != (len(a.Brief) > 0) {
		w.t.Errorf("said to be shorter: %v, short form: %+v", did, a.Brief)
	}
	return a
}

// TestAShortFormComesToAnAnswerThatIsStillThere: whoever goes on talking, or forgets the conversation, while a model thinks, loses nothing.
func TestAShortFormComesToAnAnswerThatIsStillThere(t *testing.T) {
	each(t, func(w *world) {
		w.wordy()
		var token string
		meanwhile := func() {}
		w.model(100, time.Minute, func(list []string) string { meanwhile(); return list[0] })
		token, _ = w.asks("", long)
		heard := false
		meanwhile = func() { _, _ = w.asks(token, "how long does it take"); heard = true }
		if _, err := w.Assistant().Shorten(w.ctx, policy.Actor{}, token); err != nil {
			t.Errorf("gone on: %v", err)
		}
		if state, _ := w.talk(token); !heard || len(state.Turns) != 4 || len(state.Turns[1].Answer.Brief) != 1 || len(state.Turns[3].Answer.Brief) != 0 {
			t.Errorf("heard %v, then %+v", heard, state.Turns)
		}
		token, _ = w.asks("", long)
		meanwhile = func() { w.must(w.Assistant().Forget(w.ctx, policy.Actor{}, token)) }
		if short, err := w.Assistant().Shorten(w.ctx, policy.Actor{}, token); err != nil || short {
			t.Errorf("forgotten: %v %v", short, err)
		}
	})
}
