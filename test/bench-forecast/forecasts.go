package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"stoa/internal/forecast"
	"stoa/internal/forecast/table"
)

// result is what one set came to.
type result struct {
	name               string
	series             int
	owa, smape, mase   float64
	in80, in95, msis   float64
	perSecond          float64 // series per second and core
	naive, naiveScaled float64 // sMAPE and MASE of Naive2
}

func (r result) String() string {
	return fmt.Sprintf("%-30s %6d %6.3f %6.2f %6.3f %6.3f %6.3f %7.2f %9.0f", r.name, r.series, r.owa, r.smape, r.mase, r.in80, r.in95, r.msis, r.perSecond)
}

// score is one series.
type score struct {
	own, naive       forecast.Errors
	in80, in95, msis float64
	err              error
}

func measure(name string, rows []table.Row) (result, error) {
	scores := make([]score, len(rows))
	began := processorTime()
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				scores[i] = one(rows[i])
			}
		})
	}
	for i := range rows {
		next <- i
	}
	close(next)
	wait.Wait()
	r := result{name: name, series: len(rows)}
	scaled := 0.0
	for i, s := range scores {
		if s.err != nil {
			return r, fmt.Errorf("%s: %w", rows[i].ID, s.err)
		}
		r.smape += s.own.SMAPE
		r.naive += s.naive.SMAPE
		r.in80 += s.in80
		r.in95 += s.in95
		if !math.IsNaN(s.own.MASE) {
			scaled++
			r.mase += s.own.MASE
			r.naiveScaled += s.naive.MASE
			r.msis += s.msis
		}
	}
	n := float64(len(rows))
	r.smape, r.naive, r.in80, r.in95 = r.smape/n, r.naive/n, r.in80/n, r.in95/n
	r.mase, r.naiveScaled, r.msis = r.mase/scaled, r.naiveScaled/scaled, r.msis/scaled
	r.owa = (r.smape/r.naive + r.mase/r.naiveScaled) / 2
	r.perSecond = n / (processorTime() - began).Seconds()
	return r, nil
}

// processorTime is what this process has used of all cores: other programs on the machine do not count.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func one(row table.Row) (s score) {
	y, m := row.Series.Values, row.Series.Period
	o, err := forecast.Forecast(row.Series, len(row.Test))
	if err != nil {
		return score{err: err}
	}
	s.own = forecast.Measure(y, m, o.Mean, row.Test)
	s.naive = forecast.Measure(y, m, forecast.Naive2(y, m, len(row.Test)), row.Test)
	_, s.in80 = forecast.IntervalScore(o.Low80, o.High80, row.Test, .2)
	s.msis, s.in95 = forecast.IntervalScore(o.Low95, o.High95, row.Test, .05)
	s.msis /= forecast.NaiveError(y, m)
	return s
}

// The targets of the README beside the series.
var owaTargets = map[string]float64{"m4_yearly": .80, "m4_quarterly": .845, "m4_monthly": .835, "m4_weekly": .90}

// The sizes of the competitions' own sets: the weights of the mixes.
var (
	m4Sizes = map[string]float64{"m4_yearly": 23000, "m4_quarterly": 24000, "m4_monthly": 48000, "m4_weekly": 359, "m4_daily": 4227, "m4_hourly": 414}
	m3Sizes = map[string]float64{"m3_yearly": 645, "m3_quarterly": 756, "m3_monthly": 1428, "m3_other": 174}
)

// say prints whether a target is reached.
func say(reached bool, format string, args ...any) {
	word := "missed "
	if reached {
		word = "reached"
	}
	fmt.Printf("%s  %s\n", word, fmt.Sprintf(format, args...))
}

func verdicts(all []result) {
	mix := func(sizes map[string]float64, of func(result) float64) (v float64, whole bool) {
		sum, found := 0.0, 0
		for _, r := range all {
			if w := sizes[r.name]; w > 0 {
				v += w * of(r)
				sum += w
				found++
			}
		}
		return v / sum, found == len(sizes)
	}
	government, count, worst := 0.0, 0.0, result{}
	for _, r := range all {
		if target, ok := owaTargets[r.name]; ok {
			say(r.owa <= target, "%s OWA %.3f, target %.3f", r.name, r.owa, target)
		}
		if strings.HasPrefix(r.name, "gov_") {
			government += r.owa
			count++
			if r.owa > worst.owa {
				worst = r
			}
		}
		switch r.name {
		case "m4_quarterly":
			say(r.msis <= 9, "%s MSIS %.2f, target 9.0", r.name, r.msis)
		case "m4_monthly":
			say(r.msis <= 6.1, "%s MSIS %.2f, target 6.1", r.name, r.msis)
			say(r.perSecond >= 300, "%s %.0f series per second and core, target 300", r.name, r.perSecond)
		case "m4_yearly":
			say(r.perSecond >= 1500, "%s %.0f series per second and core, target 1,500", r.name, r.perSecond)
		}
		least := .93
		if strings.HasSuffix(r.name, "yearly") {
			least = .90
		}
		say(r.in95 >= least && r.in95 <= .97, "%s 95 %% interval covers %.3f, target %.2f to .97", r.name, r.in95, least)
	}
	if v, whole := mix(m4Sizes, func(r result) float64 { return r.owa }); whole {
		say(v <= .835, "M4 mix OWA %.3f, target .835", v)
	}
	if v, whole := mix(m3Sizes, func(r result) float64 { return r.smape }); whole {
		say(v <= 12.4, "M3 total sMAPE %.2f, target 12.4", v)
	}
	if count > 0 {
		say(government/count <= .80, "government sets: mean OWA %.3f, target .80", government/count)
		say(worst.owa <= 1, "government sets: the worst is %s at %.3f, target 1 (Naive2)", worst.name, worst.owa)
	}
}
