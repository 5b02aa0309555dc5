package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
)

func registerCommand() *cobra.Command {
	var file, folder, as string
	var option app.Config
	c := &cobra.Command{
		Use:   "register",
		Short: "Bring a register in from a file, or take it out as one",
		Long: `Bring a register in from a file of any size, or take it out as one: CSV or JSON Lines. What the desk's pages do for
files up to 25 MB, with the rights and in the name of a member of staff. These commands may run beside the server.`,
		Args: exactly(0, "import or export"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f := c.PersistentFlags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.StringVar(&option.Data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar((*string)(&option.Database), "database", "", "postgres://… instead of the embedded database")
	f.StringVar(&folder, "jurisdiction", "", "folder of the files in force")
	f.StringVar(&as, "as", "", "email address of the member of staff who does this")
	config := func(cmd *cobra.Command) (app.Config, error) {
		if folder == "" || as == "" {
			return app.Config{}, usageError{errors.New("--jurisdiction and --as are needed")}
		}
		c, err := app.ReadConfig(file, os.Getenv)
		if err == nil {
			override(cmd, &c, option)
		}
		return c, err
	}
	c.AddCommand(registerImport(config, &folder, &as), registerExport(config, &folder, &as))
	return c
}

func registerImport(config configOf, folder, as *string) *cobra.Command {
	var all, carry bool
	var wrong string
	c := &cobra.Command{
		Use:   "import REGISTER FILE",
		Short: "Look at each row of a file, say what it would do, and with --carry do it",
		Long: `Look at each row of a file and say what it would do. With --carry it is done, unless the register wants a second person
for it: then a supervisor carries it out at the desk. It goes on after a crash where it was, and takes no row twice.
It exits with 1 when rows are wrong.`,
		Args: exactly(2, "a register and a file"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			cfg, err := config(cmd)
			if err != nil {
				return err
			}
			in := app.RegisterImport{Folder: *folder, Register: args[0], File: args[1], As: *as, AllOrNone: all, Carry: carry}
			if wrong != "" {
				f, err := os.Create(wrong)
				if err != nil {
					return err
				}
				defer func() { err = errors.Join(err, f.Close()) }()
				in.Wrong = f
			}
			p, err := app.ImportRegister(cmd.Context(), cfg, in)
			if err != nil {
				return err
			}
			printImport(cmd.OutOrStdout(), p)
			if p.Bad > 0 {
				return errNo
			}
			return nil
		},
	}
	f := c.Flags()
	f.BoolVar(&all, "all", false, "take all rows or none")
	f.BoolVar(&carry, "carry", false, "carry it out if it may be")
	f.StringVar(&wrong, "wrong", "", "file for all that is wrong with rows (CSV)")
	return c
}

func printImport(out io.Writer, p app.RegisterPreview) {
	fmt.Fprintf(out, "rows: %d\nnew: %d\nchanged: %d\nthe same: %d\nwrong: %d\n", p.Rows, p.Fresh, p.Changed, p.Same, p.Bad)
	for _, w := range p.Wrong {
		fmt.Fprintf(out, "  line %d, %s: %s\n", w.Line, printable(w.Field), printable(w.Reason))
	}
	if p.More {
		fmt.Fprintln(out, "  and more: --wrong FILE lists them all")
	}
	switch {
	case p.Working:
		fmt.Fprintf(out, "a server goes on with it: /desk/imports/%s\n", p.ID)
	case p.State == app.RegisterCarried:
		fmt.Fprintf(out, "carried out: %d records entered or changed\n", p.Taken)
	case p.TwoPersons && !p.NothingY:
		fmt.Fprintf(out, "a supervisor must carry it out at the desk: /desk/imports/%s\n", p.ID)
	default:
		fmt.Fprintf(out, "nothing was changed; the desk has it: /desk/imports/%s\n", p.ID)
	}
}

func registerExport(config configOf, folder, as *string) *cobra.Command {
	var format, day string
	c := &cobra.Command{
		Use:   "export REGISTER",
		Short: "Write a register to standard output, with the fields that the member of staff sees",
		Args:  exactly(1, "a register"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config(cmd)
			if err != nil {
				return err
			}
			return app.ExportRegister(cmd.Context(), cfg, app.RegisterExport{Folder: *folder, As: *as, Register: args[0], Format: format, Day: day}, cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&format, "format", "csv", "csv or jsonl")
	c.Flags().StringVar(&day, "day", "", "as the register was on a day: 2026-04-01")
	return c
}
