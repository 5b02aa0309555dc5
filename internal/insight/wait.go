package insight

import (
	"maps"
	"slices"
)

// Waiting times are kept in buckets, so that quantiles of any sum of days, services and areas can be had: each day by
// itself up to fourteen, then steps that widen by about a twelfth, which is as wrong as a quantile can be.

var bucketStarts = func() []int {
	var starts []int
	for at := 0; at < 4000; {
		starts = append(starts, at)
		at += max(1, at/12)
	}
	return starts
}()

// BucketOf is the bucket of a waiting time in whole days.
func BucketOf(days int) int {
	i, exact := slices.BinarySearch(bucketStarts, max(days, 0))
	if !exact {
		i--
	}
	return i
}

// DaysOf is the middle of a bucket, in days.
func DaysOf(bucket int) float64 {
	bucket = min(max(bucket, 0), len(bucketStarts)-1)
	if bucket == len(bucketStarts)-1 {
		return float64(bucketStarts[bucket])
	}
	return float64(bucketStarts[bucket]+bucketStarts[bucket+1]-1) / 2
}

// Waits counts waiting times by bucket. Those of two places are merged by adding them.
type Waits map[int]int64

// N is how many there are.
func (w Waits) N() (n int64) {
	for _, c := range w {
		n += c
	}
	return n
}

// Quantile is the time within which a share of them (0..1) was over, in days; not ok where there is none.
func (w Waits) Quantile(share float64) (days float64, ok bool) {
	all := w.N()
	if all == 0 {
		return 0, false
	}
	sum, last := int64(0), 0
	for _, bucket := range slices.Sorted(maps.Keys(w)) {
		sum, last = sum+w[bucket], bucket
		if float64(sum) >= share*float64(all) {
			break
		}
	}
	return DaysOf(last), true
}
