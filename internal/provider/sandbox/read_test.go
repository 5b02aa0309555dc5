package sandbox

import (
	"errors"
	"strings"
	"testing"
	"time"

	"stoa/internal/pay"
)

var at = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

const good = `{"id":"evt_1","report":{"payment":"p","ref":"sb_1","charge":"ch_1","kind":"paid","amount":2100,"currency":"GBP","at":"2026-01-05T09:00:00Z"}}`

func TestRead(t *testing.T) {
	read := func(secret, header, body string, now time.Time) error {
		c := &Client{Secret: secret}
		_, err := c.Read(func(name string) string {
			if name != SignatureHeader {
				t.Errorf("asks for %s", name)
			}
			return header
		}, []byte(body), now)
		return err
	}
	right := sign("s", at, []byte(good))
	if err := read("s", right, good, at.Add(5*time.Minute)); err != nil {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		secret, header, body string
		now                  time.Time
	}{
		"other secret":  {"x", right, good, at},
		"no secret":     {"", sign("", at, []byte(good)), good, at},
		"other body":    {"s", right, good + " ", at},
		"too old":       {"s", right, good, at.Add(5*time.Minute + time.Second)},
		"of the future": {"s", right, good, at.Add(-5*time.Minute - time.Second)},
		"other instant": {"s", strings.Replace(right, "t=17", "t=18", 1), good, at},
		"nothing":       {"s", "", good, at},
		"no hex":        {"s", "t=1767603600,v1=zz", good, at},
		"half":          {"s", right[:len(right)-2], good, at},
	} {
		if err := read(c.secret, c.header, c.body, c.now); !errors.Is(err, pay.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, body := range []string{"", "null", "[]", `{}`, `{"id":"evt"}`, strings.Replace(good, "2100", "-1", 1), strings.Replace(good, "2100", "1e30", 1),
		strings.Replace(good, "GBP", "QQQ", 1), strings.Replace(good, "paid", "gift", 1), strings.Replace(good, `"p"`, `""`, 1), strings.Replace(good, "2026", "0000", 1),
		strings.Replace(good, "evt_1", strings.Repeat("x", 201), 1), strings.Replace(good, "paid", "refunded", 1)} {
		if err := read("s", sign("s", at, []byte(body)), body, at); !errors.Is(err, pay.ErrCallback) {
			t.Errorf("%.80s: %v", body, err)
		}
	}
}

// FuzzRead reads whatever may be posted, signed and not.
func FuzzRead(f *testing.F) {
	f.Add("t=1767603600,v1=00", []byte(good))
	f.Add("", []byte("{}"))
	f.Add("t=,v1=", []byte(`{"id":"x","report":null}`))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		if _, err := read("s", header, body, at); err == nil {
			t.Fatalf("believed %q", header)
		}
		e, err := read("s", sign("s", at, body), body, at)
		switch {
		case err != nil && (!errors.Is(err, pay.ErrCallback) || e != pay.Event{}):
			t.Fatalf("%v with %v", err, e)
		case err == nil && (e.ID == "" || e.Payment == "" || e.Kind == "" || e.Amount.Minor < 0):
			t.Fatalf("read %+v", e)
		}
	})
}

func TestNumbers(t *testing.T) {
	if check("7992739871") != 3 { // the example of the patent (US 2950048) and of the standard's readers
		t.Error("the check digit is wrong")
	}
	seen := map[string]bool{}
	for i, c := range cards {
		n := number(i)
		if len([]rune(n)) != 19 || seen[n] || seen[c.id] {
			t.Errorf("card %s has number %s", c.id, n)
		}
		seen[n], seen[c.id] = true, true
	}
}
