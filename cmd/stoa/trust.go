package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"stoa/internal/proof"
)

// trustFlags are the options by which a reader says whom to believe.
type trustFlags struct {
	keys, witnesses []string
	quorum          int
}

func (f *trustFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.keys, "key", nil, "public `KEY` of the log or of a witness, or a file of such keys; may be repeated")
	c.Flags().StringArrayVar(&f.witnesses, "witness", nil, "public `KEY` of a witness that hands it out in the form of a log's; may be repeated")
	c.Flags().IntVar(&f.quorum, "quorum", -1, "how many of the witnesses must have cosigned; -1 is all that are named")
}

// trust reads the keys. A key that cannot be read is a wrong use: nothing was judged yet.
func (f *trustFlags) trust() (t proof.Trust, err error) {
	add := func(text string, witness bool) error {
		k, err := proof.ParseKey(text)
		switch {
		case err != nil:
			return usageError{what(err)}
		case witness || k.IsWitness():
			t.Witnesses = append(t.Witnesses, k.AsWitness())
		default:
			t.Logs = append(t.Logs, k)
		}
		return nil
	}
	for _, given := range f.keys {
		lines := []string{given}
		if raw, err := os.ReadFile(given); err == nil {
			lines = strings.Split(string(raw), "\n")
		}
		for _, line := range lines {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if err := add(line, false); err != nil {
				return t, err
			}
		}
	}
	for _, given := range f.witnesses {
		if err := add(given, true); err != nil {
			return t, err
		}
	}
	if len(t.Logs) == 0 {
		return t, usageError{errors.New("name the log's key with --key: it stands on the log's page, and wherever the public body has announced it")}
	}
	t.Quorum = f.quorum
	if f.quorum < 0 {
		t.Quorum = len(t.Witnesses)
	}
	if t.Quorum > len(t.Witnesses) {
		return t, usageError{fmt.Errorf("--quorum asks for %d witnesses, and %d are named", t.Quorum, len(t.Witnesses))}
	}
	return t, nil
}

// what is the first sentence of a failure, for errors of a line.
func what(err error) error {
	var f *proof.Failure
	if errors.As(err, &f) {
		return errors.New(f.What)
	}
	return err
}

// leafReport is a leaf as programs read it.
type leafReport struct {
	Index        int64             `json:"index"`
	Kind         string            `json:"kind"`
	ID           string            `json:"id"`
	Organisation string            `json:"organisation"`
	At           time.Time         `json:"at"`
	Refs         []pair            `json:"refs,omitempty"`
	Fields       []pair            `json:"fields,omitempty"`
	Hidden       []string          `json:"hidden,omitempty"`
	Opened       map[string]string `json:"opened,omitempty"`
}

type pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func reportLeaf(index int64, l *proof.Leaf) leafReport {
	r := leafReport{Index: index, Kind: l.Kind, ID: l.ID, Organisation: l.Organisation, At: l.At}
	for _, ref := range l.Refs {
		r.Refs = append(r.Refs, pair{ref.Kind, ref.ID})
	}
	for _, f := range l.Fields {
		r.Fields = append(r.Fields, pair{f.Name, f.Value})
	}
	for _, h := range l.Hidden {
		r.Hidden = append(r.Hidden, h.Name)
	}
	return r
}

// printable shows what others wrote without letting it steer the terminal.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

func instantUTC(t time.Time) string { return t.UTC().Format("2 January 2006 15:04:05 UTC") }
