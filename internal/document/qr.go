package document

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"rsc.io/qr"
)

// quiet is the white margin around a code, in modules (ISO/IEC 18004, 9.1).
const quiet = 4

// encodeQR uses level M, which bears a fold or a stamp on paper and keeps the
// modules large.
func encodeQR(url string) (*qr.Code, error) {
	code, err := qr.Encode(url, qr.M)
	if err != nil {
		return nil, fmt.Errorf("encode the QR code of %d bytes: %w", len(url), err)
	}
	return code, nil
}

// stripes calls f for every horizontal stretch of black modules.
func stripes(code *qr.Code, f func(x, y, width int)) {
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				f(start, y, x-start)
			}
		}
	}
}

// QRSVG draws the code of url as a square SVG image, white margin included,
// with alt as its accessible name. One unit is one module.
func QRSVG(url, alt string) ([]byte, error) {
	code, err := encodeQR(url)
	if err != nil {
		return nil, err
	}
	side := code.Size + 2*quiet
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges"><title>`, side, side)
	if err := xml.EscapeText(&b, []byte(alt)); err != nil {
		return nil, fmt.Errorf("write the QR code's name: %w", err)
	}
	b.WriteString(`</title><desc>`)
	if err := xml.EscapeText(&b, []byte(url)); err != nil {
		return nil, fmt.Errorf("write the QR code's address: %w", err)
	}
	fmt.Fprintf(&b, `</desc><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side)
	stripes(code, func(x, y, w int) {
		fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, w, w)
	})
	b.WriteString(`"/></svg>`)
	return b.Bytes(), nil
}
