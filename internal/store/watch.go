package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Standbys are used only while it is known that they follow the primary, and how far behind they are at most. Twice a second the
// watch asks the primary for the end of its log, and the standbys how far they have replayed it: one that has passed what was the
// end at some moment has everything that was stored by then. Nothing is written for it, no clock is compared with another.
//
// The history itself has a mark: a random number in the table of counters, under the name of cluster and timeline, which the
// first watch to see a timeline writes. A server that shows it has this timeline in its past; positions are comparable where
// the mark is the same. After a fail-over there is another timeline, another mark, and every position of before counts for nothing.

const watchEvery = 500 * time.Millisecond

const lagUsual = 10 * time.Second

// lineage is what is known of the primary.
type lineage struct {
	mu     sync.Mutex
	under  string // the name of its mark
	number int64
	ends   []ended // of its log, the oldest first
}

type ended struct {
	at  time.Time
	lsn uint64
}

func (l *lineage) mark() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.number
}

func (l *lineage) name() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.under
}

// note keeps where the log ended at a moment, and forgets what is older than any standby may be.
func (l *lineage) note(name string, p position, at time.Time, lag time.Duration) (changed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if changed = l.number != p.mark || l.under != name; changed {
		l.ends = nil
	}
	l.under, l.number = name, p.mark
	l.ends = append(l.ends, ended{at, p.lsn})
	for len(l.ends) > 1 && at.Sub(l.ends[1].at) > lag {
		l.ends = l.ends[1:]
	}
	return changed
}

// had is the last moment of which a server that has replayed up to lsn has everything; the zero time for none that is known.
func (l *lineage) had(lsn uint64) (at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.ends {
		if e.lsn <= lsn {
			at = e.at
		}
	}
	return at
}

// nameSQL is the name of a mark, on a primary. Timelines are told by the name of the file that is being written.
const nameSQL = `'timeline ' || (SELECT system_identifier FROM pg_control_system()) || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8)`

const endSQL = `SELECT name, pg_current_wal_insert_lsn()::text, pg_size_bytes(current_setting('wal_segment_size')), current_setting('wal_block_size')::bigint,
	COALESCE((SELECT value FROM counter WHERE counter.name = here.name), 0) FROM (SELECT ` + nameSQL + ` AS name) AS here`

// end is where the primary's log ends: behind every commit that anybody can have seen so far, also one that is not on disk yet.
func (db *postgresDB) end(ctx context.Context) (position, error) {
	_, p, err := db.ask(ctx)
	return p, err
}

func (db *postgresDB) ask(ctx context.Context) (name string, p position, err error) {
	var lsn string
	var segment, block uint64
	if err := db.asking.QueryRow(ctx, endSQL).Scan(&name, &lsn, &segment, &block, &p.mark); err != nil {
		return "", p, err
	}
	at, ok := readLSN(lsn)
	if !ok {
		return "", p, errors.New("no place in a log: " + lsn)
	}
	p.lsn = beforeHead(at, segment, block)
	return name, p, nil
}

// Heads of a file of the log, and of its other pages.
const (
	fileHead = 40
	pageHead = 24
)

// beforeHead is the end of the last record. Where that ends with its page or file, the primary names the place behind the head of
// the next, to which no standby gets before there is another record.
func beforeHead(at, segment, block uint64) uint64 {
	switch {
	case segment > 0 && at%segment == fileHead:
		return at - fileHead
	case block > 0 && at%block == pageHead:
		return at - pageHead
	}
	return at
}

// WatchStandbys begins to use the standbys, until Close. It refuses one that is another cluster's.
func (db *DB) WatchStandbys(ctx context.Context) error {
	pg, ok := db.engine.(*postgresDB)
	if !ok || len(pg.standbys) == 0 || pg.unwatch != nil {
		return nil
	}
	if err := pg.watchPrimary(ctx, db.drawMark, db.log); err != nil {
		return fmt.Errorf("look at the primary: %w", err)
	}
	for _, s := range pg.standbys {
		if err := pg.probe(ctx, s, db.log); errors.Is(err, errOtherCluster) {
			return fmt.Errorf("standby %s: %w", s.name, err)
		}
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	pg.unwatch = func() { stop(); done.Wait() }
	done.Go(func() { pg.watch(life, db.drawMark, db.log) })
	return nil
}

// drawMark draws the number of a mark.
func (db *DB) drawMark() (n int64) {
	var b [6]byte
	db.rand.read(b[:])
	for _, x := range b {
		n = n<<8 | int64(x)
	}
	return n | 1 // never 0
}

func (db *postgresDB) watch(ctx context.Context, draw func() int64, log *slog.Logger) {
	beat := time.NewTicker(watchEvery)
	defer beat.Stop()
	deaf := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		err := db.watchPrimary(ctx, draw, log)
		if err != nil && ctx.Err() == nil && !deaf {
			log.Warn("the primary does not say where its log ends; standbys are used for a while yet", "err", err)
		}
		deaf = err != nil
		var all sync.WaitGroup
		for _, s := range db.standbys {
			all.Go(func() { _ = db.probe(ctx, s, log) }) // what it finds is kept
		}
		all.Wait()
	}
}

// watchPrimary learns where the primary's log ends, and marks a timeline that has no mark.
func (db *postgresDB) watchPrimary(ctx context.Context, draw func() int64, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	at := time.Now()
	name, p, err := db.ask(ctx)
	if err == nil && p.mark == 0 {
		if _, err = db.asking.Exec(ctx, `INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, draw()); err != nil {
			return err
		}
		at = time.Now()
		name, p, err = db.ask(ctx)
	}
	if err != nil {
		return err
	}
	before := db.primary.name()
	if db.primary.note(name, p, at, db.lagMost) && before != "" {
		log.Warn("the database has failed over: standbys are used again when they follow the new primary")
	}
	return nil
}

var errOtherCluster = errors.New("it is no copy of this database: its cluster is another one")

// probe asks a standby where it stands, and keeps whether it is in use.
func (db *postgresDB) probe(ctx context.Context, s *standby, log *slog.Logger) error {
	soon, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	name, mark := db.primary.name(), db.primary.mark()
	var cluster string
	var f found
	err := s.pool.QueryRow(soon, `SELECT system_identifier::text FROM pg_control_system()`).Scan(&cluster)
	if err == nil && clusterOf(name) != cluster {
		err = errOtherCluster
	}
	if err == nil {
		f, err = where(s.pool.QueryRow(soon, whereSQL, name))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	why, has := "", time.Time{}
	switch {
	case errors.Is(err, errOtherCluster):
		why = err.Error()
	case err != nil:
		why = whyNot(err)
	case !f.follows:
		why = "it takes writes itself: it was promoted, or is the primary"
	case f.mark != mark:
		why = errStrays.Error()
	default:
		has = db.primary.had(f.lsn)
		if time.Since(has) > db.lagMost {
			why = "it is too far behind"
		}
	}
	s.found(why, has, err != nil, log)
	return err
}

// clusterOf is the cluster in the name of a mark.
func clusterOf(name string) (cluster string) {
	_, _ = fmt.Sscanf(name, "timeline %s", &cluster)
	return cluster
}

// found keeps what a probe found, and says what has changed. A standby that is away has looks under way that wait for it: they end.
func (s *standby) found(why string, has time.Time, away bool, log *slog.Logger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if away && s.alive.Err() == nil {
		s.die()
	}
	if !away && s.alive.Err() != nil {
		s.alive, s.die = context.WithCancel(context.Background())
	}
	if why != s.told {
		if why != "" {
			log.Warn("a standby is not used", "standby", s.name, "why", why)
		} else {
			log.Info("a standby is used", "standby", s.name)
		}
	}
	s.why, s.told = why, why
	if !has.IsZero() {
		s.has = has
	}
}

// closeStandbys ends the watch.
func (db *postgresDB) closeStandbys() {
	if db.unwatch != nil {
		db.unwatch()
	}
	for _, s := range db.standbys {
		s.mu.Lock()
		s.die()
		s.mu.Unlock()
		s.pool.Close()
	}
}

// passed counts looks that went to the primary.
func (db *postgresDB) passed(why string) {
	db.passes.Lock()
	defer db.passes.Unlock()
	if db.passes.by == nil {
		db.passes.by = map[string]int64{}
	}
	db.passes.by[why]++
}

// StandbyStats is how a standby does.
type StandbyStats struct {
	Name  string        // host and port
	Used  bool          // looks are answered by it
	Why   string        // else
	Lag   time.Duration // it has everything that is older
	Looks int64         // answered since the start
}

func (s *standby) stats() StandbyStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := StandbyStats{Name: s.name, Used: s.why == "", Why: s.why, Looks: s.looks.Load()}
	if !s.has.IsZero() {
		st.Lag = time.Since(s.has)
	}
	return st
}
