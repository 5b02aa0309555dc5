package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/forecast"
	"stoa/internal/forecast/table"
)

// forms is what both commands say about their input.
const forms = `The file is read in any of three forms, told apart by its first line:
  id,m,h,start,train,test   a series per row, numbers separated by ; (m: steps in a season, h: steps to forecast)
  id,m,values,labels        the same without a horizon
  series,t,value            a value per row; t is a whole number, a month (2026-07) or a day (2026-07-31)
An empty value, NA or a missing row is a value that is not known.`

// seriesFile is where series come from and answers go.
type seriesFile struct {
	in, out         string
	period, horizon int
}

func (s *seriesFile) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.in, "in", "", "file of series (- for the standard input)")
	c.Flags().StringVar(&s.out, "out", "", "file to write (default: the standard output)")
	c.Flags().IntVar(&s.period, "period", 0, "steps in a season where the file does not say: 12 for months, 7 for days, 52 for weeks")
}

func forecastCommand() *cobra.Command {
	var s seriesFile
	c := &cobra.Command{
		Use:   "forecast --in FILE",
		Short: "What comes next in each series of a file, with intervals",
		Long: `Forecast each series of a file: the mean, and the intervals that hold what comes four times in five (lo80, hi80) and
nineteen times in twenty (lo95, hi95), as id,h,mean,lo80,hi80,lo95,hi95. Equal input gives equal output.

` + forms,
		Example: "  stoa forecast --in requests.csv --period 7 --horizon 28 --out next.csv",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.horizon < 0 || s.period < 0 {
				return usageError{errors.New("--period and --horizon count steps")}
			}
			return s.each(cmd, table.ForecastHeader, func(row table.Row, w *csv.Writer) error {
				if row.Horizon == 0 {
					return errors.New("the file has no horizon: say --horizon, the steps to forecast")
				}
				o, err := forecast.Forecast(row.Series, row.Horizon)
				if err != nil {
					return err
				}
				return table.WriteForecast(w, row.ID, o)
			})
		},
	}
	s.flags(c)
	c.Flags().IntVar(&s.horizon, "horizon", 0, "steps to forecast where the file does not say")
	return c
}

func anomaliesCommand() *cobra.Command {
	var s seriesFile
	c := &cobra.Command{
		Use:   "anomalies --in FILE",
		Short: "What was out of the ordinary in each series of a file, and why",
		Long: `Find spikes, drops, outages and shifts of level in each series of a file, with the reason in words, as
id,from,to,kind,reason. From and to are the times of the file, or places counted from 0 where it has none.

` + forms,
		Example: "  stoa anomalies --in requests.csv --period 7",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.period < 0 {
				return usageError{errors.New("--period counts steps")}
			}
			return s.each(cmd, "id,from,to,kind,reason", func(row table.Row, w *csv.Writer) error {
				for _, a := range forecast.Anomalies(row.Series) {
					record := []string{row.ID, timeOf(row, a.From), timeOf(row, a.To), string(a.Kind), a.Reason(placeOf(row, a.From))}
					if err := w.Write(record); err != nil {
						return fmt.Errorf("writing the anomalies: %w", err)
					}
				}
				return nil
			})
		},
	}
	s.flags(c)
	return c
}

func timeOf(row table.Row, i int) string {
	if row.Times != nil && row.Times[i] != "" {
		return row.Times[i]
	}
	return strconv.Itoa(i)
}

// placeOf is what the value's place in the season is called, where the file has days or months.
func placeOf(row table.Row, i int) string {
	if row.Times == nil {
		return ""
	}
	day, err := time.Parse(time.DateOnly, row.Times[i])
	if err == nil && row.Series.Period == 7 {
		return day.Weekday().String()
	}
	if month, err2 := time.Parse("2006-01", row.Times[i]); err2 == nil {
		day, err = month, nil
	}
	if err == nil && row.Series.Period == 12 {
		return day.Month().String()
	}
	return ""
}

// each answers for every series, on all cores, and writes the answers in the order of the file. A series without an
// answer is told on the way and does not keep the others from theirs.
func (s *seriesFile) each(cmd *cobra.Command, header string, answer func(table.Row, *csv.Writer) error) error {
	rows, err := s.read(cmd.InOrStdin())
	if err != nil {
		return err
	}
	texts, problems := make([]text, len(rows)), make([]error, len(rows))
	progress := newProgress(len(rows))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(rows)) {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(rows) || cmd.Context().Err() != nil {
					return
				}
				w := csv.NewWriter(&texts[i])
				problems[i] = answer(rows[i], w)
				w.Flush()
				progress.done()
			}
		})
	}
	wait.Wait()
	progress.end()
	if err := cmd.Context().Err(); err != nil {
		return errors.New("stopped before the end; nothing was written")
	}
	if err := s.write(cmd.OutOrStdout(), header, texts); err != nil {
		return err
	}
	failed := false
	for i, err := range problems {
		if err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "stoa: series %s: %v\n", rows[i].ID, err)
			failed = true
		}
	}
	if failed {
		return errNo
	}
	return nil
}

// text is an answer on its way.
type text []byte

func (t *text) Write(p []byte) (int, error) {
	*t = append(*t, p...)
	return len(p), nil
}

func (s *seriesFile) read(stdin io.Reader) (rows []table.Row, err error) {
	if s.in == "" {
		return nil, usageError{errors.New("--in is needed: the file of series")}
	}
	from := stdin
	if s.in != "-" {
		f, err := os.Open(s.in)
		if err != nil {
			return nil, fmt.Errorf("opening the series: %w", err)
		}
		defer f.Close()
		from = f
	}
	if rows, err = table.Read(from, s.period, s.horizon); err != nil {
		return nil, fmt.Errorf("%s: %w", s.in, err)
	}
	return rows, nil
}

func (s *seriesFile) write(stdout io.Writer, header string, texts []text) (err error) {
	to := stdout
	if s.out != "" {
		f, err2 := os.Create(s.out)
		if err2 != nil {
			return fmt.Errorf("creating the answer: %w", err2)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		to = f
	}
	if _, err := fmt.Fprintln(to, header); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	for _, t := range texts {
		if _, err := to.Write(t); err != nil {
			return fmt.Errorf("writing the answer: %w", err)
		}
	}
	return nil
}

// progress counts on the terminal while a person watches, and is silent otherwise.
type progress struct {
	of     int
	ready  atomic.Int64
	screen io.Writer
}

func newProgress(of int) *progress {
	p := &progress{of: of}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && of > 20 {
		p.screen = os.Stderr
	}
	return p
}

func (p *progress) done() {
	if n := p.ready.Add(1); p.screen != nil && n%10 == 0 {
		fmt.Fprintf(p.screen, "\r%d of %d series", n, p.of)
	}
}

func (p *progress) end() {
	if p.screen != nil {
		fmt.Fprintf(p.screen, "\r%*s\r", 40, "")
	}
}
