package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func checkCommand() *cobra.Command {
	var asJSON bool
	var settings string
	c := &cobra.Command{
		Use:     "check DIR",
		Short:   "Find everything that is wrong with a jurisdiction's folder, and run its worked examples",
		Example: "  stoa check jurisdictions/greenvale",
		Args:    exactly(1, "the folder to check"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
				return fmt.Errorf("%s is not a folder; name the one that holds jurisdiction.yaml", args[0])
			}
			j, problems := app.Check(cmd.Context(), os.DirFS(args[0]))
			services, taxes, datasets, examples := 0, 0, 0, 0
			notes := app.Notes(j)
			if settings != "" {
				config, err := app.ReadConfig(settings, os.Getenv)
				if err != nil {
					return err
				}
				notes = append(notes, app.Unreached(j, config.Identity)...)
			}
			if j != nil {
				for _, s := range j.Services {
					services, examples = services+1, examples+len(s.Examples)
				}
				for _, t := range j.Taxes {
					taxes, examples = taxes+1, examples+len(t.Examples)
				}
				for _, d := range j.Datasets {
					if !d.Made {
						datasets++
					}
				}
			}
			out := cmd.OutOrStdout()
			if asJSON {
				report := map[string]any{"services": services, "taxes": taxes, "datasets": datasets, "examples": examples, "problems": problems, "notes": notes}
				if err := json.NewEncoder(out).Encode(report); err != nil {
					return fmt.Errorf("writing the report: %w", err)
				}
			} else {
				for _, p := range problems {
					fmt.Fprintf(out, "%s/%s\n", args[0], p)
				}
				for _, n := range notes {
					fmt.Fprintf(out, "note: %s/%s\n", args[0], n)
				}
				if datasets > 0 {
					fmt.Fprintf(out, "%d datasets, ", datasets)
				}
				if taxes > 0 {
					fmt.Fprintf(out, "%d taxes, ", taxes)
				}
				fmt.Fprintf(out, "%d services, %d examples, %d problems\n", services, examples, len(problems))
			}
			if len(problems) > 0 {
				return errNo
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	c.Flags().StringVar(&settings, "config", "", "file of settings (YAML): note too what of the folder cannot work with them")
	return c
}
