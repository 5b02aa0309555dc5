package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func simulateCommand() *cobra.Command {
	var file string
	var option app.Config
	var in app.Simulation
	var asJSON bool
	c := &cobra.Command{
		Use:   "simulate DIR",
		Short: "What a changed rule, fee, rate, deadline or number of officers would have done to the past",
		Long: `Replay everything that happened under a change, with the same program that decides, and say what people would have paid,
who gains and who loses by group (groups that are too small are hidden), which cases would have ended otherwise, and how long
people would have waited. Nothing is changed. Cases that do not hold what the changed rules ask for are counted, not guessed.

DIR has the files in force. The change is a small file:

  title: A fee of 25 pounds
  service: temporary-event-notice        # or tax: business-rates
  parameters: [{id: ten_fee, value: 25}] # from: 2026-04-01, for a day on which it begins
  amounts: [{id: notice, amount: param.ten_fee * 1.1}]
  deadlines: [{state: with-police-and-council, working_days: 5}]
  officers: 2                            # more than there are; minutes: and hours: say what one case and one day has
  from: 2026-01-01                       # past cases from here on, and until:

The same input gives the same study; its fingerprint covers the rules, the change, which cases, and the seed.`,
		Example: "  stoa simulate greenvale --data data --as ada.moss@greenvale.example --change fee.yaml --out study",
		Args:    exactly(1, "the folder of the files in force"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if in.Change == "" || in.As == "" {
				return usageError{errors.New("--change and --as are needed: the file of the change, and whose rights count")}
			}
			in.Folder = args[0]
			cfg, err := app.ReadConfig(file, os.Getenv)
			if err != nil {
				return err
			}
			override(cmd, &cfg, option)
			if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
				in.Tell = func(done, of int) { fmt.Fprintf(os.Stderr, "\r%d of %d past cases", done, of) }
				defer fmt.Fprintf(os.Stderr, "\r%*s\r", 40, "")
			}
			s, err := app.Simulate(cmd.Context(), cfg, in)
			if err != nil {
				return err
			}
			if !asJSON {
				s.Print(cmd.OutOrStdout())
				return nil
			}
			e := json.NewEncoder(cmd.OutOrStdout())
			e.SetIndent("", " ")
			e.SetEscapeHTML(false)
			return e.Encode(s.Study)
		},
	}
	f := c.Flags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&option.Data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar((*string)(&option.Database), "database", "", "postgres://… instead of the embedded database")
	f.StringVar(&in.Change, "change", "", "file of what is tried")
	f.StringVar(&in.As, "as", "", "email address of the member of staff whose rights count")
	f.StringVar(&in.Out, "out", "", "folder to write the study to: the change and study.json")
	f.BoolVar(&asJSON, "json", false, "write JSON")
	return c
}
