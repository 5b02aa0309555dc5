package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"stoa/internal/store"
)

type verdict struct {
	acknowledged, found, lost, doubled, paid int
	doctor                                   string
}

// verdict lets everybody come back to what they hold, and then counts the rows.
func (l *load) verdict(ctx context.Context, o options, before int) (v verdict, err error) {
	s, err := launch(ctx, o)
	if err != nil {
		return v, err
	}
	v.acknowledged = l.acknowledged()
	expected := 0
	seen := map[string]bool{}
	for _, p := range l.all {
		if p.Form == nil {
			continue // not yet sent: a draft, which may be anything
		}
		told := p.Sent
		if err := p.Back(s.url); err != nil {
			return v, err
		}
		if told {
			err = p.ReadNumber(ctx)
		} else {
			err = p.Send(ctx, s.url+"/apply/"+p.Draft+"/submit") // the same form with the same key
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
		if p.Paid != "" {
			if err := p.Follow(ctx, http.MethodGet, s.url+p.Paid, nil); err == nil && p.Says("Payment received") {
				v.paid++
			} else {
				fmt.Printf("the payment %s is lost: %v\n", p.Paid, err)
			}
		}
	}
	if err := s.end(os.Interrupt); err != nil {
		return v, err
	}
	now, err := count(ctx, o.data)
	if err != nil {
		return v, err
	}
	if more := now - before - expected; more > 0 {
		v.doubled += more
		fmt.Printf("%d applications are nobody's\n", more)
	}
	v.doctor = doctor(ctx, o)
	return v, nil
}

// count is how many cases there are.
func count(ctx context.Context, data string) (n int, err error) {
	db, err := store.Open(ctx, store.Config{URL: "sqlite:" + filepath.Join(data, "stoa.db")})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return n, db.Read(ctx, "crash.count", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM cases").Scan(&n)
	})
}
