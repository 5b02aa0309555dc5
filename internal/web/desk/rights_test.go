package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/store"
)

// TestRightsPages: an administrator reads who may do what and why, asks about a number, and ends sessions.
func TestRightsPages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ines, priya, hamza := o.staff["Ines"], o.staff["Priya"], o.staff["Hamza"]
		for _, path := range []string{"/desk/rights", "/desk/rights/who?action=case.read", "/desk/rights/file", "/desk/rights/people/" + hamza.Person} {
			o.get(priya, path).says(t, 403, "You cannot open this page", "See who may do what")
		}
		o.get(ines, "/desk/rights").says(t, 200, "Priya", "Hamza", "Download who may do what")
		o.get(ines, "/desk/rights/people/"+priya.Person).says(t, 200, "Open a case", "Reader, officer or supervisor of the organisation", "signed in nowhere")
		o.get(ines, "/desk/rights/people/nobody").says(t, 404)
		c := o.load(o.apply(food))
		page := o.get(ines, "/desk/rights/who?number="+strings.ToLower(c.Number))
		page.says(t, 200, c.Number)
		if strings.Contains(page.text, c.ID) {
			t.Error("the page leads to the case")
		}
		looks := o.looks(c.Person)
		if len(looks) == 0 || looks[0].Actor != ines.Person || looks[0].What != "rights" {
			t.Errorf("the person does not see that somebody asked: %+v", looks)
		}
		r := o.heldBy(c.Person)
		o.get(ines, "/desk/rights/who?number="+r.Number).says(t, 200, r.Number)
		if looks = o.looks(c.Person); len(looks) != 2 || !slices.ContainsFunc(looks, func(l access.Look) bool { return l.What == "rights" && l.Ref == r.Number && l.Actor == ines.Person }) {
			t.Errorf("whose record it is does not see that somebody asked: %+v", looks)
		}
		o.get(ines, "/desk/rights/who?number=NO-1").says(t, 422, "There is no case or record with this number")
		o.get(ines, "/desk/rights/who").says(t, 422, "Choose an action, or enter a number")
		file := o.get(ines, "/desk/rights/file")
		file.says(t, 200, "case.approve")
		form := o.get(ines, "/desk/rights/people/"+ines.Person)
		if strings.Contains(form.text, "End everything") {
			t.Error("there is nothing to end")
		}
		o.send(priya, "POST", "/desk/rights/people/"+ines.Person, nil).says(t, 403)
	})
}

// TestAnEmergencyAtTheDesk opens a case of another organisation, and its supervisor looks at it.
func TestAnEmergencyAtTheDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.load(o.apply(food))
		var outside, boss policy.Actor
		for _, a := range o.staff {
			if a.Has(c.Organisation, policy.Supervisor) {
				boss = a
			} else if policy.Can(a, policy.CaseRead, c.Thing()) != nil && policy.Can(a, policy.ConsultRead, c.Thing()) != nil && a.Has(a.Grants[0].Organisation, policy.Officer) && outside.Person == "" {
				outside = a
			}
		}
		if outside.Person == "" || boss.Person == "" {
			t.Fatal("nobody to play it with")
		}
		path := "/desk/cases/" + c.ID
		refused := o.get(outside, path)
		refused.says(t, 404, "Open a case", "It is an emergency", "We do not say which")
		if nothing := o.get(outside, "/desk/cases/"+"nothing"); without(nothing.text) != strings.ReplaceAll(without(refused.text), c.ID, "nothing") {
			t.Error("what is not theirs does not look like what does not exist")
		}
		form := o.get(outside, "/desk/emergency").form(t, "/desk/emergency")
		o.send(outside, "POST", "/desk/emergency", with(form, "number", c.Number)).says(t, 422, "Say in a sentence why")
		form = o.get(outside, "/desk/emergency").form(t, "/desk/emergency")
		to := o.send(outside, "POST", "/desk/emergency", with(form, "number", c.Number, "reason", "Somebody is in danger <b>now</b>."))
		to.says(t, 303)
		if to.Header().Get("Location") != path {
			t.Errorf("it leads to %s", to.Header().Get("Location"))
		}
		for name, a := range o.staff {
			if a.Person == outside.Person {
				o.must(o.flow.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) (err error) {
					a.Opened, err = access.OpenFor(ctx, tx, a.Person)
					return err
				}))
				o.staff[name] = a
			}
		}
		o.get(outside, path).says(t, 200, "because you opened it in an emergency")
		o.get(outside, path+"/do/grant").says(t, 404)
		looks := o.looks(c.Person)
		seen := slices.ContainsFunc(looks, func(l access.Look) bool { return l.What == "case" && l.Why == string(policy.EmergencyOpen) })
		if len(looks) < 2 || !seen {
			t.Errorf("the person sees %+v", looks)
		}
		page := o.get(boss, "/desk/emergency")
		page.says(t, 200, "To be looked at", c.Number, "Somebody is in danger &lt;b&gt;now&lt;/b&gt;.")
		at := strings.Index(page.text, `action="/desk/emergency/`)
		action, _, _ := strings.Cut(page.text[at+len(`action="`):], `"`)
		judged := page.form(t, action)
		o.send(outside, "POST", action, with(page.form(t, action), "note", "x", "do", "fine")).says(t, 404)
		o.send(boss, "POST", action, with(judged, "note", "I asked. It was right.", "do", "fine")).says(t, 303)
		o.get(boss, "/desk/emergency").says(t, 200, "It was an emergency", "I asked. It was right.")
	})
}

// without is a page without what differs each time.
func without(text string) string {
	at := strings.Index(text, "Reference for this problem:")
	if at < 0 {
		return text
	}
	main, _, _ := strings.Cut(text[at:], "</main>")
	return strings.Replace(text, main, "", 1)
}

// TestRolesAreReviewedAtTheDesk by a supervisor, who does not review their own.
func TestRolesAreReviewedAtTheDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		hamza := o.staff["Hamza"]
		o.get(o.staff["Ines"], "/desk/rights/review").says(t, 403)
		page := o.get(hamza, "/desk/rights/review")
		page.says(t, 200, "Your own: another supervisor confirms it", "again after 6 months")
		if strings.Contains(page.text, "Overdue") {
			t.Error("overdue on the first day")
		}
		form := page.form(t, "/desk/rights/review")
		o.send(hamza, "POST", "/desk/rights/review", form).says(t, 422, "Choose whether the role is still needed")
		o.clock.Advance(200 * 24 * 60 * 60 * 1e9)
		page = o.get(hamza, "/desk/rights/review")
		page.says(t, 200, "overdue.")
		form = with(page.form(t, "/desk/rights/review"), "do", "keep")
		o.send(hamza, "POST", "/desk/rights/review", form).says(t, 303)
		o.get(hamza, "/desk/rights/review").says(t, 200, ", by Hamza")
	})
}

// heldBy is a record of a register of Greenvale that is a person's.
func (o *office) heldBy(person string) *record.Record {
	o.t.Helper()
	reg := o.flow.Docket.Releases.Current().Registers["food-businesses"]
	r := &record.Record{Register: reg.Register, Organisation: reg.Organisation, Number: "FB-HELD", Holder: person, State: record.Active, From: calendar.MustDate("2026-01-01"), Label: "A stall", Fields: map[string]string{}}
	o.must(o.flow.DB.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
		who, err := o.flow.People.Get(ctx, tx, person)
		if err != nil {
			return err
		}
		r.Subject = who.Subject
		return o.flow.Docket.Records.Put(ctx, tx, reg, r, record.Change{Actor: "x", Change: "entered"})
	}))
	return r
}
