package assist

import (
	"bytes"
	_ "embed" // model.bin
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"
)

//go:embed model.bin
var embedded []byte

// published is the model in the program, read once.
var published = sync.OnceValues(func() (*Model, error) { return DecodeModel(embedded) })

// IsLeaf marks a node that decides.
const IsLeaf = -1

// Node asks whether a feature is at most the threshold, and goes left if so; or it is a leaf with a value.
type Node struct {
	Feature     int16
	Left, Right int16
	Threshold   float32
	Value       float32
}

// Tree is a regression tree; the first node is its root, and children stand behind their parents.
type Tree struct{ Nodes []Node }

// Trees is an ensemble: its value is the sum of its trees'.
type Trees []Tree

// Value is what the ensemble says of a row.
func (ts Trees) Value(row []float32) float64 {
	var sum float64
	for i := range ts {
		nodes, n := ts[i].Nodes, 0
		for nodes[n].Feature != IsLeaf {
			if row[nodes[n].Feature] <= nodes[n].Threshold {
				n = int(nodes[n].Left)
			} else {
				n = int(nodes[n].Right)
			}
		}
		sum += float64(nodes[n].Value)
	}
	return sum
}

// Model is all that was learned.
type Model struct {
	Ranker  Trees // over Study.Rows: which passage
	Doubter Trees // over Study.Doubt: whether any; the logit of its chance
	Quoter  Trees // over Study.Sentences: which sentence
	// Sure is the confidence that three of five questions reach that can be answered.
	Sure float64
}

const magic = "stoa assist 1\n"

// Encode writes the model; equal models give equal bytes.
func (m *Model) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(magic)
	put := func(v any) {
		// A bytes.Buffer takes all that fits into memory.
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	put(m.Sure)
	for i, ts := range []Trees{m.Ranker, m.Doubter, m.Quoter} {
		put(columns(i))
		put(uint32(len(ts)))
		for _, t := range ts {
			put(uint16(len(t.Nodes)))
			put(t.Nodes)
		}
	}
	return b.Bytes()
}

// DecodeModel reads a model, and refuses one that was made for other features or would not end.
func DecodeModel(raw []byte) (*Model, error) {
	if !bytes.HasPrefix(raw, []byte(magic)) {
		return nil, fmt.Errorf("assist: this is no model")
	}
	r := bytes.NewReader(raw[len(magic):])
	var err error
	get := func(v any) {
		if err == nil {
			err = binary.Read(r, binary.LittleEndian, v)
		}
	}
	m := &Model{}
	get(&m.Sure)
	for i, ts := range []*Trees{&m.Ranker, &m.Doubter, &m.Quoter} {
		var of uint64
		var n uint32
		get(&of)
		get(&n)
		if err == nil && of != columns(i) {
			return nil, fmt.Errorf("assist: the model was made for other features; make train-assist makes it anew")
		}
		for range n {
			var nodes uint16
			if get(&nodes); err != nil || int(nodes)*binary.Size(Node{}) > r.Len() {
				return nil, fmt.Errorf("assist: the model is cut short")
			}
			t := Tree{Nodes: make([]Node, nodes)}
			get(t.Nodes)
			if err == nil {
				err = t.check(len(names(i)))
			}
			*ts = append(*ts, t)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("assist: reading the model: %w", err)
	}
	if r.Len() > 0 {
		return nil, fmt.Errorf("assist: the model goes on after its end")
	}
	return m, nil
}

// check makes sure that walking the tree ends and stays within the features.
func (t *Tree) check(features int) error {
	if len(t.Nodes) == 0 {
		return fmt.Errorf("a tree has no nodes")
	}
	for i, n := range t.Nodes {
		switch {
		case n.Feature == IsLeaf:
			if v := float64(n.Value); math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("a leaf has no value")
			}
		case n.Feature < 0 || int(n.Feature) >= features:
			return fmt.Errorf("node %d asks for feature %d of %d", i, n.Feature, features)
		case int(n.Left) <= i || int(n.Right) <= i || int(n.Left) >= len(t.Nodes) || int(n.Right) >= len(t.Nodes):
			return fmt.Errorf("node %d leads to %d and %d of %d", i, n.Left, n.Right, len(t.Nodes))
		}
	}
	return nil
}

// names are the columns of each ensemble, found by describing a passage.
func names(ensemble int) []string { return described()[ensemble] }

// example is a study of next to nothing, to ask for names.
func example() (*study, row) {
	x, err := build([]Passage{{ID: "a", Document: "a", Text: "A passage."}}, Options{Model: &Model{}})
	if err != nil { // one passage has no twin ID
		return nil, row{}
	}
	return x.study(Question{Text: "passage"}), row{named: true}
}

// ranked are the names of the ranker's columns.
var ranked = sync.OnceValue(func() []string {
	s, r := example()
	s.describe(&r, 0)
	for _, b := range besides {
		r.names = append(r.names, b+", below the best", b+", below the document's best")
	}
	return r.names
})

// besideColumns are the columns of besides.
var besideColumns = sync.OnceValue(func() (out []int) {
	names := ranked()
	for _, b := range besides {
		out = append(out, slices.Index(names, b))
	}
	return out
})

var described = sync.OnceValue(func() (out [3][]string) {
	out[0] = ranked()
	s, r := example()
	s.doubt(&r, []int32{0}, []float64{0})
	s.peaks(&r, [][]float32{make([]float32, len(out[0]))}, 0)
	out[1] = append(r.names, out[0]...)
	s, r = example()
	s.sentence(&r, 0, 0)
	out[2] = r.names
	return out
})

// columns is a fingerprint of the names.
func columns(ensemble int) uint64 {
	h := fnv.New64a()
	// A hash never fails to be written to.
	_, _ = h.Write([]byte(strings.Join(names(ensemble), "\n")))
	return h.Sum64()
}
