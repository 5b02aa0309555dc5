package assist

import (
	"bytes"
	"testing"
)

func TestTheModelInTheProgram(t *testing.T) {
	m, err := published()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Ranker) == 0 || len(m.Doubter) == 0 || len(m.Quoter) == 0 || m.Sure <= 0 || m.Sure >= 1 {
		t.Errorf("%d, %d and %d trees, sure at %v", len(m.Ranker), len(m.Doubter), len(m.Quoter), m.Sure)
	}
	if !bytes.Equal(m.Encode(), embedded) {
		t.Error("reading and writing changes it")
	}
	if len(embedded) > 1<<20 {
		t.Errorf("it has %d bytes", len(embedded))
	}
}

func TestNamesOfFeaturesAreApart(t *testing.T) {
	for e := range 3 {
		seen := map[string]bool{}
		for _, n := range names(e) {
			if seen[n] {
				t.Errorf("two features are named %q", n)
			}
			seen[n] = true
		}
	}
	for i, c := range peakColumns() {
		if c < 0 {
			t.Errorf("no feature is named %q", peaks[i])
		}
	}
}

func FuzzDecodeModel(f *testing.F) {
	small := Model{Sure: 0.5, Ranker: Trees{{Nodes: []Node{{Feature: 0, Left: 1, Right: 2, Threshold: 1}, {Feature: IsLeaf, Value: 1}, {Feature: IsLeaf}}}}}
	f.Add(small.Encode())
	f.Add(embedded[:200])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := DecodeModel(raw)
		if err != nil {
			return
		}
		for e, ts := range []Trees{m.Ranker, m.Doubter, m.Quoter} {
			ts.Value(make([]float32, len(names(e)))) // ends
		}
	})
}

// TestFeaturesBesideOthersExist: each is one of those that describe a passage.
func TestFeaturesBesideOthersExist(t *testing.T) {
	for i, c := range besideColumns() {
		if c < 0 {
			t.Errorf("there is no feature %q", besides[i])
		}
	}
}
