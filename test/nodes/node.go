package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// node is one process of `stoa serve`, through all its lives.
type node struct {
	addr, log string
	metrics   string // where its figures are, "" for nowhere
	data      string
	folder    string
	env       []string
	cmd       *exec.Cmd
	gone      chan error
}

// drain is how long a node goes on answering after it was told to end: some probes of the proxy.
const drain = 5 * probe

func (w *world) newNode(i int, addr string) (*node, error) {
	name := "node" + strconv.Itoa(i+1)
	shared := func(file string) string { return filepath.Join(w.dir, file) }
	n := &node{addr: addr, log: filepath.Join(w.dir, name+".log"), folder: w.o.folder, data: filepath.Join(w.dir, name), env: []string{
		"PATH=/usr/bin:/bin", "STOA_JURISDICTION=" + w.o.folder, "STOA_DATA=" + filepath.Join(w.dir, name), "STOA_ADDR=" + addr, "STOA_URL=" + w.url,
		"STOA_DATABASE=" + w.database, "STOA_KEYS=" + shared("keys"), "STOA_LOG_KEYS=" + shared("log.keys"), "STOA_CREDENTIALS_KEYS=" + shared("credential.keys"),
		"STOA_PROXY=true", "STOA_FORMS=1000000", "STOA_DRAIN=" + drain.String(), "STOA_MAIL_HOST=127.0.0.1", "STOA_MAIL_PORT=" + strconv.Itoa(w.mail.port),
		"STOA_MAIL_TLS=none", "STOA_MAIL_FROM=services@town.example", "STOA_MAIL_NAME=Town",
	}}
	if w.replica != "" {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		n.metrics = "127.0.0.1:" + strconv.Itoa(port)
		n.env = append(n.env, "STOA_REPLICAS="+w.replica, "STOA_METRICS="+n.metrics)
	}
	return n, nil
}

// start starts a program as this node, and waits until it is ready.
func (n *node) start(ctx context.Context, program string) error {
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	n.cmd = exec.Command(program, "serve")
	n.cmd.Env, n.cmd.Stderr = n.env, log
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := n.cmd.Start(); err != nil {
		return err
	}
	n.gone = make(chan error, 1)
	go func(cmd *exec.Cmd, gone chan error) { gone <- cmd.Wait() }(n.cmd, n.gone)
	ask := http.Client{Timeout: time.Second}
	for begun := time.Now(); time.Since(begun) < 3*time.Minute; {
		if answer, err := ask.Get("http://" + n.addr + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-n.gone:
			n.gone <- err
			return fmt.Errorf("a node does not start: %v; its log is %s", err, n.log)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(probe / 2):
		}
	}
	return fmt.Errorf("a node is not ready after three minutes; its log is %s", n.log)
}

// stop ends it as an operator does.
func (n *node) stop() error {
	select {
	case err := <-n.gone:
		n.gone <- err
		return fmt.Errorf("a node has ended by itself: %v; its log is %s", err, n.log)
	default:
	}
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-n.gone:
		n.gone <- err
		if err != nil {
			return fmt.Errorf("a node that was asked to end failed: %w; its log is %s", err, n.log)
		}
		return nil
	case <-time.After(time.Minute):
		return errors.New("a node does not end")
	}
}

func (n *node) kill() {
	if n.cmd == nil || n.cmd.Process == nil {
		return
	}
	_ = n.cmd.Process.Kill() // it may be gone
	err := <-n.gone
	n.gone <- err
}

// doctor says what `stoa doctor` finds of the installation that the node belongs to.
func (n *node) doctor(ctx context.Context, program string) string {
	cmd := exec.CommandContext(ctx, program, "doctor", "--jurisdiction", n.folder)
	cmd.Env = n.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		var wrong []string
		for line := range strings.SplitSeq(string(out), "\n") {
			if strings.Contains(line, "!") || strings.HasPrefix(line, "stoa:") {
				wrong = append(wrong, strings.TrimSpace(line))
			}
		}
		return fmt.Sprintf("%v: %s", err, strings.Join(wrong, "; "))
	}
	return agrees
}

const agrees = "everything agrees"
