package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	mSOI   = 0xd8
	mEOI   = 0xd9
	mSOS   = 0xda
	mDHT   = 0xc4
	mJPG   = 0xc8
	mDAC   = 0xcc
	mRST0  = 0xd0
	mRST7  = 0xd7
	mTEM   = 0x01
	mAPP0  = 0xe0
	mAPP1  = 0xe1
	mAPP2  = 0xe2
	mAPP14 = 0xee
	mAPP15 = 0xef
	mCOM   = 0xfe
)

var errJPEG = errors.New("JPEG cut off or damaged")

// stripJPEG keeps what the picture needs and drops the rest: EXIF, XMP, IPTC, maker notes, thumbnails, comments, further
// pictures and films behind the end. The orientation stays, in an EXIF block that holds nothing else, since otherwise
// photographs taken upright would lie on their side.
func stripJPEG(in []byte) ([]byte, error) {
	if len(in) < 4 || in[0] != 0xff || in[1] != mSOI {
		return nil, errJPEG
	}
	head := []byte{0xff, mSOI}
	var out []byte
	var orientation uint16
	var frame, scan bool
	for pos := 2; ; {
		m, seg, next, err := jpegSegment(in, pos)
		if err != nil {
			return nil, err
		}
		switch {
		case m == mEOI:
			if !frame || !scan {
				return nil, fmt.Errorf("%w: no picture", errJPEG)
			}
			if orientation > 1 {
				head = append(head, orientationEXIF(orientation)...)
			}
			return append(append(head, out...), 0xff, mEOI), nil
		case m == mAPP1:
			if o := exifOrientation(seg); o != 0 && orientation == 0 {
				orientation = o
			}
		case m == mAPP0 && bytes.HasPrefix(seg, []byte("JFIF\x00")) && len(seg) >= 14:
			// Without the thumbnail: it may show what was cut from the picture.
			out = appendSegment(out, m, append(bytes.Clone(seg[:12]), 0, 0))
		case m == mAPP2 && bytes.HasPrefix(seg, []byte("ICC_PROFILE\x00")), m == mAPP14 && bytes.HasPrefix(seg, []byte("Adobe")):
			out = appendSegment(out, m, seg) // both change the colours
		case m >= mAPP0 && m <= mAPP15, m == mCOM:
		case m == mSOS:
			end := scanEnd(in, next)
			out = append(appendSegment(out, m, seg), in[next:end]...)
			next, scan = end, true
		default:
			frame = frame || m >= 0xc0 && m <= 0xcf && m != mDHT && m != mJPG && m != mDAC
			out = appendSegment(out, m, seg)
		}
		pos = next
	}
}

// jpegSegment reads the marker at pos and what belongs to it.
func jpegSegment(in []byte, pos int) (marker byte, seg []byte, next int, err error) {
	if pos >= len(in) || in[pos] != 0xff {
		return 0, nil, 0, errJPEG
	}
	for pos < len(in) && in[pos] == 0xff { // fill bytes
		pos++
	}
	if pos >= len(in) {
		return 0, nil, 0, errJPEG
	}
	marker = in[pos]
	pos++
	switch {
	case marker == mEOI:
		return marker, nil, pos, nil
	case marker == 0, marker == mTEM, marker >= mRST0 && marker <= mSOI:
		return 0, nil, 0, fmt.Errorf("%w: marker %02x out of place", errJPEG, marker)
	}
	if pos+2 > len(in) {
		return 0, nil, 0, errJPEG
	}
	n := int(binary.BigEndian.Uint16(in[pos:]))
	if n < 2 || pos+n > len(in) {
		return 0, nil, 0, errJPEG
	}
	return marker, in[pos+2 : pos+n], pos + n, nil
}

// scanEnd finds the marker that ends the coded data: any but a restart; 0xff00 is data.
func scanEnd(in []byte, pos int) int {
	for ; pos+1 < len(in); pos++ {
		if in[pos] != 0xff {
			continue
		}
		if m := in[pos+1]; m != 0 && m != 0xff && (m < mRST0 || m > mRST7) {
			return pos
		}
	}
	return len(in)
}

func appendSegment(out []byte, marker byte, seg []byte) []byte {
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(seg)+2))
	return append(out, seg...)
}

const tagOrientation = 0x0112

// exifOrientation reads the orientation, 1 to 8, from an EXIF segment; 0 if it has none (Exif 2.32, section 4.6).
func exifOrientation(seg []byte) uint16 {
	tiff, ok := bytes.CutPrefix(seg, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	count := uint64(order.Uint16(tiff[at:]))
	for i := range count {
		e := at + 2 + 12*i
		if e+12 > uint64(len(tiff)) {
			return 0
		}
		entry := tiff[e : e+12]
		// A short (type 3), one of them.
		if order.Uint16(entry) == tagOrientation && order.Uint16(entry[2:]) == 3 && order.Uint32(entry[4:]) == 1 {
			if o := order.Uint16(entry[8:]); o >= 1 && o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}

// orientationEXIF is an EXIF segment with one entry.
func orientationEXIF(o uint16) []byte {
	b := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01")
	b = binary.BigEndian.AppendUint16(b, tagOrientation)
	b = binary.BigEndian.AppendUint16(b, 3)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint16(b, o)
	b = append(b, 0, 0, 0, 0, 0, 0) // rest of the value, no further directory
	return appendSegment(nil, mAPP1, b)
}
