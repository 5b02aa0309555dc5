package redact_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/redact"
)

func TestTextIsReplacedInTheBytes(t *testing.T) {
	in := "\ufeffDear Ann\u200b Smith,\r\n\r\nring 01632 960 123 or write to ann.smith@example.com, GV1 2BD.\r\nANN SMITH signed.\r\n"
	c, err := redact.Read(redact.Text, []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	var marks []redact.Mark
	var kinds []string
	for _, f := range redact.Find(c, []string{"Ann Smith"}) {
		marks = append(marks, redact.Mark{Unit: f.Unit, From: f.From, To: f.To, Reason: "s40"})
		kinds = append(kinds, f.What+":"+f.Text)
	}
	want := "term:Ann Smith|phone:01632 960 123|email:ann.smith@example.com|postcode:GV1 2BD|term:ANN SMITH"
	if got := strings.Join(kinds, "|"); got != want {
		t.Errorf("found %s\nwant  %s", got, want)
	}
	res, err := redact.Apply(redact.Text, []byte(in), marks, frame())
	if err != nil {
		t.Fatal(err)
	}
	const released = "Dear [removed: s40],\n\nring [removed: s40] or write to [removed: s40], [removed: s40].\n[removed: s40] signed.\n"
	if string(res.Data) != released {
		t.Errorf("released %q\nwant     %q", res.Data, released)
	}
}

func TestWhatStillStandsIsNamed(t *testing.T) {
	c, err := redact.Read(redact.Text, []byte("Ann Smith wrote.\nÀnn  smith\nANN SMITH called.\nBanns Smithson\n"))
	if err != nil {
		t.Fatal(err)
	}
	left := redact.Left(c, []redact.Mark{{Unit: 0, From: 0, To: 9, Reason: "s40"}})
	if len(left) != 1 || left[0].Unit != 2 {
		t.Errorf("%+v", left)
	}
}

func TestTheArabicArticleHidesNoName(t *testing.T) {
	c, err := redact.Read(redact.Text, []byte("كتبت نور حدّاد إلى المجلس.\nقالت لنور حدّاد\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := redact.Find(c, []string{"نور حدّاد"}); len(got) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestCellsOfATable(t *testing.T) {
	in := "Name;Amount\n\"Smith; Ann\";12\n\"O\"\"Hara\";7\n"
	res := out(t, redact.CSV, []byte(in), "Smith; Ann")
	const released = "Name,Amount\n[removed: section 40(2)],12\n\"O\"\"Hara\",7\n"
	if string(res.Data) != released {
		t.Errorf("released %q", res.Data)
	}
}

// A slow, obvious model: a text without its marked letters, whatever the marks are.
func TestAnyMarksAgreeWithTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("abcé ßأ漢,;\"")), 1, 12, -1), 1, 5).Draw(t, "lines")
		in := strings.Join(lines, "\n") + "\n"
		c, err := redact.Read(redact.Text, []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		gone := map[[2]int]bool{}
		var marks []redact.Mark
		for range rapid.IntRange(0, 6).Draw(t, "marks") {
			u := rapid.IntRange(0, len(c.Units)-1).Draw(t, "unit")
			n := len([]rune(c.Units[u].Text))
			if n == 0 {
				continue
			}
			from := rapid.IntRange(0, n-1).Draw(t, "from")
			to := rapid.IntRange(from+1, n).Draw(t, "to")
			marks = append(marks, redact.Mark{Unit: u, From: from, To: to, Reason: "r"})
			for i := from; i < to; i++ {
				gone[[2]int{u, i}] = true
			}
		}
		var want strings.Builder
		for u, one := range c.Units {
			was := false
			for i, r := range []rune(one.Text) {
				switch is := gone[[2]int{u, i}]; {
				case is && !was:
					want.WriteString("█")
					was = true
				case !is:
					want.WriteRune(r)
					was = false
				}
			}
			want.WriteByte('\n')
		}
		f := frame()
		f.Label = func(string) string { return "█" }
		res, err := redact.Apply(redact.Text, []byte(in), marks, f)
		if err != nil {
			t.Fatal(err)
		}
		if string(res.Data) != want.String() {
			t.Fatalf("released %q, want %q", res.Data, want.String())
		}
	})
}

// Any table comes back cell by cell, but for the cells that are taken out.
func TestAnyTableComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.RuneFrom([]rune("ab,;\"\n é")), 1, 6, -1)
		width := rapid.IntRange(2, 4).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 1, 5).Draw(t, "rows")
		rows = append([][]string{[]string{"h", "h", "h", "h"}[:width]}, rows...)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(rows)*width-1).Draw(t, "cell")
		c, err := redact.Read(redact.CSV, b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		n := len([]rune(c.Units[at].Text))
		res, err := redact.Apply(redact.CSV, b.Bytes(), []redact.Mark{{Unit: at, From: 0, To: n, Reason: "r"}}, frame())
		if err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(bytes.NewReader(res.Data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		rows[at/width][at%width] = "[removed: r]"
		if fmt.Sprint(got) != fmt.Sprint(rows) {
			t.Fatalf("got %q, want %q", got, rows)
		}
	})
}

// picturePNG has a different colour at each place, and words in it that no viewer shows.
func picture(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(40 + x*3), uint8(40 + y*3), 200, 255})
		}
	}
	return m
}

func picturePNG(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBoxesArePixelsAndNothingElseTravels(t *testing.T) {
	in := picturePNG(t, 40, 30)
	// A text chunk with a name, before the end of the file, and bytes after it.
	chunk := append([]byte{0, 0, 0, 14}, []byte("tEXtAuthor\x00MarloweXXXX")...)
	in = append(append(bytes.Clone(in[:33]), chunk...), in[33:]...)
	in = append(in, []byte("Marlowe")...)
	res, err := redact.Apply(redact.PNG, in, []redact.Mark{{Box: image.Rect(10, 5, 20, 9), Reason: "x"}}, frame())
	if err == nil {
		t.Log("the decoder ignored a wrong checksum")
	} else { // a broken chunk is refused, which is as safe
		in = append(bytes.Clone(picturePNG(t, 40, 30)), []byte("Marlowe")...)
		if res, err = redact.Apply(redact.PNG, in, []redact.Mark{{Box: image.Rect(10, 5, 20, 9), Reason: "x"}}, frame()); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Contains(res.Data, []byte("Marlowe")) {
		t.Error("words of the original are in the released bytes")
	}
	m, err := png.Decode(bytes.NewReader(res.Data))
	if err != nil {
		t.Fatal(err)
	}
	for y := range 30 {
		for x := range 40 {
			got := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			want := picture(40, 30).NRGBAAt(x, y)
			if image.Pt(x, y).In(image.Rect(10, 5, 20, 9)) {
				want = color.NRGBA{A: 255}
			}
			if got != want {
				t.Fatalf("at %d,%d: %v, want %v", x, y, got, want)
			}
		}
	}
}

// withEXIF is a JPEG whose EXIF segment turns it and has a name, a place and a thumbnail.
func withEXIF(t *testing.T, m image.Image, orientation byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 40}); err != nil {
		t.Fatal(err)
	}
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00 GPS Marlowe thumbnail")
	seg := append([]byte{0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, exif...)
	return append(append(bytes.Clone(b.Bytes()[:2]), seg...), b.Bytes()[2:]...)
}

func TestAPhotographLosesItsEXIFAndItsBox(t *testing.T) {
	white := image.NewNRGBA(image.Rect(0, 0, 64, 48))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	for y := 8; y < 14; y++ { // the secret: a dark sign on white
		for x := 40; x < 52; x++ {
			white.SetNRGBA(x, y, color.NRGBA{A: 255, R: 200})
		}
	}
	for orientation := byte(1); orientation <= 8; orientation++ {
		in := withEXIF(t, white, orientation)
		c, err := redact.Read(redact.JPEG, in)
		if err != nil {
			t.Fatal(err)
		}
		if turned := c.Width == 48; turned != (orientation >= 5) {
			t.Errorf("orientation %d: %d×%d", orientation, c.Width, c.Height)
		}
		// Where the secret is shown.
		box := shownBox(orientation, image.Rect(40, 8, 52, 14), 64, 48)
		res, err := redact.Apply(redact.JPEG, in, []redact.Mark{{Box: box, Reason: "x"}}, frame())
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(res.Data, []byte("Marlowe")) || bytes.Contains(res.Data, []byte("Exif")) {
			t.Error("EXIF is in the released bytes")
		}
		m, err := jpeg.Decode(bytes.NewReader(res.Data))
		if err != nil {
			t.Fatal(err)
		}
		for y := range c.Height {
			for x := range c.Width {
				if r, g, _, _ := m.At(x, y).RGBA(); r > g+0x0800 {
					t.Fatalf("orientation %d: a trace of the secret at %d,%d", orientation, x, y)
				}
			}
		}
	}
}

// shownBox is where a stored box is shown, by looking at each pixel.
func shownBox(orientation byte, stored image.Rectangle, w, h int) image.Rectangle {
	at := func(x, y int) image.Point {
		switch orientation {
		case 2:
			return image.Pt(w-1-x, y)
		case 3:
			return image.Pt(w-1-x, h-1-y)
		case 4:
			return image.Pt(x, h-1-y)
		case 5:
			return image.Pt(y, x)
		case 6:
			return image.Pt(h-1-y, x)
		case 7:
			return image.Pt(h-1-y, w-1-x)
		case 8:
			return image.Pt(y, w-1-x)
		}
		return image.Pt(x, y)
	}
	var box image.Rectangle
	for y := stored.Min.Y; y < stored.Max.Y; y++ {
		for x := stored.Min.X; x < stored.Max.X; x++ {
			p := at(x, y)
			box = box.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
		}
	}
	return box
}

func FuzzRead(f *testing.F) {
	for _, p := range hiding() {
		f.Add(p.b.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range redact.Kinds() {
			if c, err := redact.Read(kind, data); err == nil {
				for i := range c.Units {
					redact.Pieces(c, i, nil)
				}
			}
		}
	})
}
