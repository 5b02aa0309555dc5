package bankfile_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/bankfile"
)

// The published ones: the standard's own example, and those of the Finnish and Belgian banks' guides to it.
func TestPublishedReferences(t *testing.T) {
	for own, want := range map[string]string{
		"539007547034":          "RF18 5390 0754 7034",
		"2348231":               "RF71 2348 231",
		"2348236":               "RF33 2348 236",
		"5390075470340000000":   "",
		"000000000539007547034": "RF18 0000 0000 0539 0075 4703 4",
	} {
		r, err := bankfile.NewReference(own)
		if err != nil || !r.Valid() {
			t.Fatalf("%s: %q, %v", own, r, err)
		}
		if want != "" && r.Printed() != want {
			t.Errorf("%s: %s, want %s", own, r.Printed(), want)
		}
		if back, err := bankfile.ParseReference(" " + strings.ToLower(r.Printed())); back != r || err != nil || back.Own() != own {
			t.Errorf("%s read again: %q, %v", own, back, err)
		}
	}
}

func TestWhatIsNoReference(t *testing.T) {
	for _, s := range []string{"", "RF", "RF18", "RF19539007547034", "RF18 5390 0754 7043", "RF0012345", "RF18-5390-0754-7034", "XX18539007547034",
		"RF1853900754703453900754703", "RFA85390", "RF18539007547034é", "٣"} {
		if r, err := bankfile.ParseReference(s); err == nil {
			t.Errorf("%q is taken for %s", s, r)
		}
	}
	for _, s := range []string{"", "B-2026-1", "1234567890123456789012", "é"} {
		if r, err := bankfile.NewReference(s); err == nil {
			t.Errorf("%q gives %s", s, r)
		}
	}
}

var ownParts = rapid.StringMatching(`[0-9A-Z]{1,21}`)

func TestOneSlipIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := bankfile.NewReference(ownParts.Draw(t, "own"))
		if err != nil {
			t.Fatal(err)
		}
		b := []byte(r)
		i := rapid.IntRange(4, len(b)-1).Draw(t, "place")
		if rapid.Bool().Draw(t, "swap") && i+1 < len(b) {
			b[i], b[i+1] = b[i+1], b[i]
		} else {
			b[i] = rapid.SampledFrom([]byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")).Draw(t, "character")
		}
		slipped := bankfile.Reference(b)
		// One character for another: two digits of the number at most change, so that 97 never divides the difference, but
		// where a letter takes a digit's place all that stands before it moves, and one in 97 gets through.
		sameKind := (b[i] <= '9') == (r[i] <= '9')
		if slipped != r && slipped.Valid() && sameKind && i+1 == len(b) {
			t.Fatalf("%s and %s are both valid", r, slipped)
		}
	})
}

func TestDigitsSlipNever(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := bankfile.NewReference(rapid.StringMatching(`[0-9]{2,21}`).Draw(t, "own"))
		if err != nil {
			t.Fatal(err)
		}
		for i := 4; i < len(r); i++ {
			for d := byte('0'); d <= '9'; d++ {
				if b := []byte(r); b[i] != d {
					if b[i] = d; bankfile.Reference(b).Valid() {
						t.Fatalf("%s and %s are both valid", r, b)
					}
				}
			}
			if b := []byte(r); i+1 < len(b) && b[i] != b[i+1] {
				if b[i], b[i+1] = b[i+1], b[i]; bankfile.Reference(b).Valid() {
					t.Fatalf("%s and %s are both valid", r, b)
				}
			}
		}
	})
}

func TestFindReferences(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                      nil,
		"RF18539007547034":                      {"RF18539007547034"},
		"SVWZ+rf18 5390 0754 7034 thank you":    {"RF18539007547034"},
		"bill RF18-5390-0754-7034/RF712348231.": {"RF18539007547034", "RF712348231"},
		"RF18 5390 0754 7035":                   nil,
		"xRF18539007547034":                     nil,
		"RF18\n539007547034":                    {"RF18539007547034"},
		"RF18 5390 0754 7034 RF18 5390 0754 7034 x": {"RF18539007547034"},
	} {
		if got := bankfile.FindReferences(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestReferencesAreFoundHoweverWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := bankfile.NewReference(ownParts.Draw(t, "own"))
		if err != nil {
			t.Fatal(err)
		}
		var written strings.Builder
		for i, c := range string(r) {
			if i > 0 && rapid.IntRange(0, 3).Draw(t, "gap") == 0 {
				written.WriteString(rapid.SampledFrom([]string{" ", "-", "\n", "  "}).Draw(t, "between"))
			}
			written.WriteRune(c)
		}
		s := written.String()
		if rapid.Bool().Draw(t, "small") {
			s = strings.ToLower(s)
		}
		if !strings.HasPrefix(strings.ToUpper(s), "RF") {
			return // torn between R and F: nobody writes that
		}
		text := rapid.SampledFrom([]string{"", "bill ", "é+", "RF "}).Draw(t, "before") + s + rapid.SampledFrom([]string{"", " thank you", ". ", "+x"}).Draw(t, "after")
		if got := bankfile.FindReferences(text); !slices.Contains(got, string(r)) {
			t.Fatalf("%q: %q, want %s", text, got, r)
		}
	})
}

func FuzzReference(f *testing.F) {
	for _, s := range []string{"RF18 5390 0754 7034", "rf712348231 x RF33 2348 236", "RF RF RF", "\xff", "RF18" + strings.Repeat("0", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, found := range bankfile.FindReferences(s) {
			if !bankfile.Reference(found).Valid() {
				t.Fatalf("%q is found and not valid", found)
			}
		}
		if r, err := bankfile.ParseReference(s); err == nil {
			if again, err := bankfile.NewReference(r.Own()); err != nil || again != r {
				t.Fatalf("%s made again: %s, %v", r, again, err)
			}
		}
		if i, err := bankfile.ParseIBAN(s); err == nil && !i.Valid() {
			t.Fatalf("%q is read and not valid", i)
		}
		if out := bankfile.Latin(s, 35); len(out) > 35 || out != bankfile.Latin(out, 35) {
			t.Fatalf("%q becomes %q, and that %q", s, out, bankfile.Latin(out, 35))
		}
	})
}
