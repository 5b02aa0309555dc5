package blob

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clamd starts ClamAV's own daemon with one signature of ours; false where it is not installed.
func clamd(t *testing.T) (Clamd, bool) {
	t.Helper()
	program, err := exec.LookPath("clamd")
	if err != nil {
		if _, err := os.Stat("/usr/sbin/clamd"); err != nil {
			return Clamd{}, false
		}
		program = "/usr/sbin/clamd"
	}
	dir, err := os.MkdirTemp("", "clamd") // a socket's path has few letters, and t.TempDir many
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// Extended signature format: name, any type of file, anywhere, bytes.
	write("stoa.ndb", "Stoa.Test.Words:0:*:"+hex.EncodeToString([]byte("THESE WORDS STAND FOR A VIRUS OF OURS"))+"\n")
	socket := filepath.Join(dir, "s")
	conf := write("clamd.conf", fmt.Sprintf("DatabaseDirectory %s\nLocalSocket %s\nForeground yes\nStreamMaxLength 1M\nTemporaryDirectory %s\n", dir, socket, dir))
	cmd := exec.CommandContext(t.Context(), program, "--config-file="+conf)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 600 {
		if c, err := net.Dial("unix", socket); err == nil {
			_ = c.Close()
			return Clamd{Network: "unix", Addr: socket}, true
		}
		time.Sleep(100 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	t.Fatalf("clamd did not start:\n%s", said.String())
	return Clamd{}, false
}

// TestRealClamd holds the client against the daemon that operators run.
func TestRealClamd(t *testing.T) {
	c, ok := clamd(t)
	if !ok {
		t.Log("ClamAV's daemon is not installed: make test says so") // nobody reads this line
		return
	}
	const evil = "before THESE WORDS STAND FOR A VIRUS OF OURS after"
	for name, test := range map[string]struct {
		data      string
		state     ScanState
		signature string
	}{
		"clean":      {strings.Repeat("harmless ", 50_000), Clean, ""},
		"empty":      {"", Clean, ""},
		"infected":   {evil, Infected, "Stoa.Test.Words.UNOFFICIAL"},
		"across":     {strings.Repeat("x", clamdChunk-20) + evil, Infected, "Stoa.Test.Words.UNOFFICIAL"},
		"in archive": {archiveOf(t, evil), Infected, "Stoa.Test.Words.UNOFFICIAL"},
		"too large":  {strings.Repeat("x", 3<<20), Unscanned, ""},
	} {
		state, signature, err := c.Scan(t.Context(), []byte(test.data))
		if state != test.state || signature != test.signature || err != nil {
			t.Errorf("%s: %q %q %v", name, state, signature, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := c.Scan(ended, []byte("x")); err == nil {
		t.Error("a scan that was given up found something")
	}
}
