package main

import (
	"context"
	"fmt"
	"io"

	"stoa/internal/view"
)

// growth measures how much longer the same thing takes in a large database than in a small one.
func growth(ctx context.Context, o options, out io.Writer) error {
	type figure struct {
		name string
		run  func(w *world, r view.Reader) (result, error)
	}
	queue := func(ask view.QueueAsk) func(*world, view.Reader) (result, error) {
		return func(w *world, r view.Reader) (result, error) {
			return load(1, o.each, func(int, int) error { _, err := w.View.Queue(ctx, r, ask); return err })
		}
	}
	figures := []figure{
		{"submission", func(w *world, _ view.Reader) (result, error) { return w.submissions(ctx, 1, o.each) }},
		{"queue page", queue(view.QueueAsk{})},
		{"search, two words", queue(view.QueueAsk{Words: "Mill wedding"})},
		{"search, a number", queue(view.QueueAsk{Words: "TEM-0000042"})},
		{"desk, with counts", func(w *world, r view.Reader) (result, error) {
			return load(1, o.each, func(int, int) error { _, err := w.View.Desk(ctx, r); return err })
		}},
	}
	sizes := []int{1000, o.cases}
	var subjects []subject
	for _, n := range sizes {
		w, err := large(ctx, o, n)
		if err != nil {
			return err
		}
		defer w.Close()
		r, err := w.reader()
		if err != nil {
			return err
		}
		for _, f := range figures {
			subjects = append(subjects, subject{f.name, "", func() (result, error) { return f.run(w, r) }})
		}
	}
	all, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nGrowth: p50 with few and with many cases, SQLite, one at a time\n\n| | %s | %s | times |\n|---|---:|---:|---:|\n",
		thousands(float64(sizes[0])), thousands(float64(sizes[1])))
	for i, f := range figures {
		few, many := all[i].median().P50, all[len(figures)+i].median().P50
		fmt.Fprintf(out, "| %s | %s | %s | %.1f |\n", f.name, short(few), short(many), float64(many)/float64(few))
	}
	return nil
}
