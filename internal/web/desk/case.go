package desk

import (
	"net/http"
	"net/url"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// casePage is /desk/cases/{case}: one case on one page.
type casePage struct {
	view.DeskCase
	Hints    view.Pointers
	P        *i18n.Printer
	Done     page.Component
	Problems problems
	Changed  string // somebody was faster: what was sent and is shown again was not done
	Typed    struct{ Message, To string }
	Key      func() page.FormKey
}

// path is the case's address with what follows.
func (c casePage) path(more string) string { return "/desk/cases/" + url.PathEscape(c.ID) + more }

func (d *Desk) oneCase(w http.ResponseWriter, r *web.Request) error {
	p, err := d.casePage(r)
	if err != nil {
		return err
	}
	p.Done = done(r)
	if policy.InEmergency(r.Actor, policy.CaseRead, policy.Thing{Kind: "case", ID: p.ID}) {
		p.Done = page.Group{p.Done, page.WarningText{Text: r.T("You see this case because you opened it in an emergency. Whoever it is about sees what you look at.")}}
	}
	return d.showCase(w, r, p, 0)
}

func (d *Desk) toCase(w http.ResponseWriter, r *web.Request) error {
	return r.Redirect(w, "/desk/cases/"+url.PathEscape(r.PathValue("case")))
}

func (d *Desk) casePage(r *web.Request) (casePage, error) {
	c, err := d.View.DeskCase(r.Context(), reader(r), r.PathValue("case"))
	if err != nil {
		return casePage{}, err
	}
	hints, err := (view.Hinting{View: d.View}).Pointers(r.Context(), reader(r), c)
	return casePage{DeskCase: c, Hints: hints, P: r.P, Key: r.NewKey}, err
}

func (d *Desk) showCase(w http.ResponseWriter, r *web.Request, p casePage, status int) error {
	return d.show(w, r, areaCases, web.Page{
		Title: r.T("Case {number}", i18n.V{"number": p.Number}), Status: status, Failed: p.Problems.any(),
		Crumbs: crumbs(r, page.Crumb{Text: r.T("Cases"), Href: "/desk/cases"}), Content: caseContent(p),
	})
}

// after answers a form of the case page: on with the case when it was done, the page again with what
// was typed when it was not.
func (d *Desk) after(w http.ResponseWriter, r *web.Request, err error, how, field string) error {
	if err == nil {
		return r.Redirect(w, "/desk/cases/"+url.PathEscape(r.PathValue("case"))+"?done="+how)
	}
	bad, ours := wrong(r, err, field)
	changed, conflict := r.Say(err, fault.Conflict)
	if !ours && !conflict {
		return err
	}
	p, viewErr := d.casePage(r)
	if viewErr != nil {
		return viewErr
	}
	p.Problems, p.Changed = bad, changed
	p.Typed.Message, p.Typed.To = r.Field("text"), r.Field("to")
	status := 0
	if conflict {
		status = http.StatusConflict
	}
	return d.showCase(w, r, p, status)
}

// assign takes a case on, gives it to somebody, or puts it back into the queue.
func (d *Desk) assign(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	to := r.Field("to")
	if to == "me" {
		to = r.Actor.Person
	}
	err := d.Flow.Assign(r.Context(), r.Actor, flow.Assign{Case: r.PathValue("case"), Version: version(r), To: to, Key: r.Key()})
	return d.after(w, r, err, "assigned", "to")
}

// message writes to the applicant; what they wrote before is then answered.
func (d *Desk) message(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	id := r.PathValue("case")
	if err := d.View.Works(r.Context(), reader(r), id); err != nil {
		return err
	}
	err := d.Flow.WriteMessage(r.Context(), r.Actor, flow.WriteMessage{Case: id, Text: r.Field("text"), Key: r.Key()})
	if err == nil {
		err = d.Flow.SeeMessages(r.Context(), r.Actor, id)
	}
	return d.after(w, r, err, "sent", "text")
}

// seen marks what the applicant wrote as read. It is a button and not a consequence of looking: a
// colleague who looks in must not take the duty away from whoever has the case.
func (d *Desk) seen(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("case")
	if err := d.View.Works(r.Context(), reader(r), id); err != nil {
		return err
	}
	return d.after(w, r, d.Flow.SeeMessages(r.Context(), r.Actor, id), "seen", "messages")
}

// weigh notes whether a representation counts.
func (d *Desk) weigh(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	err := d.Flow.WeighRepresentation(r.Context(), r.Actor, flow.WeighRepresentation{
		Case: r.PathValue("case"), Representation: r.PathValue("representation"), Counts: r.Field("counts") == "yes", Key: r.Key(),
	})
	return d.after(w, r, err, "weighed", "representations")
}
