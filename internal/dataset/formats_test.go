package dataset_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"

	"stoa/internal/dataset"
	"stoa/internal/store/storetest"
	"stoa/internal/tabular"
	"stoa/internal/tabular/tabulartest"
)

// What is published is read back from every format by a reader that is not ours.
func TestEveryFormatGivesTheRowsBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			n++
			table := tabulartest.Draw(rt, 12)
			spec := dataset.Spec{Dataset: fmt.Sprintf("d%d", n), Organisation: "o", Schema: table.Schema}
			v, _ := w.publish(spec, table.Rows)
			for format, read := range map[dataset.Format]func(tabular.Schema, []byte) ([][]string, error){
				dataset.CSV: readCSV, dataset.CSVGzip: readGzip, dataset.JSONL: readJSONL, dataset.Parquet: readParquet,
			} {
				b := w.bytes(v, format)
				got, err := read(table.Schema, b)
				if err != nil {
					rt.Fatalf("%s: %v\n%s", format, err, b)
				}
				if !slices.EqualFunc(got, table.Rows, slices.Equal) {
					rt.Fatalf("%s gives\n%q, published was\n%q\n%s", format, got, table.Rows, b)
				}
			}
			if !slices.EqualFunc(w.rows(v), table.Rows, slices.Equal) {
				rt.Fatalf("the rows of the database: %q", w.rows(v))
			}
		})
	})
}

func (w *world) bytes(v *dataset.Version, f dataset.Format) []byte {
	w.t.Helper()
	file, err := w.s.Open(w.t.Context(), v, f)
	must(w.t, err)
	b, err := io.ReadAll(file)
	must(w.t, err)
	if int64(len(b)) != file.Size {
		w.t.Errorf("%s: %d bytes, size says %d", f, len(b), file.Size)
	}
	must(w.t, file.Close())
	return b
}

func readCSV(s tabular.Schema, b []byte) ([][]string, error) {
	all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		return nil, err
	}
	if !slices.Equal(all[0], s.IDs()) {
		return nil, fmt.Errorf("header %q", all[0])
	}
	for _, row := range all[1:] {
		for i, cell := range row {
			if s.Columns[i].Type != tabular.String {
				continue
			}
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\n\r") {
				return nil, fmt.Errorf("a spreadsheet would run %q", cell)
			}
			row[i] = tabular.Unguard(cell)
		}
	}
	return all[1:], nil
}

func readGzip(s tabular.Schema, b []byte) ([][]string, error) {
	zip, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		return nil, err
	}
	return readCSV(s, plain)
}

func readJSONL(s tabular.Schema, b []byte) (rows [][]string, err error) {
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
	for {
		var object map[string]any
		if err := in.Decode(&object); err == io.EOF {
			return rows, nil
		} else if err != nil {
			return nil, err
		}
		row := make([]string, len(s.Columns))
		for i, c := range s.Columns {
			switch value := object[c.ID].(type) {
			case nil:
				continue
			case []any:
				row[i] = fmt.Sprintf("%v,%v", value[0], value[1])
			default:
				row[i] = fmt.Sprint(value)
			}
			if c.Type == tabular.Year {
				row[i] = fmt.Sprintf("%04s", row[i])
			}
			if _, isText := object[c.ID].(string); isText != slices.Contains([]tabular.Type{tabular.String, tabular.Date, tabular.YearMonth}, c.Type) {
				return nil, fmt.Errorf("%s is a %T", c.ID, object[c.ID])
			}
		}
		rows = append(rows, row)
	}
}

func readParquet(s tabular.Schema, b []byte) (rows [][]string, err error) {
	file, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	for i, f := range file.Schema().Fields() {
		if f.Name() != s.Columns[i].ID {
			return nil, fmt.Errorf("column %d is %s", i, f.Name())
		}
	}
	for _, group := range file.RowGroups() {
		in := group.Rows()
		buf := make([]parquet.Row, 10)
		for {
			n, err := in.ReadRows(buf)
			for _, values := range buf[:n] {
				row := make([]string, len(s.Columns))
				for _, v := range values {
					c := s.Columns[v.Column()]
					row[v.Column()] = parquetCell(c, file.Schema().Fields()[v.Column()], v)
				}
				rows = append(rows, row)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

func parquetCell(c tabular.Column, f parquet.Field, v parquet.Value) string {
	if v.IsNull() {
		return ""
	}
	switch c.Type {
	case tabular.Integer:
		return fmt.Sprint(v.Int64())
	case tabular.Number:
		scale := int(f.Type().LogicalType().Value.(*format.DecimalType).Scale)
		r := new(big.Rat).SetFrac(big.NewInt(v.Int64()), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil))
		s := r.FloatString(scale)
		if c.Decimals == 0 && strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	case tabular.Boolean:
		return fmt.Sprint(v.Boolean())
	case tabular.Date:
		return time.Unix(int64(v.Int32())*24*60*60, 0).UTC().Format(time.DateOnly)
	case tabular.Year:
		return fmt.Sprintf("%04d", v.Int32())
	}
	return string(v.ByteArray())
}

func TestGeoJSON(t *testing.T) {
	w := sqliteWorld(t)
	v, _ := w.publish(payments, [][]string{
		{"1", "2026-03-01", "=x", "12.5", "", "true", "2026", "2026-03", "35.93,31.95"},
		{"2", "", "", "", "", "", "", "", ""},
	})
	want := `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[35.93,31.95]},"properties":{"id":1,"paid":"2026-03-01","supplier":"=x","amount":12.50,"rate":null,"final":true,"year":2026,"period":"2026-03"}},
{"type":"Feature","geometry":null,"properties":{"id":2,"paid":null,"supplier":null,"amount":null,"rate":null,"final":null,"year":null,"period":null}}
]}
`
	if got := string(w.bytes(v, dataset.GeoJSON)); got != want || !json.Valid([]byte(got)) {
		t.Errorf("got\n%s", got)
	}
	spec := dataset.Spec{Dataset: "stops", Schema: tabular.Schema{Columns: []tabular.Column{{ID: "lat", Type: tabular.Number}, {ID: "lon", Type: tabular.Number}}}}
	v, _ = w.publish(spec, [][]string{{"1", "2"}, {"", "3"}, {"91", "0"}})
	if got := string(w.bytes(v, dataset.GeoJSON)); strings.Count(got, `"geometry":null`) != 2 || !strings.Contains(got, `"coordinates":[2,1]`) || !json.Valid([]byte(got)) {
		t.Errorf("got\n%s", got)
	}
	spec = dataset.Spec{Dataset: "plain", Schema: tabular.Schema{Columns: []tabular.Column{{ID: "a", Type: tabular.String}}}}
	v, _ = w.publish(spec, nil)
	if _, err := w.s.Open(t.Context(), v, dataset.GeoJSON); err == nil || slices.Contains(v.Formats(), dataset.GeoJSON) {
		t.Errorf("GeoJSON without places: %v", err)
	}
	if got := string(w.bytes(v, dataset.CSV)); got != "a\r\n" {
		t.Errorf("a table without rows is %q", got)
	}
}

// Two versions told apart by a slow and obvious way.
func TestDiffAgreesWithASlowOne(t *testing.T) {
	db, _ := storetest.SQLite(t, sets()...)
	w := newWorld(t, db, t.TempDir())
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		s := tabulartest.Schema(rt)
		a, b := tabulartest.Rows(rt, s, 8), tabulartest.Rows(rt, s, 8)
		if rapid.Bool().Draw(rt, "similar") {
			b = append(slices.Clone(a), b...)
		}
		b = unique(s, b)
		spec := dataset.Spec{Dataset: fmt.Sprintf("d%d", n), Schema: s}
		older, _ := w.publish(spec, a)
		newer, fresh := w.publish(spec, b)
		d, err := w.s.Diff(t.Context(), older, newer, 1000)
		must(t, err)
		want := slowDiff(s, a, b)
		if d.Changes != want || fresh && newer.Changes != want {
			rt.Fatalf("from %q to %q: %+v, version says %+v, want %+v", a, b, d.Changes, newer.Changes, want)
		}
		if got := patched(s, a, d.Rows); !reflect.DeepEqual(got, heap(s, b)) {
			rt.Fatalf("from %q by %+v: %v, want %v", a, d.Rows, got, heap(s, b))
		}
	})
}

func unique(s tabular.Schema, rows [][]string) (out [][]string) {
	seen := map[string]bool{}
	for _, r := range rows {
		if k := keyOf(s, r); len(s.Key) == 0 || !seen[k] {
			seen[k] = true
			out = append(out, r)
		}
	}
	return out
}

func keyOf(s tabular.Schema, row []string) string {
	var key []string
	for _, id := range s.Key {
		_, at := s.Column(id)
		key = append(key, row[at])
	}
	return fmt.Sprintf("%q", key)
}

func heap(s tabular.Schema, rows [][]string) map[string]int64 {
	h := map[string]int64{}
	for _, r := range rows {
		h[fmt.Sprintf("%q", r)]++
	}
	return h
}

func patched(s tabular.Schema, rows [][]string, changes []dataset.RowDiff) map[string]int64 {
	h := heap(s, rows)
	for _, c := range changes {
		if c.Old != nil {
			k := fmt.Sprintf("%q", c.Old)
			if h[k] -= c.Times; h[k] == 0 {
				delete(h, k)
			}
		}
		if c.New != nil {
			h[fmt.Sprintf("%q", c.New)] += c.Times
		}
	}
	return h
}

func slowDiff(s tabular.Schema, a, b [][]string) (c dataset.Changes) {
	if len(s.Key) == 0 {
		old, now := heap(s, a), heap(s, b)
		for k, n := range old {
			c.Removed += max(0, n-now[k])
		}
		for k, n := range now {
			c.Added += max(0, n-old[k])
		}
		return c
	}
	old := map[string][]string{}
	for _, r := range a {
		old[keyOf(s, r)] = r
	}
	for _, r := range b {
		before, ok := old[keyOf(s, r)]
		switch {
		case !ok:
			c.Added++
		case !slices.Equal(before, r):
			c.Changed++
		}
		delete(old, keyOf(s, r))
	}
	c.Removed = int64(len(old))
	return c
}
