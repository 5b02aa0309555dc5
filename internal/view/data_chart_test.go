package view_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/dataset"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tabular"
	"stoa/internal/view"
	"stoa/jurisdictions"
)

// gallery is Greenvale with datasets of a test's own.
type gallery struct {
	t     testing.TB
	db    *store.DB
	sets  *dataset.Store
	view  *view.View
	reads view.Reader
}

func newGallery(t testing.TB) *gallery {
	t.Helper()
	j, problems := service.Load(jurisdictions.Greenvale())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	db, clock := storetest.SQLite(t, dataset.Migrations())
	folder, err := shelf.Open(t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	g := &gallery{t: t, db: db, sets: dataset.New(dataset.Config{DB: db, Shelf: folder, Log: slog.New(slog.DiscardHandler)})}
	t.Cleanup(func() {
		folder.Wait()
		if err := g.sets.Close(); err != nil {
			t.Error(err)
		}
	})
	releases := release.New()
	releases.Enforce(j)
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	g.reads = view.Reader{P: words.For("en")}
	g.view = view.New(view.Deps{DB: db, Docket: &docket.Docket{Releases: releases}, Datasets: g.sets, Site: view.Site{URL: "https://x.example"}, Now: clock.Now})
	return g
}

type fatal interface {
	Helper()
	Fatal(...any)
}

func (g *gallery) publish(t fatal, id string, columns []tabular.Column, rows [][]string) {
	t.Helper()
	ctx := context.Background()
	d, err := g.sets.Draft(ctx, dataset.Spec{Dataset: id, Organisation: "planning", Licence: "CC0-1.0", Title: i18n.Text{"en": id}, Schema: tabular.Schema{Columns: columns}},
		func(yield func([]string) error) error {
			for _, r := range rows {
				if err := yield(r); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := g.sets.Prepare(ctx, d); err != nil {
		t.Fatal(err)
	}
	err = g.db.Write(ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		_, _, err := g.sets.Publish(ctx, tx, d, "")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (g *gallery) chart(t fatal, id string, q view.DataQuestion) view.DataChart {
	t.Helper()
	c, err := g.view.Data().Chart(context.Background(), g.reads, id, 0, q)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var payments = []tabular.Column{
	{ID: "day", Type: tabular.Date, Title: i18n.Text{"en": "Day"}}, {ID: "ward", Type: tabular.String, Title: i18n.Text{"en": "Ward"}},
	{ID: "kind", Type: tabular.String, Title: i18n.Text{"en": "Kind"}}, {ID: "amount", Type: tabular.Number, Decimals: 2, Unit: "GBP", Title: i18n.Text{"en": "Amount"}},
}

var anyPayment = rapid.Custom(func(t *rapid.T) []string {
	day := ""
	if rapid.IntRange(0, 9).Draw(t, "dated") > 0 {
		day = fmt.Sprintf("20%02d-%02d-%02d", rapid.IntRange(24, 26).Draw(t, "y"), rapid.IntRange(1, 12).Draw(t, "m"), rapid.IntRange(1, 28).Draw(t, "d"))
	}
	amount := ""
	if rapid.IntRange(0, 9).Draw(t, "filled") > 0 {
		pence := rapid.IntRange(-99999, 99999).Draw(t, "pence")
		amount = strconv.FormatFloat(float64(pence)/100, 'f', 2, 64)
	}
	return []string{day, rapid.SampledFrom([]string{"", "A", "B", "C & D"}).Draw(t, "ward") + strings.Repeat("x", rapid.IntRange(0, 12).Draw(t, "more")),
		rapid.SampledFrom([]string{"x", "y", ""}).Draw(t, "kind"), amount}
})

// Everything that a picture shows is summed up again, slowly and obviously, from the rows themselves.
func TestPicturesAddUp(t *testing.T) {
	g := newGallery(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(anyPayment, 1, 60).Draw(t, "rows")
		n++
		id := "payments-" + strconv.Itoa(n)
		g.publish(t, id, payments, rows)
		q := view.DataQuestion{By: rapid.SampledFrom([]string{"ward", "kind", "day.month", "day.year", "day"}).Draw(t, "by"), Of: rapid.SampledFrom([]string{"count", "sum.amount"}).Draw(t, "of")}
		if s := rapid.SampledFrom([]string{"", "kind", "ward"}).Draw(t, "split"); s != q.By {
			q.Split = s
		}
		only := rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "only")
		if only != "" {
			q.Where = []view.DataFilter{{Column: "kind", Op: view.FilterIs, Value: only}}
		}
		c := g.chart(t, id, q)
		if len(c.Problems) > 0 {
			if len(c.Problems) == 1 && strings.Contains(c.Problems[0].Text, "too long") {
				return // three years of days
			}
			t.Fatal(c.Problems)
		}
		want, found := 0, 0
		for _, r := range rows {
			if only != "" && r[2] != only {
				continue
			}
			found++
			if strings.HasPrefix(q.By, "day") && r[0] == "" {
				continue
			}
			if q.Of == "count" {
				want++
			} else if r[3] != "" {
				f, _ := strconv.ParseFloat(r[3], 64)
				want += int(f*100 + map[bool]float64{true: 0.5, false: -0.5}[f > 0])
			}
		}
		got := 0.0
		for _, s := range c.Figure.Series {
			if len(s.Values) != len(c.Figure.Categories)+len(c.Figure.Dates) {
				t.Fatalf("%d values for %d and %d", len(s.Values), len(c.Figure.Categories), len(c.Figure.Dates))
			}
			for _, v := range s.Values {
				if v.Known {
					got += v.N
				}
			}
		}
		if int(c.Found) != found || int(got+map[bool]float64{true: 0.5, false: -0.5}[got > 0]) != want {
			t.Fatalf("%v: %d rows found, %d expected; the picture adds up to %v, the rows to %d", q, c.Found, found, got, want)
		}
		if len(c.Figure.Series) > 7 || len(c.Figure.Categories) > 21 {
			t.Fatalf("%d series of %d", len(c.Figure.Series), len(c.Figure.Categories))
		}
	})
}

func TestManyGroupsAreTheLargestAndOthers(t *testing.T) {
	g := newGallery(t)
	var rows [][]string
	for i := range 10_000 {
		rows = append(rows, []string{"2026-01-01", "W" + strconv.Itoa(i), "x", strconv.Itoa(i)})
	}
	g.publish(t, "many", payments, rows)
	c := g.chart(t, "many", view.DataQuestion{By: "ward", Of: "sum.amount"})
	f := c.Figure
	if len(f.Categories) != 21 || f.Categories[0] != "W9999" || f.Categories[20] != "Others" || !f.Rest || f.Currency != "GBP" {
		t.Fatal(f)
	}
	if top, rest := f.Series[0].Values[0].N, f.Series[0].Values[20].N; top != 999900 || rest != 100*(9979*9980/2) {
		t.Error(top, rest)
	}
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "20 largest of 10,000") {
		t.Error(c.Notes)
	}
	mean := g.chart(t, "many", view.DataQuestion{By: "ward", Of: "median.amount"})
	if v := mean.Figure.Series[0].Values[20]; v.N != 100*4989.5 {
		t.Error("the median of the others:", v)
	}
	name, body, err := g.view.Data().ChartCSV(context.Background(), g.reads, "many", 1, view.DataQuestion{By: "ward", Of: "sum.amount"})
	if lines := strings.Count(string(body), "\r\n"); err != nil || name != "many-v1-chart.csv" || lines != 10_001 || !strings.HasPrefix(string(body), "ward,sum_amount\r\n") {
		t.Error(name, lines, err)
	}
}

// The statistics of Greenvale's services hold figures back; a sum of which a part is held back is held back.
func TestWhatIsHeldBackStaysSo(t *testing.T) {
	g := newGallery(t)
	columns := []tabular.Column{{ID: "month", Type: tabular.YearMonth}, {ID: "received", Type: tabular.Integer}, {ID: "decided", Type: tabular.Integer}}
	g.publish(t, "premises-licence-statistics", columns, [][]string{{"2025-11", "9", "7"}, {"2025-12", "", "8"}, {"2026-02", "12", ""}})
	c := g.chart(t, "premises-licence-statistics", view.DataQuestion{})
	if c.Question.By != "month" || c.Question.Of != "sum.received" || c.Question.Kind != view.KindBars {
		t.Fatal(c.Question)
	}
	v := c.Figure.Series[0].Values
	if len(v) != 4 || v[0].N != 9 || !v[1].Held || v[2].N != 0 || !v[2].Known || v[3].N != 12 {
		t.Fatal(v)
	}
	for _, of := range []string{"sum.received", "mean.received", "max.received"} {
		years := g.chart(t, "premises-licence-statistics", view.DataQuestion{By: "month.year", Of: of})
		v = years.Figure.Series[0].Values
		if len(v) != 2 || !v[0].Held || v[0].Known || v[1].N != 12 {
			t.Errorf("%s: %v", of, v)
		}
		if len(years.Notes) == 0 || !strings.Contains(strings.Join(years.Notes, " "), "held back") {
			t.Error(years.Notes)
		}
		_, body, err := g.view.Data().ChartCSV(context.Background(), g.reads, "premises-licence-statistics", 0, view.DataQuestion{By: "month.year", Of: of})
		if err != nil || !strings.Contains(string(body), "2025,\r\n") {
			t.Errorf("%s as CSV: %q %v", of, body, err)
		}
	}
}

func TestNonsenseIsRefusedInASentence(t *testing.T) {
	g := newGallery(t)
	g.publish(t, "few", payments, [][]string{{"1990-01-01", "A", "x", "1"}, {"2026-01-01", "B", "y", "2"}})
	for _, c := range []struct {
		field string
		q     view.DataQuestion
	}{
		{"by", view.DataQuestion{By: "nothing"}}, {"by", view.DataQuestion{By: "ward.month"}}, {"split", view.DataQuestion{By: "ward", Split: "x'; DROP TABLE t"}},
		{"split", view.DataQuestion{By: "ward", Split: "ward"}}, {"of", view.DataQuestion{By: "ward", Of: "sum.ward"}}, {"of", view.DataQuestion{By: "ward", Of: "product.amount"}},
		{"kind", view.DataQuestion{By: "ward", Kind: "pie"}}, {"kind", view.DataQuestion{By: "ward", Of: "mean.amount", Kind: view.KindStack}},
		{"kind", view.DataQuestion{By: "ward", Kind: view.KindArea}}, {"kind", view.DataQuestion{Kind: view.KindMap}}, {"split", view.DataQuestion{By: "ward", Kind: view.KindPanels}},
		{"sort", view.DataQuestion{By: "ward", Sort: "random"}}, {"show", view.DataQuestion{Kind: view.KindRows, Show: []string{"secret"}}},
		{"by", view.DataQuestion{By: "day"}}, // 36 years of days
		{"f1", view.DataQuestion{Where: []view.DataFilter{{Column: "nothing", Op: view.FilterIs, Value: "1"}}}},
		{"f2", view.DataQuestion{Where: []view.DataFilter{{Column: "ward", Op: view.FilterIs, Value: "A"}, {Column: "amount", Op: view.FilterFrom, Value: "much"}}}},
		{"f1", view.DataQuestion{Where: []view.DataFilter{{Column: "ward", Op: view.FilterFrom, Value: "A"}}}},
		{"f1", view.DataQuestion{Where: []view.DataFilter{{Column: "amount", Op: view.FilterHas, Value: "1"}}}},
		{"f1", view.DataQuestion{Where: []view.DataFilter{{Column: "day", Op: view.FilterTo, Value: "2026-02-31"}}}},
		{"f1", view.DataQuestion{Where: []view.DataFilter{{Column: "day", Op: "like", Value: "2026"}}}},
		{"f1", view.DataQuestion{Where: slices.Repeat([]view.DataFilter{{Column: "ward", Op: view.FilterIs, Value: "A"}}, 9)}},
	} {
		p := g.chart(t, "few", c.q)
		if len(p.Problems) != 1 || p.Problems[0].Anchor != c.field || !strings.HasSuffix(p.Problems[0].Text, ".") || strings.Contains(p.Problems[0].Text, "{") {
			t.Errorf("%+v: %+v", c.q, p.Problems)
		}
		if _, _, err := g.view.Data().ChartCSV(context.Background(), g.reads, "few", 0, c.q); c.field != "by" && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v as CSV: %v", c.q, err)
		}
	}
	if p := g.chart(t, "few", view.DataQuestion{Where: []view.DataFilter{{Column: "ward", Op: view.FilterIs, Value: "A|B"}, {Column: "day", Op: view.FilterFrom, Value: "2026"}}}); len(p.Problems) > 0 || p.Found != 1 {
		t.Error(p.Problems, p.Found)
	}
	if _, err := g.view.Data().Chart(context.Background(), g.reads, "nowhere", 0, view.DataQuestion{}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := g.view.Data().Chart(context.Background(), g.reads, "few", 7, view.DataQuestion{}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestAMapOfPlaces(t *testing.T) {
	g := newGallery(t)
	columns := []tabular.Column{{ID: "name", Type: tabular.String, Unique: true}, {ID: "people", Type: tabular.Integer}, {ID: "at", Type: tabular.GeoPoint}}
	g.publish(t, "places", columns, [][]string{{"Mill", "5", "-1.5,52"}, {"Hall", "50", "-1.6,52.1"}, {"Nowhere", "7", ""}})
	c := g.chart(t, "places", view.DataQuestion{Kind: view.KindMap, Of: "sum.people"})
	if len(c.Places) != 2 || c.Places[0].Name != "Hall" || c.Places[0].Lon != -1.6 || c.Places[0].Value.N != 50 || c.Places[0].Plain || len(c.Notes) != 1 {
		t.Error(c.Places, c.Notes)
	}
	if usual := g.chart(t, "places", view.DataQuestion{}); usual.Question.By != "name" || usual.Question.Of != "sum.people" || usual.Title != "people by name" {
		t.Error(usual.Question, usual.Title)
	}
}
