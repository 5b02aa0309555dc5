package proof

import "testing"

// TestBase45 holds it to the examples of RFC 9285, 4.3 and 4.4, and to what it says must be refused.
func TestBase45(t *testing.T) {
	for plain, coded := range map[string]string{"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": ""} {
		if got := toBase45([]byte(plain)); got != coded {
			t.Errorf("%q: %q, the standard has %q", plain, got, coded)
		}
		if got, err := fromBase45(coded); err != nil || string(got) != plain {
			t.Errorf("%q: %q, %v", coded, got, err)
		}
	}
	for _, bad := range []string{"GGW", ":::", "::", "A", "ab8", "BB8A", "B\x008"} {
		if got, err := fromBase45(bad); err == nil {
			t.Errorf("%q is read as %q", bad, got)
		}
	}
	if got, err := fromBase45("FGW"); err != nil || string(got) != "\xff\xff" {
		t.Errorf("FGW: %q, %v", got, err)
	}
}
