// Package scan reads the codes on a picture: a photo or a scan of something printed, or a PDF that is one. It owns what is
// looked at and what is refused (bytes, dimensions, kinds), since pictures come from anybody; what a code says is for others
// to judge.
//
// It stops at QR codes (ISO/IEC 18004), on PNG, JPEG and GIF.
package scan

import (
	"bytes"
	"image"
	_ "image/gif" // kinds of pictures that are read
	_ "image/jpeg"
	_ "image/png"
	"slices"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"

	"stoa/internal/fault"
)

// Limits of a picture. A small file can say that it is huge, so dimensions are read before anything is unpacked.
const (
	mostPixels = 48 << 20 // of the largest telephones
	mostSide   = 4000     // beyond it a picture is looked at smaller
	mostInPDF  = 4        // pictures of a PDF that are looked at
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

// Codes gives the texts of the codes on a picture; none where there is none that can be read.
func Codes(data []byte) ([]string, error) {
	pictures := [][]byte{data}
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		pictures = inPDF(data)
	}
	var all []string
	for _, p := range pictures {
		found, err := codes(p)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// inPDF are the photographs in a PDF: whoever scans paper gets a PDF of one JPEG for each page.
func inPDF(data []byte) (pictures [][]byte) {
	for rest := data; len(pictures) < mostInPDF; {
		_, after, found := bytes.Cut(rest, []byte("\xff\xd8\xff"))
		if !found {
			break
		}
		body, next, found := bytes.Cut(after, []byte("endstream"))
		if !found {
			break
		}
		pictures = append(pictures, slices.Concat([]byte("\xff\xd8\xff"), body))
		rest = next
	}
	return pictures
}

func codes(picture []byte) (texts []string, err error) {
	about, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, fault.NewInvalid("This picture cannot be read. Send a photo as JPEG or PNG")
	}
	if about.Width <= 0 || about.Height <= 0 || about.Width > mostPixels/about.Height {
		return nil, fault.NewInvalid("This picture is too large to be looked at. Take a smaller one, of the code alone")
	}
	whole, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fault.NewInvalid("This picture cannot be read. Send a photo as JPEG or PNG")
	}
	last := 0
	for _, side := range sides {
		side = min(side, max(about.Width, about.Height))
		if side == last {
			continue
		}
		last = side
		if texts = read(smaller(whole, side)); len(texts) > 0 {
			return texts, nil
		}
	}
	return nil, nil
}

// read finds the codes on a grey picture. The reader is not ours and is shown what strangers send: should it break, the
// picture has no code that can be read.
func read(grey *image.Gray) (texts []string) {
	defer func() {
		if broken := recover(); broken != nil {
			texts = nil
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(grey)
	if err != nil {
		return nil
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	found, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints)
	if err != nil || len(found) == 0 {
		one, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
		if err != nil {
			return nil
		}
		found = []*gozxing.Result{one}
	}
	for _, f := range found {
		texts = append(texts, f.GetText())
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
