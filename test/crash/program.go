package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// program is one life of `stoa demo`.
type program struct {
	cmd  *exec.Cmd
	url  string
	log  *os.File
	over atomic.Bool
	gone chan error
}

// launch starts it on the folder and waits until it serves.
func launch(ctx context.Context, o options) (*program, error) {
	p := &program{cmd: exec.CommandContext(ctx, o.program, "demo", "--jurisdiction", o.folder, "--data", o.data, "--addr", "127.0.0.1:0", "--cases", "5"), gone: make(chan error, 1)}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if p.log, err = os.OpenFile(o.data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := strings.TrimSpace(lines.Text()); strings.HasPrefix(at, "http://") {
			p.url = at
		}
		if strings.HasPrefix(lines.Text(), "Mail lands at") {
			break
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, out)
		err := p.cmd.Wait()
		p.over.Store(true)
		p.gone <- err
	}()
	if p.url == "" {
		return nil, errors.Join(fmt.Errorf("the program did not start; its log is %s.log", o.data), p.end(os.Kill))
	}
	return p, nil
}

func (p *program) alive() bool { return !p.over.Load() }

// end ends it and waits until it is gone.
func (p *program) end(by os.Signal) error {
	if err := p.cmd.Process.Signal(by); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.gone:
		return p.log.Close()
	case <-time.After(time.Minute):
		return errors.New("the program does not end")
	}
}

// doctor says what `stoa doctor` finds.
func doctor(ctx context.Context, o options) string {
	out, err := exec.CommandContext(ctx, o.program, "doctor", "--jurisdiction", o.folder, "--data", o.data).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, out)
	}
	return "everything agrees"
}
