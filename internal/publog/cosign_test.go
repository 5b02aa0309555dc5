package publog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store/storetest"
)

// outsider is a witness as somebody else might run it, well or badly.
type outsider struct {
	w      *world
	signer *proof.Signer
	how    string
	mu     sync.Mutex
	seen   proof.Checkpoint
	asked  int
}

func (w *world) outsider(name, how string) *outsider {
	w.t.Helper()
	s, err := proof.NewSigner(name, storetest.Rand())
	w.must(err)
	return &outsider{w: w, signer: s, how: how}
}

func (o *outsider) witness() publog.Witness {
	return publog.Witness{Key: o.signer.Key().AsWitness(), Ask: o.ask}
}

func (o *outsider) ask(ctx context.Context, body []byte) (proof.Answer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	said := func(status int, kind, text string) (proof.Answer, error) {
		return proof.Answer{Status: status, Type: kind, Body: []byte(text)}, nil
	}
	switch o.how {
	case "down":
		return proof.Answer{}, errors.New("connection refused")
	case "slow":
		<-ctx.Done()
		return proof.Answer{}, ctx.Err()
	case "broken":
		return said(500, "text/plain", "oops")
	case "ahead":
		return said(409, "text/x.tlog.size", "1000000\n")
	case "confused":
		return said(409, "text/plain", "no\n")
	case "stubborn":
		return said(409, "text/x.tlog.size", "0\n")
	}
	a, err := proof.ParseAsk(body)
	if err != nil {
		return said(400, "text/plain", err.Error())
	}
	_, text, err := proof.Peek(a.Checkpoint)
	if err != nil {
		return said(400, "text/plain", err.Error())
	}
	c, err := proof.ParseCheckpoint(text)
	if err != nil {
		return said(400, "text/plain", err.Error())
	}
	if a.Old != o.seen.Size {
		return said(409, "text/x.tlog.size", fmt.Sprintln(o.seen.Size))
	}
	if o.seen.Size > 0 {
		if err := c.Continues(o.seen, a.Proof); err != nil {
			return said(422, "text/plain", err.Error())
		}
	}
	switch o.how {
	case "another's":
		thief, err := proof.NewSigner(o.signer.Name(), strings.NewReader(strings.Repeat("x", 32)))
		if err != nil {
			return proof.Answer{}, err
		}
		line, err := proof.CosignText(text, thief, time.Unix(1, 0))
		return proof.Answer{Status: 200, Body: line}, err
	case "another text":
		line, err := proof.CosignText(strings.Replace(text, "\n", "x\n", 1), o.signer, time.Unix(1, 0))
		return proof.Answer{Status: 200, Body: line}, err
	case "nothing":
		return said(200, "text/plain", "")
	}
	o.seen = c
	line, err := proof.CosignText(text, o.signer, time.Unix(1_772_600_000, 0))
	return proof.Answer{Status: 200, Body: append([]byte("— unknown.example AAAAAAAA\n"), line...)}, err
}

// TestWitnesses: those who cosign do, each trouble is named, and no trouble delays anything but its own cosignature.
func TestWitnesses(t *testing.T) {
	each(t, func(w *world) {
		good := []*outsider{w.outsider("good.example", ""), w.outsider("fine.example", "")}
		bad := map[string]error{"down": publog.ErrWitness, "broken": publog.ErrWitness, "ahead": publog.ErrSplit, "confused": publog.ErrWitness,
			"stubborn": publog.ErrSplit, "another's": publog.ErrWitness, "another text": publog.ErrWitness, "nothing": publog.ErrWitness}
		list := []publog.Witness{good[0].witness(), good[1].witness()}
		for how := range bad {
			list = append(list, w.outsider(strings.NewReplacer(" ", "-", "'", "").Replace(how)+".example", how).witness())
		}
		s := w.sequencer("a", list...)
		w.must(s.Cosign(w.ctx)) // before anything is published
		trust := w.trust()
		trust.Witnesses, trust.Quorum = []proof.Key{list[0].Key, list[1].Key}, 2
		for round := range 3 {
			w.append(200)
			w.cycle(s)
			err := s.Cosign(w.ctx)
			for how, why := range bad {
				if round == 0 && (!errors.Is(err, why) || err == nil) {
					t.Errorf("%s: %v", how, err)
				}
			}
			signed, err := proof.Newest(w.ctx, w.fetch, trust)
			w.must(err)
			if signed.Size != int64(w.logged) || len(signed.Cosigned) != 2 {
				t.Errorf("round %d: %+v", round, signed)
			}
		}
		// The proof in the hand rests on what witnesses have seen, although newer states are published.
		w.append(1)
		w.cycle(s)
		data, err := w.bundle(name(5), false)
		w.must(err)
		p, err := proof.Verify(data, trust)
		w.must(err)
		if p.Size != 600 || len(p.Cosigned) != 2 {
			t.Errorf("%+v", p.Signed)
		}
		for _, h := range s.Witnesses() {
			isBad := h.Witness != list[0].Key && h.Witness != list[1].Key
			if isBad != (h.Problem != nil) || isBad == h.Next.IsZero() {
				t.Errorf("%+v", h)
			}
		}
		w.audit()
	})
}

// TestAWitnessThatFailsIsLeftAlone, for longer and longer, and taken up again when it is back.
func TestAWitnessThatFailsIsLeftAlone(t *testing.T) {
	each(t, func(w *world) {
		o := w.outsider("w.example", "down")
		s := w.sequencer("a", o.witness())
		w.append(1)
		w.cycle(s)
		for range 100 {
			_ = s.Cosign(w.ctx)
			w.clock.Advance(time.Second)
		}
		if o.asked < 4 || o.asked > 10 {
			t.Errorf("asked %d times in 100 seconds", o.asked)
		}
		o.how = ""
		w.clock.Advance(10 * time.Minute)
		w.must(s.Cosign(w.ctx))
		// A witness that has forgotten, and one that we have forgotten, are asked again from where they are.
		w.append(3)
		w.cycle(s)
		o.seen = proof.Checkpoint{}
		w.must(s.Cosign(w.ctx))
		w.append(3)
		w.cycle(s)
		w.exec(`DELETE FROM publog_cosignature`)
		w.must(s.Cosign(w.ctx))
		if h := s.Witnesses()[0]; h.Problem != nil || o.seen.Size != 7 {
			t.Errorf("%+v, seen %d", h, o.seen.Size)
		}
	})
}

// TestASlowWitnessDelaysNothing: while it is silent, leaves are published and others cosign, newer and newer states.
func TestASlowWitnessDelaysNothing(t *testing.T) {
	db, clock := storetest.SQLite(t, schema...)
	w := newWorld(t, db, clock)
	slow, quick := w.outsider("slow.example", "slow"), w.outsider("quick.example", "")
	s := w.sequencer("a", slow.witness(), quick.witness())
	trust := w.trust()
	trust.Witnesses, trust.Quorum = []proof.Key{quick.witness().Key}, 1
	ctx, cancel := context.WithCancel(t.Context())
	tick, ended := make(chan time.Time), make(chan error, 1)
	go func() { ended <- s.Run(ctx, tick) }()
	for range 3 {
		w.append(2)
		tick <- clock.Now() // one look is over, another begins
		tick <- clock.Now()
		if c, _ := w.audit(); c.Size != int64(w.logged) {
			t.Errorf("%d of %d are published", c.Size, w.logged)
		}
		for { // the other witness answers beside
			if _, err := proof.Newest(w.ctx, w.fetch, trust); err == nil {
				break
			}
			tick <- clock.Now()
		}
	}
	cancel()
	w.must(<-ended)
	if slow.asked != 1 {
		t.Errorf("the slow witness was asked %d times at once", slow.asked)
	}
}
