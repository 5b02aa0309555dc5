// Command nodes runs several processes of `stoa serve` on one PostgreSQL behind a proxy, lets many people apply through it,
// and meanwhile does to it what happens in real life:
//
//	roll      every node is stopped as an operator does and started again, then with -from, is replaced by a later version, put back, and replaced again: both serve one database at once
//	kill      a node is killed with SIGKILL, at some moment, and started again
//	postgres  the database server is killed with SIGKILL, and started again
//	failover  there is a standby with remote_apply; the primary is killed, and the standby promoted
//	network   the line to the database is slow and is cut, again and again
//	silence   the line to the database says nothing for 20 s, and breaks no connection
//	clock     the clocks of the nodes jump forth and back, each by itself
//	disk      the disk of the database is full, again and again (needs root: the disk is a tmpfs)
//	patroni   Patroni and etcd keep two servers; the machine of the primary is lost, and nobody does anything (Debian: patroni, etcd-server)
//	replica   a standby answers pages, lags as it likes, and is killed once; after each page people look whether it shows what they typed
//	follow    a standby answers pages, and nothing happens to it
//	past      nothing happens; afterwards a server is made that stands where the database stood at a moment in between
//
// Then everybody comes back with what they hold: whoever was told that an application was sent must find it under the same
// number; whoever was not sends the same form once more, and gets one application, not two. No message was sent twice but where
// a node died, the log of the nodes names nobody, and `stoa doctor` finds that everything agrees. While nodes roll, no request
// may fail.
//
//	go run ./test/nodes -mode roll,failover -seconds 20 -seed 1
//
// The last line is: acknowledged, found, lost, doubled. A seed repeats the moments, not how far people are by then.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

type options struct {
	program, next, folder string
	seconds, people       int
	seed                  uint64
	forget                bool
}

// mode is something that happens to the nodes while people use them.
type mode struct {
	name   string
	needs  need
	fails  bool // requests may fail while it happens
	least  int  // seconds that it takes
	whole  bool // goes on until all of it has happened, on a slow machine too
	happen func(ctx context.Context, w *world, dice *rand.Rand) error
}

// need is what a world must have besides.
type need struct {
	standby bool
	clocks  bool // of the nodes' own, which can be wrong
	patroni bool // a cluster that looks after itself
	archive bool // of the database's log
	disk    bool // of the database's own, which can be full
	replica bool // a standby that answers pages
}

var modes = []mode{
	{"roll", need{}, false, 0, true, roll}, {"kill", need{}, true, 0, false, killNode}, {"postgres", need{}, true, 0, false, killPostgres},
	{"failover", need{standby: true}, true, 0, false, failOver}, {"network", need{}, true, 0, false, badLine}, {"silence", need{}, true, 28, false, silence},
	{"clock", need{clocks: true}, false, 0, false, wrongClocks}, {"disk", need{disk: true}, true, 0, false, fullDisk},
	{"patroni", need{patroni: true}, true, 45, false, losePrimary},
	{"replica", need{replica: true}, false, 8, false, lag}, {"follow", need{replica: true}, false, 0, false, nothing},
	{"past", need{archive: true}, false, 8, false, goBack},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "nodes:", err)
		os.Exit(1)
	}
}

func run() error {
	var o options
	var which, from string
	flag.StringVar(&o.program, "program", "bin/stoa", "the program")
	flag.StringVar(&from, "from", "", "commit of an earlier version, from which nodes roll to the program, back, and to it again (default: the program rolls to itself)")
	flag.StringVar(&o.folder, "jurisdiction", "jurisdictions/greenvale", "folder of the jurisdiction")
	flag.StringVar(&which, "mode", "roll,kill,postgres,failover,network,silence,clock,disk,replica,past,patroni", "what happens")
	flag.IntVar(&o.seconds, "seconds", 15, "how long people use it, in each mode")
	flag.IntVar(&o.people, "people", 4, "how many use it at once")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what decides when things happen")
	flag.BoolVar(&o.forget, "forget", false, "browsers forget what they have seen, so that mode replica finds people who are shown what is older: it must")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o.next = o.program
	if from != "" {
		old, err := build(ctx, from, o.folder)
		defer os.RemoveAll(old.dir)
		if err != nil {
			return err
		}
		o.program, o.folder = old.program, old.folder
	}
	fmt.Printf("seed %d, %d people, %d s in each mode\n", o.seed, o.people, o.seconds)
	well := true
	var sum verdict
	for name := range strings.SplitSeq(which, ",") {
		v, err := try(ctx, o, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		well = well && v.well
		sum.acknowledged, sum.found, sum.lost, sum.doubled = sum.acknowledged+v.acknowledged, sum.found+v.found, sum.lost+v.lost, sum.doubled+v.doubled
	}
	fmt.Printf("acknowledged %d, found %d, lost %d, doubled %d\n", sum.acknowledged, sum.found, sum.lost, sum.doubled)
	if !well {
		return errors.New("not as it should be")
	}
	return nil
}

// patience is how long an answer, of whatever kind, may take at most.
const patience = 18 * time.Second

// try builds a world, lets one thing happen to it, and judges.
func try(ctx context.Context, o options, name string) (v verdict, err error) {
	var m *mode
	for i := range modes {
		if modes[i].name == name {
			m = &modes[i]
		}
	}
	if m == nil {
		return v, errors.New("there is no such mode")
	}
	if m.needs.disk && os.Geteuid() != 0 {
		fmt.Println("could not run: disk: only root makes a small disk")
		return verdict{well: true}, nil
	}
	if m.needs.patroni {
		for _, name := range []string{"patroni", "etcd"} {
			if _, err := exec.LookPath(name); err != nil {
				fmt.Println("could not run: patroni: Debian's patroni and etcd-server are not installed")
				return verdict{well: true}, nil
			}
		}
	}
	if m.needs.clocks {
		if o.program, err = buildWrong(ctx); err != nil {
			return v, err
		}
		o.next = o.program
		defer os.RemoveAll(filepath.Dir(o.program))
	}
	w, err := begin(ctx, o, m.needs)
	defer func() { w.end(v.well) }()
	if err != nil {
		return v, err
	}
	before, err := w.count(ctx)
	if err != nil {
		return v, err
	}
	dice := rand.New(rand.NewPCG(o.seed, uint64(len(name))))
	least := time.Duration(max(o.seconds, m.least)) * time.Second
	enough, over := context.WithTimeout(ctx, least)
	defer over()
	life, end := enough, over
	if m.whole {
		life, end = context.WithCancel(ctx)
		defer end()
	}
	l := newLoad(w.plans, o.people)
	l.lookBack, l.forget = m.needs.replica, o.forget
	w.load = l
	busy := l.start(ctx, life, w.url)
	err = m.happen(life, w, dice)
	<-enough.Done()
	end()
	busy.Wait()
	if err != nil {
		return v, err
	}
	said := ""
	if m.needs.replica {
		if said, err = w.answered(ctx); err != nil {
			return v, err
		}
	}
	v, err = w.judge(ctx, l, before)
	if err != nil {
		return v, err
	}
	if m.needs.replica {
		looked, stale := l.stale()
		fmt.Printf("replica: %d pages looked at again, %d of them older than what was typed; %s\n", looked, len(stale), said)
		if len(stale) > 0 {
			fmt.Println("the first:", stale[0])
		}
		v.well = v.well && looked > 0 && len(stale) == 0
	}
	failed, first := l.failed()
	fmt.Printf("%s: %d requests, %d failed (%s); %s; longest time without an acknowledgement %.1f s; longest answer %.1f s; %d messages, %d of them twice; doctor: %s\n",
		name, l.requests(), failed, first, w.story(), l.longest().Seconds(), l.longer.Seconds(), v.messages, v.repeated, v.doctor)
	if l.longer > patience {
		fmt.Printf("somebody was left without an answer for %.1f s\n", l.longer.Seconds())
		v.well = false
	}
	if failed > 0 && !m.fails {
		fmt.Println("while this happens, no request may fail")
		v.well = false
	}
	if v.repeated > 0 && !m.fails && !m.needs.clocks { // a clock that jumps ends leases of others
		fmt.Println("a message was sent twice, and no node died")
		v.well = false
	}
	return v, nil
}
