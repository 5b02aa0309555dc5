package proof_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"rsc.io/qr"

	"stoa/internal/proof"
)

func onPaper(t testing.TB, bundle []byte) (text string, shown int) {
	t.Helper()
	b, err := proof.ParseBundle(bundle)
	must(t, err)
	text, shown, ok := b.OnPaper()
	if !ok {
		t.Fatal("it does not fit on paper")
	}
	return text, shown
}

// TestPaper: what is read from paper proves the same as the file, and fits a code of letters and digits.
func TestPaper(t *testing.T) {
	w := newTown(t, leaves(t, 300))
	for _, index := range []int{0, 1, 127, 128, 255, 256, 299} {
		text, shown := onPaper(t, w.bundle(index))
		want, err := proof.Verify(w.bundle(index), w.trust())
		must(t, err)
		got, err := proof.Verify([]byte(text+"\n"), w.trust())
		must(t, err)
		if shown != 2 || fmt.Sprint(got.Leaf, got.Opened, got.Index, got.Checkpoint, got.By, got.Cosigned) != fmt.Sprint(want.Leaf, want.Opened, want.Index, want.Checkpoint, want.By, want.Cosigned) {
			t.Errorf("entry %d: paper says %+v, the file says %+v", index, got, want)
		}
		code, err := qr.Encode(text, qr.M)
		must(t, err)
		if code.Size > 157 {
			t.Errorf("entry %d: a code of %d modules to a side", index, code.Size)
		}
		if index == 255 {
			golden(t, "paper.golden", []byte(text))
		}
	}
}

// TestEveryFlippedCharacterOfPaper: no character can change, and none can be missing or more, without a failure.
func TestEveryFlippedCharacterOfPaper(t *testing.T) {
	w := newTown(t, leaves(t, 300))
	whole, _ := onPaper(t, w.bundle(257))
	kinds := map[error]int{}
	for i := range whole {
		for _, with := range []byte{1, 2, 4} {
			changed := []byte(whole)
			changed[i] ^= with
			_, err := proof.Verify(changed, w.trust())
			if err == nil {
				t.Fatalf("character %d of %d, %q for %q: not found", i, len(whole), changed[i], whole[i])
			}
			kinds[wantFailure(t, err, nil).Why]++
		}
	}
	for _, kind := range []error{proof.ErrForm, proof.ErrSignature} {
		if kinds[kind] == 0 {
			t.Errorf("no change was %v", kind)
		}
	}
	for _, changed := range []string{"STOA1:", whole[:len(whole)-1], whole[:len(whole)-3], whole + "0", whole + "000", " " + whole, strings.ToLower(whole)} {
		if _, err := proof.Verify([]byte(changed), w.trust()); err == nil {
			t.Errorf("%d characters pass", len(changed))
		}
	}
	stranger := proof.Trust{Logs: []proof.Key{signer(t, origin, 7).Key()}}
	if _, err := proof.Verify([]byte(whole), stranger); !errors.Is(err, proof.ErrSignature) {
		t.Errorf("under another's key: %v", err)
	}
}

// TestPaperShowsWhatFits: of a leaf with much in it, paper carries what it can and still proves the whole leaf.
func TestPaperShowsWhatFits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l, openings := licence(t, 0)
		salts := seeded(9)
		for i := range rapid.IntRange(0, 30).Draw(rt, "details") {
			o := proof.Opening{Name: fmt.Sprintf("field.%d", i), Value: rapid.StringN(0, 60, 200).Filter(func(s string) bool { return !strings.ContainsRune(s, 0) }).Draw(rt, "value")}
			_, _ = salts.Read(o.Salt[:]) // never fails
			l.Hide(o)
			openings = append(openings, o)
		}
		raw, err := l.Bytes()
		must(t, err)
		all := leaves(t, rapid.IntRange(1, 70).Draw(rt, "entries"))
		at := rapid.IntRange(0, len(all)-1).Draw(rt, "at")
		all[at] = raw
		w := newTown(t, all)
		b, err := proof.ParseBundle(w.bundle(at))
		must(t, err)
		b.Openings = openings
		text, shown, ok := b.OnPaper()
		if !ok {
			return // not even the leaf fits
		}
		trust := w.trust()
		trust.Quorum = 0 // witnesses stay away first
		p, err := proof.Verify([]byte(text), trust)
		if err != nil {
			rt.Fatal(err)
		}
		if len(p.Opened) != shown || len(p.Leaf.Hidden) != len(openings) || len(text) > 6+proof.PaperMost*3/2+2 {
			rt.Fatalf("%d of %d shown in %d characters, want %d", len(p.Opened), len(openings), len(text), shown)
		}
		for _, o := range p.Opened {
			if !slices.ContainsFunc(openings, func(x proof.Opening) bool { return x.Name == o.Name && x.Value == o.Value }) {
				rt.Fatalf("%+v was never hidden", o)
			}
		}
	})
}

func FuzzPaper(f *testing.F) {
	w := newTown(f, leaves(f, 20))
	text, _ := onPaper(f, w.bundle(3))
	f.Add(text)
	f.Add("STOA1:")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := proof.ParsePaper(text)
		if err != nil {
			return
		}
		if again, _, ok := b.OnPaper(); !ok || again != strings.TrimRight(text, "\r\n") {
			t.Errorf("%q is written again as %q", text, again)
		}
	})
}
