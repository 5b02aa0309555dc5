package converse

import (
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

func (w *writer) ofTax(t *service.Tax) {
	w.begin("tax/"+t.Tax, w.T(t.Title), "/taxes/"+t.Tax, t.Hash)
	w.rules, w.also = t.Rules, t.Keywords[w.s.lang]
	p := w.s.p
	w.quote("about", "", p.T("At a glance"), nil, w.T(t.Summary))
	w.also = nil
	for _, f := range t.Facts {
		if c := f.Claim; c != nil {
			w.quote("claims", f.ID, w.T(c.Title), w.law(c.Law), w.T(c.Title), w.T(c.Intro), w.T(c.Evidence))
		} else {
			w.quote("facts", f.ID, w.T(f.Short), w.law(f.Law), w.T(f.Help))
		}
	}
	for _, x := range t.Params {
		w.figure(x)
	}
	if t.Instalments != nil {
		var ways []string
		for _, c := range t.Instalments.Choices {
			way := w.T(c.Title)
			if way == "" {
				way = p.N("{n} instalment", "{n} instalments", c.Number)
			}
			ways = append(ways, way)
		}
		w.compute("instalments", "", p.T("How to pay"), nil, p.T("{label}: {value}", i18n.V{"label": p.T("How to pay"), "value": p.List(ways)}))
	}
	for _, page := range t.Pages {
		w.quote("questions", page.File.Page, w.T(page.File.Title), nil, w.T(page.File.Intro))
		for _, q := range page.Questions {
			w.quote("questions", q.Path, w.T(q.Ask), nil, w.T(q.Help))
		}
	}
	if o := t.Objection; o != nil {
		w.quote("objection", "", p.T("How to appeal"), w.law(o.Law), w.T(o.Text))
		for _, g := range o.Grounds {
			w.quote("objection", g.ID, p.T("How to appeal"), w.law(g.Law), w.T(g.Text))
		}
	}
	for i, step := range t.Late {
		w.compute("late", strconv.Itoa(i+1), joined(p.T("If you do not pay"), w.T(step.Title)), nil,
			p.T("{label}: {value}", i18n.V{"label": w.T(step.Title), "value": p.N("{n} day after an instalment was missed", "{n} days after an instalment was missed", step.After)}))
	}
	w.quote("note", "", p.T("On every bill"), nil, w.T(t.Note))
	w.contact(t.Organisation, p.T("Who to ask"))
}

// ofPlace writes what belongs to no service.
func (w *writer) ofPlace() {
	j, p := w.l.place, w.s.p
	w.topics("topic", "/topics/", j.File.Topics)
	w.topics("life-event", "/life-events/", j.File.LifeEvents)
	for _, id := range sortedKeys(j.Registers) {
		reg := j.Registers[id]
		if !reg.Public {
			continue
		}
		w.begin("register/"+id, w.T(reg.Title), "/registers/"+id, j.Hash)
		law := reg.Law
		w.quote("about", "", p.T("Public register"), &law, w.T(reg.Summary))
	}
	w.begin("contact", p.T("Contact"), "/contact", j.Hash)
	w.contact("", p.T("Contact"))
	for _, o := range j.File.Organisations {
		w.begin("contact/"+o.ID, w.T(o.Name), "/contact", j.Hash)
		w.contact(o.ID, w.T(o.Name))
	}
	w.commitments(j)
	w.budgets(j)
	w.assistant(j)
}

func (w *writer) topics(kind, base string, list []service.TopicFile) {
	for _, t := range list {
		w.begin(kind+"/"+t.ID, w.T(t.Title), base+t.ID, w.l.place.Hash)
		w.quote("about", "", w.T(t.Title), nil, w.T(t.Summary))
	}
}

func (w *writer) commitments(j *service.Jurisdiction) {
	if j.Promises == nil {
		return
	}
	for _, c := range j.Promises.Commitments {
		w.begin("commitment/"+c.ID, w.T(c.Title), "/commitments", j.Hash)
		w.quote("about", "", w.s.p.T("What we have promised"), c.Source, w.T(c.Title), w.T(c.About))
		if n := len(c.Progress); n > 0 {
			last := c.Progress[n-1]
			w.quote("progress", "", w.s.p.T("How it stands"), c.Source, w.T(last.Text))
		}
	}
}

func (w *writer) budgets(j *service.Jurisdiction) {
	for _, b := range j.Budgets {
		w.begin("budget/"+b.Budget, w.T(b.Title), "/money", j.Hash)
		for _, x := range b.Programmes {
			w.quote("programmes", x.ID, w.T(x.Title), nil, w.T(x.About))
		}
	}
}

// assistant are its own fixed texts.
func (w *writer) assistant(j *service.Jurisdiction) {
	if j.File.Assistant == nil {
		return
	}
	w.begin("assistant", w.s.p.T("Ask a question"), "/ask", j.Hash)
	for _, h := range j.File.Assistant.HandOff {
		w.quote("hand_off", h.On, "", nil, w.T(h.Say))
	}
}

// contact is how to reach a public body; the jurisdiction's own where it has none.
func (w *writer) contact(id, heading string) {
	j, p := w.l.place, w.s.p
	c, name := j.File.Contact, w.T(j.File.Name)
	for _, o := range j.File.Organisations {
		if o.ID == id {
			name = w.T(o.Name)
			if o.Contact.Email != "" || o.Contact.Phone != "" {
				c = o.Contact
			}
		}
	}
	hours := w.T(c.Hours)
	if hours == "" {
		hours = w.T(j.File.Contact.Hours)
	}
	var lines []string
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, p.T("{label}: {value}", i18n.V{"label": label, "value": value}))
		}
	}
	add(p.T("Telephone"), c.Phone)
	add(p.T("Email"), c.Email)
	add(p.T("Opening hours"), hours)
	address := c.Address
	if len(address) == 0 {
		address = j.File.Contact.Address
	}
	var where []string
	for _, l := range address {
		where = append(where, w.T(l))
	}
	add(p.T("Address"), p.List(where))
	if len(lines) > 0 {
		w.compute("contact", "", joined(heading, name), nil, lines...)
	}
}

// day lets a printer write a calendar day.
type day struct{ calendar.Date }

func (d day) YMD() (int, time.Month, int) { return d.Year(), d.Month(), d.Day() }
