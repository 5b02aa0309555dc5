package view

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
)

// Times in a question: "since June", "until June 2025", "in 2025", "last 3 months", "this year", two of them as a span.
// Pages tell of whole months, so that weeks and days are nothing that can be read.

// span is a time that a question names, with the word before it.
type span struct {
	first, last calendar.Date // months; last is zero where it has not ended
	before      string
	dated       bool // its year is named
	year        bool // a whole one, which a month before it lies in
	at, end     int  // its words
}

var (
	lastWords = []string{"last", "past", "آخر"}
	yearWords = []string{"year", "years", "عام", "سنة", "سنوات"}
	onesWords = []string{"month", "months", "شهر", "أشهر", "شهور"}
)

// relative are times by their words; a number of months back, or a whole year.
var relative = map[string]func(today calendar.Date) span{
	"last year": lastYear, "past year": lastYear, "العام الماضي": lastYear, "السنة الماضية": lastYear,
	"this year": thisYear, "هذا العام": thisYear, "هذه السنة": thisYear,
	"last month": lastMonth, "past month": lastMonth, "الشهر الماضي": lastMonth,
}

func lastYear(today calendar.Date) span { return wholeYear(today.Year() - 1) }
func thisYear(today calendar.Date) span {
	return span{first: monthOfYear(today.Year(), time.January), dated: true, year: true}
}
func lastMonth(today calendar.Date) span {
	m := back(monthStart(today), 1)
	return span{first: m, last: m, dated: true}
}
func wholeYear(y int) span {
	return span{first: monthOfYear(y, time.January), last: monthOfYear(y, time.December), dated: true, year: true}
}

// spans finds the times that a question names.
func spans(p *i18n.Printer, words []string, used []bool, today calendar.Date) (list []span) {
	for i := 0; i < len(words); i++ {
		one, ok := spanAt(p, words, used, i, today)
		if !ok {
			continue
		}
		if n := len(list) - 1; n >= 0 && list[n].end == i && !list[n].dated && one.year { // "June 2025", "June last year"
			m := monthOfYear(one.first.Year(), list[n].first.Month())
			list[n].first, list[n].last, list[n].dated, list[n].end = m, m, true, one.end
		} else {
			if one.at = i; i > 0 {
				one.before = words[i-1]
			}
			list = append(list, one)
		}
		i = one.end - 1
	}
	return list
}

// spanAt reads the time that begins at a word.
func spanAt(p *i18n.Printer, words []string, used []bool, i int, today calendar.Date) (span, bool) {
	if i+1 < len(words) {
		if of := relative[words[i]+" "+words[i+1]]; of != nil {
			one := of(today)
			one.end = i + 2
			return one, true
		}
	}
	if i+2 < len(words) && slices.Contains(lastWords, words[i]) {
		n, err := strconv.Atoi(words[i+1])
		if slices.Contains(yearWords, words[i+2]) {
			n *= 12
		} else if !slices.Contains(onesWords, words[i+2]) {
			n = 0
		}
		if err == nil && n > 0 && n <= 1200 {
			return span{first: back(monthStart(today), n), dated: true, end: i + 3}, true
		}
	}
	if y, err := strconv.Atoi(words[i]); err == nil && !used[i] && y > 1990 && y <= today.Year() {
		one := wholeYear(y)
		one.end = i + 1
		return one, true
	}
	if m := monthNamed(p, words[i]); m != 0 {
		y := today.Year()
		if m > today.Month() {
			y--
		}
		d := monthOfYear(y, m)
		return span{first: d, last: d, end: i + 1}, true
	}
	return span{}, false
}

// readTime narrows the question down to the times that it names. More than a span, and what stands before a time that
// cannot be read, stay words that are not understood.
func (q *InsightAsk) readTime(p *i18n.Printer, words []string, used []bool, today calendar.Date) {
	list := spans(p, words, used, today)
	read := func(s span, from, until calendar.Date) {
		q.From, q.Until = from, until
		for i := s.at; i < s.end; i++ {
			used[i] = true
		}
	}
	switch {
	case len(list) == 2 && !list[1].last.IsZero() && slices.Contains(strings.Fields("to until till and through إلى حتى و -"), list[1].before):
		x, y := list[0], list[1]
		if !x.dated && x.first.After(y.last) { // from November to February
			x.first = back(x.first, 12)
		}
		if x.first.After(y.last) {
			return
		}
		read(x, x.first, y.last)
		read(y, x.first, y.last)
	case len(list) == 1:
		one := list[0]
		var none calendar.Date
		switch one.before {
		case "since", "from", "منذ", "من":
			read(one, one.first, none)
		case "after", "بعد":
			if !one.last.IsZero() {
				read(one, back(one.last, -1), none)
			}
		case "until", "till", "حتى":
			if !one.last.IsZero() {
				read(one, none, one.last)
			}
		case "before", "قبل":
			read(one, none, back(one.first, 1))
		case "by", "to", "between", "within", "إلى", "بين":
		default:
			read(one, one.first, one.last)
		}
	}
}

func monthOfYear(y int, m time.Month) calendar.Date {
	d, err := calendar.NewDate(y, m, 1)
	if err != nil {
		return calendar.Date{}
	}
	return d
}

// monthNamed is the month that a word names in the reader's language, whole or short; 0 for none.
func monthNamed(p *i18n.Printer, word string) time.Month {
	for m := time.January; m <= time.December; m++ {
		long, _, _ := strings.Cut(strings.ToLower(p.Month(2026, m)), " ")
		short := strings.ToLower(p.MonthShort(m))
		if word == long || word == short {
			return m
		}
	}
	return 0
}
