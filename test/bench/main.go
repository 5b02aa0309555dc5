// Command bench measures Stoa and, in the same run, what the same machine does at best: figures are
// worth comparing only beside such a limit. It prints a table for each area; docs/benchmarks.md holds
// the last full run.
//
//	go run ./test/bench                     all areas, quickly
//	go run ./test/bench -full               the figures of docs/benchmarks.md
//	go run ./test/bench -only submit,cases  some areas
//	go run ./test/bench -only growth -cases 1000000 -dir DIR -plot docs/bench
//
// It stops at measuring: nothing fails here because a machine is slow.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// options is how much is measured.
type options struct {
	cases  int           // in the large database
	rounds int           // of which the median counts
	each   time.Duration // for one measurement
	dir    string        // for databases; kept if named

	plots    string // folder for pictures; "" draws none
	postgres string // a server to use instead of the tests' own; "none" leaves PostgreSQL out
	sqlite   bool   // SQLite is measured too
}

// area is a part of the run.
type area struct {
	name string
	run  func(ctx context.Context, o options, out io.Writer) error
}

var areas = []area{{"pages", pages}, {"submit", submit}, {"books", books}, {"taxes", massAssessment}, {"cases", desk}, {"start", start}, {"size", size}, {"growth", growth}, {"growth-postgres", growthPostgres}, {"data", data}, {"credential", credentials}, {"register", registers}, {"log", publicLog}, {"ask", assistant}, {"insight", insights}, {"simulate", simulations}, {"peers", peers}, {"ledgers", ledgers}}

func main() {
	if len(os.Args) > 1 && os.Args[1] == loadCommand {
		exit(generate(os.Stdin, os.Stdout))
	}
	if len(os.Args) > 1 && os.Args[1] == serveCommand {
		exit(serveFiles(os.Args[2:]))
	}
	full := flag.Bool("full", false, "measure as docs/benchmarks.md does: 100,000 cases, three rounds")
	only := flag.String("only", "", "areas, separated by commas: pages, submit, books, taxes, cases, start, size, growth, growth-postgres, data, credential, log, ask, insight, simulate, ledgers, and peers, which runs only where it is named")
	count := flag.Int("cases", 0, "cases in the large database instead; 10,000, or 100,000 with -full")
	each := flag.Duration("each", 0, "time for each measurement instead")
	rounds := flag.Int("rounds", 0, "rounds, of which the median counts, instead; 1, or 3 with -full")
	dir := flag.String("dir", "", "folder for the databases; a large one that is there is used again")
	pg := flag.String("postgres", "", "postgres://… of a server to measure on, or none; default: a throw-away one, which does not sync")
	lite := flag.Bool("sqlite", true, "measure submissions and postings on SQLite too")
	plots := flag.String("plot", "", "folder into which growth and peers draw what they measured, as SVG")
	profile := flag.String("cpuprofile", "", "file for a profile of this process")
	flag.Parse()
	o := options{cases: 10_000, rounds: 1, each: time.Second, dir: *dir, plots: *plots, postgres: *pg, sqlite: *lite}
	if *full {
		o.cases, o.rounds, o.each = 100_000, 3, 3*time.Second
	}
	if *count > 0 {
		o.cases = *count
	}
	if *each > 0 {
		o.each, o.rounds = *each, 1
	}
	if *rounds > 0 {
		o.rounds = *rounds
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(run(ctx, o, *only, *profile))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, o options, only, profile string) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "stoa-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer func() { pprof.StopCPUProfile(); f.Close() }()
	}
	residents.Store(time.Now().Unix() % 1e8 * 1000) // others than in a run before, on a database that is kept
	fmt.Println(machine(o))
	for _, a := range areas {
		named := slices.Contains(strings.Split(only, ","), a.name)
		if !named && (only != "" || a.name == "peers") { // which others' programs are downloaded for
			continue
		}
		if err := a.run(ctx, o, os.Stdout); err != nil {
			return fmt.Errorf("measuring %s: %w", a.name, err)
		}
	}
	return nil
}
