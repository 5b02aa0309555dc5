package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "rewrite testdata/help.golden")

// binary is the program, built once for the tests that run it as others do.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "stoa-test-")
	if err == nil {
		binary = filepath.Join(dir, "stoa")
		build := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "building the program:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// call runs the program inside the test and gives its exit code and what it printed.
func call(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	files := [2]*os.File{}
	for i := range files {
		f, err := os.CreateTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		files[i] = f
	}
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = files[0], files[1]
	code = run(t.Context(), args)
	os.Stdout, os.Stderr = stdout, stderr
	var text [2]string
	for i, f := range files {
		raw, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		text[i] = string(raw)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return code, text[0], text[1]
}

// TestHelp compares what the program says about itself with what a person has read.
func TestHelp(t *testing.T) {
	var all bytes.Buffer
	for _, c := range commands(newRoot()) {
		path := strings.Fields(c.CommandPath())
		fmt.Fprintf(&all, "$ %s --help\n\n", c.CommandPath())
		root := newRoot()
		root.SetOut(&all)
		root.SetErr(&all)
		root.SetArgs(append(path[1:], "--help"))
		if err := root.ExecuteContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		all.WriteString("\n")
	}
	const golden = "testdata/help.golden"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, all.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(all.Bytes(), want) {
		got, was := strings.Split(all.String(), "\n"), strings.Split(string(want), "\n")
		for i, line := range got {
			if i >= len(was) || line != was[i] {
				t.Errorf("line %d is %q, not what %s says; read it, then go test ./cmd/stoa -update", i+1, line, golden)
				break
			}
		}
		if len(got) < len(was) {
			t.Errorf("%d lines fewer than %s", len(was)-len(got), golden)
		}
	}
}

func commands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, commands(sub)...)
	}
	return all
}

func TestWrongUseIsTold(t *testing.T) {
	for args, want := range map[string]string{
		"frobnicate":                   `there is no command "frobnicate"`,
		"--frobnicate":                 "unknown flag: --frobnicate",
		"check":                        "name the folder to check",
		"check a b":                    "name the folder to check",
		"check --nope a":               "unknown flag: --nope",
		"serve extra":                  "name no arguments",
		"new town":                     "name what to make",
		"new jurisdiction":             "name the folder to make",
		"new service x":                "name the folder and the service",
		"new register":                 "name the folder and the register",
		"explain x":                    "name the folder, the service and the file of answers",
		"demo --cases many":            "invalid argument",
		"staff --email ada@x.example ": "--email, --role and --organisation are needed",
		"version x":                    "name no arguments",
	} {
		code, out, errs := call(t, strings.Fields(args)...)
		if code != exitUsage || !strings.Contains(errs, want) || !strings.Contains(errs, "see stoa help") || out != "" {
			t.Errorf("stoa %s: exit %d, %q, %q", args, code, out, errs)
		}
	}
	for _, args := range [][]string{nil, {"help"}, {"new"}, {"check", "--help"}} {
		if code, out, errs := call(t, args...); code != 0 || !strings.Contains(out, "Usage:") || errs != "" {
			t.Errorf("stoa %v: exit %d, %q", args, code, errs)
		}
	}
	if code, out, _ := call(t, "version"); code != 0 || !strings.HasPrefix(out, "stoa ") {
		t.Errorf("version: exit %d, %q", code, out)
	}
}

// newTown writes a folder by the commands that a newcomer uses.
func newTown(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mytown")
	for _, args := range [][]string{{"new", "jurisdiction", dir, "--name", "My Town"}, {"new", "service", dir, "skip-permit"}, {"new", "register", dir, "skips"}} {
		if code, out, errs := call(t, args...); code != 0 || !strings.Contains(out, "stoa check "+dir) {
			t.Fatalf("stoa %v: exit %d, %q, %q", args, code, out, errs)
		}
	}
	return dir
}

func TestCheck(t *testing.T) {
	dir := newTown(t)
	code, out, errs := call(t, "check", dir)
	if code != 0 || !regexp.MustCompile(`^1 services, [1-9][0-9]* examples, 0 problems\n$`).MatchString(out) || errs != "" {
		t.Errorf("a new folder: exit %d, %q, %q", code, out, errs)
	}
	path := filepath.Join(dir, "services", "skip-permit.yaml")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := append(append([]byte("colour: blue\n"), src...), "shape: round\n"...)
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs = call(t, "check", dir)
	last := bytes.Count(broken, []byte("\n"))
	for _, position := range []string{"/services/skip-permit.yaml:1:1: ", fmt.Sprintf("/services/skip-permit.yaml:%d:1: ", last)} {
		if !strings.Contains(out, dir+position) {
			t.Errorf("no problem at %s in %q", position, out)
		}
	}
	if code != exitNo || !strings.Contains(out, "2 problems\n") || errs != "" {
		t.Errorf("a broken folder: exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = call(t, "check", "--json", dir)
	var report struct {
		Problems []map[string]any `json:"problems"`
	}
	if err := json.Unmarshal([]byte(out), &report); code != exitNo || err != nil || len(report.Problems) != 2 {
		t.Errorf("as JSON: exit %d, %v, %s", code, err, out)
	}
	for _, no := range []string{filepath.Join(dir, "nothing"), path} {
		if code, out, errs := call(t, "check", no); code != exitNo || !strings.Contains(errs, "is not a folder; name the one that holds jurisdiction.yaml") {
			t.Errorf("%s: exit %d, %q, %q", no, code, out, errs)
		}
	}
	if code, _, errs := call(t, "new", "service", dir, "skip-permit"); code != exitNo || errs == "" {
		t.Errorf("a service that is there already: exit %d, %q", code, errs)
	}
}

func TestExplain(t *testing.T) {
	dir := newTown(t)
	answers := filepath.Join(t.TempDir(), "answers.yaml")
	if err := os.WriteFile(answers, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, "explain", dir, "skip-permit", answers)
	if code != 0 || !strings.HasPrefix(out, "skip-permit, as of ") || !strings.Contains(out, "  ! ") {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	code, out, _ = call(t, "explain", "--json", dir, "skip-permit", answers)
	var report struct{ Service string }
	if err := json.Unmarshal([]byte(out), &report); code != 0 || err != nil || report.Service != "skip-permit" {
		t.Errorf("as JSON: exit %d, %v, %s", code, err, out)
	}
	if code, _, errs := call(t, "explain", dir, "nothing", answers); code != exitNo || !strings.Contains(errs, `no service "nothing"`) {
		t.Errorf("an unknown service: exit %d, %q", code, errs)
	}
}

// TestCheckTellsOfALevelThatNobodyReaches: a service asks for more than any way of signing in that the settings describe.
func TestCheckTellsOfALevelThatNobodyReaches(t *testing.T) {
	dir := newTown(t)
	path := filepath.Join(dir, "services", "skip-permit.yaml")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(src, "\nassurance: substantial\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	const scheme = "identity: {schemes: [{name: national, title: National, issuer: 'https://id.example', client_id: stoa, levels: {plain: %s}}]}\n"
	for settings, noted := range map[string]bool{"addr: 127.0.0.1:1\n": true, fmt.Sprintf(scheme, "low"): true, fmt.Sprintf(scheme, "high"): false} {
		file := filepath.Join(t.TempDir(), "stoa.yaml")
		if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := call(t, "check", dir, "--config", file)
		if code != 0 || strings.Contains(out, "skip-permit.yaml:4:1: the service asks for assurance: substantial, and no way of signing in") != noted {
			t.Errorf("%s: exit %d, %q, %q", settings, code, out, errs)
		}
	}
}

// TestATaxFromTheFirstFile writes one, checks it, and explains a charge.
func TestATaxFromTheFirstFile(t *testing.T) {
	dir := newTown(t)
	if code, out, errs := call(t, "new", "tax", dir, "boat-tax"); code != 0 || !strings.Contains(out, "wrote the tax boat-tax") {
		t.Fatalf("exit %d, %q, %q", code, out, errs)
	}
	code, out, errs := call(t, "check", dir)
	if code != 0 || !regexp.MustCompile(`^1 taxes, 1 services, [1-9][0-9]* examples, 0 problems\n$`).MatchString(out) || errs != "" {
		t.Errorf("exit %d, %q, %q", code, out, errs)
	}
	answers := filepath.Join(t.TempDir(), "answers.yaml")
	year := time.Now().Year()
	for text, wants := range map[string][]string{
		fmt.Sprintf("{period: %d-01-01, object: {size: 10}, changes: [{from: %[1]d-07-01, facts: {in_use: false}}]}", year): {
			"boat-tax, as of ", fmt.Sprintf("%d-07-01 to %[1]d-12-31 (184): €12", year), "§ Name of the act, section 1", "Relief for what is not in use",
		},
		fmt.Sprintf("{period: %d-02-01, object: {size: 10}}", year): {"no period begins on "},
		"{}": {"\"period\" is missing"},
	} {
		if err := os.WriteFile(answers, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := call(t, "explain", dir, "boat-tax", answers)
		for _, want := range wants {
			if !strings.Contains(out+errs, want) || (code == 0) != (len(wants) > 1) {
				t.Errorf("%s: exit %d, no %q in %q, %q", text, code, want, out, errs)
			}
		}
	}
}

// TestServeSaysAllThatIsMissing asks for one list, without starting anything.
func TestServeSaysAllThatIsMissing(t *testing.T) {
	for _, args := range [][]string{{"serve", "--check"}, {"serve"}} {
		code, out, errs := call(t, args...)
		for _, want := range []string{"no jurisdiction:", "no url:", "no mail host:", "no mail.from:"} {
			if !strings.Contains(errs, want) {
				t.Errorf("%v does not say %q: %q", args, want, errs)
			}
		}
		if code != exitNo || out != "" {
			t.Errorf("%v: exit %d, %q", args, code, out)
		}
	}
	settings := filepath.Join(t.TempDir(), "stoa.yaml")
	if err := os.WriteFile(settings, []byte("url: https://services.example\nmial: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t, "serve", "--check", "--config", settings); code != exitNo || !strings.Contains(errs, "mial") || !strings.Contains(errs, settings) {
		t.Errorf("an unknown setting: exit %d, %q", code, errs)
	}
}

// TestStaffAsAProcess looks at the real exit code and streams once.
func TestStaffAsAProcess(t *testing.T) {
	data := t.TempDir()
	out, err := process(t.Context(), nil, "staff", "--data", data, "--name", "Ada", "--email", "ada@town.example", "--role", "administrator", "--organisation", "council").Output()
	if err != nil || !strings.HasPrefix(string(out), "ada@town.example is now administrator in council\n") || !strings.Contains(string(out), "/invitation/") {
		t.Errorf("%q, %v", out, err)
	}
	cmd := process(t.Context(), nil, "staff", "--data", data, "--email", "ada@town.example", "--role", "king", "--organisation", "council")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != exitNo || !strings.Contains(errs.String(), `no role "king"`) {
		t.Errorf("an unknown role: %v, %q", err, errs.String())
	}
	if err := process(t.Context(), nil, "frobnicate").Run(); err == nil || err.(*exec.ExitError).ExitCode() != exitUsage {
		t.Errorf("an unknown command: %v", err)
	}
}

// process is the built program, with nothing of this machine's settings.
func process(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent"}, env...)
	cmd.Stderr = io.Discard
	return cmd
}
