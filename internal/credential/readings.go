package credential

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// readings are the bytes that a text may stand for: itself, hexadecimal, and base64 of both alphabets.
func readings(given []byte, text string) [][]byte {
	all := [][]byte{given}
	if raw, err := hex.DecodeString(text); err == nil {
		all = append(all, raw)
	}
	plain := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(text), "=")
	if raw, err := base64.RawURLEncoding.DecodeString(plain); err == nil {
		all = append(all, raw)
	}
	return all
}
