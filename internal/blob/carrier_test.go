package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/objects"
	"stoa/internal/objects/objectstest"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

// town is an installation with an object store of its own.
type town struct {
	*testing.T
	db    *store.DB
	clock *storetest.Clock
	s     *Store
	v     *vault.Vault
	g     *objectstest.Gateway
	c     *Carrier
	said  *bytes.Buffer
}

func towns(t *testing.T, test func(t *town)) {
	t.Helper()
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w := &town{T: t, db: db, clock: clock, g: objectstest.Start(t), said: &bytes.Buffer{}}
		w.s, w.v = newStore(t, None{})
		w.s.Use(w.g.Open(t))
		w.c = &Carrier{Blobs: w.s, DB: db, Log: slog.New(slog.NewTextHandler(w.said, nil))}
		test(w)
	})
}

func text(n int) string { return "%PDF-1.7\n" + strings.Repeat("x", n) + "\n%%EOF\n" }

// rounds carries until nothing is due.
func (t *town) rounds() {
	t.Helper()
	for {
		n, err := t.c.Round(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (t *town) stand(want Standing) {
	t.Helper()
	err := t.db.Read(t.Context(), "stand", func(ctx context.Context, tx *store.Tx) error {
		got, err := Stand(ctx, tx)
		want.Bytes = got.Bytes
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (t *town) reads(b Blob, want string) {
	t.Helper()
	if got, data, err := readAll(t.T, t.db, t.s, b.ID); err != nil || string(data) != want || got != b {
		t.Errorf("%d bytes of %d back: %v", len(data), len(want), err)
	}
}

func (t *town) put(text string) Blob {
	t.Helper()
	return put(t.T, t.db, t.s, t.v, text)
}

func (t *town) objects(want int) {
	t.Helper()
	if files := t.g.Files(t.T); len(files) != want {
		t.Errorf("%d objects, want %d: %q", len(files), want, files)
	}
}

// file is where the server keeps a blob's object.
func (t *town) file(b Blob) (path string) {
	t.Helper()
	err := t.db.Read(t.Context(), "file", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT name FROM blob_away WHERE blob_id = $1`, b.ID).Scan(&path)
	})
	if err != nil {
		t.Fatal(err)
	}
	return t.g.Dir + "/here/" + path
}

func TestCarriedAndBroughtBack(t *testing.T) {
	towns(t, func(t *town) {
		texts := []string{text(10), text(partLen), text(3*partLen + 7), text(1)}
		var all []Blob
		for _, text := range texts {
			all = append(all, t.put(text))
		}
		t.stand(Standing{Here: 4})
		t.rounds()
		t.stand(Standing{Away: 4})
		t.objects(4)
		for i, b := range all {
			t.reads(b, texts[i])
			if data, err := os.ReadFile(t.file(b)); err != nil || bytes.Contains(data, []byte("xxx")) || bytes.Contains(data, []byte("PDF")) {
				t.Errorf("the object is not sealed: %v", err)
			}
		}
		// In a writing transaction too: it is left, and begun again.
		runs := 0
		write(t.T, t.db, func(ctx context.Context, tx *store.Tx) error {
			runs++
			for i := range 2 {
				if _, data, err := t.s.ReadAll(ctx, tx, all[i].ID); err != nil {
					return err
				} else if string(data) != texts[i] {
					t.Error("another text")
				}
			}
			return nil
		})
		if runs != 3 {
			t.Errorf("%d runs", runs)
		}
		// One transaction deletes two, of which one is erased as a person's; the others go back.
		write(t.T, t.db, func(ctx context.Context, tx *store.Tx) error {
			if n, err := t.s.DeleteOf(ctx, tx, all[0].Subject); err != nil || n != 1 {
				t.Errorf("%d: %v", n, err)
			}
			return t.s.Delete(ctx, tx, all[1].ID)
		})
		t.stand(Standing{Away: 2, Gone: 2})
		t.rounds()
		t.stand(Standing{Away: 2})
		t.objects(2)
		t.c.Back = true
		t.rounds()
		t.stand(Standing{Here: 2})
		t.objects(0)
		t.s.Use(nil)
		for i := 2; i < 4; i++ {
			t.reads(all[i], texts[i])
		}
	})
}

// Nothing is lost while the store is away: what is here stays, what is there is asked for again.
func TestStoreDownAndUp(t *testing.T) {
	towns(t, func(t *town) {
		first := t.put(text(100))
		t.rounds()
		t.g.Down(t.T)
		second := t.put(text(200))
		for range 3 {
			if _, err := t.c.Round(t.Context(), 1); err == nil {
				t.Fatal("carried to nowhere")
			}
			t.clock.Advance(time.Hour)
		}
		t.stand(Standing{Here: 1, Away: 1})
		t.reads(second, text(200))
		_, _, err := readAll(t.T, t.db, t.s, first.ID)
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a file that cannot be fetched: %v", err)
		}
		write(t.T, t.db, func(ctx context.Context, tx *store.Tx) error { return t.s.Delete(ctx, tx, first.ID) })
		if _, err := t.c.Round(t.Context(), 1); err == nil {
			t.Error("deleted nowhere")
		}
		t.stand(Standing{Here: 1, Gone: 1})
		t.g.Up(t.T)
		t.clock.Advance(time.Hour)
		t.rounds()
		t.stand(Standing{Away: 1})
		t.objects(1)
		t.reads(second, text(200))
	})
}

// A run carries by itself what is put, waits while the store is away, and goes on.
func TestRun(t *testing.T) {
	towns(t, func(t *town) {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { t.c.Run(ctx); close(ended) }()
		await := func(what string, is func() bool) {
			t.Helper()
			for range 3000 {
				if is() {
					return
				}
				t.clock.Advance(time.Second)
				time.Sleep(10 * time.Millisecond)
			}
			t.Fatalf("never: %s", what)
		}
		trouble := func() bool { _, err := t.c.Trouble(); return err != nil }
		t.put(text(1))
		await("carried", func() bool { return len(t.g.Files(t.T)) == 1 })
		t.g.Down(t.T)
		b := t.put(text(2))
		await("told that the store is away", trouble)
		t.g.Up(t.T)
		await("carried later", func() bool { return !trouble() && len(t.g.Files(t.T)) == 2 })
		t.g.Down(t.T) // with nothing to do there, it is noticed too
		await("told without being asked", trouble)
		t.g.Up(t.T)
		await("told that it is back", func() bool { return !trouble() })
		cancel()
		<-ended
		t.reads(b, text(2))
		for _, line := range []string{"does not answer", "works again"} {
			if strings.Count(t.said.String(), line) != 2 {
				t.Errorf("the log says %q not twice:\n%s", line, t.said)
			}
		}
	})
}

// Two that carry at once, and one that died between putting and telling: each object is there once, and its row says so.
func TestCarriersShareAndDie(t *testing.T) {
	towns(t, func(t *town) {
		var all []Blob
		for i := range 20 {
			all = append(all, t.put(text(i)))
		}
		mine, err := t.c.claim(t.Context(), 3)
		if err != nil || len(mine) != 3 {
			t.Fatalf("%d: %v", len(mine), err)
		}
		for _, k := range mine { // put, and then it died
			if err := t.s.objects.Put(t.Context(), k.name, []byte("the half of it")); err != nil {
				t.Fatal(err)
			}
		}
		// What one that died has put is deleted with its attachment, once nobody can be putting it any more.
		write(t.T, t.db, func(ctx context.Context, tx *store.Tx) error { return t.s.Delete(ctx, tx, mine[0].id) })
		other := &Carrier{Blobs: t.s, DB: t.db, Log: t.c.Log}
		errs := make(chan error, 2)
		for _, c := range []*Carrier{t.c, other} {
			go func() {
				for {
					if n, err := c.Round(t.Context(), 4); n == 0 || err != nil {
						errs <- err
						return
					}
				}
			}()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		t.stand(Standing{Here: 2, Away: 17, Gone: 1})
		t.clock.Advance(claimed)
		t.rounds()
		t.stand(Standing{Away: 19})
		t.objects(19)
		for i, b := range all {
			if b.ID != mine[0].id {
				t.reads(b, text(i))
			}
		}
	})
}

// What waits for the scanner is not carried away from it; what an earlier program deletes leaves no object.
func TestScannedFirstAndOrphans(t *testing.T) {
	towns(t, func(t *town) {
		t.s.scanner = Clamd{}
		b := t.put(text(1))
		t.rounds()
		t.stand(Standing{Here: 1})
		exec := func(query string) {
			t.Helper()
			write(t.T, t.db, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, query, b.ID)
				return err
			})
		}
		exec(`UPDATE blob SET scan = 'clean' WHERE id = $1`)
		t.rounds()
		t.stand(Standing{Away: 1})
		exec(`DELETE FROM blob WHERE id = $1`)
		if err := t.c.orphans(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.rounds()
		t.stand(Standing{})
		t.objects(0)
	})
}

// What is damaged, swapped or missing there is told and never handed out, and the others go their way.
func TestDamagedObjects(t *testing.T) {
	towns(t, func(t *town) {
		var all []Blob
		for i := range 4 {
			all = append(all, t.put(text(100+i)))
		}
		t.rounds()
		file := func(i int) string { return t.file(all[i]) }
		data, err := os.ReadFile(file(0))
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := errors.Join(os.WriteFile(file(0), data, 0o600), os.Rename(file(1), file(2))); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			_, data, err := readAll(t.T, t.db, t.s, all[i].ID)
			if !errors.Is(err, ErrDamaged) || data != nil || !strings.Contains(err.Error(), all[i].ID) {
				t.Errorf("damaged in way %d: %v", i, err)
			}
		}
		t.reads(all[3], text(103))
		t.c.Back = true
		t.rounds()
		t.stand(Standing{Here: 1, Away: 3})
		if strings.Count(t.said.String(), "cannot be carried") != 3 {
			t.Errorf("the log says:\n%s", t.said)
		}
	})
}

// A line that loses what is put, and one that is silent: the database keeps the parts.
func TestLyingAndSilent(t *testing.T) {
	towns(t, func(t *town) {
		b := t.put(text(5 * partLen))
		for _, way := range []string{"cut", "silent"} {
			config := t.g.Config
			config.URL = "http://" + cutLine(t.T, t.g.Addr, way) + "/town/here"
			s, err := objects.Open(config)
			if err != nil {
				t.Fatal(err)
			}
			t.s.Use(s)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			if n, err := t.c.Round(ctx, 1); err == nil || n != 0 {
				t.Errorf("%s: %d carried, %v", way, n, err)
			}
			cancel()
			t.stand(Standing{Here: 1})
			t.clock.Advance(time.Hour)
		}
		t.s.Use(t.g.Open(t.T))
		t.rounds()
		t.stand(Standing{Away: 1})
		t.reads(b, text(5*partLen))
	})
}

// cutLine is a way to the server that breaks after 100 kB, or lets nothing through.
func cutLine(t *testing.T, to, way string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				if way == "silent" {
					_, _ = io.Copy(io.Discard, near)
					return
				}
				far, err := net.Dial("tcp", to)
				if err != nil {
					return
				}
				defer far.Close()
				go func() { _, _ = io.Copy(near, far) }()
				_, _ = io.CopyN(far, near, 100<<10)
			}()
		}
	}()
	return l.Addr().String()
}

func TestForm(t *testing.T) {
	parts := [][]byte{[]byte("one"), {}, bytes.Repeat([]byte("x"), 300)}
	b := pack(parts)
	got, err := unpack(b, 3)
	if err != nil || !slices.EqualFunc(got, parts, bytes.Equal) {
		t.Errorf("%q, %v", got, err)
	}
	for i, wrong := range [][]byte{nil, b[:len(b)-1], append([]byte{2}, b[1:]...), b[:1], append(bytes.Clone(b), 0)} {
		if _, err := unpack(wrong, 3); err == nil {
			t.Error(fmt.Sprint("taken: ", i))
		}
	}
}

// The examination finds what is wrong there, and finds nothing where nothing is.
func TestExamine(t *testing.T) {
	towns(t, func(t *town) {
		var all []Blob
		for i := range 4 {
			all = append(all, t.put(text(100+i)))
		}
		examine := func(thorough bool, want ...string) {
			t.Helper()
			x, err := t.s.Examine(t.Context(), t.db, thorough)
			if err != nil || len(x.Findings) != len(want) {
				t.Fatalf("%q, %v; want %q", x.Findings, err, want)
			}
			for _, w := range want {
				if !slices.ContainsFunc(x.Findings, func(f string) bool { return strings.Contains(f, w) }) {
					t.Errorf("%q, want %q", x.Findings, w)
				}
			}
		}
		examine(true)
		t.rounds()
		examine(true)
		file := func(i int) string { return t.file(all[i]) }
		data, err := os.ReadFile(file(0))
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := errors.Join(os.WriteFile(file(0), data, 0o600), os.Truncate(file(1), 10), os.Remove(file(2))); err != nil {
			t.Fatal(err)
		}
		if err := t.s.objects.Put(t.Context(), folder+"nobodys", []byte("old")); err != nil {
			t.Fatal(err)
		}
		short, missing, stray := all[1].ID+" has 10 bytes", all[2].ID+" is not in", "nobodys (3 bytes"
		young := time.Since(t.clock.Now()) // the server has the machine's clock
		t.clock.Advance(young)
		examine(false, short, missing)
		t.clock.Advance(strayAfter + time.Minute)
		examine(false, short, missing, stray)
		examine(true, short, missing, stray, ": an attachment is damaged in the object store: "+all[0].ID)
		t.s.Use(nil)
		examine(false, "4 attachments lie in an object store")
		t.s.Use(t.g.Open(t.T))
		write(t.T, t.db, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM blob_away WHERE blob_id = $1`, all[3].ID)
			return err
		})
		examine(false, short, missing, stray, all[3].ID+" is neither in", all[3].ID+".")
		t.g.Down(t.T)
		examine(false, "does not answer")
	})
}
