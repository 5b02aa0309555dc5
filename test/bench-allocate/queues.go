package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"stoa/internal/allocate"
)

// formula compares every row of the table with Erlang's formula.
func formula(folder string, v *verdicts) error {
	f, err := os.Open(filepath.Join(folder, "erlangc.csv"))
	if err != nil {
		return fmt.Errorf("opening the table of queues: %w", err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("reading the table of queues: %w", err)
	}
	worst := 0.0
	for _, row := range rows[1:] {
		var x [8]float64
		for i := range x {
			if x[i], err = strconv.ParseFloat(row[i], 64); err != nil {
				return fmt.Errorf("reading the table of queues: %w", err)
			}
		}
		e := allocate.ErlangC(x[0], int(x[1]), x[2], x[3])
		for i, got := range []float64{e.Wait, e.MeanSeconds, e.ServiceLevel, e.Occupancy} {
			worst = math.Max(worst, math.Abs(got-x[4+i])/math.Max(1, math.Abs(x[4+i])))
		}
	}
	fmt.Printf("Erlang C: %d rows\n", len(rows)-1)
	v.say("Erlang C: largest difference", worst, 1e-9, "%.1e")
	return nil
}

// simulation plays M/M/c queues and compares mean wait and chance to wait with Erlang's formula.
func simulation(v *verdicts) error {
	worst := 0.0
	start := processor()
	for _, c := range []struct {
		officers int
		load     float64
	}{{1, 0.7}, {3, 2.4}, {8, 6.8}, {20, 18}} {
		q := &allocate.Queues{Step: 3600, Cycles: int(3e6 / (c.load * 12)),
			Queues:   []allocate.Queue{{Rates: []float64{c.load * 12}, Service: 300, Spread: 1, Target: 60}},
			Officers: []allocate.Shift{{Count: c.officers, Skills: []int{0}, To: 3600}}}
		a, err := q.Solve(allocate.Limits{Seed: 1})
		if err != nil {
			return fmt.Errorf("simulation: %w", err)
		}
		e, got := allocate.ErlangC(c.load, c.officers, 300, 60), a.Queues[0]
		off := math.Max(math.Abs(got.MeanSeconds/e.MeanSeconds-1), math.Abs(got.ServiceLevel-e.ServiceLevel))
		worst = math.Max(worst, off)
		fmt.Printf("simulation of M/M/%d, load %.1f, %d people: mean wait %.1f s (%.1f by the formula, interval %.1f), service level %.3f (%.3f)\n",
			c.officers, c.load, got.Served, got.MeanSeconds, e.MeanSeconds, got.Within, got.ServiceLevel, e.ServiceLevel)
	}
	fmt.Printf("simulation: %.2f s, each played twice (one officer more)\n", processor()-start)
	v.say("simulation of M/M/c: furthest from the formula, %", 100*worst, 2, "%.2f")
	return nil
}
