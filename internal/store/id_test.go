package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"pgregory.net/rapid"

	"stoa/internal/fault"
)

// Against big integers: 26 digits of base 32, the same number, the same order.
func TestBase32(t *testing.T) {
	slow := func(b [16]byte) string {
		n := new(big.Int).SetBytes(b[:])
		out := make([]byte, 26)
		for i := 25; i >= 0; i-- {
			digit := new(big.Int)
			n.DivMod(n, big.NewInt(32), digit)
			out[i] = idAlphabet[digit.Int64()]
		}
		return string(out)
	}
	rapid.Check(t, func(r *rapid.T) {
		b := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(r, "b"))
		if got, want := base32(b), slow(b); got != want {
			r.Fatalf("%x became %s, want %s", b, got, want)
		}
	})
}

func TestIDs(t *testing.T) {
	random := &entropy{r: rand.Reader}
	// The example of RFC 9562, appendix A.6, is of this millisecond.
	at := time.UnixMilli(0x017F22E279B0)
	fixed := &entropy{r: hexReader("0cc3" + "18c4dc0c0c07398f")}
	b, err := hex.DecodeString("017f22e279b07cc398c4dc0c0c07398f")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := newID(at, fixed), base32([16]byte(b)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	seen := map[string]bool{}
	last := ""
	for i := range 10_000 {
		id := newID(at.Add(time.Duration(i)*time.Millisecond), random)
		if len(id) != 26 || id <= last || seen[id] {
			t.Fatalf("%s after %s", id, last)
		}
		last, seen[id] = id, true
	}
}

func hexReader(s string) *strings.Reader {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return strings.NewReader(string(b))
}

func TestKeysInMessages(t *testing.T) {
	table, columns := sqliteKey("constraint failed: UNIQUE constraint failed: item.org, item.code (2067)")
	if table != "item" || len(columns) != 2 || columns[1] != "code" {
		t.Errorf("%q %q", table, columns)
	}
	if table, columns := sqliteKey("something else"); table != "" || columns != nil {
		t.Errorf("%q %q", table, columns)
	}
	err := translate("tx", &pgconn.PgError{Code: "23505", TableName: "person", Detail: "Key (org, mail)=(a, secret@example.org) already exists."})
	if !ConflictOn(err, "person", "org", "mail") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
	for code, kind := range map[string]error{"40001": ErrSerialization, "40P01": ErrSerialization, "08006": ErrUnavailable, "53100": ErrFull, "25006": ErrReadOnly} {
		if err := translate("tx", &pgconn.PgError{Code: code}); !errors.Is(err, kind) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if fault.KindOf(&Error{Kind: ErrBusy}) != fault.Unavailable || fault.KindOf(&Error{Kind: ErrConflict}) != fault.Internal {
		t.Error("kinds of fault")
	}
}
