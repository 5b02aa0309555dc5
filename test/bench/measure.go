package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// result is what one measurement gave.
type result struct {
	Count    int
	Took     time.Duration
	P50, P99 time.Duration
	CPU      time.Duration // of all processes that took part, for each; 0 where it was not measured
	Group    float64       // transactions that shared a commit; 0 where it was not measured
	Trips    float64       // round trips to the database for each transaction; 0 where there are none
}

func (r result) rate() float64 { return float64(r.Count) / r.Took.Seconds() }

// load calls from a number of clients at once until the time is over.
func load(clients int, each time.Duration, call func(client, n int) error) (result, error) {
	var wg sync.WaitGroup
	times, failed := make([][]time.Duration, clients), make([]error, clients)
	begun := time.Now()
	for c := range clients {
		wg.Go(func() {
			for n := 0; time.Since(begun) < each; n++ {
				at := time.Now()
				if failed[c] = call(c, n); failed[c] != nil {
					return
				}
				times[c] = append(times[c], time.Since(at))
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	for _, err := range failed {
		if err != nil {
			return result{}, err
		}
	}
	return summary(slices.Concat(times...), took), nil
}

// work hands each client's list to it, and takes the time until all is done.
func work[T any](lists [][]T, call func(T) error) (result, error) {
	var wg sync.WaitGroup
	times, failed := make([][]time.Duration, len(lists)), make([]error, len(lists))
	begun := time.Now()
	for c, list := range lists {
		wg.Go(func() {
			for _, one := range list {
				at := time.Now()
				if failed[c] = call(one); failed[c] != nil {
					return
				}
				times[c] = append(times[c], time.Since(at))
			}
		})
	}
	wg.Wait()
	return summary(slices.Concat(times...), time.Since(begun)), errors.Join(failed...)
}

func summary(all []time.Duration, took time.Duration) result {
	slices.Sort(all)
	r := result{Count: len(all), Took: took}
	if len(all) > 0 {
		r.P50, r.P99 = all[len(all)/2], all[min(len(all)-1, len(all)*99/100)]
	}
	return r
}

// costing measures a call with the processor time of this process, and of others by their id, for each.
func costing(others []int, call func() (result, error)) (result, error) {
	before := spent(others)
	r, err := call()
	if r.Count > 0 {
		r.CPU = (spent(others) - before) / time.Duration(r.Count)
	}
	return r, err
}

// spent is the processor time of this process and of others so far.
func spent(others []int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	all := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	for _, id := range others {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", id))
		_, after, found := strings.Cut(string(text), ") ") // a program's name may hold spaces
		if fields := strings.Fields(after); err == nil && found && len(fields) > 12 {
			for _, ticks := range fields[11:13] {
				n, _ := strconv.Atoi(ticks)
				all += time.Duration(n) * time.Second / 100 // as Linux counts for programs
			}
		}
	}
	return all
}

// subject is something that is measured.
type subject struct {
	name  string
	limit string // the subject whose rate is this one's limit; "" for none
	run   func() (result, error)
}

// measured is a subject with its rounds.
type measured struct {
	subject
	rounds []result
}

// median is the round in the middle, by rate.
func (m measured) median() result {
	slices.SortFunc(m.rounds, func(a, b result) int { return int(a.rate() - b.rate()) })
	return m.rounds[len(m.rounds)/2]
}

// interleave runs the subjects one after the other, several times over, so that a machine that gets
// slower or faster does so for all of them.
func interleave(rounds int, subjects []subject) ([]measured, error) {
	all := make([]measured, len(subjects))
	for range rounds {
		for i, s := range subjects {
			runtime.GC() // what the one before left behind is not this one's
			r, err := s.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			all[i].subject = s
			all[i].rounds = append(all[i].rounds, r)
		}
	}
	return all, nil
}

// table prints the medians, each with its ratio to its limit.
func table(out io.Writer, title string, all []measured) {
	more := slices.ContainsFunc(all, func(m measured) bool { return m.median().CPU > 0 })
	heads, lines := "", ""
	if more {
		heads, lines = " processor time each | in a commit | round trips |", "---:|---:|---:|"
	}
	fmt.Fprintf(out, "\n%s\n\n| | per second | of the limit | p50 | p99 |%s\n|---|---:|---:|---:|---:|%s\n", title, heads, lines)
	rates := map[string]float64{}
	for _, m := range all {
		rates[m.name] = m.median().rate()
	}
	for _, m := range all {
		r, ratio := m.median(), ""
		if limit := rates[m.limit]; limit > 0 {
			ratio = fmt.Sprintf("%.0f %%", 100*r.rate()/limit)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |", m.name, thousands(r.rate()), ratio, short(r.P50), short(r.P99))
		if more {
			fmt.Fprintf(out, " %s |", short(r.CPU))
			if r.Group > 0 {
				fmt.Fprintf(out, " %.1f", r.Group)
			}
			fmt.Fprint(out, " |")
			if r.Trips > 0 {
				fmt.Fprintf(out, " %.1f", r.Trips)
			}
			fmt.Fprint(out, " |")
		}
		fmt.Fprintln(out)
	}
}

func thousands(f float64) string {
	s := fmt.Sprintf("%.0f", f)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// machine says where the figures come from.
func machine(o options) string {
	model := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				model = strings.TrimSpace(strings.TrimLeft(name, "\t :"))
				break
			}
		}
	}
	load := ""
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = ", load " + strings.Fields(string(text))[0]
	}
	return fmt.Sprintf("%d cores of %s, %s/%s, %s%s; the load comes from the same machine; %d round(s) of %s each.",
		runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH, runtime.Version(), load, o.rounds, o.each)
}
