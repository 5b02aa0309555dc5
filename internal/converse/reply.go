package converse

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"stoa/internal/assist"
	"stoa/internal/calendar"
	"stoa/internal/service"
)

// Reply reads what was said in answer to one of a service's questions as what a form would have sent: form fields with values.
// ok is false where it is no answer that could be read; what it is worth is for the engine's own validation. A look-up is
// answered by what to look for, which stands under the question's id with "-find" behind it.
func (l *Library) Reply(lang string, q *service.Question, said string) (fields map[string][]string, ok bool) {
	s := l.shelf(l.known(lang))
	said = strings.TrimSpace(said)
	if said == "" {
		return nil, false
	}
	ws := assist.Words(s.lang, said)
	one := func(v string) (map[string][]string, bool) { return map[string][]string{q.ID: {v}}, true }
	switch q.Type {
	case "yes_no":
		if yes, clear := s.yesNo(ws); clear {
			return one(map[bool]string{true: "yes", false: "no"}[yes])
		}
		return nil, false
	case "one_of":
		if v := s.options(q, said, ws); len(v) == 1 {
			return one(v[0])
		}
		return nil, false
	case "many_of":
		v := s.options(q, said, ws)
		return map[string][]string{q.ID: v}, len(v) > 0
	case "number", "money":
		if n := numbers(said); len(n) == 1 {
			return one(n[0].text)
		}
		return nil, false
	case "date":
		return dateFields(q.ID, s.dates(said, l.day))
	case "email":
		if e := email.FindString(said); e != "" {
			return one(e)
		}
	case "address":
		return addressFields(q.ID, said)
	case "lookup":
		return map[string][]string{q.ID + "-find": {said}}, true
	case "file", "group":
		return nil, false
	}
	return one(said)
}

var email = regexp.MustCompile(`[^\s<>@,;]+@[^\s<>@,;]+\.[^\s<>@,;.]+`)

// yesNo reads a short reply whose first words say yes or no.
func (s *shelf) yesNo(ws []assist.Word) (yes, clear bool) {
	if len(ws) == 0 || len(ws) > 8 {
		return false, false
	}
	for _, w := range ws[:min(len(ws), 2)] {
		if s.words.yes[w.Text] {
			return true, true
		}
		if s.words.no[w.Text] {
			return false, true
		}
	}
	return false, false
}

// options are the choices that are named: by value, by ordinal, by label, or by all the words of a label that carry meaning.
func (s *shelf) options(q *service.Question, said string, ws []assist.Word) (list []string) {
	for i, o := range q.Options {
		label := o.Label.By[s.lang]
		switch {
		case strings.EqualFold(said, label), strings.EqualFold(said, o.Value), said == strconv.Itoa(i+1):
			return []string{o.Value}
		case s.names(label, ws):
			list = append(list, o.Value)
		}
	}
	if len(list) > 0 || q.Type != "one_of" && q.Type != "many_of" {
		return list
	}
	best, most, twice := "", 0.0, false // else that one which shares most of what is said
	for _, o := range q.Options {
		shared := s.shared(o.Label.By[s.lang], ws)
		switch {
		case shared > most:
			best, most, twice = o.Value, shared, false
		case shared == most:
			twice = true
		}
	}
	if most > 0 && !twice {
		return []string{best}
	}
	return nil
}

// names reports whether all the words of a label that carry meaning are said.
func (s *shelf) names(label string, ws []assist.Word) bool {
	n := 0
	for _, w := range assist.Words(s.lang, label) {
		if w.Stop || s.words.and[w.Text] {
			continue
		}
		if n++; !slices.ContainsFunc(ws, func(x assist.Word) bool { return x.Stem == w.Stem }) {
			return false
		}
	}
	return n > 0
}

// shared is the share of what is said that stands in a label.
func (s *shelf) shared(label string, ws []assist.Word) float64 {
	in, all := 0, 0
	labelled := assist.Words(s.lang, label)
	for _, w := range ws {
		if w.Stop || s.words.and[w.Text] {
			continue
		}
		all++
		if slices.ContainsFunc(labelled, func(x assist.Word) bool { return x.Stem == w.Stem }) {
			in++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(in) / float64(all)
}

// number is a figure in a text.
type number struct {
	text       string
	start, end int
}

var figure = regexp.MustCompile(`\p{Nd}+(?:[,.٬٫'’ ]\p{Nd}{3})*(?:[.٫]\p{Nd}{1,2})?`)

// numbers finds the figures of a text: with thousands apart, in the digits of any script.
func numbers(text string) (list []number) {
	for _, at := range figure.FindAllStringIndex(text, -1) {
		list = append(list, number{plain(text[at[0]:at[1]]), at[0], at[1]})
	}
	return list
}

// plain writes a figure with the digits 0 to 9 and without what parts thousands.
func plain(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case unicode.IsDigit(r):
			b.WriteByte(byte('0' + digit(r)))
		case (r == '.' || r == '٫') && len(runes)-i <= 3: // what follows are hundredths
			b.WriteByte('.')
		}
	}
	return b.String()
}

func digit(r rune) int {
	for _, zero := range []rune{'0', '٠', '۰', '०'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return 0
}

var (
	dateISO   = regexp.MustCompile(`\b(\d{4})-(\d{1,2})-(\d{1,2})\b`)
	dateNumer = regexp.MustCompile(`\b(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})\b`)
)

// dates finds the days of a text: 2027-06-12, 12/6/2027, 12 June 2027, June 12 2027, tomorrow.
func (s *shelf) dates(text string, today calendar.Date) (list []calendar.Date) {
	text = western(text)
	add := func(y, m, d string) {
		year, _ := strconv.Atoi(y)
		month, _ := strconv.Atoi(m)
		day, _ := strconv.Atoi(d)
		if date, err := calendar.ParseISO(pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2)); err == nil {
			list = append(list, date)
		}
	}
	for _, m := range dateISO.FindAllStringSubmatch(text, -1) {
		add(m[1], m[2], m[3])
	}
	for _, m := range dateNumer.FindAllStringSubmatch(text, -1) {
		add(m[3], m[2], m[1])
	}
	ws := assist.Words(s.lang, text)
	for i, w := range ws {
		if n, ok := s.words.today[w.Text]; ok {
			if date, err := today.AddDays(n); err == nil {
				list = append(list, date)
			}
		}
		month := s.words.months[w.Text]
		if month == 0 {
			continue
		}
		var day, year string
		for _, j := range []int{i - 1, i + 1, i + 2, i - 2} {
			if j < 0 || j >= len(ws) || !ws[j].Figure {
				continue
			}
			n := strings.TrimRight(ws[j].Text, "abcdefghijklmnopqrstuvwxyz")
			switch {
			case len(n) == 4 && year == "":
				year = n
			case len(n) <= 2 && day == "":
				day = n
			}
		}
		if day == "" {
			continue
		}
		if year == "" { // the next such day
			y := today.Year()
			if d, err := calendar.ParseISO(pad(y, 4) + "-" + pad(month, 2) + "-" + pad(atoi(day), 2)); err == nil && d.Before(today) {
				y++
			}
			year = strconv.Itoa(y)
		}
		add(year, strconv.Itoa(month), day)
	}
	return list
}

func atoi(s string) int { n, _ := strconv.Atoi(s); return n }

func pad(n, width int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, width-len(s))) + s
}

// western writes all digits as 0 to 9.
func western(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0x7f && unicode.IsDigit(r) {
			return rune('0' + digit(r))
		}
		return r
	}, s)
}

func dateFields(id string, days []calendar.Date) (map[string][]string, bool) {
	if len(days) != 1 {
		return nil, false
	}
	d := days[0]
	return map[string][]string{id + "-day": {strconv.Itoa(d.Day())}, id + "-month": {strconv.Itoa(int(d.Month()))}, id + "-year": {strconv.Itoa(d.Year())}}, true
}

// addressFields reads "1 Market Square, Greenvale, GV1 1AA": the last part with a digit is the postcode.
func addressFields(id, said string) (map[string][]string, bool) {
	parts := strings.FieldsFunc(said, func(r rune) bool { return r == ',' || r == '\n' || r == '،' })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	if len(parts) < 2 {
		return nil, false
	}
	f := map[string][]string{}
	if last := parts[len(parts)-1]; len(parts) > 2 && strings.ContainsFunc(last, unicode.IsDigit) {
		f[id+"-postcode"], parts = []string{last}, parts[:len(parts)-1]
	}
	f[id+"-line1"], f[id+"-town"] = []string{parts[0]}, []string{parts[len(parts)-1]}
	if len(parts) > 2 {
		f[id+"-line2"] = []string{strings.Join(parts[1:len(parts)-1], ", ")}
	}
	return f, true
}

func itoa(n int) string { return strconv.Itoa(n) }
