package scan

import (
	"bytes"
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

func TestCodes(t *testing.T) {
	small := "https://town.example/verify/019a3b5c7d8e"
	large := "STOA1:" + strings.Repeat("A7 $%*+-./:Z", 200) // as large as a proof on paper is
	pdf := func(parts ...[]byte) []byte {
		b := []byte("%PDF-1.7\n1 0 obj\n<</Filter /DCTDecode>>\nstream\n")
		return append(append(b, bytes.Join(parts, []byte("\nendstream\nendobj\nstream\n"))...), "\nendstream\n%%EOF"...)
	}
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
		"scanned PDF":    {pdf([]byte("nothing"), photo(t, sheet(t, 6, 0, small))), []string{small}},
		"no code":        {pngOf(t, image.NewGray(image.Rect(0, 0, 300, 200))), nil},
		"one pixel":      {pngOf(t, image.NewGray(image.Rect(0, 0, 1, 1))), nil},
		"a line":         {pngOf(t, image.NewGray(image.Rect(0, 0, 9000, 1))), nil},
	} {
		got, err := Codes(c.data)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, c.want) || !IsPicture(c.data) {
			t.Errorf("%s: %.60q, %v", name, got, err)
		}
	}
}

// TestBombs: what unpacks to far more than it is, or only looks like a picture, costs nothing.
func TestBombs(t *testing.T) {
	whole := pngOf(t, sheet(t, 4, 0, "x"))
	bomb := slices.Clone(whole)
	for i, v := range []byte{0, 1, 0, 0, 0, 1, 0, 0} { // 65,536 × 65,536
		bomb[16+i] = v
	}
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	if _, err := Codes(bomb); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("a bomb: %v", err)
	}
	for name, data := range map[string][]byte{"bomb": bomb, "cut off": whole[:len(whole)/2], "text": []byte("STOA1:"), "nothing": nil} {
		got, err := Codes(data)
		var f *fault.Error
		if len(got) > 0 || err == nil || !errors.As(err, &f) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := Codes([]byte("%PDF-1.7\n%%EOF")); len(got) > 0 || err != nil || IsPicture([]byte("%PDF-1.7\n%%EOF")) {
		t.Errorf("a PDF without pictures: %q, %v", got, err)
	}
}

// FuzzCodes: no picture breaks the reader.
func FuzzCodes(f *testing.F) {
	f.Add(pngOf(f, sheet(f, 2, 0, "x")))
	f.Add([]byte("%PDF-1.7\nstream\n\xff\xd8\xffendstream"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if about, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && about.Width*about.Height > 1<<20 {
			return // slow, and no other code
		}
		if _, err := Codes(data); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(fmt.Errorf("%q: %w", data, err))
		}
	})
}
