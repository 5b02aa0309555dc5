package sdjwt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/credential/envelope"
	"stoa/internal/credential/sdjwt"
)

// The example of RFC 9901, 5.1, with the issuer's key of appendix A.5.
const (
	rfcToken = "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0." +
		"eyJfc2QiOiBbIkNyUWU3UzVrcUJBSHQtbk1ZWGdjNmJkdDJTSDVhVFkxc1VfTS1QZ2tq" +
		"UEkiLCAiSnpZakg0c3ZsaUgwUjNQeUVNZmVadTZKdDY5dTVxZWhabzdGN0VQWWxTRSIs" +
		"ICJQb3JGYnBLdVZ1Nnh5bUphZ3ZrRnNGWEFiUm9jMkpHbEFVQTJCQTRvN2NJIiwgIlRH" +
		"ZjRvTGJnd2Q1SlFhSHlLVlFaVTlVZEdFMHc1cnREc3JaemZVYW9tTG8iLCAiWFFfM2tQ" +
		"S3QxWHlYN0tBTmtxVlI2eVoyVmE1TnJQSXZQWWJ5TXZSS0JNTSIsICJYekZyendzY002" +
		"R242Q0pEYzZ2Vks4QmtNbmZHOHZPU0tmcFBJWmRBZmRFIiwgImdiT3NJNEVkcTJ4Mkt3" +
		"LXc1d1BFemFrb2I5aFYxY1JEMEFUTjNvUUw5Sk0iLCAianN1OXlWdWx3UVFsaEZsTV8z" +
		"Smx6TWFTRnpnbGhRRzBEcGZheVF3TFVLNCJdLCAiaXNzIjogImh0dHBzOi8vaXNzdWVy" +
		"LmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAw" +
		"LCAic3ViIjogInVzZXJfNDIiLCAibmF0aW9uYWxpdGllcyI6IFt7Ii4uLiI6ICJwRm5k" +
		"amtaX1ZDem15VGE2VWpsWm8zZGgta284YUlLUWM5RGxHemhhVllvIn0sIHsiLi4uIjog" +
		"IjdDZjZKa1B1ZHJ5M2xjYndIZ2VaOGtoQXYxVTFPU2xlclAwVmtCSnJXWjAifV0sICJf" +
		"c2RfYWxnIjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyIsICJj" +
		"cnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9ISVAxSUxp" +
		"bERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJTSWlyc1ZmdWVj" +
		"Q0U2dDRqVDlGMkhaUSJ9fX0." +
		"MczwjBFGtzf-6WMT-hIvYbkb11NrV1WMO-jTijpMPNbswNzZ87wY2uHz" +
		"-CXo6R04b7jYrpj9mNRAvVssXou1iw"
	givenName  = "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd"
	familyName = "WyJlbHVWNU9nM2dTTklJOEVZbnN4QV9BIiwgImZhbWlseV9uYW1lIiwgIkRvZSJd"
	address    = "WyJBSngtMDk1VlBycFR0TjRRTU9xUk9BIiwgImFkZHJlc3MiLCB7InN0cmVldF9hZGRyZXNzIjogIjEyMyBNYWluIFN0IiwgImxvY2FsaXR5IjogIkFueXRvd24iLCAicmVnaW9uIjogIkFueXN0YXRlIiwgImNvdW50cnkiOiAiVVMifV0"
	us         = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0"
	stray      = "WyJkdW1teXNhbHQiLCAiZm9vIiwgImJhciJd" // ["dummysalt", "foo", "bar"]
	rfcX, rfcY = "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ", "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"
)

func rfcKey(t *testing.T) func(envelope.Head) (*ecdsa.PublicKey, error) {
	t.Helper()
	key, err := envelope.ReadKey(map[string]any{"kty": "EC", "crv": "P-256", "x": rfcX, "y": rfcY})
	if err != nil {
		t.Fatal(err)
	}
	return func(envelope.Head) (*ecdsa.PublicKey, error) { return key, nil }
}

func rfcOpen(t *testing.T, disclosures ...string) (map[string]any, error) {
	t.Helper()
	token, err := sdjwt.Parse(sdjwt.Token{JWT: rfcToken, Disclosures: disclosures}.String())
	if err != nil {
		return nil, err
	}
	_, claims, err := token.Open(rfcKey(t))
	return claims, err
}

// TestTheExampleOfTheRFC opens the RFC's own token, with what its 5.2 discloses.
func TestTheExampleOfTheRFC(t *testing.T) {
	claims, err := rfcOpen(t, familyName, address, givenName, us)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"address":{"country":"US","locality":"Anytown","region":"Anystate","street_address":"123 Main St"},` +
		`"cnf":{"jwk":{"crv":"P-256","kty":"EC","x":"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc","y":"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}},` +
		`"exp":1883000000,"family_name":"Doe","given_name":"John","iat":1683000000,"iss":"https://issuer.example.com","nationalities":["US"],"sub":"user_42"}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for name, disclosures := range map[string][]string{"one that belongs nowhere": {stray}, "one twice": {givenName, givenName}, "none of the form": {"e30"}} {
		if _, err := rfcOpen(t, disclosures...); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func signer(t testing.TB) (envelope.Signer, func(envelope.Head) (*ecdsa.PublicKey, error)) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return envelope.Signer{ID: "key", Key: key}, func(envelope.Head) (*ecdsa.PublicKey, error) { return &key.PublicKey, nil }
}

// TestAnyClaimsComeBack: whatever is issued comes back as far as it is disclosed, and no further.
func TestAnyClaimsComeBack(t *testing.T) {
	s, find := signer(t)
	value := rapid.OneOf(rapid.Map(rapid.String(), func(s string) any { return strings.ToValidUTF8(s, "") }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Int32(), func(n int32) any { return n }))
	rapid.Check(t, func(rt *rapid.T) {
		all := rapid.MapOf(rapid.StringMatching(`[a-z]{1,8}`), value).Draw(rt, "claims")
		text, err := sdjwt.Issue(s, "dc+sd-jwt", map[string]any{"ISS": "us"}, all, rand.Reader)
		if err != nil {
			rt.Fatal(err)
		}
		token, err := sdjwt.Parse(text)
		if err != nil {
			rt.Fatal(err)
		}
		n := rapid.IntRange(0, len(token.Disclosures)).Draw(rt, "shown")
		token.Disclosures = token.Disclosures[:n]
		_, got, err := token.Open(find)
		if err != nil {
			rt.Fatal(err)
		}
		want := map[string]any{"ISS": "us"}
		for i, name := range sorted(all) {
			if i < n {
				want[name] = all[name]
			}
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if !bytes.Equal(a, b) {
			rt.Fatalf("got %s, want %s", a, b)
		}
	})
}

func sorted(m map[string]any) []string {
	raw, _ := json.Marshal(m) // whose keys are sorted
	var names []string
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token()
	for d.More() {
		name, _ := d.Token()
		names = append(names, name.(string))
		var skip any
		_ = d.Decode(&skip)
	}
	return names
}

// TestAnyFlippedBitIsRefused: of a token with all its disclosures, no bit can be changed.
func TestAnyFlippedBitIsRefused(t *testing.T) {
	s, find := signer(t)
	text, err := sdjwt.Issue(s, "dc+sd-jwt", map[string]any{"iss": "us"}, map[string]any{"number": "PL-1", "place": "Market Square"}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(text) {
		for bit := range 8 {
			changed := []byte(text)
			changed[i] ^= 1 << bit
			token, err := sdjwt.Parse(string(changed))
			if err != nil {
				continue
			}
			_, claims, err := token.Open(find)
			if err == nil && token.Binding == "" && len(token.Disclosures) == 2 {
				t.Fatalf("byte %d, bit %d: %v was taken", i, bit, claims)
			}
		}
	}
}

// TestAHolderProvesIt to whoever asked, about this token, now; and nothing less will do.
func TestAHolderProvesIt(t *testing.T) {
	s, find := signer(t)
	holder, _ := signer(t)
	now := time.Unix(1_800_000_000, 0)
	text, err := sdjwt.Issue(s, "dc+sd-jwt", map[string]any{"cnf": map[string]any{"jwk": envelope.JWK(&holder.Key.PublicKey, "")}}, map[string]any{"a": 1, "b": 2}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	token, err := sdjwt.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	fewer := sdjwt.Token{JWT: token.JWT, Disclosures: token.Disclosures[:1]}
	good := map[string]any{"iat": now.Unix(), "aud": "us", "nonce": "n", "sd_hash": hashOf(text)}
	with := func(name string, v any) map[string]any { m := maps.Clone(good); m[name] = v; return m }
	for name, c := range map[string]struct {
		typ    string
		claims map[string]any
		by     envelope.Signer
		token  sdjwt.Token
		ok     bool
	}{
		"right":           {sdjwt.BindingType, good, holder, token, true},
		"another typ":     {"JWT", good, holder, token, false},
		"another key":     {sdjwt.BindingType, good, s, token, false},
		"another reader":  {sdjwt.BindingType, with("aud", "them"), holder, token, false},
		"another nonce":   {sdjwt.BindingType, with("nonce", "m"), holder, token, false},
		"too old":         {sdjwt.BindingType, with("iat", now.Unix()-301), holder, token, false},
		"from the future": {sdjwt.BindingType, with("iat", now.Unix()+61), holder, token, false},
		"of no time":      {sdjwt.BindingType, with("iat", "now"), holder, token, false},
		"about less":      {sdjwt.BindingType, good, holder, fewer, false},
	} {
		c.token.Binding, err = c.by.JWT(c.typ, c.claims, false)
		if err != nil {
			t.Fatal(err)
		}
		_, claims, err := c.token.Open(find)
		if err != nil {
			t.Fatal(err)
		}
		err = c.token.Bound(claims, sdjwt.Expect{Audience: "us", Nonce: "n", Now: now, Before: 5 * time.Minute, After: time.Minute})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnUnsignedTokenIsNone, nor one that is signed by a secret.
func TestAnUnsignedTokenIsNone(t *testing.T) {
	_, find := signer(t)
	for _, head := range []string{`{"alg":"none"}`, `{"alg":"HS256"}`, `{"alg":"ES384"}`} {
		token := sdjwt.Token{JWT: envelope.Encoding.EncodeToString([]byte(head)) + "." + envelope.Encoding.EncodeToString([]byte(`{"iss":"us"}`)) + "." + envelope.Encoding.EncodeToString([]byte("x"))}
		if _, _, err := token.Open(find); err == nil {
			t.Errorf("%s was taken", head)
		}
		token.JWT = token.JWT[:strings.LastIndex(token.JWT, ".")+1]
		if _, _, err := token.Open(find); err == nil || errors.Is(err, envelope.ErrSignature) {
			t.Errorf("%s without a signature: %v", head, err)
		}
	}
}
