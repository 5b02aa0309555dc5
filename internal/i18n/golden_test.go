package i18n_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"stoa/internal/i18n"
)

// golden is what Node's Intl wrote; see testdata/golden.mjs.
type golden map[string]struct {
	Date, Short, Long, Month, Time, DateTime map[string]string
	Number                                   map[string]string
	Money                                    map[string]map[string]string
	Plural                                   map[string]string
	List                                     []string
	Size                                     map[string][]string
}

func readGolden(t *testing.T) golden {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(data, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func printerFor(t *testing.T, key string) *i18n.Printer {
	t.Helper()
	tag, digits, _ := strings.Cut(key, "+")
	d, err := i18n.ParseDigits(digits)
	if err != nil {
		t.Fatal(err)
	}
	return load(t).For(tag).WithDigits(d)
}

// bare drops the isolates, which Intl leaves to its caller.
func bare(s string) string { return strings.NewReplacer("\u2068", "", "\u2069", "").Replace(s) }

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if bare(got) != want {
		t.Errorf("%s: got %q, Intl writes %q", what, bare(got), want)
	}
}

func TestDatesAsIntlWritesThem(t *testing.T) {
	for key, g := range readGolden(t) {
		p := printerFor(t, key)
		for value := range g.Date {
			at, err := time.Parse("2006-01-02T15:04", value)
			if err != nil {
				t.Fatal(err)
			}
			y, m, d := at.Date()
			what := key + " " + value
			same(t, what, p.Date(y, m, d), g.Date[value])
			same(t, what, p.DateOf(day{at}), g.Date[value])
			same(t, what, p.DateShort(y, m, d), g.Short[value])
			same(t, what, p.DateLong(y, m, d), g.Long[value])
			same(t, what, p.Month(y, m), g.Month[value])
			same(t, what, p.Time(at.Hour(), at.Minute()), g.Time[value])
			same(t, what, p.DateTime(at), g.DateTime[value])
		}
	}
}

type day struct{ time.Time }

func (d day) YMD() (int, time.Month, int) { return d.Date() }

func TestNumbersAsIntlWritesThem(t *testing.T) {
	for key, g := range readGolden(t) {
		p := printerFor(t, key)
		for value, want := range g.Number {
			same(t, key+" "+value, p.Number(value), want)
		}
		for code, amounts := range g.Money {
			for value, want := range amounts {
				minor, err := strconv.ParseInt(value, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				// Intl leaves the sign behind Latin letters without a mark; ours has one in right-to-left text.
				got := strings.ReplaceAll(p.Money(minor, code), "\u200e", "")
				same(t, key+" "+code+" "+value, got, strings.ReplaceAll(want, "\u200e", ""))
			}
		}
		for i, want := range g.List {
			same(t, key+" list", p.List([]string{"a", "b", "c", "d"}[:i]), want)
		}
		for value, sizes := range g.Size {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			for i, unit := range []int64{1e3, 1e6, 1e9} {
				same(t, key+" size", p.FileSize(n*unit), sizes[i])
			}
		}
	}
}

func TestGoldenIsWhatNodeWrites(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Log("no node here: the golden file is taken as it is")
		return
	}
	want, err := exec.Command(node, "testdata/golden.mjs").Output()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("testdata/golden.json is not what this node writes: look at the difference, then node golden.mjs > golden.json")
	}
}

// The plural rule of each PO file, with the categories in CLDR's order.
func TestPluralsAsIntlChoosesThem(t *testing.T) {
	forms := map[string][]string{"ar": {"zero", "one", "two", "few", "many", "other"}, "en": {"one", "other"}}
	for tag, names := range forms {
		// The same header under another tag, with one message that names its form.
		data, err := os.ReadFile("locale/" + tag + ".po")
		if err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(string(data), "\n\n")
		text := strings.Replace(header, "Language: "+tag, "Language: "+tag+"-AQ", 1) + "\n\nmsgid \"a\"\nmsgid_plural \"b\"\n"
		for i, name := range names {
			text += "msgstr[" + strconv.Itoa(i) + "] \"" + name + "\"\n"
		}
		b, err := i18n.Load(fstest.MapFS{tag + "-AQ.po": {Data: []byte(strings.TrimSpace(text))}})
		if err != nil {
			t.Fatal(err)
		}
		p := b.For(tag + "-AQ")
		for value, want := range readGolden(t)[tag].Plural {
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			same(t, tag+" "+value, p.N("a", "b", n), want)
		}
		got := p.Forms("a", "b")
		for _, name := range names {
			if got[name] != name || len(got) != len(names) {
				t.Errorf("%s: Forms = %v", tag, got)
			}
		}
	}
}
