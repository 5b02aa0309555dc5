// Command crash kills the program while people use it, and looks whether anything that they were told is lost or there twice.
//
// It starts `stoa demo` on a folder, lets many people apply and pay over HTTP as fast as they can, kills it with SIGKILL at
// some moment, starts it again on what is left, and so on. At the end everybody comes back with what they hold: whoever was told
// that an application was sent must find it under the same number; whoever was not sends the same form once more, and gets one
// application, not two. Then the books, the log and everything else must agree (`stoa doctor`).
//
//	go run ./test/crash -seconds 60 -seed 1
//
// With -mode disk the disk of its database is filled to the last byte and made free again instead, while the program runs (needs
// root: the disk is a tmpfs); it must go on by itself.
//
// The last line is: acknowledged, found, lost, doubled. The same seed kills at the same moments of the load's clock; how far the
// people are by then depends on the machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"sync"
	"time"

	"stoa/internal/visitor"
)

type options struct {
	program, folder string
	seconds         int
	seed            uint64
	people          int
	data, mode      string
}

func main() {
	var o options
	flag.StringVar(&o.program, "program", "bin/stoa", "the program")
	flag.StringVar(&o.folder, "jurisdiction", "jurisdictions/greenvale", "folder of the jurisdiction")
	flag.IntVar(&o.seconds, "seconds", 60, "how long people use it, without the starts")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what decides when it is killed")
	flag.IntVar(&o.people, "people", 8, "how many use it at once")
	flag.StringVar(&o.data, "data", "", "folder to use and keep (default: one that is removed)")
	flag.StringVar(&o.mode, "mode", "kill", "what happens: kill or disk")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	well, err := run(ctx, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
	}
	if err != nil || !well {
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (well bool, err error) {
	if o.data == "" {
		if o.data, err = os.MkdirTemp("", "stoa-crash-"); err != nil {
			return false, err
		}
		defer func() {
			if well {
				_ = os.RemoveAll(o.data)
			} else {
				fmt.Println("what is left of it lies in", o.data)
			}
		}()
	}
	fmt.Printf("seed %d, %d people, %d s\n", o.seed, o.people, o.seconds)
	if o.mode == "disk" {
		if os.Geteuid() != 0 {
			fmt.Println("could not run: disk: only root makes a small disk")
			return true, nil
		}
		free, err := smallDisk(ctx, o.data)
		if err != nil {
			return false, err
		}
		defer free()
	}
	plans, err := visitor.Plans(os.DirFS(o.folder), time.Now())
	if err != nil {
		return false, err
	}
	first, err := launch(ctx, o)
	if err != nil {
		return false, err
	}
	if err := first.end(os.Interrupt); err != nil {
		return false, err
	}
	before, err := count(ctx, o.data)
	if err != nil {
		return false, err
	}
	l := &load{plans: plans, dice: rand.New(rand.NewPCG(o.seed, 1))}
	kills := 0
	if o.mode == "disk" {
		if err := l.fullDisk(ctx, o); err != nil {
			return false, err
		}
	}
	for left := time.Duration(o.seconds) * time.Second; left > 0 && ctx.Err() == nil && o.mode == "kill"; kills++ {
		last := 300*time.Millisecond + time.Duration(l.roll(2700))*time.Millisecond
		if err := l.round(ctx, o, last); err != nil {
			return false, fmt.Errorf("round %d: %w", kills+1, err)
		}
		left -= last
		fmt.Printf("killed after %v: %d applications sent so far, %d payments, %d not answered\n", last, l.acknowledged(), l.payments(), l.doubtful())
	}
	v, err := l.verdict(ctx, o, before)
	if err != nil {
		return false, err
	}
	fmt.Printf("%d kills; %d payments acknowledged, %d found; doctor: %s\n", kills, l.payments(), v.paid, v.doctor)
	fmt.Printf("acknowledged %d, found %d, lost %d, doubled %d\n", v.acknowledged, v.found, v.lost, v.doubled)
	return v.lost == 0 && v.doubled == 0 && v.paid == l.payments() && v.doctor == "everything agrees", nil
}

// load is everybody who uses the program, over all its lives.
type load struct {
	plans []visitor.Plan
	mu    sync.Mutex
	dice  *rand.Rand
	all   []*visitor.Person
}

func (l *load) roll(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dice.IntN(n)
}

func (l *load) next() (*visitor.Person, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, err := visitor.New(len(l.all), l.plans[l.dice.IntN(len(l.plans))])
	if err == nil {
		l.all = append(l.all, p)
	}
	return p, err
}

func (l *load) tally(is func(*visitor.Person) bool) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.all {
		if is(p) {
			n++
		}
	}
	return n
}

func (l *load) acknowledged() int { return l.tally(func(p *visitor.Person) bool { return p.Sent }) }
func (l *load) payments() int     { return l.tally(func(p *visitor.Person) bool { return p.Paid != "" }) }
func (l *load) doubtful() int {
	return l.tally(func(p *visitor.Person) bool { return p.Form != nil && !p.Sent })
}

// round is one life of the program.
func (l *load) round(ctx context.Context, o options, last time.Duration) error {
	s, err := launch(ctx, o)
	if err != nil {
		return err
	}
	life, kill := context.WithTimeout(ctx, last)
	defer kill()
	var busy sync.WaitGroup
	failed := make(chan error, o.people)
	for range o.people {
		busy.Go(func() {
			for life.Err() == nil {
				// A request that is under way when the program is killed ends by itself.
				p, err := l.next()
				if err == nil {
					err = p.Apply(ctx, s.url)
				}
				if err != nil && life.Err() == nil && s.alive() {
					select {
					case failed <- err:
					default:
					}
					return
				}
			}
		})
	}
	<-life.Done()
	if err := s.end(os.Kill); err != nil {
		return err
	}
	busy.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
