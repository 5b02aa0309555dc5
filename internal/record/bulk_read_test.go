package record_test

import (
	"fmt"
	"strings"
	"testing"

	"stoa/internal/record"
)

// readAll reads a file of stalls and writes its rows as a person would tell them.
func readAll(file string) (rows []string, err error) {
	err = record.ReadRows(stalls, strings.NewReader(file), func(record.Columns) error { return nil }, func(r record.Row) error {
		said := fmt.Sprintf("%d: %s %v", r.Line, r.Number, r.Fields)
		for _, w := range r.Wrong {
			said += " ! " + strings.TrimSpace(w.Field+" "+w.Reason)
		}
		rows = append(rows, strings.Replace(said, " map[]", "", 1))
		return nil
	})
	return rows, err
}

func TestFilesAreReadRowByRow(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	for name, c := range map[string]struct{ file, want string }{
		"plain":            {"number,place,metres\nA,Mill Lane,04.50\n", "2: A map[metres:4.5 place:Mill Lane]"},
		"canonical":        {"number,metres,gas,day\nA,04.50,TRUE,2026-01-31\n", "2: A map[day:2026-01-31 gas:yes metres:4.5]"},
		"semicolons, mark": {"\ufeffnumber;place\r\nA;\"Mill; Lane\"\r\n", "2: A map[place:Mill; Lane]"},
		"formula":          {"number,place\nA,'=1+1\nB,=1+1\n", "2: A map[place:=1+1]|3: B map[place:=1+1]"},
		"taken away":       {"number,place\nA,\n", "2: A map[place:]"},
		"nul":              {"number,place\nA,a\x00b\nB,ok\n", "2: A ! place This contains characters that cannot be shown|3: B map[place:ok]"},
		"latin 1":          {"number,place\nA,caf\xe9\n", "2: A ! place This is not UTF-8. Save the file as UTF-8"},
		"backwards":        {"number,place\nA,a\u202eb\n", "2: A ! place This contains characters that cannot be shown"},
		"too many values":  {"number,place\nA,b,c\nB,d\n", "2:  ! The row has {have} values, the first line names {want}|3: B map[place:d]"},
		"a bare quote":     {"number,place\nA,b\"c\nB,d\n", "2:  ! The line cannot be read: look at its quotation marks|3: B map[place:d]"},
		"json lines":       {"{\"number\":\"A\",\"metres\":4.50,\"gas\":true,\"place\":null}\n\n{\"number\":1}\n", "1: A map[gas:yes metres:4.5 place:]|3: 1"},
		"not an object":    {"{\"number\":\"A\"}\n[1]\n{\"number\":\"B\"} x\n{\"number\":{\"a\":1}}\n", "1: A|2:  ! The line is not a JSON object|3:  ! The line is not a JSON object|4:  ! number This must be a text, a number or yes or no"},
		"twice":            {`{"number":"A","place":"x","place":"y"}`, "1: A map[place:x] ! place The field is there twice"},
		"no such field":    {`{"number":"A","colour":"x"}`, "1: A ! The register has no field {name}"},
		"the end":          {"{\"number\":\"A\"}\n{\"$end\":1}\n", "1: A"},
		"a huge line":      {"{\"number\":\"A\"}\n{\"place\":\"" + long + "\"}\n{\"number\":\"B\"}\n", "1: A|2:  ! The line is longer than 1 MB|3: B"},
	} {
		rows, err := readAll(c.file)
		if got := strings.Join(rows, "|"); err != nil || got != c.want {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
	for file, want := range map[string]string{
		"":                                 "empty",
		" \n\n":                            "empty",
		"\xff\xfen\x00":                    "UTF-16",
		"PK\x03\x04":                       "spreadsheet",
		"number,colour\nA,b\n":             "no field",
		"number,number\n":                  "twice",
		"number,place\nA,\"" + long + "\n": "longer than 1 MB",
	} {
		if _, err := readAll(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", file, err, want)
		}
	}
}

// FuzzReadRows: whatever comes, rows are numbered upwards, hold no field that the register does not have, and no text that
// cannot be stored.
func FuzzReadRows(f *testing.F) {
	f.Add("number,place\nA,\"b\n")
	f.Add("{\"number\":\"A\",\"place\":null}\n{\"")
	f.Add("\ufeffnumber\tplace\r\rA\x00\t=1")
	f.Fuzz(func(t *testing.T, file string) {
		last := int64(0)
		_ = record.ReadRows(stalls, strings.NewReader(file), func(record.Columns) error { return nil }, func(r record.Row) error {
			if r.Line <= last {
				t.Errorf("line %d after %d", r.Line, last)
			}
			last = r.Line
			for id, text := range r.Fields {
				if stalls.Field(id) == nil || strings.ContainsRune(text, 0) || strings.ToValidUTF8(text, "") != text {
					t.Errorf("%q: %q", id, text)
				}
			}
			return nil
		})
	})
}
