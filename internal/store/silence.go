package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A network that breaks says so; one that goes silent does not, and whoever waits for an answer would wait for ever. So a
// connection to PostgreSQL on which nothing has come for a while asks whether the server still answers anybody. While it does, a
// long statement may take as long as it takes; when it does not, the connection is given up, and what waited on it has an error.

const (
	silent     = 5 * time.Second  // without a byte, before the server is asked
	answers    = 5 * time.Second  // in which it must say something, and in which a connection must be made
	queue      = 12 * time.Second // for a connection: longer means that those before are stuck
	unanswered = 20               // seconds after which the system gives up what the other side has not confirmed
)

var errQueue = errors.New("no connection came free")

// errSilent is no timeout in the sense of net.Error: pgx would keep such a connection.
var errSilent = errors.New("the database server has gone silent")

// attentive dials connections that do not wait for ever.
func attentive() func(ctx context.Context, network, addr string) (net.Conn, error) {
	d := &net.Dialer{Timeout: answers, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3}}
	d.Control = func(network, _ string, c syscall.RawConn) (err error) {
		if runtime.GOOS != "linux" || network == "unix" {
			return nil
		}
		const userTimeout = 18 // TCP_USER_TIMEOUT, which package syscall does not name
		return errors.Join(c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, userTimeout, unanswered*1000)
		}), err)
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &listening{Conn: c, patience: silent, alive: func() error { return knock(d, network, addr) }}, nil
	}
}

// listening is a connection that notices silence. Its deadline is the caller's; under it lies our own.
type listening struct {
	net.Conn
	patience time.Duration
	alive    func() error

	mu    sync.Mutex
	until time.Time // the caller's deadline for reading, zero for none
}

func (c *listening) SetDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	return c.Conn.SetDeadline(t)
}

func (c *listening) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	return c.Conn.SetReadDeadline(t)
}

func (c *listening) Read(b []byte) (int, error) {
	for {
		if err := c.wait(); err != nil {
			return 0, err
		}
		n, err := c.Conn.Read(b)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || c.passed() {
			return n, err
		}
		if err := c.alive(); err != nil {
			return 0, fmt.Errorf("%w: %v", errSilent, err)
		}
	}
}

// wait sets the earlier of the two deadlines.
func (c *listening) wait() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := time.Now().Add(c.patience)
	if !c.until.IsZero() && c.until.Before(at) {
		at = c.until
	}
	return c.Conn.SetReadDeadline(at)
}

func (c *listening) passed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.until.IsZero() && !time.Now().Before(c.until)
}

// knock asks a server whether it speaks TLS, which any answers before it knows who asks.
func knock(d *net.Dialer, network, addr string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), answers)
	defer cancel()
	c, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(answers)); err != nil {
		return err
	}
	if _, err := c.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil { // SSLRequest: its length, its number 80877103
		return err
	}
	_, err = c.Read(make([]byte, 1))
	return err
}
