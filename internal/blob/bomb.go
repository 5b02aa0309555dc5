package blob

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math"
)

// We unpack neither archives nor pictures, but whoever opens them does: what would fill their memory is refused. The
// largest cameras of telephones take 200 million pixels; a document of 1,000 pages of pictures has some 2,000 files.
const (
	maxPixels   = 250_000_000
	maxUnpacked = 400 << 20
	maxEntries  = 5000
)

var errBomb = errors.New("far larger when it is opened than it looks")

// checkArchive looks at what the archive's directory says. Readers stop at the size that it states.
func checkArchive(data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("document archive: %w", err)
	}
	if len(z.File) > maxEntries {
		return fmt.Errorf("document archive: %w: %d files", errBomb, len(z.File))
	}
	left := uint64(maxUnpacked)
	for _, f := range z.File {
		if f.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("document archive: %q leads elsewhere", f.Name)
		}
		if f.UncompressedSize64 > left {
			return fmt.Errorf("document archive: %w", errBomb)
		}
		left -= f.UncompressedSize64
	}
	return nil
}

// checkPicture refuses pictures of more pixels than a program can be asked to hold.
func checkPicture(kind Type, data []byte) error {
	var w, h int
	switch kind {
	case JPEG:
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("picture: %w", err)
		}
		w, h = c.Width, c.Height
	case PNG:
		c, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("picture: %w", err)
		}
		w, h = c.Width, c.Height
	case WebP:
		w, h = webpSize(data)
	default:
		return nil
	}
	if w > math.MaxInt32 || h > math.MaxInt32 || int64(w)*int64(h) > maxPixels {
		return fmt.Errorf("picture of %d × %d: %w", w, h, errBomb)
	}
	return nil
}

// webpSize reads the size that the first chunk states: RFC 9649, sections 2.5 to 2.7. 0 where none is stated: no program
// opens such a file.
func webpSize(data []byte) (w, h int) {
	if len(data) < 30 {
		return 0, 0
	}
	body := data[20:]
	switch string(data[12:16]) {
	case "VP8X":
		return 1 + int(uint32(body[4])|uint32(body[5])<<8|uint32(body[6])<<16), 1 + int(uint32(body[7])|uint32(body[8])<<8|uint32(body[9])<<16)
	case "VP8L":
		bits := binary.LittleEndian.Uint32(body[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff)
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff)
	}
	return 0, 0
}
