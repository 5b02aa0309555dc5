package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"stoa/internal/carry"
	"stoa/internal/store"
	"stoa/internal/telemetry"
)

// openDatabase opens a database and nothing else.
func openDatabase(ctx context.Context, url string) (*store.DB, error) {
	db, err := store.Open(ctx, store.Config{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return db, nil
}

// there refuses an embedded database that would be made by looking at it.
func there(url string) error {
	path, embedded := strings.CutPrefix(url, "sqlite:")
	if !embedded {
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no installation: %w", err)
	}
	return nil
}

// Backup writes an installation's database into a stream; the server may go on meanwhile. Attachments that lie in an object
// store are read from there into it, unless they are to be left.
func Backup(ctx context.Context, c Config, to io.Writer, leave bool, told carry.Told) (b carry.Backup, err error) {
	err = saving(ctx, c, leave, func(db *store.DB, e carry.Elsewhere) error {
		b, err = carry.Save(ctx, db, to, e, told)
		return err
	})
	return b, err
}

// BackupInto writes what has changed into a place of backups.
func BackupInto(ctx context.Context, c Config, place carry.Place, recipients []string, leave bool, told carry.Told) (b carry.Backup, k carry.Kept, err error) {
	err = saving(ctx, c, leave, func(db *store.DB, e carry.Elsewhere) error {
		b, k, err = carry.SaveInto(ctx, db, place, recipients, e, told)
		return err
	})
	return b, k, err
}

func saving(ctx context.Context, c Config, leave bool, save func(*store.DB, carry.Elsewhere) error) (err error) {
	if err := there(c.databaseURL()); err != nil {
		return err
	}
	db, err := openDatabase(ctx, c.databaseURL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	e, err := outlying(ctx, c, db, leave)
	if err != nil {
		return err
	}
	return save(db, e)
}

// NoteBackup tells the installation that a backup is whole and on disk, so that its operators see when the last one was made.
func NoteBackup(ctx context.Context, c Config, b carry.Backup) (err error) {
	db, err := openDatabase(ctx, c.databaseURL())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Write(ctx, "app.NoteBackup", func(ctx context.Context, tx *store.Tx) error { return telemetry.NoteBackup(ctx, tx, b.Rows()) })
}

// Restore fills the database that the settings name, which must be empty, from a stream.
func Restore(ctx context.Context, c Config, from io.Reader, told carry.Told) (b carry.Backup, err error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return b, fmt.Errorf("making the data folder: %w", err)
	}
	db, err := openDatabase(ctx, c.databaseURL())
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return carry.Restore(ctx, db, from, Migrations(), told)
}

// Move carries the database that the settings name into another one: "postgres://…" or "sqlite:PATH".
func Move(ctx context.Context, c Config, to string, told carry.Told) (sums []carry.Sum, err error) {
	if err := there(c.databaseURL()); err != nil {
		return nil, err
	}
	if wrong := (Config{Database: Secret(to)}).plain(); len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	var db [2]*store.DB
	for i, url := range []string{c.databaseURL(), to} {
		if db[i], err = openDatabase(ctx, url); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, db[i].Close()) }()
		if err := db[i].Migrate(ctx, Migrations()...); err != nil {
			return nil, err
		}
	}
	return carry.Move(ctx, db[0], db[1], told)
}

// KeyFiles are the files that no backup holds and that go with it: without the first nothing personal can be read again.
func (c Config) KeyFiles() []string {
	var all []string
	for _, file := range []string{c.keyFile(), c.keyFile() + ".erased", c.logKeyFile(), c.credentialKeys().File} {
		if _, err := os.Stat(file); err == nil {
			all = append(all, file)
		}
	}
	return all
}
