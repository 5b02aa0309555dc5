package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cluster is two PostgreSQL servers that Patroni keeps: one writes, the other has what was acknowledged, and etcd holds the lease.
type cluster struct {
	running []*exec.Cmd
	members []member
}

type member struct {
	name, dir  string
	port, rest int
	patroni    *exec.Cmd
}

const patroniFile = `scope: stoa
name: %[1]s
restapi: {listen: "127.0.0.1:%[2]d", connect_address: "127.0.0.1:%[2]d"}
etcd3: {host: "127.0.0.1:%[3]d"}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 2
    retry_timeout: 5
    synchronous_mode: true
    postgresql:
      parameters: {synchronous_commit: remote_apply, max_connections: 200, shared_buffers: 64MB}
  initdb: [{encoding: UTF8}, {locale: C}, {auth: trust}]
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
postgresql:
  listen: 127.0.0.1:%[4]d
  connect_address: 127.0.0.1:%[4]d
  data_dir: %[5]s
  bin_dir: %[6]s
  pgpass: %[5]s.pass
  authentication: {superuser: {username: stoa}, replication: {username: replicator}}
  parameters: {unix_socket_directories: %[7]s}
`

// startCluster starts etcd and both members, and waits until one writes and the other follows it in step.
func startCluster(ctx context.Context, root string) (c *cluster, err error) {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		return nil, errors.New("PostgreSQL is not installed (Debian: apt-get install postgresql-15)")
	}
	as, err := postgresUser(root)
	if err != nil {
		return nil, err
	}
	c = &cluster{}
	start := func(name string, args ...string) (*exec.Cmd, error) {
		log, err := os.Create(filepath.Join(root, filepath.Base(args[len(args)-1])+".log"))
		if err != nil {
			return nil, err
		}
		defer log.Close()
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = root, []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}, log, log
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true, Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		c.running = append(c.running, cmd)
		return cmd, nil
	}
	var ports [6]int
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return c, err
		}
	}
	client, peer := "http://127.0.0.1:"+strconv.Itoa(ports[0]), "http://127.0.0.1:"+strconv.Itoa(ports[1])
	if _, err := start("etcd", "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
		"--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer, "--data-dir", filepath.Join(root, "etcd")); err != nil {
		return c, err
	}
	for i, name := range []string{"first", "second"} {
		m := member{name: name, dir: filepath.Join(root, name), port: ports[2+2*i], rest: ports[3+2*i]}
		file := filepath.Join(root, name+".yml")
		text := fmt.Sprintf(patroniFile, name, m.rest, ports[0], m.port, m.dir, bins[len(bins)-1], root)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return c, err
		}
		if m.patroni, err = start("patroni", file); err != nil {
			return c, err
		}
		c.members = append(c.members, m)
		role := []string{"/primary", "/sync"}[i]
		if err := m.is(ctx, role, 90*time.Second); err != nil {
			return c, err
		}
	}
	return c, nil
}

// is waits until a member says that it has a role.
func (m member) is(ctx context.Context, role string, most time.Duration) error {
	ask := http.Client{Timeout: time.Second}
	for begun := time.Now(); time.Since(begun) < most && ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		if answer, err := ask.Get("http://127.0.0.1:" + strconv.Itoa(m.rest) + role); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is not %s after %v; its log is %s.yml.log", m.name, role, most, m.dir)
}

// url names both members; the one that takes writes is found.
func (c *cluster) url() string {
	return fmt.Sprintf("postgres://stoa@127.0.0.1:%d,127.0.0.1:%d/postgres?sslmode=disable&connect_timeout=2&target_session_attrs=read-write",
		c.members[0].port, c.members[1].port)
}

// kill ends a member's server and its manager at once, as the loss of its machine would.
func (m member) kill() {
	_ = m.patroni.Process.Signal(syscall.SIGKILL) // it may be gone
	text, err := os.ReadFile(filepath.Join(m.dir, "postmaster.pid"))
	if err != nil {
		return
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(line); err == nil && pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
		for _, child := range children(pid) {
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func (c *cluster) end() {
	if c == nil {
		return
	}
	for _, m := range c.members {
		m.kill()
	}
	for _, cmd := range c.running {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, which is no news
	}
}

// losePrimary kills the machine of the primary; nobody does anything about it but Patroni.
func losePrimary(life context.Context, w *world, dice *rand.Rand) error {
	wait(life, 2000+dice.IntN(1000))
	w.cluster.members[0].kill()
	begun := time.Now()
	w.tell("primary's machine lost")
	if err := w.cluster.members[1].is(context.WithoutCancel(life), "/primary", time.Minute); err != nil {
		return err
	}
	w.tell(fmt.Sprintf("Patroni promoted the standby after %.0f s", time.Since(begun).Seconds()))
	return nil
}
