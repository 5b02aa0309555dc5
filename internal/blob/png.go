package blob

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

var errPNG = errors.New("PNG cut off or damaged")

// pngKept are the chunks that the picture and its colours need (PNG, third edition, section 11). All others go: eXIf,
// tEXt, zTXt, iTXt, tIME and whatever else programs put in. Of an animation the first picture stays.
var pngKept = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true,
	"iCCP": true, "cICP": true, "mDCV": true, "cLLI": true, "sBIT": true, "bKGD": true, "pHYs": true,
}

func stripPNG(in []byte) ([]byte, error) {
	if len(in) < len(pngSignature) || string(in[:len(pngSignature)]) != pngSignature {
		return nil, errPNG
	}
	out := []byte(pngSignature)
	data := false
	for pos, first := len(pngSignature), true; ; first = false {
		if pos+12 > len(in) {
			return nil, errPNG
		}
		n := uint64(binary.BigEndian.Uint32(in[pos:]))
		if uint64(pos)+12+n > uint64(len(in)) {
			return nil, errPNG
		}
		end := pos + 12 + int(n)
		name := string(in[pos+4 : pos+8])
		if crc32.ChecksumIEEE(in[pos+4:end-4]) != binary.BigEndian.Uint32(in[end-4:]) {
			return nil, fmt.Errorf("%w: checksum of %q", errPNG, name)
		}
		if first != (name == "IHDR") {
			return nil, fmt.Errorf("%w: header not at the start", errPNG)
		}
		critical := name[0]&0x20 == 0
		switch {
		case pngKept[name]:
			out = append(out, in[pos:end]...)
			data = data || name == "IDAT"
		case critical:
			return nil, fmt.Errorf("%w: unknown critical chunk %q", errPNG, name)
		}
		if name == "IEND" {
			if !data {
				return nil, fmt.Errorf("%w: no picture", errPNG)
			}
			return out, nil // whatever follows is not part of the picture
		}
		pos = end
	}
}
