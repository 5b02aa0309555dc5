package service

import "stoa/internal/calendar"

// checkOpen checks what a service promises and publishes of itself.
func (l *loader) checkOpen(f *ServiceFile) {
	law := keys(f.Law)
	if s := f.Standard; s != nil {
		l.known(l.places.at(s.Pos, "law"), "source", s.Law, law)
		if s.WorkingDays < 1 {
			l.problem(l.places.at(s.Pos, "working_days"), "write a whole number of working days from 1", "a decision within %d working days cannot be promised", s.WorkingDays)
		}
		if s.Share == 0 {
			s.Share = 100
		}
		if s.Share < 1 || s.Share > 100 {
			l.problem(l.places.at(s.Pos, "share"), "write a percentage from 1 to 100", "%d in a hundred cannot be promised", s.Share)
		}
	}
	if d := f.Decisions; d != nil {
		l.known(l.places.at(d.Pos, "law"), "source", d.Law, law)
		if d.Hide && d.Law == "" {
			l.problem(l.places.at(d.Pos, "hide"), "name the source in law:", "decisions are kept from the public without a law that says so")
		}
	}
}

// checkDisclosure checks what the disclosure log takes from answers.
func (b *builder) checkDisclosure() {
	d := b.f.Disclosure
	if d == nil {
		return
	}
	b.law(d.Pos, d.Law)
	for key, want := range map[string]struct{ id, kinds string }{"title": {d.Title, "text"}, "request": {d.Request, "long_text"}, "topic": {d.Topic, "one_of"}} {
		at := b.places.at(d.Pos, key)
		var outer []string
		kind := ""
		for _, q := range b.s.Questions {
			if q.Path == q.ID {
				outer = append(outer, q.ID)
			}
			if q.Path == want.id {
				kind = q.Type
			}
		}
		if b.known(at, "question", want.id, outer) && kind != want.kinds {
			b.problem(at, "name a question of type "+want.kinds, "the question %q is of type %s", want.id, kind)
		}
	}
	b.choices("exemption", d.Exemptions)
	b.known(b.places.at(d.Pos, "personal"), "exemption", d.Personal, ids(d.Exemptions, func(c *ChoiceFile) string { return c.ID }))
	for _, c := range d.Exemptions {
		if c.Law == "" {
			b.problem(c.Pos, "add law: with the section that allows it", "something would be held back without a law that allows it")
		}
	}
}

// checkCommitments checks commitments.yaml.
func (l *loader) checkCommitments() {
	f := l.j.Promises
	if f == nil || f.Pos.Line == 0 {
		return
	}
	l.unique("commitment", len(f.Commitments), func(i int) (string, Pos) { return f.Commitments[i].ID, l.places.at(f.Commitments[i].Pos, "id") })
	for i := range f.Commitments {
		c := &f.Commitments[i]
		l.known(l.places.at(c.Pos, "organisation"), "organisation", c.Organisation, l.organisations())
		if !c.Begun.IsZero() && !c.Due.IsZero() && c.Due.Before(c.Begun) {
			l.problem(l.places.at(c.Pos, "due"), "write the day by which it is to be done", "it is due before it begins")
		}
		var last calendar.Date
		for _, p := range c.Progress {
			if p.Date.Before(last) {
				l.problem(l.places.at(p.Pos, "date"), "put the newest last", "the progress is not in the order of its days")
			}
			if last = p.Date; p.Share < 0 || p.Share > 100 {
				l.problem(l.places.at(p.Pos, "share"), "write a percentage from 0 to 100", "%d in a hundred cannot be done", p.Share)
			}
		}
	}
}
