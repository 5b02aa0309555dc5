package assist

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// town is what a small place publishes.
var town = []Passage{
	{ID: "parking#0", Document: "parking", Title: "Resident parking", Heading: "Who can have a permit", Text: "You can have a resident parking permit if you live in a permit zone. One permit is given for each car."},
	{ID: "parking#1", Document: "parking", Title: "Resident parking", Heading: "What a permit costs", Text: "A permit costs $60 a year. A second permit for the household costs $90."},
	{ID: "parking#2", Document: "parking", Title: "Resident parking", Heading: "How to renew", Text: "Renew online from 30 days before the permit ends. Bring proof of residence if you have moved."},
	{ID: "passport#0", Document: "passport", Title: "Passports", Heading: "How to apply", Text: "Apply for a passport at the town hall. Bring a photograph and your birth certificate."},
	{ID: "passport#1", Document: "passport", Title: "Passports", Heading: "Lost passport", Text: "If your passport was lost or stolen, tell the police. Then apply for a new one."},
	{ID: "waste#0", Document: "waste", Title: "Rubbish and recycling", Heading: "Collection days", Text: "Rubbish is collected on Tuesdays. Recycling is collected on Fridays.", Also: []string{"trash bins"}},
	{ID: "tree#0", Document: "tree", Title: "Protected trees", Heading: "Cutting down a tree", Text: "You need consent before you cut down a protected tree."},
}

func build1(t testing.TB, ps []Passage, o Options) *Index {
	t.Helper()
	x, err := Build(ps, o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func firstOf(t testing.TB, x *Index, q Question) string {
	t.Helper()
	found := x.Search(q)
	if len(found.Hits) == 0 {
		return ""
	}
	return x.passages[found.Hits[0].Passage].ID
}

func TestQuestionsFindTheirPassage(t *testing.T) {
	x := build1(t, town, Options{Synonyms: [][]string{{"waste", "garbage", "rubbish"}, {"identity book", "passport"}}})
	for q, want := range map[string]string{
		"How much does a parking permit cost?": "parking#1",
		"my pasport was stoln":                 "passport#1",
		"when is the garbage collected":        "waste#0",
		"trash bins":                           "waste#0",
		"I lost my identity book":              "passport#1",
		"may I cut a tree":                     "tree#0",
	} {
		if got := firstOf(t, x, Question{Text: q}); got != want {
			t.Errorf("%q finds %q, not %q", q, got, want)
		}
	}
}

func TestHistoryTellsWhatIsMeant(t *testing.T) {
	x := build1(t, town, Options{})
	talk := []Turn{{Person: true, Text: "I lost my passport"}, {Text: "If your passport was lost or stolen, tell the police."}}
	found := x.Search(Question{Text: "and how do I apply then?", History: talk})
	if d := town[found.Hits[0].Passage].Document; d != "passport" {
		t.Errorf("the talk was of passports, and found %s", d)
	}
	if got := firstOf(t, x, Question{Text: "What does a resident parking permit cost?", History: talk}); got != "parking#1" {
		t.Errorf("the subject changed, and found %s", got)
	}
}

func TestWithoutIsNeverCited(t *testing.T) {
	x := build1(t, town, Options{})
	for _, h := range x.Search(Question{Text: "parking permit cost", Without: []string{"parking"}}).Hits {
		if town[h.Passage].Document == "parking" {
			t.Errorf("cited %s", town[h.Passage].ID)
		}
	}
	if d := x.Search(Question{Text: "parking permit", Without: []string{"no such document"}}); len(d.Hits) == 0 {
		t.Error("an unknown document took everything away")
	}
}

func TestTwinsStandTogether(t *testing.T) {
	ps := slices.Clone(town)
	for _, p := range town[:3] {
		p.ID, p.Document = "copy/"+p.ID, "copy"
		ps = append(ps, p)
	}
	x := build1(t, ps, Options{})
	hits := x.Search(Question{Text: "How much does a parking permit cost?"}).Hits
	if a, b := ps[hits[0].Passage].ID, ps[hits[1].Passage].ID; a != "copy/parking#1" || b != "parking#1" || hits[0].Score != hits[1].Score {
		t.Errorf("first come %s and %s", a, b)
	}
}

func TestTwoPassagesWithOneIDAreRefused(t *testing.T) {
	if _, err := Build([]Passage{{ID: "a"}, {ID: "a"}}, Options{}); err == nil {
		t.Error("were taken")
	}
}

func TestPassagesOfOneDocumentMayHaveTheirOwnTitles(t *testing.T) {
	x := build1(t, []Passage{{ID: "a", Document: "d", Title: "Dogs", Text: "licence"}, {ID: "b", Document: "d", Title: "Cats", Text: "licence"}, {ID: "c", Document: "e", Title: "Bees"}}, Options{})
	if got := firstOf(t, x, Question{Text: "licence for cats"}); got != "b" {
		t.Errorf("found %q", got)
	}
}

// slowScore is BM25F as written down: no postings, no sorted terms, no shared sums.
func slowScore(x *Index, unit int, query []slot) float64 {
	texts := func(i int) (out [fields][]string) {
		for f, s := range [fields]string{x.passages[i].Title, x.passages[i].Heading, x.passages[i].Text} {
			for _, w := range words(s) {
				out[f] = append(out[f], x.stemmer.stem(w.text))
			}
		}
		return out
	}
	var average, having [fields]float64
	for i := range x.passages {
		for f, ws := range texts(i) {
			average[f] += float64(len(ws))
			if len(ws) > 0 {
				having[f]++
			}
		}
	}
	var sum float64
	for _, s := range query {
		if s.stop || !s.known {
			continue
		}
		stem := x.stemmer.stem(s.word)
		df := 0.0
		for i := range x.passages {
			for _, ws := range texts(i) {
				if slices.Contains(ws, stem) {
					df++
					break
				}
			}
		}
		var weight float64
		for f, ws := range texts(unit) {
			n := 0.0
			for _, w := range ws {
				if w == stem {
					n++
				}
			}
			if n > 0 {
				weight += fieldWeight[f] * n / (1 - fieldLength[f] + fieldLength[f]*float64(len(ws))/(average[f]/having[f]))
			}
		}
		n := float64(len(x.passages))
		sum += math.Log(1+(n-df+0.5)/(df+0.5)) * weight * (saturation + 1) / (saturation + weight)
	}
	return sum
}

func TestBM25FAgainstTheFormula(t *testing.T) {
	vocabulary := strings.Fields("permit permits parking zone tree trees cost costs the of renew passport a 60 fee fees council")
	text := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 12).Draw(t, "words"), " ")
	})
	rapid.Check(t, func(t *rapid.T) {
		var ps []Passage
		for i := range rapid.IntRange(1, 8).Draw(t, "passages") {
			ps = append(ps, Passage{ID: fmt.Sprint(i), Document: fmt.Sprint(i / 2), Title: text.Draw(t, "title"), Heading: text.Draw(t, "heading"), Text: text.Draw(t, "text")})
		}
		x, err := Build(ps, Options{})
		if err != nil {
			t.Fatal(err)
		}
		query := x.slots(text.Draw(t, "query"))
		got := x.passage.score(query, len(ps))
		for i := range query { // the formula knows no guesses
			if !query[i].known {
				query[i].meant = nil
			}
		}
		exact := x.passage.score(query, len(ps))
		for i := range ps {
			if want := slowScore(x, i, query); math.Abs(float64(exact[i])-want) > 1e-4*(1+want) {
				t.Fatalf("passage %d has %v, the formula says %v", i, exact[i], want)
			}
			if got[i] < exact[i] {
				t.Fatalf("guessing took something away from passage %d", i)
			}
		}
	})
}

func TestSearchIsAlwaysTheSame(t *testing.T) {
	q := Question{Text: "how much is a permt for the tree", History: []Turn{{Person: true, Text: "parking?"}, {Text: "A permit costs $60 a year."}}}
	want := fmt.Sprint(build1(t, town, Options{}).Search(q))
	x := build1(t, town, Options{})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				if got := fmt.Sprint(x.Search(q)); got != want {
					t.Errorf("got %s, then %s", want, got)
				}
			}
		})
	}
	wait.Wait()
}

func TestConfidenceFallsWithoutTheDocument(t *testing.T) {
	x := build1(t, town, Options{})
	q := Question{Text: "What does a parking permit cost?", History: []Turn{{Person: true, Text: "resident parking"}, {Text: "You can have a resident parking permit if you live in a permit zone."}}}
	with := x.Search(q).Confidence
	q.Without = []string{"parking"}
	if without := x.Search(q).Confidence; without >= with {
		t.Errorf("%.3f with, %.3f without", with, without)
	}
	if c := x.Search(Question{Text: "zzzz qqqq"}); len(c.Hits) > 0 && c.Sure {
		t.Errorf("sure of nonsense: %+v", c)
	}
}

func TestQuotesAreTheTextsOwn(t *testing.T) {
	x := build1(t, town, Options{})
	p, _ := x.Find("parking#1")
	if got := x.Quote(Question{Text: "what is it for a second permit?"}, p, 1); len(got) != 1 || got[0] != "A second permit for the household costs $90." {
		t.Errorf("quoted %q", got)
	}
	for i := range town {
		all := x.Quote(Question{Text: "permit"}, i, 99)
		if strings.Join(all, " ") != town[i].Text {
			t.Errorf("passage %d quoted whole is %q", i, all)
		}
	}
	if x.Quote(Question{}, -1, 1) != nil || x.Quote(Question{}, 99, 1) != nil || x.Quote(Question{}, 0, 0) != nil {
		t.Error("quoted nothing that there is")
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("How much?", "A permit costs $60", "title", "text. more text", "en")
	f.Add("كم رسوم رخصة القيادة؟", "نعم", "رخصة القيادة", "تجديد الرخصة. الرسوم ١٠٠ درهم", "ar")
	f.Add("Führerscheinantrag", "ja", "Führerschein Antrag", "Der Antrag\x00 \xff\xfe", "de")
	f.Add("駐車許可証", "'’'..U.S.", "U.S.A...", "1,000,000 $ ' . ,", "ja")
	f.Add(strings.Repeat("a", 3000), strings.Repeat("b c. ", 2000), "", strings.Repeat("?! ", 500), "xx-yy")
	f.Fuzz(func(t *testing.T, question, said, title, text, language string) {
		ps := append([]Passage{{ID: "new#0", Document: "new", Title: title, Heading: said, Text: text, Also: []string{question}}, {ID: "new#1", Document: "new", Text: question}}, town...)
		x, err := Build(ps, Options{Language: language, Synonyms: [][]string{{question, title}, {said}, {}}})
		if err != nil {
			t.Fatal(err)
		}
		q := Question{Text: question, History: []Turn{{Person: true, Text: title}, {Text: said}}}
		found := x.Search(q)
		if math.IsNaN(found.Confidence) || found.Confidence < 0 || found.Confidence > 1 {
			t.Fatalf("confidence %v", found.Confidence)
		}
		seen := map[int]bool{}
		for i, h := range found.Hits {
			if h.Passage < 0 || h.Passage >= len(ps) || seen[h.Passage] || math.IsNaN(h.Score) || i > 0 && h.Score > found.Hits[i-1].Score {
				t.Fatalf("hit %d is %+v", i, h)
			}
			seen[h.Passage] = true
		}
		for _, s := range x.Quote(q, 0, 2) {
			if !strings.Contains(text, s) {
				t.Fatalf("%q is not a quotation", s)
			}
		}
	})
}
