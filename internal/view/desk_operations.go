package view

import (
	"context"
	"strconv"
	"time"

	"stoa/internal/blob"
	"stoa/internal/job"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/telemetry"
)

// What operators promise: of a thousand answers one may fail by our fault, of a hundred one may take longer than telemetry.Slow.
const (
	failMost  = 1000
	slowMost  = 100
	servedFor = 28 // days
)

// Running is what its operators see of an installation.
type Running struct{ v *View }

// Running gives it.
func (v *View) Running() Running { return Running{v} }

// Operations is how well the installation serves, for its operators.
type Operations struct {
	Days      int
	Available Objective // answers that did not fail
	Fast      Objective // answers in time
	ByDay     []ServedDay
	Due, Dead int64 // jobs
	Late      bool  // the workers do not keep up
	Log       int64 // leaves that wait for their place
	Sessions  int64
	Backup    Instant // the last; empty for never
	BackupOld bool
	Objects   *Objects  // nil: attachments stay in the database
	Replicas  []Replica // of the database, as the process that answers sees them
}

// Objects is how an object store for attachments stands.
type Objects struct {
	Waiting, Carried int64
	Back             bool    // they are brought back
	Silent           Instant // since when it does not work, for the machine that is asked; empty while it does
}

// Replica is a standby that may answer pages.
type Replica struct {
	Name   string // host and port
	Used   bool
	Behind int // seconds, at most
}

// Objective is one promise over Operations.Days. Its budget is how many answers may miss it.
type Objective struct {
	Share, Promised string // in percent, written for the reader
	Missed, Budget  int64
	Kept            bool
}

// ServedDay is one day.
type ServedDay struct {
	Day                    string
	Requests, Failed, Slow int64
	Available              string
}

const backupOld = 36 * time.Hour

// Operations tells how well the installation serves.
func (w Running) Operations(ctx context.Context, r Reader) (p Operations, err error) {
	v := w.v
	if err := policy.Can(r.Actor, policy.SystemSee, policy.Thing{Kind: "system"}); err != nil {
		return Operations{}, err
	}
	j := v.place()
	err = v.read(ctx, "Operations", func(ctx context.Context, tx *store.Tx) error {
		p = Operations{Days: servedFor}
		hours, err := telemetry.Served(ctx, tx, tx.Now().Add(-servedFor*24*time.Hour))
		if err != nil {
			return err
		}
		var all telemetry.Hour
		for _, h := range hours {
			all.Requests, all.Failed, all.Slow = all.Requests+h.Requests, all.Failed+h.Failed, all.Slow+h.Slow
			day := r.date(j.Calendar.DateOf(h.Begun))
			if n := len(p.ByDay); n == 0 || p.ByDay[n-1].Day != day {
				p.ByDay = append(p.ByDay, ServedDay{Day: day})
			}
			d := &p.ByDay[len(p.ByDay)-1]
			d.Requests, d.Failed, d.Slow = d.Requests+h.Requests, d.Failed+h.Failed, d.Slow+h.Slow
		}
		for i := range p.ByDay {
			p.ByDay[i].Available = r.served(p.ByDay[i].Requests, p.ByDay[i].Failed)
		}
		p.Available, p.Fast = r.objective(all.Requests, all.Failed, failMost), r.objective(all.Requests, all.Slow, slowMost)
		load, err := job.Count(ctx, tx)
		if err != nil {
			return err
		}
		p.Due, p.Dead, p.Late = load.Due, load.Dead, load.Lag > jobLate
		status, err := v.Log.Public.Status(ctx, tx)
		if err != nil {
			return err
		}
		p.Log = status.Waiting
		if p.Sessions, err = person.Live(ctx, tx); err != nil {
			return err
		}
		if v.Carrier != nil {
			s, err := blob.Stand(ctx, tx)
			if err != nil {
				return err
			}
			p.Objects = &Objects{Waiting: s.Here, Carried: s.Away, Back: v.Carrier.Back}
			if since, trouble := v.Carrier.Trouble(); trouble != nil {
				p.Objects.Silent = r.instant(j, since)
			}
		}
		last, err := telemetry.LastBackup(ctx, tx)
		if err == nil && !last.IsZero() {
			p.Backup, p.BackupOld = r.instant(j, last), tx.Now().Sub(last) > backupOld
		}
		return err
	})
	for _, s := range v.DB.Stats().Standbys {
		p.Replicas = append(p.Replicas, Replica{s.Name, s.Used, int(s.Lag/time.Second) + 1})
	}
	return p, err
}

// objective allows one of most to miss.
func (r Reader) objective(of, missed, most int64) Objective {
	return Objective{Share: r.served(of, missed), Promised: r.served(most, 1), Missed: missed, Budget: of / most, Kept: missed*most <= of}
}

// served is what did not miss, in percent, never rounded up to all.
func (r Reader) served(of, missed int64) string {
	if of == 0 {
		return r.P.T("Nobody came")
	}
	thousandths := (of - missed) * 100_000 / of
	return r.P.Percent(r.P.Number(strconv.FormatFloat(float64(thousandths)/1000, 'f', -1, 64)))
}
