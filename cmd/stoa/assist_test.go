package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAssistEval asks a small town's questions; times are taken out of what is compared.
func TestAssistEval(t *testing.T) {
	const folder = "testdata/assist/"
	run := filepath.Join(t.TempDir(), "stoa.run")
	args := []string{"assist", "eval", "--corpus", folder + "corpus.jsonl", "--queries", folder + "queries.jsonl"}
	code, out, errs := call(t, append(args, "--qrels", folder+"qrels.tsv", "--run", run, "--unanswerable")...)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	lines, err := os.ReadFile(run)
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`[0-9.]+ ms`).ReplaceAllString(out, "N ms") + "\n"
	for _, l := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		f := strings.Fields(l)
		if len(f) != 6 {
			t.Fatalf("%q is no line of a run", l)
		}
		f[4] = "S" // moves with each training
		got += strings.Join(f, " ") + "\n"
	}
	golden := "testdata/assist.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("go test ./cmd/stoa -update, and read the difference; got:\n%s", got)
	}
	if code, out, errs := call(t, args...); code != 0 || errs != "" || strings.Contains(out, "R@1") || !strings.Contains(out, "p99") {
		t.Errorf("without judgements: exit %d, %q, %q", code, out, errs)
	}
}

func TestAssistEvalUsedWrongly(t *testing.T) {
	for args, want := range map[string]string{
		"assist eval":                           "--corpus and --queries are needed",
		"assist eval x":                         "name no arguments",
		"assist answer":                         `there is no command "assist answer"`,
		"assist eval --corpus x --language":     "flag needs an argument",
		"assist eval --queries x --frobnicate ": "unknown flag",
	} {
		if code, out, errs := call(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(errs, want) || out != "" {
			t.Errorf("stoa %s: exit %d, %q, %q", args, code, out, errs)
		}
	}
	if code, _, errs := call(t, "assist", "eval", "--corpus", "no such file", "--queries", "x"); code != exitNo || !strings.Contains(errs, "no such file") {
		t.Errorf("exit %d, %q", code, errs)
	}
	if code, _, errs := call(t, "assist", "eval", "--corpus", "testdata/assist/qrels.tsv", "--queries", "x"); code != exitNo || !strings.Contains(errs, "line 1") {
		t.Errorf("exit %d, %q", code, errs)
	}
}
