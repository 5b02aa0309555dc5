// Command stoa turns a folder of plain files into a working digital government.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes: 0; 1 said no (problems found, refused, failed); 2 used wrongly.
const (
	exitNo    = 1
	exitUsage = 2
)

// errNo is a refusal that has been explained on the way.
var errNo = errors.New("")

// usageError is a command used wrongly.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "stoa: %v; see stoa help\n", err)
		return exitUsage
	case !errors.Is(err, errNo):
		fmt.Fprintf(os.Stderr, "stoa: %v\n", err)
	}
	return exitNo
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "stoa",
		Short: "A folder of plain files, turned into a working digital government",
		Long: `Stoa turns a folder of plain files into a working digital government.

A public body describes each of its services in one file: who may use it, what is asked,
the rules, the fee, the steps, the deadlines, the letters, what is issued. From that file
come the pages for the public, the desk for officers, and licences that a stranger can verify.

Begin with:
  stoa demo                        a sample district with people to sign in as
  stoa new jurisdiction DIR        a folder of your own
  stoa check DIR                   everything that is wrong with it, at once
  stoa serve --jurisdiction DIR    the real thing`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("there is no command %q", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(demoCommand(), serveCommand(), checkCommand(), explainCommand(), newCommand(), staffCommand(), assistCommand(), doctorCommand(), forecastCommand(), anomaliesCommand(), allocateCommand(), simulateCommand(), versionCommand(), keysCommand(), privacyCommand(),
		verifyCommand(), witnessCommand(), monitorCommand(), logCommand(), credentialCommand(), registerCommand(), backupCommand(), restoreCommand(), moveCommand(), benchCommand())
	return root
}

// exactly makes a wrong number of arguments a wrong use, in words.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("name %s", what)}
		}
		return nil
	}
}
