package allocate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// Instance is one question of allocation.
type Instance interface {
	// Solve finds a plan. Its error is nil unless the instance itself makes no sense: that nothing can be done is an answer.
	Solve(Limits) (*Answer, error)
}

// Limits on what is read: more than any place plans at once.
const (
	mostBytes     = 64 << 20
	mostInstances = 10_000
)

// Read reads one instance, or a list of them, told apart by what they hold:
//
//	req, tours, cost, periods                                    officers to weekly tours
//	time, cost, cap                                              cases to officers (null: cannot take it)
//	programmes (d, levels), budgets, district_floor              budget to programmes
//	inspectors, budget_min, xy_km, service_min, risk_score, km_per_min   inspections to routes
//	queues, officers, step_s, cycles                             waiting in queues
//
// Whatever else stands there is ignored.
func Read(from io.Reader) (instances []Instance, list bool, err error) {
	raw, err := io.ReadAll(io.LimitReader(from, mostBytes+1))
	if err != nil {
		return nil, false, fmt.Errorf("reading the instance: %w", err)
	}
	if len(raw) > mostBytes {
		return nil, false, fmt.Errorf("the file is larger than %d MB", mostBytes>>20)
	}
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
	if len(raw) == 0 {
		return nil, false, errors.New("the file is empty")
	}
	if raw[0] != '[' {
		one, err := parse(raw)
		if err != nil {
			return nil, false, err
		}
		return []Instance{one}, false, nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, true, fmt.Errorf("the file is no JSON: %w", err)
	}
	if len(parts) == 0 || len(parts) > mostInstances {
		return nil, true, fmt.Errorf("the list holds %d instances", len(parts))
	}
	for k, part := range parts {
		one, err := parse(part)
		if err != nil {
			return nil, true, fmt.Errorf("instance %d: %w", k, err)
		}
		instances = append(instances, one)
	}
	return instances, true, nil
}

func parse(raw []byte) (Instance, error) {
	var has map[string]json.RawMessage
	if err := json.Unmarshal(raw, &has); err != nil {
		return nil, fmt.Errorf("the file is no JSON object with an instance: %w", err)
	}
	for _, kind := range []struct {
		keys []string
		read func([]byte) (Instance, error)
	}{
		{[]string{"req", "tours", "cost"}, readTours},
		{[]string{"time", "cost", "cap"}, readCases},
		{[]string{"programmes", "budgets"}, readBudget},
		{[]string{"xy_km", "service_min", "risk_score"}, readVisits},
		{[]string{"queues", "officers"}, readQueues},
	} {
		all := true
		for _, k := range kind.keys {
			all = all && has[k] != nil
		}
		if all {
			return kind.read(raw)
		}
	}
	return nil, errors.New("the file holds no instance that is known: req, tours and cost; time, cost and cap; programmes and budgets; xy_km, service_min and risk_score; or queues and officers")
}

func into(raw []byte, to any) error {
	if err := json.Unmarshal(raw, to); err != nil {
		return fmt.Errorf("reading the instance: %w", err)
	}
	return nil
}

func readTours(raw []byte) (Instance, error) {
	var f struct {
		Req     []int
		Tours   [][]int
		Cost    []float64
		Periods int
	}
	if err := into(raw, &f); err != nil {
		return nil, err
	}
	t := &Tours{Need: f.Req, Periods: f.Periods, Cost: f.Cost}
	if t.Periods == 0 && len(f.Req)%7 == 0 {
		t.Periods = len(f.Req) / 7
	}
	for k, x := range f.Tours {
		if len(x) != 3 {
			return nil, fmt.Errorf("tour %d has %d numbers; it is [first day, first period, periods]", k, len(x))
		}
		t.Tours = append(t.Tours, Tour{x[0], x[1], x[2]})
	}
	return t, t.check()
}

func readCases(raw []byte) (Instance, error) {
	var f struct {
		Time, Cost [][]*float64
		Cap        []float64
	}
	if err := into(raw, &f); err != nil {
		return nil, err
	}
	c := &Cases{Time: known(f.Time), Cost: known(f.Cost), Room: f.Cap}
	return c, c.check()
}

// known writes not a number for what is null.
func known(rows [][]*float64) (out [][]float64) {
	for _, r := range rows {
		values := make([]float64, len(r))
		for i, v := range r {
			if values[i] = math.NaN(); v != nil {
				values[i] = *v
			}
		}
		out = append(out, values)
	}
	return out
}

func readBudget(raw []byte) (Instance, error) {
	var f struct {
		Programmes []struct {
			D      int
			Levels [][]float64
		}
		Budgets []float64
		Floor   float64 `json:"district_floor"`
	}
	if err := into(raw, &f); err != nil {
		return nil, err
	}
	b := &Budget{Budgets: f.Budgets, Floor: f.Floor}
	for i, p := range f.Programmes {
		q := Programme{District: p.D}
		for k, l := range p.Levels {
			if len(l) == 0 {
				return nil, fmt.Errorf("programme %d, level %d is empty; it is [benefit, use of each budget]", i, k)
			}
			q.Levels = append(q.Levels, Level{Benefit: l[0], Uses: l[1:]})
		}
		b.Programmes = append(b.Programmes, q)
	}
	return b, b.check()
}

func readVisits(raw []byte) (Instance, error) {
	var f struct {
		Inspectors int
		Minutes    float64     `json:"budget_min"`
		Place      [][]float64 `json:"xy_km"`
		Service    []float64   `json:"service_min"`
		Score      []float64   `json:"risk_score"`
		Speed      float64     `json:"km_per_min"`
	}
	if err := into(raw, &f); err != nil {
		return nil, err
	}
	v := &Visits{Inspectors: f.Inspectors, Minutes: f.Minutes, Service: f.Service, Score: f.Score, Speed: f.Speed}
	for k, p := range f.Place {
		if len(p) != 2 {
			return nil, fmt.Errorf("place %d has %d numbers; it is [kilometres east, kilometres north]", k, len(p))
		}
		v.Place = append(v.Place, [2]float64{p[0], p[1]})
	}
	return v, v.check()
}

func readQueues(raw []byte) (Instance, error) {
	var f struct {
		Queues []struct {
			Name     string
			Rates    []float64 `json:"per_hour"`
			Service  float64   `json:"service_s"`
			Spread   *float64
			Priority int
			Target   float64 `json:"target_s"`
		}
		Officers []struct {
			Count    int
			Skills   []int
			From, To float64
		}
		Step   float64 `json:"step_s"`
		Cycles int
	}
	if err := into(raw, &f); err != nil {
		return nil, err
	}
	q := &Queues{Step: f.Step, Cycles: f.Cycles}
	for _, s := range f.Queues {
		spread := 1.0
		if s.Spread != nil {
			spread = *s.Spread
		}
		q.Queues = append(q.Queues, Queue{Name: s.Name, Rates: s.Rates, Service: s.Service, Spread: spread, Priority: s.Priority, Target: s.Target})
	}
	for _, s := range f.Officers {
		shift := Shift{Count: s.Count, Skills: s.Skills, From: s.From, To: s.To}
		if shift.From == 0 && shift.To == 0 {
			shift.To = q.cycle()
		}
		q.Officers = append(q.Officers, shift)
	}
	return q, q.check()
}
