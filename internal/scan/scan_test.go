package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rsc.io/qr"

	"stoa/internal/fault"
)

// sheet is white paper with codes on it, side by side, module pixels to a module, and turned by an angle.
func sheet(t testing.TB, module int, angle float64, texts ...string) *image.Gray {
	t.Helper()
	side, codes := 0, []*qr.Code{}
	for _, text := range texts {
		c, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, c)
		side = max(side, (c.Size+16)*module)
	}
	w, h := side*len(codes), side
	p := image.NewGray(image.Rect(0, 0, w*3/2, h*3/2))
	sin, cos := math.Sincos(angle)
	for y := range p.Rect.Dy() {
		for x := range p.Rect.Dx() {
			dx, dy := float64(x-p.Rect.Dx()/2), float64(y-p.Rect.Dy()/2)
			u, v := int(math.Floor(dx*cos+dy*sin))+w/2, int(math.Floor(dy*cos-dx*sin))+h/2
			c := color.Gray{Y: 250}
			if u >= 0 && u < w && v >= 0 && v < h {
				code := codes[u/side]
				if code.Black(u%side/module-8, v/module-8) {
					c.Y = 20
				}
			}
			p.SetGray(x, y, c)
		}
	}
	return p
}

func pngOf(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// photo is a picture as a telephone takes it: noise, a shadow, JPEG.
func photo(t testing.TB, p *image.Gray) []byte {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	q := image.NewGray(p.Rect)
	for i, v := range p.Pix {
		shade := 60 * (i % p.Stride) / p.Stride
		q.Pix[i] = byte(min(max(int(v)-shade+rnd.IntN(31)-15, 0), 255))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, q, &jpeg.Options{Quality: 70}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdf is one with these streams.
func pdf(streams ...[]byte) []byte {
	b := []byte("%PDF-1.7\n1 0 obj\n<</Filter /DCTDecode>>\nstream\n")
	return append(append(b, bytes.Join(streams, []byte("\nendstream\nendobj\nstream\r\n"))...), "\nendstream\n%%EOF"...)
}

// scanned is a JPEG that says everything so many times.
func scanned(picture []byte, times int) []byte {
	at := bytes.Index(picture, []byte("\xff\xda"))
	return slices.Concat(picture[:at], bytes.Repeat(picture[at:len(picture)-2], times), picture[len(picture)-2:])
}

// corners is a picture of nothing but corners of codes, rows times rows of them.
func corners(side, rows int) *image.Gray {
	p := image.NewGray(image.Rect(0, 0, side, side))
	tile := side / rows
	for y := range side {
		for x := range side {
			u, v := x%tile*9/tile-4, y%tile*9/tile-4 // seven modules and a margin
			if ring := max(u, -u, v, -v); ring == 2 || ring == 4 {
				p.Pix[y*p.Stride+x] = 0xff
			}
		}
	}
	return p
}

// nothing is a GIF of one pixel, with a picture of none.
var nothing = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff" + "\x2c\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x02\x01\x2c\x00;")

func TestCodes(t *testing.T) {
	small := "https://town.example/verify/019a3b5c7d8e"
	large := "STOA1:" + strings.Repeat("A7 $%*+-./:Z", 200) // as large as a proof on paper is
	taken := photo(t, sheet(t, 6, 0, small))
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"small":          {pngOf(t, sheet(t, 4, 0, small)), []string{small}},
		"large":          {pngOf(t, sheet(t, 3, 0, large)), []string{large}},
		"turned":         {pngOf(t, sheet(t, 6, 0.3, small)), []string{small}},
		"photo":          {photo(t, sheet(t, 5, 0.05, small)), []string{small}},
		"photo of large": {photo(t, sheet(t, 6, 0.02, large)), []string{large}},
		"two":            {pngOf(t, sheet(t, 5, 0, small, small+"2")), []string{small, small + "2"}},
		"huge":           {pngOf(t, sheet(t, 60, 0, small)), []string{small}},
		"scanned PDF":    {pdf([]byte("nothing"), taken), []string{small}},
		"beside chance":  {pdf(append(slices.Repeat([][]byte{[]byte("a font with \xff\xd8\xff")}, 4), taken)...), []string{small}},
		"beside others":  {pdf(taken[:len(taken)/3], taken, []byte("\xff\xd8\xff\xe0")), []string{small}},
		"many scans":     {scanned(taken, 64), []string{small}},
		"and a film":     {slices.Concat(taken, bytes.Repeat([]byte("\xff\xda"), 100)), []string{small}},
		"no code":        {pngOf(t, image.NewGray(image.Rect(0, 0, 300, 200))), nil},
		"one pixel":      {pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1))), nil},
		"a line":         {pngOf(t, image.NewGray(image.Rect(0, 0, 9000, 1))), nil},
	} {
		got, err := Codes(t.Context(), c.data)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, c.want) || !IsPicture(c.data) {
			t.Errorf("%s: %.60q, %v", name, got, err)
		}
	}
}

// TestBombs: what unpacks to far more than it is, or only looks like a picture, costs nothing.
func TestBombs(t *testing.T) {
	whole := pngOf(t, sheet(t, 4, 0, "x"))
	says := func(width, height uint32) []byte {
		b := slices.Clone(whole)
		binary.BigEndian.PutUint32(b[16:], width)
		binary.BigEndian.PutUint32(b[20:], height)
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return b
	}
	bomb := says(65_536, 65_536)
	for _, b := range [][]byte{bomb, says(8000, 4000)} {
		if _, err := Codes(t.Context(), b); err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("a bomb: %v", err)
		}
	}
	photo := photo(t, sheet(t, 6, 0, "x"))
	for name, data := range map[string][]byte{
		"bomb": bomb, "cut off": whole[:len(whole)/2], "text": []byte("STOA1:"), "nothing": nil, "a picture of nothing": nothing,
		"too many scans": scanned(photo, 65), "a PDF of what cannot be read": pdf(photo[:len(photo)/3], []byte("\xff\xd8\xff\xe0")),
	} {
		got, err := Codes(t.Context(), data)
		var f *fault.Error
		if len(got) > 0 || err == nil || !errors.As(err, &f) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := Codes(t.Context(), []byte("%PDF-1.7\n%%EOF")); len(got) > 0 || err != nil || IsPicture([]byte("%PDF-1.7\n%%EOF")) {
		t.Errorf("a PDF without pictures: %q, %v", got, err)
	}
	// It ends, is all: any three of 40,000 corners would take for ever.
	if got, err := Codes(t.Context(), pngOf(t, corners(4000, 200))); len(got) > 0 || err != nil {
		t.Errorf("corners of codes: %q, %v", got, err)
	}
}

// TestNobodyWaits: once whoever asked has gone, nothing more is looked at.
func TestNobodyWaits(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	leave()
	data := pngOf(t, sheet(t, 4, 0, "x"))
	if got, err := Codes(gone, data); len(got) > 0 || fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", got, err)
	}
}

// FuzzCodes: no picture breaks the reader.
func FuzzCodes(f *testing.F) {
	f.Add(pngOf(f, sheet(f, 2, 0, "x")))
	f.Add([]byte("%PDF-1.7\nstream\n\xff\xd8\xffendstream"))
	f.Add(nothing)
	f.Fuzz(func(t *testing.T, data []byte) {
		if about, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && about.Width*about.Height > 1<<20 {
			return // slow, and no other code
		}
		if _, err := Codes(t.Context(), data); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(fmt.Errorf("%q: %w", data, err))
		}
	})
}
