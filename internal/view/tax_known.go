package view

import (
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/service"
	"stoa/internal/tax"
)

// knownToday is what counts on a day with since when and from whom, and what will count later.
func (r Reader) knownToday(t *service.Tax, known []tax.Known, today calendar.Date) (now, later []TaxKnown) {
	j, over := t.Jurisdiction, takenOver(t)
	latest := map[string]TaxKnown{}
	sorted := slices.Clone(known)
	slices.SortStableFunc(sorted, func(a, b tax.Known) int { return a.From.Compare(b.From) })
	note := func(k tax.Known, one TaxKnown, gone bool) {
		if one.Object { // a field and a fact may have the same id
			one.ID = "object." + one.ID
		}
		one.From, one.Source = r.date(k.From), r.knownSource(k.Of.Kind)
		switch {
		case k.From.After(today):
			later = append(later, one)
		case gone:
			delete(latest, one.ID)
		default:
			latest[one.ID] = one
		}
	}
	for _, k := range sorted {
		for _, f := range t.Fields {
			if text, ok := k.Object[f.ID]; ok {
				one := TaxKnown{ID: f.ID, Title: r.words(j, f.Title), Value: r.showField(j, f, text), Object: true}
				one.Title, one.Value = r.fieldWords(t, over, f.ID, text, one.Title, one.Value)
				note(k, one, text == "")
			}
		}
		for _, f := range t.Facts {
			if text, ok := k.Facts[f.ID]; ok {
				note(k, TaxKnown{ID: f.ID, Title: r.words(j, f.Short), Value: r.factText(t, f, text)}, text == "")
			}
		}
	}
	for _, f := range t.Fields {
		if k, ok := latest["object."+f.ID]; ok {
			k.ID = f.ID
			now = append(now, k)
		}
	}
	for _, f := range t.Facts {
		if k, ok := latest[f.ID]; ok {
			now = append(now, k)
		}
	}
	return now, later
}

func (r Reader) knownSource(kind string) string {
	switch kind {
	case "register":
		return r.P.T("Register")
	case tax.Claim:
		return r.P.T("Claim")
	case tax.Objection:
		return r.P.T("Objection")
	}
	return r.P.T("Entered by the office")
}
