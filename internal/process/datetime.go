package process

import (
	"strconv"
	"strings"
	"time"

	"stoa/internal/calendar"
)

// readDate reads the three fields of a date; months may be named. Someone who types or pastes the
// whole date into the first field (27/3/2026, 2026-03-27, 27 March 2026) is understood. It returns the
// parts that are wrong and the message.
func readDate(day, month, year string) (d calendar.Date, wrong []string, key string) {
	day, month, year = dateField(day), dateField(month), dateField(year)
	if month == "" && year == "" {
		day, month, year = wholeDate(day)
	}
	var missing []string
	for i, v := range []string{day, month, year} {
		if v == "" {
			missing = append(missing, dateParts[i])
		}
	}
	switch len(missing) {
	case 0:
	case 1:
		return d, missing, missingPart[missing[0]]
	default:
		return d, missing, msgDateReal
	}
	dd, okDay := smallNumber(day, 1, 31)
	mm, okMonth := monthNumber(month)
	yy, okYear := smallNumber(year, 1, 9999)
	if !okDay {
		wrong = append(wrong, "day")
	}
	if !okMonth {
		wrong = append(wrong, "month")
	}
	if !okYear || len(year) != 4 {
		wrong = append(wrong, "year")
	}
	if len(wrong) == 1 && wrong[0] == "year" && okYear {
		return d, wrong, msgYearDigits
	}
	if len(wrong) > 0 {
		return d, wrong, msgDateReal
	}
	d, err := calendar.NewDate(yy, time.Month(mm), dd)
	if err != nil { // 31 April
		return d, dateParts, msgDateReal
	}
	return d, nil, ""
}

func dateField(s string) string {
	return strings.TrimRight(strings.ToLower(oneLine(withoutMarks(plainDigits(s)))), ".,،")
}

// withoutMarks drops direction marks that come along when a date is pasted.
func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\u200e' || r == '\u200f' || r == '\u061c' {
			return -1
		}
		return r
	}, s)
}

// wholeDate cuts a date in one piece: day, month and year, or year first where it has four digits.
func wholeDate(s string) (day, month, year string) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" /-.,،", r) })
	if len(parts) > 3 && monthNames[strings.Join(parts[1:len(parts)-1], " ")] > 0 { // كانون الثاني
		parts = []string{parts[0], strings.Join(parts[1:len(parts)-1], " "), parts[len(parts)-1]}
	}
	if len(parts) != 3 {
		return s, "", ""
	}
	if len(parts[0]) == 4 {
		return parts[2], parts[1], parts[0]
	}
	return parts[0], parts[1], parts[2]
}

func smallNumber(s string, least, most int) (int, bool) {
	if !allDigits(s) || len(s) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= least && n <= most
}

func monthNumber(s string) (int, bool) {
	if n, ok := smallNumber(s, 1, 12); ok {
		return n, true
	}
	if n := monthNames[s]; n > 0 {
		return n, true
	}
	return 0, false
}

// monthNames are the months in the languages of the platform: English long and short, Arabic as in
// Egypt, the Levant and the Maghreb.
var monthNames = func() map[string]int {
	m := map[string]int{}
	for i, names := range []string{
		"january jan يناير كانون_الثاني جانفي", "february feb فبراير شباط فيفري", "march mar مارس آذار",
		"april apr أبريل ابريل إبريل نيسان أفريل", "may مايو أيار ماي", "june jun يونيو حزيران جوان",
		"july jul يوليو تموز جويلية", "august aug أغسطس آب أوت", "september sept sep سبتمبر أيلول",
		"october oct أكتوبر تشرين_الأول", "november nov نوفمبر تشرين_الثاني", "december dec ديسمبر كانون_الأول",
	} {
		for _, n := range strings.Fields(names) {
			m[strings.ReplaceAll(n, "_", " ")] = i + 1
		}
	}
	return m
}()

// readClock reads a time of day: 18:30, 18.30, 1830, 6:30pm, 6 pm, noon, midnight, ٦:٣٠ م.
func readClock(s string) (calendar.Clock, bool) {
	s = strings.ToLower(without(plainDigits(s), ""))
	switch s {
	case "midnight", "12midnight":
		return 0, true
	case "noon", "midday", "12noon", "12midday":
		return 12 * 60, true
	}
	half := 0
	for _, m := range []struct {
		suffix string
		half   int
	}{{"a.m.", 1}, {"am", 1}, {"صباحا", 1}, {"صباحًا", 1}, {"ص", 1}, {"p.m.", 2}, {"pm", 2}, {"مساء", 2}, {"مساءً", 2}, {"م", 2}} {
		if rest, ok := strings.CutSuffix(s, m.suffix); ok {
			s, half = rest, m.half
			break
		}
	}
	hour, minute, ok := cutClock(s, half != 0)
	if !ok || half != 0 && (hour < 1 || hour > 12) {
		return 0, false
	}
	if half != 0 {
		hour = hour%12 + 12*(half-1)
	}
	c, err := calendar.NewClock(hour, minute)
	return c, err == nil
}

// colons writes what people put between hours and minutes as a colon.
var colons = strings.NewReplacer(".", ":", "٫", ":", "h", ":")

// cutClock cuts hours and minutes; hours alone are enough where am or pm makes them a time.
func cutClock(s string, hourAlone bool) (hour, minute int, ok bool) {
	h, m, found := strings.Cut(colons.Replace(s), ":")
	if !found {
		switch {
		case hourAlone && len(s) <= 2:
			h, m = s, "00"
		case len(s) == 4 || len(s) == 3 && hourAlone:
			h, m = s[:len(s)-2], s[len(s)-2:]
		default:
			return 0, 0, false
		}
	}
	if len(h) > 2 || len(m) != 2 || !allDigits(h) || !allDigits(m) {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(h) // digits, both
	minute, _ = strconv.Atoi(m)
	return hour, minute, true
}
