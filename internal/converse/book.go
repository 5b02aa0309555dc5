package converse

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"stoa/internal/assist"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// Booking is an appointment that is being made, or given up, in a conversation. What is missing is asked for.
type Booking struct {
	Kind    string  `json:"kind,omitempty"`
	For     string  `json:"for,omitempty"`
	People  int     `json:"people,omitempty"`
	At      int64   `json:"at,omitempty"`      // seconds; 0: not chosen
	Offered []int64 `json:"offered,omitempty"` // times that were offered, in their order
	Asking  string  `json:"asking,omitempty"`  // kind, for, people, time, sure
	Cancel  string  `json:"cancel,omitempty"`  // the appointment that is to be given up
	Sure    bool    `json:"sure,omitempty"`    // the person has said yes: only of what an answer hands on to be done
}

// Slots finds the next times that are free for an appointment, from the day of after on (zero: from now on).
type Slots func(ctx context.Context, a *service.Appointment, minutes int, after time.Time, n int) ([]time.Time, error)

const slotsOffered = 4

// appoint is what is wanted of appointments: a new one, those that the asker has, or giving one up.
func (h *hearing) appoint(ctx context.Context) (bool, error) {
	if len(h.l.place.Appointments) == 0 {
		return false, nil
	}
	switch {
	case h.says(wantsNoAppointment):
		h.own(MyAppointments)
		if len(h.w.Appointments) == 1 {
			h.st.Booking = &Booking{Cancel: h.w.Appointments[0], Asking: "sure"}
			h.a.fixed(h.s.p.T("Do you want to cancel this appointment?"))
			h.yesOrNo()
		} else if len(h.w.Appointments) > 1 {
			h.a.fixed(h.s.p.T("Open the one that you want to cancel."))
		}
		return true, nil
	case h.says(wantsMyAppointment):
		h.own(MyAppointments)
		return true, nil
	case !h.says(wantsAppointment):
		return false, nil
	}
	b := &Booking{}
	h.chooseFor(b, h.ws)
	if a := h.kindOf(b); a != nil && h.s.words.says(wantsBring, h.ws, nil) {
		h.st.Task = nil
		h.a.Kind = Answered
		h.cite(appointmentDocument(a) + "#bring/" + b.For)
		h.bookAt(a, b)
		return true, nil
	}
	h.readPeople(b)
	h.readTime(b)
	return true, h.book(ctx, b)
}

func appointmentDocument(a *service.Appointment) string { return "appointment/" + a.Appointment }

func (h *hearing) kindOf(b *Booking) *service.Appointment { return h.l.place.AppointmentKind(b.Kind) }

func (h *hearing) T(t service.Text) string { return t.By[h.s.lang] }

// chooseFor finds what somebody wants to come for: that whose words are said best, if one is.
func (h *hearing) chooseFor(b *Booking, ws []assist.Word) {
	best, most, twice := [2]string{}, 0.0, false
	bestKind, mostKind, twiceKind := "", 0.0, false
	for _, a := range h.l.place.Appointments {
		if b.Kind != "" && a.Appointment != b.Kind {
			continue
		}
		kind := h.shares(ws, append([]string{h.T(a.Title)}, a.Keywords[h.s.lang]...)...)
		twiceKind = kind == mostKind || kind < mostKind && twiceKind
		if kind > mostKind {
			bestKind, mostKind, twiceKind = a.Appointment, kind, false
		}
		for _, x := range a.For {
			score := h.shares(ws, h.T(x.Title))
			switch {
			case score > most:
				best, most, twice = [2]string{a.Appointment, x.ID}, score, false
			case score == most && score > 0:
				twice = true
			}
		}
	}
	switch {
	case most > 0 && !twice && most >= mostKind/2:
		b.Kind, b.For = best[0], best[1]
	case mostKind > 0 && !twiceKind:
		b.Kind = bestKind
	}
	if a := h.kindOf(b); a != nil && len(a.For) == 1 {
		b.For = a.For[0].ID
	}
	if len(h.l.place.Appointments) == 1 && b.Kind == "" {
		b.Kind = h.l.place.Appointments[0].Appointment
	}
}

// shares is how much of what is said stands in texts: rare words count for more.
func (h *hearing) shares(ws []assist.Word, texts ...string) (score float64) {
	have := map[string]bool{}
	for _, t := range texts {
		for _, w := range assist.Words(h.s.lang, t) {
			if !w.Stop {
				have[w.Stem] = true
			}
		}
	}
	counted := map[string]bool{}
	for _, w := range ws {
		if have[w.Stem] && !counted[w.Stem] && !w.Figure {
			counted[w.Stem] = true
			score += h.s.mass(w)
		}
	}
	return score
}

var clockForm = regexp.MustCompile(`(\d{1,2})[:.٫](\d{2})`)

// readPeople reads for how many: a small figure that is no part of a day or a time.
func (h *hearing) readPeople(b *Booking) {
	a := h.kindOf(b)
	if a == nil {
		return
	}
	if a.People == 1 {
		b.People = 1
		return
	}
	if len(h.s.dates(h.in.Text, h.l.day)) > 0 || clockForm.MatchString(western(h.in.Text)) {
		return
	}
	for _, n := range numbers(h.in.Text) {
		if people := atoi(n.text); people >= 1 && people <= a.People {
			b.People = people
			return
		}
	}
	if h.s.words.says(saysAlone, h.ws, nil) {
		b.People = 1
	}
}

// readTime reads a day, and a time of it, out of what is said.
func (h *hearing) readTime(b *Booking) {
	k := h.l.place.Calendar
	days := h.s.dates(h.in.Text, h.l.day)
	day := h.l.day
	switch {
	case len(days) == 1:
		day = days[0]
	case b.At != 0:
		day = k.DateOf(time.Unix(b.At, 0))
	}
	b.At = 0
	if m := clockForm.FindStringSubmatch(western(h.in.Text)); m != nil {
		for _, at := range b.Offered { // of what was offered, that which is at this time
			local := time.Unix(at, 0).In(k.Zone())
			if local.Hour() == atoi(m[1]) && local.Minute() == atoi(m[2]) && (len(days) == 0 || k.DateOf(local) == day) {
				b.At = at
				return
			}
		}
		if at, ok := clockOn(m[1], m[2]); ok && len(days) == 1 {
			b.At = k.StartOf(day).Add(at).Unix()
			if local := time.Unix(b.At, 0).In(k.Zone()); local.Hour() != atoi(m[1]) { // clocks changed on that day
				b.At += int64((atoi(m[1]) - local.Hour()) * 3600)
			}
		}
		return
	}
	if len(days) == 1 {
		b.Offered = []int64{k.StartOf(day).Unix()} // from there on
	}
}

func clockOn(hour, minute string) (time.Duration, bool) {
	h, m := atoi(hour), atoi(minute)
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, h < 24 && m < 60
}

// book asks for what is missing, or whether it is to be booked.
func (h *hearing) book(ctx context.Context, b *Booking) error {
	h.st.Task, h.st.Booking = nil, b
	h.a.Kind = Choosing
	a := h.kindOf(b)
	switch {
	case a == nil:
		b.Asking = "kind"
		h.a.fixed(h.s.p.T("Which of these do you mean?"))
		for _, x := range h.l.place.Appointments {
			h.a.Choices = append(h.a.Choices, Choice{Label: h.T(x.Title), Say: h.T(x.Title)})
		}
		return nil
	case b.For == "":
		b.Asking = "for"
		h.a.fixed(h.s.p.T("What do you want to do?"))
		for _, x := range a.For {
			h.a.Choices = append(h.a.Choices, Choice{Label: h.T(x.Title), Say: h.T(x.Title)})
		}
		return nil
	case b.People < 1 || b.People > a.People:
		b.Asking = "people"
		h.a.fixed(h.s.p.T("For how many people?"))
		for n := 1; n <= a.People; n++ {
			h.a.Choices = append(h.a.Choices, Choice{Label: h.s.p.N("{n} person", "{n} people", n), Say: strconv.Itoa(n)})
		}
		return nil
	}
	return h.bookTime(ctx, a, b)
}

// bookTime offers times, or asks whether one is to be booked if it is free.
func (h *hearing) bookTime(ctx context.Context, a *service.Appointment, b *Booking) error {
	x := a.Purpose(b.For)
	after := time.Time{}
	if b.At != 0 {
		after = time.Unix(b.At, 0)
	} else if len(b.Offered) == 1 {
		after = time.Unix(b.Offered[0], 0)
	}
	var free []time.Time
	if h.w.Slots != nil {
		var err error
		if free, err = h.w.Slots(ctx, a, x.Length(b.People), after, slotsOffered); err != nil {
			return err
		}
	}
	if b.At != 0 && slices.ContainsFunc(free, func(t time.Time) bool { return t.Unix() == b.At }) {
		h.sure(a, b)
		return nil
	}
	missed := b.At != 0
	b.At, b.Asking, b.Offered = 0, "time", nil
	switch {
	case missed:
		h.a.fixed(h.s.p.T("That time is not free. Which of these suits you?"))
	case len(free) > 0:
		h.a.fixed(h.s.p.T("When? These times are free. You can also say a day and a time."))
	default:
		h.a.fixed(h.s.p.T("I find no free time from then on. Say another day, or look at all of them."))
	}
	for _, t := range free {
		b.Offered = append(b.Offered, t.Unix())
		h.a.Choices = append(h.a.Choices, Choice{Label: h.when(t), Say: t.In(h.l.place.Calendar.Zone()).Format("2006-01-02 15:04")})
	}
	h.a.Choices = append(h.a.Choices, Choice{Label: h.s.p.T("All free times"), URL: "/appointments/" + a.Appointment + "?for=" + b.For + "&people=" + strconv.Itoa(b.People)})
	return nil
}

func (h *hearing) when(t time.Time) string {
	return i18n.DateTimeLong(h.s.p, t.In(h.l.place.Calendar.Zone()))
}

// sure says what would be booked, where to come and what to bring, and asks for an explicit yes. Who has not signed in is led to
// the page on which all of it stands.
func (h *hearing) sure(a *service.Appointment, b *Booking) {
	x, at := a.Purpose(b.For), time.Unix(b.At, 0)
	h.a.say(Computed, h.s.p.T("{label}: {value}", i18n.V{"label": h.T(x.Title), "value": h.when(at)}), h.a.source(Source{ID: appointmentDocument(a) + "#times", Title: h.T(a.Title), URL: "/appointments/" + a.Appointment, Version: h.l.place.Hash}))
	h.cite(appointmentDocument(a) + "#place")
	h.cite(appointmentDocument(a) + "#bring/" + b.For)
	if !h.w.Signed {
		h.st.Booking = nil
		h.a.fixed(h.s.p.T("To book it, sign in. What you chose is kept."))
		h.bookAt(a, b)
		return
	}
	b.Asking = "sure"
	h.a.fixed(h.s.p.T("Shall I book this time for you?"))
	h.yesOrNo()
}

// bookAt leads to the page, with what was chosen.
func (h *hearing) bookAt(a *service.Appointment, b *Booking) {
	q := "for=" + b.For
	if b.People > 0 {
		q += "&people=" + strconv.Itoa(b.People)
	}
	c := Choice{Label: h.s.p.T("Book an appointment"), URL: "/appointments/" + a.Appointment + "?" + q}
	if b.At != 0 {
		c.URL = "/account/appointments/new?kind=" + a.Appointment + "&" + q + "&at=" + time.Unix(b.At, 0).UTC().Format("2006-01-02T15:04Z")
	}
	h.a.Choices = append(h.a.Choices, c)
}

func (h *hearing) yesOrNo() {
	for _, yes := range []bool{true, false} {
		label := map[bool]string{true: h.s.p.T("Yes"), false: h.s.p.T("No")}[yes]
		h.a.Choices = append(h.a.Choices, Choice{Label: label, Say: label})
	}
}

// booking takes what was said as the answer to what was asked about an appointment, if it can be one.
func (h *hearing) booking(ctx context.Context) (bool, error) {
	b := h.st.Booking
	h.st.Booking = nil // it goes on only where it is answered
	if b == nil || h.in.Text == "" || strings.ContainsAny(h.in.Text, "?؟") {
		return false, nil
	}
	next := *b
	next.Asking = ""
	switch b.Asking {
	case "sure":
		yes, clear := h.s.yesNo(h.ws)
		if !clear {
			return false, nil
		}
		h.a.Kind = Choosing
		if !yes {
			h.a.fixed(h.s.p.T("Nothing was changed."))
			return true, nil
		}
		next.Sure = true
		h.a.Book = &next // whoever may write does it, and says what came of it
		return true, nil
	case "kind", "for":
		h.chooseFor(&next, h.ws)
		if b.Asking == "for" && next.For == "" || next.Kind == "" {
			return false, nil
		}
		h.readPeople(&next)
	case "people":
		if h.readPeople(&next); next.People == 0 {
			return false, nil
		}
	case "time":
		if n := atoi(western(strings.TrimSpace(h.in.Text))); n >= 1 && n <= len(b.Offered) {
			next.At = b.Offered[n-1]
		} else if h.readTime(&next); next.At == 0 && slices.Equal(next.Offered, b.Offered) {
			return false, nil
		}
	}
	return true, h.book(ctx, &next)
}
