package flow_test

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/opendata"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

var dataTables = append(append([]fs.FS{}, moneyTables...), dataset.Migrations(), opendata.Migrations())

// office is a world that publishes datasets.
type office struct {
	*till
	files fstest.MapFS
}

func newOffice(t testing.TB, db *store.DB, clock *storetest.Clock) *office {
	o := &office{till: newTill(t, db, clock), files: paid(t).(fstest.MapFS)}
	folder, err := shelf.Open(t.TempDir(), 1<<30)
	o.must(err)
	o.Datasets, o.States = dataset.New(dataset.Config{DB: db, Shelf: folder}), &opendata.States{Vault: o.People.Vault}
	t.Cleanup(func() {
		if err := o.Datasets.Close(); err != nil {
			t.Error(err)
		}
	})
	o.runner.Handle(flow.DatasetJob, o.Data().WorkDataset)
	o.runner.HandleTx(flow.TellJob, o.Data().Tell)
	return o
}

func eachOffice(t *testing.T, test func(o *office)) {
	t.Helper()
	storetest.Each(t, dataTables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newOffice(t, db, clock)) })
}

// write puts the folder in force again with a dataset file more, or another text of one.
func (o *office) write(name, text string) {
	o.t.Helper()
	head := "dataset: " + strings.TrimSuffix(name, ".yaml") + "\ntitle: A title\nsummary: What it holds\norganisation: markets\nlicence: CC0-1.0\nthemes: [GOVE]\n"
	if strings.HasSuffix(name, ".csv") {
		head = ""
	}
	o.files["datasets/"+name] = &fstest.MapFile{Data: []byte(head + text)}
	j, problems := service.Load(o.files)
	if len(problems) > 0 {
		o.t.Fatal(problems)
	}
	o.must(o.Flow.Publish(o.ctx, o.system, j))
}

// publish publishes a dataset now.
func (o *office) publish(id string) (fresh bool) {
	o.t.Helper()
	fresh, err := o.Data().Publish(o.ctx, o.officer, flow.PublishDataset{Dataset: id})
	o.must(err)
	return fresh
}

// version reads a version; 0 is the newest.
func (o *office) version(id string, number int) (v *dataset.Version) {
	o.t.Helper()
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		if number == 0 {
			v, err = o.Datasets.Latest(ctx, tx, id)
		} else {
			v, err = o.Datasets.Version(ctx, tx, id, number)
		}
		return err
	}))
	return v
}

// rows are the newest version's rows as people download them, with the header; hash is of the file.
func (o *office) rows(id string) (rows [][]string, hash string) {
	o.t.Helper()
	f, err := o.Datasets.Open(o.ctx, o.version(id, 0), dataset.CSV)
	o.must(err)
	defer f.Close()
	h := sha256.New()
	rows, err = csv.NewReader(io.TeeReader(f, h)).ReadAll()
	o.must(err)
	return rows, hex.EncodeToString(h.Sum(nil))
}

func (o *office) state(id string) (s *opendata.State) {
	o.t.Helper()
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = o.States.Get(ctx, tx, id)
		return err
	}))
	return s
}

// tables counts what publishing writes.
func (o *office) tables() map[string]int {
	o.t.Helper()
	all := map[string]int{}
	o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		for _, table := range []string{"dataset_version", "publog_leaf", "opendata_state", "opendata_checked", "opendata_spent", "job", "notification"} {
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
				return err
			}
			all[table] = n
		}
		return nil
	}))
	return all
}

// licensed is an application that is paid and granted.
func (o *office) licensed(email string) {
	o.t.Helper()
	draft, id, holder := o.sent(email)
	o.choose(o.begin(draft, holder), "succeeds")
	o.later(7 * 24 * time.Hour)
	_, err := o.Turn(o.ctx, o.system)
	o.must(err)
	o.must(o.act(o.officer, id, "grant", process.Decision{}, ""))
}

// work lets due datasets be published as the workers do.
func (o *office) work() {
	o.t.Helper()
	_, err := o.Data().Schedule(o.ctx, o.system)
	o.must(err)
	_, err = o.runner.RunDue(o.ctx)
	o.must(err)
}

// said are the places of a finding's sentence.
func said(args map[string]string) i18n.V {
	v := i18n.V{}
	for name, value := range args {
		v[name] = value
	}
	return v
}

func (o *office) day() string {
	return o.Docket.Releases.Current().Calendar.DateOf(o.clock.Now()).String()
}

// plain is a sentence without the marks that keep its parts apart on a page.
func plain(s string) string { return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s) }
