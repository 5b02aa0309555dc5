package desk

import (
	"net/http"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// systemPage is /desk/system: work that failed, work that waits, and what is in force.
type systemPage struct {
	view.System
	P        *i18n.Printer
	Key      func() page.FormKey
	Done     page.Component
	Problems []string // of the files, when they were last read
}

func (d *Desk) system(w http.ResponseWriter, r *web.Request) error {
	s, err := d.View.Running().System(r.Context(), reader(r))
	if err != nil {
		return err
	}
	p := systemPage{System: s, P: r.P, Key: r.NewKey, Done: done(r)}
	if d.Problems != nil {
		p.Problems = d.Problems()
	}
	return d.show(w, r, areaSystem, web.Page{Title: r.T("System"), Content: system(p)})
}

func (d *Desk) retry(w http.ResponseWriter, r *web.Request) error {
	if err := d.Flow.RetryJob(r.Context(), r.Actor, r.PathValue("job")); err != nil {
		return err
	}
	return r.Redirect(w, "/desk/system?done=retried")
}
