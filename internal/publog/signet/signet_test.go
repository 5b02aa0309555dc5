package signet_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/proof"
	"stoa/internal/publog/signet"
)

const origin = "log.greenvale.example/log"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func state(n int64, with byte) proof.Checkpoint {
	return proof.Checkpoint{Origin: origin, Size: n, Root: proof.Hash{with, byte(n)}}
}

func open(t testing.TB, dir string) *signet.Signet {
	t.Helper()
	s, err := signet.Open(signet.Config{File: filepath.Join(dir, "log.keys"), Origin: origin})
	must(t, err)
	return s
}

func TestOnlyForward(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, ok, err := s.Last(); ok || err != nil {
		t.Errorf("before the first: %v, %v", ok, err)
	}
	note, err := s.Sign(proof.Checkpoint{}, state(5, 1))
	must(t, err)
	keys, err := s.Keys()
	must(t, err)
	signed, err := proof.Trust{Logs: keys}.Open(note)
	must(t, err)
	last, ok, err := open(t, dir).Last() // as the next process finds it
	if err != nil || !ok || last != state(5, 1) || signed.Checkpoint != last {
		t.Errorf("%+v, %v, %v", last, ok, err)
	}
	for what, c := range map[string]struct {
		prev, next proof.Checkpoint
		want       error
	}{
		"the same again":       {state(5, 1), state(5, 1), nil},
		"another of that size": {state(5, 1), state(5, 2), signet.ErrBackwards},
		"a smaller one":        {state(5, 1), state(4, 1), signet.ErrBackwards},
		"from another state":   {state(4, 1), state(6, 1), signet.ErrMoved},
		"from nothing":         {proof.Checkpoint{}, state(6, 1), signet.ErrMoved},
	} {
		again, err := s.Sign(c.prev, c.next)
		if !errors.Is(err, c.want) || err == nil && string(again) != string(note) {
			t.Errorf("%s: %v", what, err)
		}
	}
	foreign := state(6, 1)
	foreign.Origin = "other.example"
	if _, err := s.Sign(state(5, 1), foreign); err == nil {
		t.Error("another log's checkpoint is signed")
	}
	must(t, s.Acknowledge(state(3, 9), "rana", "The disk is lost.\nTruly.", time.Unix(0, 0)))
	if last, _, err := s.Last(); err != nil || last != state(3, 9) {
		t.Errorf("%+v, %v", last, err)
	}
	if err := s.Acknowledge(state(2, 9), "rana", " ", time.Unix(0, 0)); err == nil {
		t.Error("without a reason")
	}
}

// TestTheFileNamesTheLog: once there are keys, nobody has to say whose they are.
func TestTheFileNamesTheLog(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "log.keys")
	if _, err := signet.Open(signet.Config{File: file}); err == nil {
		t.Error("keys for a log without a name")
	}
	s := open(t, dir)
	_, err := s.Rotate()
	must(t, err)
	keys, err := s.Keys()
	must(t, err)
	must(t, s.Retire(keys[0])) // the first line is now a public key
	again, err := signet.Open(signet.Config{File: file})
	if err != nil || again.Origin() != origin {
		t.Errorf("%v, %v", again, err)
	}
}

// TestOneOfManySigns: of those who want to go on from one state to another, one does.
func TestOneOfManySigns(t *testing.T) {
	dir := t.TempDir()
	prev := proof.Checkpoint{}
	for round := range int64(10) {
		var wait sync.WaitGroup
		var mu sync.Mutex
		var won []proof.Checkpoint
		for i := range 8 {
			wait.Go(func() {
				next := state(round+1, byte(i))
				_, err := open(t, dir).Sign(prev, next)
				if err != nil && !errors.Is(err, signet.ErrMoved) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					won = append(won, next)
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if len(won) != 1 {
			t.Fatalf("round %d: signed %v", round, won)
		}
		prev = won[0]
	}
}

// TestFiles that are not as they must be are refused with a sentence, and show no key.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "log.keys")
	s := open(t, dir)
	_, err := s.Rotate()
	must(t, err)
	keys, err := s.Keys()
	must(t, err)
	must(t, s.Retire(keys[0]))
	good, err := os.ReadFile(file)
	must(t, err)
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	lines := strings.Split(strings.TrimSpace(string(good)), "\n")
	listed, sign := lines[len(lines)-2], lines[len(lines)-1]
	secret := strings.TrimPrefix(sign, "sign 2 ")
	for text, says := range map[string]string{
		"":                                    "no key in it signs",
		listed:                                "no key in it signs",
		sign + "\n" + sign:                    "line 2: numbers must ascend",
		"sign 1":                              "line 1: want a kind, a number and a key",
		"burn 1 " + secret:                    `line 1: "burn": want sign or listed`,
		strings.Replace(sign, "+A", "+B", 1):  "line 1: not a private key",
		strings.Replace(sign, "+", "+x", 3):   "line 1: ",
		strings.Replace(sign, origin, "a", 1): "line 1: ",
		"listed 1 x":                          "line 1: ",
	} {
		must(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := s.Keys()
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), secret[len(secret)-20:]) {
			t.Errorf("%q: %v", text, err)
		}
	}
	must(t, os.WriteFile(file, good, 0o600))
	if _, err := signet.Open(signet.Config{File: file, Origin: "other.example"}); err == nil || !strings.Contains(err.Error(), `this log is "other.example"`) {
		t.Errorf("another origin: %v", err)
	}
	must(t, os.Chmod(file, 0o644))
	if _, err := s.Keys(); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by others: %v", err)
	}
	must(t, os.Chmod(file, 0o600))
	_, err = s.Sign(proof.Checkpoint{}, state(1, 1))
	must(t, err)
	must(t, os.Remove(file))
	if _, err := signet.Open(signet.Config{File: file, Origin: origin}); err == nil || !strings.Contains(err.Error(), "bring them back") {
		t.Errorf("keys gone, memory there: %v", err)
	}
}

// BenchmarkSign is what the memory costs: two syncs of the disk for each checkpoint.
func BenchmarkSign(b *testing.B) {
	s := open(b, b.TempDir())
	prev := proof.Checkpoint{}
	for i := int64(1); b.Loop(); i++ {
		next := proof.Checkpoint{Origin: origin, Size: i, Root: proof.Hash{1}}
		if _, err := s.Sign(prev, next); err != nil {
			b.Fatal(fmt.Errorf("%d: %w", i, err))
		}
		prev = next
	}
}
