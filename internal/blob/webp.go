package blob

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errWebP = errors.New("WebP cut off or damaged")

// The chunks that the picture needs (RFC 9649, section 2). EXIF, "XMP " and unknown ones go; with EXIF goes the
// orientation, which cameras write into JPEG but hardly into WebP.
var (
	webpKept  = map[string]bool{"VP8 ": true, "VP8L": true, "VP8X": true, "ALPH": true, "ANIM": true, "ANMF": true, "ICCP": true}
	frameKept = map[string]bool{"VP8 ": true, "VP8L": true, "ALPH": true}
)

const (
	webpEXIF    = 0x08 // flags of VP8X
	webpXMP     = 0x04
	frameHeader = 16 // bytes of ANMF before its chunks
)

func stripWebP(in []byte) ([]byte, error) {
	if len(in) < 12 || string(in[:4]) != "RIFF" || string(in[8:12]) != "WEBP" {
		return nil, errWebP
	}
	size := uint64(binary.LittleEndian.Uint32(in[4:]))
	if size < 4 || size+8 > uint64(len(in)) {
		return nil, errWebP
	}
	body, picture, err := stripRIFF(in[12:8+size], webpKept)
	if err != nil {
		return nil, err
	}
	if !picture {
		return nil, fmt.Errorf("%w: no picture", errWebP)
	}
	out := append([]byte("RIFF\x00\x00\x00\x00WEBP"), body...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// stripRIFF copies the kept chunks, and tells whether one of them is a picture.
func stripRIFF(in []byte, kept map[string]bool) (out []byte, picture bool, err error) {
	for len(in) > 0 {
		if len(in) < 8 {
			return nil, false, errWebP
		}
		name, n := string(in[:4]), uint64(binary.LittleEndian.Uint32(in[4:]))
		padded := n + n%2
		if 8+n > uint64(len(in)) {
			return nil, false, errWebP
		}
		data := in[8 : 8+n]
		in = in[min(8+padded, uint64(len(in))):] // the last pad byte is often left out
		if !kept[name] {
			continue
		}
		switch name {
		case "VP8 ", "VP8L":
			picture = true
		case "VP8X":
			if n < 10 {
				return nil, false, errWebP
			}
			data = append([]byte{data[0] &^ (webpEXIF | webpXMP)}, data[1:]...)
		case "ANMF":
			if n < frameHeader {
				return nil, false, errWebP
			}
			frame, found, err := stripRIFF(data[frameHeader:], frameKept)
			if err != nil {
				return nil, false, err
			}
			picture = picture || found
			data = append(append([]byte{}, data[:frameHeader]...), frame...)
		}
		out = append(out, name...)
		out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
		out = append(out, data...)
		if len(data)%2 == 1 {
			out = append(out, 0)
		}
	}
	return out, picture, nil
}
