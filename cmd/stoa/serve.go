package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/app"
	"stoa/jurisdictions"
)

func serveCommand() *cobra.Command {
	var file string
	var onlyCheck bool
	var option app.Config
	c := &cobra.Command{
		Use:   "serve --jurisdiction DIR",
		Short: "Serve a jurisdiction",
		Long: `Serve a jurisdiction: pages for the public, the desk, the workers behind them.

Every setting can be given in a file (--config), in the environment (STOA_MAIL_HOST, and so on)
or as an option; the later wins. Secrets can also be read from a file (STOA_MAIL_PASSWORD_FILE).
Changed files of the jurisdiction are checked and put in force within a second or two; files with
problems are refused, with the list, and the former ones stay.`,
		Example: "  stoa serve --jurisdiction greenvale --data /var/lib/stoa --url https://services.example",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := app.ReadConfig(file, os.Getenv)
			if err != nil {
				return err
			}
			override(cmd, &config, option)
			if err := config.Check(); err != nil {
				return err
			}
			if onlyCheck {
				if err := errors.Join(app.TryMail(cmd.Context(), config), app.TryObjects(cmd.Context(), config)); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), "the settings are complete")
				return nil
			}
			return serve(cmd.Context(), config, journal(config))
		},
	}
	f := c.Flags()
	f.StringVar(&file, "config", "", "file of settings (YAML)")
	f.BoolVar(&onlyCheck, "check", false, "say what is wrong with the settings, and end")
	f.StringVar(&option.Jurisdiction, "jurisdiction", "", "folder of the jurisdiction")
	f.StringVar(&option.Data, "data", "", "folder for the database and the keys (default data)")
	f.StringVar((*string)(&option.Database), "database", "", "postgres://… instead of the embedded database")
	f.StringVar(&option.Addr, "addr", "", "HOST:PORT to listen on (default 127.0.0.1:8080)")
	f.StringVar(&option.URL, "url", "", "how people reach the site")
	return c
}

// journal is the log on standard error.
func journal(c app.Config) *slog.Logger {
	if c.Journal == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

func override(cmd *cobra.Command, c *app.Config, option app.Config) {
	for name, at := range map[string][2]*string{
		"jurisdiction": {&c.Jurisdiction, &option.Jurisdiction}, "data": {&c.Data, &option.Data},
		"database": {(*string)(&c.Database), (*string)(&option.Database)}, "addr": {&c.Addr, &option.Addr}, "url": {&c.URL, &option.URL},
	} {
		if cmd.Flags().Changed(name) {
			*at[0] = *at[1]
		}
	}
}

func serve(ctx context.Context, config app.Config, log *slog.Logger) error {
	a, err := app.Open(ctx, config, false, log)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.ReachesAttachments(ctx); err != nil {
		return err
	}
	files := func() fs.FS { return os.DirFS(config.Jurisdiction) }
	problems, err := a.Publish(ctx, files())
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintf(os.Stderr, "%s/%s\n", config.Jurisdiction, p)
		}
		return fmt.Errorf("%s has %d problems; stoa check lists them too", config.Jurisdiction, len(problems))
	}
	return listenAndWork(ctx, a, files, config.Addr, true, nil)
}

// listenAndWork serves until ctx ends. ready is called with the address once it answers.
func listenAndWork(ctx context.Context, a *app.App, files func() fs.FS, addr string, styled bool, ready func(url string)) error {
	s, err := a.Server(styled)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; choose another with --addr HOST:PORT", addr, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := a.Metrics(ctx); err != nil {
		return err
	}
	worked := make(chan error, 1)
	go func() { // without its work a node looks well and does half: it ends, and says why
		err := a.Work(ctx, files)
		if err != nil {
			cancel()
		}
		worked <- err
	}()
	if ready != nil {
		ready("http://" + listener.Addr().String())
	}
	a.Log.Info("serving", "addr", listener.Addr().String())
	h := s.HTTP()
	h.Handler = a.Handler(h.Handler)
	err = a.Serve(ctx, h, func() error { return h.Serve(listener) })
	cancel()
	if werr := <-worked; err == nil && !errors.Is(werr, context.Canceled) {
		err = werr
	}
	return err
}

func demoCommand() *cobra.Command {
	var addr, data, folder string
	var count int
	c := &cobra.Command{
		Use:   "demo",
		Short: "Serve the sample district, with people to sign in as",
		Long: `Serve the sample district of Greenvale, seeded with half a year of cases through the real use cases.
Sign in as any of its people by a click; every mail lands in a mailbox page.`,
		Example: "  stoa demo --addr 127.0.0.1:8080",
		Args:    exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if data == "" {
				dir, err := os.MkdirTemp("", "stoa-demo-")
				if err != nil {
					return fmt.Errorf("making a folder for the demo: %w", err)
				}
				defer os.RemoveAll(dir)
				data = dir
			}
			files := func() fs.FS { return jurisdictions.Greenvale() }
			if folder != "" {
				files = func() fs.FS { return os.DirFS(folder) }
			}
			level := slog.LevelWarn
			if os.Getenv("STOA_DEBUG") != "" {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
			set, err := app.ReadConfig("", os.Getenv) // of which the demo takes these alone
			if err != nil {
				return err
			}
			return demo(cmd.Context(), app.Config{Data: data, Addr: addr, Identity: set.Identity, Forms: set.Forms}, files, count, log, func(format string, args ...any) {
				fmt.Fprintf(out, format, args...)
			})
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "HOST:PORT to listen on; port 0 picks a free one")
	c.Flags().StringVar(&data, "data", "", "folder to keep the demo in (default: a temporary one)")
	c.Flags().StringVar(&folder, "jurisdiction", "", "another folder than the built-in sample")
	c.Flags().IntVar(&count, "cases", 300, "how many cases to seed")
	return c
}

func demo(ctx context.Context, config app.Config, files func() fs.FS, count int, log *slog.Logger, say func(string, ...any)) error {
	// The address must be known before seeding, since letters hold links.
	addr, err := freeAddr(config.Addr)
	if err != nil {
		return err
	}
	config.Addr, config.URL = addr, "http://"+addr
	if config.Data, err = filepath.Abs(config.Data); err != nil {
		return fmt.Errorf("finding the data folder: %w", err)
	}
	a, err := app.Open(ctx, config, true, log)
	if err != nil {
		return err
	}
	defer a.Close()
	begun := time.Now()
	if err := a.SeedDemo(ctx, files(), count, func(done, of int) { say("\rseeding cases: %d of %d", done, of) }); err != nil {
		return err
	}
	say("\rseeded in %.1f s%s\n", time.Since(begun).Seconds(), "                    ")
	return listenAndWork(ctx, a, files, addr, false, func(url string) {
		j := a.Flow.Docket.Releases.Current()
		say("\n%s is served at\n\n    %s\n\nSign in at %s/demo as:\n\n", j.File.Name.In("en"), url, url)
		for _, p := range j.Demo.Staff {
			say("    %-18s %s\n", p.Name, p.Does.In("en"))
		}
		for _, p := range j.Demo.Residents {
			say("    %-18s %s\n", p.Name, p.Does.In("en"))
		}
		say("\nMail lands at %s/demo/mailbox. Stop with Ctrl-C.\n", url)
	})
}

// freeAddr replaces port 0 by a free one.
func freeAddr(addr string) (string, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return "", fmt.Errorf("listening on %s: %w; choose another with --addr HOST:PORT", addr, err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
