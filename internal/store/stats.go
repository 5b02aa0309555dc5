package store

import (
	"context"
	"time"
)

// Stats is what a database has done since it was opened, and how many are at it.
type Stats struct {
	Commits int64 // of writing transactions; on SQLite several writes share one
	Writes  int64 // that were committed or rolled back to where they began
	Trips   int64 // round trips of writes to PostgreSQL, without the first ones of a connection that prepare statements
	Waited  int64 // asked for a connection and had to wait for one
	Readers int   // at work now

	Standbys []StandbyStats   // that may answer looks
	Passed   map[string]int64 // looks that went to the primary all the same: none (no standby was in use), behind (the reader has seen more), failed
}

// Stats tells.
func (db *DB) Stats() Stats { return db.engine.stats() }

// Notes says what about the database itself puts its promises at risk, each with what to do; nothing where all is well.
func (db *DB) Notes(ctx context.Context) ([]string, error) { return db.engine.notes(ctx, db.now()) }

// skewMost is how far two clocks may be apart before it is said.
const skewMost = 2 * time.Second
