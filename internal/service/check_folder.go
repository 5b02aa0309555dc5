package service

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// unique notes ids that are given twice. Empty ids were noted when they were read.
func (l *loader) unique(what string, n int, id func(int) (string, Pos)) {
	seen := map[string]Pos{}
	for i := range n {
		word, pos := id(i)
		if first, twice := seen[word]; twice && word != "" {
			l.problem(pos, "give one of them another", "the %s %q is already at %s", what, word, first)
			continue
		}
		seen[word] = pos
	}
}

// known notes a reference to something that does not exist.
func (l *loader) known(pos Pos, what, word string, known []string) bool {
	if word == "" || slices.Contains(known, word) {
		return word != ""
	}
	l.problem(pos, suggest(word, known), "there is no %s %q", what, word)
	return false
}

func (l *loader) checkJurisdiction() {
	f := &l.j.File
	if f.Pos.Line == 0 {
		return
	}
	if _, err := money.MinorDigits(f.Currency); f.Currency != "" && err != nil {
		l.problem(l.places.at(f.Pos, "currency"), "write its code of three letters: GBP", "%q is not a currency of ISO 4217", f.Currency)
	}
	if _, err := zone(f.TimeZone); f.TimeZone != "" && err != nil {
		l.problem(l.places.at(f.Pos, "time_zone"), "write an IANA name: Europe/London", "%q is not a time zone", f.TimeZone)
	}
	for i, lang := range f.Languages {
		if slices.Contains(f.Languages[:i], lang) {
			l.problem(l.places.at(f.Pos, "languages", i), "remove one", "the language %q is given twice", lang)
		}
	}
	for key, topics := range map[string][]TopicFile{"topic": f.Topics, "life event": f.LifeEvents} {
		l.unique(key, len(topics), func(i int) (string, Pos) { return topics[i].ID, l.places.at(topics[i].Pos, "id") })
	}
	l.unique("organisation", len(f.Organisations), func(i int) (string, Pos) {
		return f.Organisations[i].ID, l.places.at(f.Organisations[i].Pos, "id")
	})
	l.email(f.Contact.Pos, f.Contact.Email)
	for _, o := range f.Organisations {
		l.email(o.Contact.Pos, o.Contact.Email)
	}
}

var emailForm = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`)

func (l *loader) email(parent Pos, address string) {
	if address != "" && !emailForm.MatchString(address) {
		l.problem(l.places.at(parent, "email"), "write name@example.org", "%q is not an e-mail address", short(address))
	}
}

// zone knows only names of the IANA list, not the machine's own zone.
func zone(name string) (*time.Location, error) {
	if name == "Local" || name == "" {
		return nil, fmt.Errorf("time zone %q", name)
	}
	return time.LoadLocation(name)
}

func (l *loader) checkCalendar() {
	f := &l.calendar
	if f.Pos.Line == 0 {
		return
	}
	c := calendar.Config{From: f.From, Until: f.Until}
	ok := !f.From.IsZero() && !f.Until.IsZero()
	if ok && f.Until.Before(f.From) {
		l.problem(l.places.at(f.Pos, "until"), "write the last day for which all holidays are listed", "until %s lies before from %s", f.Until, f.From)
		ok = false
	}
	period := ok
	for _, day := range f.Weekend {
		for w := time.Sunday; w <= time.Saturday; w++ {
			if strings.EqualFold(w.String(), day) {
				c.Weekend = append(c.Weekend, w)
			}
		}
	}
	seen := map[calendar.Date]bool{}
	for _, h := range f.Holidays {
		at := l.places.at(h.Pos, "date")
		switch {
		case h.Date.IsZero():
			ok = false
		case seen[h.Date]:
			l.problem(at, "remove one", "the holiday %s is given twice", h.Date)
			ok = false
		case period && (h.Date.Before(f.From) || h.Date.After(f.Until)):
			l.problem(at, "correct the day, or from and until", "the holiday %s lies outside %s to %s", h.Date, f.From, f.Until)
			ok = false
		}
		seen[h.Date] = true
		c.Holidays = append(c.Holidays, calendar.Holiday{Date: h.Date, Name: h.Name.By})
	}
	c.Zone, _ = zone(l.j.File.TimeZone) // an unknown zone is noted with jurisdiction.yaml
	if !ok {
		return
	}
	k, err := calendar.New(c)
	if err != nil {
		l.problem(f.Pos, "", "the calendar cannot be used: %v", err)
		return
	}
	l.j.Calendar = k
}

// Notes are what is no problem on the day, but soon will be: that the calendar ends within a year. A case
// keeps the calendar that it began under, so the next year must be there in time.
func (j *Jurisdiction) Notes(today calendar.Date) (notes Problems) {
	_, until := j.Calendar.Coverage()
	if soon, err := today.AddYears(1); err == nil && until.Before(soon) {
		notes.add(Pos{File: calendarFile}, fmt.Sprintf("working days are known only until %s", until), "add the holidays of the next year, and move until")
	}
	return notes
}

func (l *loader) checkParameters() {
	l.params = map[string]*Parameter{}
	all := l.j.Parameters
	l.unique("parameter", len(all), func(i int) (string, Pos) { return all[i].ID, l.places.at(all[i].Pos, "id") })
	for _, p := range all {
		l.params[p.ID] = p
		for i := range p.Values {
			v := &p.Values[i]
			if i > 0 && !v.From.After(p.Values[i-1].From) && !v.From.IsZero() {
				l.problem(l.places.at(v.Pos, "from"), "list the values from the oldest to the newest, each day once",
					"%s does not come after %s", v.From, p.Values[i-1].From)
			}
			if n := l.places.node(v.Pos, "value"); n != nil {
				v.Value = l.typed(n, l.places.at(v.Pos, "value"), p.Type)
			}
		}
	}
	slices.SortFunc(all, func(a, b *Parameter) int { return strings.Compare(a.ID, b.ID) })
}

// typed reads a value of a type that the file names: number, money, text, yes_no or date.
func (l *loader) typed(n *yaml.Node, pos Pos, typ string) any {
	if n.Kind != yaml.ScalarNode {
		l.problem(pos, "write one value", "%s where one value is needed", kindOf(n))
		return nil
	}
	v, err := parseTyped(n.Value, typ)
	if err != nil {
		l.problem(pos, "write "+wanted[typ], "%q is not of type %s", short(n.Value), typ)
	}
	return v
}

// wanted says how a value of a type is written.
var wanted = map[string]string{
	"number": "a number as 12.5", "money": "an amount as 12.50", "yes_no": "true or false",
	"date": "a date as 2026-04-01", "time": "a time as 09:30",
}

// parseTyped reads a value of a type: money.Decimal, string, bool, calendar.Date.
func parseTyped(s, typ string) (any, error) {
	switch typ {
	case "number", "money":
		return money.ParseDecimal(s)
	case "date":
		return calendar.ParseISO(s)
	case "yes_no":
		switch s {
		case "true", "yes":
			return true, nil
		case "false", "no":
			return false, nil
		}
		return nil, fmt.Errorf("%q is neither true nor false", s)
	}
	return s, nil
}

func (l *loader) checkDemo() {
	f := &l.demo
	var orgs []string
	for _, o := range l.j.File.Organisations {
		orgs = append(orgs, o.ID)
	}
	l.unique("e-mail address", len(f.Staff)+len(f.Residents), func(i int) (string, Pos) {
		if i < len(f.Staff) {
			return f.Staff[i].Email, l.places.at(f.Staff[i].Pos, "email")
		}
		r := f.Residents[i-len(f.Staff)]
		return r.Email, l.places.at(r.Pos, "email")
	})
	for _, s := range f.Staff {
		l.email(s.Pos, s.Email)
		for _, r := range s.Roles {
			if r.Organisation == "" && r.Role != "administrator" {
				l.problem(r.Pos, "add organisation: with its id", "the role %q is in no organisation", r.Role)
			}
			l.known(l.places.at(r.Pos, "organisation"), "organisation", r.Organisation, orgs)
		}
	}
	for _, r := range f.Residents {
		l.email(r.Pos, r.Email)
		l.known(l.places.at(r.Pos, "language"), "language", r.Language, l.j.File.Languages)
	}
	l.checkDemoSpending()
	l.j.Demo = *f
}
