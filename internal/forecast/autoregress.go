package forecast

import "math"

// autoregression is an autoregressive model of the differences of a series around what is kept of their mean, estimated by
// Burg's recursion (Percival & Walden, Spectral Analysis for Physical Applications, 1993, section 9.5), its order
// by AICc: ARIMA(p,1,0) with drift at the price of a few passes.
type autoregression struct {
	drift float64   // kept of the mean difference
	phi   []float64 // weight of the last difference, of the one before, …
	diffs []float64 // differences less the drift
	sigma float64   // of one step
}

const (
	maxOrder = 12
	// driftKept is what is kept of the mean difference: trends are overestimated (theta keeps a half).
	driftKept = .7
)

func fitAutoregression(steps []float64) autoregression {
	n := len(steps)
	m := autoregression{drift: driftKept * mean(steps), diffs: make([]float64, n)}
	f, b := make([]float64, n), make([]float64, n)
	power := 0.0
	for i := range m.diffs {
		d := steps[i] - m.drift
		m.diffs[i], f[i], b[i] = d, d, d
		power += d * d
	}
	power /= float64(n)
	size := float64(n)
	best := size*math.Log(power+tiny) + 2
	m.sigma = math.Sqrt(power)
	var a []float64
	for p := 1; p <= min(maxOrder, n/5); p++ {
		var top, bottom float64
		for i := p; i < n; i++ {
			top += f[i] * b[i-1]
			bottom += f[i]*f[i] + b[i-1]*b[i-1]
		}
		if bottom <= 0 {
			break
		}
		k := 2 * top / bottom
		next := make([]float64, p)
		for i := range a {
			next[i] = a[i] - k*a[p-2-i]
		}
		next[p-1] = k
		a = next
		for i := n - 1; i >= p; i-- {
			f[i], b[i] = f[i]-k*b[i-1], b[i-1]-k*f[i]
		}
		power *= 1 - k*k
		if c := size*math.Log(power+tiny) + 2*float64(p+1)*size/(size-float64(p)-2); c < best {
			best, m.phi, m.sigma = c, a, math.Sqrt(max(power, 0))
		}
	}
	return m
}

// next gives the next h differences, and the weights of past shocks in them (FPP3 9.8).
func (m *autoregression) next(h int) (steps, psi []float64) {
	steps, psi = make([]float64, h), make([]float64, h)
	d := append([]float64(nil), m.diffs...)
	for i := range steps {
		ahead := 0.0
		if i == 0 {
			psi[0] = 1
		}
		for j, w := range m.phi {
			ahead += w * d[len(d)-1-j]
			if j < i {
				psi[i] += w * psi[i-1-j]
			}
		}
		d = append(d, ahead)
		steps[i] = ahead + m.drift
	}
	return steps, psi
}

// stepwise carries a series on by its differences from one value to the next.
func stepwise(y []float64, h int) (f, sd []float64) {
	m := fitAutoregression(differences(y, 1))
	steps, psi := m.next(h)
	f, sd = make([]float64, h), make([]float64, h)
	at, sum, square := y[len(y)-1], 0.0, 0.0
	for i, d := range steps {
		at += d
		sum += psi[i]
		square += sum * sum
		f[i], sd[i] = at, m.sigma*math.Sqrt(square)
	}
	return f, sd
}

// yearwise carries a series on by its differences from the same season one period before: ARIMA(p,0,0)(0,1,0) with drift. It
// needs more than one period.
func yearwise(y []float64, period, h int) (f, sd []float64) {
	n := len(y)
	m := fitAutoregression(differences(y, period))
	steps, psi := m.next(h)
	f, sd = make([]float64, h), make([]float64, h)
	square := 0.0
	for i, d := range steps {
		before := 0.0
		if i < period {
			before = y[n-period+i]
		} else {
			before = f[i-period]
		}
		square += psi[i] * psi[i]
		f[i] = before + d
		sd[i] = m.sigma * math.Sqrt(square*float64(1+i/period)) // every period further adds one such error
	}
	return f, sd
}

func differences(y []float64, lag int) []float64 {
	out := make([]float64, len(y)-lag)
	for i := range out {
		out[i] = y[i+lag] - y[i]
	}
	return out
}
