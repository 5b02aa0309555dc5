package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stoa/internal/app"
	"stoa/internal/carry"
)

// installation are the options that say which installation is meant.
type installation struct {
	file   string
	option app.Config
}

func (i *installation) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&i.file, "config", "", "file of settings (YAML)")
	f.StringVar(&i.option.Data, "data", "", "folder of the database and the keys (default data)")
	f.StringVar((*string)(&i.option.Database), "database", "", "postgres://… instead of the embedded database")
}

func (i *installation) read(cmd *cobra.Command) (app.Config, error) {
	config, err := app.ReadConfig(i.file, os.Getenv)
	if err == nil {
		override(cmd, &config, i.option)
	}
	return config, err
}

// telling says on the terminal how far a long work is, while a person watches.
func telling() (carry.Told, func()) {
	if s, err := os.Stderr.Stat(); err != nil || s.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	return func(table string, rows int64) { fmt.Fprintf(os.Stderr, "\r\033[K%s: %d rows", table, rows) },
		func() { fmt.Fprint(os.Stderr, "\r\033[K") }
}

func backupCommand() *cobra.Command {
	var in installation
	var recipients []string
	var plain, asJSON, leave bool
	var keep int
	c := &cobra.Command{
		Use:   "backup FILE|FOLDER|BUCKET",
		Short: "Copy the database of an installation into a file, a folder or a bucket of backups, while it runs",
		Long: `Copy the database of an installation, while it runs: one committed state of all rows, compressed, each table with its hash,
encrypted in the age format for the recipients that are named. A backup of either database can be restored into the other.
Attachments are in it, also those that lie in an object store, which are read from there; --leave-objects leaves them, and
says how many. Not in the backup are the keys, which belong elsewhere, and the jurisdiction's folder.

Into a folder (one that is there, or a name with a slash at its end), or a bucket of an S3-compatible object store (https://…), only
what has changed since the backups in it is written; each can be restored without the others, and stoa restore --at chooses by
time. --keep DAYS then clears older ones away. The key to the bucket is set as backups.key and backups.secret, or in
STOA_BACKUPS_KEY and STOA_BACKUPS_SECRET_FILE; it must be allowed to put, get, list and delete objects.

stoa backup key FILE makes what opens encrypted backups. Keep it apart from them.`,
		Example: "  stoa backup key /media/safe/backup.key\n" +
			"  stoa backup --config stoa.yaml --recipient age1… /backups/monday.stoa\n" +
			"  stoa backup --config stoa.yaml --recipient age1… --keep 60 /backups/hourly/\n" +
			"  stoa backup --config stoa.yaml --recipient age1… --keep 60 https://s3.example/greenvale/backups\n" +
			"  stoa restore --check --identity /media/safe/backup.key /backups/monday.stoa",
		Args: exactly(1, "the file, the folder or the bucket to write to"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(recipients) == 0 && !plain {
				return usageError{errors.New("say for whom to encrypt, with --recipient age1…, or --plain: what is personal is sealed in any case, the rest is not")}
			}
			config, err := in.read(cmd)
			if err != nil {
				return err
			}
			place, err := app.BackupPlace(config, args[0])
			if err != nil {
				return err
			}
			if keep > 0 && place == nil {
				return usageError{errors.New("--keep is for a folder of backups, or a bucket: name a folder that is there, or with a slash at its end")}
			}
			told, end := telling()
			var b carry.Backup
			var kept carry.Kept
			if place != nil {
				b, kept, err = app.BackupInto(cmd.Context(), config, place, recipients, leave, told)
			} else {
				b, err = writeBackup(cmd, config, args[0], recipients, leave, told)
			}
			end()
			if err != nil {
				return err
			}
			if err := app.NoteBackup(cmd.Context(), config, b); err != nil { // from a standby, or of a schema of long ago
				fmt.Fprintf(cmd.ErrOrStderr(), "the backup is whole; /desk/operations will not show it: %v\n", err)
			}
			if keep > 0 && len(b.Lost) == 0 { // an older one may have what this lacks
				if _, _, err := carry.Clear(cmd.Context(), place, b.Made.AddDate(0, 0, -keep)); err != nil {
					return fmt.Errorf("the backup is whole; clearing older ones away: %w", err)
				}
			}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(struct {
					carry.Backup
					*carry.Kept `json:"kept,omitempty"`
				}{b, keptIn(place != nil, kept)})
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d tables, %d rows, as of %s\n", args[0], len(b.Sums), b.Rows(), b.Made.Format(time.RFC3339))
			if place != nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%d of %d parts are new: %d kB\n", kept.New, kept.Parts, (kept.Bytes+999)/1000)
			}
			tellLeft(cmd.OutOrStdout(), b)
			if len(b.Lost) > 0 {
				return fmt.Errorf("the backup holds everything but %d attachments, which are damaged in the object store or gone from it (%s): look with stoa doctor --objects, bring their objects back from a copy of the bucket or an older backup; older backups were kept", len(b.Lost), some(b.Lost))
			}
			if keys := config.KeyFiles(); len(keys) > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "not in it, and needed with it: %s\n", strings.Join(keys, ", "))
			}
			return nil
		},
	}
	in.flags(c)
	c.Flags().StringArrayVar(&recipients, "recipient", nil, "encrypt for whoever has this recipient's identity (age1…); may be repeated")
	c.Flags().BoolVar(&leave, "leave-objects", false, "leave attachments that lie in an object store there: the backup needs its objects then")
	c.Flags().BoolVar(&plain, "plain", false, "do not encrypt")
	c.Flags().IntVar(&keep, "keep", 0, "in a folder or a bucket: clear backups away that are older than so many days")
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.AddCommand(backupKey())
	return c
}

// tellLeft says what a backup does not hold.
func tellLeft(out io.Writer, b carry.Backup) {
	if len(b.Lost) > 0 {
		fmt.Fprintf(out, "not in it: %d attachments, which were damaged when it was made: %s\n", len(b.Lost), some(b.Lost))
	}
	if b.Left > 0 {
		fmt.Fprintf(out, "not in it: %d attachments, which lie in the object store; without its objects they are lost\n", b.Left)
	}
}

// some names a few of many.
func some(ids []string) string {
	if len(ids) > 5 {
		return strings.Join(ids[:5], ", ") + " …"
	}
	return strings.Join(ids, ", ")
}

func keptIn(place bool, k carry.Kept) *carry.Kept {
	if !place {
		return nil
	}
	return &k
}

// writeBackup writes beside the file, and gives it its name when it is whole and on disk.
func writeBackup(cmd *cobra.Command, config app.Config, name string, recipients []string, leave bool, told carry.Told) (b carry.Backup, err error) {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return b, fmt.Errorf("%s is there already: name a new file", name)
	}
	part := name + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return b, err
	}
	var to io.WriteCloser = nopCloser{f}
	if len(recipients) > 0 {
		to, err = carry.Seal(f, recipients)
	}
	if err == nil {
		b, err = app.Backup(cmd.Context(), config, to, leave, told)
	}
	if err == nil {
		err = to.Close()
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return b, errors.Join(err, os.Remove(part))
	}
	return b, os.Rename(part, name)
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

func backupKey() *cobra.Command {
	return &cobra.Command{
		Use:     "key FILE",
		Short:   "Make the identity that opens encrypted backups, and say its recipient",
		Example: "  stoa backup key /media/safe/backup.key",
		Args:    exactly(1, "the file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, recipient, err := carry.NewIdentity()
			if err != nil {
				return err
			}
			f, err := os.OpenFile(args[0], os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
			if err != nil {
				return err
			}
			_, err = f.WriteString(text)
			if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), recipient)
			return nil
		},
	}
}

func restoreCommand() *cobra.Command {
	var in installation
	var identity, at string
	var check bool
	c := &cobra.Command{
		Use:   "restore FILE|FOLDER|BUCKET",
		Short: "Fill a new database from a backup, and hold every table against its hash",
		Long: `Fill a new database from a backup: the schema as it was, every row, then what newer migrations change. Every table is read again
and held against the hash in the backup. --check reads the whole backup and writes nothing. Of a folder or a bucket of backups it takes the
newest, or with --at the newest that had been made by then. The key to a bucket is set as for stoa backup; to read, it needs no other rights.

The keys are not in a backup: put their files in place first. Then look at everything with stoa doctor.`,
		Example: "  stoa restore --data /var/lib/stoa --identity backup.key /backups/monday.stoa\n" +
			"  stoa restore --data /var/lib/stoa --identity backup.key --at 2026-11-30T14:00:00Z /backups/hourly\n" +
			"  stoa restore --check /backups/monday.stoa",
		Args: exactly(1, "the backup"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			config, err := in.read(cmd)
			if err != nil {
				return err
			}
			var key []byte
			if identity != "" {
				if key, err = os.ReadFile(identity); err != nil {
					return err
				}
			}
			from, err := openBackup(cmd.Context(), config, args[0], at, key)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, from.Close()) }()
			told, end := telling()
			var b carry.Backup
			if check {
				b, err = carry.Check(cmd.Context(), from, told)
			} else {
				b, err = app.Restore(cmd.Context(), config, from, told)
			}
			end()
			if err != nil {
				return err
			}
			does := "restored, and equal to the backup"
			if check {
				does = "whole"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: %d tables, %d rows, as of %s\n", args[0], does, len(b.Sums), b.Rows(), b.Made.Format(time.RFC3339))
			tellLeft(cmd.OutOrStdout(), b)
			if !check && b.Left > 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "if this is a copy to try out, take the object store out of its settings, or give it a key that may only read: what is deleted in the copy it deletes there")
			}
			return nil
		},
	}
	in.flags(c)
	c.Flags().StringVar(&identity, "identity", "", "file of the identity that opens it, if it is encrypted")
	c.Flags().StringVar(&at, "at", "", "of a folder or a bucket: the newest backup that had been made by then (2026-11-30T14:00:00Z)")
	c.Flags().BoolVar(&check, "check", false, "only see whether the backup is whole")
	return c
}

// openBackup opens a file, or what a place of backups has of a time.
func openBackup(ctx context.Context, config app.Config, name, at string, identity []byte) (io.ReadCloser, error) {
	place, err := app.BackupPlace(config, name)
	if err != nil {
		return nil, err
	}
	if place != nil {
		var by time.Time
		if at != "" {
			var err error
			if by, err = time.Parse(time.RFC3339, at); err != nil {
				return nil, usageError{fmt.Errorf("%q is no time such as 2026-11-30T14:00:00Z", at)}
			}
		}
		from, _, err := carry.OpenAt(ctx, place, by, identity)
		return from, err
	}
	if at != "" {
		return nil, usageError{errors.New("--at is for a folder of backups, or a bucket; a file holds one")}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	from, err := carry.Unseal(f, identity)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{from, f}, nil
}

func moveCommand() *cobra.Command {
	var in installation
	var to string
	c := &cobra.Command{
		Use:   "move --to postgres://…",
		Short: "Carry an installation over to another database, and hold every table against its source",
		Long: `Carry an installation over to another database: from the embedded one to PostgreSQL when it grows, and back. Stop the server
first. What was broken off goes on where it stopped; tables that are equal already are left alone. At the end every table is
read on both sides and must have the same hash. The source is not changed; key files and the object store stay where they are.

Afterwards set database in the settings to the new place, look at everything with stoa doctor, and start.`,
		Example: "  stoa move --data /var/lib/stoa --to 'postgres://stoa@db.example/stoa?sslmode=verify-full'\n" +
			"  stoa move --database postgres://stoa@127.0.0.1/stoa --to sqlite:/var/lib/stoa/stoa.db",
		Args: exactly(0, "no arguments: everything is an option"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return usageError{errors.New("say where to, with --to postgres://… or --to sqlite:FILE")}
			}
			config, err := in.read(cmd)
			if err != nil {
				return err
			}
			told, end := telling()
			sums, err := app.Move(cmd.Context(), config, to, told)
			end()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "moved, and equal on both sides: %d tables, %d rows\n", len(sums), carry.Backup{Sums: sums}.Rows())
			return nil
		},
	}
	in.flags(c)
	c.Flags().StringVar(&to, "to", "", "postgres://… or sqlite:FILE")
	return c
}
