package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func credentialCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "credential",
		Short: "Look after the keys that sign licences in wallets",
		Long:  `Look after the keys that sign licences in wallets. A new key signs every three months without being asked.`,
		Args:  exactly(0, "rotate"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(credentialRotate())
	return c
}

func credentialRotate() *cobra.Command {
	var file string
	var option app.Config
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Make a new key, which signs from now on; those before it stay published",
		Long: `Make a new key, which signs from now on. Those before it stay in the file and are published, for what they have signed.
The command may run beside the server. Copy the key file afterwards.`,
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := app.ReadConfig(file, os.Getenv)
			if err != nil {
				return err
			}
			override(cmd, &cfg, option)
			id, err := app.RotateCredentialKey(cfg)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "this key signs from now on:\n%s\n", id)
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&option.Data, "data", "", "folder of the database and the keys (default data)")
	return c
}
