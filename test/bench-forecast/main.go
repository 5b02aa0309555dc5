// Command bench-forecast measures internal/forecast on series of others, which are not part of this project, and says
// plainly which targets are reached. The forms, the targets and where the series come from are told by the
// README beside them.
//
//	go run ./test/bench-forecast -data ../shared/data/forecast
//	go run ./test/bench-forecast -data … -only m4_yearly,anomalies
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"stoa/internal/forecast/table"
)

func main() {
	data := flag.String("data", "../shared/data/forecast", "folder of the series")
	only := flag.String("only", "", "sets, separated by commas, such as m4_yearly,anomalies")
	half := flag.Int("half", -1, "0 or 1: only the series with an even or odd place in the file, to find a constant on one half and confirm it on the other")
	flag.Parse()
	if err := run(*data, *only, *half); err != nil {
		fmt.Fprintln(os.Stderr, "bench-forecast:", err)
		os.Exit(1)
	}
}

func run(data, only string, half int) error {
	files, err := filepath.Glob(filepath.Join(data, "*.csv"))
	if err != nil {
		return fmt.Errorf("looking for series: %w", err)
	}
	if len(files) == 0 {
		return fmt.Errorf("no series in %s: name the folder with -data", data)
	}
	wanted := func(name string) bool { return only == "" || slices.Contains(strings.Split(only, ","), name) }
	var all []result
	fmt.Printf("%-30s %6s %6s %6s %6s %6s %6s %7s %9s\n", "set", "series", "OWA", "sMAPE", "MASE", "in 80", "in 95", "MSIS", "per s")
	for _, f := range files {
		name, _, _ := strings.Cut(filepath.Base(f), ".")
		if !wanted(name) {
			continue
		}
		rows, err := read(f)
		if err != nil {
			return err
		}
		r, err := measure(name, part(rows, half))
		if err != nil {
			return err
		}
		fmt.Println(r)
		all = append(all, r)
	}
	fmt.Println()
	verdicts(all)
	if !wanted("anomalies") {
		return nil
	}
	labelled, err := filepath.Glob(filepath.Join(data, "anomaly", "*.csv"))
	if err != nil {
		return fmt.Errorf("looking for anomalies: %w", err)
	}
	for _, f := range labelled {
		rows, err := read(f)
		if err != nil {
			return err
		}
		if err := anomalies(part(rows, half)); err != nil {
			return err
		}
	}
	return nil
}

func part(rows []table.Row, half int) []table.Row {
	if half < 0 {
		return rows
	}
	var out []table.Row
	for i := half; i < len(rows); i += 2 {
		out = append(out, rows[i])
	}
	return out
}

func read(name string) (rows []table.Row, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening the series: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if rows, err = table.Read(f, 0, 0); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows, nil
}
