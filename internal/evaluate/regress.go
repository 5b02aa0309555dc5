package evaluate

import (
	"errors"
	"math"
)

// Estimate is a figure with its 95 % interval.
type Estimate struct {
	Value, Error float64 // Error is the standard error
	Low, High    float64
}

// Tells reports whether the interval leaves out that nothing changed.
func (e Estimate) Tells() bool { return e.Low > 0 || e.High < 0 }

// fit is a regression by least squares with the covariance of Newey and West. How errors are weighed is a matter of taste in
// short series; see weighing.
type fit struct {
	beta     []float64
	cov      [][]float64
	residual []float64
	free     int     // degrees of freedom
	wider    float64 // by how much the interval is wider than Student's
}

// weighing is how residuals stand for errors, which they fall short of in short series.
type weighing int

const (
	byFreedom  weighing = iota // all alike, by n/(n−k), as statsmodels does with use_correction
	byLeverage                 // each by 1/(1−h), how much it has drawn the line to itself (HC3): intervals promise less
)

var errSingular = errors.New("what is asked for cannot be told apart")

// lagOf is how many periods back errors may hang together: Newey and West's rule of thumb.
func lagOf(n int) int { return int(math.Floor(4 * math.Pow(float64(n)/100, 2.0/9))) }

// regress fits y on the rows of x. at are the places of the rows in time, so that a gap does not make neighbours of two rows
// that are none.
func regress(x [][]float64, y []float64, at []int, lag int, by weighing) (fit, error) {
	n, k := len(y), len(x[0])
	if n <= k {
		return fit{}, errSingular
	}
	xx, xy := square(k), make([]float64, k)
	for i, row := range x {
		for a := range k {
			xy[a] += row[a] * y[i]
			for b := range k {
				xx[a][b] += row[a] * row[b]
			}
		}
	}
	inverse, err := invert(xx)
	if err != nil {
		return fit{}, err
	}
	f := fit{beta: times(inverse, xy), free: n - k, residual: make([]float64, n)}
	for i, row := range x {
		f.residual[i] = y[i] - dot(row, f.beta)
	}
	e, small := f.residual, float64(n)/float64(n-k)
	if by == byLeverage {
		e, small = make([]float64, n), 1
		for i, row := range x {
			e[i] = f.residual[i] / max(1-dot(row, times(inverse, row)), 0.05)
		}
	}
	middle := func(lag int) [][]float64 {
		return sandwich(inverse, x, e, at, lag)
	}
	f.cov, f.wider = middle(lag), 1
	if by == byLeverage {
		// Kiefer and Vogelsang (2005): what the share of the bandwidth in the series makes the interval fall short by, Bartlett's kernel.
		share := float64(lag+1) / float64(n)
		f.wider = 1 + (2.9694*share+0.4160*share*share-0.5324*share*share*share)/1.9600
		for a, c := range middle(0) { // errors that pull against one another make nothing surer
			if f.cov[a][a] < c[a] {
				f.cov = middle(0)
				break
			}
		}
	}
	for a := range k {
		for b := range k {
			f.cov[a][b] *= small
		}
	}
	return f, nil
}

// sandwich is the covariance of coefficients whose errors hang together up to a lag, with Bartlett's weights.
func sandwich(inverse, x [][]float64, e []float64, at []int, lag int) [][]float64 {
	n, k := len(x), len(inverse)
	meat := square(k)
	for i := range n {
		for j := i; j < n && at[j]-at[i] <= lag; j++ {
			w := (1 - float64(at[j]-at[i])/float64(lag+1)) * e[i] * e[j]
			for a := range k {
				for b := range k {
					if i == j {
						meat[a][b] += w * x[i][a] * x[i][b]
					} else {
						meat[a][b] += w * (x[i][a]*x[j][b] + x[j][a]*x[i][b])
					}
				}
			}
		}
	}
	return product(product(inverse, meat), inverse)
}

// estimate is a sum of the coefficients, each so many times.
func (f fit) estimate(by []float64) Estimate {
	variance := dot(by, times(f.cov, by))
	e := Estimate{Value: dot(by, f.beta), Error: math.Sqrt(max(variance, 0))}
	reach := f.wider * studentQuantile(0.975, float64(f.free)) * e.Error
	e.Low, e.High = e.Value-reach, e.Value+reach
	return e
}

func square(k int) [][]float64 {
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, k)
	}
	return m
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func times(m [][]float64, v []float64) []float64 {
	out := make([]float64, len(m))
	for i := range m {
		out[i] = dot(m[i], v)
	}
	return out
}

func product(a, b [][]float64) [][]float64 {
	out := square(len(a))
	for i := range a {
		for j := range b[0] {
			for k := range b {
				out[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return out
}

// invert is Gauss and Jordan's way, with the largest pivot.
func invert(m [][]float64) ([][]float64, error) {
	k := len(m)
	a, out := square(k), square(k)
	scale := 0.0
	for i := range k {
		copy(a[i], m[i])
		out[i][i] = 1
		scale = max(scale, math.Abs(m[i][i]))
	}
	for c := range k {
		p := c
		for i := c + 1; i < k; i++ {
			if math.Abs(a[i][c]) > math.Abs(a[p][c]) {
				p = i
			}
		}
		if !(math.Abs(a[p][c]) > 1e-12*scale) {
			return nil, errSingular
		}
		a[c], a[p], out[c], out[p] = a[p], a[c], out[p], out[c]
		d := a[c][c]
		for j := range k {
			a[c][j] /= d
			out[c][j] /= d
		}
		for i := range k {
			if w := a[i][c]; i != c && w != 0 {
				for j := range k {
					a[i][j] -= w * a[c][j]
					out[i][j] -= w * out[c][j]
				}
			}
		}
	}
	return out, nil
}

// studentTail is the probability that Student's t with so many degrees of freedom lies beyond t on either side.
func studentTail(t, free float64) float64 { return incompleteBeta(free/(free+t*t), free/2, 0.5) }

// studentQuantile is the value below which a share p > ½ lies.
func studentQuantile(p, free float64) float64 {
	low, high := 0.0, 1.0
	for studentTail(high, free)/2 > 1-p {
		high *= 2
	}
	for range 100 {
		mid := (low + high) / 2
		if studentTail(mid, free)/2 > 1-p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// incompleteBeta is the regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun 26.5.8), after
// Lentz.
func incompleteBeta(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return min(max(x, 0), 1)
	}
	if x > (a+1)/(a+b+2) {
		return 1 - incompleteBeta(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(a*math.Log(x)+b*math.Log1p(-x)+lab-la-lb) / a
	const tiny = 1e-300
	f, c, d := 1.0, 1.0, 0.0
	for i := range 300 {
		m := float64(i / 2)
		var term float64
		switch {
		case i == 0:
			term = 1
		case i%2 == 0:
			term = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		default:
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		if d = 1 + term*d; math.Abs(d) < tiny {
			d = tiny
		}
		if c = 1 + term/c; math.Abs(c) < tiny {
			c = tiny
		}
		d = 1 / d
		f *= c * d
		if math.Abs(1-c*d) < 1e-14 {
			break
		}
	}
	return front * (f - 1)
}
