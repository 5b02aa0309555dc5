package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// lag lets the standby fall behind and catch up, over and over, and kills it once.
func lag(life context.Context, w *world, dice *rand.Rand) error {
	always := context.WithoutCancel(life)
	say := func(sql string) error { return w.standby.say(always, sql) }
	killed := false
	begun := time.Now()
	for life.Err() == nil {
		if err := say("SELECT pg_wal_replay_pause()"); err != nil {
			return err
		}
		w.tell("standby held up")
		wait(life, 100+dice.IntN(900))
		if err := say("SELECT pg_wal_replay_resume()"); err != nil {
			return err
		}
		wait(life, 50+dice.IntN(450))
		if !killed && time.Since(begun) > time.Duration(w.o.seconds)*time.Second/2 {
			killed = true
			w.standby.kill()
			w.tell("standby killed")
			wait(life, 300+dice.IntN(700))
			if err := w.standby.start(always); err != nil {
				return err
			}
		}
	}
	return nil
}

// nothing happens.
func nothing(context.Context, *world, *rand.Rand) error { return nil }

// answered tells how many reads of pages the standby answered, by the nodes' own figures. None would mean that nothing was tried.
func (w *world) answered(ctx context.Context) (string, error) {
	sums := map[string]float64{}
	for _, n := range w.nodes {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.metrics+"/metrics", nil)
		if err != nil {
			return "", err
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return "", err
		}
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), " ")
			if !strings.HasPrefix(name, "stoa_replica_reads") && !strings.HasPrefix(name, "stoa_replica_passed") {
				continue
			}
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return "", err
			}
			if _, why, passed := strings.Cut(name, `why="`); passed {
				sums[strings.TrimSuffix(why, `"}`)] += n
			} else {
				sums["standby"] += n
			}
		}
		if err := answer.Body.Close(); err != nil {
			return "", err
		}
	}
	if sums["standby"] == 0 {
		return "", errors.New("the standby answered nobody")
	}
	return fmt.Sprintf("reads by the standby: %.0f; by the primary in its place, since it was behind: %.0f, not in use: %.0f, failed: %.0f, cancelled: %.0f",
		sums["standby"], sums["behind"], sums["none"], sums["failed"], sums["cancelled"]), nil
}
