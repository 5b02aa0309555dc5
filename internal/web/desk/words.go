package desk

import (
	"errors"
	"strconv"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// clock is a deadline as a component: words first, colour and mark say the same.
func clock(t view.Timing) page.Clock {
	tone := map[string]page.Tone{"late": page.Bad, "soon": page.Caution, "ok": page.Neutral}[t.Level]
	return page.Clock{Text: t.Text, Date: t.Date, Tone: tone}
}

func instant(i view.Instant) page.Time { return page.Time{Text: i.Text, Machine: i.Machine} }

// stateTag is the state of a case.
func stateTag(state, ending string, awaiting bool) page.Tag {
	switch {
	case ending == "granted":
		return page.State(state, page.Good)
	case ending == "refused":
		return page.State(state, page.Bad)
	case ending != "":
		return page.State(state, page.Neutral)
	case awaiting:
		return page.State(state, page.Caution)
	}
	return page.State(state, page.Info)
}

// licenceTag is the state of a licence on a day.
func licenceTag(p *i18n.Printer, state string) page.Tag {
	switch state {
	case view.Active:
		return page.State(p.T("In force"), page.Good)
	case "future":
		return page.State(p.T("Begins later"), page.Info)
	case "ended":
		return page.State(p.T("Ended"), page.Neutral)
	}
	return page.State(licenceState(p, state), page.Bad)
}

// licenceState is a state of a licence in words.
func licenceState(p *i18n.Printer, state string) string {
	switch state {
	case view.Active:
		return p.T("In force")
	case view.Suspended:
		return p.T("Suspended")
	case view.Revoked:
		return p.T("Revoked")
	case view.Surrendered:
		return p.T("Surrendered")
	}
	return state
}

func roleName(p *i18n.Printer, role policy.Role) string {
	switch role {
	case policy.Leader:
		return p.T("Leader: sees figures, tries what a change would do; sees no case")
	case policy.Reader:
		return p.T("Reader: sees cases")
	case policy.Officer:
		return p.T("Officer: works on cases")
	case policy.Supervisor:
		return p.T("Supervisor: assigns, approves, acts on licences")
	case policy.Administrator:
		return p.T("Administrator: staff accounts and system")
	}
	return string(role)
}

// count is a whole number in the reader's digits.
func count(p *i18n.Printer, n int) string { return p.Number(strconv.Itoa(n)) }

// number is a count for a tile.
func number(p *i18n.Printer, n view.Number) string {
	if n.More {
		return p.T("{n} or more", i18n.V{"n": n.N})
	}
	return count(p, n.N)
}

// problems are what is wrong with a form: the summary's links and each field's message.
type problems struct {
	Title string
	Links []page.ErrorLink
	by    map[string]string
}

// any reports whether something is wrong.
func (f problems) any() bool { return len(f.Links) > 0 }

// at is the message beside a field.
func (f problems) at(field string) page.ErrorMessage { return page.ErrorMessage{Text: f.by[field]} }

// summary stands above the form; nothing when nothing is wrong.
func (f problems) summary() page.Component {
	if !f.any() {
		return page.Group{}
	}
	return page.ErrorSummary{TitleText: f.Title, ErrorList: f.Links, Focus: true}
}

// wrong reads what is wrong with a form from an error: every field at once, or one sentence about the
// field named first. An error of another kind is not the form's.
func wrong(r *web.Request, err error, first string) (problems, bool) {
	f := problems{Title: r.P.T("There is a problem"), by: map[string]string{}}
	add := func(field, text string) {
		if f.by[field] == "" {
			f.by[field] = text
			f.Links = append(f.Links, page.ErrorLink{Text: text, Href: "#" + field})
		}
	}
	var fields fault.Fields
	if errors.As(err, &fields) {
		for _, e := range fields {
			add(e.Field, r.P.Key(e.Key, i18n.V(e.Args)))
		}
		return f, true
	}
	if said, ok := r.Say(err, fault.Invalid); ok {
		add(first, said)
		return f, true
	}
	return problems{}, false
}

// done is the banner after something was done; nil when the address does not say so.
func done(r *web.Request) page.Component {
	p := r.P
	text := map[string]string{
		"acted": p.T("Done. What happened is in the timeline."), "proposed": p.T("Proposed. Another supervisor must approve it before it takes effect."),
		"approved": p.T("Approved. The decision has taken effect."), "returned": p.T("Returned to the one who proposed it."),
		"assigned": p.T("The case has been given away or taken on, as the page now shows."), "sent": p.T("Your message was sent."),
		"cleared": p.T("Noted. The case is as it was."), "seen": p.T("The messages are marked as read."), "weighed": p.T("Noted."), "replied": p.T("Your reply was sent."),
		"invited": p.T("The invitation is on its way."), "waits": p.T("A second administrator has to agree before the invitation is sent."),
		"sessions": p.T("Everything that was open has been ended."),
		"saved":    p.T("Saved."), "ended": p.T("Your absence has ended."), "retried": p.T("The work will be tried again now."),
	}[r.Query("done")]
	if text == "" {
		return page.Group{}
	}
	return page.NotificationBanner{Type: "success", Text: text}
}

// roleShort is a role in a list.
func roleShort(p *i18n.Printer, role policy.Role) string {
	switch role {
	case policy.Leader:
		return p.T("Leader")
	case policy.Reader:
		return p.T("Reader")
	case policy.Officer:
		return p.T("Officer")
	case policy.Supervisor:
		return p.T("Supervisor")
	case policy.Administrator:
		return p.T("Administrator")
	}
	return string(role)
}
