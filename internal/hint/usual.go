package hint

import (
	"context"
	"fmt"
	"math"

	"stoa/internal/store"
)

// Amounts are kept as counts by bucket, twelve to each doubling, so that quartiles are right to six in a hundred and nobody's
// amount can be read from them.
const toDoubling = 12

// leastUsual is from how many on it can be said what is usual.
const leastUsual = 30

// fence is how many times the distance of the quartiles an amount may lie beyond them, on the scale of doublings. Tukey calls
// what is beyond three of them far out.
const fence = 3

func bucketOf(v float64) int64 {
	if v <= 0 {
		return math.MinInt16 // nothing, or less
	}
	return int64(math.Floor(math.Log2(v) * toDoubling))
}

func middleOf(bucket int64) float64 { return math.Exp2((float64(bucket) + 0.5) / toDoubling) }

// Spread is how amounts were spread.
type Spread struct {
	buckets []int64
	counts  []int64
	n       int64
}

// quartile is the bucket below which a share of the amounts lies.
func (s Spread) quantile(share float64) int64 {
	sum := int64(0)
	for i, b := range s.buckets {
		if sum += s.counts[i]; float64(sum) >= share*float64(s.n) {
			return b
		}
	}
	return 0
}

// Far reports whether an amount is far from the others, and between which half of them lie.
func (s Spread) Far(v float64) (b Body, far bool) {
	if s.n < leastUsual || v <= 0 {
		return b, false
	}
	low, high := s.quantile(0.25), s.quantile(0.75)
	if low == math.MinInt16 || high == math.MinInt16 {
		return b, false // a quarter said nothing: there is no usual
	}
	reach := fence * max(high-low, toDoubling/2) // where nearly all say the same, half as much again is not far
	at := bucketOf(v)
	return Body{Said: v, Low: middleOf(low), High: middleOf(high), Of: s.n}, at < low-reach || at > high+reach
}

func spread(ctx context.Context, tx *store.Tx, service, question string) (s Spread, err error) {
	type one struct{ bucket, n int64 }
	rows, err := tx.Query(ctx, `SELECT bucket, n FROM hint_usual WHERE service = $1 AND question = $2 ORDER BY bucket`, service, question)
	list, err := store.Collect(rows, err, func(row store.Scanner) (o one, err error) { return o, row.Scan(&o.bucket, &o.n) })
	if err != nil {
		return s, fmt.Errorf("reading how amounts are spread: %w", err)
	}
	for _, o := range list {
		s.buckets, s.counts, s.n = append(s.buckets, o.bucket), append(s.counts, o.n), s.n+o.n
	}
	return s, nil
}

func addUsual(ctx context.Context, tx *store.Tx, service string, a Amount) error {
	_, err := tx.Exec(ctx, `INSERT INTO hint_usual (service, question, bucket, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (service, question, bucket) DO UPDATE SET n = hint_usual.n + 1`, service, a.Question, bucketOf(a.Value))
	if err != nil {
		return fmt.Errorf("noting how amounts are spread: %w", err)
	}
	return nil
}
