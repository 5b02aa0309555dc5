// Package app wires an installation together: database, keys, definitions, use cases, pages, workers.
// It is the only package that knows all others; nobody imports it but cmd/stoa.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"stoa/internal/access"
	"stoa/internal/appointment"
	"stoa/internal/bank"
	"stoa/internal/bill"
	"stoa/internal/blob"
	"stoa/internal/bookmark"
	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/consent"
	"stoa/internal/credential"
	"stoa/internal/dataset"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/extract"
	"stoa/internal/flow"
	"stoa/internal/hint"
	"stoa/internal/i18n"
	"stoa/internal/inquiry"
	"stoa/internal/insight"
	"stoa/internal/job"
	"stoa/internal/ledger"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/opendata"
	"stoa/internal/pay"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/provider/sandbox"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/release"
	"stoa/internal/retain"
	"stoa/internal/service"
	"stoa/internal/spend"
	"stoa/internal/store"
	"stoa/internal/study"
	"stoa/internal/tally"
	"stoa/internal/tax"
	"stoa/internal/telemetry"
	"stoa/internal/vault"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/asset"
	"stoa/internal/web/site"
)

// System is Stoa itself as an actor.
var System = policy.Actor{System: true}

// Migrations are the tables of all packages.
func Migrations() []fs.FS {
	return []fs.FS{job.Migrations(), vault.Migrations(), blob.Migrations(), person.Migrations(), cases.Migrations(),
		record.Migrations(), notify.Migrations(), access.Migrations(), retain.Migrations(), consent.Migrations(), release.Migrations(), ledger.Migrations(), bill.Migrations(),
		pay.Migrations(), bank.Migrations(), spend.Migrations(), tax.Migrations(), publog.Migrations(), dataset.Migrations(), opendata.Migrations(), disclosure.Migrations(), credential.Migrations(), inquiry.Migrations(), extract.Migrations(), mandate.Migrations(), study.Migrations(), telemetry.Migrations(), insight.Migrations(), hint.Migrations(), bookmark.Migrations(), appointment.Migrations(), tally.Migrations()}
}

// App is a running installation.
type App struct {
	Config Config
	DB     *store.DB
	Flow   *flow.Flow
	View   *view.View
	Jobs   *job.Runner
	Clock  *Clock
	Demo   bool
	Log    *slog.Logger

	telemetry *telemetry.Telemetry
	draining  atomic.Bool // asked to end: no more requests are to come
	words     *i18n.Bundle
	publog    *publog.Log
	sealer    ring            // the keys that sign the log
	sandbox   *sandbox.Server // the demo's payment provider
	datasets  *dataset.Store
	carrier   *blob.Carrier // nil: attachments stay in the database
	pages     late
	dunned    calendar.Date
	held      time.Time     // when the sums of cases were last held to a count
	holds     int           // how often
	retained  calendar.Date // the last day for which everything past its time was deleted
	vault     *vault.Vault
	repeated  vault.Reapplied // at the start
	payAt     []string        // origins of the payment providers' pages
	signInAt  []string        // origins of the identity schemes' pages
	mu        sync.Mutex
	problems  []string // of the files as last read
	published string   // fingerprint of the files in force
}

// Problems are what was wrong with the files when they were last read; none when they are in force.
func (a *App) Problems() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.problems)
}

func (a *App) note(problems []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.problems = problems
}

// Open opens the database and the keys, and wires everything but the pages. Nothing is in force until
// Publish.
func Open(ctx context.Context, c Config, demo bool, log *slog.Logger) (*App, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	a := &App{Config: c, Clock: &Clock{}, Demo: demo, Log: log}
	var err error
	if a.words, err = i18n.Load(); err != nil {
		return nil, fmt.Errorf("loading the interface's languages: %w", err)
	}
	if err := a.observe(ctx); err != nil {
		return nil, err
	}
	database := c.store()
	database.Now, database.Rand, database.Log, database.Watch = a.Clock.Now, rand.Reader, log, a.telemetry.Transaction
	a.DB, err = store.Open(ctx, database)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if err := errors.Join(a.noteDatabase(ctx), a.DB.Migrate(ctx, Migrations()...)); err != nil {
		return nil, errors.Join(fmt.Errorf("preparing the database: %w", err), a.DB.Close())
	}
	keys, err := a.keys(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the keys: %w", err), a.DB.Close())
	}
	if a.repeated, err = keys.Reapply(ctx, a.DB); err != nil { // a backup that was put back must not bring back who was erased
		return nil, errors.Join(err, a.DB.Close())
	}
	if err := a.wire(keys); err != nil {
		return nil, errors.Join(err, a.DB.Close())
	}
	return a, nil
}

// keys opens the key file. A new one is only made for a database that holds nothing sealed: with any
// other, a missing file means that it was lost or that the wrong place was named.
func (a *App) keys(ctx context.Context) (*vault.Vault, error) {
	file := a.Config.keyFile()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		var sealed bool
		err := a.DB.Read(ctx, "app.keys", func(ctx context.Context, tx *store.Tx) (err error) {
			sealed, err = vault.Used(ctx, tx)
			return err
		})
		if err != nil {
			return nil, err
		}
		if sealed {
			return nil, fmt.Errorf("%s is missing, and the database holds what its keys sealed: put the file back from its copy, or name its place (keys, STOA_KEYS)", file)
		}
	}
	return vault.Open(vault.Config{KeyFile: file, Rand: rand.Reader, Keeper: a.Config.KeysBy.keeper()})
}

func (a *App) wire(keys *vault.Vault) error {
	var scanner blob.Scanner = blob.None{}
	if a.Config.Clamd != "" {
		scanner = clamd(a.Config.Clamd)
	}
	blobs := blob.New(keys, scanner)
	if err := a.objectStore(blobs); err != nil {
		return err
	}
	outbox := &notify.Outbox{Vault: keys}
	people := &person.People{Vault: keys, Rand: rand.Reader}
	d := &docket.Docket{Cases: &cases.Cases{Vault: keys}, Records: &record.Records{Vault: keys}, Releases: release.New(), Blobs: blobs}
	d.Records.Days = func(t time.Time) calendar.Date {
		if j := d.Releases.Current(); j != nil { // the first records are entered before anything is in force
			return j.Calendar.DateOf(t)
		}
		day, err := calendar.ParseISO(t.UTC().Format(time.DateOnly))
		if err != nil {
			return calendar.Date{} // no clock shows such a year
		}
		return day
	}
	a.Flow = &flow.Flow{DB: a.DB, Docket: d, People: people, Outbox: outbox, Words: a.words,
		Site: flow.Site{URL: a.Config.URL, Demo: a.Demo}}
	if a.Demo {
		a.Flow.Site.Advance = a.Clock.Advance
	}
	a.View = view.New(view.Deps{DB: a.DB, Docket: d, People: people, Outbox: outbox, Now: a.Clock.Now,
		Site: view.Site{URL: a.Config.URL, Demo: a.Demo}})
	disclosures := &disclosure.Store{Vault: keys, Blobs: blobs, Words: a.words}
	a.Flow.Disclosures, a.View.Disclosures = disclosures, disclosures
	a.Flow.Hints = &hint.Hints{Vault: keys}
	a.View.Hints = a.Flow.Hints
	a.View.Carrier = a.carrier
	a.Flow.Extracts = &extract.Orders{Vault: keys}
	a.View.Extracts = a.Flow.Extracts
	a.Jobs = job.NewRunner(a.DB, a.Log)
	a.Jobs.Watch = a.telemetry.Job
	a.Jobs.Handle(notify.JobKind, outbox.Handler(a.DB, a.sender()))
	blobs.Register(a.Jobs, a.DB, a.Log)
	a.privacy(keys)
	a.logs(keys)
	a.wallets(keys)
	if err := a.identify(); err != nil {
		return err
	}
	if err := a.data(keys); err != nil {
		return err
	}
	if err := a.others(); err != nil {
		return err
	}
	a.languageModel()
	return errors.Join(a.money(keys), a.telemetry.Look(a.figures))
}

func (a *App) sender() notify.Sender {
	if a.Demo && a.Config.Mail.Host == "" {
		return notify.Mailbox{}
	}
	m := a.Config.Mail
	return &notify.Mail{Host: m.Host, Port: m.Port, TLS: m.TLS, User: m.User, Password: string(m.Password),
		From: m.From, FromName: m.Name, Site: a.Config.URL}
}

// Close ends it.
func (a *App) Close() error {
	still, cancel := context.WithTimeout(context.Background(), 5*time.Second) // a collector that is away keeps nobody
	defer cancel()
	kept := a.telemetry.Keep(still, a.DB)
	return errors.Join(kept, a.datasets.Close(), a.DB.Close(), a.telemetry.Close(still))
}

// Publish reads a jurisdiction's folder and puts it in force; problems are returned and change nothing.
func (a *App) Publish(ctx context.Context, files fs.FS) (service.Problems, error) {
	read := fingerprint(files) // before reading: what changes meanwhile is noticed afterwards
	j, problems := Check(ctx, files)
	if len(problems) > 0 {
		return problems, nil
	}
	notes := Notes(j)
	if !a.Demo {
		notes = append(notes, Unreached(j, a.Config.Identity)...)
	}
	for _, n := range notes {
		a.Log.Warn("a note on the files", "note", n.String())
	}
	if err := a.Flow.Publish(ctx, System, j); err != nil {
		return nil, err
	}
	if err := a.Flow.NoteSettings(ctx, System, a.publicSettings()); err != nil {
		return nil, err
	}
	a.mu.Lock()
	a.published = read
	a.mu.Unlock()
	return nil, nil
}

// Server makes the pages. Without style sheets they are plain; styled refuses that.
func (a *App) Server(styled bool) (*web.Server, error) {
	assets, err := asset.Load()
	if err != nil {
		return nil, fmt.Errorf("loading the style sheets: %w", err)
	}
	if !assets.Present() && styled {
		return nil, errors.New("the style sheets were not built into this program: run make build")
	}
	if !assets.Present() {
		a.Log.Warn("the style sheets were not built: pages are plain; run make build")
	}
	if _, err := a.signet(context.Background()); err != nil {
		return nil, err
	}
	if err := a.credentialKeys(context.Background()); err != nil {
		return nil, err
	}
	codes, forms := 0, a.Config.Forms // the usual
	if a.Demo {
		codes = 600 // everybody who tries it out comes from one address
	}
	if a.Demo && forms == 0 {
		forms = 6000
	}
	deps := web.Deps{
		Config:       web.Config{URL: a.Config.URL, Demo: a.Demo, CodesPerHour: codes, FormsPerHour: forms, ShieldKey: a.Flow.People.Vault.Blind("web.shield", ""), PayAt: a.payAt, SignInAt: a.signInAt, Proxy: a.Config.Proxy},
		Who:          web.Who{Session: a.Flow.Session, Draft: a.Flow.HoldsDraft},
		Jurisdiction: a.Flow.Docket.Releases.Current,
		Words:        a.words,
		Assets:       assets,
		Outside:      web.Outside{Now: a.Clock.Now, Rand: rand.Reader, Log: a.Log, Ready: a.ready, Watch: a.telemetry.Request},
		Confirm:      (&site.Site{Flow: a.Flow, View: a.View}).Confirm,
	}
	if len(a.Config.Replicas) > 0 {
		if err := a.DB.WatchStandbys(context.Background()); err != nil {
			return nil, err
		}
		deps.Trail = func(ctx context.Context, from string, current bool) (context.Context, web.Trail) {
			ctx, t := a.DB.Trail(ctx, from, current)
			return ctx, web.Trail{Current: t.Current, Again: t.Again, Position: t.Position, Unknown: store.Unknown, Keep: t.Keep()}
		}
	}
	if a.Config.Database != "" { // others may serve from the same database
		t := tally.Tally{DB: a.DB}
		deps.Shared = web.Shared{Count: t.Count, Once: t.Once}
	}
	return web.New(deps, a.tables()...)
}

func (a *App) ready(ctx context.Context) error {
	if a.draining.Load() {
		return errors.New("asked to end")
	}
	return a.DB.Read(ctx, "app.ready", func(ctx context.Context, tx *store.Tx) error {
		any, err := a.Flow.Docket.Releases.Any(ctx, tx)
		if err == nil && !any {
			err = errors.New("nothing is in force yet")
		}
		return err
	})
}

// Work runs what happens by itself until ctx ends: jobs, the turn of days, forgotten drafts, changed files.
func (a *App) Work(ctx context.Context, files func() fs.FS) error {
	published, err := a.publish(ctx)
	if err != nil {
		return err
	}
	defer published()
	ended := make(chan error, 1)
	go func() { ended <- a.Jobs.Run(ctx) }()
	defer a.carry(ctx)()
	turn := time.NewTicker(time.Minute)
	defer turn.Stop()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	if a.sandbox != nil {
		beat := time.NewTicker(time.Second)
		defer beat.Stop()
		go a.sandbox.Run(ctx, beat.C)
	}
	a.mu.Lock()
	watch := watcher{files: files, last: a.published}
	a.mu.Unlock()
	a.guarded("turning the day", func() { a.turn(ctx) })
	for {
		select {
		case <-ctx.Done():
			return <-ended
		case err := <-ended:
			return err
		case <-turn.C:
			a.guarded("turning the day", func() { a.turn(ctx) })
		case <-look.C:
			a.guarded("adding up cases", func() { a.addUp(ctx) })
			if watch.changed() && !a.reload(ctx, files()) {
				watch.last = "" // not a matter of the files: try again
			}
		}
	}
}

// guarded goes on after a panic in what is done every minute: a mistake there must not end every node that tries it.
func (a *App) guarded(what string, do func()) {
	defer func() {
		if p := recover(); p != nil {
			a.Log.Error(what+" panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	do()
}

func (a *App) turn(ctx context.Context) {
	if _, err := a.Flow.Registry().LiftSeals(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("lifting seals that are over", "err", err)
	}
	n, err := a.Flow.Turn(ctx, System)
	if err != nil && ctx.Err() == nil {
		a.Log.Error("turning the day", "err", err)
	}
	if n > 0 {
		a.Log.Info("turned cases", "count", n)
	}
	if err := a.telemetry.Keep(ctx, a.DB); err != nil && ctx.Err() == nil {
		a.Log.Error("counting", "err", err)
	}
	a.holdSums(ctx)
	a.keepMoney(ctx)
	a.publishData(ctx)
	a.keepCredentials(ctx)
	a.keepPrivacy(ctx)
	a.count(ctx)
	a.report(ctx)
	if _, err := a.Flow.Appointments().Remind(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("reminding of appointments", "err", err)
	}
	if _, err := a.Flow.Assistant().Sweep(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("forgetting conversations", "err", err)
	}
	if _, err := a.Flow.Forget(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("forgetting drafts", "err", err)
	}
}

// count adds up what happened since it was last counted.
func (a *App) count(ctx context.Context) {
	if _, err := a.Flow.Insight().Follow(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("counting what happened", "err", err)
	}
	switch missed, err := a.Flow.Insight().CheckCount(ctx, System); {
	case err != nil && ctx.Err() == nil:
		a.Log.Error("looking whether statistics missed something", "err", err)
	case missed != 0:
		a.Log.Warn("events were not in the statistics, which are counted anew: a clock was put back", "events", missed)
	}
	if err := a.Flow.Insight().CountMoney(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("counting money", "err", err)
	}
	if err := a.Flow.Insight().CountWork(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("counting officers' work", "err", err)
	}
	if _, err := a.Flow.PointOut().Follow(ctx, System); err != nil && ctx.Err() == nil {
		a.Log.Error("looking for what to point out", "err", err)
	}
}

// reload puts changed files in force, or goes on with the old ones and says why. It reports whether that
// is the last word on these files.
func (a *App) reload(ctx context.Context, files fs.FS) bool {
	problems, err := a.Publish(ctx, files)
	switch {
	case err != nil:
		a.Log.Error("changed files could not be put in force; the former ones stay", "err", err)
	case len(problems) > 0:
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		a.note(lines)
		a.Log.Error("changed files have problems; the former ones stay in force", "count", len(problems), "problems", strings.Join(lines, "\n"))
	default:
		a.note(nil)
		a.Log.Info("changed files are in force")
	}
	return err == nil
}

// clamd is the scanner at HOST:PORT, or at a socket's path.
func clamd(addr string) blob.Scanner {
	if strings.HasPrefix(addr, "/") {
		return blob.Clamd{Network: "unix", Addr: addr}
	}
	return blob.Clamd{Network: "tcp", Addr: addr}
}
