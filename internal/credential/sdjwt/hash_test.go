package sdjwt_test

import (
	"crypto/sha256"

	"stoa/internal/credential/envelope"
)

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return envelope.Encoding.EncodeToString(sum[:])
}
