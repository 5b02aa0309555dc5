package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/carry"
	"stoa/internal/job"
	"stoa/internal/objects/objectstest"
	"stoa/internal/policy"
	"stoa/internal/retain"
	"stoa/internal/store"
	"stoa/jurisdictions"
)

func objectsOf(g *objectstest.Gateway) ObjectsConfig {
	return ObjectsConfig{URL: g.Config.URL, Key: g.Config.Key, Secret: Secret(g.Config.Secret)}
}

// everyFile reads all attachments of an installation.
func everyFile(t *testing.T, a *App) (all []string) {
	t.Helper()
	err := a.DB.Read(t.Context(), "all", func(ctx context.Context, tx *store.Tx) error {
		all = nil
		rows, err := tx.Query(ctx, `SELECT id FROM blob ORDER BY id`)
		ids, err := store.Collect(rows, err, func(s store.Scanner) (id string, err error) { return id, s.Scan(&id) })
		if err != nil {
			return err
		}
		for _, id := range ids {
			_, data, err := a.Flow.Docket.Blobs.ReadAll(ctx, tx, id)
			if err != nil {
				return err
			}
			all = append(all, string(data))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func rounds(t *testing.T, a *App) {
	t.Helper()
	for {
		n, err := a.carrier.Round(t.Context(), 16)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// TestAttachmentsInAnObjectStore: the demo's attachments are carried away when a store is named, read from there, looked after by
// the doctor, and brought back before the store is named no more.
func TestAttachmentsInAnObjectStore(t *testing.T) {
	c := Config{Data: t.TempDir(), URL: "http://127.0.0.1:1"}
	a := seeded(t, c)
	files := everyFile(t, a)
	if err := a.Close(); err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	g := objectstest.Start(t)
	open := func(c Config) *App {
		t.Helper()
		a, err := Open(t.Context(), c, true, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = a.Close() })
		return a
	}
	doctor := func(c Config) Examination {
		t.Helper()
		all, err := Doctor(t.Context(), c, jurisdictions.Greenvale(), true)
		if err != nil {
			t.Fatal(err)
		}
		return all[slices.IndexFunc(all, func(x Examination) bool { return x.What == "attachments" })]
	}
	named := c
	named.Objects = objectsOf(g)
	a = open(named)
	rounds(t, a)
	if !slices.Equal(everyFile(t, a), files) {
		t.Error("what is read from there is not what was carried")
	}
	if n := len(g.Files(t)); n != len(files) {
		t.Errorf("%d objects for %d files", n, len(files))
	}
	if problems, err := a.Publish(t.Context(), jurisdictions.Greenvale()); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	copyHolds(t, a)
	figures, err := a.figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, f := range figures {
		counted[f.Name] = f.Value
	}
	if counted["stoa_objects_works"] != 1 || counted["stoa_objects_waiting"] != 0 || counted["stoa_objects_carried"] != float64(len(files)) || counted["stoa_objects_bytes"] == 0 {
		t.Errorf("%v", counted)
	}
	if x := doctor(named); len(x.Findings) != 0 || !strings.Contains(x.Says, "read through and unchanged") {
		t.Errorf("%+v", x)
	}
	carriedElsewhere(t, named, files, open)
	oneDamaged(t, g, named)
	without := open(c)
	if err := without.ReachesAttachments(t.Context()); err == nil || !strings.Contains(err.Error(), "objects.url") {
		t.Errorf("served without its attachments: %v", err)
	}
	if x := doctor(c); len(x.Findings) != 1 {
		t.Errorf("%+v", x)
	}
	back := named
	back.Objects.Back = true
	a = open(back)
	rounds(t, a)
	left := slices.DeleteFunc(g.Files(t), func(name string) bool { return strings.Contains(name, "/backups/") })
	if n := len(left); n != 0 {
		t.Errorf("%d objects are left", n)
	}
	if err := without.ReachesAttachments(t.Context()); err != nil || !slices.Equal(everyFile(t, without), files) {
		t.Errorf("brought back: %v", err)
	}
	if x := doctor(c); len(x.Findings) != 0 {
		t.Errorf("%+v", x)
	}
}

// A wrong key is said at the start, and keeps nobody from serving.
func TestObjectStoreAtTheStart(t *testing.T) {
	g := objectstest.Start(t)
	c := Config{Data: t.TempDir(), URL: "http://127.0.0.1:1", Objects: objectsOf(g)}
	if err := TryObjects(t.Context(), c); err != nil {
		t.Errorf("%v", err)
	}
	if n := len(g.Files(t)); n != 0 {
		t.Errorf("the try has left %d objects", n)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("of-somebody-else\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := ReadConfig("", func(name string) string {
		return map[string]string{"STOA_OBJECTS_URL": c.Objects.URL, "STOA_OBJECTS_KEY": c.Objects.Key, "STOA_OBJECTS_SECRET_FILE": secret, "STOA_DATA": c.Data}[name]
	})
	if err != nil || read.Objects.Secret != "of-somebody-else" {
		t.Fatalf("%v", err)
	}
	if err := TryObjects(t.Context(), read); err == nil || !strings.Contains(err.Error(), "objects.secret") || strings.Contains(err.Error(), "of-somebody-else") {
		t.Errorf("%v", err)
	}
	said := make(heard, 100)
	a, err := Open(t.Context(), read, true, slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	end := a.carry(t.Context())
	for line := range said {
		if strings.Contains(line, "attachments stay in the database") {
			if !strings.Contains(line, "does not know the key") {
				t.Error(line)
			}
			break
		}
	}
	end()
	for what, wrong := range map[string]ObjectsConfig{
		"without TLS": {URL: "http://s3.example/town", Key: "k", Secret: "s"}, "objects.url": {Key: "k", Secret: "s"},
		"objects.key": {URL: "https://s3.example/town", Secret: "s"}, "objects.secret": {URL: "https://s3.example/town", Key: "k"},
		"names no bucket": {URL: "https://s3.example", Key: "k", Secret: "s"},
	} {
		if err := wrong.check(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// heard is what a log says, one after the other.
type heard chan string

func (l heard) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// oneDamaged: an attachment that is damaged in the store keeps nobody from a backup of everything else.
func oneDamaged(t *testing.T, g *objectstest.Gateway, named Config) {
	t.Helper()
	all := slices.DeleteFunc(g.Files(t), func(name string) bool { return !strings.Contains(name, "/here/") })
	was, err := os.ReadFile(all[0])
	if err == nil {
		err = os.WriteFile(all[0], bytes.Repeat([]byte("x"), len(was)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	place := carry.Folder(t.TempDir())
	b, _, err := BackupInto(t.Context(), named, place, nil, false, nil)
	if err != nil || len(b.Lost) != 1 {
		t.Fatalf("lost %v, %v", b.Lost, err)
	}
	from, _, err := carry.OpenAt(t.Context(), place, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	again := Config{Data: t.TempDir(), URL: named.URL}
	if read, err := Restore(t.Context(), again, from, nil); err != nil || !slices.Equal(read.Lost, b.Lost) {
		t.Errorf("restored: lost %v, %v", read.Lost, err)
	}
	if err := os.WriteFile(all[0], was, 0o600); err != nil {
		t.Fatal(err)
	}
}

// carriedElsewhere makes backups and moves of an installation whose attachments lie in an object store.
func carriedElsewhere(t *testing.T, named Config, files []string, open func(Config) *App) {
	t.Helper()
	withKeys := func(objects ObjectsConfig) Config {
		c := Config{Data: t.TempDir(), URL: named.URL, Objects: objects}
		for _, file := range named.KeyFiles() {
			text, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(c.Data, filepath.Base(file)), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	var b bytes.Buffer
	unnamed := named
	unnamed.Objects = ObjectsConfig{}
	if _, err := Backup(t.Context(), unnamed, &b, false, nil); err == nil || !strings.Contains(err.Error(), "--leave-objects") {
		t.Errorf("a backup without the attachments was made: %v", err)
	}
	// A whole backup needs no store: two times the same rows, and the attachments are in the database again.
	named.Backups = BackupsConfig{Key: named.Objects.Key, Secret: named.Objects.Secret}
	var places []carry.Place
	for _, name := range []string{t.TempDir(), strings.TrimSuffix(named.Objects.URL, "here") + "backups"} {
		place, err := BackupPlace(named, name)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, place)
		var parts []carry.Kept
		for range 2 {
			saved, kept, err := BackupInto(t.Context(), named, place, nil, false, nil)
			if err != nil || saved.Left != 0 {
				t.Fatalf("%d left, %v", saved.Left, err)
			}
			parts = append(parts, kept)
		}
		if parts[1].Parts != parts[0].Parts || parts[1].New >= parts[0].New/2 {
			t.Errorf("attachments do not come in the same order: %+v", parts)
		}
	}
	from, _, err := carry.OpenAt(t.Context(), places[1], time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	whole := withKeys(ObjectsConfig{})
	if _, err := Restore(t.Context(), whole, from, nil); err != nil {
		t.Fatal(err)
	}
	a := open(whole)
	if err := a.ReachesAttachments(t.Context()); err != nil || !slices.Equal(everyFile(t, a), files) {
		t.Errorf("restored: %v", err)
	}
	// One that leaves them says so, also when it is read, and needs the store.
	left, err := Backup(t.Context(), unnamed, &b, true, nil)
	if err != nil || left.Left != int64(len(files)) {
		t.Fatalf("%d left, %v", left.Left, err)
	}
	leaving := withKeys(named.Objects)
	if read, err := Restore(t.Context(), leaving, &b, nil); err != nil || read.Left != left.Left {
		t.Fatalf("%d left, %v", read.Left, err)
	}
	if !slices.Equal(everyFile(t, open(leaving)), files) {
		t.Error("restored beside the store, its attachments are others")
	}
	moved := withKeys(named.Objects)
	if _, err := Move(t.Context(), named, "sqlite:"+filepath.Join(moved.Data, "stoa.db"), nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(everyFile(t, open(moved)), files) {
		t.Error("moved, its attachments are others")
	}
	// A copy that is started with the real settings has objects of its own, and what it deletes is not the other's.
	again, _, err := carry.OpenAt(t.Context(), places[0], time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	copied := withKeys(named.Objects)
	if _, err := Restore(t.Context(), copied, again, nil); err != nil {
		t.Fatal(err)
	}
	a = open(copied)
	rounds(t, a)
	if s, err := a.attachments(t.Context()); err != nil || s.Away != int64(len(files)) {
		t.Errorf("the copy has carried %+v, %v", s, err)
	}
	err = a.DB.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
		ids, err := store.Strings(ctx, tx, `SELECT id FROM blob`)
		for _, id := range ids {
			err = errors.Join(err, a.Flow.Docket.Blobs.Delete(ctx, tx, id))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rounds(t, a)
	if s, err := a.attachments(t.Context()); err != nil || s.Away+s.Gone != 0 {
		t.Errorf("the copy has deleted all, and has %+v, %v", s, err)
	}
	if !slices.Equal(everyFile(t, open(named)), files) {
		t.Error("a copy has changed the attachments of what it was made of")
	}
}

// copyHolds makes the copy of everything for whoever has sent most files, which are fetched at once.
func copyHolds(t *testing.T, a *App) {
	t.Helper()
	var who policy.Actor
	var files int
	var copies []retain.Copy
	read := func(fn func(ctx context.Context, tx *store.Tx) error) {
		t.Helper()
		if err := a.DB.Read(t.Context(), "copy", fn); err != nil {
			t.Fatal(err)
		}
	}
	// What an officer has put to a request for information is not the person's, and who has most differs from day to day.
	read(func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT c.person, COUNT(*) FROM blob b JOIN cases c ON c.subject = b.subject WHERE c.service <> 'information-request' GROUP BY c.person ORDER BY COUNT(*) DESC, c.person LIMIT 1`).Scan(&who.Person, &files)
	})
	privacy := a.Flow.Privacy()
	if err := privacy.AskCopy(t.Context(), who, "one-copy-of-everything"); err != nil || files < 2 {
		t.Fatalf("%d files, %v", files, err)
	}
	read(func(ctx context.Context, tx *store.Tx) (err error) {
		copies, err = (&retain.Copies{Vault: a.vault}).Of(ctx, tx, who.Person)
		return err
	})
	if err := privacy.MakeCopy(t.Context(), job.Job{Payload: fmt.Appendf(nil, `{"copy":%q}`, copies[0].ID)}); err != nil {
		t.Fatal(err)
	}
	data, err := privacy.ReadCopy(t.Context(), who, copies[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "files/") && f.UncompressedSize64 > 0 {
			sent++
		}
	}
	if sent < files {
		t.Errorf("the copy has %d of %d files", sent, files)
	}
}
