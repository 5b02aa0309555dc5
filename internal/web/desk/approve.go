package desk

import (
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// approvePage is /desk/cases/{case}/approve: a proposed decision for a second person.
type approvePage struct {
	view.DeskApproval
	P        *i18n.Printer
	Key      page.FormKey
	Text     string
	Problems problems
	Changed  string
	Preview  *previewPart
}

func (d *Desk) approve(w http.ResponseWriter, r *web.Request) error {
	if r.Method != http.MethodPost {
		return d.showApproval(w, r, nil)
	}
	if err := r.ReadForm(); err != nil {
		return err
	}
	in := flow.Approve{Case: r.PathValue("case"), Version: version(r), Yes: r.Field("approve") == "yes", Text: r.Field("text"), Key: r.Key()}
	if err := d.Flow.Approve(r.Context(), r.Actor, in); err != nil {
		return d.showApproval(w, r, err)
	}
	how := "returned"
	if in.Yes {
		how = "approved"
	}
	return r.Redirect(w, "/desk/cases/"+in.Case+"?done="+how)
}

func (d *Desk) showApproval(w http.ResponseWriter, r *web.Request, failed error) error {
	p := approvePage{P: r.P, Key: r.NewKey(), Text: r.Field("text")}
	status := 0
	if failed != nil {
		ours := false
		if p.Problems, ours = wrong(r, failed, "text"); !ours {
			if p.Changed, ours = r.Say(failed, fault.Conflict); !ours {
				return failed
			}
			status = http.StatusConflict
		}
	}
	id := r.PathValue("case")
	var err error
	if p.DeskApproval, err = d.View.DeskApproval(r.Context(), reader(r), id); err != nil {
		return err
	}
	preview, err := d.Flow.PreviewApproval(r.Context(), r.Actor, id)
	switch said, moved := r.Say(err, fault.Conflict); {
	case moved: // the proposal no longer fits the case: it can only be returned
		p.Changed = said
	case err != nil:
		return err
	default:
		if p.Preview, err = d.previewPart(r.Context(), r, id, preview); err != nil {
			return err
		}
	}
	return d.show(w, r, areaCases, web.Page{Title: r.T("Approve a decision"), Status: status, Failed: p.Problems.any(), Back: "/desk/cases/" + id, Content: approval(p)})
}
