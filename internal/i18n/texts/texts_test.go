package texts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"stoa/internal/i18n/texts"
)

// module writes a module of one Go file and two languages.
func module(t *testing.T, code, en, ar string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"internal/web/page.go":             "package web\n\nfunc page() {\n" + code + "\n}\n",
		"internal/web/page_test.go":        "package web\n\nvar _ = p.T(\"Only in a test\")\n",
		"internal/web/testdata/example.go": "package web\n\nvar _ = p.T(\"Only an example\")\n",
		texts.Dir + "/en.po":               head("en", 2) + en,
		texts.Dir + "/ar.po":               head("ar", 6) + ar,
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func head(tag string, forms int) string {
	return "# About this file.\nmsgid \"\"\nmsgstr \"\"\n\"Language: " + tag + "\\n\"\n\"Plural-Forms: nplurals=" +
		string(rune('0'+forms)) + "; plural=(n != 1);\\n\"\n"
}

func TestExtract(t *testing.T) {
	root := module(t, `
	p.T("Plain")
	p.H("Long " +
		("text"))
	i18n.Msg("Marked")
	t("Through a function")
	forms("one day", "many days")
	p.C("verb", "Open")
	p.N("{n} day", "{n} days", n)
	p.Forms("one %{count}", "many %{count}")
	fault.NewNotFound("case.missing")
	fault.New(fault.Gone, "case.gone", "id", id)
	fault.Wrap(err, kind, "case.broken")
	fields.Add(name, "field.missing")
	_ = fault.FieldError{Field: "a.b", Key: "field.long"}
	const KeyEmpty, other = "case.empty", "case.other"
	p.T(variable)
	set.Add("a", "b")
	testing.T("x", `+"`y`)", "", "")
	got, problems, err := texts.Extract(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range got {
		names = append(names, m.Name()+"/"+m.Plural)
	}
	want := []string{"Long text/", "Marked/", "Plain/", "Through a function/", "one %{count}/many %{count}", "one day/many days", "x/", "{n} day/{n} days",
		"key|case.broken/", "key|case.empty/", "key|case.gone/", "key|case.missing/", "key|field.long/", "key|field.missing/", "verb|Open/"}
	if !slices.Equal(names, want) || len(problems) > 0 {
		t.Errorf("found %q, problems %q\nwant  %q", names, problems, want)
	}
	if got[2].Where[0] != "internal/web/page.go:5" {
		t.Errorf("%q stands at %v", got[2].Text, got[2].Where)
	}
}

func TestCheckFinds(t *testing.T) {
	const forms = "msgstr[0] \"0\"\nmsgstr[1] \"1\"\nmsgstr[2] \"2\"\nmsgstr[3] \"{n}\"\nmsgstr[4] \"{n}\"\nmsgstr[5] \"{n}\"\n"
	for _, c := range []struct{ name, code, en, ar, want string }{
		{"nothing", `p.T("A")`, "", "\nmsgid \"A\"\nmsgstr \"أ\"\n", ""},
		{"nothing in plurals", `p.N("{n} a", "{n} b", n)`, "", "\nmsgid \"{n} a\"\nmsgid_plural \"{n} b\"\n" + forms, ""},
		{"missing", `p.T("A")`, "", "", `ar.po: "A": missing, used at internal/web/page.go:4`},
		{"empty", `p.T("A")`, "", "\nmsgid \"A\"\nmsgstr \"\"\n", `ar.po: "A": missing`},
		{"unused", ``, "", "\nmsgid \"A\"\nmsgstr \"x\"\n", `ar.po: "A": unused`},
		{"unused in English", `p.T("A")`, "\nmsgid \"A\"\nmsgstr \"A\"\n", "\nmsgid \"A\"\nmsgstr \"x\"\n", `en.po: "A": unused`},
		{"places", `p.T("{a}", i18n.V{"a": 1})`, "", "\nmsgid \"{a}\"\nmsgstr \"{b}\"\n", `has the places [{b}], want [{a}]`},
		{"space", `p.T("A")`, "", "\nmsgid \"A\"\nmsgstr \"x \"\n", `ar.po: "A": "x " begins or ends with space`},
		{"space in code", `p.T("A ")`, "", "\nmsgid \"A \"\nmsgstr \"x\"\n", `page.go:4: "A " begins or ends with space`},
		{"too few forms", `p.N("a", "b", n)`, "", "\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"x\"\nmsgstr[1] \"y\"\n", `has 2 forms, want 6`},
		{"empty form", `p.N("{n} a", "{n} b", n)`, "", "\nmsgid \"{n} a\"\nmsgid_plural \"{n} b\"\n" + strings.Replace(forms, `"2"`, `""`, 1), `form 2 is empty`},
		{"other plural", `p.N("{n} a", "{n} c", n)`, "", "\nmsgid \"{n} a\"\nmsgid_plural \"{n} b\"\n" + forms, `its plural is "{n} b", in the code "{n} c"`},
		{"two plurals", `p.N("a", "b", n); p.N("a", "c", n)`, "", "", `one message, one plural`},
		{"value not given", `p.T("{a} {b}", i18n.V{"a": 1})`, "", "", `is given [{a}]`},
		{"value without place", `p.N("one", "many", n, i18n.V{"a": 1})`, "", "", `is given [{a} {n}]`},
		{"key", `fault.NewGone("case.gone")`, "", "", `en.po: "case.gone" (key): missing`},
		{"sentence of an error", `fault.NewGone("It is gone")`, "", "", `ar.po: "It is gone": missing`},
		{"name of a header", `header.Add("Vary", "Accept-Language")`, "", "", ""},
		{"key's places", `fault.NewGone("a.b")`, "\nmsgctxt \"key\"\nmsgid \"a.b\"\nmsgstr \"Gone {x}\"\n",
			"\nmsgctxt \"key\"\nmsgid \"a.b\"\nmsgstr \"x\"\n", `ar.po: "a.b" (key): "x" has the places [], want [{x}]`},
		{"syntax", `p.T("A"`, "", "", `page.go:`},
	} {
		problems, err := texts.Check(module(t, c.code, c.en, c.ar))
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(problems, "\n")
		if c.want == "" && all != "" || !strings.Contains(all, c.want) {
			t.Errorf("%s: found\n%s\nwant %q", c.name, all, c.want)
		}
	}
}

const counted = `p.T("A"); p.N("{n} a", "{n} b", n); p.C("verb", "Open"); fault.NewGone("case.gone")`

// From missing to complete, the way a translator goes.
func TestTranslating(t *testing.T) {
	root := module(t, counted, "\nmsgctxt \"key\"\nmsgid \"case.gone\"\nmsgstr \"It is gone\"\n", "\n# Said by the court.\nmsgid \"Old\"\nmsgstr \"قديم\"\n")
	messages, _, err := texts.Extract(root)
	if err != nil {
		t.Fatal(err)
	}
	english, err := texts.Read(root, "en")
	if err != nil {
		t.Fatal(err)
	}
	update := func(change func(*texts.Catalog) error) {
		t.Helper()
		if err := texts.Update(root, "ar", change); err != nil {
			t.Fatal(err)
		}
	}
	update(func(c *texts.Catalog) error {
		if n := c.Add(messages); n != 4 {
			t.Errorf("%d added, want 4", n)
		}
		return nil
	})
	var gaps []texts.Gap
	update(func(c *texts.Catalog) error {
		if n := c.Add(messages); n != 0 {
			t.Errorf("%d added the second time", n)
		}
		gaps = c.Gaps(messages, english)
		return nil
	})
	if len(gaps) != 4 || gaps[1].Forms != 6 || gaps[2].Text != "It is gone" || gaps[3].Key != "verb|Open" {
		t.Fatalf("gaps = %+v", gaps)
	}
	translations, err := json.Marshal(map[string]any{
		"A":             "سطر\n\"مقتبس\" \\ ",
		"{n} a":         []string{"0", "1", "2", "{n}", "{n}", "{n}"},
		"verb|Open":     "افتح",
		"key|case.gone": "{place} wrong",
		"Unknown":       "?",
	})
	if err != nil {
		t.Fatal(err)
	}
	merge := func(translations []byte) (merged int, problems []string) {
		t.Helper()
		update(func(c *texts.Catalog) (err error) {
			merged, problems, err = c.Merge(translations, messages, english)
			return err
		})
		return merged, problems
	}
	if merged, problems := merge(translations); merged != 2 || len(problems) != 3 {
		t.Errorf("merged %d, problems %q", merged, problems)
	}
	if merged, problems := merge([]byte(`{"A": "سطر\n\"مقتبس\" \\", "key|case.gone": "ذهب"}`)); merged != 2 || problems != nil {
		t.Errorf("merged %d, problems %q", merged, problems)
	}
	problems, err := texts.Check(root)
	if err != nil || len(problems) != 1 || problems[0] != `ar.po: "Old": unused` {
		t.Errorf("problems %q, error %v", problems, err)
	}
	file, err := os.ReadFile(filepath.Join(root, texts.Dir, "ar.po"))
	if err != nil || !strings.Contains(string(file), "# Said by the court.\nmsgid \"Old\"") || !strings.HasPrefix(string(file), head("ar", 6)) {
		t.Errorf("comments and header are not kept: %v\n%s", err, file)
	}
	update(func(c *texts.Catalog) error {
		if n := c.Prune(messages); n != 1 {
			t.Errorf("%d taken out, want 1", n)
		}
		return nil
	})
	if problems, err := texts.Check(root); err != nil || len(problems) > 0 {
		t.Errorf("problems %q, error %v", problems, err)
	}
}

func TestUpdatesTakeTurns(t *testing.T) {
	names := []string{"A", "B", "C", "D", "E", "F", "G", "H"}
	root := module(t, `p.T("`+strings.Join(names, `"); p.T("`)+`")`, "", "")
	messages, _, err := texts.Extract(root)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, name := range names {
		all.Go(func() {
			err := texts.Update(root, "ar", func(c *texts.Catalog) error {
				_, _, err := c.Merge([]byte(`{"`+name+`": "x"}`), messages, &texts.Catalog{})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if problems, err := texts.Check(root); err != nil || len(problems) > 0 {
		t.Errorf("an update was lost: %q, error %v", problems, err)
	}
}
