package site

import (
	"net/http"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/view"
	"stoa/internal/web"
)

// What of money is for programs.

// ocds is /money/ocds/{file}: releases.json, records.json, and OCID.json of one contract.
func (s *Site) ocds(w http.ResponseWriter, r *web.Request) error {
	name, ok := strings.CutSuffix(r.PathValue("file"), ".json")
	if !ok {
		return fault.NewNotFound("")
	}
	raw, err := s.View.Spending().Contracting(r.Context(), reader(r), name)
	if err != nil {
		return err
	}
	return r.Share(w, "application/json", web.ForSeconds, raw)
}

// fiscal is /money/fiscal/{year}/{file}: datapackage.json and its tables.
func (s *Site) fiscal(w http.ResponseWriter, r *web.Request) error {
	raw, err := s.View.Spending().Fiscal(r.Context(), reader(r), r.PathValue("year"), r.PathValue("file"))
	if err != nil {
		return err
	}
	mediaType := "text/csv; charset=utf-8"
	if strings.HasSuffix(r.PathValue("file"), ".json") {
		mediaType = "application/json"
	}
	return r.Share(w, mediaType, web.ForSeconds, raw)
}

func (s *Site) budgetFile(w http.ResponseWriter, r *web.Request) error {
	raw, err := s.View.Spending().Fiscal(r.Context(), reader(r), r.PathValue("year"), "budget.csv")
	return sendCSV(w, r, view.MoneyFile{Name: "budget-" + r.PathValue("year") + ".csv", Data: raw}, err)
}
