// Command nodes runs several processes of `stoa serve` on one PostgreSQL behind a proxy, lets many people apply through it,
// and meanwhile does to it what happens in real life:
//
//	roll      every node is stopped as an operator does and started again, then with -from, is replaced by a later version, put back, and replaced again: both serve one database at once
//	kill      a node is killed with SIGKILL, at some moment, and started again
//	postgres  the database server is killed with SIGKILL, and started again
//	failover  there is a standby with remote_apply; the primary is killed, and the standby promoted
//	network   the line to the database is slow and is cut, again and again
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
	"os/signal"
	"strings"
	"time"
)

type options struct {
	program, next, folder string
	seconds, people       int
	seed                  uint64
}

// mode is something that happens to the nodes while people use them.
type mode struct {
	name    string
	standby bool // needs one
	fails   bool // requests may fail while it happens
	happen  func(ctx context.Context, w *world, dice *rand.Rand) error
}

var modes = []mode{
	{"roll", false, false, roll}, {"kill", false, true, killNode}, {"postgres", false, true, killPostgres},
	{"failover", true, true, failOver}, {"network", false, true, badLine},
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
	flag.StringVar(&which, "mode", "roll,kill,postgres,failover,network", "what happens")
	flag.IntVar(&o.seconds, "seconds", 15, "how long people use it, in each mode")
	flag.IntVar(&o.people, "people", 4, "how many use it at once")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what decides when things happen")
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
	w, err := begin(ctx, o, m.standby)
	defer func() { w.end(v.well) }()
	if err != nil {
		return v, err
	}
	before, err := w.count(ctx)
	if err != nil {
		return v, err
	}
	dice := rand.New(rand.NewPCG(o.seed, uint64(len(name))))
	life, over := context.WithTimeout(ctx, time.Duration(o.seconds)*time.Second)
	defer over()
	l := newLoad(w.plans, o.people)
	busy := l.start(ctx, life, w.url)
	err = m.happen(life, w, dice)
	<-life.Done()
	busy.Wait()
	if err != nil {
		return v, err
	}
	v, err = w.judge(ctx, l, before)
	if err != nil {
		return v, err
	}
	failed, first := l.failed()
	fmt.Printf("%s: %d requests, %d failed (%s); %s; longest time without an acknowledgement %.1f s; %d messages, %d of them twice; doctor: %s\n",
		name, l.requests(), failed, first, w.story(), l.longest().Seconds(), v.messages, v.repeated, v.doctor)
	if failed > 0 && !m.fails {
		fmt.Println("while nodes roll, no request may fail")
		v.well = false
	}
	if v.repeated > 0 && !m.fails {
		fmt.Println("a message was sent twice, and no node died")
		v.well = false
	}
	return v, nil
}
