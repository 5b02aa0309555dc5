package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/visitor"
	"stoa/internal/visitor/crowd"
)

func benchCommand() *cobra.Command {
	var folder string
	var plan crowd.Plan
	var asJSON bool
	c := &cobra.Command{
		Use:   "bench URL",
		Short: "Let many people use a site that runs, and measure what they meet",
		Long: `Let many people use a site that runs: they browse, look things up, and apply page by page with the worked examples of its
services, pay where the demo lets them, and come back; officers of a demo open the queue and a case, decide it, and read the letter.
They come at moments that do not wait for the site, so that what is slow cannot hide; what they waited counts from when they came.
Applications and decisions stay: bench a demo or a trial installation, never the real one. Officers come only where people sign in by
a click. On the same machine every visitor has an address of their own; from another, limits against too many posts will be met.`,
		Example: "  stoa demo --addr 127.0.0.1:8080 --jurisdiction greenvale\n  stoa bench http://127.0.0.1:8080 --jurisdiction greenvale --rate 20 --seconds 30",
		Args:    exactly(1, "the address of the site"),
		RunE: func(cmd *cobra.Command, args []string) error {
			plan.Site = strings.TrimRight(args[0], "/")
			if u, err := url.Parse(plan.Site); err != nil || u.Host == "" {
				return usageError{errors.New("write the address like http://127.0.0.1:8080")}
			}
			if folder == "" {
				return usageError{errors.New("name the jurisdiction's folder, whose worked examples people type: --jurisdiction DIR")}
			}
			var err error
			if plan.Plans, err = visitor.Plans(os.DirFS(folder), time.Now()); err != nil {
				return err
			}
			if plan.Desks, err = visitor.Desks(os.DirFS(folder)); err != nil {
				return err
			}
			r, err := crowd.Run(cmd.Context(), plan)
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(r)
			}
			return r.Print(cmd.OutOrStdout())
		},
	}
	f := c.Flags()
	f.StringVar(&folder, "jurisdiction", "", "folder of the jurisdiction that the site serves")
	f.Float64Var(&plan.Rate, "rate", 5, "how many people come in a second")
	f.IntVar(&plan.Seconds, "seconds", 20, "for how long they come")
	f.Uint64Var(&plan.Seed, "seed", 1, "what decides when they come and for what")
	f.BoolVar(&asJSON, "json", false, "as JSON; times in nanoseconds")
	return c
}
