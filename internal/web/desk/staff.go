package desk

import (
	"net/http"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// staffPage is /desk/staff: who works here and as what.
type staffPage struct {
	view.Staff
	P        *i18n.Printer
	Key      func() page.FormKey
	Me       string
	Done     page.Component
	Typed    struct{ Name, Email, Organisation string }
	Roles    []string
	Problems problems
}

func (d *Desk) staff(w http.ResponseWriter, r *web.Request) error {
	p := staffPage{P: r.P, Key: r.NewKey, Me: r.Actor.Person, Done: done(r)}
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		p.Typed.Name, p.Typed.Email, p.Typed.Organisation, p.Roles = r.Field("name"), r.Field("email"), r.Field("organisation"), chosen(r, "roles")
		err := d.checkStaff(r, p)
		if err == nil {
			var id string
			id, err = d.Flow.AddStaff(r.Context(), r.Actor, flow.AddStaff{Name: p.Typed.Name, Email: p.Typed.Email, Language: r.Place.File.Languages[0], Grants: p.grants()})
			if err == nil {
				_, _, err = d.Flow.Identity().Invite(r.Context(), r.Actor, flow.Invite{Person: id})
			}
		}
		if err == nil {
			return r.Redirect(w, "/desk/staff?done=saved")
		}
		ours := false
		if p.Problems, ours = wrong(r, err, "email"); !ours {
			return err
		}
	}
	var err error
	if p.Staff, err = d.View.Staff(r.Context(), reader(r)); err != nil {
		return err
	}
	return d.show(w, r, areaStaff, web.Page{Title: r.T("Staff"), Failed: p.Problems.any(), Content: staff(p)})
}

// checkStaff says everything that is wrong with the form at once.
func (d *Desk) checkStaff(r *web.Request, p staffPage) error {
	var fields fault.Fields
	if p.Typed.Name == "" {
		fields.Add("name", "Enter the name")
	}
	if local, domain, ok := strings.Cut(p.Typed.Email, "@"); !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(p.Typed.Email, " ,;<>") {
		fields.Add("email", "Enter an email address in the right form, like name@example.com")
	}
	known := false
	for _, o := range r.Place.File.Organisations {
		known = known || o.ID == p.Typed.Organisation
	}
	if !known {
		fields.Add("organisation", "Choose an organisation")
	}
	roles := p.grants()
	if len(roles) == 0 || len(roles) != len(p.Roles) {
		fields.Add("roles", "Choose at least one role")
	}
	return fields.Err()
}

// grants are the roles that were ticked and exist.
func (p staffPage) grants() []policy.Grant {
	var list []policy.Grant
	for _, role := range policy.Roles() {
		if slices.Contains(p.Roles, string(role)) {
			list = append(list, policy.Grant{Role: role, Organisation: p.Typed.Organisation})
		}
	}
	return list
}

func (p staffPage) roleBoxes() page.Checkboxes {
	c := page.Checkboxes{Name: "roles", IDPrefix: "roles", Values: p.Roles, Classes: "govuk-checkboxes--small", ErrorMessage: p.Problems.at("roles"),
		Fieldset: page.Fieldset{Legend: page.Legend{Text: p.P.T("Roles"), Classes: "govuk-fieldset__legend--s"}}}
	for _, role := range policy.Roles() {
		c.Items = append(c.Items, page.Choice{Value: string(role), Text: roleName(p.P, role)})
	}
	return c
}

func (p staffPage) organisations() page.Select {
	return page.Select{Name: "organisation", Value: p.Typed.Organisation, Label: page.Label{Text: p.P.T("Organisation"), Classes: "govuk-label--s"},
		Items: append([]page.Option{{Text: p.P.T("Choose an organisation")}}, options(p.Organisations)...), ErrorMessage: p.Problems.at("organisation")}
}

// invite is POST /desk/staff/invite: another way in for somebody who has lost theirs, or the consent of a second administrator.
func (d *Desk) invite(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	if r.Field("do") == "agree" {
		if err := d.Flow.Identity().AgreeToInvitation(r.Context(), r.Actor, r.Field("person")); err != nil {
			return err
		}
		return r.Redirect(w, "/desk/staff?done=invited")
	}
	_, waits, err := d.Flow.Identity().Invite(r.Context(), r.Actor, flow.Invite{Person: r.Field("person"), Again: true})
	if err != nil {
		return err
	}
	if waits {
		return r.Redirect(w, "/desk/staff?done=waits")
	}
	return r.Redirect(w, "/desk/staff?done=invited")
}

// wayIn is how somebody gets in to work.
func (p staffPage) wayIn(who view.StaffLine) string {
	switch who.WayIn {
	case view.WayInInvited:
		return p.P.T("Invited; has not set anything up yet")
	case view.WayInWaits:
		return p.P.T("A new invitation waits for a second administrator")
	case view.WayInSet:
		return p.P.T("Has a passkey or an authenticator app")
	}
	return p.P.T("Cannot sign in yet: send an invitation")
}

// removePage is /desk/staff/remove: taking a role away asks once more.
type removePage struct {
	P      *i18n.Printer
	Key    page.FormKey
	Person view.StaffLine
	Grant  view.GrantLine
}

func (d *Desk) removeRole(w http.ResponseWriter, r *web.Request) error {
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		grant := policy.Grant{Role: policy.Role(r.Field("role")), Organisation: r.Field("organisation")}
		if err := d.Flow.RemoveRole(r.Context(), r.Actor, flow.RemoveRole{Person: r.Field("person"), Grant: grant}); err != nil {
			return err
		}
		return r.Redirect(w, "/desk/staff?done=saved")
	}
	all, err := d.View.Staff(r.Context(), reader(r))
	if err != nil {
		return err
	}
	for _, who := range all.People {
		for _, g := range who.Grants {
			if who.ID == r.Query("person") && string(g.Role) == r.Query("role") && g.Organisation == r.Query("organisation") {
				return d.show(w, r, areaStaff, web.Page{Title: r.T("Take a role away"), Back: "/desk/staff", Content: remove(removePage{r.P, r.NewKey(), who, g})})
			}
		}
	}
	return fault.NewNotFound("")
}
