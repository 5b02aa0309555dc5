package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// line is the network between the nodes and the database: it can be slow, it can be cut, and it can go silent: then what
// is sent arrives nowhere, and nobody is told.
type line struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	delay    time.Duration
	down     bool
	silent   bool
	open     map[net.Conn]bool
}

func startLine(to string) (*line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &line{listener: listener, to: to, open: map[net.Conn]bool{}}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(c)
		}
	}()
	return l, nil
}

func (l *line) addr() string { return l.listener.Addr().String() }

// set changes how the line is; a line that goes down cuts what is on it.
func (l *line) set(delay time.Duration, down bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delay, l.down = delay, down
	if down {
		l.cut()
	}
}

// cut breaks all connections in the middle of what they carry.
func (l *line) cut() {
	for c := range l.open {
		if t, ok := c.(*net.TCPConn); ok {
			_ = t.SetLinger(0)
		}
		_ = c.Close()
	}
	clear(l.open)
}

func (l *line) carry(c net.Conn) {
	l.mu.Lock()
	down := l.down
	l.open[c] = true
	l.mu.Unlock()
	defer c.Close()
	if down {
		return
	}
	l.listen()
	far, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer far.Close()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{c, far}, {far, c}} {
		go func() {
			defer func() { done <- struct{}{} }()
			b := make([]byte, 32<<10)
			for {
				n, err := way[0].Read(b)
				l.mu.Lock()
				delay := l.delay
				l.mu.Unlock()
				if n > 0 {
					time.Sleep(delay)
					l.listen()
					if _, err := way[1].Write(b[:n]); err != nil {
						return
					}
				}
				if err == io.EOF || err != nil {
					return
				}
			}
		}()
	}
	<-done
}

// listen waits while the line is silent.
func (l *line) listen() {
	for {
		l.mu.Lock()
		silent := l.silent
		l.mu.Unlock()
		if !silent {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (l *line) hush(silent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.silent = silent
}

// silence lets the line say nothing for longer than a node waits. Whoever asks meanwhile must be answered all the same, if with an
// error: the load counts as unanswered what took longer than anybody waits.
func silence(life context.Context, w *world, dice *rand.Rand) error {
	defer w.line.hush(false)
	wait(life, 1000+dice.IntN(1000))
	w.line.hush(true)
	w.tell("silent for 20 s")
	time.Sleep(20 * time.Second)
	w.line.hush(false)
	begun := time.Now()
	told := w.load.sent()
	for w.load.sent() == told {
		if time.Since(begun) > time.Minute {
			return fmt.Errorf("a minute after the line works again, nobody has been told that their application was sent")
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.tell(fmt.Sprintf("served again after %.1f s", time.Since(begun).Seconds()))
	return nil
}

// badLine makes the line slow, cuts it, and lets it be well again, over and over.
func badLine(life context.Context, w *world, dice *rand.Rand) error {
	for life.Err() == nil {
		wait(life, 500+dice.IntN(1500))
		switch dice.IntN(3) {
		case 0:
			w.line.set(time.Duration(5+dice.IntN(20))*time.Millisecond, false)
			w.tell("slow")
			wait(life, 500+dice.IntN(1000))
		case 1:
			w.line.set(0, true)
			w.tell("down")
			wait(life, 200+dice.IntN(1500))
		default:
			w.line.mu.Lock()
			w.line.cut()
			w.line.mu.Unlock()
			w.tell("cut")
		}
		w.line.set(0, false)
	}
	return nil
}

// wait waits some milliseconds, or until life ends.
func wait(life context.Context, ms int) {
	select {
	case <-life.Done():
	case <-time.After(time.Duration(ms) * time.Millisecond):
	}
}
