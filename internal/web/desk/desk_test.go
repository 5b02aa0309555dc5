package desk_test

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/web/desk"
)

const (
	notice = "temporary-event-notice"
	food   = "food-business-registration"
)

// Whoever may not see a case gets the same answer at each of its addresses as for a case that is not there.
func TestWhatIsNotYoursDoesNotExist(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.apply(notice)
		own := o.load(id).Person
		o.staff["Applicant"] = policy.Actor{Person: own, Name: "Applicant", Grants: []policy.Grant{{Role: policy.Supervisor, Organisation: "licensing"}}}
		consultation := o.load(id).Consultations[0].ID
		reader := strings.NewReplacer("{case}", id, "{consultation}", consultation)
		for _, route := range desk.Routes(&desk.Desk{Flow: o.flow, View: o.view}) {
			if !strings.Contains(route.Pattern, "{case}") && !strings.Contains(route.Pattern, "{consultation}") || strings.HasSuffix(route.Pattern, "}/assign") && route.Method == "GET" ||
				strings.HasSuffix(route.Pattern, "}/messages") && route.Method == "GET" || strings.HasSuffix(route.Pattern, "}/seen") && route.Method == "GET" {
				continue // the last three only lead to the case
			}
			path := strings.NewReplacer("{action}", "counter-notice", "{letter}", "x", "{file}", "x", "{representation}", "x").Replace(reader.Replace(route.Pattern))
			form := url.Values{"version": {"1"}, "form-key": {"k"}, "reply": {"no_objection"}, "case": {id}, "text": {"Hello"}, "to": {"me"}, "counts": {"yes"}, "reason": {"Because"}}
			for _, who := range []string{"Daniel", "Ines", "Applicant"} {
				if got := o.send(o.staff[who], route.Method, path, form); got.Code != http.StatusNotFound {
					t.Errorf("%s %s for %s: status %d, want 404", route.Method, path, who, got.Code)
				}
			}
		}
		if got := len(o.looks(own)); got != 0 {
			t.Errorf("%d reads were recorded, none happened", got)
		}
		o.get(o.staff["Priya"], "/desk/cases/"+id).says(t, 200)
		o.get(o.staff["Priya"], "/desk/cases/nothing").says(t, 404)
		if got := o.looks(own); len(got) != 1 || got[0].Actor != o.staff["Priya"].Person || got[0].What != "case" || got[0].Ref != o.load(id).Number || got[0].Why != "case.read" {
			t.Errorf("the read of the case was recorded as %+v", got)
		}
		search := o.get(o.staff["Daniel"], "/desk/cases?q="+url.QueryEscape(o.load(id).Number))
		search.says(t, 200, "No case fits")
	})
}

// An organisation that is asked sees the questions that the file lists for it, and nothing else.
func TestConsulteeSeesItsPart(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.apply(notice)
		c := o.load(id)
		rachel := o.staff["Rachel"]
		o.get(rachel, "/desk/consultations").says(t, 200, c.Number)
		var mine string
		for _, q := range c.Consultations {
			if q.Organisation == "police" {
				mine = q.ID
			} else {
				o.get(rachel, "/desk/consultations/"+q.ID).says(t, 404)
			}
		}
		page := o.get(rachel, "/desk/consultations/"+mine)
		page.says(t, 200, c.Number, "What you are shown of the case")
		sees := c.Service.Consultees["police"].Sees
		unseen := 0
		for _, q := range c.Service.Questions {
			label := ">" + html.EscapeString(q.Short.By["en"]) + "<"
			switch {
			case q.Parent != nil || q.Type == "group" || !c.Judged.Asked(q.Path):
			case slices.Contains(sees, q):
				if !strings.Contains(page.text, label) {
					t.Errorf("the page does not show %s, which the file lists", q.ID)
				}
			default:
				unseen++
				if strings.Contains(page.text, label) {
					t.Errorf("the page shows %s, which the file does not list", q.ID)
				}
			}
		}
		if unseen == 0 {
			t.Error("the file shows every question, so this test proves nothing")
		}
		if got := o.looks(c.Person); len(got) != 1 || got[0].What != "consultation" || got[0].Organisation != "police" {
			t.Errorf("recorded %+v", got)
		}
		form := page.form(t, "/desk/consultations/"+mine)
		o.send(rachel, "POST", "/desk/consultations/"+mine, form).says(t, 422, "There is a problem", "Choose whether you object")
		o.send(rachel, "POST", "/desk/consultations/"+mine, with(form, "reply", "objection")).says(t, 422, "Give your reasons", `value="objection" checked`)
		o.send(rachel, "POST", "/desk/consultations/"+mine, with(form, "text", "It would be too loud.")).says(t, 303)
		o.get(rachel, "/desk/consultations/"+mine).says(t, 200, "It would be too loud.")
		o.get(o.staff["Priya"], "/desk/cases/"+id).says(t, 200, "It would be too loud.", "Objection")
	})
}

// A decision that needs a second person: proposed by an officer, returned, proposed again, approved.
func TestSecondPerson(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.apply(notice)
		for _, q := range o.load(id).Consultations {
			if q.Organisation == "police" {
				o.must(o.flow.ReplyToConsultation(o.ctx, o.staff["Rachel"], flow.ReplyToConsultation{Case: id, Consultation: q.ID, Reply: "objection", Text: "Too loud.", Key: "rachel-1"}))
			}
		}
		act, approve := "/desk/cases/"+id+"/do/counter-notice", "/desk/cases/"+id+"/approve"
		priya, margaret := o.staff["Priya"], o.staff["Margaret"]
		propose := func() {
			t.Helper()
			form := o.get(priya, act).form(t, act)
			o.send(priya, "POST", act, with(form, "step", "confirm", "reasons", "nuisance", "reason", "The square is too close.")).says(t, 303)
		}
		propose()
		o.get(priya, "/desk/cases/"+id).says(t, 200, "A second person must approve it", "somebody else must approve it")
		o.get(priya, approve).says(t, 404)
		page := o.get(margaret, approve)
		page.says(t, 200, "The square is too close.", "This is what the applicant gets", "Counter notice")
		form := page.form(t, approve)
		o.send(margaret, "POST", approve, with(form, "approve", "no")).says(t, 422, "Say why you return the decision")
		o.send(margaret, "POST", approve, with(form, "text", "Give the law.")).says(t, 303)
		o.get(priya, "/desk/cases/"+id).says(t, 200, "Not approved", "Give the law.")
		o.send(margaret, "POST", approve, url.Values{"version": {form.Get("version")}, "form-key": {"again"}, "approve": {"yes"}}).says(t, 404) // nothing is proposed: nobody may
		propose()
		form = o.get(margaret, approve).form(t, approve)
		o.send(margaret, "POST", approve, with(form, "approve", "yes")).says(t, 303)
		if c := o.load(id); c.Ending != "refused" || c.Decision.By != priya.Person {
			t.Errorf("the case ended %q, decided by %q", c.Ending, c.Decision.By)
		}
	})
}

// Asking for information: wrong, stale, previewed, doubled. Nothing that was typed is lost, nothing is
// stored before it is confirmed, and one form acts once.
func TestActionForm(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.apply(food)
		c := o.load(id)
		tom := o.staff["Tom"]
		action := ask(c.Service)
		path := "/desk/cases/" + id + "/do/" + action
		page := o.get(tom, path)
		page.says(t, 200, "What do you need from the applicant?", "Preview the letter")
		form := page.form(t, path)
		events, letters, messages := o.count(id)

		o.send(tom, "POST", path, with(form, "step", "confirm", "text", "")).says(t, 422, "There is a problem", "Say what you need to know")
		form.Set("text", "Where is the kitchen?")
		form.Set("step", "preview")
		o.send(tom, "POST", path, form).says(t, 200, "Nothing has been done yet", "Where is the kitchen?", "The clock then stands")
		if e, l, m := o.count(id); e != events || l != letters || m != messages {
			t.Errorf("a preview stored something: %d events, %d letters, %d messages", e-events, l-letters, m-messages)
		}

		o.must(o.flow.Assign(o.ctx, tom, flow.Assign{Case: id, Version: o.load(id).Version, To: tom.Person, Key: "claim"}))
		form.Set("step", "confirm")
		stale := o.send(tom, "POST", path, form)
		stale.says(t, 409, "This case has changed since you opened the page", "Where is the kitchen?")
		form = with(stale.form(t, path), "step", "confirm", "text", "Where is the kitchen?")
		o.send(tom, "POST", path, form).says(t, 303)
		o.send(tom, "POST", path, form).says(t, 303) // a double click
		if _, _, m := o.count(id); m != messages+1 {
			t.Errorf("%d messages went out, want 1", m-messages)
		}
		if !o.load(id).Stopped {
			t.Error("the clock runs while the applicant is asked")
		}
		o.get(tom, path).says(t, 200, "This can no longer be done")
		o.get(tom, "/desk/cases/"+id).says(t, 200, "Clock stopped", "Where is the kitchen?")
	})
}

// ask is the action with which a file asks for information.
func ask(s *service.Service) string {
	for _, a := range s.Actions {
		if a.Kind == "request_information" {
			return a.ID
		}
	}
	return ""
}

// Taking on, giving, covering, writing.
func TestAssignAndWrite(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.apply(notice)
		priya, youssef, margaret := o.staff["Priya"], o.staff["Youssef"], o.staff["Margaret"]
		page := "/desk/cases/" + id
		form := o.get(priya, page).form(t, page+"/assign")
		form.Set("to", "me")
		o.send(priya, "POST", page+"/assign", form).says(t, 303)
		if got := o.load(id).Assignee; got != priya.Person {
			t.Fatalf("the case is %q's", got)
		}
		if got := o.send(youssef, "POST", page+"/assign", url.Values{"version": {"2"}, "form-key": {"y"}, "to": {"me"}}); got.Code != 404 {
			t.Errorf("an officer took a colleague's case: %d", got.Code)
		}
		o.must(o.flow.SetAbsence(o.ctx, priya, flow.SetAbsence{From: o.today(), Until: o.today(), Substitute: youssef.Person}))
		o.get(youssef, "/desk/cases?assignee=mine").says(t, 200, o.load(id).Number)
		o.get(youssef, page).says(t, 200, "You stand in while they are away")
		form = o.get(margaret, page).form(t, page+"/assign")
		form.Set("to", o.staff["Daniel"].Person)
		o.send(margaret, "POST", page+"/assign", form).says(t, 422, "This person may not work on the case")

		form = o.get(priya, page).form(t, page+"/messages")
		o.send(priya, "POST", page+"/messages", form).says(t, 422, "Write your message")
		form.Set("text", "We look forward to it.")
		o.send(priya, "POST", page+"/messages", form).says(t, 303)
		o.get(priya, page).says(t, 200, "We look forward to it.")
		leila := o.get(o.staff["Leila"], page) // reads, and does nothing
		leila.says(t, 200, "We look forward to it.")
		if strings.Contains(leila.text, "<form action=\"/desk/cases") {
			t.Error("a reader is offered a form")
		}
		o.send(o.staff["Leila"], "POST", page+"/messages", with(form, "form-key", "leila")).says(t, 404)
	})
}

// The administrators' pages are theirs alone.
func TestAdministration(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ines, priya := o.staff["Ines"], o.staff["Priya"]
		for _, path := range []string{"/desk/staff", "/desk/system"} {
			o.get(priya, path).says(t, 403)
			o.get(ines, path).says(t, 200)
		}
		o.get(ines, "/desk/cases").says(t, 403)
		form := o.get(ines, "/desk/staff").form(t, "/desk/staff")
		o.send(ines, "POST", "/desk/staff", with(form, "email", "nobody")).says(t, 422, "Enter the name", "Choose an organisation", "Choose at least one role", `value="nobody"`)
		form = with(form, "name", "Zora Zest", "organisation", "licensing", "roles", "officer")
		form.Set("email", "zora@greenvale.example")
		o.send(ines, "POST", "/desk/staff", form).says(t, 303)
		o.get(ines, "/desk/staff").says(t, 200, "Zora Zest", "zora@greenvale.example")
		o.send(priya, "POST", "/desk/staff", form).says(t, 403)
		o.send(ines, "POST", "/desk/staff/remove", url.Values{"person": {ines.Person}, "role": {"administrator"}, "organisation": {"customer-services"}}).says(t, 403)
		o.get(ines, "/desk/system").says(t, 200, food[:4], "Services in force")
	})
}
