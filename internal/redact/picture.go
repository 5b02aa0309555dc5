package redact

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"stoa/internal/fault"
)

// block is the largest square of pixels that JPEG compresses as one. What was next to a passage holds a trace of it, up
// to the edge of its square: a passage grows to the whole squares that it touches.
const block = 16

func readPicture(kind Kind, data []byte) (*Content, error) {
	bad := "The picture cannot be read. Save it as PNG or JPEG again and upload it"
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || "image/"+format != string(kind) {
		return nil, fault.Wrap(err, fault.Invalid, bad)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > mostPixels/config.Height {
		return nil, fault.NewTooLarge("The picture has too many pixels to be redacted here. Make it smaller and try again")
	}
	c := &Content{Width: config.Width, Height: config.Height}
	if turned(orientation(data)) {
		c.Width, c.Height = c.Height, c.Width
	}
	return c, nil
}

// writePicture decodes the picture, paints over the pixels themselves, and encodes what is left as a new file.
func writePicture(kind Kind, data []byte, marks []Mark) ([]byte, error) {
	was, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The picture cannot be read. Save it as PNG or JPEG again and upload it")
	}
	shown := upright(was, orientation(data))
	for _, m := range marks {
		box := m.Box
		if kind == JPEG {
			box = image.Rect(box.Min.X/block*block, box.Min.Y/block*block, (box.Max.X+block-1)/block*block, (box.Max.Y+block-1)/block*block)
		}
		draw.Draw(shown, box.Intersect(shown.Bounds()), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if kind == PNG {
		err = png.Encode(&b, shown)
	} else {
		err = jpeg.Encode(&b, shown, &jpeg.Options{Quality: 90})
	}
	if err != nil {
		return nil, fmt.Errorf("encoding a picture: %w", err)
	}
	return b.Bytes(), nil
}

// turned reports whether an orientation of EXIF swaps width and height.
func turned(orientation int) bool { return orientation >= 5 }

// upright copies the pixels, and nothing else, into the order in which they are shown. Colours that cannot be seen, behind
// full transparency, become transparent black: they could hold anything.
func upright(was image.Image, orientation int) *image.NRGBA {
	from := was.Bounds()
	w, h := from.Dx(), from.Dy()
	if turned(orientation) {
		w, h = h, w
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := source(orientation, x, y, from.Dx(), from.Dy())
			c := color.NRGBAModel.Convert(was.At(from.Min.X+sx, from.Min.Y+sy)).(color.NRGBA)
			if c.A == 0 {
				c = color.NRGBA{}
			}
			out.SetNRGBA(x, y, c)
		}
	}
	return out
}

// source is where a pixel that is shown at x, y is stored (Exif 2.32, section 4.6.4, tag 274).
func source(orientation, x, y, w, h int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// orientation reads how a JPEG is to be turned for showing, 1 where it does not say.
func orientation(data []byte) int {
	for pos := 2; pos+4 <= len(data) && data[pos] == 0xff && data[pos+1] != 0xda; {
		n := int(binary.BigEndian.Uint16(data[pos+2:]))
		if n < 2 || pos+2+n > len(data) {
			return 1
		}
		seg := data[pos+4 : pos+2+n]
		if tiff, ok := bytes.CutPrefix(seg, []byte("Exif\x00\x00")); ok && data[pos+1] == 0xe1 {
			return orientationIn(tiff)
		}
		pos += 2 + n
	}
	return 1
}

func orientationIn(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	for i := range uint64(order.Uint16(tiff[at:])) {
		e := at + 2 + 12*i
		if e+12 > uint64(len(tiff)) {
			return 1
		}
		if o := int(order.Uint16(tiff[e+8:])); order.Uint16(tiff[e:]) == 274 && o >= 1 && o <= 8 {
			return o
		}
	}
	return 1
}
