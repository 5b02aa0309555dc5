package tax_test

import (
	"errors"
	"os"
	"testing"

	"stoa/internal/assess"
	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/service"
	"stoa/internal/tax"
)

func councilTax(t *testing.T) *service.Tax {
	t.Helper()
	j, problems := service.Load(os.DirFS("../../jurisdictions/greenvale"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, x := range j.Taxes {
		if x.Tax == "council-tax" {
			return x
		}
	}
	t.Fatal("no council tax")
	return nil
}

// TestAnInputHoldsWhatIsKnownOfItsDays and nothing else.
func TestAnInputHoldsWhatIsKnownOfItsDays(t *testing.T) {
	x := councilTax(t)
	year := service.Span{From: april, Until: march}
	record := map[string]string{"band": "D", "occupation": "home", "adults": "2", "adapted": "no", "exemption": "none", "liable_person": "Ann"}
	known := []tax.Known{
		{No: 1, From: on("2026-06-01"), Object: record},
		{No: 2, From: on("2026-07-01"), Facts: map[string]string{"adults_who_count": "1"}},
		{No: 3, From: on("2026-12-01"), Facts: map[string]string{"unfurnished_since": "2026-11-30"}},
		{No: 4, From: on("2027-02-01"), Object: map[string]string{"band": "E"}, Facts: map[string]string{"adults_who_count": ""}},
		{No: 5, From: on("2027-06-01"), Object: map[string]string{"band": "F"}}, // after the year
		{No: 6, From: on("2026-08-01"), Facts: map[string]string{"gone_from_the_file": "yes"}},
	}
	a := &tax.Account{Object: "D1", From: on("2026-06-01"), Words: tax.Words{Label: "1 The Green"}}
	in, err := a.Input(x, known, year)
	if err != nil {
		t.Fatal(err)
	}
	if in.Liable.From != on("2026-06-01") || in.Liable.Until != march || in.Object.Label != "1 The Green" {
		t.Errorf("liable %v", in.Liable)
	}
	if len(in.Object.States) != 2 || in.Object.States[0].Fields["band"] != "D" || in.Object.States[1].From != on("2027-02-01") || in.Object.States[1].Fields["band"] != "E" {
		t.Errorf("states %+v", in.Object.States)
	}
	if in.Object.States[0].Fields["liable_person"] != nil {
		t.Error("the rules would see who pays")
	}
	if len(in.Facts) != 3 || in.Facts[0].ID != "adults_who_count" || in.Facts[0].From != on("2026-07-01") || in.Facts[0].Value.(money.Decimal).String() != "1" || in.Facts[2].Value != nil {
		t.Errorf("facts %+v", in.Facts)
	}
	if _, err := assess.Assess(t.Context(), in); err != nil {
		t.Errorf("assessed: %v", err)
	}
}

func TestWhatDoesNotFitTheFileIsSaid(t *testing.T) {
	x, year := councilTax(t), service.Span{From: april, Until: march}
	a := &tax.Account{Object: "D1", From: april}
	for _, facts := range []map[string]string{{"occupied_as": "castle"}, {"adults_who_count": "two"}, {"adapted_for_disabled": "true"}} {
		_, err := a.Input(x, []tax.Known{{No: 1, From: april, Facts: facts}}, year)
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v: %v", facts, err)
		}
	}
	if _, err := a.Input(x, []tax.Known{{No: 1, From: april, Object: map[string]string{"adults": "two"}}}, year); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a field that is no number: %v", err)
	}
	a.Until = on("2026-03-31")
	a.From = on("2026-01-01")
	if _, err := a.Input(x, nil, year); !errors.Is(err, tax.ErrNotLiable) {
		t.Errorf("not liable: %v", err)
	}
}

// TestAnswersAreKeptAsTheyWere whatever their type.
func TestAnswersAreKeptAsTheyWere(t *testing.T) {
	for typ, v := range map[string]any{"yes_no": true, "date": april, "text": "a, b", "one_of": "home", "number": money.NewDecimal(7)} {
		got, err := tax.Value(typ, tax.Text(v))
		if err != nil || got != v {
			if d, ok := got.(money.Decimal); !ok || !d.Equal(v.(money.Decimal)) {
				t.Errorf("%s: %v came back as %v, %v", typ, v, got, err)
			}
		}
	}
	if got, err := tax.Value("many_of", tax.Text([]string{"a", "b"})); err != nil || len(got.([]string)) != 2 {
		t.Errorf("several: %v, %v", got, err)
	}
}

func on(s string) calendar.Date { return calendar.MustDate(s) }
