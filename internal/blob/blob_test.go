package blob

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/job"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var sets = []fs.FS{job.Migrations(), vault.Migrations(), Migrations()}

const pdf = "%PDF-1.7\nhello\n%%EOF\n"

var limits = Limits{MaxBytes: 2 << 20, Types: []Type{PDF, JPEG, PNG, WebP, DOCX, ODT}}

func write(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), t.Name(), fn); err != nil {
		t.Fatal(err)
	}
}

func newStore(t *testing.T, scanner Scanner) (*Store, *vault.Vault) {
	t.Helper()
	v, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: storetest.Rand()})
	if err != nil {
		t.Fatal(err)
	}
	return New(v, scanner), v
}

func put(t *testing.T, db *store.DB, s *Store, v *vault.Vault, data string) (b Blob) {
	t.Helper()
	u, err := Receive(strings.NewReader(data), Meta{Name: "C:\\tmp\\Geburts\u202eurkunde.pdf"}, limits)
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, func(ctx context.Context, tx *store.Tx) error {
		subject, err := v.NewSubject(ctx, tx)
		if err != nil {
			return err
		}
		b, err = s.Put(ctx, tx, subject, u)
		return err
	})
	return b
}

func readAll(t *testing.T, db *store.DB, s *Store, id string) (b Blob, data []byte, err error) {
	t.Helper()
	err = db.Read(t.Context(), "read", func(ctx context.Context, tx *store.Tx) (err error) {
		b, data, err = s.ReadAll(ctx, tx, id)
		return err
	})
	return b, data, err
}

func TestPutAndRead(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, _ *storetest.Clock) {
		s, v := newStore(t, None{})
		for _, n := range []int{0, partLen - len(pdf), partLen - len(pdf) + 1, 3 * partLen} {
			text := "%PDF-1.7\n" + strings.Repeat("x", n) + pdf[len("%PDF-1.7\n"):]
			put := put(t, db, s, v, text)
			b, data, err := readAll(t, db, s, put.ID)
			if err != nil || string(data) != text {
				t.Fatalf("%d bytes back of %d: %v", len(data), len(text), err)
			}
			if b != put || b.Name != "Geburtsurkunde.pdf" || b.Scan != Unscanned || b.SHA256 != sha256.Sum256(data) || b.Type != PDF {
				t.Errorf("%+v, put %+v", b, put)
			}
			write(t, db, func(ctx context.Context, tx *store.Tx) error { return s.Delete(ctx, tx, b.ID) })
			if _, _, err := readAll(t, db, s, b.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("deleted: %v", err)
			}
		}
		err := db.Write(t.Context(), "again", func(ctx context.Context, tx *store.Tx) error { return s.Delete(ctx, tx, "none") })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("delete of nothing: %v", err)
		}
	})
}

func TestTamperingAndErasure(t *testing.T) {
	db, _ := storetest.SQLite(t, sets...)
	s, v := newStore(t, None{})
	text := "%PDF-1.7\n" + strings.Repeat("x", 2*partLen) + "%%EOF"
	b := put(t, db, s, v, text)
	change := func(query string) {
		t.Helper()
		write(t, db, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, query)
			return err
		})
	}
	if _, data, err := readAll(t, db, s, b.ID); err != nil || string(data) != text {
		t.Fatalf("untouched: %v", err)
	}
	for _, n := range []string{"n = n + 10", "n = CASE n WHEN 10 THEN 1 WHEN 11 THEN 0 ELSE 2 END"} { // swapped
		change(`UPDATE blob_part SET ` + n)
	}
	if _, _, err := readAll(t, db, s, b.ID); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("swapped parts: %v", err)
	}
	b = put(t, db, s, v, text)
	change(`UPDATE blob SET parts = 1`)
	if _, _, err := readAll(t, db, s, b.ID); err == nil {
		t.Error("cut off")
	}
	b = put(t, db, s, v, text)
	write(t, db, func(ctx context.Context, tx *store.Tx) error { return v.Erase(ctx, tx, b.Subject) })
	if _, _, err := readAll(t, db, s, b.ID); !errors.Is(err, vault.ErrErased) {
		t.Errorf("erased: %v", err)
	}
}

func testZip(t *testing.T, stored bool, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		text := "<x/>"
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if name == "mimetype" {
			text = string(ODT)
		}
		var w io.Writer
		var err error
		if stored {
			h.Method = zip.Store
			h.CRC32, h.CompressedSize64, h.UncompressedSize64 = 0x86bbbe20, uint64(len(text)), uint64(len(text))
			w, err = z.CreateRaw(h)
		} else {
			w, err = z.CreateHeader(h)
		}
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReceive(t *testing.T) {
	full := testJPEG(t, 1)
	webp, _ := testWebP(t)
	docx := testZip(t, false, "[Content_Types].xml", "word/document.xml")
	odt := testZip(t, true, "mimetype", "content.xml")
	tiny := Limits{MaxBytes: int64(len(pdf)), Types: []Type{PDF}}
	for name, c := range map[string]struct {
		data   string
		limits Limits
		kind   Type
		key    string
	}{
		"pdf, just fits":  {pdf, tiny, PDF, ""},
		"jpeg":            {string(full), limits, JPEG, ""},
		"png":             {string(testPNG(t)), limits, PNG, ""},
		"webp":            {string(webp), limits, WebP, ""},
		"docx":            {docx, limits, DOCX, ""},
		"odt":             {odt, limits, ODT, ""},
		"empty":           {"", limits, "", KeyEmpty},
		"one too many":    {pdf + "\n", tiny, "", KeyTooLarge},
		"not allowed":     {string(full[:len(full)/2]), Limits{1 << 20, []Type{PDF}}, "", KeyType},
		"unknown":         {"MZ program", limits, "", KeyType},
		"zip of anything": {testZip(t, false, "a.exe"), limits, "", KeyType},
		"macros":          {testZip(t, false, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), limits, "", KeyType},
		"pdf cut off":     {pdf[:12], limits, "", KeyDamaged},
		"jpeg cut off":    {string(full[:len(full)/2]), limits, "", KeyDamaged},
		"docx cut off":    {docx[:len(docx)-30], limits, "", KeyDamaged},
		"odt cut off":     {odt[:len(odt)-30], limits, "", KeyDamaged},
	} {
		u, err := Receive(strings.NewReader(c.data), Meta{"a b.pdf", "application/pdf"}, c.limits)
		if c.key == "" {
			if err != nil || u.Type() != c.kind || u.Name() != "a b.pdf" {
				t.Errorf("%s: %+v, %v", name, u, err)
			}
			continue
		}
		var f *fault.Error
		if !errors.As(err, &f) || f.Key != c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"a.pdf": "a.pdf", "": "attachment", "..": "attachment", "/etc/passwd": "passwd", `..\..\x.png`: "x.png",
		"a\r\nb\x00.pdf": "ab.pdf", "عقد.pdf": "عقد.pdf", "x\u202efdp.exe": "xfdp.exe", strings.Repeat("é", 150) + ".pdf": strings.Repeat("é", 98) + ".pdf",
		"\xff.pdf": "pdf",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// fakeClamd speaks INSTREAM as clamd does, with its ways to fail.
func fakeClamd(t *testing.T, max int, mute bool) Clamd {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if !mute {
				_, _ = io.WriteString(c, clamdAnswer(c, max))
			}
			_ = c.Close()
		}
	}()
	return Clamd{Network: "tcp", Addr: l.Addr().String()}
}

func clamdAnswer(r io.Reader, max int) string {
	head := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != "zINSTREAM\x00" {
		return "UNKNOWN COMMAND\x00"
	}
	var data []byte
	for {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return ""
		}
		if n == 0 {
			break
		}
		if len(data)+int(n) > max {
			return "INSTREAM size limit exceeded. ERROR\x00"
		}
		part := make([]byte, n)
		if _, err := io.ReadFull(r, part); err != nil {
			return ""
		}
		data = append(data, part...)
	}
	if bytes.Contains(data, []byte("EVIL")) {
		return "stream: Test.Evil FOUND\x00"
	}
	return "stream: OK\x00"
}

func TestClamd(t *testing.T) {
	c := fakeClamd(t, 1<<20, false)
	small := c
	small.MaxBytes = 2
	for name, test := range map[string]struct {
		c         Clamd
		data      string
		state     ScanState
		signature string
		err       bool
	}{
		"clean":            {c, strings.Repeat("x", 3*clamdChunk/2), Clean, "", false},
		"infected":         {c, "an EVIL text", Infected, "Test.Evil", false},
		"refused as large": {fakeClamd(t, 3, false), "four", Unscanned, "", false},
		"known to be":      {small, "abc", Unscanned, "", false},
		"no answer":        {fakeClamd(t, 1<<20, true), "x", "", "", true},
		"nobody there":     {Clamd{Network: "tcp", Addr: "127.0.0.1:1"}, "x", "", "", true},
	} {
		state, signature, err := test.c.Scan(t.Context(), []byte(test.data))
		if state != test.state || signature != test.signature || (err != nil) != test.err {
			t.Errorf("%s: %q %q %v", name, state, signature, err)
		}
	}
}

func TestScanJob(t *testing.T) {
	storetest.Each(t, sets, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		run := func(s *Store) *job.Runner {
			r := job.NewRunner(db, slog.New(slog.DiscardHandler))
			s.Register(r, db, slog.New(slog.DiscardHandler))
			return r
		}
		s, v := newStore(t, fakeClamd(t, 1<<20, false))
		good, bad, gone := put(t, db, s, v, pdf), put(t, db, s, v, "%PDF-EVIL%%EOF"), put(t, db, s, v, pdf)
		if good.Scan != Waiting {
			t.Errorf("before: %s", good.Scan)
		}
		write(t, db, func(ctx context.Context, tx *store.Tx) error { return s.Delete(ctx, tx, gone.ID) })
		if n, err := run(s).RunDue(t.Context()); n != 3 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		if b, _, err := readAll(t, db, s, good.ID); err != nil || b.Scan != Clean {
			t.Errorf("good: %s, %v", b.Scan, err)
		}
		if _, _, err := readAll(t, db, s, bad.ID); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("bad: %v", err)
		}

		// A scanner that never answers does not hold a case for ever.
		s.scanner = fakeClamd(t, 1<<20, true)
		b := put(t, db, s, v, pdf)
		r := run(s)
		for i := range scanTries {
			if _, err := r.RunDue(t.Context()); (err == nil) != (i == scanTries-1) {
				t.Fatalf("try %d: %v", i+1, err)
			}
			clock.Advance(6 * 3600e9)
		}
		if b, _, err := readAll(t, db, s, b.ID); err != nil || b.Scan != Unscanned {
			t.Errorf("silent scanner: %s, %v", b.Scan, err)
		}
	})
}
