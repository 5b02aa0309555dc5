package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"stoa/internal/visitor"
	"stoa/jurisdictions"
)

// TestAnOfficerDecidesInTheDemo: somebody applies in a demo that runs, an officer decides it once and finds the letter, and then
// nothing waits.
func TestAnOfficerDecidesInTheDemo(t *testing.T) {
	site := demonstration(t)
	plans, err := visitor.Plans(jurisdictions.Greenvale(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	desks, err := visitor.Desks(jurisdictions.Greenvale())
	if err != nil || len(desks) != 2 {
		t.Fatalf("%d desks, %v", len(desks), err)
	}
	if !visitor.Demonstration(t.Context(), site) {
		t.Fatal("the demo does not pass for one")
	}
	var asked []string
	officer := visitor.NewOfficer(1000, desks[0])
	officer.Asked = func(what string, _ time.Duration, _ int, _ error) { asked = append(asked, what) }
	anything := func(string) bool { return true }
	err = nil
	for n := 0; err == nil && n < 10; n++ { // those of the demo's own
		err = officer.Decide(t.Context(), site, anything)
	}
	if !errors.Is(err, visitor.ErrNothingWaits) {
		t.Fatalf("before anybody applied: %v", err)
	}
	for i, plan := range plans {
		p, err := visitor.New(i, plan)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Apply(t.Context(), site); err != nil {
			t.Fatal(err)
		}
	}
	if err := officer.Decide(t.Context(), site, func(string) bool { return false }); !errors.Is(err, visitor.ErrNothingWaits) {
		t.Errorf("a case that is not theirs to take: %v", err)
	}
	if err := officer.Decide(t.Context(), site, anything); err != nil {
		t.Fatal(err)
	}
	if err := visitor.NewOfficer(1001, desks[1]).Decide(t.Context(), site, anything); !errors.Is(err, visitor.ErrNothingWaits) {
		t.Errorf("after the only case was decided: %v", err)
	}
	all := strings.Join(asked, "\n")
	if strings.Count(all, "POST /demo/…") != 1 {
		t.Errorf("an officer who is signed in signs in again:\n%s", all)
	}
	const way = "GET /desk/cases\nGET /desk/cases/…\nGET /desk/cases/…/do/…\nPOST /desk/cases/…/do/…\nGET /desk/cases/…\nGET /desk/cases/…/letters/…"
	if !strings.HasSuffix(all, way) {
		t.Errorf("the way was not\n%s\nbut\n%s", way, all)
	}
}

// demonstration runs one with few cases of its own.
func demonstration(t *testing.T) (site string) {
	t.Helper()
	program := process(context.WithoutCancel(t.Context()), nil, "demo", "--addr", "127.0.0.1:0", "--cases", "1", "--data", t.TempDir())
	program.Stderr = os.Stderr
	told, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(told)
	for site == "" && lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), "http://"); ok {
			site = "http://" + strings.TrimRight(strings.Fields(after)[0], ".,/")
		}
	}
	rest := make(chan struct{})
	go func() { defer close(rest); _, _ = io.Copy(io.Discard, told) }()
	t.Cleanup(func() {
		if err := program.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		<-rest
		if err := program.Wait(); err != nil {
			t.Error(err)
		}
	})
	if site == "" {
		t.Fatal("the demo told no address")
	}
	return site
}
