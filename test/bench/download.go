package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// serveCommand makes this program serve the files of a dataset, so that its memory can be looked at.
const serveCommand = "serve-files"

// records are a million rows of a kilobyte.
var records = dataset.Spec{Dataset: "records", Organisation: "archive", Licence: "CC0-1.0", Schema: tabular.Schema{
	Columns: []tabular.Column{{ID: "id", Type: tabular.Integer, Required: true}, {ID: "day", Type: tabular.Date}, {ID: "text", Type: tabular.String}}, Key: []string{"id"}}}

func recordRows(yield func([]string) error) error {
	r := rand.New(rand.NewPCG(3, 4))
	var text strings.Builder
	cells := make([]string, 3)
	for i := range million {
		text.Reset()
		for text.Len() < 1040 {
			text.WriteString(sights[r.IntN(16)])
			text.WriteByte(' ')
			text.WriteString(strconv.Itoa(r.IntN(1000)))
			text.WriteByte(' ')
		}
		cells[0], cells[1], cells[2] = strconv.Itoa(i+1), time.Date(2016, 1, 1+i%3650, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), text.String()
		if err := yield(cells); err != nil {
			return err
		}
	}
	return nil
}

// download publishes a gigabyte and downloads it, looking at how much memory that takes.
func (n *node) download(ctx context.Context, o options, out io.Writer) error {
	var v *dataset.Version
	begun, before := time.Now(), peak("self")
	d, err := n.s.Draft(ctx, records, recordRows)
	if err != nil {
		return err
	}
	if err := errors.Join(n.s.Prepare(ctx, d), d.Close()); err != nil {
		return err
	}
	err = n.db.Write(ctx, "bench", func(ctx context.Context, tx *store.Tx) error {
		v, _, err = n.s.Publish(ctx, tx, d, "")
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nA version of %d MB in a million rows, published in %.0f s (%.0f MB/s); this process, which did all of the above, grew by %d MB meanwhile\n",
		v.Bytes>>20, time.Since(begun).Seconds(), float64(v.Bytes>>20)/time.Since(begun).Seconds(), (peak("self")-before)>>10)
	server := exec.CommandContext(ctx, os.Args[0], serveCommand, "sqlite:"+filepath.Join(o.dir, "data.db"), filepath.Join(o.dir, "served"))
	server.Stderr = os.Stderr
	said, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	at, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return err
	}
	return n.measure(out, "http://"+strings.TrimSpace(at), strconv.Itoa(server.Process.Pid))
}

func (n *node) measure(out io.Writer, at, pid string) error {
	fetch := func(path string) (int64, error) {
		answer, err := http.Get(at + path)
		if err != nil {
			return 0, err
		}
		size, err := io.Copy(io.Discard, answer.Body)
		return size, errors.Join(err, answer.Body.Close(), status(answer))
	}
	if _, err := fetch("/small"); err != nil { // what HTTP itself takes
		return err
	}
	fmt.Fprintf(out, "\n| downloads from a process of its own, over loopback | MB/s | its peak memory grows by |\n|---|---:|---:|\n")
	for _, step := range []struct {
		name, path string
		times      int
	}{
		{"first request for the .csv: made from the database, checked, sent", "/csv", 1},
		{"again", "/csv", 1},
		{"four at once", "/csv", 4},
		{"limit: the same file by bare net/http", "/bare", 1},
		{"first request for the .csv.gz", "/csv.gz", 1},
		{"first request for the .parquet: made, checked, sent", "/parquet", 1},
	} {
		before, begun := peak(pid), time.Now()
		var wg sync.WaitGroup
		sizes, failed := make([]int64, step.times), make([]error, step.times)
		for i := range step.times {
			wg.Go(func() { sizes[i], failed[i] = fetch(step.path) })
		}
		wg.Wait()
		if err := errors.Join(failed...); err != nil {
			return err
		}
		total := sizes[0] * int64(step.times)
		fmt.Fprintf(out, "| %s (%d MB) | %.0f | %.1f MB |\n", step.name, total>>20, float64(total>>20)/time.Since(begun).Seconds(), float64(peak(pid)-before)/1024)
	}
	fmt.Fprintf(out, "\nThe serving process at its peak: %d MB resident.\n", peak(pid)>>10)
	return nil
}

func status(answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// peak is the most memory that a process ever had resident, in kB.
func peak(pid string) int {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// serveFiles serves the newest version of records, as the portal's handler does: through http.ServeContent.
func serveFiles(args []string) error {
	ctx := context.Background()
	n, err := openNode(ctx, args[0], args[1])
	if err != nil {
		return err
	}
	var v *dataset.Version
	err = n.db.Read(ctx, "bench", func(ctx context.Context, tx *store.Tx) error {
		v, err = n.s.Latest(ctx, tx, records.Dataset)
		return err
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	for _, format := range v.Formats() {
		mux.HandleFunc("/"+string(format), func(w http.ResponseWriter, r *http.Request) {
			f, err := n.s.Open(r.Context(), v, format)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			defer f.Close()
			http.ServeContent(w, r, "", v.At, f.File)
		})
	}
	mux.HandleFunc("/small", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1<<20)) })
	mux.HandleFunc("/bare", func(w http.ResponseWriter, r *http.Request) {
		paths, err := filepath.Glob(filepath.Join(args[1], "*.csv"))
		if err != nil || len(paths) == 0 {
			http.NotFound(w, r)
			return
		}
		http.ServeFile(w, r, paths[0])
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	return http.Serve(l, mux)
}
