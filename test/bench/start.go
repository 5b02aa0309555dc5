package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// start measures the program itself: from its start on an existing database until it answers that it
// is ready, and its memory, idle and under load. It needs the style sheets (make build does all).
func start(ctx context.Context, o options, out io.Writer) error {
	w, err := large(ctx, o, o.cases)
	if err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	program := filepath.Join(o.dir, "stoa")
	if built, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/stoa").CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, built)
	}
	fmt.Fprintf(out, "\nThe program on a database of %s cases\n\n| | |\n|---|---:|\n", thousands(float64(o.cases)))
	for range o.rounds {
		p, err := launch(ctx, program, filepath.Join(o.dir, fmt.Sprintf("cases-%d", o.cases)))
		if err != nil {
			return err
		}
		err = p.report(ctx, o, out)
		if err := errors.Join(err, p.stop()); err != nil {
			return err
		}
	}
	return nil
}

type program struct {
	*exec.Cmd
	url   string
	ready time.Duration
}

func launch(ctx context.Context, path, data string) (*program, error) {
	p := &program{Cmd: exec.CommandContext(ctx, path, "demo", "--addr", "127.0.0.1:0", "--data", data)}
	told, err := p.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := p.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(told)
	for p.url == "" && lines.Scan() {
		if _, after, ok := strings.Cut(lines.Text(), "http://"); ok {
			p.url = "http://" + strings.Fields(after)[0]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	if p.url == "" {
		return nil, errors.Join(errors.New("the program told no address"), p.stop())
	}
	for {
		answer, err := http.Get(p.url + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				p.ready = time.Since(begun)
				return p, nil
			}
		}
		if time.Since(begun) > time.Minute {
			return nil, errors.Join(errors.New("the program is not ready after a minute"), err, p.stop())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (p *program) report(ctx context.Context, o options, out io.Writer) error {
	idle, err := memory(p.Process.Pid)
	if err != nil {
		return err
	}
	r, err := ask(ctx, job{p.url + "/services/" + eventsID, "", "br", 64, o.each})
	if err != nil {
		return err
	}
	busy, err := memory(p.Process.Pid)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "| start to ready | %s |\n| resident memory, idle | %d MB |\n| resident memory, after %s pages to 64 clients | %d MB |\n",
		short(p.ready), idle, thousands(float64(r.Count)), busy)
	return nil
}

// memory is what of a process is resident, in MB.
func memory(process int) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.Atoi(strings.Fields(rest)[0])
			return kb / 1024, err
		}
	}
	return 0, errors.New("the system does not tell how much memory a process uses")
}

func (p *program) stop() error {
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	var ended *exec.ExitError
	if err := p.Wait(); err != nil && !errors.As(err, &ended) {
		return err
	}
	return nil
}
