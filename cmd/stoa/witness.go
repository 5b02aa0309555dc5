package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"stoa/internal/app"
	"stoa/internal/proof"
	"stoa/internal/witness"
)

func witnessCommand() *cobra.Command {
	var data, name, addr string
	var logs []string
	c := &cobra.Command{
		Use:   "witness",
		Short: "Run a witness: confirm that a public log shows everybody the same history",
		Long: `Run a witness: confirm that a public log shows everybody the same history.

The log asks by itself (c2sp.org/tlog-witness, POST /add-checkpoint). The witness remembers the last state that it saw,
checks that the new one continues it, and cosigns. It keeps a key and a few hundred bytes for each log in its folder:
whoever loses the folder begins anew under another name. Put it behind a server that speaks HTTPS.`,
		Example: `  stoa witness --data /var/lib/witness --name witness.example.org --addr 127.0.0.1:8090 \
      --log log.town.example/log+7262a33e+AWsW…`,
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg := witness.Config{Dir: data, Name: name, Now: new(app.Clock).Now, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
			if data == "" || name == "" || len(logs) == 0 {
				return usageError{errors.New("--data, --name and at least one --log are needed")}
			}
			for _, text := range logs {
				k, err := proof.ParseKey(text)
				if err != nil {
					return usageError{what(err)}
				}
				cfg.Logs = append(cfg.Logs, k)
			}
			w, err := witness.Open(cfg)
			if err != nil {
				return err
			}
			listener, err := net.Listen("tcp", addr)
			if err != nil {
				return errors.Join(fmt.Errorf("listening on %s: %w; choose another with --addr HOST:PORT", addr, err), w.Close())
			}
			fmt.Fprintf(cmd.OutOrStdout(), "the witness's key, for readers of the log:\n%s\nthe log is to ask:\nhttp://%s/add-checkpoint\n", w.Key(), listener.Addr())
			h := w.HTTP()
			return errors.Join(app.Serve(cmd.Context(), h, func() error { return h.Serve(listener) }), w.Close())
		},
	}
	c.Flags().StringVar(&data, "data", "", "folder for its key and what it has seen")
	c.Flags().StringVar(&name, "name", "", "what it calls itself, such as its address without https://")
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8090", "HOST:PORT to listen on; port 0 picks a free one")
	c.Flags().StringArrayVar(&logs, "log", nil, "public `KEY` of a log to witness; may be repeated")
	return c
}
