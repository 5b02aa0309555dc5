// Package scan reads the codes on a picture: a photo or a scan of something printed, or a PDF that is one. It owns what is
// looked at and what is refused (bytes, dimensions, kinds), since pictures come from anybody; what a code says is for others
// to judge.
//
// It stops at QR codes (ISO/IEC 18004), on PNG, JPEG and GIF.
package scan

import (
	"bytes"
	"context"
	"image"
	_ "image/gif" // kinds of pictures that are read
	_ "image/jpeg"
	_ "image/png"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode/detector"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"

	"stoa/internal/fault"
)

// Limits of a picture. A small file can say that it is huge, so dimensions are read before anything is unpacked.
const (
	mostPixels  = 24 << 20 // what telephones take, unless told to take more
	mostScans   = 64       // of a JPEG: each goes through the whole picture; cameras write one, programs about ten
	mostSide    = 4000     // beyond it a picture is looked at smaller
	mostInPDF   = 4        // pictures of a PDF that are looked at
	mostCentres = 100      // corners of codes on a picture; any three of them may be a code
	mostTries   = 50       // threes of corners that lie as those of a code do
)

// sides are the sizes at which a picture is looked at, one after the other until a code is found: in a large picture noise
// hides a code, in a small one its modules run together.
var sides = []int{mostSide, 1800, 1000}

// IsPicture tells whether data can be looked at.
func IsPicture(data []byte) bool {
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		return len(inPDF(data)) > 0
	}
	_, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil
}

// Codes gives the texts of the codes on a picture; none where there is none that can be read. Of the pictures in a PDF it is
// enough that one can be looked at.
func Codes(ctx context.Context, data []byte) ([]string, error) {
	pictures := [][]byte{data}
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		pictures = inPDF(data)
	}
	var all []string
	var bad error
	looked := 0
	for _, p := range pictures {
		found, err := codes(ctx, p)
		if ctx.Err() != nil {
			return nil, fault.Wrap(ctx.Err(), fault.Unavailable, "")
		}
		if err != nil {
			bad = err
			continue
		}
		looked++
		all = append(all, found...)
	}
	if looked > 0 {
		bad = nil
	}
	return all, bad
}

// inPDF are the photographs in a PDF: whoever scans paper gets a PDF of one JPEG for each page. One begins where a stream
// does; the same bytes stand by chance inside others.
func inPDF(data []byte) (pictures [][]byte) {
	begin := []byte("\xff\xd8\xff")
	for rest := data; len(pictures) < mostInPDF; {
		before, _, found := bytes.Cut(rest, begin)
		if !found {
			break
		}
		rest = rest[len(before):]
		if !bytes.HasSuffix(before, []byte("stream\n")) && !bytes.HasSuffix(before, []byte("stream\r\n")) {
			rest = rest[len(begin):]
			continue
		}
		picture, next, found := bytes.Cut(rest, []byte("endstream"))
		if !found {
			break
		}
		pictures = append(pictures, picture)
		rest = next
	}
	return pictures
}

func codes(ctx context.Context, picture []byte) (texts []string, err error) {
	about, kind, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, fault.NewInvalid("This picture cannot be read. Send a photo as JPEG or PNG")
	}
	if about.Width <= 0 || about.Height <= 0 || about.Width > mostPixels/about.Height || kind == "jpeg" && scans(picture) > mostScans {
		return nil, fault.NewInvalid("This picture is too large to be looked at. Take a smaller one, of the code alone")
	}
	whole, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil || whole.Bounds().Empty() { // the first picture of a GIF may be smaller than the whole, and nothing
		return nil, fault.NewInvalid("This picture cannot be read. Send a photo as JPEG or PNG")
	}
	last := 0
	for _, side := range sides {
		side = min(side, max(whole.Bounds().Dx(), whole.Bounds().Dy()))
		if side == last {
			continue
		}
		last = side
		if texts = read(ctx, smaller(whole, side)); len(texts) > 0 || ctx.Err() != nil {
			return texts, nil
		}
	}
	return nil, nil
}

// scans counts the scans of a JPEG by how each must begin, of one to four colours: the marker alone stands by chance in what
// cameras add after a picture.
func scans(picture []byte) (n int) {
	for colours := range byte(4) {
		n += bytes.Count(picture, []byte{0xff, 0xda, 0, 8 + 2*colours, 1 + colours})
	}
	return n
}

// read finds the codes on a grey picture. The reader is not ours and is shown what strangers send: should it break, or find more
// corners than a picture may have, the picture has no code that can be read.
func read(ctx context.Context, grey *image.Gray) (texts []string) {
	defer func() {
		if broken := recover(); broken != nil {
			texts = nil
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(grey)
	if err != nil {
		return nil
	}
	matrix, err := bitmap.GetBlackMatrix()
	if err != nil {
		return nil
	}
	centres := 0
	count := gozxing.ResultPointCallback(func(p gozxing.ResultPoint) {
		if _, is := p.(*detector.FinderPattern); is {
			centres++
		}
		if centres > mostCentres {
			panic("too many corners") // there is no other way out of the reader
		}
	})
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true, gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: count}
	threes, err := multi.NewMultiFinderPatternFinder(matrix, count).FindMulti(hints)
	if err != nil {
		threes = nil
	}
	for _, three := range threes[:min(len(threes), mostTries)] {
		if ctx.Err() != nil {
			return nil
		}
		found, err := detector.NewDetector(matrix).ProcessFinderPatternInfo(three)
		if err != nil {
			continue
		}
		if code, err := decoder.NewDecoder().Decode(found.GetBits(), hints); err == nil {
			texts = append(texts, code.GetText())
		}
	}
	if len(texts) > 0 {
		return texts
	}
	centres = 0
	if one, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
		texts = []string{one.GetText()}
	}
	return texts
}

// smaller is the picture in grey with its longer side at most side: each pixel is the mean of those that it stands for.
func smaller(p image.Image, side int) *image.Gray {
	b := p.Bounds()
	long := max(b.Dx(), b.Dy())
	w, h := max(b.Dx()*side/long, 1), max(b.Dy()*side/long, 1)
	out := image.NewGray(image.Rect(0, 0, w, h))
	grey := greyOf(p)
	for y := range h {
		y0, y1 := y*b.Dy()/h, max((y+1)*b.Dy()/h, y*b.Dy()/h+1)
		for x := range w {
			x0, x1 := x*b.Dx()/w, max((x+1)*b.Dx()/w, x*b.Dx()/w+1)
			sum := 0
			for j := y0; j < y1; j++ {
				for i := x0; i < x1; i++ {
					sum += int(grey(b.Min.X+i, b.Min.Y+j))
				}
			}
			out.Pix[y*out.Stride+x] = byte(sum / ((y1 - y0) * (x1 - x0)))
		}
	}
	return out
}

func greyOf(p image.Image) func(x, y int) byte {
	switch p := p.(type) {
	case *image.YCbCr:
		return func(x, y int) byte { return p.Y[p.YOffset(x, y)] }
	case *image.Gray:
		return func(x, y int) byte { return p.GrayAt(x, y).Y }
	}
	return func(x, y int) byte {
		r, g, b, a := p.At(x, y).RGBA()
		return byte(((r+2*g+b)/4 + (0xffff - a)) >> 8) // on white paper, where it is transparent
	}
}
