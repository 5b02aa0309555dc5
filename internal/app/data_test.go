package app

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/dataset"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tax"
	"stoa/jurisdictions"
)

// sample is the demo with what it publishes.
func sample(t *testing.T) *App {
	t.Helper()
	a := open(t, Config{Data: t.TempDir(), URL: "http://127.0.0.1:8080"}, true, quiet())
	if _, err := a.signet(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.SeedDemo(t.Context(), jurisdictions.Greenvale(), 60, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *App) read(t *testing.T, do func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := a.DB.Read(t.Context(), "test", do); err != nil {
		t.Fatal(err)
	}
}

// versions are all that the demo has published, by dataset.
func (a *App) versions(t *testing.T) map[string][]*dataset.Version {
	t.Helper()
	all := map[string][]*dataset.Version{}
	a.read(t, func(ctx context.Context, tx *store.Tx) (err error) {
		for _, d := range a.Flow.Docket.Releases.Current().Datasets {
			if all[d.Dataset], err = a.datasets.Versions(ctx, tx, d.Dataset); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

func (a *App) cells(t *testing.T, v *dataset.Version) (rows []map[string]string) {
	t.Helper()
	err := a.datasets.Rows(t.Context(), v)(func(cells []string) error {
		row := map[string]string{}
		for i, c := range v.Spec.Columns {
			row[c.ID] = cells[i]
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestTheDemoPublishes looks at what a visitor of the sample finds.
func TestTheDemoPublishes(t *testing.T) {
	a := sample(t)
	all := a.versions(t)
	for id, least := range map[string]int{"wards": 1, "food-businesses": 3, "temporary-events": 3, "books-by-month": 3, "homes-by-occupation": 1, "business-properties": 1} {
		if n := len(all[id]); n < least {
			t.Errorf("%s has %d versions, and should have %d", id, n, least)
		}
	}
	a.read(t, func(ctx context.Context, tx *store.Tx) error {
		states, err := a.Flow.States.All(ctx, tx)
		for id, s := range states {
			t.Logf("%-40s %d versions, due %s %s %v", id, len(all[id]), s.Due, s.Problem, s.Findings)
			if s.Problem != "" {
				t.Errorf("%s: %s %v", id, s.Problem, s.Findings)
			}
		}
		if len(states) != len(all) {
			t.Errorf("%d of %d datasets were tried", len(states), len(all))
		}
		return err
	})
	a.countTax(t, all["business-rates-by-value"])
}

// countTax counts the bills for business rates one by one, and holds what is published against it.
func (a *App) countTax(t *testing.T, versions []*dataset.Version) {
	t.Helper()
	type sum struct{ n, minor int64 }
	truth := map[string]*sum{}
	a.read(t, func(ctx context.Context, tx *store.Tx) error {
		ids, err := store.Strings(ctx, tx, `SELECT id FROM tax_assessment WHERE tax = 'business-rates' AND state = $1`, tax.Published)
		for _, id := range ids {
			made, err := a.Flow.Money.Taxes.Assessment(ctx, tx, "revenues", id)
			if err != nil {
				return err
			}
			var object string
			if err := tx.QueryRow(ctx, `SELECT object FROM tax_account WHERE id = $1`, made.Account).Scan(&object); err != nil {
				return err
			}
			r, err := a.Flow.Docket.Records.PublicByNumber(ctx, tx, "hereditaments", object)
			if err != nil {
				return err
			}
			value, err := strconv.ParseFloat(r.Fields["rateable_value"], 64)
			if err != nil {
				return err
			}
			key := made.Begins.String() + map[bool]string{true: " <12000", false: map[bool]string{true: " 12000-51000", false: " >=51000"}[value < 51000]}[value < 12000]
			if truth[key] == nil {
				truth[key] = &sum{}
			}
			truth[key].n++
			truth[key].minor += made.Total
		}
		return err
	})
	if len(versions) == 0 || len(truth) == 0 {
		t.Fatalf("%d versions of %d bands", len(versions), len(truth))
	}
	shown := 0
	for _, row := range a.cells(t, versions[0]) {
		s := truth[row["period"]+" "+row["value"]]
		switch {
		case s == nil:
			t.Errorf("there is no bill in %v", row)
		case row["assessments"] == "" && row["charged"] == "":
		case s.n < 5 || row["assessments"] != strconv.FormatInt(s.n, 10) || strings.ReplaceAll(row["charged"], ".", "") != strconv.FormatInt(s.minor, 10):
			t.Errorf("%v, and counted it is %+v", row, *s)
		default:
			shown++
		}
	}
	if shown == 0 {
		t.Error("nothing is shown")
	}
}

// TestNoDatasetHoldsAPerson looks in every version of every dataset for whatever is sealed as a personal detail.
func TestNoDatasetHoldsAPerson(t *testing.T) {
	a := sample(t)
	type secret struct{ where, number string } // number: only that record must not hold it
	secrets := map[string]secret{}
	hold := func(where, number, value string) {
		if _, err := calendar.ParseISO(value); err == nil || len(value) < 6 || strings.Trim(value, "0123456789.") == "" {
			return // a day, a word as none, a number: not somebody's by itself
		}
		secrets[strings.ToLower(value)] = secret{where, number}
	}
	keep := func(where, value string) { hold(where, "", value) }
	open := map[string]bool{} // the name of a company stands in one register for all, and in another as whose property it is
	a.read(t, func(ctx context.Context, tx *store.Tx) error {
		j := a.Flow.Docket.Releases.Current()
		for id, reg := range j.Registers {
			if err := a.openValues(ctx, tx, reg, open); err != nil {
				return err
			}
			if err := a.sealed(ctx, tx, reg, func(r *record.Record, f service.RegisterField) {
				number := ""
				if f.ID == "address" || f.ID == "given_names" { // of a home: the same house may hold a shop; a name that shops and streets have too
					number = r.Number
				}
				if f.ID != "occupation" { // a word of three
					hold(id+"."+f.ID, number, r.Fields[f.ID])
				}
			}); err != nil {
				return err
			}
		}
		for _, p := range j.Demo.Residents {
			keep("resident", p.Name)
			keep("resident", p.Email)
		}
		return a.answers(ctx, tx, keep)
	})
	maps.DeleteFunc(secrets, func(value string, _ secret) bool { return open[value] })
	if len(secrets) < 150 {
		t.Fatalf("only %d details are sealed", len(secrets))
	}
	looked := 0
	for id, versions := range a.versions(t) {
		for _, v := range versions {
			for _, row := range a.cells(t, v) {
				for column, cell := range row {
					looked++
					for value, s := range secrets {
						if cell != "" && strings.Contains(strings.ToLower(cell), value) && (s.number == "" || s.number == row["number"]) {
							t.Errorf("%s version %d, %s: %q holds %q of %s", id, v.Number, column, cell, value, s.where)
						}
					}
				}
			}
		}
	}
	if looked < 3000 {
		t.Errorf("only %d cells", looked)
	}
}

// sealed goes through the personal fields of a register.
func (a *App) sealed(ctx context.Context, tx *store.Tx, reg *service.Register, do func(*record.Record, service.RegisterField)) error {
	for last := ""; ; {
		page, err := a.Flow.Docket.Records.Page(ctx, tx, reg.Register, last, 200)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			last = r.Number
			for _, f := range reg.Fields {
				if f.Personal != "" && !published(reg, r, r.Fields[f.ID]) {
					do(r, f)
				}
			}
		}
	}
}

// published reports whether a file publishes what it also keeps sealed: the address of a shop that is nobody's home.
func published(reg *service.Register, r *record.Record, value string) bool {
	for _, f := range reg.Fields {
		if f.Public && strings.Contains(r.Fields[f.ID], value) {
			return true
		}
	}
	return false
}

// answers goes through what applicants said of themselves.
func (a *App) answers(ctx context.Context, tx *store.Tx, keep func(where, value string)) error {
	ids, err := store.Strings(ctx, tx, `SELECT id FROM cases`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var c *cases.Case
		if c, err = a.Flow.Docket.Cases.Get(ctx, tx, id); err != nil {
			return err
		}
		s, ok := a.Flow.Docket.Releases.InForce(c.Service)
		if !ok {
			continue
		}
		for _, q := range s.Questions {
			if q.Personal == "" || q.Personal == "no" || q.Parent != nil {
				continue
			}
			if q.Type == "address" {
				continue // the register says what of it is public
			}
			for _, value := range c.Typed.Fields[q.ID] {
				keep(c.Service+"."+q.ID, value)
			}
		}
	}
	return nil
}

// openValues adds what a register publishes of what is nobody's personal detail.
func (a *App) openValues(ctx context.Context, tx *store.Tx, reg *service.Register, to map[string]bool) error {
	all, err := a.Flow.Docket.Records.Page(ctx, tx, reg.Register, "", 100_000)
	for _, r := range all {
		for _, f := range reg.Fields {
			if reg.Public && f.Public && f.Personal == "" {
				to[strings.ToLower(r.Fields[f.ID])] = true
			}
		}
	}
	return err
}
