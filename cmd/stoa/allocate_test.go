package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Small instances of every kind and their answers, as a person has read them.
func TestAllocationsAsRead(t *testing.T) {
	files, err := filepath.Glob("testdata/allocate/*.*")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, in := range files {
		if filepath.Ext(in) == ".golden" {
			continue
		}
		read++
		code, out, errs := call(t, "allocate", "--in", in, "--seconds", "600") // all of them end long before, by proof
		want := 0
		if strings.Contains(in, "impossible") {
			want = exitNo
		}
		if code != want || errs != "" {
			t.Errorf("%s: exit code %d, %q", in, code, errs)
		}
		golden := strings.TrimSuffix(in, filepath.Ext(in)) + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if out != string(text) {
			t.Errorf("%s: %s\nis not the answer that was read; read it, then go test ./cmd/stoa -update", in, out)
		}
	}
	if read < 7 {
		t.Errorf("only %d instances", read)
	}
}

func TestAllocateWritesJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plan.json")
	if code, out, errs := call(t, "allocate", "--in", "testdata/allocate/cases.json", "--out", file); code != 0 || out != "" || errs != "" {
		t.Fatalf("%d %q %q", code, out, errs)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		Kind, Status     string
		Objective, Bound float64
		Taker            []int
		Assignments      []struct{ What, To, Reason string }
	}
	if err := json.Unmarshal(raw, &a); err != nil || a.Kind != "cases" || a.Status != "optimal" || a.Objective != a.Bound || len(a.Taker) != 6 || len(a.Assignments) != 6 || a.Assignments[5].Reason == "" {
		t.Errorf("%s, %v", raw, err)
	}
	code, out, _ := call(t, "allocate", "--in", "testdata/allocate/cases.json", "--json", "--seed", "1")
	if code != 0 || out != string(raw) {
		t.Errorf("the standard output and the file differ: %s", out)
	}
	code, out, _ = call(t, "allocate", "--in", "testdata/allocate/visits.json", "--json")
	if code != 0 || !bytes.HasPrefix([]byte(out), []byte("[\n")) {
		t.Errorf("a list is answered by %s", out)
	}
}

func TestAllocateRefusesInOneSentence(t *testing.T) {
	for args, want := range map[string]string{
		"allocate":                                                    "--in is needed: the file of the instance",
		"allocate --in testdata/none.json":                            "opening the instance",
		"allocate --in testdata/series.csv":                           "no JSON object",
		"allocate --in testdata/allocate/cases.json --seconds 0":      "--seconds lies above 0",
		"allocate --in testdata/allocate/cases.json --seconds nan":    "--seconds lies above 0",
		"allocate --in testdata/allocate/cases.json --out /none/plan": "writing the plan",
	} {
		code, _, errs := call(t, strings.Fields(args)...)
		if code == 0 || !strings.Contains(errs, want) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: %d, %q", args, code, errs)
		}
	}
}
