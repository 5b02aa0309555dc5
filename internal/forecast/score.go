package forecast

import "math"

// Errors of one forecast against what came, in the measures of the M4 competition (M4, appendix A).
type Errors struct {
	SMAPE float64 // symmetric mean absolute percentage error, in percent, 0 to 200
	MASE  float64 // mean absolute error in units of the seasonal naive's on the training part; NaN for a constant one
}

// Measure compares a forecast with what came after train. The lengths of forecast and came are equal.
func Measure(train []float64, period int, forecast, came []float64) Errors {
	var e Errors
	for i, f := range forecast {
		if size := math.Abs(f) + math.Abs(came[i]); size > 0 {
			e.SMAPE += 200 * math.Abs(f-came[i]) / size
		}
		e.MASE += math.Abs(f - came[i])
	}
	n := float64(len(forecast))
	return Errors{e.SMAPE / n, e.MASE / n / NaiveError(train, period)}
}

// NaiveError is the mean absolute error of the seasonal naive one period ahead within the series, in its
// unit: the scale of MASE and MSIS. NaN when it is 0 or the series no longer than the period.
func NaiveError(y []float64, period int) float64 {
	period = max(period, 1)
	if len(y) <= period {
		return math.NaN()
	}
	s := 0.0
	for i := period; i < len(y); i++ {
		s += math.Abs(y[i] - y[i-period])
	}
	if s == 0 {
		return math.NaN()
	}
	return s / float64(len(y)-period)
}

// IntervalScore is the mean interval score (Gneiting & Raftery, J. Am. Stat. Assoc. 102 (2007) 359-378) of
// intervals that miss with probability alpha, in the unit of the series, and the share that held what came.
// Divided by NaiveError it is the M4 competition's MSIS.
func IntervalScore(low, high, came []float64, alpha float64) (score, coverage float64) {
	for i, v := range came {
		score += high[i] - low[i]
		switch {
		case v < low[i]:
			score += 2 / alpha * (low[i] - v)
		case v > high[i]:
			score += 2 / alpha * (v - high[i])
		default:
			coverage++
		}
	}
	n := float64(len(came))
	return score / n, coverage / n
}
