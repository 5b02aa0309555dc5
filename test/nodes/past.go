package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"stoa/internal/store"
)

// archive is where the database server puts its log, for what docs/guides/operating.md says of going back to a moment.
func archive(dir string) []string {
	return []string{"-c", "archive_mode=on", "-c", "archive_command=test ! -f " + dir + "/%f && cp %p " + dir + "/%f"}
}

// goBack takes a base backup while people apply, notes a moment between two of its kind, and afterwards makes a server of the base
// backup and the archive that stands where the first stood then.
func goBack(life context.Context, w *world, dice *rand.Rand) error {
	always := context.WithoutCancel(life)
	base, kept := filepath.Join(filepath.Dir(w.primary.dir), "base"), filepath.Join(w.dir, "kept")
	wait(life, 500+dice.IntN(1000))
	if err := w.primary.tool(always, "pg_basebackup", "-D", base, "-h", "127.0.0.1", "-p", strconv.Itoa(w.primary.port), "-U", "stoa", "-X", "none", "-c", "fast", "--no-manifest"); err != nil {
		return err
	}
	wait(life, 1500+dice.IntN(1500))
	before, err := countIn(always, w.database)
	if err != nil {
		return err
	}
	moment := time.Now().UTC()
	// The file of the log's keys remembers what was signed last: the one that goes with a moment is the one of that moment.
	if err := copyFiles(kept, w.dir, "keys", "keys.erased", "log.keys", "credential.keys"); err != nil {
		return err
	}
	time.Sleep(200 * time.Millisecond)
	after, err := countIn(always, w.database)
	if err != nil {
		return err
	}
	<-life.Done()
	last, err := countIn(always, w.database)
	if err != nil {
		return err
	}
	if err := w.primary.say(always, "SELECT pg_switch_wal()"); err != nil {
		return err
	}
	archived := filepath.Join(filepath.Dir(w.primary.dir), "archive")
	s := &server{bin: w.primary.bin, dir: base, as: w.primary.as, more: []string{"-c", "restore_command=cp " + archived + "/%f %p",
		"-c", "recovery_target_time=" + moment.Format("2006-01-02 15:04:05.000000+00"), "-c", "recovery_target_action=promote"}}
	if s.port, err = freePort(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(base, "recovery.signal"), nil, 0o644); err != nil {
		return err
	}
	if err := s.start(always); err != nil {
		return err
	}
	defer s.kill()
	url := "postgres://stoa@" + s.addr() + "/postgres?sslmode=disable&target_session_attrs=read-write"
	n := -1
	for begun := time.Now(); ; time.Sleep(200 * time.Millisecond) { // until it has come to the moment, and takes writes
		if n, err = countIn(always, url); err == nil {
			break
		}
		if time.Since(begun) > time.Minute {
			return fmt.Errorf("the server does not come to the moment; its log is %s.log: %w", s.dir, err)
		}
	}
	w.tell(fmt.Sprintf("gone back to a moment with %d to %d cases, of %d at the end: %d found", before, after, last, n))
	if n < before || n > after || n == last {
		return fmt.Errorf("%d cases are there, and at that moment there were %d to %d", n, before, after)
	}
	old := &node{folder: w.o.folder}
	for _, v := range w.nodes[0].env {
		v = strings.ReplaceAll(strings.ReplaceAll(v, w.database, url), "="+w.dir+"/", "="+kept+"/")
		old.env = append(old.env, v)
	}
	if found := old.doctor(always, w.o.next); found != agrees {
		return fmt.Errorf("of the installation as it was, stoa doctor says: %s", found)
	}
	return nil
}

func copyFiles(to, from string, names ...string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(from, name))
		if os.IsNotExist(err) {
			continue // nobody has been erased, or nothing issued
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), text, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// countIn is how many cases a database has.
func countIn(ctx context.Context, url string) (n int, err error) {
	db, err := store.Open(ctx, store.Config{URL: url})
	if err != nil {
		return 0, err
	}
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	return n, db.Read(ctx, "nodes.count", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, "SELECT COUNT(*) FROM cases").Scan(&n)
	})
}
