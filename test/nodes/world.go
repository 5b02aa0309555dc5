package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"stoa/internal/visitor"
)

// world is a database, perhaps with a standby, the line to it, two nodes, the proxy before them, and where their mail goes.
type world struct {
	o          options
	dir        string
	url        string
	database   string // its address, as the nodes know it
	replica    string // the address of a standby that answers pages, "" for none
	primary    *server
	standby    *server
	cluster    *cluster // in place of both, nil for none
	line       *line
	nodes      []*node
	proxy      *proxy
	mail       *mailbox
	load       *load
	disk       string // mounted, "" for none
	plans      []visitor.Plan
	stop       context.CancelFunc
	mu         sync.Mutex
	happened   []string
	lastHappen map[string]int
}

// begin builds it, and waits until it serves.
func begin(ctx context.Context, o options, needs need) (w *world, err error) {
	ctx, stop := context.WithCancel(ctx)
	w = &world{o: o, stop: stop, lastHappen: map[string]int{}}
	if w.dir, err = os.MkdirTemp("", "stoa-nodes-"); err != nil {
		return w, err
	}
	if err := os.Chmod(w.dir, 0o755); err != nil {
		return w, err
	}
	if w.plans, err = visitor.Plans(os.DirFS(o.folder), time.Now()); err != nil {
		return w, err
	}
	databases := filepath.Join(w.dir, "postgres")
	if err := os.Mkdir(databases, 0o755); err != nil {
		return w, err
	}
	if needs.disk {
		if err := smallDisk(ctx, databases); err != nil {
			return w, err
		}
		w.disk = databases
	}
	if needs.patroni {
		if w.cluster, err = startCluster(ctx, databases); err != nil {
			return w, err
		}
		w.database = w.cluster.url()
	} else if err := w.servers(ctx, databases, needs); err != nil {
		return w, err
	}
	if w.mail, err = startMailbox(); err != nil {
		return w, err
	}
	var addrs []string
	for range 2 {
		port, err := freePort()
		if err != nil {
			return w, err
		}
		addrs = append(addrs, fmt.Sprintf("127.0.0.1:%d", port))
	}
	if w.proxy, err = startProxy(ctx, addrs); err != nil {
		return w, err
	}
	w.url = w.proxy.url
	for i, addr := range addrs { // the first makes the keys that all share
		n, err := w.newNode(i, addr)
		if err != nil {
			return w, err
		}
		w.nodes = append(w.nodes, n)
		if err := n.start(ctx, o.program); err != nil {
			return w, err
		}
	}
	time.Sleep(3 * probe) // until the proxy has heard of both
	return w, nil
}

// servers starts the database, with a standby if there is to be one, and the line to it.
func (w *world) servers(ctx context.Context, databases string, needs need) (err error) {
	var more []string
	if needs.archive {
		dir := filepath.Join(databases, "archive")
		if err := os.Mkdir(dir, 0o777); err != nil {
			return err
		}
		if err := os.Chmod(dir, 0o777); err != nil { // the server is another user
			return err
		}
		more = archive(dir)
	}
	w.primary, err = newServer(ctx, databases, "first", nil, more...)
	if err != nil {
		return err
	}
	if w.line, err = startLine(w.primary.addr()); err != nil {
		return err
	}
	w.database = "postgres://stoa@" + w.line.addr() + "/postgres?sslmode=disable"
	if needs.replica {
		if w.standby, err = newServer(ctx, databases, "second", w.primary); err != nil {
			return err
		}
		w.replica = "postgres://stoa@" + w.standby.addr() + "/postgres?sslmode=disable"
	}
	if needs.standby {
		if w.standby, err = newServer(ctx, databases, "second", w.primary); err != nil {
			return err
		}
		for _, sql := range []string{"ALTER SYSTEM SET synchronous_standby_names = '*'", "ALTER SYSTEM SET synchronous_commit = 'remote_apply'", "SELECT pg_reload_conf()"} {
			if err := w.primary.say(ctx, sql); err != nil {
				return err
			}
		}
		w.database = "postgres://stoa@" + w.line.addr() + "," + w.standby.addr() + "/postgres?sslmode=disable&connect_timeout=2&target_session_attrs=read-write"
	}
	return nil
}

// end takes it away; of one that went wrong the logs stay.
func (w *world) end(well bool) {
	for _, n := range w.nodes {
		n.kill()
	}
	w.primary.kill()
	w.standby.kill()
	w.cluster.end()
	w.stop()
	if w.proxy != nil {
		_ = w.proxy.server.Close()
	}
	if w.line != nil {
		_ = w.line.listener.Close()
	}
	if w.mail != nil {
		_ = w.mail.server.Close()
	}
	if w.disk != "" {
		if out, err := exec.Command("umount", "-l", w.disk).CombinedOutput(); err != nil {
			fmt.Printf("the small disk at %s stays: %v: %s\n", w.disk, err, out)
			return
		}
	}
	if well {
		_ = os.RemoveAll(w.dir)
	} else {
		fmt.Println("what is left of it lies in", w.dir)
	}
}

// tell notes what happened.
func (w *world) tell(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lastHappen[what]++; w.lastHappen[what] == 1 {
		w.happened = append(w.happened, what)
	}
}

func (w *world) story() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, what := range w.happened {
		all = append(all, fmt.Sprintf("%s %d×", what, w.lastHappen[what]))
	}
	return strings.Join(all, ", ")
}

// count is how many cases there are.
func (w *world) count(ctx context.Context) (int, error) { return countIn(ctx, w.database) }
