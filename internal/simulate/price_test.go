package simulate

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"stoa/internal/process"
	"stoa/internal/service"
)

// TestPricedTwiceIsAsJudgedTwice: a study of another fee says the same, whether cases are judged anew for it or only priced; also
// where the new fee asks a register that nobody had asked.
func TestPricedTwiceIsAsJudgedTwice(t *testing.T) {
	j, problems := service.Load(os.DirFS("../../jurisdictions/greenvale"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	other := 0
	for _, s := range j.Services {
		for _, f := range s.Fee {
			for n, amount := range []string{"12.5", "0", f.Amount.Expr.Source + " * 2", asks(s, f)} {
				change := &service.ChangeFile{Service: s.Service, Amounts: []service.AmountChangeFile{{ID: f.ID, Amount: amount}}}
				is, problems := s.With(change)
				if len(problems) > 0 {
					continue // a table that only this fee uses
				}
				if !change.OnlyPrices() {
					t.Fatal("a change of an amount is one of more")
				}
				said := [2]string{}
				for k, only := range []bool{false, true} {
					c := Service(s, is, 1)
					c.OnlyPrices = only
					if err := c.Add(t.Context(), past(s, n == 3)); err != nil {
						t.Fatal(err)
					}
					study, err := c.finish()
					if err != nil {
						t.Fatal(err)
					}
					text, err := json.Marshal(study)
					if err != nil {
						t.Fatal(err)
					}
					if said[k] = string(text); study.Money != nil && study.Money.Total.Before != study.Money.Total.After {
						other++
					}
				}
				if said[0] != said[1] {
					t.Errorf("%s, %s of %s: judged twice\n%s\npriced twice\n%s", s.Service, f.ID, amount, said[0], said[1])
				}
			}
		}
	}
	if other < 6 {
		t.Errorf("only %d studies came to another sum", other)
	}
}

// asks is a fee that looks up late notices.
func asks(s *service.Service, f *service.Fee) string {
	text := f.Amount.Expr.Source
	for _, l := range s.Lookups {
		if !strings.Contains(l.ID, "late") {
			continue
		}
		text = "size(lookup." + l.ID + ") > 99 ? 1 : " + text
	}
	return text
}

// past are a service's examples, all or those that the rules let be sent (of the others the fee, and what it would look up, does
// not matter), as cases of which half have no look-up of late notices noted: the rules ask for it where a notice is late.
func past(s *service.Service, sent bool) (list []Case) {
	for i := range s.Examples {
		e := &s.Examples[i]
		if sent && (len(e.Expect.Errors) > 0 || e.Expect.Eligible != nil && !*e.Expect.Eligible) {
			continue
		}
		situation, typed := process.SituationFrom(s, e)
		list = append(list, Case{ID: strconv.Itoa(i), Variant: "new", Language: "en", Submitted: s.Jurisdiction.Calendar.StartOf(situation.Today).Add(12 * time.Hour),
			Definition: s.Hash, Typed: typed, Asked: func(lookup string) bool { return i%2 == 0 || !strings.Contains(lookup, "late") },
			Situation: func(under *service.Service) (process.Situation, error) {
				again := situation
				again.Service = under
				return again, nil
			}})
	}
	return list
}
