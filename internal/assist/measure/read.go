// Package measure reads benchmarks of retrieval in JSON Lines and says how well an assistant did on one.
//
// It owns the formats (corpus, questions with their history, judgements, TREC's run lines) and the figures. It stops
// before the files: it is given readers and writers, and a clock.
package measure

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"stoa/internal/assist"
)

// Question is a question of a benchmark.
type Question struct {
	ID       string
	Document string // that holds the answer
	assist.Question
}

// Judgements say which passages answer which question.
type Judgements map[string]map[string]int

// longestLine bounds one line of a benchmark.
const longestLine = 16 << 20

// lines hands each line that is not empty to read.
func lines(r io.Reader, what string, read func([]byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 64<<10), longestLine)
	for n := 1; s.Scan(); n++ {
		if len(strings.TrimSpace(s.Text())) == 0 {
			continue
		}
		if err := read(s.Bytes()); err != nil {
			return fmt.Errorf("%s, line %d: %w", what, n, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Corpus reads passages.
func Corpus(r io.Reader) (out []assist.Passage, err error) {
	err = lines(r, "corpus", func(line []byte) error {
		var p struct {
			ID       string `json:"_id"`
			Document string `json:"doc_id"`
			Title    string `json:"title"`
			Heading  string `json:"heading"`
			Text     string `json:"text"`
		}
		if err := json.Unmarshal(line, &p); err != nil {
			return err
		}
		if p.ID == "" {
			return fmt.Errorf("a passage has no _id")
		}
		if p.Document == "" { // corpora without documents: each passage is one
			p.Document = p.ID
		}
		out = append(out, assist.Passage{ID: p.ID, Document: p.Document, Title: p.Title, Heading: p.Heading, Text: p.Text})
		return nil
	})
	return out, err
}

// Questions reads questions with their history, the oldest turn first.
func Questions(r io.Reader) (out []Question, err error) {
	err = lines(r, "queries", func(line []byte) error {
		var q struct {
			ID       string `json:"_id"`
			Text     string `json:"text"`
			Document string `json:"doc_id"`
			History  []struct {
				Role string `json:"role"`
				Text string `json:"text"`
			} `json:"history"`
		}
		if err := json.Unmarshal(line, &q); err != nil {
			return err
		}
		if q.ID == "" {
			return fmt.Errorf("a question has no _id")
		}
		one := Question{ID: q.ID, Document: q.Document, Question: assist.Question{Text: q.Text}}
		for _, h := range q.History {
			one.History = append(one.History, assist.Turn{Person: h.Role == "user", Text: h.Text})
		}
		out = append(out, one)
		return nil
	})
	return out, err
}

// ReadJudgements reads "query-id corpus-id score" in columns, with or without a line of names, or TREC's four columns.
func ReadJudgements(r io.Reader) (Judgements, error) {
	out := Judgements{}
	first := true
	err := lines(r, "qrels", func(line []byte) error {
		f := strings.Fields(string(line))
		if len(f) == 4 {
			f = []string{f[0], f[2], f[3]}
		}
		if len(f) != 3 {
			return fmt.Errorf("%d columns; want query-id, corpus-id, score", len(f))
		}
		score, err := strconv.Atoi(f[2])
		if err != nil {
			if first {
				first = false
				return nil
			}
			return fmt.Errorf("the score %q is no number", f[2])
		}
		first = false
		if score > 0 {
			if out[f[0]] == nil {
				out[f[0]] = map[string]int{}
			}
			out[f[0]][f[1]] = score
		}
		return nil
	})
	return out, err
}
