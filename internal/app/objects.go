package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"stoa/internal/blob"
	"stoa/internal/carry"
	"stoa/internal/objects"
	"stoa/internal/store"
)

// ObjectsConfig is an S3-compatible object store that attachments are carried to; none by default.
type ObjectsConfig struct {
	URL    string `yaml:"url"` // https://s3.example/BUCKET/PREFIX
	Key    string `yaml:"key"`
	Secret Secret `yaml:"secret"`
	Region string `yaml:"region"` // default us-east-1
	Back   bool   `yaml:"back"`   // bring all back into the database instead
}

func (c ObjectsConfig) check() error {
	if c == (ObjectsConfig{}) {
		return nil
	}
	if c.URL == "" {
		return errors.New("objects.url is missing: name the bucket for attachments, such as https://s3.example/BUCKET, or take the other objects settings out")
	}
	return reachable("objects", c.URL, c.Key, c.Secret)
}

// reachable says what is wrong with an address of a bucket and the key to it, which a section of the settings has.
func reachable(section, address, key string, secret Secret) error {
	host, _, _, secure, err := objects.Split(address)
	if err != nil {
		return fmt.Errorf("%s: %w", section, err)
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	switch {
	case !secure && !onMachine(host):
		return fmt.Errorf("the object store at %s would be spoken to without TLS: write https", host)
	case key == "":
		return fmt.Errorf("%s.key is missing: name the access key of the bucket", section)
	case secret == "":
		return fmt.Errorf("%s.secret is missing: give the secret of the access key, or its file in STOA_%s_SECRET_FILE", section, strings.ToUpper(section))
	}
	return nil
}

// BackupsConfig is the key to buckets of backups, which stoa backup and stoa restore are told.
type BackupsConfig struct {
	Key    string `yaml:"key"`
	Secret Secret `yaml:"secret"`
	Region string `yaml:"region"` // default us-east-1
}

// BackupPlace is where backups lie together: a folder (one that is there, or a name with a slash at its end), or a bucket, whose
// address begins with https. It is nil for the name of a file.
func BackupPlace(c Config, name string) (carry.Place, error) {
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		k := c.Backups
		if err := reachable("backups", name, k.Key, k.Secret); err != nil {
			return nil, err
		}
		o, err := objects.Open(objects.Config{URL: name, Key: k.Key, Secret: string(k.Secret), Region: k.Region})
		return newBucket(o), err
	}
	if s, err := os.Stat(name); err == nil && s.IsDir() || strings.HasSuffix(name, "/") {
		return carry.Folder(name), nil
	}
	return nil, nil
}

// open gives the store; nil for none.
func (c ObjectsConfig) open() (*objects.Store, error) {
	if err := c.check(); err != nil || c.URL == "" {
		return nil, err
	}
	return objects.Open(objects.Config{URL: c.URL, Key: c.Key, Secret: string(c.Secret), Region: c.Region})
}

// TryObjects puts, reads, lists and deletes an object, where an object store is named.
func TryObjects(ctx context.Context, c Config) error {
	o, err := c.Objects.open()
	if err != nil || o == nil {
		return err
	}
	return o.Try(ctx, "try/"+rand.Text())
}

func (a *App) objectStore(blobs *blob.Store) error {
	o, err := a.Config.Objects.open()
	if err != nil || o == nil {
		return err
	}
	blobs.Use(o)
	a.carrier = &blob.Carrier{Blobs: blobs, DB: a.DB, Log: a.Log, Back: a.Config.Objects.Back}
	return nil
}

// outlying says what a backup does with attachments in an object store: it has them as if they had never left the database.
func outlying(ctx context.Context, c Config, db *store.DB, leave bool) (e carry.Elsewhere, err error) {
	o, err := c.Objects.open()
	if err != nil {
		return e, err
	}
	var away int64
	known := false
	err = db.Read(ctx, "app.outlying", func(ctx context.Context, tx *store.Tx) error {
		tables, err := tx.Tables(ctx)
		if known = slices.ContainsFunc(tables, func(t store.Table) bool { return t.Name == "blob_away" }); err != nil || !known {
			return err // a schema of long ago
		}
		s, err := blob.Stand(ctx, tx)
		away = s.Away
		return err
	})
	switch {
	case err != nil || !known:
		return e, err
	case leave:
		e.Left = func(ctx context.Context, tx *store.Tx) (int64, error) {
			s, err := blob.Stand(ctx, tx)
			return s.Away, err
		}
		return e, nil
	case away > 0 && o == nil:
		return e, fmt.Errorf("%d attachments lie in an object store, and the settings name none: set objects.url, or leave them out with --leave-objects", away)
	}
	var lost []string
	e.Lost = func() []string { return lost }
	e.Rows = map[string]func(context.Context, *store.Tx, func(map[string]any) error) error{
		"blob_part": func(ctx context.Context, tx *store.Tx, put func(map[string]any) error) error {
			return blob.Whole(ctx, tx, o, func(id string, n int64, sealed []byte) error {
				return put(map[string]any{"blob_id": id, "n": n, "sealed": sealed})
			}, func(id string) { lost = append(lost, id) })
		},
		"blob_away": func(context.Context, *store.Tx, func(map[string]any) error) error { return nil },
	}
	return e, nil
}

// ReachesAttachments refuses to serve without the object store that attachments were carried to.
func (a *App) ReachesAttachments(ctx context.Context) error {
	if a.carrier != nil {
		return nil
	}
	s, err := a.attachments(ctx)
	if err == nil && s.Away > 0 {
		err = fmt.Errorf("%d attachments lie in an object store, and the settings name none: set objects.url, and objects.back where they are to come back into the database", s.Away)
	}
	return err
}

func (a *App) attachments(ctx context.Context) (s blob.Standing, err error) {
	err = a.DB.Read(ctx, "app.attachments", func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = blob.Stand(ctx, tx)
		return err
	})
	return s, err
}

// carry carries attachments until ctx ends, or what it gives is called, which waits for that. A store that does not work is said in the log at once,
// and keeps nobody from serving: what is uploaded stays in the database until it does.
func (a *App) carry(ctx context.Context) (end func()) {
	if a.carrier == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := TryObjects(ctx, a.Config); err != nil && ctx.Err() == nil {
			a.Log.Error("the object store does not work as it must; attachments stay in the database meanwhile", "err", err)
		}
		a.carrier.Run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

func (a *App) objectFigures(ctx context.Context, tx *store.Tx, add func(name, help string, v float64)) error {
	if a.carrier == nil {
		return nil
	}
	s, err := blob.Stand(ctx, tx)
	if err != nil {
		return err
	}
	works := 1.0
	if _, trouble := a.carrier.Trouble(); trouble != nil {
		works = 0
	}
	add("objects_works", "Whether the object store did what this process last asked of it.", works)
	add("objects_waiting", "Attachments in the database; they are carried to the object store, unless they are being brought back.", float64(s.Here))
	add("objects_carried", "Attachments in the object store.", float64(s.Away))
	add("objects_bytes", "Their bytes.", float64(s.Bytes))
	add("objects_gone", "Objects that are to be deleted.", float64(s.Gone))
	return nil
}

// examineObjects holds the object store against the database.
func (a *App) examineObjects(ctx context.Context, thorough bool) (Examination, error) {
	x, err := a.Flow.Docket.Blobs.Examine(ctx, a.DB, thorough)
	if err != nil {
		return Examination{}, err
	}
	says := fmt.Sprintf("%d in the database", x.Here)
	if a.carrier != nil || x.Away > 0 {
		how := "each there with its length"
		if thorough {
			how = "each read through and unchanged"
		}
		says += fmt.Sprintf(", %d in the object store, %s; %d objects to be deleted", x.Away, how, x.Gone)
	}
	return examined("attachments", says, x.Findings), nil
}
