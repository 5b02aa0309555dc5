package blob

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// secret stands for whatever must not be left in a picture.
const secret = "51.5007N 0.1246W"

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 37, 23))
	for y := range 23 {
		for x := range 37 {
			m.Set(x, y, color.RGBA{uint8(7 * x), uint8(11 * y), uint8(x * y), 255})
		}
	}
	return m
}

func testJPEG(t testing.TB, orientation uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	exif := orientationEXIF(orientation)[4:]
	exif = append(exif[:len(exif):len(exif)], "GPS "+secret...)
	out := []byte{0xff, mSOI}
	out = appendSegment(out, mAPP0, []byte("JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01"+secret[:3]))
	out = appendSegment(out, mAPP1, exif)
	out = appendSegment(out, mAPP1, []byte("http://ns.adobe.com/xap/1.0/\x00<x>"+secret+"</x>"))
	out = appendSegment(out, mAPP2, []byte("MPF\x00"+secret))
	out = appendSegment(out, mAPP2, []byte("ICC_PROFILE\x00\x01\x01profile"))
	out = appendSegment(out, 0xed, []byte("Photoshop 3.0\x008BIM"+secret))
	out = appendSegment(out, mCOM, []byte(secret))
	return append(append(out, b.Bytes()[2:]...), "second picture "+secret...)
}

func pngChunk(name, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, name+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func testPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	const head = 8 + 25 // signature and IHDR
	out := bytes.Clone(b.Bytes()[:head])
	for _, name := range []string{"eXIf", "tEXt", "zTXt", "iTXt", "prVt"} {
		out = append(out, pngChunk(name, secret)...)
	}
	out = append(out, pngChunk("tIME", "1234567")...)
	out = append(out, pngChunk("gAMA", "\x00\x00\xb1\x8f")...)
	return append(append(out, b.Bytes()[head:]...), secret...)
}

// onePixel is a lossless WebP of one pixel.
const onePixel = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="

func riffChunk(name, data string) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data)))
	b = append(b, data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func testWebP(t testing.TB) (full, bare []byte) {
	t.Helper()
	small, err := base64.StdEncoding.DecodeString(onePixel)
	if err != nil {
		t.Fatal(err)
	}
	vp8l := small[12:]
	head := "\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	frame := string(make([]byte, frameHeader))
	full = riff(riffChunk("VP8X", "\x2e"+head), riffChunk("ICCP", "profile"), riffChunk("ANIM", "\x00\x00\x00\x00\x00\x00"),
		riffChunk("ANMF", frame+string(vp8l)+string(riffChunk("note", secret))),
		riffChunk("EXIF", "Exif\x00\x00"+secret), riffChunk("XMP ", secret+"!"), riffChunk("what", secret))
	bare = riff(riffChunk("VP8X", "\x22"+head), riffChunk("ICCP", "profile"), riffChunk("ANIM", "\x00\x00\x00\x00\x00\x00"),
		riffChunk("ANMF", frame+string(vp8l)))
	return append(full, secret...), bare
}

func samePixels(t testing.TB, decode func(b []byte) (image.Image, error), a, b []byte) {
	t.Helper()
	before, err := decode(a)
	if err != nil {
		return // only what could be decoded before must be decodable after
	}
	after, err := decode(b)
	if err != nil {
		t.Fatalf("no longer decodes: %v", err)
	}
	if before.Bounds() != after.Bounds() {
		t.Fatalf("size %v became %v", before.Bounds(), after.Bounds())
	}
	for y := before.Bounds().Min.Y; y < before.Bounds().Max.Y; y++ {
		for x := before.Bounds().Min.X; x < before.Bounds().Max.X; x++ {
			if before.At(x, y) != after.At(x, y) {
				t.Fatalf("pixel %d,%d: %v became %v", x, y, before.At(x, y), after.At(x, y))
			}
		}
	}
}

func decodeJPEG(b []byte) (image.Image, error) { return jpeg.Decode(bytes.NewReader(b)) }
func decodePNG(b []byte) (image.Image, error)  { return png.Decode(bytes.NewReader(b)) }

func TestStripJPEG(t *testing.T) {
	for o := uint16(1); o <= 8; o++ {
		in := testJPEG(t, o)
		if _, err := decodeJPEG(in); err != nil {
			t.Fatalf("the test's own picture: %v", err)
		}
		out, err := stripJPEG(in)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(out, []byte(secret[:3])) || !bytes.Contains(out, []byte("ICC_PROFILE")) {
			t.Error("left the secret, or took the colours")
		}
		samePixels(t, decodeJPEG, in, out)
		if want := orientationEXIF(o); (o > 1) != bytes.Contains(out, want) {
			t.Errorf("orientation %d", o)
		}
		for cut := range in[:len(in)-len("second picture "+secret)] {
			if _, err := stripJPEG(in[:cut]); err == nil {
				t.Fatalf("cut to %d of %d accepted", cut, len(in))
			}
		}
	}
}

func TestStripPNG(t *testing.T) {
	in := testPNG(t)
	out, err := stripPNG(in)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte(secret)) || bytes.Contains(out, []byte("tIME")) || !bytes.Contains(out, []byte("gAMA")) {
		t.Error("left the secret, or took the colours")
	}
	samePixels(t, decodePNG, in, out)
	for cut := range in[:len(in)-len(secret)] {
		if _, err := stripPNG(in[:cut]); err == nil {
			t.Fatalf("cut to %d of %d accepted", cut, len(in))
		}
	}
	in[len(in)/2] ^= 1
	if _, err := stripPNG(in); err == nil {
		t.Error("changed bit accepted")
	}
}

func TestStripWebP(t *testing.T) {
	in, want := testWebP(t)
	out, err := stripWebP(in)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, want) {
		t.Errorf("got\n%q, want\n%q", out, want)
	}
	for cut := range in[:len(in)-len(secret)] {
		if _, err := stripWebP(in[:cut]); err == nil {
			t.Fatalf("cut to %d of %d accepted", cut, len(in))
		}
	}
}

// FuzzStrip: hostile bytes never panic; what passes, passes again unchanged, is not longer than it was by more than the
// orientation, and shows the same picture.
func FuzzStrip(f *testing.F) {
	webp, _ := testWebP(f)
	small, err := base64.StdEncoding.DecodeString(onePixel)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{testJPEG(f, 6), testPNG(f), webp, small, {0xff, 0xd8, 0xff, 0xd9}, []byte(pngSignature)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		kind := sniff(in)
		before := bytes.Clone(in)
		out, err := clean(kind, in)
		if !bytes.Equal(before, in) {
			t.Fatal("changed what it was given")
		}
		if err != nil || kind != JPEG && kind != PNG && kind != WebP {
			return
		}
		if len(out) > len(in)+len(orientationEXIF(2)) {
			t.Fatalf("%d bytes became %d", len(in), len(out))
		}
		again, err := clean(kind, out)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("a second time differs: %v", err)
		}
		if decode := map[Type]func([]byte) (image.Image, error){JPEG: decodeJPEG, PNG: decodePNG}[kind]; decode != nil && small32(kind, in) {
			samePixels(t, decode, in, out)
		}
	})
}

// small32 keeps the fuzzer from spending its time on pictures of a million pixels.
func small32(kind Type, in []byte) bool {
	var c image.Config
	var err error
	if kind == JPEG {
		c, err = jpeg.DecodeConfig(bytes.NewReader(in))
	} else {
		c, err = png.DecodeConfig(bytes.NewReader(in))
	}
	return err == nil && c.Width <= 64 && c.Height <= 64
}
