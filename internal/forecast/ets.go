package forecast

import "math"

// trend is the form of an exponential smoothing model's trend.
type trend uint8

const (
	level  trend = iota // ETS(A,N,N): simple exponential smoothing
	linear              // ETS(A,A,N): Holt
	damped              // ETS(A,Ad,N): Holt with a trend that dies away
)

// smoothing is a fitted ETS(A,·,N) model in the notation of HKOS chapter 2:
//
//	y = l + φb + e,  l' = l + φb + αe,  b' = φb + βe
//
// with 0 < α < 1, 0 < β < α and .8 <= φ <= .98 (the usual region, inside the admissible one of HKOS
// chapter 10). A multiplicative error is had by fitting to logarithms.
type smoothing struct {
	form             trend
	alpha, beta, phi float64
	level0, slope0   float64 // before the first value
	level, slope     float64 // after the last
	sse              float64 // sum of squared one-step errors
	n                int
}

// The bounds of the parameters, as in R's forecast::ets.
const (
	alphaLow, alphaHigh = 1e-4, .9999
	phiLow, phiHigh     = .8, .98
)

// parameters counts what was estimated, initial states and variance included (HKOS 7.1).
func (s *smoothing) parameters() float64 {
	switch s.form {
	case linear:
		return 5
	case damped:
		return 6
	}
	return 3
}

// aicc is the corrected information criterion up to a constant that only n decides; the smaller the better.
func (s *smoothing) aicc() float64 {
	n, k := float64(s.n), s.parameters()
	if n-k-1 <= 0 {
		return math.Inf(1)
	}
	return n*math.Log(s.sse/n+tiny) + 2*k + 2*k*(k+1)/(n-k-1)
}

// tiny keeps logarithms and quotients of sums of squares finite.
const tiny = 1e-300

// try runs the recursions for given α, β, φ and gives the sum of squared errors for the best initial
// states. The errors are linear in them, so they come from least squares on the responses to a unit of
// each (HKOS chapter 12 uses the same to concentrate them out): two dimensions fewer to search.
func (s *smoothing) try(y []float64) float64 {
	if s.form == level {
		return s.tryLevel(y)
	}
	a, b, phi := s.alpha, s.beta, s.phi
	l, t := 0.0, 0.0
	l1, t1 := 1.0, 0.0
	l2, t2 := 0.0, 1.0
	var ee, e1, e2, s11, s12, s22 float64
	origin := y[0]
	for _, v := range y {
		f, f1, f2 := l+phi*t, l1+phi*t1, l2+phi*t2
		e := v - origin - f
		l, t = f+a*e, phi*t+b*e
		l1, t1 = f1-a*f1, phi*t1-b*f1
		l2, t2 = f2-a*f2, phi*t2-b*f2
		ee += e * e
		e1 += e * f1
		e2 += e * f2
		s11 += f1 * f1
		s12 += f1 * f2
		s22 += f2 * f2
	}
	det := s11*s22 - s12*s12
	var p, q float64
	if det > 1e-10*s11*s22 {
		p, q = (e1*s22-e2*s12)/det, (e2*s11-e1*s12)/det
	} else if s11 > 0 {
		p = e1 / s11
	}
	s.level0, s.slope0 = origin+p, q
	s.level, s.slope = origin+l+p*l1+q*l2, t+p*t1+q*t2
	s.sse = max(ee-2*p*e1-2*q*e2+p*p*s11+2*p*q*s12+q*q*s22, 0)
	return s.sse
}

func (s *smoothing) tryLevel(y []float64) float64 {
	a := s.alpha
	keep := 1 - a
	l, l1 := 0.0, 1.0
	var ee, e1, s11 float64
	origin := y[0]
	for _, v := range y {
		e := v - origin - l
		ee += e * e
		e1 += e * l1
		s11 += l1 * l1
		l += a * e
		l1 *= keep
	}
	p := 0.0
	if s11 > 0 {
		p = e1 / s11
	}
	s.level0, s.level = origin+p, origin+l+p*l1
	s.sse = max(ee-p*e1, 0)
	return s.sse
}

// fitSmoothing estimates a model of the form by least squares. It needs at least two values.
func fitSmoothing(y []float64, form trend) smoothing {
	s := smoothing{form: form, phi: 1, n: len(y)}
	if form == level {
		s.alpha = minimum(alphaLow, alphaHigh, func(a float64) float64 { s.alpha = a; return s.tryLevel(y) })
		s.tryLevel(y)
		return s
	}
	// β is searched as a share of α, so that a box holds every combination.
	set := func(x []float64) {
		s.alpha = alphaLow + (alphaHigh-alphaLow)*x[0]
		s.beta = s.alpha * (1e-4 + (1-2e-4)*x[1])
		if form == damped {
			s.phi = phiLow + (phiHigh-phiLow)*x[2]
		}
	}
	cost := func(x []float64) float64 { set(x); return s.try(y) }
	starts := [][]float64{{.1, .1}, {.5, .05}, {.8, .3}, {.95, .02}}
	if form == damped {
		starts = [][]float64{{.1, .1, .9}, {.5, .1, .8}, {.8, .3, .5}, {.95, .05, .9}}
	}
	set(simplex(starts, cost, 40))
	s.try(y)
	return s
}

// forecast gives the next h values.
func (s *smoothing) forecast(h int) []float64 {
	out := make([]float64, h)
	sum, power := 0.0, 1.0
	for i := range out {
		power *= s.phi
		sum += power
		if s.form == level {
			sum = 0
		}
		out[i] = s.level + sum*s.slope
	}
	return out
}

// spread gives the standard deviations of the errors 1..h steps ahead (HKOS table 6.1, class 1).
func (s *smoothing) spread(h int) []float64 {
	out := make([]float64, h)
	variance := s.sse / max(float64(s.n)-s.parameters()+1, 1)
	sum, power, c := 1.0, 1.0, 0.0
	for i := range out {
		out[i] = math.Sqrt(variance * sum)
		power *= s.phi
		c += power
		w := s.alpha
		if s.form != level {
			w += s.beta * c
		}
		sum += w * w
	}
	return out
}

// paths looks at every value after the first third as an origin, the parameters held: by what factor the errors
// 1..h steps ahead were larger than spread says, and from how many origins that is known.
func (s *smoothing) paths(y []float64, h int) (factor, origins []float64) {
	factor, origins = make([]float64, h), make([]float64, h)
	l, b := s.level0, s.slope0
	for t, v := range y {
		if t >= len(y)/3 && t >= 8 {
			sum, power := 0.0, 1.0
			for i := 0; i < h && t+i < len(y); i++ {
				power *= s.phi
				sum += power
				e := y[t+i] - l - sum*b
				factor[i] += e * e
				origins[i]++
			}
		}
		f := l + s.phi*b
		l, b = f+s.alpha*(v-f), s.phi*b+s.beta*(v-f)
	}
	for i, sd := range s.spread(h) {
		factor[i] = math.Sqrt(factor[i]/max(origins[i], 1)) / sd
		if !(factor[i] > 0) || sd == 0 {
			factor[i] = 1
		}
	}
	return factor, origins
}

// fitETS chooses among the three forms by AICc.
func fitETS(y []float64) smoothing {
	best := fitSmoothing(y, level)
	if len(y) < 4 {
		return best
	}
	for _, form := range []trend{linear, damped} {
		if s := fitSmoothing(y, form); s.aicc() < best.aicc() {
			best = s
		}
	}
	return best
}
