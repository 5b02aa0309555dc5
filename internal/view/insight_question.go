package view

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/service"
)

// A question in plain words is read word by word against a short list, the titles of services and organisations, areas and
// names of months. What is left over is not guessed at.

// topicWords begin the words that ask for a topic; the first topic of the list with one wins.
var topicWords = []struct {
	topic string
	words []string
}{
	{InsightSteps, []string{"why", "step", "where the time", "bottleneck", "rework", "loop", "لماذا", "خطو", "مراحل"}},
	{InsightWaiting, []string{"wait", "long", "slow", "fast", "quick", "duration", "day", "decision", "decid", "انتظار", "مدة", "تستغرق", "قرار"}},
	{InsightBacklog, []string{"backlog", "open", "pending", "queue", "متراكم", "معلق", "مفتوح"}},
	{InsightPromise, []string{"in time", "on time", "deadline", "promise", "late decisions", "موعد", "مهلة"}},
	{InsightQuestions, []string{"question", "error", "mistake", "wrong", "hard", "drop", "abandon", "leave", "سؤال", "أسئلة", "خطأ", "أخطاء"}},
	{InsightCompletion, []string{"complet", "finish", "begun", "started", "إكمال", "إتمام"}},
	{InsightLanguages, []string{"language", "arabic", "english", "لغة", "لغات"}},
	{InsightChannels, []string{"channel", "paper", "assistant", "phone", "قناة", "قنوات", "ورق"}},
	{InsightSatisfaction, []string{"satisf", "happy", "rating", "score", "رضا", "تقييم"}},
	{InsightMoney, []string{"money", "revenue", "fee", "paid", "arrears", "income", "cost", "رسوم", "إيراد", "متأخرات", "تكلفة"}},
	{InsightObjections, []string{"objection", "complain", "comment", "representation", "اعتراض", "شكو", "تعليق"}},
	{InsightDemand, []string{"demand", "application", "appl", "how many", "how much", "number", "request", "notice", "came", "طلب", "طلبات", "كم", "عدد"}},
	{InsightAreas, []string{"area", "need", "ward", "postcode", "district", "map", "منطقة", "مناطق", "خريطة", "حاجة"}},
}

// smallWords say nothing that has to be understood.
var smallWords = strings.Fields(`a an the of for in on by per at to and or is are was were do does did has have how what which when who we people it there been
	show me tell us give please since from until till between last past this year years month months week weeks ago all each every many much most get about time times
	within after before with take takes taking people's now up rose rise risen grown go goes going
	في من إلى على عن هل ما هي هو كم منذ حتى خلال كل لكل حسب الماضي الماضية هذا هذه السنة العام شهر أشهر و أو التي`)

// Understand reads a question: what it asks for, and the words that could not be understood.
func (v Insight) Understand(r Reader, text string) (q InsightAsk, unknown []string) {
	if len(text) > 300 {
		text = text[:300]
	}
	j := v.place()
	folded := " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-'
	}), " ") + " "
	words := strings.Fields(folded)
	used := make([]bool, len(words))
	for _, t := range topicWords {
		for _, w := range t.words {
			if strings.Contains(folded, " "+w) || strings.Contains(folded, " ال"+w) {
				if q.Topic == "" {
					q.Topic = t.topic
				}
				for i, word := range words {
					if strings.HasPrefix(strings.TrimPrefix(word, "ال"), strings.Fields(w)[0]) {
						used[i] = true
					}
				}
			}
		}
	}
	q.readThings(r, j, words, used)
	q.readTime(r.P, words, used, j.Calendar.DateOf(v.now()))
	for i, w := range words {
		if !used[i] && !slices.Contains(smallWords, w) {
			unknown = append(unknown, w)
		}
	}
	return q, unknown
}

// stem takes off what words of one kind differ by, roughly: "licences", "licensing" and "licence" are one.
func stem(word string) string {
	word = strings.TrimPrefix(word, "ال")
	for _, end := range []string{"ing", "es", "s", "e"} {
		if len(word) > 5 && strings.HasSuffix(word, end) {
			word = strings.TrimSuffix(word, end)
			break
		}
	}
	return strings.TrimRight(word, "es")
}

// readThings finds a service, an organisation and an area. The title that shares most words is meant; where two share as
// many, neither is, and the organisation of both is if they have one.
func (q *InsightAsk) readThings(r Reader, j *service.Jurisdiction, words []string, used []bool) {
	score := func(title string) (n int, at []int) {
		in := strings.Fields(strings.ToLower(title))
		for i, w := range words {
			if len(w) > 2 && !slices.Contains(smallWords, w) && slices.ContainsFunc(in, func(t string) bool { return stem(t) == stem(w) }) {
				n, at = n+1, append(at, i)
			}
		}
		return n, at
	}
	best, tied := 0, false
	var places []int
	for _, s := range j.Services {
		switch n, at := score(r.words(j, s.Title)); {
		case n > best:
			best, tied, q.Service, places = n, false, s.Service, at
		case n == best && n > 0:
			tied, places = true, append(places, at...)
			if one := serviceOf(j, q.Service); one == nil || one.Organisation != s.Organisation {
				q.Organisation = ""
			} else {
				q.Organisation = s.Organisation
			}
		}
	}
	for _, i := range places {
		used[i] = true
	}
	if tied {
		q.Service = ""
	}
	if q.Service == "" && q.Organisation == "" {
		for _, o := range j.File.Organisations {
			if n, at := score(r.words(j, o.Name)); n > 0 && slices.ContainsFunc(j.Services, func(s *service.Service) bool { return s.Organisation == o.ID }) {
				q.Organisation = o.ID
				for _, i := range at {
					used[i] = true
				}
				break
			}
		}
	}
	for i, w := range words {
		if len(w) <= 4 && strings.ContainsAny(w, "0123456789") && unicode.IsLetter(rune(w[0])) {
			q.Area, used[i] = strings.ToUpper(w), true
		}
	}
}

// readTime finds "since June", "in 2025", "last 3 months", "this year", "last year", and two months as a span.
func (q *InsightAsk) readTime(p *i18n.Printer, words []string, used []bool, today calendar.Date) {
	var found []calendar.Date
	after := ""
	for i, w := range words {
		m := monthNamed(p, w)
		if m == 0 {
			if y, err := strconv.Atoi(w); err == nil && y > 1990 && y <= today.Year() && !used[i] {
				used[i] = true
				if i > 0 && monthNamed(p, words[i-1]) != 0 { // "June 2025": the year of the month before it
					found[len(found)-1] = monthOfYear(y, found[len(found)-1].Month())
					continue
				}
				q.From, q.Until = monthOfYear(y, time.January), monthOfYear(y, time.December)
			} else if err == nil && i > 0 && slices.Contains([]string{"last", "past", "آخر"}, words[i-1]) {
				used[i], used[i-1] = true, true
				q.From = back(monthStart(today), min(max(y, 1), 120))
			}
			continue
		}
		used[i] = true
		y := today.Year()
		if m > today.Month() {
			y--
		}
		if i > 0 && len(found) == 0 {
			after = words[i-1]
		}
		found = append(found, monthOfYear(y, m))
	}
	all := " " + strings.Join(words, " ") + " "
	switch {
	case len(found) >= 2:
		q.From, q.Until = found[0], found[1]
	case len(found) == 1 && slices.Contains([]string{"since", "from", "after", "منذ", "من"}, after):
		q.From = found[0]
	case len(found) == 1:
		q.From, q.Until = found[0], found[0]
	case strings.Contains(all, " last year ") || strings.Contains(all, " العام الماضي ") || strings.Contains(all, " السنة الماضية "):
		q.From, q.Until = monthOfYear(today.Year()-1, time.January), monthOfYear(today.Year()-1, time.December)
	case strings.Contains(all, " this year ") || strings.Contains(all, " هذا العام ") || strings.Contains(all, " هذه السنة "):
		q.From = monthOfYear(today.Year(), time.January)
	case strings.Contains(all, " last month ") || strings.Contains(all, " الشهر الماضي "):
		q.From = back(monthStart(today), 1)
		q.Until = q.From
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
