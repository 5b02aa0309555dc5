package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/proof"
	"stoa/internal/proof/reader"
)

func monitorCommand() *cobra.Command {
	var who trustFlags
	m := &monitor{}
	var filters []string
	var every time.Duration
	var once bool
	c := &cobra.Command{
		Use:   "monitor URL|FOLDER",
		Short: "Follow a public log, check that it only grows, and report the entries you ask for",
		Long: `Follow a public log, check that it only grows, and report the entries you ask for.

A filter is NAME=VALUE, where NAME is kind, id, organisation, a field, or the kind of something that the entry is about;
a VALUE that ends in * is the beginning of what is meant. Of several filters all must fit. With --state the next run goes
on where this one ended, and notices if the log was rewritten meanwhile.

Exit code 0: ended by you. 1: the log was rewritten or damaged, or cannot be read. 2: the command was used wrongly.`,
		Example: `  stoa monitor https://town.example/log --key keys.txt --filter kind=licence.* --state town.checkpoint
  stoa monitor https://town.example/log --key keys.txt --filter case=01j9… --json --once`,
		Args: exactly(1, "the log to follow"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if m.trust, err = who.trust(); err != nil {
				return err
			}
			for _, text := range filters {
				name, value, ok := strings.Cut(text, "=")
				if !ok || name == "" {
					return usageError{fmt.Errorf("the filter %q is not NAME=VALUE", text)}
				}
				m.filters = append(m.filters, pair{name, value})
			}
			if every < time.Second {
				return usageError{errors.New("--every is at least 1s")}
			}
			m.fetch, m.out = reader.Log(args[0]), cmd.OutOrStdout()
			if err := m.begin(); err != nil {
				return err
			}
			return m.run(cmd.Context(), every, once, cmd.ErrOrStderr())
		},
	}
	who.add(c)
	c.Flags().StringArrayVar(&filters, "filter", nil, "`NAME=VALUE` that an entry must have to be reported; may be repeated")
	c.Flags().StringVar(&m.state, "state", "", "file that remembers how far the log was followed")
	c.Flags().BoolVar(&m.fromNow, "from-now", false, "without a state: begin with what comes, not with the first entry")
	c.Flags().DurationVar(&every, "every", 10*time.Second, "how often to look")
	c.Flags().BoolVar(&once, "once", false, "look once and end")
	c.Flags().BoolVar(&m.asJSON, "json", false, "one JSON object for each entry")
	return c
}

type monitor struct {
	trust   proof.Trust
	fetch   proof.Fetch
	filters []pair
	state   string
	fromNow bool
	asJSON  bool
	out     io.Writer

	seen *proof.Checkpoint
}

// begin takes up the state of an earlier run. It was checked when it was written; that it is by the log's key still
// counts, since the file may not be ours.
func (m *monitor) begin() error {
	if m.state == "" {
		return nil
	}
	raw, err := os.ReadFile(m.state)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the state: %w", err)
	}
	s, err := proof.Trust{Logs: m.trust.Logs}.Open(raw)
	if err != nil {
		return fmt.Errorf("the state %s: %w", m.state, err)
	}
	m.seen = &s.Checkpoint
	return nil
}

func (m *monitor) run(ctx context.Context, every time.Duration, once bool, errs io.Writer) error {
	for {
		err := m.look(ctx)
		var f *proof.Failure
		switch {
		case ctx.Err() != nil:
			return nil
		case once, errors.As(err, &f) && !errors.Is(err, proof.ErrMissing):
			return err // what is wrong with a log does not pass by waiting
		case err != nil:
			fmt.Fprintf(errs, "stoa: %v; looking again in %s\n", err, every)
		}
		wait, cancel := context.WithTimeout(ctx, every)
		<-wait.Done()
		cancel()
		if ctx.Err() != nil {
			return nil
		}
	}
}

// look reports what is new since the last look.
func (m *monitor) look(ctx context.Context) error {
	s, err := proof.Newest(ctx, m.fetch, m.trust)
	if err != nil {
		return err
	}
	from := int64(0)
	switch {
	case m.seen != nil && s.Origin == m.seen.Origin && s.Size < m.seen.Size && m.behind(ctx, s.Checkpoint):
		return fmt.Errorf("the log shows its state of %d entries, and %d were seen before; it may be a copy that lags behind", s.Size, m.seen.Size)
	case m.seen != nil:
		if err := proof.Extends(ctx, m.fetch, *m.seen, s.Checkpoint); err != nil {
			return err
		}
		from = m.seen.Size
	case m.fromNow:
		from = s.Size
	}
	err = proof.Follow(ctx, m.fetch, s.Checkpoint, from, func(index int64, entry []byte) error {
		l, err := proof.ParseLeaf(entry)
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		if !m.wanted(l) {
			return nil
		}
		return m.report(index, l)
	})
	if err != nil {
		return err
	}
	m.seen = &s.Checkpoint
	return m.remember(s.Note)
}

// behind tells an older state of the same log from another log. The newer one's tiles, if they are there, prove it.
func (m *monitor) behind(ctx context.Context, older proof.Checkpoint) bool {
	return proof.Extends(ctx, m.fetch, older, *m.seen) == nil
}

func (m *monitor) wanted(l *proof.Leaf) bool {
	for _, f := range m.filters {
		fits := func(value string) bool {
			if begin, ok := strings.CutSuffix(f.Value, "*"); ok {
				return strings.HasPrefix(value, begin)
			}
			return value == f.Value
		}
		has := f.Name == "kind" && fits(l.Kind) || f.Name == "id" && fits(l.ID) || f.Name == "organisation" && fits(l.Organisation) ||
			slices.ContainsFunc(l.Refs, func(r proof.Ref) bool { return r.Kind == f.Name && fits(r.ID) }) ||
			slices.ContainsFunc(l.Fields, func(d proof.Field) bool { return d.Name == f.Name && fits(d.Value) })
		if !has {
			return false
		}
	}
	return true
}

func (m *monitor) report(index int64, l *proof.Leaf) error {
	if m.asJSON {
		if err := json.NewEncoder(m.out).Encode(reportLeaf(index, l)); err != nil {
			return fmt.Errorf("reporting entry %d: %w", index, err)
		}
		return nil
	}
	parts := []string{fmt.Sprintf("%d  %s  %s  %s  %s", index, instantUTC(l.At), printable(l.Organisation), l.Kind, printable(l.ID))}
	for _, f := range l.Fields {
		parts = append(parts, f.Name+"="+printable(f.Value))
	}
	if _, err := fmt.Fprintln(m.out, strings.Join(parts, "  ")); err != nil {
		return fmt.Errorf("reporting entry %d: %w", index, err)
	}
	return nil
}

// remember replaces the state as a whole.
func (m *monitor) remember(note []byte) error {
	if m.state == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(m.state), ".monitor-*")
	if err != nil {
		return fmt.Errorf("remembering the state: %w", err)
	}
	_, err = f.Write(note)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), m.state)
	}
	if err != nil {
		return fmt.Errorf("remembering the state: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
