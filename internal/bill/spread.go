package bill

import (
	"fmt"
	"math/big"

	"stoa/internal/calendar"
)

// Rest says which instalment takes what does not divide evenly.
type Rest string

// The places of the rest.
const (
	First Rest = "first"
	Last  Rest = "last"
)

// Spread divides a total into n parts that sum to it exactly; none is negative.
//
// Without rounding (round 0) they differ by at most one minor unit, and the larger ones stand at the end that rest names.
// With rounding all but one are the same: the n-th part of the total, rounded to the nearest multiple of round, a half
// up, as the Council Tax (Administration and Enforcement) Regulations 1992, schedule 1, paragraph 2 have it; where that
// would ask for more than the total, rounded down. The one at the end that rest names takes what is left.
func Spread(total int64, n int, round int64, rest Rest) ([]int64, error) {
	if total < 0 || n < 1 || n > 1000 || round < 0 || rest != First && rest != Last {
		return nil, fmt.Errorf("spreading %d over %d parts, rounded to %d, rest %q", total, n, round, rest)
	}
	parts := make([]int64, n)
	count := int64(n)
	if round == 0 {
		for i := range parts {
			parts[i] = total / count
		}
		for i := range int(total % count) {
			if rest == Last {
				i = n - 1 - i
			}
			parts[i]++
		}
		return parts, nil
	}
	each := nearest(total, count, round)
	if each > 0 && each > total/max(count-1, 1) {
		each -= round
	}
	for i := range parts {
		parts[i] = each
	}
	left := total - each*(count-1)
	if rest == First {
		parts[0] = left
	} else {
		parts[n-1] = left
	}
	return parts, nil
}

// nearest is total/n rounded to a multiple: floor((2 total + n round) / (2 n round)) round. Twice the total may pass 64
// bits on the way.
func nearest(total, n, round int64) int64 {
	by := new(big.Int).Mul(big.NewInt(n), big.NewInt(round))
	sum := new(big.Int).Lsh(big.NewInt(total), 1)
	sum.Add(sum, by)
	sum.Quo(sum, by.Lsh(by, 1))
	sum.Mul(sum, big.NewInt(round))
	if !sum.IsInt64() { // a multiple beyond 64 bits is more than the total
		return 0
	}
	return sum.Int64()
}

// Instalments spreads a total over due days and leaves out what asks for nothing.
func Instalments(total int64, due []calendar.Date, round int64, rest Rest) ([]Instalment, error) {
	parts, err := Spread(total, len(due), round, rest)
	if err != nil {
		return nil, err
	}
	var plan []Instalment
	for i, p := range parts {
		if p > 0 {
			plan = append(plan, Instalment{due[i], p})
		}
	}
	return plan, nil
}
