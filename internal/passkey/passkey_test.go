package passkey_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"testing"

	"stoa/internal/passkey"
	"stoa/internal/passkey/passkeytest"
)

const (
	origin = "https://services.greenvale.example"
	host   = "services.greenvale.example"
)

var holder = passkey.Holder{ID: "p1", Name: "asha@greenvale.example", Display: "Asha"}

func party(t *testing.T) *passkey.Party {
	t.Helper()
	p, err := passkey.New(origin)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// made registers a passkey of a device, and returns its holder.
func made(t *testing.T, p *passkey.Party, d *passkeytest.Device) passkey.Holder {
	t.Helper()
	options, state, err := p.Register(holder, "Greenvale")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Make(options)
	if err != nil {
		t.Fatal(err)
	}
	_, record, err := p.Registered(holder, state, answer)
	if err != nil {
		t.Fatal(err)
	}
	h := holder
	h.Records = []json.RawMessage{record}
	return h
}

func finds(h passkey.Holder) func([]byte, string) (passkey.Holder, error) {
	return func(_ []byte, handle string) (passkey.Holder, error) {
		if handle != h.ID {
			return h, errors.New("nobody")
		}
		return h, nil
	}
}

func TestAPasskeyIsMadeAndUsed(t *testing.T) {
	p, d := party(t), passkeytest.New(origin, host, rand.Reader)
	h := made(t, p, d)
	for range 3 {
		options, state, err := p.Ask(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := d.Use(options)
		if err != nil {
			t.Fatal(err)
		}
		used, err := p.Answered(state, answer, finds(h))
		if err != nil || used.Copied {
			t.Fatalf("%+v, %v", used, err)
		}
		h.Records = []json.RawMessage{used.Record}
	}
}

// TestWhatDoesNotHoldIsRefused changes one thing at a time.
func TestWhatDoesNotHoldIsRefused(t *testing.T) {
	for name, wrong := range map[string]func(d *passkeytest.Device){
		"another site's page":      func(d *passkeytest.Device) { d.Origin = "https://evil.example" },
		"a page of another scheme": func(d *passkeytest.Device) { d.Origin = "http://" + host },
		"another site's name":      func(d *passkeytest.Device) { d.RPID = "evil.example" },
		"a holder not verified":    func(d *passkeytest.Device) { d.Verified = false },
	} {
		p, d := party(t), passkeytest.New(origin, host, rand.Reader)
		h := made(t, p, d)
		options, state, err := p.Ask(bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		wrong(d)
		answer, err := d.Use(options)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Answered(state, answer, finds(h)); !errors.Is(err, passkey.ErrRefused) {
			t.Errorf("%s: using: %v", name, err)
		}
		options, state, err = p.Register(holder, "Greenvale")
		if err != nil {
			t.Fatal(err)
		}
		if answer, err = d.Make(options); err != nil {
			t.Fatal(err)
		}
		if _, _, err := p.Registered(holder, state, answer); !errors.Is(err, passkey.ErrRefused) {
			t.Errorf("%s: making: %v", name, err)
		}
	}
}

func TestAnAnswerIsToOneQuestionAndByOneHolder(t *testing.T) {
	p, d := party(t), passkeytest.New(origin, host, rand.Reader)
	h := made(t, p, d)
	options, state, err := p.Ask(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	_, other, err := p.Ask(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Use(options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Answered(other, answer, finds(h)); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("an answer to another question: %v", err)
	}
	ben := h
	ben.ID = "p2"
	if _, err := p.Answered(state, answer, func([]byte, string) (passkey.Holder, error) { return ben, nil }); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("somebody else's key: %v", err)
	}
	if _, err := p.Answered(state, answer, finds(passkey.Holder{ID: h.ID})); !errors.Is(err, passkey.ErrRefused) {
		t.Errorf("a key that was taken away: %v", err)
	}
	for i := range answer {
		broken := bytes.Clone(answer)
		broken[i] ^= 16 // the last letter of base64 has bits that say nothing, and this is none of them
		if _, err := p.Answered(state, broken, finds(h)); err == nil {
			t.Errorf("byte %d is not looked at: %s", i, broken[max(0, i-20):min(len(broken), i+20)])
		}
	}
}

func TestACopyIsNoticed(t *testing.T) {
	p, d := party(t), passkeytest.New(origin, host, rand.Reader)
	h := made(t, p, d)
	copied := d.Copy()
	for i, device := range []*passkeytest.Device{d, d, copied} {
		options, state, err := p.Ask(bytes.Repeat([]byte{byte(i)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := device.Use(options)
		if err != nil {
			t.Fatal(err)
		}
		used, err := p.Answered(state, answer, finds(h))
		if err != nil || used.Copied != (device == copied) {
			t.Fatalf("%d: %+v, %v", i, used.Copied, err)
		}
		h.Records = []json.RawMessage{used.Record}
	}
}

func TestWhereThereCanBePasskeys(t *testing.T) {
	for site, can := range map[string]bool{"https://a.example": true, "http://localhost:8080": true, "http://127.0.0.1:8080": true, "http://10.0.0.1": false, "": false} {
		if _, err := passkey.New(site); (err == nil) != can {
			t.Errorf("%q: %v", site, err)
		}
	}
}
