package forecast

import "math"

// fitTheta is the standard theta method: simple exponential smoothing with half the slope of the line
// through the whole series as drift (Theta; the closed form of Hyndman & Billah 2003, equation 8).
func fitTheta(y []float64, h int) ([]float64, smoothing) {
	s := fitSmoothing(y, level)
	_, slope := line(y)
	out := s.forecast(h)
	learnt := (1 - math.Pow(1-s.alpha, float64(len(y)))) / s.alpha
	for i := range out {
		out[i] += slope / 2 * (float64(i) + learnt)
	}
	return out, s
}

// dynamicTheta is a fitted dynamic optimised theta model (DOTM, equations 13 to 17):
//
//	μ(t) = l(t-1) + κ [ (1-α)^(t-1) A(t-1) + (1-(1-α)^t)/α B(t-1) ],  κ = 1 - 1/θ
//
// A and B are intercept and slope of the line through the values before t, l smooths the values with α. Both are kept less the
// first value: that changes the first error alone, and makes the model indifferent to where zero is.
type dynamicTheta struct {
	alpha, kappa float64
	level0       float64
	level        float64 // after the last value
	sse          float64
	n            int
	line         runningLine // through all values, each less the first
	first        float64
}

// runningLine updates the least squares line through values 1..t (DOTM, equations 15 to 17).
type runningLine struct{ t, mean, a, b float64 }

func (r *runningLine) add(y float64) {
	t := r.t // values so far
	if t == 0 {
		*r = runningLine{1, y, y, 0}
		return
	}
	r.b = ((t-1)*r.b + 6/(t+1)*(y-r.mean)) / (t + 2)
	r.mean = (t*r.mean + y) / (t + 1)
	r.t = t + 1
	r.a = r.mean - (r.t+1)/2*r.b
}

// fitDynamicTheta estimates the model by least squares. Given α the errors are linear in l(0) and in κ,
// so that only α needs a search; 0 <= κ < 1 is 1 <= θ.
func fitDynamicTheta(y []float64) dynamicTheta {
	n := len(y)
	lines := make([]runningLine, n+1)
	for i, v := range y {
		lines[i+1] = lines[i]
		lines[i+1].add(v - y[0])
	}
	m := dynamicTheta{n: n, line: lines[n], first: y[0]}
	cost := func(a float64) float64 { m.alpha = a; return m.try(y, lines) }
	m.alpha = minimum(.1, .99, cost)
	m.try(y, lines)
	return m
}

func (m *dynamicTheta) try(y []float64, lines []runningLine) float64 {
	a, keep, power, origin := m.alpha, 1-m.alpha, 1.0, y[0]
	l, l1 := 0.0, 1.0
	var ee, e1, ec, s11, s1c, scc float64
	for i, v := range y {
		c := power*lines[i].a + (1-power*keep)/a*lines[i].b
		e := v - origin - l
		ee += e * e
		e1 += e * l1
		ec += e * c
		s11 += l1 * l1
		s1c += l1 * c
		scc += c * c
		l += a * e
		l1 *= keep
		power *= keep
	}
	p, k := e1/s11, 0.0
	if det := s11*scc - s1c*s1c; det > 1e-10*s11*scc {
		p, k = (e1*scc-ec*s1c)/det, (ec*s11-e1*s1c)/det
		if k < 0 || k > maxKappa {
			k = min(max(k, 0), maxKappa)
			p = (e1 - k*s1c) / s11
		}
	}
	m.level0, m.level, m.kappa = origin+p, origin+l+p*l1, k
	m.sse = max(ee-2*p*e1-2*k*ec+p*p*s11+2*p*k*s1c+k*k*scc, 0)
	return m.sse
}

// maxKappa is θ = 100: beyond it the forecast no longer moves.
const maxKappa = .99

// forecast gives the next h values; the line is carried on through its own forecasts (DOTM, section 3.2).
func (m *dynamicTheta) forecast(h int) []float64 {
	out := make([]float64, h)
	l, r := m.level-m.first, m.line
	power := math.Pow(1-m.alpha, float64(m.n))
	for i := range out {
		mu := l + m.kappa*(power*r.a+(1-power*(1-m.alpha))/m.alpha*r.b)
		out[i] = m.first + mu
		l += m.alpha * (mu - l)
		r.add(mu)
		power *= 1 - m.alpha
	}
	return out
}

// line gives intercept (at the first value) and slope per step of the least squares line.
func line(y []float64) (at0, slope float64) {
	n := float64(len(y))
	if n < 2 {
		return mean(y), 0
	}
	m, middle := mean(y), (n-1)/2
	var sxy float64
	for i, v := range y {
		sxy += (float64(i) - middle) * (v - m)
	}
	slope = 12 * sxy / (n * (n*n - 1))
	return m - slope*middle, slope
}
