package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func keysCommand() *cobra.Command {
	c := &cobra.Command{Use: "keys", Short: "The master keys, under which the keys of people and cases are kept",
		Args: exactly(0, "a command: rotate"), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	var file string
	var option app.Config
	rotate := &cobra.Command{
		Use:   "rotate",
		Short: "Add a master key and move everything to it, while the server runs",
		Long: `Add a master key and move the keys of all people and cases to it. Nothing is sealed anew, and nobody has to wait: it may
run beside the server, which notices within a minute. Keep a new copy of the key file afterwards; when stoa doctor says
that the newest key wraps everything, and no backup from before is needed any more, the older lines may be taken out.`,
		Example: "  stoa keys rotate --data /var/lib/stoa",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := app.ReadConfig(file, os.Getenv)
			if err != nil {
				return err
			}
			override(cmd, &config, option)
			moved, err := app.RotateKeys(cmd.Context(), config)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "A new master key wraps from now on; %d keys were moved to it. Copy the key file to its safe places.\n", moved)
			return nil
		},
	}
	f := rotate.Flags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&option.Data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar((*string)(&option.Database), "database", "", "postgres://… instead of the embedded database")
	c.AddCommand(rotate)
	return c
}

func privacyCommand() *cobra.Command {
	var asJSON bool
	var language string
	c := &cobra.Command{
		Use:   "privacy DIR",
		Short: "The record of processing activities and a draft of an impact assessment, from the files",
		Long: `Write what the files of a jurisdiction say of personal data: which, why, under which law, how long, and to whom it is given
(GDPR Article 30), and a draft of a data-protection impact assessment (Article 35). The same is on the page /privacy.`,
		Example: "  stoa privacy jurisdictions/greenvale\n  stoa privacy jurisdictions/greenvale --json > record.json",
		Args:    exactly(1, "the folder of the jurisdiction"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.PrivacyRecord(cmd.OutOrStdout(), os.DirFS(args[0]), language, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().StringVar(&language, "language", "", "language of the files (default: their first)")
	return c
}
