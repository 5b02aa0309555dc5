package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// server is a PostgreSQL of our own, with syncs.
type server struct {
	bin, dir string
	port     int
	more     []string // settings
	as       *syscall.Credential
	cmd      *exec.Cmd
	gone     chan error
}

// newServer makes an empty one, or a standby of another.
func newServer(ctx context.Context, root, name string, of *server, more ...string) (*server, error) {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		return nil, errors.New("PostgreSQL is not installed (Debian: apt-get install postgresql-15)")
	}
	s := &server{bin: bins[len(bins)-1], dir: filepath.Join(root, name), more: more}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	if s.as, err = postgresUser(root); err != nil {
		return nil, err
	}
	if of != nil {
		err = s.tool(ctx, "pg_basebackup", "-D", s.dir, "-h", "127.0.0.1", "-p", strconv.Itoa(of.port), "-U", "stoa", "-R", "-X", "stream", "-c", "fast", "-S", "standby", "-C", "-d", "application_name=standby")
	} else {
		err = s.tool(ctx, "initdb", "-D", s.dir, "-U", "stoa", "-A", "trust", "-E", "UTF8", "--locale=C")
	}
	if err == nil {
		err = s.start(ctx)
	}
	return s, err
}

// postgresUser is as whom servers run in a folder: as root PostgreSQL does not. nil is as ourselves.
func postgresUser(root string) (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.Atoi(u.Uid)
	gid, gidErr := strconv.Atoi(u.Gid)
	if err := errors.Join(uidErr, gidErr, os.Chown(root, uid, gid)); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

func (s *server) tool(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	cmd.Dir, cmd.Env = filepath.Dir(s.dir), []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

// start starts it and waits until it answers.
func (s *server) start(ctx context.Context) error {
	log, err := os.OpenFile(s.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	_ = os.Remove(filepath.Join(s.dir, "postmaster.pid")) // of one that was killed
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.dir, "-k", s.dir, "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "wal_level=replica", "-c", "hot_standby=on", "-c", "max_wal_senders=4",
		"-c", "min_wal_size=32MB", "-c", "max_wal_size=64MB")
	s.cmd.Args = append(s.cmd.Args, s.more...)
	s.cmd.Dir, s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = s.dir, []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}, log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.gone = make(chan error, 1)
	go func(cmd *exec.Cmd, gone chan error) { gone <- cmd.Wait() }(s.cmd, s.gone)
	for range 300 {
		if s.tool(ctx, "pg_isready", "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "stoa", "-d", "postgres") == nil {
			return nil
		}
		select {
		case err := <-s.gone:
			s.gone <- err
			return fmt.Errorf("PostgreSQL does not start: %v; its log is %s.log", err, s.dir)
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("PostgreSQL does not answer; its log is %s.log", s.dir)
}

func (s *server) say(ctx context.Context, sql string) error {
	return s.tool(ctx, "psql", "-X", "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "stoa", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", sql)
}

// kill ends it and all of its own at once, as the loss of its machine would.
func (s *server) kill() {
	if s == nil || s.cmd == nil || s.cmd.Process == nil {
		return
	}
	pid := s.cmd.Process.Pid
	_ = syscall.Kill(pid, syscall.SIGSTOP) // it must not notice
	for _, child := range children(pid) {
		_ = syscall.Kill(child, syscall.SIGKILL)
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
	err := <-s.gone
	s.gone <- err
}

func children(of int) (all []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat") // only a wrong pattern fails
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // ended meanwhile
		}
		var pid, parent int
		var state string
		after := text[bytes.LastIndexByte(text, ')')+1:]
		if _, err := fmt.Sscan(string(after), &state, &parent); err == nil && parent == of {
			if pid, err = strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				all = append(all, pid)
			}
		}
	}
	return all
}

func (s *server) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
