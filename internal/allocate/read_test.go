package allocate

import (
	"strings"
	"testing"
)

var readable = map[string]string{
	"tours":  `{"req":[1,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"tours":[[0,0,4],[0,2,4]],"cost":[3,4],"periods":4,"best":{"obj":1}}`,
	"cases":  `{"time":[[1,null],[2,2]],"cost":[[1,null],[3,2]],"cap":[3,3]}`,
	"budget": `{"programmes":[{"d":0,"levels":[[0,0],[4,2]]}],"budgets":[3],"district_floor":1}`,
	"visits": `{"inspectors":1,"budget_min":60,"xy_km":[[0,0],[1,1]],"service_min":[10],"risk_score":[4],"km_per_min":0.5}`,
	"queues": `{"queues":[{"name":"a","per_hour":[6],"service_s":300,"target_s":60}],"officers":[{"count":1,"skills":[0]}],"step_s":3600,"cycles":20}`,
}

func TestReadTellsKindsApart(t *testing.T) {
	var all []string
	for kind, text := range readable {
		in, list, err := Read(strings.NewReader("\ufeff" + text))
		if err != nil || list || len(in) != 1 {
			t.Errorf("%s: %v, %v", kind, list, err)
			continue
		}
		a, err := in[0].Solve(Limits{Work: 10_000})
		if err != nil || a.Kind != kind || a.Status != Optimal && a.Status != Feasible {
			t.Errorf("%s: %+v, %v", kind, a, err)
		}
		all = append(all, text)
	}
	if in, list, err := Read(strings.NewReader("[" + strings.Join(all, ",") + "]")); err != nil || !list || len(in) != len(all) {
		t.Errorf("a list: %d, %v, %v", len(in), list, err)
	}
}

func TestReadRefusesInWords(t *testing.T) {
	for text, want := range map[string]string{
		"":      "the file is empty",
		"[]":    "the list holds 0 instances",
		"7":     "no JSON object",
		"{":     "no JSON object",
		"[{}]":  "instance 0: the file holds no instance that is known",
		"[1,2]": "instance 0: the file is no JSON object",
		`{"time":[[1]],"cost":[[1]],"cap":["x"]}`:                                                                  "reading the instance",
		`{"time":[[1]],"cost":[[1]],"cap":[-1]}`:                                                                   "officer 0 has -1 of time",
		`{"time":[[1,2]],"cost":[[1]],"cap":[1]}`:                                                                  "case 0 has 2 times and 1 costs for 1 officers",
		`{"time":[],"cost":[],"cap":[1]}`:                                                                          "there are 0 cases and 1 officers",
		`{"time":[[-4]],"cost":[[1]],"cap":[1]}`:                                                                   "case 0 with officer 0 takes -4",
		`{"req":[1],"tours":[],"cost":[],"periods":1}`:                                                             "seven days of 1 periods need 7 numbers",
		`{"req":[0,0,0,0,0,0,0],"tours":[[0,0]],"cost":[1],"periods":1}`:                                           "tour 0 has 2 numbers",
		`{"req":[0,0,0,0,0,0,0],"tours":[[9,0,1]],"cost":[1],"periods":1}`:                                         "tour 0 begins on day 9",
		`{"req":[0,0,0,0,0,0,-2],"tours":[[0,0,1]],"cost":[1],"periods":1}`:                                        "day 6, period 0 needs -2",
		`{"programmes":[{"d":1,"levels":[]}],"budgets":[1]}`:                                                       "programme 0 has no level",
		`{"programmes":[{"d":1,"levels":[[1]]}],"budgets":[1]}`:                                                    "programme 0, level 0 uses 0 budgets, and there are 1",
		`{"programmes":[{"d":1,"levels":[[]]}],"budgets":[1]}`:                                                     "programme 0, level 0 is empty",
		`{"programmes":[{"d":1,"levels":[[1,-1]]}],"budgets":[1]}`:                                                 "uses -1",
		`{"inspectors":1,"budget_min":60,"xy_km":[[0,0]],"service_min":[10],"risk_score":[4],"km_per_min":0.5}`:    "1 visits, 1 scores and 1 places",
		`{"inspectors":0,"budget_min":60,"xy_km":[[0,0],[1,1]],"service_min":[1],"risk_score":[4],"km_per_min":1}`: "there are 0 inspectors",
		`{"inspectors":1,"budget_min":60,"xy_km":[[0,0],[1]],"service_min":[1],"risk_score":[4],"km_per_min":1}`:   "place 1 has 1 numbers",
		`{"queues":[],"officers":[],"step_s":1,"cycles":1}`:                                                        "make no play",
	} {
		if _, _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzRead: whatever is read is either refused or solved without harm, in little work.
func FuzzRead(f *testing.F) {
	for _, text := range readable {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 4000 {
			return
		}
		in, _, err := Read(strings.NewReader(string(raw)))
		if err != nil {
			return
		}
		for _, one := range in[:min(3, len(in))] {
			a, err := one.Solve(Limits{Work: 200, Seed: 1})
			if err != nil {
				t.Fatalf("what was read is refused by the search: %v", err)
			}
			if a.Status == Infeasible && a.Conflict == nil {
				t.Fatalf("no reason: %+v", a)
			}
		}
	})
}
