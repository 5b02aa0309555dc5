package store

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// idAlphabet is Crockford's base 32 in lower case: its characters ascend, so text order is time order.
const idAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// entropy hands out random bytes to many goroutines from one reader.
type entropy struct {
	mu sync.Mutex
	r  io.Reader
}

func (e *entropy) read(p []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := io.ReadFull(e.r, p); err != nil {
		// Without randomness ids could be guessed and could collide; there is nothing sensible to do instead.
		panic(fmt.Sprintf("store: read randomness: %v", err))
	}
}

// newID makes 26 characters in the layout of UUID version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, version,
// 12 random bits, variant, 62 random bits.
func newID(now time.Time, rand *entropy) string {
	var b [16]byte
	rand.read(b[6:])
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = 0x70 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	return base32(b)
}

// FirstID is below every identifier that transactions make which begin at an instant or later, to the millisecond, and
// above those of earlier ones.
func FirstID(at time.Time) string {
	var b [16]byte
	ms := uint64(max(0, at.UnixMilli())) // nothing is older than 1970
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	return base32(b)
}

// base32 writes 128 bits as 26 characters; the first holds only the upper three bits, so that order is kept.
func base32(b [16]byte) string {
	var out [26]byte
	var acc uint32
	bits, n := 2, 0 // two leading zero bits make 130
	for _, c := range b {
		acc = acc<<8 | uint32(c)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out[n] = idAlphabet[acc>>bits&31]
			n++
		}
	}
	return string(out[:])
}
