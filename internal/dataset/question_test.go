package dataset_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"stoa/internal/dataset"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

// eachVault runs a test on both databases, with the keys that seal what people write.
func eachVault(t *testing.T, test func(t *testing.T, db *store.DB, keys *vault.Vault)) {
	storetest.Each(t, append(sets(), vault.Migrations()), func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		keys, err := vault.Open(vault.Config{KeyFile: t.TempDir() + "/keys", Rand: storetest.Rand()})
		must(t, err)
		test(t, db, keys)
	})
}

// TestAQuestionIsSealedUntilItIsShown, and again when it is hidden; erasing who asked leaves what is public.
func TestAQuestionIsSealedUntilItIsShown(t *testing.T) {
	eachVault(t, func(t *testing.T, db *store.DB, keys *vault.Vault) {
		questions := &dataset.Questions{Vault: keys}
		write := func(fn func(ctx context.Context, tx *store.Tx) error) {
			t.Helper()
			must(t, db.Write(t.Context(), "test", fn))
		}
		inTheClear := func() (found bool) {
			write(func(ctx context.Context, tx *store.Tx) error {
				texts, err := store.Strings(ctx, tx, `SELECT text FROM dataset_question`)
				found = strings.Contains(strings.Join(texts, " "), "secret words")
				return err
			})
			return found
		}
		var subject, other string
		ask := func(subject *string, words string) *dataset.Question {
			q := &dataset.Question{Dataset: "wards", Organisation: "planning", Person: "p", Language: "en", Text: words, Version: 1}
			write(func(ctx context.Context, tx *store.Tx) (err error) {
				if *subject, err = keys.NewSubject(ctx, tx); err != nil {
					return err
				}
				q.Subject = *subject
				return questions.Ask(ctx, tx, q)
			})
			return q
		}
		first, second := ask(&subject, "secret words"), ask(&other, "second")
		if inTheClear() {
			t.Error("what waits is stored in the clear")
		}
		look := func(id string, state dataset.QuestionState, answer, reason string) {
			write(func(ctx context.Context, tx *store.Tx) error {
				q, err := questions.Get(ctx, tx, id)
				if err != nil {
					return err
				}
				q.State, q.Answer, q.Answered, q.Reason = state, answer, tx.Now(), reason
				return questions.Look(ctx, tx, q)
			})
		}
		lists := func() (public, waiting, unanswered int, words string) {
			must(t, db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				a, err := questions.Public(ctx, tx, "wards", 10)
				must(t, err)
				b, err := questions.Waiting(ctx, tx, "planning", 10)
				must(t, err)
				c, err := questions.Unanswered(ctx, tx, "planning", 10)
				must(t, err)
				for _, q := range a {
					words += q.Text + "/" + q.Answer + "/" + q.Reason + " "
				}
				public, waiting, unanswered = len(a), len(b), len(c)
				return nil
			}))
			return public, waiting, unanswered, words
		}
		want := func(public, waiting, unanswered int, words string) {
			t.Helper()
			if a, b, c, w := lists(); a != public || b != waiting || c != unanswered || strings.TrimSpace(w) != words {
				t.Errorf("%d public, %d waiting, %d unanswered, %q; want %d, %d, %d, %q", a, b, c, w, public, waiting, unanswered, words)
			}
		}
		want(0, 2, 0, "")
		look(first.ID, dataset.QuestionShown, "", "")
		want(1, 1, 1, "secret words//")
		look(first.ID, dataset.QuestionShown, "Yes.", "")
		want(1, 1, 0, "secret words/Yes./")
		look(first.ID, dataset.QuestionHidden, "", "It names somebody")
		want(1, 1, 0, "//It names somebody")
		if inTheClear() {
			t.Error("what is hidden is stored in the clear")
		}
		look(first.ID, dataset.QuestionShown, "Yes.", "")
		write(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(keys.Erase(ctx, tx, subject), keys.Erase(ctx, tx, other))
		})
		want(1, 0, 0, "secret words/Yes./")
		err := db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := questions.Get(ctx, tx, second.ID)
			return err
		})
		if !errors.Is(err, vault.ErrErased) {
			t.Errorf("of somebody erased: %v", err)
		}
	})
}

// TestSubscribers are found once for each version, whatever else they follow.
func TestSubscribers(t *testing.T) {
	eachVault(t, func(t *testing.T, db *store.DB, keys *vault.Vault) {
		subs := &dataset.Subscriptions{Vault: keys}
		var subject string
		add := func(set, kind, person, url string) (id string, fresh bool) {
			t.Helper()
			must(t, db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
				if subject == "" {
					if subject, err = keys.NewSubject(ctx, tx); err != nil {
						return err
					}
				}
				s := &dataset.Subscription{Dataset: set, Kind: kind, Person: person, Subject: subject, Language: "en", Hook: dataset.Hook{URL: url, Secret: "s"}}
				fresh, err = subs.Add(ctx, tx, s)
				id = s.ID
				return err
			}))
			return id, fresh
		}
		told := func(set string) (who string) {
			must(t, db.Read(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				for after := ""; ; {
					list, err := subs.To(ctx, tx, set, after, 2)
					must(t, err)
					for _, s := range list {
						who += s.Person + s.URL + " "
						after = s.ID
					}
					if len(list) < 2 {
						return nil
					}
				}
			}))
			names := strings.Fields(who)
			slices.Sort(names)
			return strings.Join(names, " ")
		}
		add("wards", dataset.ByMail, "a", "")
		add("", dataset.ByMail, "b", "")
		add("wards", dataset.ByMail, "b", "")
		add("", dataset.ByMail, "c", "")
		hook, _ := add("wards", dataset.ByWebhook, "a", "https://x.example/1")
		add("wards", dataset.ByWebhook, "a", "https://x.example/2")
		if _, fresh := add("wards", dataset.ByWebhook, "a", "https://x.example/1"); fresh {
			t.Error("the same address twice")
		}
		if got := told("wards"); got != "a ahttps://x.example/1 ahttps://x.example/2 b c" {
			t.Errorf("told of wards: %s", got)
		}
		if got := told("other"); got != "b c" {
			t.Errorf("told of another: %s", got)
		}
		call := func(problem string) {
			must(t, db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return subs.Called(ctx, tx, hook, problem) }))
		}
		for range dataset.MostFailures - 1 {
			call("500")
		}
		call("") // well once, and it begins anew
		for range dataset.MostFailures - 1 {
			call("500")
		}
		if got := told("wards"); !strings.Contains(got, "/1") {
			t.Error("it is given up too early")
		}
		if call("500"); strings.Contains(told("wards"), "/1") {
			t.Error("it is called for ever")
		}
		if subs.Pass("x") == subs.Pass("y") || len(subs.Pass("x")) != 32 {
			t.Error("passes")
		}
	})
}
