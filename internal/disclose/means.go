package disclose

import (
	"io"
	"math/big"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Within is the smallest w for which the noise lies between -w and w in at least percent of 100 cases. It is exact:
// with q = exp(-Epsilon/Sensitivity), noise beyond w has probability 2 q^(w+1) / (1+q), and q is enclosed as narrowly as
// the comparison needs.
func (n Noise) Within(percent int) (int64, error) {
	if err := n.Check(); err != nil {
		return 0, err
	}
	if percent < 1 || percent > 99 {
		return 0, fault.NewInvalid(i18n.Msg("Choose a share from 1 to 99 percent"))
	}
	high := int64(1)
	for !n.reaches(high, percent) {
		high *= 2
	}
	low := int64(-1)
	for high-low > 1 {
		if mid := (low + high) / 2; n.reaches(mid, percent) {
			high = mid
		} else {
			low = mid
		}
	}
	return high, nil
}

// reaches decides 200 q^(w+1) <= (100-percent) (1+q). Both sides are never equal, since q is transcendental.
func (n Noise) reaches(w int64, percent int) bool {
	t, s := n.scale()
	for bits := uint(128); ; bits *= 2 {
		low, high := expBounds(s, t, bits)
		one := new(big.Int).Lsh(big.NewInt(1), bits)
		side := func(q *big.Int) *big.Int {
			return new(big.Int).Mul(new(big.Int).Add(one, q), big.NewInt(int64(100-percent)))
		}
		beyond := func(q *big.Int, up bool) *big.Int { return new(big.Int).Mul(power(q, w+1, bits, up), big.NewInt(200)) }
		if beyond(high, true).Cmp(side(low)) <= 0 {
			return true
		}
		if beyond(low, false).Cmp(side(high)) > 0 {
			return false
		}
	}
}

// expBounds encloses exp(-s/t), in units of 2^-bits: exp(-s/t) = exp(-s/(t m))^m with s/(t m) <= 1, whose series
// alternates, so that its partial sums lie on either side.
func expBounds(s, t uint64, bits uint) (low, high *big.Int) {
	m := (s + t - 1) / t
	one := new(big.Int).Lsh(big.NewInt(1), bits)
	x := new(big.Rat).SetFrac(new(big.Int).SetUint64(s), new(big.Int).Mul(new(big.Int).SetUint64(t), new(big.Int).SetUint64(m)))
	low, high = new(big.Int), new(big.Int).Set(one)
	term := new(big.Rat).SetFrac(one, big.NewInt(1))
	sum := new(big.Rat).Set(term)
	for k := int64(1); ; k++ {
		term.Mul(term, x)
		term.Quo(term, new(big.Rat).SetInt64(-k))
		sum.Add(sum, term)
		if k%2 == 1 {
			low.Div(sum.Num(), sum.Denom())
		} else {
			high.Add(new(big.Int).Div(sum.Num(), sum.Denom()), big.NewInt(1))
		}
		if new(big.Int).Abs(term.Num()).Cmp(term.Denom()) < 0 && k%2 == 0 {
			break
		}
	}
	return power(low, int64(m), bits, false), power(high, int64(m), bits, true)
}

// power is q^n in units of 2^-bits, rounded down or up.
func power(q *big.Int, n int64, bits uint, up bool) *big.Int {
	round := func(x *big.Int) *big.Int {
		low := new(big.Int).Rsh(x, bits)
		if up && x.TrailingZeroBits() < bits && x.Sign() > 0 {
			low.Add(low, big.NewInt(1))
		}
		return low
	}
	result, base := new(big.Int).Lsh(big.NewInt(1), bits), new(big.Int).Set(q)
	for ; n > 0; n /= 2 {
		if n%2 == 1 {
			result = round(result.Mul(result, base))
		}
		base = round(base.Mul(base, base))
	}
	return result
}

// Means says in words what the noise does to a figure.
func (n Noise) Means(p *i18n.Printer) (string, error) {
	usual, err := n.Within(50)
	if err != nil {
		return "", err
	}
	nearly, err := n.Within(95)
	if err != nil {
		return "", err
	}
	return p.T("Chance has moved each figure a little to protect the persons in it: by {usual} or less in 50 of 100 cases, by {nearly} or less in 95 of 100. Totals are less exact. Privacy loss (epsilon): {epsilon}.",
		i18n.V{"usual": usual, "nearly": nearly, "epsilon": n.Epsilon.String()}), nil
}

// ProtectNoisy publishes the whole table with noise on every lowest cell, zeroes included, for one Epsilon: each person
// is in one lowest cell. Sums are those of the noisy cells, before what is below zero is shown as zero, so that they are
// right on average; they may therefore not add up, and are less exact than their cells.
func ProtectNoisy(t Table, n Noise, chance io.Reader) (*Published, error) {
	if t.Amounts {
		return nil, fault.NewInvalid(i18n.Msg("Amounts cannot be published with noise: one amount can be any size. Publish counts"))
	}
	if err := n.Check(); err != nil {
		return nil, err
	}
	g, err := newGrid(t)
	if err != nil {
		return nil, err
	}
	noisy := make([]int64, g.size)
	for at := range g.size {
		if !g.lowest(at) {
			continue
		}
		x, err := n.Sample(chance)
		if err != nil {
			return nil, err
		}
		g.each(at, func(sum int) { noisy[sum] += g.count[at] + x })
	}
	pub := &Published{Dimensions: t.Dimensions}
	g.inOrder(func(place int) {
		if g.published(place) {
			pub.Figures = append(pub.Figures, Figure{At: g.names(place), Count: max(0, noisy[place])})
		}
	})
	return pub, nil
}
