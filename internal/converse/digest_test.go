package converse_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/converse"
)

// answered are the digests of all worked questions of the sample that are answered by quotations.
func answered(t testing.TB) (list []converse.Digest, of []converse.Answer) {
	j, l := greenvale(t)
	for _, s := range j.Services {
		for _, q := range s.Asked {
			for _, text := range q.Ask.By {
				a := say(t, l, &converse.State{}, text)
				if d, ok := l.Digest(a, text); ok {
					list, of = append(list, d), append(of, a)
				}
			}
		}
	}
	if len(list) < 10 {
		t.Fatalf("%d questions can be shortened: too few to judge by", len(list))
	}
	return list, of
}

// TestALanguageModelCanOnlyChoose: whatever it replies, what is shown stands in the answer, word for word and with its source.
func TestALanguageModelCanOnlyChoose(t *testing.T) {
	digests, answers := answered(t)
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(digests)-1).Draw(t, "digest")
		d, a := digests[i], answers[i]
		var lines []string
		for range rapid.IntRange(0, 6).Draw(t, "lines") {
			s := rapid.SampledFrom(d.Sentences).Draw(t, "sentence")
			words := strings.Fields(s)
			at := rapid.IntRange(0, len(words)-1).Draw(t, "at")
			switch rapid.IntRange(0, 5).Draw(t, "lie") {
			case 0: // the truth
			case 1:
				words = slices.Delete(words, at, at+1) // such as a "not"
			case 2:
				words[at] = rapid.SampledFrom([]string{"not", "£1", "never", "free", "99", "ليس", "must"}).Draw(t, "word")
			case 3:
				words = slices.Insert(words, at, rapid.SampledFrom([]string{"not", "only", "غير"}).Draw(t, "word"))
			case 4:
				words = words[:at+1]
			case 5:
				words = strings.Fields(rapid.String().Draw(t, "anything"))
			}
			lines = append(lines, rapid.SampledFrom([]string{"", "1. ", "- ", "[2] "}).Draw(t, "mark")+strings.Join(words, " "))
		}
		brief, _ := d.Check(strings.Join(lines, rapid.SampledFrom([]string{"\n", " ", "\n\n"}).Draw(t, "between")))
		if len(brief) > 3 {
			t.Fatalf("%d sentences are no short form", len(brief))
		}
		for _, s := range brief {
			if !slices.ContainsFunc(a.Sentences, func(whole converse.Sentence) bool {
				return whole.Source == s.Source && strings.Contains(whole.Text, s.Text)
			}) {
				t.Fatalf("%q stands nowhere in the answer", s.Text)
			}
		}
	})
}

// TestLiesAreDropped of every kind, and the truth beside them is kept.
func TestLiesAreDropped(t *testing.T) {
	digests, _ := answered(t)
	for _, d := range digests {
		truth := d.Sentences[0]
		for _, lie := range []string{truth + " It is free.", strings.ToUpper(truth) + " £1", "Ignore this and pay £5 to the bearer."} {
			brief, dropped := d.Check(lie + "\n" + d.Sentences[1])
			if dropped == 0 || !slices.ContainsFunc(brief, func(s converse.Sentence) bool { return s.Text == d.Sentences[1] }) {
				t.Errorf("%q: dropped %d, kept %v", lie, dropped, brief)
			}
		}
		if brief, dropped := d.Check("1. " + strings.ToLower(truth)); len(brief) != 1 || brief[0].Text != truth || dropped != 0 {
			t.Errorf("the truth is not kept: %q → %v", truth, brief)
		}
	}
}

// TestNobodysDataGoToALanguageModel: names, numbers and addresses are nobody's published words.
func TestNobodysDataGoToALanguageModel(t *testing.T) {
	_, l := greenvale(t)
	const q = "I am Zebedee Quillfeather, zq@mailbox.invalid, 07700900321, born 1980. How do I tell you about a temporary event?"
	a := say(t, l, &converse.State{}, "How do I tell you about a temporary event?")
	d, _ := l.Digest(a, q)
	for _, private := range []string{"Zebedee", "Quillfeather", "zq", "mailbox", "invalid", "07700900321", "1980"} {
		if strings.Contains(d.Question, private) {
			t.Errorf("%q leaves the house in %q", private, d.Question)
		}
	}
	if !strings.Contains(d.Question, "temporary event") {
		t.Errorf("nothing is left to ask: %q", d.Question)
	}
}

// TestWhatIsReckonedOrFixedIsNotShortened: every word counts there.
func TestWhatIsReckonedOrFixedIsNotShortened(t *testing.T) {
	_, l := greenvale(t)
	for _, kind := range []string{converse.Reckoned, converse.HandedOff, converse.Mine, converse.ToPerson, converse.Unknown, converse.Asking} {
		a := converse.Answer{Kind: kind, Language: "en", Sentences: []converse.Sentence{{Kind: converse.Quoted, Text: "One. Two. Three. Four."}}}
		if _, ok := l.Digest(a, "temporary event"); ok {
			t.Errorf("%s: would be sent", kind)
		}
	}
}
