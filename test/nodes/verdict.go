package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

type verdict struct {
	acknowledged, found, lost, doubled int
	messages, repeated                 int
	doctor                             string
	well                               bool
}

// judge lets everybody come back to what they hold, counts the rows and messages, and reads the logs.
func (w *world) judge(ctx context.Context, l *load, before int) (v verdict, err error) {
	expected := 0
	seen := map[string]bool{}
	for _, p := range l.all {
		if p.Form == nil {
			continue // not yet sent: a draft, which may be anything
		}
		told := p.Sent
		if told {
			v.acknowledged++
		}
		for try := 0; ; try++ { // the last thing that happened may not be over
			if err = p.Back(w.url); err == nil && told {
				err = p.ReadNumber(ctx)
			} else if err == nil {
				err = p.Send(ctx, w.url+"/apply/"+p.Draft+"/submit") // the same form with the same key
			}
			if err == nil || try == 5 {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
		switch {
		case err != nil && told:
			v.lost++
			fmt.Printf("lost: %s, draft %s, number %q: %v\n", p.Plan.Service(), p.Draft, p.Number, err)
			continue
		case err != nil:
			return v, fmt.Errorf("an application that was not answered cannot be sent again: %w", err)
		}
		if seen[p.Number] {
			v.doubled++
			fmt.Printf("two applications have the number %s\n", p.Number)
		}
		seen[p.Number] = true
		expected++
		if told {
			v.found++
		}
	}
	now, err := w.count(ctx)
	if err != nil {
		return v, err
	}
	if more := now - before - expected; more > 0 {
		v.doubled += more
		fmt.Printf("%d applications are nobody's\n", more)
	}
	for _, n := range w.nodes {
		if err := n.stop(); err != nil {
			return v, err
		}
	}
	v.doctor = w.nodes[0].doctor(ctx, w.o.next)
	v.messages, v.repeated = w.mail.count()
	named, err := w.named()
	if err != nil {
		return v, err
	}
	v.well = v.lost == 0 && v.doubled == 0 && v.doctor == agrees && !named && v.acknowledged > 0
	return v, nil
}

// named looks whether the logs of the nodes hold anything that people typed.
func (w *world) named() (bool, error) {
	for _, n := range w.nodes {
		text, err := os.ReadFile(n.log)
		if err != nil {
			return false, err
		}
		for _, what := range []string{"@visitor.example", "Orchard Lane"} {
			if at := strings.Index(string(text), what); at >= 0 {
				fmt.Printf("a log names somebody: %s\n", text[max(0, at-200):min(len(text), at+100)])
				return true, nil
			}
		}
	}
	return false, nil
}
