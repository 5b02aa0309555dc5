// Package dataset owns published datasets: their versions, which never change, the files that people download, and the
// questions that a version answers.
//
// It stops at meaning: where rows come from, what may be published, and who sees it is for the use cases. The form of
// tables and cells is package tabular; files are a cache on a shelf (package shelf) that any node rebuilds from the
// database.
//
// What is promised, and how, is in DESIGN.md.
package dataset

import (
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/tabular"
	"stoa/internal/tabular/lite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this package, for store.Migrate.
func Migrations() fs.FS { return migrations }

// Spec is what a version is published under; it is kept with it.
type Spec struct {
	Dataset      string    `json:"dataset"`
	Organisation string    `json:"organisation"`
	Title        i18n.Text `json:"title,omitempty"`
	Summary      i18n.Text `json:"summary,omitempty"`
	Licence      string    `json:"licence,omitempty"`
	tabular.Schema
}

// Version is one published state of a dataset. Nothing changes it but its withdrawal.
type Version struct {
	Dataset      string
	Number       int
	Organisation string
	At           time.Time
	Rows         int64
	Bytes        int64  // of the canonical CSV
	Hash         string // SHA-256 of the canonical CSV, hexadecimal
	Note         string
	Spec         Spec
	Profile      tabular.Profile
	Changes      Changes // to the version before
	Withdrawn    *Withdrawal

	form    string // hash of what its spec says about its form
	content string // whose chunks hold the bytes
}

// Withdrawal is the tombstone of a version: the bytes are gone, its hash stays.
type Withdrawal struct {
	At     time.Time
	Reason string
	Law    string
}

// Changes counts what a version changed. Without a key a row cannot change, only go and come. Whole says that the two
// cannot be compared (another key or other columns), or that there is none before.
type Changes struct {
	Added   int64 `json:"added"`
	Removed int64 `json:"removed"`
	Changed int64 `json:"changed"`
	Whole   bool  `json:"whole,omitempty"`
}

// Config says where things are.
type Config struct {
	DB    *store.DB
	Shelf *shelf.Shelf
	Log   *slog.Logger // default slog.Default
}

// Store keeps versions and answers for them.
type Store struct {
	db     *store.DB
	shelf  *shelf.Shelf
	log    *slog.Logger
	tables *lite.Tables
}

// New makes a store.
func New(cfg Config) *Store {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Store{db: cfg.DB, shelf: cfg.Shelf, log: cfg.Log, tables: lite.NewTables(maxOpenTables)}
}

// Close waits for files that are being made, and lets go of the open ones. Close it before the database.
func (s *Store) Close() error {
	s.shelf.Wait()
	return s.tables.Close()
}

// maxOpenTables bounds how many versions are ready to be asked at once.
const maxOpenTables = 16
