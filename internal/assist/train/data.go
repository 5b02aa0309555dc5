package main

import (
	"encoding/gob"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"stoa/internal/assist"
	"stoa/internal/assist/measure"
)

// The sets of questions.
const (
	asLast  = iota // the last turn of a conversation
	asAfter        // the same, after another conversation
	sets
)

// trainRows bounds the candidates of one question that the ranker learns from; the first are the hardest.
const trainRows = 50

// What is taken away before a question is asked.
const (
	nothing  = iota
	document // its own, while copies of the right passage stay in others: a figure, of which nothing can be learned
	holders  // all documents with the right passage
)

// sample is one question, in one run.
type sample struct {
	set   int
	taken int
	fold  int
	q     measure.Question
	// Right is the row of the right passage among Passages, or -1.
	Right    int
	Passages []int
	Rows     group
	scores   []float64 // of a ranker that never saw the document
	doubt    int       // row of the doubter's table
	rank     int       // of the right passage, when documents were new
	sure     float64
}

// workshop holds everything while models are made.
type workshop struct {
	passages []assist.Passage
	index    *assist.Index
	judged   measure.Judgements
	samples  []*sample
	ranks    *table
	doubts   *table
	quotes   *table
	quotable []quotable
}

func load(data string, folds int) (*workshop, error) {
	w := &workshop{}
	read := func(name string, f func(io.Reader) error) error {
		file, err := os.Open(filepath.Join(data, name))
		if err != nil {
			return err
		}
		return errors.Join(f(file), file.Close())
	}
	if err := read("corpus.jsonl", func(r io.Reader) (err error) { w.passages, err = measure.Corpus(r); return err }); err != nil {
		return nil, err
	}
	if err := read("qrels.tsv", func(r io.Reader) (err error) { w.judged, err = measure.ReadJudgements(r); return err }); err != nil {
		return nil, err
	}
	var err error
	if w.index, err = assist.Build(w.passages, assist.Options{Model: &assist.Model{}}); err != nil {
		return nil, err
	}
	for set, name := range []string{"queries.jsonl", "queries_switch.jsonl"} {
		var qs []measure.Question
		if err := read(name, func(r io.Reader) (err error) { qs, err = measure.Questions(r); return err }); err != nil {
			return nil, err
		}
		for _, q := range qs {
			fold := foldOf(q.Document, folds)
			w.samples = append(w.samples, &sample{set: set, q: q, fold: fold})
			q.Without = []string{q.Document}
			all := w.holders(q)
			if len(all) > 1 {
				w.samples = append(w.samples, &sample{set: set, q: q, fold: fold, taken: document})
				q.Without = all
			}
			w.samples = append(w.samples, &sample{set: set, q: q, fold: fold, taken: holders})
		}
	}
	return w, nil
}

// holders gives the documents that hold the right passage of a question, its own among them.
func (w *workshop) holders(q measure.Question) []string {
	out := []string{q.Document}
	for id := range w.judged[q.ID] {
		if i, ok := w.index.Find(id); ok {
			out = append(out, w.index.Holders(i)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// foldOf deals documents, not questions, so that no document is on both sides. Copies of a page go together.
func foldOf(document string, n int) int {
	if at := len(document) - 2; at > 0 && document[at] == '~' {
		document = document[:at]
	}
	h := fnv.New32a()
	// A hash never fails to be written to.
	_, _ = h.Write([]byte(document))
	return int(h.Sum32()>>8) % n
}

// studies looks at the questions that are wanted, two at a time, and visits them in order.
func (w *workshop) studies(wanted func(i int, s *sample) bool, visit func(i int, s *sample, st *assist.Study)) {
	const batch = 256
	var which []int
	for i, s := range w.samples {
		if wanted(i, s) {
			which = append(which, i)
		}
	}
	for part := range slices.Chunk(which, batch) {
		found := make([]assist.Study, len(part))
		var wait sync.WaitGroup
		for k := range 2 {
			wait.Go(func() {
				for i := k; i < len(part); i += 2 {
					found[i] = w.index.Study(w.samples[part[i]].q.Question)
				}
			})
		}
		wait.Wait()
		for k, i := range part {
			visit(i, w.samples[i], &found[k])
		}
	}
}

func everything(int, *sample) bool { return true }

// kept is what an experiment need not do again.
type kept struct {
	Edges   [][]float32
	Bins    []uint8
	Samples []sample
}

// prepare fills the ranker's table.
func (w *workshop) prepare(cache string) error {
	if cache != "" {
		if f, err := os.Open(cache); err == nil {
			var k kept
			if err := errors.Join(gob.NewDecoder(f).Decode(&k), f.Close()); err != nil {
				return fmt.Errorf("reading %s: %w", cache, err)
			}
			w.ranks = &table{features: len(k.Edges), edges: k.Edges, bins: k.Bins}
			for i, s := range k.Samples {
				w.samples[i].Right, w.samples[i].Passages, w.samples[i].Rows = s.Right, s.Passages, s.Rows
			}
			return nil
		}
	}
	var some [][]float32
	whole := 0
	third := func(_ int, s *sample) bool {
		whole += is(s.taken == nothing)
		return s.taken == nothing && whole%3 == 1
	}
	w.studies(third, func(_ int, _ *sample, st *assist.Study) {
		for j := 0; j < len(st.Rows); j += 2 {
			some = append(some, st.Rows[j])
		}
	})
	w.ranks = newTable(some)
	found, all := 0, 0
	w.studies(everything, func(_ int, s *sample, st *assist.Study) {
		w.place(s, st)
		if s.taken == nothing {
			all++
			found += is(s.Right >= 0)
		}
	})
	fmt.Printf("%d questions, right passage among the candidates of %.4f, %d rows\n", all, float64(found)/float64(all), w.ranks.rows())
	if cache == "" {
		return nil
	}
	k := kept{Edges: w.ranks.edges, Bins: w.ranks.bins}
	for _, s := range w.samples {
		k.Samples = append(k.Samples, sample{Right: s.Right, Passages: s.Passages, Rows: s.Rows})
	}
	f, err := os.Create(cache)
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(f).Encode(k), f.Close())
}

// place puts a question's candidates into the table: first those that train, then the others. Twins of the right
// passage are not wrong, and do not train.
func (w *workshop) place(s *sample, st *assist.Study) {
	s.Right = -1
	for i, p := range st.Passages {
		if w.judged[s.q.ID][w.passages[p].ID] > 0 {
			s.Right = i
		}
	}
	s.Passages = st.Passages
	s.Rows = group{From: w.ranks.rows(), Right: -1}
	for _, r := range st.Rows {
		w.ranks.add(r)
	}
	s.Rows.To = w.ranks.rows()
	if s.Right < 0 {
		return
	}
	s.Rows.Right = s.Rows.From + s.Right
	for i, p := range st.Passages {
		if i == s.Right || len(s.Rows.Train) < trainRows && w.index.Twin(p) != w.index.Twin(st.Passages[s.Right]) {
			s.Rows.Train = append(s.Rows.Train, int32(s.Rows.From+i))
		}
	}
}

func is(b bool) int {
	if b {
		return 1
	}
	return 0
}
