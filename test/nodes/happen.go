package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"
)

// roll stops and starts one node after the other, as a restart; or, from an earlier version, to the later, back, and on again.
// Between two nodes of different versions there is time in which people are led through both.
func roll(life context.Context, w *world, _ *rand.Rand) error {
	always := context.WithoutCancel(life)
	steps := []step{{"restarted", w.o.program}, {"restarted", w.o.program}}
	if w.o.next != w.o.program {
		steps = []step{{"upgraded", w.o.next}, {"rolled back", w.o.program}, {"upgraded", w.o.next}}
	}
	for _, to := range steps {
		for _, n := range w.nodes {
			if err := n.stop(); err != nil {
				return err
			}
			if err := n.start(always, to.program); err != nil {
				return err
			}
			w.tell(to.what)
			time.Sleep(3 * probe) // the proxy hears of it, as an operator would wait for
			if w.o.next != w.o.program {
				wait(life, 1000)
			}
		}
	}
	return nil
}

// step is what becomes of every node, one after the other.
type step struct{ what, program string }

// killNode kills one of the nodes, at some moment, and starts it again.
func killNode(life context.Context, w *world, dice *rand.Rand) error {
	always := context.WithoutCancel(life)
	for {
		wait(life, 500+dice.IntN(2000))
		if life.Err() != nil {
			return nil
		}
		n := w.nodes[dice.IntN(len(w.nodes))]
		n.kill()
		w.tell("node killed")
		wait(life, dice.IntN(1000))
		if err := n.start(always, w.o.program); err != nil {
			return err
		}
	}
}

// killPostgres kills the database server, and starts it again.
func killPostgres(life context.Context, w *world, dice *rand.Rand) error {
	always := context.WithoutCancel(life)
	for {
		wait(life, 1500+dice.IntN(2500))
		if life.Err() != nil {
			return nil
		}
		w.primary.kill()
		w.tell("database killed")
		wait(life, dice.IntN(500))
		if err := w.primary.start(always); err != nil {
			return err
		}
	}
}

// failOver kills the primary and promotes the standby, once: what comes after is a database without a standby, which an operator
// would give another.
func failOver(life context.Context, w *world, dice *rand.Rand) error {
	always := context.WithoutCancel(life)
	wait(life, 2000+dice.IntN(2000))
	w.primary.kill()
	w.line.set(0, true)
	w.tell("primary killed")
	begun := time.Now()
	// What a manager such as Patroni does when the primary's lease has ended.
	if err := w.standby.say(always, "ALTER SYSTEM SET synchronous_standby_names = ''"); err != nil {
		return err
	}
	if err := w.standby.tool(always, "pg_ctl", "promote", "-w", "-D", filepath.Join(w.standby.dir)); err != nil {
		return err
	}
	w.tell(fmt.Sprintf("standby promoted in %.1f s", time.Since(begun).Seconds()))
	return nil
}
