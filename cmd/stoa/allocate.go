package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/allocate"
)

// plan is what stoa allocate was asked for.
type plan struct {
	in, out string
	seconds float64
	seed    uint64
	json    bool
}

func allocateCommand() *cobra.Command {
	var p plan
	c := &cobra.Command{
		Use:   "allocate --in FILE",
		Short: "Who does what when there is not enough of everything, with reasons",
		Long: `Find the best plan for what a file describes, with its value, a bound that no plan can pass, the distance between the two,
and reasons: for each assignment, for what binds, and for what one more of the scarce thing would bring. Where no plan
keeps every demand, it says which cannot be met together.

The file is JSON, one instance or a list, told apart by what it holds:
  req, tours, cost, periods                        officers to weekly tours: [first day, first period, periods], five days in
                                                   a row with an hour's break (two periods) in the middle
  time, cost, cap                                  cases to officers, null where an officer cannot take a case
  programmes (d, levels), budgets, district_floor  budget to programmes: a level is [benefit, use of each budget], and each
                                                   district is given at least the floor of the first budget
  xy_km, service_min, risk_score, inspectors, budget_min, km_per_min
                                                   inspections to routes; the first place is where they begin and end
  queues, officers, step_s, cycles                 waiting, played through: queues have name, per_hour, service_s, spread,
                                                   priority and target_s; officers have count, skills, from and to
or a table of queues, offered_load,agents,aht_s,target_s, answered by Erlang's formula; an empty number of agents is filled.

A plan is written in words, as JSON with --json, and always as JSON to --out. The time allowed is turned into an amount
of work, so that equal input, seed and seconds give equal output, unless the machine is so slow that the time ends first.`,
		Example: "  stoa allocate --in week.json --seconds 10 --out plan.json",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.run(cmd) },
	}
	c.Flags().StringVar(&p.in, "in", "", "file of the instance (- for the standard input)")
	c.Flags().StringVar(&p.out, "out", "", "file to write, as JSON (default: the standard output, in words)")
	c.Flags().Float64Var(&p.seconds, "seconds", 5, "time for each instance")
	c.Flags().Uint64Var(&p.seed, "seed", 1, "what chance begins with")
	c.Flags().BoolVar(&p.json, "json", false, "write JSON")
	return c
}

func (p *plan) run(cmd *cobra.Command) error {
	if p.in == "" {
		return usageError{errors.New("--in is needed: the file of the instance")}
	}
	if !(p.seconds > 0) || p.seconds > 86400 {
		return usageError{errors.New("--seconds lies above 0 and within a day")}
	}
	from := cmd.InOrStdin()
	if p.in != "-" {
		f, err := os.Open(p.in)
		if err != nil {
			return fmt.Errorf("opening the instance: %w", err)
		}
		defer f.Close()
		from = f
	}
	var text bytes.Buffer
	found, err := p.answer(cmd.Context(), bufio.NewReader(from), &text)
	if err != nil {
		return fmt.Errorf("%s: %w", p.in, err)
	}
	if err := p.write(cmd.OutOrStdout(), text.Bytes()); err != nil {
		return err
	}
	if !found {
		return errNo
	}
	return nil
}

func (p *plan) write(stdout io.Writer, text []byte) (err error) {
	if p.out == "" {
		_, err = stdout.Write(text)
	} else {
		err = os.WriteFile(p.out, text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	return nil
}

// answer writes what was found; not found: at least one instance has no plan.
func (p *plan) answer(ctx context.Context, from *bufio.Reader, to *bytes.Buffer) (found bool, err error) {
	if head, _ := from.Peek(32); bytes.Contains(head, []byte("offered_load")) {
		return true, allocate.ErlangTable(from, to)
	}
	instances, list, err := allocate.Read(from)
	if err != nil {
		return false, err
	}
	var answers []*allocate.Answer
	found = true
	for k, instance := range instances {
		a, err := p.solve(ctx, instance)
		if err != nil {
			return false, fmt.Errorf("instance %d: %w", k, err)
		}
		if ctx.Err() != nil {
			return false, errors.New("stopped before the end; nothing was written")
		}
		found = found && (a.Status == allocate.Optimal || a.Status == allocate.Feasible)
		answers = append(answers, a)
	}
	if !p.json && p.out == "" {
		for k, a := range answers {
			if list {
				fmt.Fprintf(to, "Instance %d\n", k)
			}
			words(to, a)
		}
		return found, nil
	}
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if list {
		err = e.Encode(answers)
	} else {
		err = e.Encode(answers[0])
	}
	if err != nil {
		return false, fmt.Errorf("writing the plan: %w", err)
	}
	return found, nil
}

func (p *plan) solve(ctx context.Context, instance allocate.Instance) (*allocate.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.seconds*float64(time.Second)))
	defer cancel()
	limits := allocate.Limits{
		Work: max(1, int64(p.seconds*allocate.WorkPerSecond)),
		Stop: func() bool { return ctx.Err() != nil },
		Seed: p.seed,
	}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		limits.Progress = func(objective, bound float64) {
			fmt.Fprintf(os.Stderr, "\rbest %.10g, bound %.10g  ", objective, bound)
		}
		defer fmt.Fprintf(os.Stderr, "\r%*s\r", 60, "")
	}
	return instance.Solve(limits)
}

// words writes an answer for people.
func words(w io.Writer, a *allocate.Answer) {
	if a.Conflict != nil {
		fmt.Fprintf(w, "No plan: %s.\n", a.Proof)
		for _, c := range a.Conflict {
			fmt.Fprintf(w, "  %s\n", c)
		}
		return
	}
	switch {
	case a.Status == allocate.Unknown:
		fmt.Fprintf(w, "No plan was found: %s.\n", a.Proof)
		return
	case a.Queues != nil:
		fmt.Fprintf(w, "Mean wait %.1f seconds, %.1f %% of the officers' time taken (%s).\n", a.Objective, 100*a.Occupancy, a.Proof)
	case a.Status == allocate.Optimal:
		fmt.Fprintf(w, "The best plan: %.10g (%s).\n", a.Objective, a.Proof)
	default:
		fmt.Fprintf(w, "A plan: %.10g; no plan passes %.10g, which is %.3f %% away (%s).\n", a.Objective, a.Bound, 100*a.Gap, a.Proof)
	}
	for _, q := range a.Queues {
		fmt.Fprintf(w, "  queue %s: %d served, %d left waiting; mean wait %.1f s, give or take %.1f; %.1f %% had to wait, %.1f %% waited no longer than the target\n",
			q.Name, q.Served, q.Waiting, q.MeanSeconds, q.Within, 100*q.Wait, 100*q.ServiceLevel)
	}
	for _, s := range a.Assignments {
		fmt.Fprintf(w, "  %s: %s; %s\n", s.What, s.To, s.Reason)
	}
	prices(w, "What binds:", a.Binding)
	prices(w, "What more would bring:", a.More)
}

func prices(w io.Writer, title string, all []allocate.Price) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(w, title)
	for k, p := range all {
		if k == 12 {
			fmt.Fprintf(w, "  and %d others\n", len(all)-k)
			break
		}
		fmt.Fprintf(w, "  %s: %.6g (%s)\n", p.What, p.Worth, p.Means)
	}
}
