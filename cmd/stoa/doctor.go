package main

import (
	"encoding/json"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func doctorCommand() *cobra.Command {
	var file string
	var asJSON, thorough bool
	var option app.Config
	c := &cobra.Command{
		Use:   "doctor --jurisdiction DIR",
		Short: "Look whether everything in an installation agrees: schema, books, bills, bank, jobs",
		Long: `Look whether everything in an installation agrees: that the books balance in every currency, that what bills,
refunds and bank statements say is what the books say, that attachments are where they should be, and that no work has failed
for good.
It may run beside the server. It exits with 1 when it finds something.`,
		Example: "  stoa doctor --jurisdiction greenvale --data /var/lib/stoa",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := app.ReadConfig(file, os.Getenv)
			if err != nil {
				return err
			}
			override(cmd, &config, option)
			if config.Jurisdiction == "" {
				return usageError{errors.New("name the folder of the jurisdiction with --jurisdiction DIR")}
			}
			all, err := app.Doctor(cmd.Context(), config, os.DirFS(config.Jurisdiction), thorough)
			if err != nil {
				return err
			}
			well := true
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				err = enc.Encode(all)
				for _, x := range all {
					well = well && len(x.Findings) == 0
				}
			} else {
				well = app.PrintExaminations(cmd.OutOrStdout(), all)
			}
			if err == nil && !well {
				err = errors.New("something does not agree; docs/runbooks/books-do-not-agree.md says what to do")
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&option.Jurisdiction, "jurisdiction", "", "folder of the jurisdiction")
	f.StringVar(&option.Data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar((*string)(&option.Database), "database", "", "postgres://… instead of the embedded database")
	f.BoolVar(&thorough, "objects", false, "read every attachment in the object store through, and hold it against its hash")
	f.BoolVar(&asJSON, "json", false, "as JSON")
	return c
}
