package converse_test

import (
	"slices"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/converse"
)

// unknown is what several people asked, each in a conversation of their own, that nothing published answers.
func unknown(t *testing.T, l *converse.Library, asked ...string) (list []converse.State) {
	t.Helper()
	for _, text := range asked {
		var st converse.State
		if a := say(t, l, &st, text); a.Kind != converse.Unknown {
			t.Fatalf("%q is answered: %+v", text, a)
		}
		list = append(list, st)
	}
	return list
}

// TestSharedWordsAreSpeltAsAsked and nothing is shown that fewer have in common.
func TestSharedWordsAreSpeltAsAsked(t *testing.T) {
	_, l := greenvale(t)
	for _, c := range []struct {
		word  string
		asked []string
	}{
		{"دبكة", []string{"دبكة زبديا", "دبكة", "دبكة؟ الدبكة", "دبكة دبكة", "هل نقيم دبكة؟"}},
		{"ceilidh", []string{"Ceilidh Zebediah", "ceilidh", "CEILIDH?", "a ceilidh?", "ceilidh ceilidh"}},
	} {
		states := unknown(t, l, c.asked...)
		for n, want := range map[int][]converse.Shared{4: nil, 5: {{Word: c.word, Talks: 5}}} {
			got, err := l.Words(t.Context(), states[:n])
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("of %d conversations about %s: %v, %v", n, c.word, got, err)
			}
		}
	}
}

// TestAGapIsClosedByWhatIsPublished: what is known by now is not counted any more.
func TestAGapIsClosedByWhatIsPublished(t *testing.T) {
	j, l := greenvale(t)
	states := unknown(t, l, "ceilidh", "ceilidh?", "a ceilidh", "the ceilidh", "Ceilidh!")
	for _, s := range j.Services {
		if s.Service == "temporary-event-notice" {
			s.Keywords["en"] = append(slices.Clone(s.Keywords["en"]), "ceilidh")
		}
	}
	day, err := calendar.ParseISO("2026-06-01")
	if err != nil {
		t.Fatal(err)
	}
	later, err := converse.New(j, day)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		l    *converse.Library
		want int
	}{{l, 1}, {later, 0}} {
		if got, err := c.l.Words(t.Context(), states); err != nil || len(got) != c.want {
			t.Errorf("%v, %v; %d words were to be left", got, err, c.want)
		}
	}
}
