package service

import (
	"path/filepath"
	"slices"
	"testing"

	"stoa/internal/calendar"
)

func loadTaxes(t *testing.T) *Jurisdiction {
	t.Helper()
	j, problems := Load(folder(t, "testdata/taxes/base"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return j
}

// TestATaxIsPinned makes the same tax of its sources: without seeds, the chart of accounts, or other taxes.
func TestATaxIsPinned(t *testing.T) {
	for _, x := range loadTaxes(t).Taxes {
		pinned, problems := LoadPinned(x.Sources())
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		p := pinned.Taxes[0]
		if p.Hash != x.Hash || p.Hash != p.Rules.Hash || len(p.Charge) != len(x.Charge) || len(p.Fields) != len(x.Fields) {
			t.Errorf("%s: pinned hash %s, want %s", x.Tax, p.Hash, x.Hash)
		}
	}
}

// TestWhatChangesTheHashOfATax changes one file at a time.
func TestWhatChangesTheHashOfATax(t *testing.T) {
	before := loadTaxes(t).Taxes[1]
	if before.Tax != "council-tax" {
		t.Fatal(before.Tax)
	}
	for name, changes := range map[string]bool{
		"calendar.yaml": true, "jurisdiction.yaml": true, "parameters/taxes.yaml": true,
		"registers/dwellings.yaml": true, "taxes/council-tax.yaml": true,
		"money.yaml": false, "registers/dwellings.csv": false, "registers/hotels.yaml": false, "taxes/business-rates.yaml": false,
	} {
		files := folder(t, "testdata/taxes/base")
		end := "# changed\n"
		if filepath.Ext(name) == ".csv" {
			end = "D3,3 High Street,A,Ada,,2020-01-01,\n"
		}
		files[name].Data = append(files[name].Data, end...)
		again, problems := Load(files)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := again.Taxes[1].Hash != before.Hash; got != changes {
			t.Errorf("%s changed: hash changed is %v, want %v", name, got, changes)
		}
	}
}

// TestATaxLooksAtLittle of a record and of the figures: what its rules name.
func TestATaxLooksAtLittle(t *testing.T) {
	x := loadTaxes(t).Taxes[1]
	if got := ids(x.Fields, func(f *RegisterField) string { return f.ID }); !slices.Equal(got, []string{"band"}) {
		t.Errorf("fields %v", got)
	}
	if len(x.Params) != 1 || x.Params[0].ID != "band_d" {
		t.Errorf("%d parameters", len(x.Params))
	}
	object := x.Rules.Pages[0].Questions[0]
	if _, ok := object.ValueType.Field("payer_name"); ok {
		t.Error("rules see who pays")
	}
	if f := x.Fact("single_adult"); f.Default != false || f.Claim.Upload != "none" {
		t.Errorf("the fact has the default %v", f.Default)
	}
}

// TestPeriodsFollowEachOther without gap or overlap, and every day lies in its own.
func TestPeriodsFollowEachOther(t *testing.T) {
	for _, p := range []TaxPeriodFile{{Every: "year", Begins: "04-01"}, {Every: "quarter", Begins: "02-28"}, {Every: "month", Begins: "01-01"}, {Every: "month", Begins: "12-15"}} {
		x := &Tax{TaxFile: TaxFile{Period: p}}
		s, err := x.Period(calendar.MustDate("2023-12-31"))
		if err != nil || !s.Has(calendar.MustDate("2023-12-31")) {
			t.Fatalf("%v: %v, %v", p, s, err)
		}
		for s.From.Year() < 2029 {
			next, err := x.After(s)
			if err != nil {
				t.Fatal(err)
			}
			if day, err := s.Until.AddDays(1); err != nil || day != next.From {
				t.Fatalf("%v: after %v comes %v", p, s, next)
			}
			back, err := x.Before(next)
			if err != nil || back != s {
				t.Fatalf("%v: before %v is %v, %v", p, next, back, err)
			}
			for d := next.From; !d.After(next.Until); {
				if in, err := x.Period(d); err != nil || in != next {
					t.Fatalf("%v: %s lies in %v, %v", p, d, in, err)
				}
				if d, err = d.AddDays(1); err != nil {
					t.Fatal(err)
				}
			}
			s = next
		}
	}
}
