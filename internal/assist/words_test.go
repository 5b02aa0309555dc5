package assist

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for in, want := range map[string][]string{
		"The U.S. Department; don't pay $1,000.50!": {"the", "us", "department", "dont", "pay", "1000", "50"},
		"Zoë's café": {"zoes", "cafe"},
		"كم رسوم رخصةُ القيادة؟": {"كم", "رسوم", "رخصه", "القياده"},
		"東京都":                     {"東京", "京都"},
		"DD-214 form 10-10EZ":     {"dd", "214", "form", "10", "10ez"},
		"":                        nil,
		" . , ' \xff":             nil,
		"a.b example.gov 1,23,45": {"ab", "example", "gov", "1", "23", "45"},
	} {
		var got []string
		for _, w := range words(in) {
			got = append(got, w.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q is cut into %q, not %q", in, got, want)
		}
	}
}

// From the vocabulary of the published algorithm.
func TestEnglishStems(t *testing.T) {
	for in, want := range map[string]string{
		"consignment": "consign", "consistency": "consist", "knightly": "knight", "generously": "generous", "dying": "die",
		"exceeds": "exceed", "proceeding": "proceed", "skies": "sky", "ties": "tie", "cries": "cri", "gas": "gas", "kiwis": "kiwi",
		"hopping": "hop", "hoping": "hope", "sensational": "sensat", "rationality": "ration", "yearly": "year", "by": "by",
		"enjoyed": "enjoy", "communism": "communism", "national": "nation", "replacement": "replac", "eligibility": "elig",
		"luxuriated": "luxuri", "agreed": "agre", "abilities": "abil", "dd214": "dd214",
	} {
		if got := stemEnglish(in); got != want {
			t.Errorf("%s has stem %s, not %s", in, got, want)
		}
	}
}

func TestArabicStems(t *testing.T) {
	for _, same := range [][]string{{"رخصه", "الرخصه", "والرخصه", "للرخصه"}, {"سياره", "سيارات", "السيارات", "بالسياره"}, {"موظفون", "موظفين", "الموظفين"}} {
		for _, w := range same {
			if a, b := stemArabic(w), stemArabic(same[0]); a != b {
				t.Errorf("%s has stem %s, and %s has %s", w, a, same[0], b)
			}
		}
	}
	if got := stemArabic("permits"); got != "permit" {
		t.Errorf("an English word among Arabic ones has stem %s", got)
	}
}

func TestCompoundsAreFoundByTheirParts(t *testing.T) {
	x := build1(t, []Passage{
		{ID: "a", Document: "a", Text: "Der Antrag auf eine Genehmigung."}, {ID: "b", Document: "b", Text: "Genehmigungsantrag stellen"}, {ID: "c", Document: "c", Text: "Hund"},
	}, Options{Language: "de"})
	got := x.passage.score(x.slots("Antrag"), 3)
	if got[1] == 0 || got[2] != 0 {
		t.Errorf("Antrag scores %v", got)
	}
	if s := x.slots("Hundeantrag"); len(s[0].meant) != 0 { // Hunde is not known
		t.Errorf("Hundeantrag is taken for %v", s[0].meant)
	}
}

// TestSpellingAgainstAllWords compares the table of deletions with measuring every word.
func TestSpellingAgainstAllWords(t *testing.T) {
	letter := rapid.SampledFrom([]rune("abcé"))
	word := rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOfN(letter, 1, 9).Draw(t, "letters")) })
	rapid.Check(t, func(t *rapid.T) {
		surface := map[string]uint32{}
		for i, w := range rapid.SliceOfN(word, 0, 30).Draw(t, "known") {
			surface[w] = uint32(i)
		}
		s := newSpelling(surface)
		w := word.Draw(t, "written")
		allowed, nearest := mistakes(len([]rune(w))), 99
		for known := range surface {
			if len([]rune(known)) >= shortTypo-1 {
				nearest = min(nearest, distance([]rune(w), []rune(known)))
			}
		}
		got := s.near(w)
		switch {
		case allowed == 0 || nearest > allowed:
			if got != nil {
				t.Fatalf("%q is taken for %v; the nearest is %d away", w, got, nearest)
			}
		case len(got) == 0 || got[0].distance != nearest:
			t.Fatalf("%q is taken for %v; the nearest is %d away", w, got, nearest)
		}
	})
}

func TestDistanceIsAMeasure(t *testing.T) {
	word := rapid.SliceOfN(rapid.SampledFrom([]rune("abc")), 0, 7)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != slices.Equal(a, b) || d > max(len(a), len(b)) || d < len(a)-len(b) {
			t.Fatalf("%q and %q are %d apart", string(a), string(b), d)
		}
	})
	if d := distance([]rune("permit"), []rune("premit")); d != 1 {
		t.Errorf("letters that changed places count %d", d)
	}
}

func TestTopAgainstSorting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float32Range(-1, 3), 0, 40).Draw(t, "scores")
		for i := range scores {
			scores[i] = float32(int(scores[i] * 2)) // many are equal
		}
		n := rapid.IntRange(1, 12).Draw(t, "n")
		var want []int32
		for i, s := range scores {
			if s > 0 {
				want = append(want, int32(i))
			}
		}
		slices.SortStableFunc(want, func(a, b int32) int { return int(scores[b]) - int(scores[a]) })
		if want = want[:min(n, len(want))]; !slices.Equal(top(scores, n), want) {
			t.Fatalf("the first %d of %v are %v, not %v", n, scores, top(scores, n), want)
		}
	})
}
