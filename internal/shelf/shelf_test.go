package shelf_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stoa/internal/shelf"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string, limit int64) *shelf.Shelf {
	t.Helper()
	s, err := shelf.Open(dir, limit)
	must(t, err)
	t.Cleanup(s.Wait)
	return s
}

func writes(text string, made *atomic.Int64) shelf.Build {
	return func(_ context.Context, f *shelf.Temp) error {
		made.Add(1)
		_, err := io.WriteString(f, text)
		return err
	}
}

func get(t *testing.T, s *shelf.Shelf, name, hash string, build shelf.Build) string {
	t.Helper()
	f, err := s.Get(t.Context(), name, hash, build)
	must(t, err)
	b, err := io.ReadAll(f)
	must(t, err)
	must(t, f.Close())
	if f.Size != int64(len(b)) || f.Hash != hashOf(string(b)) {
		t.Errorf("%d bytes of hash %s are said to be %d of %s", len(b), hashOf(string(b)), f.Size, f.Hash)
	}
	return string(b)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestAFileIsMadeOnce(t *testing.T) {
	s := open(t, t.TempDir(), 1000)
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got := get(t, s, "a", hashOf("text"), writes("text", &made)); got != "text" {
				t.Errorf("got %q", got)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
}

// Whatever byte is changed, of the file or of what is noted beside it, in this process or before it began: the file is
// made again, never handed out.
func TestDamageIsNeverHandedOut(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 1000)
	var made atomic.Int64
	build := writes("some text", &made)
	get(t, s, "a", "", build)
	for _, name := range []string{"a", "a.sum"} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		must(t, err)
		for i := range whole {
			for _, restart := range []bool{false, true} {
				if name == "a.sum" && !restart {
					continue // a process that checked the file needs no note
				}
				before := made.Load()
				damaged := append([]byte(nil), whole...)
				damaged[i] ^= 1
				must(t, os.WriteFile(path, damaged, 0o600))
				if restart {
					s = open(t, dir, 1000)
				}
				if got := get(t, s, "a", "", build); got != "some text" || made.Load() != before+1 {
					t.Fatalf("%s with byte %d changed gives %q, made %d times", name, i, got, made.Load()-before)
				}
			}
		}
		for _, cut := range []int{0, 1, len(whole) - 1} {
			must(t, os.WriteFile(path, whole[:cut], 0o600))
			if got := get(t, open(t, dir, 1000), "a", "", build); got != "some text" {
				t.Fatalf("%s cut to %d bytes gives %q", name, cut, got)
			}
		}
		must(t, os.Remove(path))
		if got := get(t, open(t, dir, 1000), "a", "", build); got != "some text" {
			t.Fatalf("without %s: %q", name, got)
		}
	}
	before := made.Load()
	get(t, open(t, dir, 1000), "a", "", build)
	if made.Load() != before {
		t.Error("a whole file was made again after a restart")
	}
}

func TestAnotherHashIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 1000)
	var made atomic.Int64
	_, err := s.Get(t.Context(), "a", hashOf("other"), writes("text", &made))
	if !errors.Is(err, shelf.ErrOther) {
		t.Errorf("got %v", err)
	}
	get(t, s, "b", "", writes("old", &made))
	if got := get(t, s, "b", hashOf("new"), writes("new", &made)); got != "new" {
		t.Errorf("got %q", got)
	}
	empty(t, dir, "a")
}

func empty(t *testing.T, dir, name string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, name+"*"))
	must(t, err)
	temps, err := filepath.Glob(filepath.Join(dir, "*.tmp"))
	must(t, err)
	if len(all)+len(temps) > 0 {
		t.Errorf("there are %v %v", all, temps)
	}
}

func TestWhatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 1000)
	broken := errors.New("broken")
	_, err := s.Get(t.Context(), "a", "", func(context.Context, *shelf.Temp) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	_, err = s.Get(t.Context(), "a", "", func(context.Context, *shelf.Temp) error { panic("at the disk") })
	if err == nil || !strings.Contains(err.Error(), "at the disk") {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"", "../a", "a/b", `a\b`, ".a", "a.tmp", "a.sum"} {
		if _, err := s.Get(t.Context(), name, "", writes("x", new(atomic.Int64))); err == nil {
			t.Errorf("%q is a name", name)
		}
	}
	empty(t, dir, "a")
	left := filepath.Join(dir, "scratch-1.tmp")
	must(t, os.WriteFile(left, []byte("left"), 0o600))
	open(t, dir, 1000)
	if _, err := os.Stat(left); err != nil {
		t.Errorf("what another process may still write: %v", err)
	}
	must(t, os.Chtimes(left, time.Time{}, time.Unix(1, 0)))
	open(t, dir, 1000)
	empty(t, dir, "scratch")
}

func TestTheFolderMayBeDeleted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "datasets")
	s := open(t, dir, 1000)
	for range 2 {
		if got := get(t, s, "a", "", writes("text", new(atomic.Int64))); got != "text" {
			t.Errorf("got %q", got)
		}
		must(t, os.RemoveAll(dir))
	}
}

// Whoever goes away does not stop the file from being made for the others.
func TestMakingGoesOn(t *testing.T) {
	s := open(t, t.TempDir(), 1000)
	var made atomic.Int64
	begun, goOn := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := s.Get(ctx, "a", "", func(ctx context.Context, f *shelf.Temp) error {
			close(begun)
			<-goOn
			return errors.Join(ctx.Err(), writes("text", &made)(ctx, f))
		})
		failed <- err
	}()
	<-begun
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(goOn)
	get(t, s, "a", "", writes("text", &made))
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
}

func TestTheOnesNotUsedForLongestGo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 30)
	var made atomic.Int64
	ten := strings.Repeat("x", 10)
	for _, name := range []string{"a", "b", "c"} {
		get(t, s, name, "", writes(ten, &made))
	}
	held, err := s.Get(t.Context(), "a", "", nil) // a is used again, b is not
	must(t, err)
	get(t, s, "d", "", writes(ten, &made))
	for name, there := range map[string]bool{"a": true, "b": false, "b.sum": false, "c": true, "d": true} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
	get(t, s, "huge", "", writes(strings.Repeat("x", 100), &made))
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("a is still there beside what is larger than the limit")
	}
	b, err := io.ReadAll(held) // whoever reads it reads on
	if err != nil || string(b) != ten {
		t.Errorf("read %q, %v", b, err)
	}
	must(t, held.Close())
}

func TestScratchAndRemove(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 1000)
	tmp, err := s.Scratch()
	must(t, err)
	_, err = io.WriteString(tmp, "text")
	must(t, err)
	must(t, tmp.Drop())
	must(t, tmp.Drop())
	get(t, s, "a", "", writes("x", new(atomic.Int64)))
	must(t, s.Remove("a", "never there"))
	empty(t, dir, "")
}
