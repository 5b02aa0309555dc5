package measure

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/assist"
)

func TestFigures(t *testing.T) {
	js := Judgements{"a": {"1": 1}, "b": {"2": 1}, "c": {"9": 1}}
	f := Judge([]Outcome{
		{ID: "a", Ranked: []string{"1", "2"}, Confidence: 0.9, Took: time.Millisecond, Worked: time.Millisecond},
		{ID: "b", Ranked: []string{"1", "3", "2"}, Confidence: 0.8, Took: 3 * time.Millisecond, Worked: 2 * time.Millisecond},
		{ID: "c", Ranked: []string{"1", "3", "2"}, Confidence: 0.1, Took: 2 * time.Millisecond, Worked: 2 * time.Millisecond},
		{ID: "nobody judged", Ranked: []string{"1"}, Took: 9 * time.Millisecond, Worked: 4 * time.Millisecond},
	}, js)
	want := Figures{Questions: 3, R1: 1. / 3, R5: 2. / 3, R10: 2. / 3, NDCG5: 1.5 / 3, MRR: (1 + 1./3) / 3, Cited: 1,
		Took: Times{3 * time.Millisecond, 9 * time.Millisecond}, Worked: Times{2 * time.Millisecond, 4 * time.Millisecond}}
	for _, v := range [][2]float64{{f.R1, want.R1}, {f.R5, want.R5}, {f.R10, want.R10}, {f.NDCG5, want.NDCG5}, {f.MRR, want.MRR}, {f.Cited, want.Cited}} {
		if math.Abs(v[0]-v[1]) > 1e-12 {
			t.Errorf("%+v, not %+v", f, want)
			break
		}
	}
	if f.Questions != 3 || f.Took != want.Took || f.Worked != want.Worked {
		t.Errorf("%+v, not %+v", f, want)
	}
}

func TestAUROCAgainstAllPairs(t *testing.T) {
	marks := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 6), func(i int) float64 { return float64(i) }), 1, 20)
	rapid.Check(t, func(t *rapid.T) {
		yes, no := marks.Draw(t, "yes"), marks.Draw(t, "no")
		var want float64
		for _, y := range yes {
			for _, n := range no {
				switch {
				case y > n:
					want++
				case y == n:
					want += 0.5
				}
			}
		}
		want /= float64(len(yes) * len(no))
		if got := AUROC(yes, no); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v, by pairs %v", got, want)
		}
	})
}

func TestWrongFilesAreTold(t *testing.T) {
	for text, want := range map[string]string{
		"{\"_id\": \"a\"}\n{": "corpus, line 2",
		"{}":                  "corpus, line 1: a passage has no _id",
	} {
		if _, err := Corpus(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := Questions(strings.NewReader("{}")); err == nil {
		t.Error("a question without a name was taken")
	}
	for text, want := range map[string]string{"a b": "2 columns", "a b 1\na c x": "no number"} {
		if _, err := ReadJudgements(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	js, err := ReadJudgements(strings.NewReader("query-id\tcorpus-id\tscore\nq\tp\t1\nq 0 r 1\nq s 0\n"))
	if err != nil || len(js) != 1 || len(js["q"]) != 2 {
		t.Errorf("%v, %v", js, err)
	}
}

func TestARunFallsWithItsRank(t *testing.T) {
	passages := []assist.Passage{
		{ID: "a#0", Document: "a", Title: "Permits", Text: "A permit costs $60."}, {ID: "b#0", Document: "b", Title: "Permits", Text: "A permit costs $60."},
		{ID: "c#0", Document: "c", Text: "A permit for trees."},
	}
	x, err := assist.Build(passages, assist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	now := func() time.Time { clock = clock.Add(time.Millisecond); return clock }
	worked := time.Duration(0)
	processors := func() time.Duration { worked += 2 * time.Millisecond; return worked }
	qs := []Question{{ID: "q", Question: assist.Question{Text: "what does a permit cost"}}}
	out := Ask(x, passages, qs, now, processors)
	if out[0].Took != time.Millisecond || out[0].Worked != 2*time.Millisecond {
		t.Errorf("took %v, worked %v", out[0].Took, out[0].Worked)
	}
	var b strings.Builder
	if err := WriteRun(&b, out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	last := "9"
	for i, l := range lines {
		f := strings.Fields(l)
		if len(f) != 6 || f[0] != "q" || f[1] != "Q0" || f[5] != "stoa" || f[4] >= last && !strings.Contains(f[4], "e") {
			t.Errorf("line %d: %s", i, l)
		}
		last = f[4]
	}
	if len(lines) != 3 {
		t.Errorf("%d lines", len(lines))
	}
	without := func(documents ...string) float64 {
		return x.Search(assist.Question{Text: qs[0].Text, Without: documents}).Confidence
	}
	normal := []float64{out[0].Confidence}
	all, alone := Refusal(x, passages, qs, out, Judgements{"q": {"b#0": 1}})
	if all != AUROC(normal, []float64{without("a", "b")}) || alone != AUROC(normal, []float64{without("b")}) || all == alone {
		t.Errorf("%v, %v", all, alone)
	}
}
