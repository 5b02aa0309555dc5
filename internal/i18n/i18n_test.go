package i18n_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"stoa/internal/i18n"
)

func load(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestLanguagesNameThemselves(t *testing.T) {
	got := load(t).Languages()
	if len(got) < 2 || got[0] != (i18n.Language{Tag: "en", Name: "English", Dir: "ltr"}) {
		t.Fatalf("languages = %v, want English first", got)
	}
	if got[1] != (i18n.Language{Tag: "ar", Name: "العربية", Dir: "rtl"}) {
		t.Fatalf("second language = %v", got[1])
	}
}

func TestForFallsBack(t *testing.T) {
	b := load(t)
	for tag, want := range map[string]string{"ar": "ar", "ar-EG": "ar", "ar-Arab-EG": "ar", "en-GB": "en", "fr": "en", "": "en", "arb": "en"} {
		if got := b.For(tag).Tag(); got != want {
			t.Errorf("For(%q) speaks %q, want %q", tag, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	both := []string{"en", "ar"}
	for header, want := range map[string]string{
		"":                              "en",
		"ar":                            "ar",
		"AR-eg":                         "ar",
		"fr, ar-EG;q=0.8, en;q=0.5":     "ar",
		"en;q=0.1, ar;q=0.9":            "ar",
		"ar;q=0, en":                    "en",
		"fa, ur":                        "en", // same script, another language
		"*":                             "en",
		"ar;q=bad":                      "en",
		strings.Repeat("a-", 2000):      "en",
		strings.Repeat("ar,", 100) + "": "ar",
	} {
		if got := i18n.Match(header, both); got != want {
			t.Errorf("Match(%.40q) = %q, want %q", header, got, want)
		}
	}
	if got := i18n.Match("ar", nil); got != "" {
		t.Errorf("Match among nothing = %q", got)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("ar, en;q=0.5")
	f.Add("*;q=0,,;")
	f.Fuzz(func(t *testing.T, header string) {
		if got := i18n.Match(header, []string{"en", "ar"}); got != "en" && got != "ar" {
			t.Fatalf("Match(%q) = %q, which was not offered", header, got)
		}
	})
}

func TestTextFallsBackPerString(t *testing.T) {
	title := i18n.Text{"en": "Birth certificate", "ar": "شهادة ميلاد"}
	for _, c := range []struct {
		text     i18n.Text
		tag      string
		fallback []string
		want     string
		found    string
	}{
		{title, "ar-EG", nil, "شهادة ميلاد", "ar"},
		{title, "fr", nil, "Birth certificate", "en"},
		{title, "fr", []string{"de", "ar"}, "شهادة ميلاد", "ar"},
		{i18n.Text{"sw": "Cheti", "pt": "Certidão"}, "ar", nil, "Certidão", "pt"},
		{i18n.Text{"ar": "", "en": "Only English"}, "ar", nil, "Only English", "en"},
		{nil, "ar", nil, "", ""},
	} {
		got, found := c.text.Pick(c.tag, c.fallback...)
		if got != c.want || found != c.found || c.text.In(c.tag, c.fallback...) != c.want {
			t.Errorf("%v.Pick(%q, %v) = %q, %q; want %q, %q", c.text, c.tag, c.fallback, got, found, c.want, c.found)
		}
	}
}

// A language from outside, made for what it can go wrong with.
const bookish = `msgid ""
msgstr ""
"Language: he\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"X-Name: עברית\n"
"X-Dir: rtl\n"

msgctxt "number"
msgid "1,234,567.89"
msgstr "12.34.567,89"

msgid "Due on {date}"
msgstr "{date} :עד"
`

func TestMessages(t *testing.T) {
	b, err := i18n.Load(fstest.MapFS{"he.po": {Data: []byte(bookish)}})
	if err != nil {
		t.Fatal(err)
	}
	en, he := b.For("en"), b.For("he")
	for _, c := range []struct{ got, want string }{
		{en.T("Due on {date}", i18n.V{"date": "1 May 2026"}), "Due on 1 May 2026"},
		{en.T("Dear {name}", i18n.V{"name": "ليلى"}), "Dear \u2068ليلى\u2069"},
		{he.T("Due on {date}", i18n.V{"date": "1 May"}), "\u20681 May\u2069 :עד"},
		{he.T("No translation"), "No translation"},
		{en.T("{a}{b}", i18n.V{"a": "{b}", "b": "{a}"}), "{b}{a}"},
		{en.T("{missing} {", i18n.V{"other": 1}), "{missing} {"},
		{en.T("{n}", i18n.V{"n": int64(-1234567)}), "-1,234,567"},
		{he.Number("1234567.5"), "12.34.567,5"},
		{he.Number("123"), "123"},
		{en.N("{n} day", "{n} days", 1), "1 day"},
		{en.N("{n} day left for {name}", "{n} days left for {name}", 0, i18n.V{"name": "Ada"}), "0 days left for Ada"},
		{en.Number("1e9"), "1e9"},
		{en.Key("number.format"), "Enter a number"},
		{b.For("ar").Key("number.format"), "أدخل رقمًا"},
		{he.Key("Due on {date}", i18n.V{"date": "1"}), "\u20681\u2069 :עד"},
		{en.Money(5, "???"), "5\u00a0???"},
		{en.Date(2026, 13, 1), "1 13 2026"},
		{en.FileSize(999), "999 bytes"},
		{en.FileSize(1), "1 byte"},
		{en.FileSize(1000), "1 kB"},
		{en.FileSize(1590), "1.5 kB"},
		{en.FileSize(999_999), "999 kB"},
		{en.FileSize(10_900_000), "10 MB"},
		{en.FileSize(2_500_000_000_000), "2,500 GB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMarkupEscapesAndIsolates(t *testing.T) {
	p := load(t).For("en")
	link := p.H("<{what}>", i18n.V{"what": "b"}) // any component will do
	var b strings.Builder
	err := p.H(`Read "{title}" or {link}`, i18n.V{"title": "A<b>&c", "link": link}).Render(context.Background(), &b)
	want := `Read &#34;<bdi>A&lt;b&gt;&amp;c</bdi>&#34; or &lt;<bdi>b</bdi>&gt;`
	if err != nil || b.String() != want {
		t.Errorf("got  %s (%v)\nwant %s", b.String(), err, want)
	}
	b.Reset()
	if err := p.HN("{n} case", "{n} cases", 1234).Render(context.Background(), &b); err != nil || b.String() != "<bdi>1,234</bdi> cases" {
		t.Errorf("got %s (%v)", b.String(), err)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"fr.po", "", "", `belongs in he.po`},
		{"he.po", `X-Dir: rtl`, `X-Dir: up`, `X-Dir is "up"`},
		{"he.po", `X-Name: עברית`, `X-Other: x`, `X-Name`},
		{"he.po", `Plural-Forms: `, `X-Plural: `, `Plural-Forms is missing`},
		{"he.po", "12.34.567,89", "12.34,567", "numbers are written"},
		{"he.po", "Language: he", "Language: !", "header Language"},
		{"ar.po", "Language: he", "Language: ar", "already loaded"},
	} {
		text := strings.Replace(bookish, c.old, c.new, 1)
		_, err := i18n.Load(fstest.MapFS{c.name: {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("loading with %q: %v; want %q", c.new, err, c.want)
		}
	}
	if _, err := i18n.ParseDigits("roman"); err == nil {
		t.Error("ParseDigits accepts roman")
	}
}
