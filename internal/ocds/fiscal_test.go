package ocds_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"testing"

	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/ocds"
)

func year() ocds.Fiscal {
	licensing, revenues := ocds.Code{ID: "licensing", Label: "Greenvale Licensing"}, ocds.Code{ID: "revenues", Label: "Greenvale Revenues"}
	return ocds.Fiscal{
		Name: "greenvale-2026", Title: ocds.Text{"en": "Public money of Greenvale Council, 2026/27", "ar": "المال العام"}, Year: 2026, From: "2026-04-01", Until: "2027-03-31",
		Homepage: "https://services.greenvale.example/money/budget/2026", Country: "GB", Currency: "GBP",
		Licence:   ocds.Licence{Name: "CC-BY-4.0", Path: "https://creativecommons.org/licenses/by/4.0/", Title: "Creative Commons Attribution 4.0"},
		Languages: []string{"en", "ar"},
		Lines: []ocds.FiscalLine{
			{ID: "markets-cleaning", Title: "Cleaning of markets", Organisation: licensing, Programme: ocds.Code{ID: "markets", Label: "Markets"},
				Function: ocds.Code{ID: "05.1", Label: "Waste management"}, Account: ocds.Code{ID: "5110", Label: "Services bought"},
				Approved: gbp(6_000_000), Adjusted: gbp(6_500_000), Committed: gbp(5_250_000), Executed: gbp(837_550)},
			{ID: "hostile", Title: `=HYPERLINK("http://x.example")`, Organisation: licensing, Account: ocds.Code{ID: "5110", Label: "+1"},
				Approved: gbp(100), Adjusted: gbp(100), Committed: gbp(0), Executed: gbp(-50)},
		},
		Income: []ocds.FiscalIncome{{Month: "2026-04", Organisation: revenues, Account: ocds.Code{ID: "4010", Label: "Council tax"}, Amount: gbp(12_345_678)},
			{Month: "2026-04", Organisation: licensing, Account: ocds.Code{ID: "4110", Label: "Temporary event notices"}, Amount: gbp(2100)}},
		Payments: []ocds.FiscalPayment{
			{ID: "P-2026-00007", Day: "2026-05-04", Line: "markets-cleaning", Organisation: licensing, Recipient: ocds.Code{ID: "S-00001", Label: "Cobble & Broom Ltd"},
				Contract: ocds.Code{ID: "C-2026-00001", Label: "Cleaning of the market square"}, Purpose: "@April", Amount: gbp(400_000)},
		},
	}
}

func TestFiscalPackage(t *testing.T) {
	f := year()
	raw, err := f.Package()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "datapackage.json", raw)
	var p struct {
		Resources []struct {
			Name, Path string
			Schema     struct {
				Fields     []struct{ Name, Type string }
				PrimaryKey []string
			}
		}
		Model struct {
			Measures   map[string]struct{ Source, Resource, Currency, Direction, Phase string }
			Dimensions map[string]struct {
				PrimaryKey []string
				Attributes map[string]struct{ Source, Resource, Constant string }
			}
		}
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{}
	for _, r := range p.Resources {
		table, err := f.Table(r.Name)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, r.Path, table)
		rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range r.Schema.Fields {
			columns[r.Name] = append(columns[r.Name], field.Name)
		}
		if !slices.Equal(rows[0], columns[r.Name]) {
			t.Errorf("%s: columns %v, described %v", r.Name, rows[0], columns[r.Name])
		}
		for _, row := range rows[1:] {
			for i, cell := range row {
				if amount := r.Schema.Fields[i].Type == "number"; cell != "" && bytes.ContainsRune([]byte("=+-@"), rune(cell[0])) && !amount {
					t.Errorf("%s: the cell %q is a formula", r.Name, cell)
				}
			}
		}
	}
	for name, m := range p.Model.Measures {
		if !slices.Contains(columns[m.Resource], m.Source) || m.Currency != "GBP" || m.Phase == "" || m.Direction == "" {
			t.Errorf("measure %s: %+v", name, m)
		}
	}
	for name, d := range p.Model.Dimensions {
		for key, a := range d.Attributes {
			if a.Constant == "" && !slices.Contains(columns[a.Resource], a.Source) {
				t.Errorf("dimension %s: %s: %+v", name, key, a)
			}
		}
		if _, ok := d.Attributes[d.PrimaryKey[0]]; !ok {
			t.Errorf("dimension %s has no %s", name, d.PrimaryKey)
		}
	}
}

func TestFiscalTablesHoldEveryAmount(t *testing.T) {
	f := year()
	for name, want := range map[string]int64{"budget": 6_000_100 + 6_500_100 + 5_250_000 + 837_500, "income": 12_345_678 + 2_100, "spending": 400_000} {
		raw, err := f.Table(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		amounts := map[string]bool{"approved": true, "adjusted": true, "committed": true, "executed": true, "income": true, "amount": true}
		var sum int64
		for _, row := range rows[1:] {
			for i, cell := range row {
				if !amounts[rows[0][i]] || cell == "" {
					continue
				}
				d, err := money.ParseDecimal(cell)
				if err != nil {
					t.Fatal(err)
				}
				a, err := money.FromDecimal(d, "GBP")
				if err != nil {
					t.Fatal(err)
				}
				sum += a.Minor
			}
		}
		if sum != want {
			t.Errorf("%s sums to %d, want %d", name, sum, want)
		}
	}
	if _, err := f.Table("persons"); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}
