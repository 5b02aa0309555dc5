package store

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// quiet is a connection to somebody who accepts it and says nothing, with a short patience.
func quiet(t *testing.T, alive func() error) (c *listening, far net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	return &listening{Conn: near, patience: 10 * time.Millisecond, alive: alive}, far
}

// A server that takes long and answers others is waited for; one that answers nobody is not.
func TestSilenceEnds(t *testing.T) {
	asked := 0
	c, far := quiet(t, func() error {
		if asked++; asked == 4 {
			return errors.New("nobody there")
		}
		return nil
	})
	b := make([]byte, 1)
	_, err := c.Read(b)
	if !errors.Is(err, errSilent) || asked != 4 {
		t.Fatalf("asked %d times, then %v", asked, err)
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("pgx would keep the connection")
	}
	var e *Error
	if err := translate("x", err); !errors.As(err, &e) || e.Kind != ErrUnavailable || pgconn.Timeout(err) {
		t.Error(err)
	}

	asked = -1000
	go func() {
		time.Sleep(30 * time.Millisecond)
		_, _ = far.Write([]byte("x"))
		_ = far.Close()
	}()
	if n, err := c.Read(b); n != 1 || err != nil {
		t.Errorf("an answer that came late: %d bytes, %v", n, err)
	}
	if _, err := c.Read(b); !errors.Is(err, io.EOF) {
		t.Errorf("the end: %v", err)
	}
}

// The caller's own deadline counts as ever, whether it was set before or comes while somebody reads.
func TestACallersDeadlineCounts(t *testing.T) {
	c, _ := quiet(t, func() error { return nil })
	if err := c.SetDeadline(time.Now().Add(25 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	c.patience = time.Hour
	time.AfterFunc(20*time.Millisecond, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// A server is asked in a way that PostgreSQL answers to anybody.
func TestKnock(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan []byte, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		b := make([]byte, 8)
		_, _ = io.ReadFull(c, b)
		heard <- b
		_, _ = c.Write([]byte("N"))
		_ = c.Close()
	}()
	if err := knock(&net.Dialer{}, "tcp", l.Addr().String()); err != nil || string(<-heard) != "\x00\x00\x00\x08\x04\xd2\x16\x2f" {
		t.Error(err)
	}
	_ = l.Close()
	if err := knock(&net.Dialer{}, "tcp", l.Addr().String()); err == nil {
		t.Error("nobody is there, and answers")
	}
}

// Why there is no connection is said, and is no matter of waiting where nobody waited.
func TestAServerThatIsNotThereIsNamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := openPool(t.Context(), "postgres://x@"+l.Addr().String()+"/x?sslmode=disable", 1, answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	err = (&postgresDB{}).once(t.Context(), pool, beginWrite, &Tx{}, nil)
	if err == nil || errors.Is(err, errQueue) || !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}
