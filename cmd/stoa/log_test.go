package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/proof"
	"stoa/internal/proof/reader"
)

// publicLog is a log as a folder, made without whoever keeps one in Stoa.
type publicLog struct {
	t      *testing.T
	dir    string
	key    *proof.Signer
	leaves []*proof.Leaf
	open   []proof.Opening
	keys   string // file of keys
}

func newPublicLog(t *testing.T) *publicLog {
	t.Helper()
	key, err := proof.NewSigner("log.town.example/log", bytes.NewReader(bytes.Repeat([]byte("k"), 32)))
	if err != nil {
		t.Fatal(err)
	}
	l := &publicLog{t: t, dir: t.TempDir(), key: key, keys: filepath.Join(t.TempDir(), "keys.txt")}
	if err := os.WriteFile(l.keys, []byte("# the town's log\n"+key.Key().String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *publicLog) save(path string, data []byte) {
	l.t.Helper()
	if err := reader.Save(l.dir, path, data); err != nil {
		l.t.Fatal(err)
	}
}

// grow adds n leaves, publishes, and gives the checkpoint.
func (l *publicLog) grow(n int) []byte {
	l.t.Helper()
	for range n {
		leaf := &proof.Leaf{Kind: "fee.paid", ID: fmt.Sprint("P-", len(l.leaves)), Organisation: "council", At: time.Unix(1_772_600_000, 0).UTC(),
			Refs: []proof.Ref{{Kind: "case", ID: fmt.Sprint("c", len(l.leaves)%3)}}, Fields: []proof.Field{{Name: "amount", Value: "GBP 21.00\x1b[31m"}}}
		if len(l.leaves)%2 == 1 {
			leaf.Kind = "licence.issued"
		}
		o := proof.Opening{Name: "payer", Value: "Ada"}
		leaf.Hide(o)
		l.leaves, l.open = append(l.leaves, leaf), append(l.open, o)
	}
	edge, err := proof.NewEdge(0, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	var entries [][]byte
	for _, leaf := range l.leaves {
		b, err := leaf.Bytes()
		if err != nil {
			l.t.Fatal(err)
		}
		entries = append(entries, b)
		edge.Add(proof.EntryHash(b))
	}
	root, err := edge.Root()
	if err != nil {
		l.t.Fatal(err)
	}
	for at, data := range edge.Tiles() {
		l.save(at.Path(), data)
	}
	size := int64(len(entries))
	for from := int64(0); from < size; from += proof.TileWidth {
		at := proof.TileAt(proof.Entries, from, size)
		data, err := proof.FormatEntries(entries[from : from+int64(at.Width)])
		if err != nil {
			l.t.Fatal(err)
		}
		l.save(at.Path(), data)
	}
	note, err := proof.Checkpoint{Origin: l.key.Name(), Size: size, Root: root}.Sign(l.key)
	if err != nil {
		l.t.Fatal(err)
	}
	l.save(proof.CheckpointPath, note)
	return note
}

// proofOf writes the proof of an entry to a file.
func (l *publicLog) proofOf(index int64, note []byte) string {
	l.t.Helper()
	_, text, err := proof.Peek(note)
	if err != nil {
		l.t.Fatal(err)
	}
	c, err := proof.ParseCheckpoint(text)
	if err != nil {
		l.t.Fatal(err)
	}
	hashes, err := proof.Inclusion(c.Size, index, &proof.Tiles{Size: c.Size, Get: func(t proof.Tile) ([]byte, error) {
		return reader.Log(l.dir).Tile(context.Background(), t)
	}})
	if err != nil {
		l.t.Fatal(err)
	}
	leaf, err := l.leaves[index].Bytes()
	if err != nil {
		l.t.Fatal(err)
	}
	b := proof.Bundle{Leaf: leaf, Openings: []proof.Opening{l.open[index]}, Index: index, Proof: hashes, Checkpoint: note}
	path := filepath.Join(l.t.TempDir(), "receipt.tlog-proof")
	if err := os.WriteFile(path, b.Format(), 0o600); err != nil {
		l.t.Fatal(err)
	}
	return path
}

func TestVerifyAProof(t *testing.T) {
	l := newPublicLog(t)
	note := l.grow(300)
	file := l.proofOf(257, note)
	code, out, errs := call(t, "verify", file, "--key", l.keys)
	for _, want := range []string{"The proof holds.", "licence.issued P-257 of council, 4 March 2026 04:53:20 UTC", "about case c2", `amount: GBP 21.00\u001b[31m`,
		"payer: Ada (in the log only as a hash", "It is entry 257 of the public log log.town.example/log, in the state of 300 entries.", "Signed by log.town.example/log+", "No witness was named"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != 0 || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = call(t, "verify", file, "--key", l.key.Key().String(), "--json")
	var report verifyReport
	if err := json.Unmarshal([]byte(out), &report); code != 0 || err != nil || !report.Verified || report.Leaf.ID != "P-257" || report.Leaf.Opened["payer"] != "Ada" {
		t.Errorf("exit %d, %v, %s", code, err, out)
	}
	site := httptest.NewServer(http.FileServer(http.Dir(filepath.Dir(file))))
	defer site.Close()
	if code, out, _ := call(t, "verify", site.URL+"/receipt.tlog-proof", "--key", l.keys); code != 0 || !strings.HasPrefix(out, "The proof holds.") {
		t.Errorf("by its address: exit %d, %q", code, out)
	}

	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{3, 60, len(whole) / 2, len(whole) - 10} {
		changed := slices.Clone(whole)
		changed[at] ^= 1
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := call(t, "verify", file, "--key", l.keys)
		if code != exitNo || out != "" || !strings.Contains(errs, "is not proved. ") || strings.Count(errs, ". ") < 2 {
			t.Errorf("byte %d: exit %d, %q, %q", at, code, out, errs)
		}
		code, out, errs = call(t, "verify", file, "--key", l.keys, "--json")
		var report verifyReport
		if err := json.Unmarshal([]byte(out), &report); code != exitNo || err != nil || report.Verified || report.Failure.Means == "" || errs != "" {
			t.Errorf("byte %d: exit %d, %v, %s, %q", at, code, err, out, errs)
		}
	}
}

func TestVerifyALog(t *testing.T) {
	l := newPublicLog(t)
	old := filepath.Join(t.TempDir(), "old")
	if err := os.WriteFile(old, l.grow(300), 0o600); err != nil {
		t.Fatal(err)
	}
	l.grow(400)
	site := httptest.NewServer(http.StripPrefix("/log", http.FileServer(http.Dir(l.dir))))
	defer site.Close()
	for _, at := range []string{l.dir, site.URL + "/log", site.URL + "/log/"} {
		code, out, errs := call(t, "verify", at, "--key", l.keys, "--extends", old)
		if code != 0 || !strings.Contains(out, "All 700 entries of log.town.example/log lead to the root ") || !strings.Contains(out, "continues the older state of 300 entries") {
			t.Errorf("%s: exit %d, %q, %q", at, code, out, errs)
		}
	}
	other := newPublicLog(t)
	other.leaves = slices.Clone(l.leaves[:1])
	other.open = slices.Clone(l.open[:1])
	other.leaves[0].ID = "P-forged"
	other.grow(699)
	code, _, errs := call(t, "verify", other.dir, "--key", l.keys, "--extends", old)
	if code != exitNo || !strings.Contains(errs, "is not a continuation of the one of 300 entries. The log has been rewritten") {
		t.Errorf("a rewritten log: exit %d, %q", code, errs)
	}
	tile := filepath.Join(l.dir, "tile", "entries", "001")
	data, err := os.ReadFile(tile)
	if err != nil {
		t.Fatal(err)
	}
	data[100] ^= 4
	if err := os.WriteFile(tile, data, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs = call(t, "verify", l.dir, "--key", l.keys)
	if code != exitNo || !strings.Contains(errs, "entry 256, in tile/entries/001, does not have the hash") {
		t.Errorf("a changed byte: exit %d, %q", code, errs)
	}
	if code, _, errs := call(t, "verify", filepath.Join(l.dir, "nothing"), "--key", l.keys); code != exitNo || !strings.Contains(errs, "name a proof, a log's folder or a log's address") {
		t.Errorf("nothing there: exit %d, %q", code, errs)
	}
	if code, _, errs := call(t, "verify", t.TempDir(), "--key", l.keys); code != exitNo || !strings.Contains(errs, "checkpoint is not there") {
		t.Errorf("an empty folder: exit %d, %q", code, errs)
	}
}

func TestMonitor(t *testing.T) {
	l := newPublicLog(t)
	state := filepath.Join(t.TempDir(), "state")
	l.grow(10)
	run := func(args ...string) (int, []string, string) {
		t.Helper()
		code, out, errs := call(t, append([]string{"monitor", l.dir, "--key", l.keys, "--once"}, args...)...)
		return code, slices.DeleteFunc(strings.Split(out, "\n"), func(s string) bool { return s == "" }), errs
	}
	code, lines, errs := run("--filter", "kind=licence.*", "--state", state)
	if code != 0 || len(lines) != 5 || !strings.HasPrefix(lines[0], "1  4 March 2026 04:53:20 UTC  council  licence.issued  P-1  amount=GBP 21.00\\u001b") {
		t.Errorf("exit %d, %q, %q", code, lines, errs)
	}
	if code, lines, _ := run("--state", state); code != 0 || len(lines) != 0 {
		t.Errorf("nothing new: exit %d, %q", code, lines)
	}
	l.grow(300)
	code, lines, _ = run("--state", state, "--json", "--filter", "case=c1", "--filter", "amount=GBP*")
	var leaf leafReport
	if code != 0 || len(lines) != 100 {
		t.Errorf("exit %d, %d lines", code, len(lines))
	} else if err := json.Unmarshal([]byte(lines[0]), &leaf); err != nil || leaf.Index != 10 || leaf.Refs[0] != (pair{"case", "c1"}) || leaf.Hidden[0] != "payer" {
		t.Errorf("%v, %s", err, lines[0])
	}
	if code, lines, _ := run("--from-now"); code != 0 || len(lines) != 0 {
		t.Errorf("from now on: exit %d, %q", code, lines)
	}
	l.leaves[4].ID = "P-forged"
	l.grow(5)
	if code, _, errs := run("--state", state); code != exitNo || !strings.Contains(errs, "The log has been rewritten") {
		t.Errorf("rewritten: exit %d, %q", code, errs)
	}
}

func TestTheWrongUseOfLogCommandsIsTold(t *testing.T) {
	l := newPublicLog(t)
	key := l.key.Key().String()
	witness := l.key.Key().AsWitness().String()
	for args, want := range map[string]string{
		"verify":                                    "name the proof or the log to check",
		"verify x":                                  "name the log's key with --key",
		"verify x --key nonsense":                   "this is no public key of a log or a witness",
		"verify x --key " + key + "x":               "this is no public key",
		"verify x --key " + witness:                 "name the log's key with --key",
		"verify x --quorum 2 --key " + key:          "--quorum asks for 2 witnesses, and 0 are named",
		"monitor x --key " + key + " --filter kind": `the filter "kind" is not NAME=VALUE`,
		"monitor x --every 1ms --key " + key:        "--every is at least 1s",
		"monitor":                                   "name the log to follow",
		"witness":                                   "--data, --name and at least one --log are needed",
		"witness --data d --name n --log x":         "this is no public key",
		"witness extra":                             "name no arguments",
	} {
		if code, out, errs := call(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(errs, want) || out != "" {
			t.Errorf("stoa %s: exit %d, %q, %q", args, code, out, errs)
		}
	}
}

// TestWitnessAsAProcess asks the built program for a cosignature, and verifies a proof that rests on it.
func TestWitnessAsAProcess(t *testing.T) {
	l := newPublicLog(t)
	note := l.grow(20)
	addr := freePort(t)
	cmd := process(t.Context(), nil, "witness", "--data", filepath.Join(t.TempDir(), "w"), "--name", "witness.example", "--addr", addr, "--log", l.key.Key().String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 300)
	n, err := out.Read(said)
	if err != nil {
		t.Fatal(err)
	}
	key, err := proof.ParseKey(strings.Split(string(said[:n]), "\n")[1])
	if err != nil {
		t.Fatalf("%q: %v", said[:n], err)
	}
	answer, err := reader.Post(t.Context(), "http://"+addr, (&proof.Ask{Checkpoint: note}).Format())
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("%+v, %v", answer, err)
	}
	file := l.proofOf(7, append(note, answer.Body...))
	code, printed, errs := call(t, "verify", file, "--key", l.keys, "--key", key.String())
	if code != 0 || !strings.Contains(printed, "Seen by the witness witness.example on ") {
		t.Errorf("exit %d, %q, %q", code, printed, errs)
	}
	if code, _, errs := call(t, "verify", l.dir, "--key", l.keys, "--key", key.String()); code != exitNo || !strings.Contains(errs, "0 of the 1 witnesses asked for have cosigned; missing: \"witness.example\"") {
		t.Errorf("without the cosignature: exit %d, %q", code, errs)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
