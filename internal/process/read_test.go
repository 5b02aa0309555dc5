package process

import (
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestReadNumber(t *testing.T) {
	for typed, want := range map[string]string{
		"30": "30", " 1 234.50 ": "1234.5", "1,234,567": "1234567", "12,34,567.8": "1234567.8", "+7": "7",
		"−3": "-3", "٣٠": "30", "١٬٢٣٤٫٥": "1234.5", "۱۲": "12", "1'000": "1000", ".5": "0.5", "5.": "5",
		"1\u00a0000": "1000", "1234,5": "", "1,23": "", "1.234,50": "", "": "", "abc": "", "1e5": "", "--1": "",
		"0x10": "", "½": "", ",100": "", "1,,000": "", "12 m": "",
	} {
		d, ok := readNumber(typed)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("readNumber(%q) = %s, %v; want %q", typed, d, ok, want)
		}
	}
}

func TestReadMoney(t *testing.T) {
	for typed, want := range map[string]string{
		"£1,200.50": "1200.5", "1200.50 GBP": "1200.5", "gbp 12": "12", "-£5": "-5", "£ 3": "3", "٣٫٥٠": "3.5", "$5": "", "£": "",
	} {
		d, ok := readMoney(typed, "GBP")
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("readMoney(%q) = %s, %v; want %q", typed, d, ok, want)
		}
	}
}

func TestReadDate(t *testing.T) {
	for _, c := range []struct{ day, month, year, want, key string }{
		{"21", "3", "2026", "2026-03-21", ""},
		{"٢١", "٠٣", "٢٠٢٦", "2026-03-21", ""},
		{"1", "March", "2026", "2026-03-01", ""},
		{"1", "sept.", "2026", "2026-09-01", ""},
		{"1", "مارس", "2026", "2026-03-01", ""},
		{"21/3/2026", "", "", "2026-03-21", ""},
		{"2026-03-21", "", "", "2026-03-21", ""},
		{"21 March 2026", "", "", "2026-03-21", ""},
		{"5 كانون الثاني 2026", "", "", "2026-01-05", ""},
		{"29", "2", "2024", "2024-02-29", ""},
		{"29", "2", "2026", "", msgDateReal},
		{"31", "4", "2026", "", msgDateReal},
		{"1", "13", "2026", "", msgDateReal},
		{"1", "3", "26", "", msgYearDigits},
		{"1", "3", "", "", msgYear},
		{"", "3", "2026", "", msgDay},
		{"1", "", "2026", "", msgMonth},
		{"3/21/2026", "", "", "", msgDateReal}, // never guessed the American way
		{"tomorrow", "", "", "", msgDateReal},
	} {
		d, _, key := readDate(c.day, c.month, c.year)
		if d.String() != c.want || key != c.key {
			t.Errorf("readDate(%q, %q, %q) = %s, %q; want %s, %q", c.day, c.month, c.year, d, key, c.want, c.key)
		}
	}
}

func TestReadClock(t *testing.T) {
	for typed, want := range map[string]string{
		"18:30": "18:30", "6:30pm": "18:30", "6.30 p.m.": "18:30", "1830": "18:30", "6 pm": "18:00", "12am": "00:00", "12pm": "12:00",
		"12:15 AM": "00:15", "noon": "12:00", "Midnight": "00:00", "٦:٣٠ م": "18:30", "٩ ص": "09:00", "9:05": "09:05", "630pm": "18:30",
		"24:00": "", "18:60": "", "13pm": "", "0am": "", "6": "", "half six": "", "18:3": "",
	} {
		c, ok := readClock(typed)
		if ok != (want != "") || ok && c.String() != want {
			t.Errorf("readClock(%q) = %s, %v; want %q", typed, c, ok, want)
		}
	}
}

func TestReadContact(t *testing.T) {
	for typed, want := range map[string]string{
		"a.b+c@Example.COM": "a.b+c@example.com", "x@bücher.example": "x@bücher.example", "x@مثال.إختبار": "x@مثال.إختبار",
		"mailto:a@b.example": "a@b.example", "a@b": "", "a b@c.example": "", "a@@b.example": "", ".a@b.example": "", "a..b@c.example": "",
		"a@-b.example": "", "a@127.0.0.1": "", "a@b..example": "", "@b.example": "", "a@": "", "a@b.example\u202e": "",
	} {
		if got, ok := readEmail(typed); got != want || ok != (want != "") {
			t.Errorf("readEmail(%q) = %q, %v; want %q", typed, got, ok, want)
		}
	}
	for typed, want := range map[string]string{
		"020 7946 0018": "02079460018", "+44 (0)20 7946 0018": "+442079460018", "0044 20 79460018": "+442079460018",
		"(01632) 960-001 ext 12": "01632960001 x12", "٠١٠٢٣٤٥٦٧٨": "0102345678", "12345": "", "1234567890123456": "", "020 7946 OO18": "",
	} {
		if got, ok := readPhone(typed); got != want || ok != (want != "") {
			t.Errorf("readPhone(%q) = %q, %v; want %q", typed, got, ok, want)
		}
	}
	for typed, want := range map[string]string{"sw1a1aa": "SW1A 1AA", "m1 1ae": "M1 1AE", " 1234  ab ": "1234 AB", "k1a 0b1": "K1A 0B1", "١١٥١١": "11511"} {
		if got := readPostcode(typed); got != want {
			t.Errorf("readPostcode(%q) = %q; want %q", typed, got, want)
		}
	}
}

// Published examples: ISO/IEC 7812 (Wikipedia's Luhn number), the NHS data dictionary, ISBN manual,
// the IBAN registry's British and German examples, GLEIF's own LEI.
func TestChecksums(t *testing.T) {
	for kind, right := range map[string][]string{
		"luhn":  {"17893729974", "4111111111111111"},
		"mod11": {"9434765919", "0306406152", "080442957X"},
		"mod97": {"GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "506700GE1G29325QX363"},
	} {
		for _, s := range right {
			if !checksum(kind, s) {
				t.Errorf("%s refuses %s", kind, s)
			}
			b := []byte(s)
			for i := range b { // every single wrong digit is found
				if b[i] < '0' || b[i] > '9' {
					continue
				}
				was := b[i]
				b[i] = '0' + (was-'0'+1)%10
				if checksum(kind, string(b)) {
					t.Errorf("%s accepts %s", kind, b)
				}
				b[i] = was
			}
		}
	}
}

func TestReadTextRefusesWhatDeceives(t *testing.T) {
	for _, s := range []string{"a\u202eb", "a\x00b", "a\u2066b", "a\ue000b", "a\U000e0041b", "a\ufffeb", "a\nb", "a\x1bb", "a\u2028b"} {
		if _, ok := readText(s, false); ok {
			t.Errorf("%q is accepted", s)
		}
	}
	for s, want := range map[string]string{"e\u0301": "é", "می\u200cخواهم": "می\u200cخواهم", "👩\u200d🌾": "👩\u200d🌾"} {
		if got, ok := readText(s, false); !ok || got != want {
			t.Errorf("readText(%q) = %q, %v", s, got, ok)
		}
	}
	if got, ok := readText("a\n\tb", true); !ok || got != "a\n\tb" {
		t.Errorf("lines are refused: %q", got)
	}
}

// Go's table of decimal digits holds whole tens, which plainDigits builds on.
func TestDigitsOfEveryScript(t *testing.T) {
	for _, r := range unicode.Nd.R16 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("range %x-%x is not whole tens", r.Lo, r.Hi)
		}
	}
	for _, r := range unicode.Nd.R32 {
		if r.Stride != 1 || (r.Hi-r.Lo+1)%10 != 0 {
			t.Errorf("range %x-%x is not whole tens", r.Lo, r.Hi)
		}
	}
	if got := plainDigits("٠١٢٣٤٥٦٧٨٩ ۰۹ ०९ 𝟎𝟗"); got != "0123456789 09 09 09" {
		t.Errorf("got %q", got)
	}
}

// Whatever number is written with separators is read back.
func TestGroupedNumbersReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(0, 1<<53).Draw(t, "n")
		s := ""
		for i, d := 0, n; d > 0 || i == 0; i, d = i+1, d/10 {
			if i > 0 && i%3 == 0 {
				s = "," + s
			}
			s = string(rune('٠'+rune(d%10))) + s
		}
		d, ok := readNumber(s)
		if v, whole := d.Int64(); !ok || !whole || uint64(v) != n {
			t.Fatalf("readNumber(%q) = %s, want %d", s, d, n)
		}
	})
}

func FuzzReaders(f *testing.F) {
	for _, s := range []string{"", "21/3/2026", "6:30pm", "£1,200.50", "a@b.example", "٣٠", "\xff\xfe", "GB82WEST12345698765432"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = typedValue(s)
		readNumber(s)
		readMoney(s, "GBP")
		readDate(s, "", "")
		readDate(s, s, s)
		readClock(s)
		readPostcode(s)
		checksum("mod97", s)
		if e, ok := readEmail(s); ok {
			if again, ok := readEmail(e); !ok || again != e {
				t.Fatalf("readEmail(%q) = %q, and of that %q", s, e, again)
			}
		}
		if n, ok := readPhone(s); ok {
			if again, ok := readPhone(n); !ok || again != n {
				t.Fatalf("readPhone(%q) = %q, and of that %q", s, n, again)
			}
		}
	})
}
