package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"

	"stoa/internal/job"
	"stoa/internal/person"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/telemetry"
)

// Version is which program this is, and from which state of the source, as far as it is known.
func Version() (version, revision string) {
	version = "development"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, ""
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return version, revision
}

func (a *App) observe(ctx context.Context) (err error) {
	version, _ := Version()
	a.telemetry, err = telemetry.New(ctx, telemetry.Config{Now: time.Now, Version: version, Traces: a.Config.Traces, Log: a.Log})
	return err
}

// figures are what is counted when somebody looks at /metrics.
func (a *App) figures(ctx context.Context) (all []telemetry.Figure, err error) {
	s := a.DB.Stats()
	add := func(name, help string, v float64) {
		all = append(all, telemetry.Figure{Name: "stoa_" + name, Help: help, Value: v})
	}
	add("database_commits", "Commits since the start; each is one sync of the disk.", float64(s.Commits))
	add("database_writes", "Writing transactions since the start; on SQLite several share a commit.", float64(s.Writes))
	add("database_waits", "Times that somebody waited for a connection, since the start.", float64(s.Waited))
	add("database_readers", "Readers at work.", float64(s.Readers))
	standbys(s, &all)
	commits := len(all)
	err = a.DB.Read(ctx, "app.figures", func(ctx context.Context, tx *store.Tx) error {
		all = all[:commits]
		load, err := job.Count(ctx, tx)
		if err != nil {
			return err
		}
		for state, n := range map[string]int64{"waiting": load.Waiting, "due": load.Due, "dead": load.Dead} {
			all = append(all, telemetry.Figure{Name: "stoa_jobs", Help: "Jobs: waiting (also for later), due now, dead (failed for good).", Label: "state", Kind: state, Value: float64(n)})
		}
		add("job_lag_seconds", "Since when the longest due job is due.", load.Lag.Seconds())
		kinds, err := job.Waiting(ctx, tx)
		if err != nil {
			return err
		}
		for kind, n := range kinds {
			all = append(all, telemetry.Figure{Name: "stoa_jobs_waiting", Help: "Jobs not yet done by kind; notify.send is the outbox of messages.", Label: "kind", Kind: kind, Value: float64(n)})
		}
		log, err := a.publog.Status(ctx, tx)
		if err != nil {
			return err
		}
		add("log_waiting", "Leaves of the public log without a place.", float64(log.Waiting))
		add("log_size", "Leaves of the public log with a place.", float64(log.Size))
		add("log_published", "Leaves of the public log under the last signed state.", float64(max(log.Published, 0)))
		sessions, err := person.Live(ctx, tx)
		if err != nil {
			return err
		}
		add("sessions", "Sessions that have not ended.", float64(sessions))
		if err := a.objectFigures(ctx, tx, add); err != nil {
			return err
		}
		backup, err := telemetry.LastBackup(ctx, tx)
		if err == nil && !backup.IsZero() {
			add("backup_age_seconds", "Since the last backup by stoa backup; missing where there was none.", tx.Now().Sub(backup).Seconds())
		}
		return err
	})
	return all, err
}

// standbys are the figures of the database's replicas; nothing where there are none.
func standbys(s store.Stats, all *[]telemetry.Figure) {
	for _, r := range s.Standbys {
		used := 0.0
		if r.Used {
			used = 1
		}
		*all = append(*all,
			telemetry.Figure{Name: "stoa_replica_used", Help: "1 where a replica of the database answers pages.", Label: "replica", Kind: r.Name, Value: used},
			telemetry.Figure{Name: "stoa_replica_lag_seconds", Help: "A replica has everything that was stored longer ago than this.", Label: "replica", Kind: r.Name, Value: r.Lag.Seconds()},
			telemetry.Figure{Name: "stoa_replica_reads", Help: "Reads that a replica answered since the start.", Label: "replica", Kind: r.Name, Value: float64(r.Looks)})
	}
	if len(s.Standbys) == 0 {
		return
	}
	for _, why := range store.Passes {
		*all = append(*all, telemetry.Figure{Name: "stoa_replica_passed", Help: "Reads that the primary answered in place of a replica, since the start: none was in use, all were behind what the reader had seen, gave no answer, or cancelled.",
			Label: "why", Kind: why, Value: float64(s.Passed[why])})
	}
}

// noteDatabase says in the log what about the database puts its promises at risk.
func (a *App) noteDatabase(ctx context.Context) error {
	notes, err := a.DB.Notes(ctx)
	for _, n := range notes {
		a.Log.Warn("a note on the database", "note", n)
	}
	return err
}

// examineDatabase is the same for `stoa doctor`.
func (a *App) examineDatabase(ctx context.Context, _ *store.Tx, _ *service.Jurisdiction) ([]Examination, error) {
	var notes []string
	if err := a.DB.WatchStandbys(ctx); err != nil {
		notes = append(notes, err.Error())
	}
	more, err := a.DB.Notes(ctx)
	notes = append(notes, more...)
	return []Examination{examined("database", "version, encoding, order of text, durability and clock are as they should be", notes)}, err
}

// Metrics serves the figures on a listener of their own until ctx ends, where the settings name one.
func (a *App) Metrics(ctx context.Context) error {
	if a.Config.Metrics == "" {
		return nil
	}
	listener, err := net.Listen("tcp", a.Config.Metrics)
	if err != nil {
		return fmt.Errorf("listening on %s for metrics: %w; choose another with metrics (STOA_METRICS)", a.Config.Metrics, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.telemetry.Handler())
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := s.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			a.Log.Error("serving metrics", "err", err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return nil
}

// near answers only who asks from this machine, by its own name, and through no proxy.
func near(h http.Handler, otherwise http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, passed := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
			if r.Header.Get(passed) != "" {
				otherwise.ServeHTTP(w, r)
				return
			}
		}
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if from, err := netip.ParseAddrPort(r.RemoteAddr); err != nil || !from.Addr().Unmap().IsLoopback() || !onMachine(host) {
			otherwise.ServeHTTP(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Drain says at /readyz that no more requests are to be sent here.
func (a *App) Drain() { a.draining.Store(true) }

// Serve answers on a listener until ctx ends; then it says that it is not ready, and goes on for as long as proxies take to
// hear it.
func (a *App) Serve(ctx context.Context, s *http.Server, listen func() error) error {
	late, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	context.AfterFunc(ctx, func() {
		a.Drain()
		time.AfterFunc(a.Config.Drain, end)
	})
	return Serve(late, s, listen)
}

// Serve answers on a listener until ctx ends, then lets running requests finish.
func Serve(ctx context.Context, s *http.Server, listen func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- listen() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return s.Shutdown(grace)
}
