package evaluate

import (
	"math"
	"testing"
)

// Acute coronary events in Sicily, monthly from January 2002, and the population they are of; smoking was banned in January
// 2005 (Lopez Bernal, Cummins, Gasparrini 2017, whose data are published with it).
var (
	events = []float64{728, 659, 791, 734, 757, 726, 760, 740, 720, 814, 795, 858, 887, 766, 851, 769, 781, 756, 766, 752, 765, 831, 879, 928,
		914, 808, 937, 840, 916, 828, 845, 818, 860, 839, 887, 886, 831, 796, 833, 820, 877, 758, 767, 738, 781, 843, 850, 908,
		1021, 859, 976, 888, 962, 838, 810, 876, 843, 936, 912}
	population = []float64{379875.3, 376495.5, 377040.8, 377116.4, 377383.4, 374113.1, 379513.3, 376295.5, 374653.2, 378485.6, 375955.5, 378349.7,
		376762.4, 379032.3, 379360.4, 376162, 377972.4, 381830.7, 379888.6, 380872.2, 380966.9, 381240.4, 382104.9, 381802.7,
		381656.3, 383680, 383504.2, 386462.9, 383783.1, 380836.8, 383483, 380906.2, 382926.8, 384052.4, 384449.6, 383428.4,
		388153.2, 388373.2, 386470.1, 386033.2, 383686.4, 385509.3, 385901.9, 386516.6, 388436.5, 383255.2, 390148.7, 385874.9,
		391613.6, 391750.4, 394005.6, 391364.9, 391664.6, 389022.3, 391878.5, 388575.3, 392989, 390018.8, 390712.3}
)

func close(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.9f, not %.9f", what, got, want)
	}
}

func sicily() Series {
	s := Series{Start: 36, Log: true}
	for i := range events {
		s.Values = append(s.Values, events[i]/population[i]*1e5)
	}
	return s
}

// TestSicily holds the break against the published one: events fell to 0.89 of what they were, with the time of the year too.
func TestSicily(t *testing.T) {
	b := Interrupted(sicily())
	if b.Why != "" || b.Before != 36 || b.After != 23 || len(b.Warnings) != 0 {
		t.Fatalf("%+v", b)
	}
	close(t, "the level", b.Level.Value, -0.13129964719147147, 1e-9)
	since := Factor(b.Average)
	close(t, "the factor since", 1+since.Value, 0.89, 0.005)
	if since.High > -0.04 || since.Low < -0.18 {
		t.Errorf("%+v", since)
	}
	close(t, "without it", math.Log(b.Without[40]), math.Log(b.Without[28])+12*(math.Log(b.Without[12])-math.Log(b.Without[0]))/12, 1e-9)
}

// TestAsStatsmodels holds the same regression against what statsmodels 0.13 gives: OLS with HAC errors, 3 lags,
// small-sample correction, and t.
func TestAsStatsmodels(t *testing.T) {
	y, at, _ := sicily().points()
	x := make([][]float64, len(y))
	for i := range x {
		v := float64(i)
		x[i] = []float64{1, v, 0, 0}
		if i >= 36 {
			x[i][2], x[i][3] = 1, v-36
		}
		for k := 1.0; k <= 2; k++ {
			x[i] = append(x[i], math.Sin(2*math.Pi*k*v/12), math.Cos(2*math.Pi*k*v/12))
		}
	}
	f, err := regress(x, y, at, 3, byFreedom)
	if err != nil || lagOf(len(y)) != 3 {
		t.Fatal(err, lagOf(len(y)))
	}
	level, slope := f.estimate([]float64{0, 0, 1, 0, 0, 0, 0, 0}), f.estimate([]float64{0, 0, 0, 1, 0, 0, 0, 0})
	close(t, "the level", level.Value, -0.13129964719147147, 1e-10)
	close(t, "its error", level.Error, 0.019820258519797084, 1e-10)
	close(t, "its lower end", level.Low, -0.17109048, 1e-8)
	close(t, "its upper end", level.High, -0.09150882, 1e-8)
	close(t, "the slope", slope.Value, 0.001345296352681491, 1e-10)
	close(t, "its error", slope.Error, 0.0015260374877376973, 1e-10)
	for free, want := range map[float64]float64{1: 12.706204736432095, 4: 2.7764451051977987, 10: 2.2281388519649385, 52: 2.00664680506169} {
		close(t, "Student's quantile", studentQuantile(0.975, free), want, 1e-8)
	}
	close(t, "Student's tail", studentTail(2.5, 7), 0.040992218585752874, 1e-12)
}
