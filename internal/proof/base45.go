package proof

import (
	"errors"
	"strings"
)

// base45 is the alphabet of RFC 9285: what a QR code holds in its mode for letters and digits.
const base45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

var errBase45 = errors.New("not base45")

func toBase45(data []byte) string {
	var b strings.Builder
	for ; len(data) > 1; data = data[2:] {
		n := int(data[0])<<8 | int(data[1])
		b.Write([]byte{base45[n%45], base45[n/45%45], base45[n/45/45]})
	}
	if len(data) == 1 {
		b.Write([]byte{base45[data[0]%45], base45[data[0]/45]})
	}
	return b.String()
}

func fromBase45(text string) ([]byte, error) {
	out := make([]byte, 0, len(text)/3*2+1)
	for len(text) > 0 {
		part := text[:min(3, len(text))]
		text = text[len(part):]
		n := 0
		for i := len(part) - 1; i >= 0; i-- {
			digit := strings.IndexByte(base45, part[i])
			if digit < 0 {
				return nil, errBase45
			}
			n = n*45 + digit
		}
		switch {
		case len(part) == 3 && n <= 0xFFFF:
			out = append(out, byte(n>>8), byte(n))
		case len(part) == 2 && n <= 0xFF:
			out = append(out, byte(n))
		default:
			return nil, errBase45
		}
	}
	return out, nil
}
