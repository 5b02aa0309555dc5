package service

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/policy"
)

// SeatMinutes is the length of a seat: every appointment takes some of them, one after another at one counter.
const SeatMinutes = 5

// Appointment is a checked file of appointments.
type Appointment struct {
	AppointmentFile
	Jurisdiction *Jurisdiction
	Weekdays     map[time.Weekday][]AppointmentHoursFile // in order of the day
	Counters     int                                     // the most that are open at once
}

// Scope is how the scope of a mandate names an appointment.
func (a *Appointment) Scope() string { return policy.AppointmentService(a.Appointment) }

// Purpose finds what one can come for; nil if there is none with the id.
func (a *Appointment) Purpose(id string) *AppointmentForFile {
	i := slices.IndexFunc(a.For, func(f AppointmentForFile) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &a.For[i]
}

// TitleOf is what one comes for; the title of the whole where its file says so no more.
func (a *Appointment) TitleOf(what string) Text {
	if x := a.Purpose(what); x != nil {
		return x.Title
	}
	return a.Title
}

// Lines are texts in a language.
func Lines(list []Text, language string, fallback ...string) (all []string) {
	for _, t := range list {
		all = append(all, t.In(language, fallback...))
	}
	return all
}

// Brings is what to bring to what one comes for.
func (a *Appointment) Brings(what string) []Text {
	if x := a.Purpose(what); x != nil {
		return slices.Concat(a.Bring, x.Bring)
	}
	return a.Bring
}

// Length is how many minutes it takes for so many people.
func (f *AppointmentForFile) Length(people int) int { return f.Minutes + f.More*max(0, people-1) }

// AppointmentKind finds an appointment by its id; nil if there is none.
func (j *Jurisdiction) AppointmentKind(id string) *Appointment {
	i, found := slices.BinarySearchFunc(j.Appointments, id, func(a *Appointment, id string) int { return strings.Compare(a.Appointment, id) })
	if !found {
		return nil
	}
	return j.Appointments[i]
}

// Bounds of an appointment.
const (
	mostCounters    = 50
	mostPeople      = 20
	mostAhead       = 366
	mostLong        = 8 * 60 // minutes
	mostAppointment = 60     // hours of notice and of the reminder, in days
)

// checkAppointments checks appointments/*.yaml, and makes appointments of them.
func (l *loader) checkAppointments() {
	for _, f := range l.appointments {
		if f.Pos.Line == 0 {
			continue
		}
		c := appointmentCheck{loader: l, f: f}
		c.check()
		l.j.Appointments = append(l.j.Appointments, &Appointment{AppointmentFile: *f, Jurisdiction: l.j, Weekdays: c.days, Counters: c.most})
	}
	slices.SortFunc(l.j.Appointments, func(a, b *Appointment) int { return strings.Compare(a.Appointment, b.Appointment) })
}

// appointmentCheck checks one file.
type appointmentCheck struct {
	*loader
	f    *AppointmentFile
	days map[time.Weekday][]AppointmentHoursFile
	most int
}

func (c *appointmentCheck) check() {
	f := c.f
	for to, n := range map[*int]int{&f.People: 1, &f.Step: 10, &f.Ahead: 60, &f.Open: 1} {
		if *to == 0 {
			*to = n
		}
	}
	c.known(c.places.at(f.Pos, "organisation"), "organisation", f.Organisation, ids(c.j.File.Organisations, func(o *OrganisationFile) string { return o.ID }))
	for _, language := range keys(f.Keywords) {
		c.known(c.places.at(f.Pos, "keywords", language), "language", language, c.j.File.Languages)
	}
	c.known(c.places.at(f.Privacy.Pos, "basis"), "source under law:", f.Privacy.Basis, keys(f.Law))
	if f.Privacy.Keep != "" && f.Privacy.Months() == 0 {
		c.problem(c.places.at(f.Privacy.Pos, "keep"), "write how long: 6 months, or 1 year", "%q is not a length of time", f.Privacy.Keep)
	}
	if !slices.Contains([]int{5, 10, 15, 20, 30, 60}, f.Step) {
		c.problem(c.places.at(f.Pos, "step"), "write 5, 10, 15, 20, 30 or 60", "%d minutes do not divide an hour into equal times", f.Step)
		f.Step = SeatMinutes // so that the hours can be looked at
	}
	for key, bound := range map[string]struct{ n, most int }{"people": {f.People, mostPeople}, "ahead": {f.Ahead, mostAhead}, "open": {f.Open, mostPeople},
		"notice": {f.Notice, mostAppointment * 24}, "remind": {f.Remind, mostAppointment * 24}} {
		if bound.n > bound.most {
			c.problem(c.places.at(f.Pos, key), fmt.Sprintf("write %d at most", bound.most), "%s: %d is too many", key, bound.n)
		}
	}
	c.checkBehalf(f.Pos, f.OnBehalf)
	c.hours()
	c.purposes()
	c.asked()
}

// hours brings the opening hours into the order of each day.
func (c *appointmentCheck) hours() {
	c.days = map[time.Weekday][]AppointmentHoursFile{}
	for i := range c.f.Hours {
		h := &c.f.Hours[i]
		if h.Counters == 0 {
			h.Counters = 1
		}
		if h.Counters > mostCounters {
			c.problem(c.places.at(h.Pos, "counters"), fmt.Sprintf("write %d at most", mostCounters), "%d counters are too many", h.Counters)
		}
		c.most = max(c.most, h.Counters)
		if h.Until <= h.From {
			c.problem(c.places.at(h.Pos, "until"), "write a later time, or two parts of the day", "it closes at %s, before it opens at %s", h.Until, h.From)
			continue
		}
		for key, at := range map[string]calendar.Clock{"from": h.From, "until": h.Until} {
			if int(at)%c.f.Step != 0 {
				c.problem(c.places.at(h.Pos, key), "write a time that is a multiple of step: from the full hour", "%s is not a time of every %d minutes", at, c.f.Step)
			}
		}
		for w := time.Sunday; w <= time.Saturday; w++ {
			if !slices.Contains(h.Days, strings.ToLower(w.String())) {
				continue
			}
			for _, other := range c.days[w] {
				if h.From < other.Until && other.From < h.Until {
					c.problem(h.Pos, "let one part end where the next begins", "on %s these hours overlap with those at %s", w, other.Pos)
				}
			}
			c.days[w] = append(c.days[w], *h)
		}
	}
	for _, day := range c.days {
		slices.SortFunc(day, func(a, b AppointmentHoursFile) int { return int(a.From) - int(b.From) })
	}
}

// longest is the longest time without a break that one counter is open.
func (c *appointmentCheck) longest() (most int) {
	for _, day := range c.days {
		from := calendar.Clock(0)
		for i, h := range day {
			if i == 0 || day[i-1].Until != h.From {
				from = h.From
			}
			most = max(most, int(h.Until-from))
		}
	}
	return most
}

func (c *appointmentCheck) purposes() {
	f := c.f
	c.unique("thing to come for", len(f.For), func(i int) (string, Pos) { return f.For[i].ID, c.places.at(f.For[i].Pos, "id") })
	services := ids(c.services, func(s **ServiceFile) string { return (*s).Service })
	longest := c.longest()
	for i := range f.For {
		x := &f.For[i]
		for key, n := range map[string]int{"minutes": x.Minutes, "more": x.More} {
			if n%SeatMinutes != 0 {
				c.problem(c.places.at(x.Pos, key), "write a multiple of 5", "%d minutes are no multiple of 5", n)
			}
		}
		switch most := x.Length(f.People); {
		case x.Minutes == 0:
			c.problem(c.places.at(x.Pos, "minutes"), "write how long it takes", "%q takes no time", x.ID)
		case most > mostLong:
			c.problem(c.places.at(x.Pos, "minutes"), fmt.Sprintf("write %d at most", mostLong), "%q takes %d minutes for %d people", x.ID, most, f.People)
		case longest > 0 && most > longest:
			c.problem(x.Pos, "open for longer, or let fewer people come together", "%q takes %d minutes for %d people, but it is never open for so long", x.ID, most, f.People)
		}
		c.known(c.places.at(x.Pos, "service"), "service", x.Service, services)
		c.known(c.places.at(x.Pos, "law"), "source under law:", x.Law, keys(f.Law))
	}
}

func (c *appointmentCheck) asked() {
	purposes := ids(c.f.For, func(x *AppointmentForFile) string { return x.ID })
	for _, a := range c.f.Asked {
		c.known(c.places.at(a.Pos, "for"), "thing to come for", a.For, purposes)
		if (a.Asks == "") == (a.Quotes == "") {
			c.problem(a.Pos, "give exactly one of asks and quotes", "the worked question says %s what must come of it", map[bool]string{true: "not", false: "twice"}[a.Asks == ""])
		}
	}
}
