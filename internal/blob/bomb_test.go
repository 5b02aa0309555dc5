package blob

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"strings"
	"testing"
)

// wide is a small PNG that says it is w × h.
func wide(w, h uint32) string {
	chunk := func(name string, body []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		b = append(append(b, name...), body...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return pngSignature + string(chunk("IHDR", append(head, 8, 0, 0, 0, 0))) + string(chunk("IDAT", []byte("x"))) + string(chunk("IEND", nil))
}

// archive is a document with one more entry.
func archive(t *testing.T, more zip.FileHeader, size uint64, entries int) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "word/document.xml"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	for range entries {
		h := more
		h.UncompressedSize64 = size
		if _, err := w.CreateRaw(&h); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBombs(t *testing.T) {
	link := zip.FileHeader{Name: "word/media/x"}
	link.SetMode(fs.ModeSymlink | 0o777)
	limits := Limits{MaxBytes: 10 << 20, Types: []Type{PNG, WebP, DOCX}}
	for name, test := range map[string]struct {
		data string
		bad  bool
	}{
		"a large picture":          {wide(16_384, 12_288), false},
		"a flood of pixels":        {wide(100_000, 100_000), true},
		"a document":               {archive(t, zip.FileHeader{Name: "x"}, 1<<20, 3), false},
		"too much in it":           {archive(t, zip.FileHeader{Name: "x"}, 300<<20, 2), true},
		"more than can be counted": {archive(t, zip.FileHeader{Name: "x"}, 1<<63, 2), true},
		"too many in it":           {archive(t, zip.FileHeader{Name: "x"}, 0, maxEntries), true},
		"a link out of it":         {archive(t, link, 0, 1), true},
	} {
		_, err := Receive(strings.NewReader(test.data), Meta{Name: "x"}, limits)
		if (err != nil) != test.bad {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWebPSize(t *testing.T) {
	file := func(kind, body string) []byte {
		return []byte("RIFF\x00\x00\x00\x00WEBP" + kind + "\x10\x00\x00\x00" + body)
	}
	for name, test := range map[string]struct {
		data []byte
		w, h int
	}{
		"lossy":    {file("VP8 ", "\x00\x00\x00\x9d\x01\x2a\x40\x01\xf0\x00"), 320, 240},
		"lossless": {file("VP8L", "\x2f\x3f\xc1\x3b\x00\x00\x00\x00\x00\x00"), 320, 240},
		"extended": {file("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff"), 1 << 24, 1 << 24},
		"other":    {file("XXXX", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 0, 0},
	} {
		if w, h := webpSize(test.data); w != test.w || h != test.h {
			t.Errorf("%s: %d × %d, not %d × %d", name, w, h, test.w, test.h)
		}
	}
	if err := checkPicture(WebP, file("VP8X", "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff")); !errors.Is(err, errBomb) {
		t.Error(err)
	}
}

// archiveOf is an archive with one compressed file.
func archiveOf(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("x.txt")
	if err == nil {
		_, err = f.Write([]byte(strings.Repeat(" ", 5000) + text))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
