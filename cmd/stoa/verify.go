package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stoa/internal/proof"
	"stoa/internal/proof/reader"
	"stoa/internal/scan"
)

func verifyCommand() *cobra.Command {
	var who trustFlags
	var extends string
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify FILE|FOLDER|URL|TEXT",
		Short: "Check a proof, or a whole public log, without asking whoever keeps it",
		Long: `Check a proof, or a whole public log, without asking whoever keeps it.

A proof is a file or an address (.tlog-proof, a PDF that carries one, a photo of the code on a paper), or the text of such a
code, which begins with STOA1:. It is checked offline against the keys that you name. What is printed is not checked: what
counts is what the proof says, so compare the two. What was suspended, revoked or changed since then is not in it. A log is
an address or a folder with the same files; all its entries and hashes are read and the tree is built anew.

Exit code 0: it holds. 1: it does not, and a sentence says what that means. 2: the command was used wrongly.`,
		Example: `  stoa verify receipt.tlog-proof --key log.town.example/log+7262a33e+AWsW…
  stoa verify receipt.pdf --key keys.txt --quorum 1
  stoa verify photo.jpg --key keys.txt
  stoa verify https://town.example/log --key keys.txt
  stoa verify https://town.example/log --key keys.txt --extends checkpoint-of-last-year`,
		Args: exactly(1, "the proof or the log to check"),
		RunE: func(cmd *cobra.Command, args []string) error {
			trust, err := who.trust()
			if err != nil {
				return err
			}
			r, err := verify(cmd.Context(), args[0], extends, trust)
			if r == nil {
				return err
			}
			r.fail(err)
			out := cmd.OutOrStdout()
			if asJSON {
				if err := json.NewEncoder(out).Encode(r); err != nil {
					return fmt.Errorf("writing the report: %w", err)
				}
			} else if err == nil {
				r.print(out, trust)
			}
			if err != nil && !asJSON {
				return fmt.Errorf("%s is not proved. %w", args[0], err)
			}
			if err != nil {
				return errNo
			}
			return nil
		},
	}
	who.add(c)
	c.Flags().StringVar(&extends, "extends", "", "an older checkpoint (file or address) of the log: check that the log still holds all of it")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return c
}

// verifyReport is what was found.
type verifyReport struct {
	Verified bool           `json:"verified"`
	What     string         `json:"what"` // proof or log
	Origin   string         `json:"origin,omitempty"`
	Size     int64          `json:"size,omitempty"`
	Root     string         `json:"root,omitempty"`
	SignedBy []string       `json:"signed_by,omitempty"`
	Cosigned []cosignReport `json:"cosigned,omitempty"`
	Extends  *int64         `json:"extends,omitempty"`
	Leaf     *leafReport    `json:"leaf,omitempty"`
	Failure  *failureReport `json:"failure,omitempty"`
	opened   []proof.Field  // of the leaf, in order
	leaf     *proof.Leaf    // as it came
	signed   *proof.Signed  // as it came
}

type cosignReport struct {
	Witness string `json:"witness"`
	At      string `json:"at"`
}

type failureReport struct {
	Why   string `json:"why"`
	What  string `json:"what"`
	Means string `json:"means,omitempty"`
}

// verify gives a report where something could be judged, and an error where it is not proved.
func verify(ctx context.Context, at, extends string, trust proof.Trust) (*verifyReport, error) {
	data, isLog, err := look(ctx, at)
	if err != nil {
		return nil, err
	}
	if !isLog {
		if extends != "" {
			return nil, usageError{errors.New("--extends is for a log, and this is a proof")}
		}
		r := &verifyReport{What: "proof"}
		p, err := proof.Verify(data, trust)
		if err != nil {
			return r, err
		}
		l := reportLeaf(p.Index, p.Leaf)
		r.Leaf, r.leaf, r.opened = &l, p.Leaf, p.Opened
		for _, f := range p.Opened {
			if l.Opened == nil {
				l.Opened = map[string]string{}
			}
			l.Opened[f.Name] = f.Value
		}
		r.sign(p.Signed)
		return r, nil
	}
	r := &verifyReport{What: "log"}
	fetch := reader.Log(at)
	s, err := proof.Newest(ctx, fetch, trust)
	if err != nil {
		return r, err
	}
	r.sign(s)
	if extends != "" {
		old, err := oldState(ctx, extends, trust)
		if err != nil {
			return r, err
		}
		if err := proof.Extends(ctx, fetch, old, s.Checkpoint); err != nil {
			return r, err
		}
		r.Extends = &old.Size
	}
	return r, proof.Audit(ctx, fetch, s.Checkpoint, nil)
}

// look finds out whether a name stands for a proof or for a log.
func look(ctx context.Context, at string) (data []byte, isLog bool, err error) {
	if reader.IsURL(at) {
		data, err = reader.Get(ctx, at)
		if err == nil && (proof.IsBundle(proof.Carried(data)) || proof.IsPaper(data)) {
			return data, false, nil
		}
		if err != nil && strings.HasSuffix(at, ".tlog-proof") {
			return nil, false, err
		}
		return nil, true, nil // a log has nothing at its prefix itself, or a page for people
	}
	if proof.IsPaper([]byte(at)) {
		return []byte(at), false, nil
	}
	info, err := os.Stat(at)
	if err != nil {
		return nil, false, fmt.Errorf("%s is not there: name a proof, a log's folder or a log's address", at)
	}
	if info.IsDir() {
		return nil, true, nil
	}
	if data, err = reader.File(at); err == nil {
		data, err = pictured(ctx, data)
	}
	return data, false, err
}

// pictured is the proof in the code on a picture, or the data itself where it is none.
func pictured(ctx context.Context, data []byte) ([]byte, error) {
	if proof.IsBundle(proof.Carried(data)) || !scan.IsPicture(data) {
		return data, nil
	}
	texts, err := scan.Codes(ctx, data)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		if proof.IsPaper([]byte(text)) {
			return []byte(text), nil
		}
	}
	return nil, fmt.Errorf("on this picture there is no code of a proof that can be read: %d other codes. Take it again, closer and sharp", len(texts))
}

// oldState reads a checkpoint that somebody kept. It counts as much as its signature, by a key of then.
func oldState(ctx context.Context, at string, trust proof.Trust) (proof.Checkpoint, error) {
	get := func() ([]byte, error) { return reader.File(at) }
	if reader.IsURL(at) {
		get = func() ([]byte, error) { return reader.Get(ctx, at) }
	}
	data, err := get()
	if err != nil {
		return proof.Checkpoint{}, fmt.Errorf("the older checkpoint: %w", err)
	}
	s, err := proof.Trust{Logs: trust.Logs}.Open(data)
	if err != nil {
		return proof.Checkpoint{}, fmt.Errorf("the older checkpoint %s: %w", at, err)
	}
	return s.Checkpoint, nil
}

func (r *verifyReport) sign(s *proof.Signed) {
	r.signed, r.Origin, r.Size, r.Root = s, s.Origin, s.Size, s.Root.String()
	for _, k := range s.By {
		r.SignedBy = append(r.SignedBy, k.String())
	}
	for _, c := range s.Cosigned {
		r.Cosigned = append(r.Cosigned, cosignReport{c.Witness.Name(), c.At.Format("2006-01-02T15:04:05Z")})
	}
}

func (r *verifyReport) fail(err error) {
	r.Verified = err == nil
	var f *proof.Failure
	switch {
	case errors.As(err, &f):
		r.Failure = &failureReport{f.Why.Error(), f.What, f.Means}
	case err != nil:
		r.Failure = &failureReport{Why: "could not be read", What: err.Error()}
	}
}

func (r *verifyReport) print(out io.Writer, trust proof.Trust) {
	if r.leaf != nil {
		fmt.Fprintf(out, "The proof holds.\n\n  %s %s of %s, %s\n", r.leaf.Kind, printable(r.leaf.ID), printable(r.leaf.Organisation), instantUTC(r.leaf.At))
		for _, ref := range r.leaf.Refs {
			fmt.Fprintf(out, "  about %s %s\n", ref.Kind, printable(ref.ID))
		}
		for _, f := range r.leaf.Fields {
			fmt.Fprintf(out, "  %s: %s\n", f.Name, printable(f.Value))
		}
		for _, f := range r.opened {
			fmt.Fprintf(out, "  %s: %s (in the log only as a hash, which this proof opens)\n", f.Name, printable(f.Value))
		}
		fmt.Fprintf(out, "\nIt is entry %d of the public log %s, in the state of %d entries.\n", r.Leaf.Index, printable(r.Origin), r.Size)
		fmt.Fprintln(out, "It says how things stood then. What was suspended, revoked or changed since, it cannot say.")
	} else {
		fmt.Fprintf(out, "The log holds.\n\nAll %d entries of %s lead to the root %s.\n", r.Size, printable(r.Origin), r.Root)
	}
	if r.Extends != nil {
		fmt.Fprintf(out, "It continues the older state of %d entries.\n", *r.Extends)
	}
	for _, k := range r.signed.By {
		fmt.Fprintf(out, "Signed by %s+%08x.\n", k.Name(), k.KeyHash())
	}
	for _, c := range r.signed.Cosigned {
		fmt.Fprintf(out, "Seen by the witness %s on %s.\n", c.Witness.Name(), instantUTC(c.At))
	}
	if len(trust.Witnesses) == 0 {
		fmt.Fprintln(out, "No witness was named: that everybody is shown this same log, only the log itself says.")
	}
}
