package appointment

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"stoa/internal/service"
)

// Event is an appointment as calendars read it.
type Event struct {
	ID, Site           string // together they name it in the world
	Made               time.Time
	Starts, Ends       time.Time
	Changes            int
	Cancelled          bool
	Title, Place, Text string
	URL                string
	Remind             time.Duration // 0: none
}

// EventOf is an appointment of a kind as calendars read it, in the language in which it was booked.
func EventOf(kind *service.Appointment, a Appointment, site string, now time.Time) Event {
	languages := kind.Jurisdiction.File.Languages
	e := Event{ID: a.ID, Site: site, Made: now, Starts: a.Starts, Ends: a.Ends, Changes: a.Changes, Cancelled: a.State == Cancelled || a.State == Closed,
		Title: kind.TitleOf(a.What).In(a.Language, languages...), Remind: time.Duration(kind.Remind) * time.Hour,
		Place: strings.Join(service.Lines(kind.Place, a.Language, languages...), ", "), Text: strings.Join(service.Lines(kind.Brings(a.What), a.Language, languages...), "\n")}
	if u, err := url.Parse(site); err == nil && u.Host != "" {
		e.Site = u.Host
	}
	if a.Owner != "" {
		e.URL = site + "/account/appointments/" + a.ID
	}
	return e
}

// ICS writes an event in the form of RFC 5545. Instants are in UTC, so that no table of clock changes need be sent along.
func ICS(e Event) []byte {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(fold(name + ":" + value)) }
	stamp := func(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Stoa//Appointments//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VEVENT")
	line("UID", e.ID+"@"+e.Site)
	line("DTSTAMP", stamp(e.Made))
	line("DTSTART", stamp(e.Starts))
	line("DTEND", stamp(e.Ends))
	line("SEQUENCE", strconv.Itoa(e.Changes))
	line("STATUS", map[bool]string{true: "CANCELLED", false: "CONFIRMED"}[e.Cancelled])
	line("SUMMARY", escaped(e.Title))
	if e.Place != "" {
		line("LOCATION", escaped(e.Place))
	}
	if e.Text != "" {
		line("DESCRIPTION", escaped(e.Text))
	}
	if e.URL != "" {
		line("URL", e.URL)
	}
	if e.Remind > 0 && !e.Cancelled {
		line("BEGIN", "VALARM")
		line("ACTION", "DISPLAY")
		line("DESCRIPTION", escaped(e.Title))
		line("TRIGGER", "-PT"+strconv.Itoa(int(e.Remind/time.Minute))+"M")
		line("END", "VALARM")
	}
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return []byte(b.String())
}

// escaped is a value of type TEXT (RFC 5545, section 3.3.11).
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(s)
}

const longestLine = 75 // octets (RFC 5545, section 3.1)

// fold ends a line, and breaks it before it is too long; never inside a character.
func fold(s string) string {
	var b strings.Builder
	room := longestLine
	for len(s) > 0 {
		_, n := utf8.DecodeRuneInString(s)
		if n > room {
			b.WriteString("\r\n ")
			room = longestLine - 1
		}
		b.WriteString(s[:n])
		s, room = s[n:], room-n
	}
	return b.String() + "\r\n"
}
