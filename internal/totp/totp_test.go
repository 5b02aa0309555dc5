package totp_test

import (
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/totp"
)

// TestPublishedExamples are those of RFC 4226, appendix D, and the last six digits of RFC 6238, appendix B.
func TestPublishedExamples(t *testing.T) {
	secret := []byte("12345678901234567890")
	for n, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := totp.Code(secret, int64(n)); got != want {
			t.Errorf("HOTP %d: %s, want %s", n, got, want)
		}
	}
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := totp.Code(secret, totp.StepAt(time.Unix(at, 0))); got != want {
			t.Errorf("TOTP at %d: %s, want %s", at, got, want)
		}
	}
}

// TestACodeIsTakenOnceAndNearItsTime: of all codes around an instant exactly those of three steps are taken, and none that
// is not after the last one.
func TestACodeIsTakenOnceAndNearItsTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), totp.SecretLength, totp.SecretLength).Draw(t, "secret")
		now := time.Unix(rapid.Int64Range(1e9, 4e9).Draw(t, "now"), 0)
		last := totp.StepAt(now) + rapid.Int64Range(-4, 2).Draw(t, "last")
		of := totp.StepAt(now) + rapid.Int64Range(-3, 3).Draw(t, "of")
		code := totp.Code(secret, of)
		want := false
		for s := totp.StepAt(now) - 1; s <= totp.StepAt(now)+1; s++ {
			want = want || s > last && totp.Code(secret, s) == code
		}
		at, ok := totp.Check(secret, code, now, last)
		if ok != want || ok && at <= last {
			t.Fatalf("step %d of %d, last %d: %v at %d", of, totp.StepAt(now), last, ok, at)
		}
		if _, again := totp.Check(secret, code, now, at); ok && again && totp.Code(secret, at+1) != code && totp.Code(secret, at+2) != code {
			t.Fatal("taken twice")
		}
	})
}

func TestTheAddressSaysAll(t *testing.T) {
	u, err := url.Parse(totp.Address("Green vale", "a@b.example", []byte("12345678901234567890")))
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Green vale:a@b.example" ||
		u.Query().Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" || u.Query().Get("issuer") != "Green vale" {
		t.Errorf("%v %v", u, err)
	}
}
