package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// ErrNoPostgres says that the machine has no PostgreSQL server to start.
var ErrNoPostgres = errors.New("no PostgreSQL server programs found")

// Cluster is a throw-away PostgreSQL server on a socket of its own. It ends with Stop, or with the process that started
// it, however that dies: its guard reads a pipe that only that process holds open.
type Cluster struct {
	URL   string
	Dir   string // of its socket
	guard *exec.Cmd
	pipe  io.Closer
}

// guardScript starts the server, says so, and takes everything away when its standard input ends. The server must not
// hold the test's own output open, or `go test` would wait for it.
const guardScript = `
bin=$1 dir=$2 of=$3 sync=$4
if [ -n "$of" ]; then
	"$bin/pg_basebackup" -D "$dir/data" -h "$of" -U stoa -R -X stream -c fast --no-sync >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
else
	"$bin/initdb" -D "$dir/data" -U stoa -A trust -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
fi
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=$sync -c synchronous_commit=on -c full_page_writes=$sync \
	-c max_connections=300 -c shared_buffers=64MB -c autovacuum=off -c max_standby_streaming_delay=100ms -c wal_retrieve_retry_interval=100ms >>"$dir/log" 2>&1 </dev/null &
pg=$!
trap '' INT TERM
n=0
until "$bin/pg_isready" -q -h "$dir" -U stoa -d postgres; do
	n=$((n+1))
	if [ $n -gt 300 ] || ! kill -0 $pg 2>/dev/null; then cat "$dir/log"; kill -QUIT $pg; rm -rf "$dir"; exit 1; fi
	sleep 0.1
done
echo ready
cat >/dev/null
kill -QUIT $pg
wait $pg
rm -rf "$dir"
`

// StartCluster starts the newest PostgreSQL that Debian's packages or the path offer.
func StartCluster() (*Cluster, error) { return start("", "off") }

// StartSyncing starts one that waits for the disk as a real one does, for measurements.
func StartSyncing() (*Cluster, error) { return start("", "on") }

// Standby starts one that follows the cluster. What it cannot replay for the sake of a reader it soon replays all the same.
func (c *Cluster) Standby() (*Cluster, error) { return start(c.Dir, "off") }

func start(of, sync string) (*Cluster, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "stoa-pg-")
	if err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for the tests; the guard ends with them
	if os.Geteuid() == 0 {
		// PostgreSQL refuses to run as root.
		if attr.Credential, err = postgresUser(); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		if err := os.Chown(dir, int(attr.Credential.Uid), int(attr.Credential.Gid)); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	cmd := exec.Command("/bin/sh", "-c", guardScript, "guard", bin, dir, of, sync)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.SysProcAttr = attr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	r := bufio.NewReader(out)
	if line, _ := r.ReadString('\n'); line != "ready\n" {
		rest, _ := io.ReadAll(r) // whatever it could say
		return nil, errors.Join(fmt.Errorf("start PostgreSQL: %s%s", line, rest), in.Close(), cmd.Wait(), os.RemoveAll(dir))
	}
	return &Cluster{URL: "postgres://stoa@/postgres?host=" + dir, Dir: dir, guard: cmd, pipe: in}, nil
}

// Stop ends the server and removes its files.
func (c *Cluster) Stop() error { return errors.Join(c.pipe.Close(), c.guard.Wait()) }

func postgresBin() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(dirs, func(a, b string) int { return debianVersion(b) - debianVersion(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", ErrNoPostgres
}

func debianVersion(bin string) int {
	n, err := strconv.Atoi(strings.Split(strings.TrimPrefix(bin, "/usr/lib/postgresql/"), "/")[0])
	if err != nil {
		return 0
	}
	return n
}

func postgresUser() (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
