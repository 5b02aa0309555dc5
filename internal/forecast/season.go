package forecast

import "math"

// seasonal says whether the autocorrelation at one period is beyond its 90 % limit: the test of the M4
// competition (M4, appendix; R code of the benchmarks), which asks for three whole periods.
func seasonal(y []float64, period int) bool {
	n := len(y)
	if period < 2 || n < 3*period {
		return false
	}
	sum := 1.0
	for lag := 1; lag < period; lag++ {
		r := autocorrelation(y, lag)
		sum += 2 * r * r
	}
	return math.Abs(autocorrelation(y, period)) > 1.645*math.Sqrt(sum/float64(n))
}

// autocorrelation at a lag; 0 for a constant series.
func autocorrelation(y []float64, lag int) float64 {
	m := mean(y)
	var top, bottom float64
	for i, v := range y {
		bottom += (v - m) * (v - m)
		if i >= lag {
			top += (v - m) * (y[i-lag] - m)
		}
	}
	if bottom <= 0 {
		return 0
	}
	return top / bottom
}

// centred is the moving average over one period, half weights at the ends for an even one (FPP3 3.3); NaN
// where it does not reach.
func centred(y []float64, period int) []float64 {
	n := len(y)
	out := make([]float64, n)
	half := period / 2
	for i := range out {
		if i < half || i+half >= n {
			out[i] = math.NaN()
			continue
		}
		s := 0.0
		for j := i - half; j <= i+half; j++ {
			s += y[j]
		}
		if period%2 == 0 {
			s -= (y[i-half] + y[i+half]) / 2
		}
		out[i] = s / float64(period)
	}
	return out
}

// indices are the seasonal figures of the classical decomposition (FPP3 3.4), one for each place in the
// period, the first for y[0]: factors around 1 when ratio, else differences around 0.
func indices(y []float64, period int, ratio bool) []float64 {
	smooth := centred(y, period)
	sum, count := make([]float64, period), make([]float64, period)
	for i, s := range smooth {
		v := y[i] - s
		if ratio {
			v = y[i] / s
		}
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sum[i%period] += v
			count[i%period]++
		}
	}
	total := 0.0
	for i := range sum {
		if count[i] > 0 {
			sum[i] /= count[i]
		} else if ratio {
			sum[i] = 1
		}
		total += sum[i]
	}
	total /= float64(period)
	for i := range sum {
		switch {
		case !ratio:
			sum[i] -= total
		case total > 0:
			sum[i] = max(sum[i]/total, 1e-3)
		default:
			sum[i] = 1
		}
	}
	return sum
}

// Naive repeats the last value (FPP3 5.2).
func Naive(y []float64, h int) []float64 {
	out := make([]float64, h)
	for i := range out {
		out[i] = y[len(y)-1]
	}
	return out
}

// SeasonalNaive repeats the last period (FPP3 5.2); with less than one period, the last value.
func SeasonalNaive(y []float64, period, h int) []float64 {
	if period < 2 || len(y) < period {
		return Naive(y, h)
	}
	out := make([]float64, h)
	for i := range out {
		out[i] = y[len(y)-period+i%period]
	}
	return out
}

// Naive2 is the yardstick of the M competitions: the last value of the series without its season, with
// the season put back (M4). The season is that of the classical decomposition by factors, where the
// test finds one; differences take their place when a value is not positive.
func Naive2(y []float64, period, h int) []float64 {
	if !seasonal(y, period) {
		return Naive(y, h)
	}
	ratio := positive(y)
	index := indices(y, period, ratio)
	n := len(y)
	out := make([]float64, h)
	for i := range out {
		if ratio {
			out[i] = y[n-1] / index[(n-1)%period] * index[(n+i)%period]
		} else {
			out[i] = y[n-1] - index[(n-1)%period] + index[(n+i)%period]
		}
	}
	return out
}

func positive(y []float64) bool {
	for _, v := range y {
		if v <= 0 {
			return false
		}
	}
	return true
}

func mean(y []float64) float64 {
	s := 0.0
	for _, v := range y {
		s += v
	}
	return s / float64(len(y))
}
