package disclose

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"

	"stoa/internal/fault"
	"stoa/internal/i18n"
)

// Noise is the discrete Laplace distribution: x has a probability proportional to exp(-|x| Epsilon / Sensitivity).
// Sensitivity is by how much one person can change all figures together; 1 if each is in one lowest cell once.
type Noise struct {
	Epsilon     Epsilon
	Sensitivity int
}

const mostSensitivity = 1000

// Check refuses what has no distribution.
func (n Noise) Check() error {
	switch {
	case n.Epsilon <= 0 || n.Epsilon > mostEpsilon:
		return fault.NewInvalid(i18n.Msg("Epsilon must be above 0: nothing can be said without any loss of privacy"))
	case n.Sensitivity < 1 || n.Sensitivity > mostSensitivity:
		return fault.NewInvalid(i18n.Msg("Say how many figures one person can change: a number from 1 to {most}"), "most", mostSensitivity)
	}
	return nil
}

// scale is Sensitivity/Epsilon as t/s.
func (n Noise) scale() (t, s uint64) {
	t, s = uint64(n.Sensitivity)*uint64(one), uint64(n.Epsilon)
	g := gcd(t, s)
	return t / g, s / g
}

func gcd(a, b uint64) uint64 {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// Sample draws exactly from the distribution (Canonne, algorithm 2): whole numbers only, no rounding anywhere, so that
// no low bit of a float gives the figure away.
func (n Noise) Sample(chance io.Reader) (int64, error) {
	if err := n.Check(); err != nil {
		return 0, err
	}
	t, s := n.scale()
	c := &coins{from: chance}
	for {
		u := c.below(t)
		if !c.exp(u, t) {
			if c.err != nil {
				return 0, fault.NewInternal("drawing noise", c.err)
			}
			continue
		}
		var v uint64
		for c.exp(1, 1) {
			if v++; v > mostLuck {
				c.err = errNoChance
			}
		}
		y := int64((u + t*v) / s)
		negative := c.below(2) == 1
		if c.err != nil {
			return 0, fault.NewInternal("drawing noise", c.err)
		}
		if negative && y == 0 {
			continue
		}
		if negative {
			y = -y
		}
		return y, nil
	}
}

// Add is the count with noise; what falls below zero is shown as zero, which tells nothing more.
func (n Noise) Add(count int64, chance io.Reader) (int64, error) {
	x, err := n.Sample(chance)
	return max(0, count+x), err
}

// mostLuck is how often in a row chance may fall the same way; honest chance comes nowhere near (exp(-1000)).
const mostLuck = 1000

var errNoChance = errors.New("the randomness handed in always falls the same way")

// coins turns random bytes into exact choices. After an error it gives zeroes and false.
type coins struct {
	from io.Reader
	err  error
}

// below is uniform from 0 to n-1, without bias: what does not fit is drawn again.
func (c *coins) below(n uint64) uint64 {
	wide := bits.Len64(n - 1)
	for c.err == nil && wide > 0 {
		var b [8]byte
		if _, c.err = io.ReadFull(c.from, b[:(wide+7)/8]); c.err != nil {
			break
		}
		if x := binary.LittleEndian.Uint64(b[:]) & (1<<wide - 1); x < n {
			return x
		}
	}
	return 0
}

// exp is true with probability exp(-a/b), for a from 0 to b (Canonne, algorithm 1).
func (c *coins) exp(a, b uint64) bool {
	k := uint64(1)
	for c.err == nil && c.below(b*k) < a {
		if k++; k > mostLuck {
			c.err = errNoChance
		}
	}
	return c.err == nil && k%2 == 1
}
