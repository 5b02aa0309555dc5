// Package objectstest starts a real S3 server for tests: versitygw over a folder, which test/objects/go.mod names, so that the
// program's own modules stay without it.
package objectstest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"stoa/internal/objects"
)

// Gateway is a server with one bucket. It ends with the test.
type Gateway struct {
	Config objects.Config
	Addr   string
	Dir    string // of the bucket: objects are files in it

	root    string
	program string
	guard   *exec.Cmd
	pipe    io.Closer
}

// program builds the server, once: the go command keeps it.
var program = sync.OnceValues(func() (string, error) {
	_, file, _, _ := runtime.Caller(0)
	cmd := exec.Command("go", "tool", "-n", "versitygw")
	cmd.Dir = filepath.Join(filepath.Dir(file), "..", "..", "..", "test", "objects")
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("no S3 server: versitygw could not be built: %w\n%s", err, wrong.Bytes())
	}
	return strings.TrimSpace(string(out)), err
})

// Start starts a server, or fails: a test that needs one and has none has shown nothing. STOA_TEST_OBJECTS=none leaves such
// tests out, for a machine that cannot reach the module proxy.
func Start(tb testing.TB) *Gateway {
	tb.Helper()
	if os.Getenv("STOA_TEST_OBJECTS") == "none" {
		fmt.Fprintln(os.Stderr, "STOA_TEST_OBJECTS=none: object stores were not tried")
		tb.Skip("no S3 server was wanted")
	}
	name, err := program()
	if err != nil {
		tb.Fatal(err)
	}
	g := &Gateway{program: name, root: tb.TempDir()}
	g.Dir = filepath.Join(g.root, "data", "town")
	for _, dir := range []string{g.Dir, filepath.Join(g.root, "about")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			tb.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	g.Addr = l.Addr().String()
	if err := l.Close(); err != nil {
		tb.Fatal(err)
	}
	g.Config = objects.Config{URL: "http://" + g.Addr + "/town/here", Key: "stoa", Secret: "not-a-real-secret"}
	g.Up(tb)
	tb.Cleanup(func() { _ = g.stop() })
	return g
}

// guardScript ends the server when its standard input ends: with Down, or with the process of the test, however that dies.
const guardScript = `
"$@" >>"$LOG" 2>&1 </dev/null &
pid=$!
trap '' INT TERM
cat >/dev/null
kill -KILL $pid
wait $pid
`

// Up starts it again, on the same address and over the same folder.
func (g *Gateway) Up(tb testing.TB) {
	tb.Helper()
	log := filepath.Join(g.root, "log")
	g.guard = exec.Command("/bin/sh", "-c", guardScript, "guard", g.program, "--access", g.Config.Key, "--secret", g.Config.Secret,
		"--port", g.Addr, "posix", "--sidecar", filepath.Join(g.root, "about"), filepath.Join(g.root, "data"))
	g.guard.Env = []string{"PATH=/usr/bin:/bin", "LOG=" + log}
	g.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := g.guard.StdinPipe()
	if err == nil {
		err = g.guard.Start()
	}
	if err != nil {
		tb.Fatal(err)
	}
	g.pipe = pipe
	for range 600 {
		c, err := net.Dial("tcp", g.Addr)
		if err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	said, _ := os.ReadFile(log)
	tb.Fatalf("the S3 server does not listen:\n%s", said)
}

// Down kills it.
func (g *Gateway) Down(tb testing.TB) {
	tb.Helper()
	if err := g.stop(); err != nil {
		tb.Fatal(err)
	}
}

func (g *Gateway) stop() error {
	if g.pipe == nil {
		return nil
	}
	err := g.pipe.Close()
	g.pipe = nil
	var exit *exec.ExitError
	if werr := g.guard.Wait(); !errors.As(werr, &exit) { // killed, as it was meant to be
		err = errors.Join(err, werr)
	}
	return err
}

// Open gives the store.
func (g *Gateway) Open(tb testing.TB) *objects.Store {
	tb.Helper()
	s, err := objects.Open(g.Config)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Files are the objects, by the paths of their files in the bucket.
func (g *Gateway) Files(tb testing.TB) (names []string) {
	tb.Helper()
	err := filepath.WalkDir(g.Dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.Contains(path, ".sgwtmp") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return names
}
