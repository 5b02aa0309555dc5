package status_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/credential/envelope"
	"stoa/internal/credential/status"
)

// TestTheExamplesOfTheDraft reads the lists of the Token Status List's section 4.
func TestTheExamplesOfTheDraft(t *testing.T) {
	for _, x := range []struct {
		bits int
		lst  string
		want []int
	}{
		{1, "eNrbuRgAAhcBXQ", []int{1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1}},
		{2, "eNo76fITAAPfAgc", []int{1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3}},
	} {
		raw, err := envelope.Encoding.DecodeString(x.lst)
		if err != nil {
			t.Fatal(err)
		}
		l, err := status.Read(x.bits, raw)
		if err != nil {
			t.Fatal(err)
		}
		ours := status.New(len(x.want), x.bits)
		for i, want := range x.want {
			ours.Set(i, want)
			if got, err := l.Get(i); err != nil || got != want {
				t.Errorf("%d bits, place %d: %d, %v; want %d", x.bits, i, got, err, want)
			}
		}
		packed, err := ours.Compress()
		if err != nil {
			t.Fatal(err)
		}
		again, err := status.Read(x.bits, packed)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range x.want {
			if got, _ := again.Get(i); got != want {
				t.Errorf("%d bits, place %d, packed by us: %d, want %d", x.bits, i, got, want)
			}
		}
	}
}

// TestAListIsAnArray: packing, compressing, signing in both forms and back change no number.
func TestAListIsAnArray(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := envelope.Signer{ID: "key", Key: key}
	now := time.Unix(1_800_000_000, 0)
	rapid.Check(t, func(rt *rapid.T) {
		bits := rapid.SampledFrom([]int{1, 2, 4, 8}).Draw(rt, "bits")
		model := rapid.SliceOfN(rapid.IntRange(0, 1<<bits-1), 1, 300).Draw(rt, "numbers")
		l := status.New(len(model), bits)
		for i := range model {
			l.Set(i, 1<<bits-1)
			l.Set(i, model[i])
		}
		signed := status.Signed{List: l, URI: "https://us/1", At: now, End: now.Add(time.Hour), Keep: time.Minute}
		jwt, err := signed.JWT(s)
		if err != nil {
			rt.Fatal(err)
		}
		cwt, err := signed.CWT(s)
		if err != nil {
			rt.Fatal(err)
		}
		byJWT := func(envelope.Head) (*ecdsa.PublicKey, error) { return &key.PublicKey, nil }
		byCWT := func(envelope.COSEHead) (*ecdsa.PublicKey, error) { return &key.PublicKey, nil }
		a, err := status.OpenJWT(jwt, "https://us/1", now, byJWT)
		if err != nil {
			rt.Fatal(err)
		}
		b, err := status.OpenCWT(cwt, "https://us/1", now, byCWT)
		if err != nil {
			rt.Fatal(err)
		}
		for i, want := range model {
			x, _ := a.Get(i)
			y, _ := b.Get(i)
			if x != want || y != want {
				rt.Fatalf("place %d: %d and %d, want %d", i, x, y, want)
			}
		}
		if _, err := a.Get(a.Len()); err == nil {
			rt.Fatal("a place beyond the end has a status")
		}
		for name, no := range map[string]error{
			"another list": second(status.OpenJWT(jwt, "https://us/2", now, byJWT)), "another list, CBOR": second(status.OpenCWT(cwt, "https://us/2", now, byCWT)),
			"an old one": second(status.OpenJWT(jwt, "https://us/1", now.Add(time.Hour), byJWT)), "an old one, CBOR": second(status.OpenCWT(cwt, "https://us/1", now.Add(time.Hour), byCWT)),
		} {
			if no == nil {
				rt.Fatalf("%s was taken", name)
			}
		}
		i := rapid.IntRange(0, len(cwt)-1).Draw(rt, "byte")
		cwt[i] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if l, err := status.OpenCWT(cwt, "https://us/1", now, byCWT); err == nil {
			for n, want := range model { // what is not signed (the key's name) may change; what is said may not
				if got, _ := l.Get(n); got != want {
					rt.Fatalf("a changed byte changed place %d", n)
				}
			}
		}
	})
}

func second[A any](_ A, err error) error { return err }
