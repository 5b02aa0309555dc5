package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/converse"
	"stoa/internal/flow"
	"stoa/internal/policy"
)

// ask measures the assistant on the sample: from a question to its stored answer, in new conversations, by one asker and by many
// at once; the answer alone, without the database; and what building the library costs after files changed.
func assistant(ctx context.Context, o options, out io.Writer) error {
	w, err := large(ctx, o, 1000)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // a bench's database
	j := w.Flow.Docket.Releases.Current()
	var questions []string
	for _, s := range j.Services {
		for _, q := range s.Asked {
			for _, lang := range j.File.Languages {
				questions = append(questions, q.Ask.By[lang])
			}
		}
	}
	if len(questions) == 0 {
		return fmt.Errorf("the sample has no worked questions")
	}
	day, err := calendar.ParseISO("2026-06-01")
	if err != nil {
		return err
	}
	begun := time.Now()
	library, err := converse.New(j, day)
	if err != nil {
		return err
	}
	built := time.Since(begun)
	say := func(_, n int) error {
		_, err := library.Say(ctx, converse.World{}, &converse.State{}, converse.Said{Text: questions[n%len(questions)], Page: "en"})
		return err
	}
	whole := func(client, n int) error {
		_, _, err := w.Flow.Assistant().Ask(ctx, policy.Actor{}, flow.Ask{Said: converse.Said{Text: questions[(client+n)%len(questions)], Page: "en"}})
		return err
	}
	fmt.Fprintf(out, "\n## The assistant, SQLite: %d worked questions, %d passages in each of %d languages\n\n", len(questions), library.Len(j.File.Languages[0]), len(j.File.Languages))
	fmt.Fprintf(out, "The library is built in %s.\n\n| from question to | clients | in a second | p50 | p99 |\n|---|---|---|---|---|\n", built.Round(time.Millisecond))
	for _, m := range []struct {
		name    string
		clients int
		call    func(client, n int) error
	}{{"answer, without the database", 1, say}, {"stored answer", 1, whole}, {"stored answer", browsers, whole}} {
		r, err := load(m.clients, o.each, m.call)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "| %s | %d | %.0f | %s | %s |\n", m.name, m.clients, r.rate(), r.P50.Round(10*time.Microsecond), r.P99.Round(10*time.Microsecond))
	}
	return nil
}
