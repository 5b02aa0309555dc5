package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"stoa/internal/flow"
	jobs "stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// benchRegister is a register as an office keeps it: some fields for everybody, one that is personal, two to find by.
var benchRegister = &service.Register{RegisterFile: service.RegisterFile{Register: "bench", Organisation: licensing, Public: true, Label: "name", Fields: []service.RegisterField{
	{ID: "name", Type: "text", Public: true}, {ID: "address", Type: "text", Public: true}, {ID: "code", Type: "text", Public: true, Key: true}, {ID: "since", Type: "date", Public: true},
	{ID: "email", Type: "text", Key: true, Personal: "contact"},
}}}

// registers measures a register of a million records: look-ups and searches, each beside one read by the same index without
// anything around it; and bringing in a file, beside inserts of the rows that this leaves.
func registers(ctx context.Context, o options, out io.Writer) error {
	n := 50_000
	if o.cases >= 100_000 {
		n = million
	}
	dbs := []string{""}
	if o.postgres != "" {
		own, err := database(ctx, o.postgres, "bench_register")
		if err != nil {
			return err
		}
		dbs = append(dbs, own)
	}
	for _, at := range dbs {
		name := "SQLite"
		w, err := open(ctx, filepath.Join(o.dir, fmt.Sprintf("register-%d", n)), at)
		if err != nil {
			return err
		}
		if at != "" {
			name = "PostgreSQL"
		}
		w.Flow.Docket.Releases.Current().Registers[benchRegister.Register] = benchRegister
		if err := w.manyRecords(ctx, n); err != nil {
			return err
		}
		if err := w.searches(ctx, o, out, name, n); err != nil {
			return err
		}
		if err := w.importing(ctx, o, out, name, at == ""); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return nil
}

// manyRecords fills the register by statements that make rows from numbers, which only a benchmark may do. Of the words one
// is in each third record, one in each tenth, and one of fifty thousand in each.
func (w *world) manyRecords(ctx context.Context, n int) error {
	have := 0
	err := w.DB.Read(ctx, "bench.have", func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT COUNT(*) FROM record WHERE register = 'bench'`).Scan(&have)
	})
	if err != nil || have >= n {
		return err
	}
	const step = 10_000
	numbers := `WITH RECURSIVE n(i) AS (SELECT CAST(%d AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < %d) `
	for at := 0; at < n; at += step {
		err := w.DB.Write(ctx, "bench.fill", func(ctx context.Context, tx *store.Tx) error {
			from := fmt.Sprintf(numbers, at, at+step-1)
			for _, statement := range []string{
				`INSERT INTO record (id, register, organisation, number, service, case_id, holder, subject, state, from_day, until_day, version, label, public, sealed, updated) ` + from +
					`SELECT 'bench-' || (10000000 + i), 'bench', 'licensing', 'N' || (10000000 + i), '', '', '', '', 'active', '2020-01-01', '', 1, 'Mill ' || i,
					'{"name":"Mill ' || i || '","address":"Church Street","code":"C' || i || '","since":"2020-01-01"}', $1, 1700000000000000 + i FROM n`,
				`INSERT INTO record_word (register, term, number) ` + from + `SELECT 'bench', 'w' || (100000 + (i * 7919) % 50000), 'N' || (10000000 + i) FROM n WHERE $1 <> $2`,
				`INSERT INTO record_word (register, term, number) ` + from + `SELECT 'bench', 'street', 'N' || (10000000 + i) FROM n WHERE i % 3 = 0 AND $1 <> $2`,
				`INSERT INTO record_word (register, term, number) ` + from + `SELECT 'bench', 'church', 'N' || (10000000 + i) FROM n WHERE i % 10 = 1 AND $1 <> $2`,
			} {
				args := []any{[]byte{1}, []byte{2}}
				if _, err := tx.Exec(ctx, statement, args[:strings.Count(statement, "$")]...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reads is a measurement of one kind of read by four readers at once.
func (w *world) reads(o options, name, limit string, read func(ctx context.Context, tx *store.Tx, n int) error) subject {
	return subject{name, limit, func() (result, error) {
		return load(4, o.each, func(client, n int) error {
			return w.DB.Read(context.Background(), "bench.read", func(ctx context.Context, tx *store.Tx) error { return read(ctx, tx, client*1_000_003+n*7919) })
		})
	}}
}

func (w *world) searches(ctx context.Context, o options, out io.Writer, name string, n int) error {
	records := w.Flow.Docket.Records
	number := func(i int) string { return fmt.Sprintf("N%d", 10_000_000+i%n) }
	find := func(words func(i int) string) func(context.Context, *store.Tx, int) error {
		return func(ctx context.Context, tx *store.Tx, i int) error {
			_, err := records.Find(ctx, tx, "bench", words(i), "", 21, false)
			return err
		}
	}
	rare := func(i int) string { return fmt.Sprintf("w%d", 100_000+i%50_000) }
	const limit = "bare indexed read"
	subjects := []subject{
		w.reads(o, limit, "", func(ctx context.Context, tx *store.Tx, i int) error {
			var id string
			return tx.QueryRow(ctx, `SELECT id FROM record WHERE register = $1 AND number = $2`, "bench", number(i)).Scan(&id)
		}),
		w.reads(o, "look-up by number", limit, func(ctx context.Context, tx *store.Tx, i int) error {
			_, err := records.PublicByNumber(ctx, tx, "bench", number(i))
			return err
		}),
		w.reads(o, "a page of the list, anywhere", limit, func(ctx context.Context, tx *store.Tx, i int) error {
			_, err := records.Find(ctx, tx, "bench", "", number(i), 21, false)
			return err
		}),
		w.reads(o, "search: a rare word", limit, find(rare)),
		w.reads(o, "search: a word in each third record", limit, find(func(int) string { return "street" })),
		w.reads(o, "search: a rare and a common word", limit, find(func(i int) string { return rare(i) + " street" })),
		w.reads(o, "search: two common words", limit, find(func(int) string { return "street church" })),
		w.reads(o, "search: the first letter of many words", limit, find(func(int) string { return "w" })),
		w.reads(o, "search: a word that nothing has", limit, find(func(int) string { return "xyzzy street" })),
	}
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, fmt.Sprintf("A register of %s records, %s, four readers", thousands(float64(n)), name), results)
	return nil
}

// formKey is the key of a form that is sent once.
func (w *world) formKey() string {
	token, err := w.Flow.People.Token()
	if err != nil {
		return ""
	}
	return token[:20]
}

var imports atomic.Int64

// importing brings in files of new records, and looks at the same file again.
func (w *world) importing(ctx context.Context, o options, out io.Writer, name string, sqlite bool) error {
	const rows = 5000
	runner := jobs.NewRunner(w.DB, slog.New(slog.NewTextHandler(io.Discard, nil)))
	runner.HandleTx(flow.RegisterImportJob, w.Flow.Registers().WorkImport)
	boss := policy.Actor{Person: w.officer.Person, Name: "Sue", Grants: []policy.Grant{{Role: policy.Supervisor, Organisation: licensing}}}
	boss.Person = "bench-boss"
	file := func(rows int) string {
		set := imports.Add(1)
		var b strings.Builder
		b.WriteString("number,name,address,code,since,email\n")
		for i := range rows {
			fmt.Fprintf(&b, "I%d-%d,Mill %d,%d Church Street,C%d,2024-01-01,p%d@example.com\n", time.Now().Unix(), set*1_000_000+int64(i), i, i, i, i)
		}
		return b.String()
	}
	last := ""
	bring := func(text string, carry bool) (result, error) {
		begun := time.Now()
		id, err := w.Flow.Registers().Import(ctx, w.officer, flow.ImportRecords{Register: "bench", Name: "bench.csv", Key: w.formKey(), File: strings.NewReader(text)})
		if err == nil {
			_, err = runner.RunDue(ctx)
		}
		if err == nil && carry {
			var i *record.Import
			err = w.DB.Read(ctx, "bench.import", func(ctx context.Context, tx *store.Tx) (err error) {
				i, err = w.Flow.Docket.Records.Imports().Get(ctx, tx, id)
				return err
			})
			if err == nil {
				if err = w.Flow.Registers().CarryOutImport(ctx, boss, flow.ActOnImport{Import: id, Version: i.Version, Key: w.formKey()}); err == nil {
					_, err = runner.RunDue(ctx)
				}
			}
		}
		return result{Count: strings.Count(text, "\n") - 1, Took: time.Since(begun)}, err
	}
	var subjects []subject
	limit := ""
	if sqlite {
		limit = "bare inserts of the same rows"
		t, err := w.trace(ctx, []string{"record", "record_version", "record_key", "record_word", "subject_key"}, func() error { _, err := bring(file(1), true); return err })
		if err != nil {
			return err
		}
		t.rows = slices.DeleteFunc(t.rows, func(r row) bool {
			return slices.ContainsFunc(r.values, func(v any) bool { b, is := v.([]byte); return v == nil || is && len(b) == 0 })
		}) // the key of the import, which is destroyed by now
		bare, err := openBareSQLite(ctx, o, t)
		if err != nil {
			return err
		}
		defer bare.close() //nolint:errcheck // only measured
		subjects = append(subjects, subject{limit, "", func() (result, error) { return load(64, o.each, func(int, int) error { return bare.insert() }) }})
	}
	subjects = append(subjects,
		subject{"new records: received, judged, carried out", limit, func() (result, error) { last = file(rows); return bring(last, true) }},
		subject{"the same file again: received and judged", limit, func() (result, error) { return bring(last, false) }})
	results, err := interleave(o.rounds, subjects)
	if err != nil {
		return err
	}
	table(out, fmt.Sprintf("Bringing in files of %d rows, %s: rows a second", rows, name), results)
	return nil
}
