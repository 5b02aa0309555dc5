package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/service"
	"stoa/internal/simulate"
	"stoa/internal/store"
	"stoa/internal/view"
)

// Simulation is a change to be tried over an installation's past, from the command line.
type Simulation struct {
	Folder string // the files in force
	Change string // file of the change
	As     string // email address of the member of staff whose rights count
	Out    string // folder for the study; "" none
	Tell   func(done, of int)
}

// SimulatedStudy is what it came to, with what it says in words.
type SimulatedStudy struct {
	*simulate.Study
	Says []string
}

// Simulate replays the past under a change. It may run beside the server and changes nothing.
func Simulate(ctx context.Context, c Config, in Simulation) (out SimulatedStudy, err error) {
	src, err := os.ReadFile(in.Change)
	if err != nil {
		return out, fmt.Errorf("reading the change: %w", err)
	}
	change, problems := service.ReadChange(filepath.Base(in.Change), src)
	if len(problems) > 0 {
		return out, problems
	}
	err = withRegisters(ctx, c, in.Folder, in.As, func(a *App, r view.Reader) error {
		if err := a.Flow.Studies().MayTry(r.Actor, change); err != nil {
			return err
		}
		tell := func(done, of int) error {
			if in.Tell != nil {
				in.Tell(done, of)
			}
			return nil
		}
		now := a.Clock.Now()
		if err := a.DB.Read(ctx, "app.simulate", func(ctx context.Context, tx *store.Tx) error {
			last, err := a.Flow.Docket.Cases.LastChange(ctx, tx)
			if last.After(now) { // a demo whose clock went ahead
				now = last
			}
			return err
		}); err != nil {
			return err
		}
		s, err := a.Flow.Studies().Simulate(ctx, change, now, tell)
		if err != nil {
			return err
		}
		out = SimulatedStudy{s, a.View.Data().WhatIf().Says(r, s)}
		return nil
	})
	var says *fault.Error
	if errors.As(err, &says) && says.Key != "" { // a sentence for a page is one for a terminal
		words, broken := i18n.Load()
		if broken != nil {
			return out, errors.Join(err, broken)
		}
		return out, errors.New(words.For("en").Key(says.Key, i18n.V(says.Args)))
	}
	if err != nil || in.Out == "" {
		return out, err
	}
	return out, out.save(in.Out, filepath.Base(in.Change), src)
}

// save writes a study folder: the change as it was given, and what it came to.
func (s SimulatedStudy) save(folder, name string, change []byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder of the study: %w", err)
	}
	b, err := json.MarshalIndent(s.Study, "", " ")
	if err != nil {
		return fmt.Errorf("writing the study: %w", err)
	}
	for file, content := range map[string][]byte{name: change, "study.json": append(b, '\n')} {
		if err := os.WriteFile(filepath.Join(folder, file), content, 0o644); err != nil {
			return fmt.Errorf("writing the study: %w", err)
		}
	}
	return nil
}

// Print writes it for people.
func (s SimulatedStudy) Print(w io.Writer) {
	fmt.Fprintf(w, "%s\n", s.Title)
	for _, line := range s.Says {
		fmt.Fprintf(w, "  %s\n", line)
	}
	shown := func(n int64) string {
		if n < 0 {
			return "not shown"
		}
		return fmt.Sprint(n)
	}
	for _, g := range s.Groups {
		fmt.Fprintf(w, "\nby %s (cases: more, same, less, other outcome)\n", g.Fact)
		for _, r := range g.Rows {
			fmt.Fprintf(w, "  %s: %s: %s, %s, %s, %s\n", r.Value, shown(r.Cases), shown(r.More), shown(r.Same), shown(r.Less), shown(r.Unsent))
		}
	}
	for _, f := range s.Flips {
		n := fmt.Sprint(f.N)
		if f.Hidden {
			n = shown(-1)
		}
		fmt.Fprintf(w, "\n%s instead of %s: %s %s\n", f.To, f.From, n, f.Why)
	}
	for _, l := range s.Lacking {
		n := fmt.Sprint(l.N)
		if l.Hidden {
			n = shown(-1)
		}
		fmt.Fprintf(w, "left out, for lack of %s: %s\n", l.What, n)
	}
	if q := s.Queue; q != nil {
		for _, p := range q.Plays {
			fmt.Fprintf(w, "%d officers: %.1f hours waited on average, give or take %.1f; 9 in 10 at most %.1f; %.0f %% of their time taken\n", p.Officers, p.Mean, p.Within, p.Most, 100*p.Busy)
		}
	}
	fmt.Fprintf(w, "\n%s past cases from %s to %s; fingerprint of the inputs %s\n", shown(int64(s.Cases)), s.Inputs.From, s.Inputs.Until, s.Hash)
}
