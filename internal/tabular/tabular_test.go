package tabular_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"stoa/internal/i18n"
	"stoa/internal/tabular"
	"stoa/internal/tabular/tabulartest"
)

func TestCellsHaveOneForm(t *testing.T) {
	for _, c := range []struct {
		t         tabular.Type
		decimals  int
		raw, want string // want "" for an error
	}{
		{tabular.Integer, 0, "007", "7"}, {tabular.Integer, 0, "+5", "5"}, {tabular.Integer, 0, "-0", "0"}, {tabular.Integer, 0, "-012", "-12"},
		{tabular.Integer, 0, "999999999999999999", "999999999999999999"}, {tabular.Integer, 0, "1000000000000000000", ""},
		{tabular.Integer, 0, "1.0", "1"}, {tabular.Integer, 0, "1.5", ""}, {tabular.Integer, 0, "1,000", ""}, {tabular.Integer, 0, " 1", ""}, {tabular.Integer, 0, "٣", ""}, {tabular.Integer, 0, "-", ""}, {tabular.Integer, 0, "0x10", ""},
		{tabular.Number, 0, "12.50", "12.5"}, {tabular.Number, 0, "12.00", "12"}, {tabular.Number, 0, "-0.0", "0"}, {tabular.Number, 0, "00.5", "0.5"},
		{tabular.Number, 0, ".5", ""}, {tabular.Number, 0, "5.", ""}, {tabular.Number, 0, "1e5", ""}, {tabular.Number, 0, "NaN", ""}, {tabular.Number, 0, "--1", ""}, {tabular.Number, 0, "1.2.3", ""},
		{tabular.Number, 0, "123456789.1234567891", ""}, {tabular.Number, 0, "0.000000000000000001", "0.000000000000000001"},
		{tabular.Number, 2, "12.5", "12.50"}, {tabular.Number, 2, "-3", "-3.00"}, {tabular.Number, 2, "12.500", "12.50"}, {tabular.Number, 2, "12.501", ""}, {tabular.Number, 2, "99999999999999999", ""},
		{tabular.Boolean, 0, "true", "true"}, {tabular.Boolean, 0, "TRUE", ""}, {tabular.Boolean, 0, "1", ""},
		{tabular.Date, 0, "2024-02-29", "2024-02-29"}, {tabular.Date, 0, "2026-02-29", ""}, {tabular.Date, 0, "2026-2-9", ""}, {tabular.Date, 0, "0000-01-01", ""}, {tabular.Date, 0, "01/02/2026", ""},
		{tabular.Year, 0, "2026", "2026"}, {tabular.Year, 0, "26", ""}, {tabular.Year, 0, "0000", ""}, {tabular.YearMonth, 0, "2026-03", "2026-03"}, {tabular.YearMonth, 0, "2026-13", ""},
		{tabular.GeoPoint, 0, "35.930, 31.95", "35.93,31.95"}, {tabular.GeoPoint, 0, "180.1,0", ""}, {tabular.GeoPoint, 0, "0,-90.01", ""}, {tabular.GeoPoint, 0, "-180,90", "-180,90"}, {tabular.GeoPoint, 0, "1", ""}, {tabular.GeoPoint, 0, "1,2,3", ""},
		{tabular.String, 0, "a\tb\nc", "a\tb\nc"}, {tabular.String, 0, "a\r", ""}, {tabular.String, 0, "\x00", ""}, {tabular.String, 0, "\u0085", ""}, {tabular.String, 0, "\x7f", ""}, {tabular.String, 0, "a\xffb", ""}, {tabular.String, 0, "\ufffd", "\ufffd"},
		{tabular.String, 0, "\xed\xa0\x80", ""}, {tabular.String, 0, strings.Repeat("x", tabular.MaxCell+1), ""},
	} {
		got, err := tabular.Column{Type: c.t, Decimals: c.decimals}.Canon(c.raw)
		if (err == nil) != (c.want != "") || err == nil && got != c.want {
			t.Errorf("%s %.30q: %q, %v; want %q", c.t, c.raw, got, err, c.want)
		}
	}
}

// Numbers are compared and scaled as big rationals are.
func TestNumbersAgreeWithRationals(t *testing.T) {
	column := tabular.Column{Type: tabular.Number}
	draw := func(t *rapid.T) (string, *big.Rat) {
		raw := rapid.StringMatching(`[-+]?[0-9]{1,9}(\.[0-9]{1,9})?`).Draw(t, "number")
		canon, err := column.Canon(raw)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := new(big.Rat).SetString(raw)
		got, ok := new(big.Rat).SetString(canon)
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%s is written %s", raw, canon)
		}
		if again, err := column.Canon(canon); err != nil || again != canon {
			t.Fatalf("%s again is %s, %v", canon, again, err)
		}
		return canon, want
	}
	rapid.Check(t, func(t *rapid.T) {
		a, x := draw(t)
		b, y := draw(t)
		if tabular.Compare(tabular.Number, a, b) != x.Cmp(y) {
			t.Fatalf("%s and %s compare as %d", a, b, tabular.Compare(tabular.Number, a, b))
		}
		n, err := tabular.Scaled(a, 9)
		if err != nil || tabular.Unscaled(n, 9, 0) != a {
			t.Fatalf("%s scaled is %d, back %s, %v", a, n, tabular.Unscaled(n, 9, 0), err)
		}
		if want := new(big.Rat).Mul(x, big.NewRat(1_000_000_000, 1)); !want.IsInt() || want.Num().Int64() != n {
			t.Fatalf("%s scaled is %d", a, n)
		}
	})
}

// Any texts go through canonical CSV and come back, and no cell of text begins like a formula.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", "a", "=1+1", "'=1", "''=1", "'", "''", "a,b", `"`, "x\ny", "\t", "\n", "+", "-1", "@", "＝1", "'＠", "\u2028", `\`, " x", "#"} {
		f.Add(s, "b")
		f.Add("a", s)
	}
	two := tabular.Schema{Columns: []tabular.Column{{ID: "a", Type: tabular.String}, {ID: "b", Type: tabular.String}}}
	one := tabular.Schema{Columns: two.Columns[:1]}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, text := range []string{a, b} {
			canon, err := two.Columns[0].Canon(text)
			if err != nil {
				if utf8.ValidString(text) && len(text) <= tabular.MaxCell && !strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
					t.Fatalf("%q is refused: %v", text, err)
				}
				return
			}
			if canon != text {
				t.Fatalf("%q became %q", text, canon)
			}
		}
		for _, c := range []struct {
			s   tabular.Schema
			row []string
		}{{two, []string{a, b}}, {one, []string{a}}} {
			text := c.s.AppendRow(c.s.AppendHeader(nil), c.row)
			plain, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
			if err != nil || len(plain) != 2 {
				t.Fatalf("%q: %q, %v", text, plain, err)
			}
			for i, cell := range plain[1] {
				if strings.IndexAny(cell, "=+-@\t\r\n＝＋－＠") == 0 {
					t.Fatalf("a spreadsheet would run %q", cell)
				}
				if strings.TrimPrefix(cell, "'") != c.row[i] && cell != c.row[i] {
					t.Fatalf("%q is shown as %q", c.row[i], cell)
				}
			}
			var back [][]string
			err = c.s.ReadCanonical(bytes.NewReader(text))(func(row []string) error {
				back = append(back, slices.Clone(row))
				return nil
			})
			if err != nil || len(back) != 1 || !slices.Equal(back[0], c.row) {
				t.Fatalf("%q came back as %q, %v", c.row, back, err)
			}
		}
	})
}

func TestQuotingIsMinimal(t *testing.T) {
	s := tabular.Schema{Columns: []tabular.Column{{ID: "a", Type: tabular.String}, {ID: "b", Type: tabular.GeoPoint}, {ID: "c", Type: tabular.Integer}}}
	got := string(s.AppendRow(s.AppendHeader(nil), []string{`say "no", twice`, "1,2", "-5"})) + string(s.AppendRow(nil, []string{"plain text", "", ""}))
	want := "a,b,c\r\n\"say \"\"no\"\", twice\",\"1,2\",-5\r\nplain text,,\r\n"
	if got != want {
		t.Errorf("got %q", got)
	}
}

func TestConstraints(t *testing.T) {
	s := tabular.Schema{Key: []string{"k"}, Columns: []tabular.Column{
		{ID: "k", Type: tabular.String},
		{ID: "level", Type: tabular.String, Required: true, Enum: []string{"low", "high"}},
		{ID: "n", Type: tabular.Number, Minimum: "-1.5", Maximum: "10"},
		{ID: "d", Type: tabular.Date, Minimum: "2026-01-01"},
		{ID: "code", Type: tabular.String, Pattern: "[A-Z]{2}"},
	}}
	c, err := tabular.NewChecker(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, p := c.Row([]string{"a", "low", "-1.5", "2026-01-01", "AB"}); len(p) != 0 {
		t.Errorf("problems %v", p)
	}
	_, p := c.Row([]string{"", "middle", "-1.6", "2025-12-31", "ABC"})
	_, q := c.Row([]string{"b", "", "10.01", "", ""})
	want := "[line 3, k: it is empty, and it is part of what names a row line 3, level: “middle” is not one of the values allowed line 3, n: -1.6 is below the minimum of -1.5 " +
		"line 3, d: 2025-12-31 is below the minimum of 2026-01-01 line 3, code: “ABC” does not have the form [A-Z]{2} " +
		"line 4, level: it is empty, and it is required line 4, n: 10.01 is above the maximum of 10]"
	if got := fmt.Sprint(append(p, q...)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestASchemaThatIsWrongIsRefused(t *testing.T) {
	ok := tabular.Column{ID: "a", Type: tabular.String}
	for want, s := range map[string]tabular.Schema{
		"1 to 200 columns":           {},
		"small letters":              {Columns: []tabular.Column{{ID: "A", Type: tabular.String}}},
		"no type":                    {Columns: []tabular.Column{{ID: "a", Type: "text"}}},
		"called":                     {Columns: []tabular.Column{ok, ok}},
		"no column":                  {Columns: []tabular.Column{ok}, Key: []string{"b"}},
		"twice":                      {Columns: []tabular.Column{ok}, Key: []string{"a", "a"}},
		"mean nothing":               {Columns: []tabular.Column{{ID: "a", Type: tabular.Boolean, Minimum: "true"}}},
		"above its maximum":          {Columns: []tabular.Column{{ID: "a", Type: tabular.Integer, Minimum: "10", Maximum: "9"}}},
		"is written":                 {Columns: []tabular.Column{{ID: "a", Type: tabular.Number, Decimals: 2, Minimum: "1"}}},
		"pattern is for text":        {Columns: []tabular.Column{{ID: "a", Type: tabular.Integer, Pattern: "1"}}},
		"its pattern":                {Columns: []tabular.Column{{ID: "a", Type: tabular.String, Pattern: "("}}},
		"no value of enum":           {Columns: []tabular.Column{{ID: "a", Type: tabular.String, Enum: []string{""}}}},
		"only a number has decimals": {Columns: []tabular.Column{{ID: "a", Type: tabular.Integer, Decimals: 2}}},
	} {
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestNumbersThatDoNotFitTogetherAreRefused(t *testing.T) {
	table := tabulartest.Table{Schema: tabular.Schema{Columns: []tabular.Column{{ID: "a", Type: tabular.Number}}},
		Rows: [][]string{{"1234567890123"}, {"0.1234567"}}}
	if _, err := table.Profile(); err == nil || !strings.Contains(err.Error(), "together more than 18") {
		t.Errorf("got %v", err)
	}
}

func TestReadCSV(t *testing.T) {
	s := tabular.Schema{Columns: []tabular.Column{{ID: "name", Type: tabular.String, Title: i18n.Text{"en": "The name", "ar": "الاسم"}}, {ID: "n", Type: tabular.Integer}}}
	read := func(text string) string {
		var all [][]string
		err := s.ReadCSV(strings.NewReader(text))(func(row []string) error {
			all = append(all, slices.Clone(row))
			return nil
		})
		if err != nil {
			return "error: " + err.Error()
		}
		return fmt.Sprint(all)
	}
	for text, want := range map[string]string{
		"name,n\r\nAnn,1\r\n":                "[[Ann 1]]",
		"\ufeffn;The name\n1;'=x\n":          "[[=x 1]]",
		"الاسم\tn\nAnn\t1\n":                 "[[Ann 1]]",
		"n,name\n":                           "[]",
		"name\nAnn\n":                        `error: the file has no column "n"`,
		"name,n,m\n":                         `error: the file has a column “m” that the dataset does not have, or has it twice`,
		"name,n,n\n":                         `error: the file has a column “n” that the dataset does not have, or has it twice`,
		"":                                   "error: the file has no first line with the names of its columns: EOF",
		"name,n\nAnn\n":                      "error: the file is not CSV: record on line 2: wrong number of fields",
		"name,n\n\"Ann,1\n":                  "error: the file is not CSV: parse error on line 2, column 8: extraneous or missing \" in quoted-field",
		"name,n\n\"a\nb\",2\n":               "[[a\nb 2]]",
		"name,n\n\"a; b\",2\n'Twas,3\n''=,4": "[[a; b 2] ['Twas 3] ['= 4]]",
	} {
		if got := read(text); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
	if err := s.ReadCanonical(strings.NewReader("n,name\r\n"))(nil); err == nil {
		t.Error("another header was read")
	}
	if err := s.ReadCSV(failing{})(nil); err != io.ErrClosedPipe {
		t.Errorf("got %v", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestTableSchema(t *testing.T) {
	s := tabular.Schema{Key: []string{"id"}, Columns: []tabular.Column{
		{ID: "id", Type: tabular.Integer, Unique: true, Minimum: "1"},
		{ID: "amount", Type: tabular.Number, Decimals: 2, Unit: "GBP", Title: i18n.Text{"en": "Amount", "ar": "المبلغ"}, About: i18n.Text{"en": "Paid & booked"}},
		{ID: "phone", Type: tabular.String, Pattern: `\+[0-9 ]+`, Enum: []string{"+1", "2"}},
		{ID: "day", Type: tabular.Date, Maximum: "2026-12-31"},
		{ID: "year", Type: tabular.Year, Minimum: "0622"},
	}}
	c, err := tabular.NewChecker(s)
	if err != nil {
		t.Fatal(err)
	}
	c.Row([]string{"1", "1.00", "+1", "", ""})
	p, _ := c.Profile()
	got, err := s.TableSchema("ar", p)
	want := `{
  "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
  "fields": [
    {
      "name": "id",
      "type": "integer",
      "constraints": {
        "required": true,
        "unique": true,
        "minimum": 1
      }
    },
    {
      "name": "amount",
      "title": "المبلغ",
      "description": "Paid & booked",
      "type": "number",
      "unit": "GBP",
      "decimals": 2
    },
    {
      "name": "phone",
      "type": "string",
      "constraints": {
        "enum": [
          "'+1",
          "2"
        ],
        "pattern": "'?(\\+[0-9 ]+)"
      }
    },
    {
      "name": "day",
      "type": "date",
      "constraints": {
        "maximum": "2026-12-31"
      }
    },
    {
      "name": "year",
      "type": "year",
      "constraints": {
        "minimum": 622
      }
    }
  ],
  "missingValues": [
    ""
  ],
  "primaryKey": [
    "id"
  ]
}
`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
}
