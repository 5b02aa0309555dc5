package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func logCommand() *cobra.Command {
	var file string
	var option app.Config
	c := &cobra.Command{
		Use:   "log",
		Short: "Look after the public log: how it stands, its keys, and what to do after a loss",
		Long: `Look after the public log of an installation: how it stands, its keys, and what to do after a loss.
These commands may run beside the server. docs/runbooks/the-log-refuses-to-sign.md says when to use which.`,
		Args: exactly(0, "one of status, rotate, retire and acknowledge"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f := c.PersistentFlags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&option.Data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar((*string)(&option.Database), "database", "", "postgres://… instead of the embedded database")
	config := func(cmd *cobra.Command) (app.Config, error) {
		c, err := app.ReadConfig(file, os.Getenv)
		if err == nil {
			override(cmd, &c, option)
		}
		return c, err
	}
	c.AddCommand(logStatus(config), logRotate(config), logRetire(config), logAcknowledge(config))
	return c
}

type configOf func(cmd *cobra.Command) (app.Config, error)

func logStatus(config configOf) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how the log stands: entries, what waits, keys, witnesses; and check all of it",
		Long: `Say how the public log stands, and build its tree anew from all entries. It exits with 1 when something does not
agree with what was signed.`,
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config(cmd)
			if err != nil {
				return err
			}
			r, err := app.LogStatus(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				err = enc.Encode(r)
			} else {
				printLog(cmd.OutOrStdout(), r)
			}
			if err == nil && len(r.Findings) > 0 {
				err = errors.New("the log does not agree with what was signed; docs/runbooks/the-log-refuses-to-sign.md says what to do")
			}
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func printLog(out io.Writer, r app.LogReport) {
	fmt.Fprintf(out, "log: %s\nentries: %d, of which published: %d\nwaiting: %d\nlast signed: %d entries\n",
		printable(r.Origin), r.Size, max(r.Published, 0), r.Waiting, max(r.Signed, 0))
	for _, k := range r.Keys {
		fmt.Fprintf(out, "key: %s\n", printable(k))
	}
	for _, w := range r.Witnesses {
		fmt.Fprintf(out, "witness: %s has seen %d entries, %s\n", printable(w.Witness), w.Size, w.At)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(out, "  ! %s\n", f)
	}
	if len(r.Findings) == 0 {
		fmt.Fprintln(out, "all of it agrees with what was signed")
	}
}

func logRotate(config configOf) *cobra.Command {
	return &cobra.Command{
		Use:   "rotate",
		Short: "Add a key, which from now on signs beside those before it",
		Long: `Add a key, which from now on signs beside those before it. Announce it, copy the key file, and retire the former key
when readers have had time.`,
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config(cmd)
			if err != nil {
				return err
			}
			key, err := app.RotateLogKey(cmd.Context(), cfg)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "this key signs too from now on:\n%s\n", key)
			}
			return err
		},
	}
}

func logRetire(config configOf) *cobra.Command {
	return &cobra.Command{
		Use:   "retire KEY",
		Short: "End a key's signing; it stays listed for what it has signed",
		Args:  exactly(1, "the public key, as stoa log status prints it"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config(cmd)
			if err != nil {
				return err
			}
			if err := app.RetireLogKey(cmd.Context(), cfg, args[0]); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the key signs no more")
			return nil
		},
	}
}

func logAcknowledge(config configOf) *cobra.Command {
	var by, reason string
	c := &cobra.Command{
		Use:   "acknowledge --by NAME --reason TEXT",
		Short: "Let the log go on after entries that were signed are lost for good",
		Long: `Let the log go on from what the database has, although more or other entries were signed. Your name and your reason
become an entry of the log that everybody can read. Whoever kept a lost state sees that the log does not continue it,
and witnesses that have confirmed it will not follow. Read docs/runbooks/the-log-refuses-to-sign.md first: a log of
another name is nearly always the better way.`,
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if by == "" || reason == "" {
				return usageError{errors.New("--by and --reason are needed: both become public")}
			}
			cfg, err := config(cmd)
			if err != nil {
				return err
			}
			if err := app.AcknowledgeLog(cmd.Context(), cfg, by, reason); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "the break is acknowledged, and becomes an entry of the log")
			return nil
		},
	}
	c.Flags().StringVar(&by, "by", "", "who takes this upon themselves (public)")
	c.Flags().StringVar(&reason, "reason", "", "why (public)")
	return c
}
