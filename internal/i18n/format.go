package i18n

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"
)

// What this file returns is bare text. Put through T or H as a value it is
// isolated; written alone into a page it belongs in an element of its own
// (<td>, <dd>, <time>, <bdi>).

// names are the words of dates, looked up once.
type names struct {
	months, short [12]string
	weekdays      [7]string
}

func newNames(p *Printer) *names {
	return &names{
		months: [12]string{
			p.C("month", "January"), p.C("month", "February"), p.C("month", "March"),
			p.C("month", "April"), p.C("month", "May"), p.C("month", "June"),
			p.C("month", "July"), p.C("month", "August"), p.C("month", "September"),
			p.C("month", "October"), p.C("month", "November"), p.C("month", "December"),
		},
		short: [12]string{
			p.C("short month", "Jan"), p.C("short month", "Feb"), p.C("short month", "Mar"),
			p.C("short month", "Apr"), p.C("short month", "May"), p.C("short month", "Jun"),
			p.C("short month", "Jul"), p.C("short month", "Aug"), p.C("short month", "Sept"),
			p.C("short month", "Oct"), p.C("short month", "Nov"), p.C("short month", "Dec"),
		},
		weekdays: [7]string{
			p.C("weekday", "Sunday"), p.C("weekday", "Monday"), p.C("weekday", "Tuesday"),
			p.C("weekday", "Wednesday"), p.C("weekday", "Thursday"), p.C("weekday", "Friday"),
			p.C("weekday", "Saturday"),
		},
	}
}

// pattern is C for a message that bare fills.
func (p *Printer) pattern(context, msgid string) string { return p.get(context, msgid) }

// bare fills a pattern without isolates: its parts belong together.
func bare(pattern string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(pattern)
}

func (p *Printer) int(n int) string { return p.localize(strconv.Itoa(n)) }

// month names m; out of range (an unchecked answer) it is the number.
func (p *Printer) month(of [12]string, m time.Month) string {
	if m < time.January || m > time.December {
		return p.int(int(m))
	}
	return of[m-1]
}

// Date is "16 November 2026".
func (p *Printer) Date(y int, m time.Month, d int) string {
	return bare(p.pattern("date", "{day} {month} {year}"),
		"{day}", p.int(d), "{month}", p.month(p.names.months, m), "{year}", p.int(y))
}

// DateOf is Date for a calendar date.
func (p *Printer) DateOf(d interface{ YMD() (int, time.Month, int) }) string {
	return p.Date(d.YMD())
}

// DateShort is "16 Nov 2026", for tables.
func (p *Printer) DateShort(y int, m time.Month, d int) string {
	return bare(p.pattern("short date", "{day} {month} {year}"),
		"{day}", p.int(d), "{month}", p.month(p.names.short, m), "{year}", p.int(y))
}

// DateLong is "Monday, 16 November 2026".
func (p *Printer) DateLong(y int, m time.Month, d int) string {
	w := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Weekday()
	return bare(p.pattern("date", "{weekday}, {date}"), "{weekday}", p.names.weekdays[w], "{date}", p.Date(y, m, d))
}

// Month is "November 2026".
func (p *Printer) Month(y int, m time.Month) string {
	return bare(p.pattern("date", "{month} {year}"), "{month}", p.month(p.names.months, m), "{year}", p.int(y))
}

// Percent is "12.5%" of a number that is written already.
func (p *Printer) Percent(n string) string { return bare(p.pattern("percentage", "{n}%"), "{n}", n) }

// Short is "1.2m" of a number that is written already, in thousands (3), millions (6), thousand millions (9) or million
// millions (12).
func (p *Printer) Short(n string, power int) string {
	pattern := "{n}"
	switch power {
	case 3:
		pattern = p.pattern("short number", "{n}k")
	case 6:
		pattern = p.pattern("short number", "{n}m")
	case 9:
		pattern = p.pattern("short number", "{n}bn")
	case 12:
		pattern = p.pattern("short number", "{n}tn")
	}
	return bare(pattern, "{n}", n)
}

// Plain is a number without groups: a year, a day.
func (p *Printer) Plain(n int) string { return p.int(n) }

// MonthShort is "Nov", for the axis of a chart.
func (p *Printer) MonthShort(m time.Month) string { return p.month(p.names.short, m) }

// Time is "14:30", on the 24 hour clock.
func (p *Printer) Time(hour, minute int) string {
	return bare(p.pattern("time", "{hour}:{minute}"), "{hour}", p.localize(fmt.Sprintf("%02d", hour)),
		"{minute}", p.localize(fmt.Sprintf("%02d", minute)))
}

// DateTime is "16 November 2026 at 14:30" in the zone t already carries.
func (p *Printer) DateTime(t time.Time) string {
	return bare(p.pattern("date", "{date} at {time}"), "{date}", p.Date(t.Date()), "{time}", p.Time(t.Hour(), t.Minute()))
}

// DateTimeLong is "Monday, 16 November 2026, 09:05". Its parts are not isolated: inside another sentence they would have no
// direction of their own, and the time would stand before the day in Arabic.
func DateTimeLong(p *Printer, t time.Time) string {
	return bare(p.pattern("date", "{date}, {time}"), "{date}", p.DateLong(t.Date()), "{time}", p.Time(t.Hour(), t.Minute()))
}

// symbols are how a language writes numbers.
type symbols struct {
	group, decimal, minus string
	primary, secondary    int // digits in the last group, and in those before
}

var sampleNumber = regexp.MustCompile(`^(?:1(\D*)234(\D*)567|12(\D*)34(\D*)567)(\D+)89$`)

// newSymbols reads them from the translations of 1,234,567.89 and -1: an
// example is easier to translate than a pattern language.
func newSymbols(number, minusOne string) (symbols, error) {
	m := sampleNumber.FindStringSubmatch(number)
	minus, ok := strings.CutSuffix(minusOne, "1")
	if m == nil || m[1] != m[2] || m[3] != m[4] || !ok || minus == "" {
		return symbols{}, fmt.Errorf("numbers are written %q and %q: want the digits 123456789 with separators, and a minus before 1", number, minusOne)
	}
	s := symbols{group: m[1], decimal: m[5], minus: minus, primary: 3, secondary: 3}
	if m[3] != "" {
		s.group, s.secondary = m[3], 2
	}
	return s, nil
}

var decimal = regexp.MustCompile(`^(-?)([0-9]+)(?:\.([0-9]+))?$`)

// Number writes a plain decimal ("-1234.50") with all its digits, rounding
// nothing. What is not a plain decimal comes back as it was.
func (p *Printer) Number(s string) string {
	m := decimal.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	var b strings.Builder
	if m[1] != "" {
		b.WriteString(p.symbols.minus)
	}
	for i, r := range m[2] {
		if rest := len(m[2]) - i; i > 0 && rest >= p.symbols.primary && (rest-p.symbols.primary)%p.symbols.secondary == 0 {
			b.WriteString(p.symbols.group)
		}
		b.WriteRune(r)
	}
	if m[3] != "" {
		b.WriteString(p.symbols.decimal + m[3])
	}
	return p.localize(b.String())
}

func (p *Printer) localize(s string) string {
	if p.digits != Arabic {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '٠'
		}
		return r
	}, s)
}

// Money writes an amount in minor units ("£1,234.50" for 123450, "GBP"), with
// as many decimals as the currency has. An unknown currency is written as a
// plain number of minor units and the code, so that nothing is misstated.
func (p *Printer) Money(minor int64, code string) string {
	amount, err := currency.NewAmountFromInt64(minor, code)
	if err != nil {
		return p.Number(strconv.FormatInt(minor, 10)) + "\u00a0" + code
	}
	text := p.money.Format(amount)
	if p.Dir() == "rtl" {
		text = symbol.ReplaceAllString(text, "$1\u200e")
	}
	return text
}

// symbol is a currency's sign behind Latin letters. In right-to-left text the sign would jump before
// the letters (UAX #9: it is neutral there), so a mark keeps it behind them.
var symbol = regexp.MustCompile(`([A-Z]+\p{Sc})`)

// List is "a, b and c". Items are isolated.
func (p *Printer) List(items []string) string {
	var list string
	for i, item := range items {
		item = p.isolated(item)
		switch {
		case i == 0:
			list = item
		case i == len(items)-1:
			list = bare(p.pattern("list", "{a} and {b}"), "{a}", list, "{b}", item)
		default:
			list = bare(p.pattern("list", "{a}, {b}"), "{a}", list, "{b}", item)
		}
	}
	return list
}

// FileSize is "340 kB", "1.5 MB": decimal units, one decimal below ten, cut
// and not rounded.
func (p *Printer) FileSize(bytes int64) string {
	var unit int64
	var pattern string
	switch {
	case bytes < 1e3:
		return p.N("{n} byte", "{n} bytes", int(bytes))
	case bytes < 1e6:
		unit, pattern = 1e3, p.pattern("file size", "{size} kB")
	case bytes < 1e9:
		unit, pattern = 1e6, p.pattern("file size", "{size} MB")
	default:
		unit, pattern = 1e9, p.pattern("file size", "{size} GB")
	}
	size := strconv.FormatInt(bytes/unit, 10)
	if tenth := bytes % unit / (unit / 10); bytes/unit < 10 && tenth > 0 {
		size += "." + strconv.FormatInt(tenth, 10)
	}
	return bare(pattern, "{size}", p.Number(size))
}
