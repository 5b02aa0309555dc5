package insight_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/insight"
)

// TestQuantilesAreNearTheTrueOnes holds merged buckets against sorting every waiting time.
func TestQuantilesAreNearTheTrueOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.IntRange(0, 1500), 1, 300).Draw(t, "days")
		cut := rapid.IntRange(0, len(all)).Draw(t, "cut")
		merged := insight.Waits{}
		for _, part := range [][]int{all[:cut], all[cut:]} {
			one := insight.Waits{}
			for _, d := range part {
				one[insight.BucketOf(d)]++
			}
			for b, n := range one {
				merged[b] += n
			}
		}
		slices.Sort(all)
		for _, share := range []float64{0.1, 0.5, 0.9, 1} {
			want := float64(all[int(math.Ceil(share*float64(len(all))))-1])
			got, ok := merged.Quantile(share)
			if !ok || math.Abs(got-want) > want/12 || want < 14 && got != want {
				t.Fatalf("the %v quantile of %v is %v, not %v", share, all, got, want)
			}
		}
	})
}

// TestBucketsAreInOrder walks all days of eleven years.
func TestBucketsAreInOrder(t *testing.T) {
	last := -1
	for day := range 4000 {
		b := insight.BucketOf(day)
		if b < last || b > last+1 {
			t.Fatalf("day %d is in bucket %d after %d", day, b, last)
		}
		last = b
	}
	if insight.BucketOf(-3) != 0 || insight.BucketOf(1e6) != last {
		t.Error("days out of bounds have no bucket")
	}
	if _, ok := (insight.Waits{}).Quantile(0.5); ok {
		t.Error("nothing has a median")
	}
}
