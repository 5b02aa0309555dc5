package view

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"stoa/internal/insight"
	"stoa/internal/service"
	"stoa/internal/store"
)

// A question in plain words is read word by word against a short list, the titles of services and organisations, areas and
// names of months. What is left over is not guessed at.

// topicWords begin the words that ask for a topic; the first topic of the list with one wins.
var topicWords = []struct {
	topic string
	words []string
}{
	{InsightCost, []string{"cost", "officers' time", "worth", "تكلفة", "تكلف"}},
	{InsightSteps, []string{"why", "step", "where the time", "bottleneck", "rework", "loop", "لماذا", "خطو", "مراحل"}},
	{InsightPromise, []string{"in time", "on time", "deadline", "promise", "late decision", "decided late", "موعد", "مهلة"}},
	{InsightWaiting, []string{"wait", "long", "slow", "fast", "quick", "duration", "day", "decision", "decid", "انتظار", "مدة", "تستغرق", "قرار"}},
	{InsightBacklog, []string{"backlog", "open", "pending", "queue", "متراكم", "معلق", "مفتوح"}},
	{InsightQuestions, []string{"question", "error", "mistake", "wrong", "hard", "drop", "abandon", "leave", "سؤال", "أسئلة", "خطأ", "أخطاء"}},
	{InsightCompletion, []string{"complet", "finish", "begun", "started", "إكمال", "إتمام"}},
	{InsightLanguages, []string{"language", "arabic", "english", "لغة", "لغات"}},
	{InsightChannels, []string{"channel", "paper", "assistant", "phone", "قناة", "قنوات", "ورق"}},
	{InsightSatisfaction, []string{"satisf", "happy", "rating", "score", "رضا", "تقييم"}},
	{InsightMoney, []string{"money", "revenue", "fee", "paid", "arrears", "income", "رسوم", "إيراد", "متأخرات"}},
	{InsightObjections, []string{"objection", "complain", "comment", "representation", "اعتراض", "شكو", "تعليق"}},
	{InsightDemand, []string{"demand", "application", "appl", "how many", "how much", "number", "request", "notice", "came", "طلب", "طلبات", "كم", "عدد"}},
	{InsightAreas, []string{"area", "need", "ward", "postcode", "district", "map", "منطقة", "مناطق", "خريطة", "حاجة"}},
}

// smallWords say nothing that has to be understood.
var smallWords = strings.Fields(`a an the of for in on by per at to and or is are was were do does did has have how what which when who we people it there been
	show me tell us give please since from until till between year years month months week weeks all each every many much most get about time times
	within after before with take takes taking people's now up rose rise risen grown go goes going
	في من إلى على عن هل ما هي هو كم منذ حتى خلال كل لكل حسب السنة العام شهر أشهر و أو التي`)

// longestQuestion bounds what is read of a question, in signs.
const longestQuestion = 300

// Understand reads a question: what it asks for, and the words that could not be understood.
func (v Insight) Understand(ctx context.Context, r Reader, text string) (q InsightAsk, unknown []string, err error) {
	if signs := []rune(text); len(signs) > longestQuestion {
		text = string(signs[:longestQuestion])
	}
	j := v.place()
	var areas []string
	err = v.read(ctx, "insight question", func(ctx context.Context, tx *store.Tx) error {
		areas, err = insight.Figures{}.Values(ctx, tx, insight.Came, insight.ByArea)
		return err
	})
	if err != nil {
		return q, nil, err
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' })
	used := make([]bool, len(words))
	for _, t := range topicWords {
		for _, w := range t.words {
			for _, at := range begun(words, strings.Fields(w)) {
				q.Topic = cmp.Or(q.Topic, t.topic)
				for i := range strings.Fields(w) {
					used[at+i] = true
				}
			}
		}
	}
	q.readThings(r, j, words, used)
	place := q.readArea(words, areas)
	if place >= 0 {
		used[place] = true
	}
	q.readTime(r.P, words, used, j.Calendar.DateOf(v.now()))
	if q.Topic != "" && q.Fit().Area != q.Area { // this topic is not told by area
		q.Area, used[place] = "", false
	}
	for i, w := range words {
		if !used[i] && !slices.Contains(smallWords, w) {
			unknown = append(unknown, w)
		}
	}
	return q, unknown, nil
}

// begun is where in a text the words of a phrase stand, of which the last may go on: "decid" in "was decided".
func begun(text, phrase []string) (at []int) {
	for i := range text {
		if i+len(phrase) > len(text) {
			break
		}
		ok := true
		for k, want := range phrase {
			word := text[i+k]
			if k == 0 {
				word = strings.TrimPrefix(word, "ال")
			}
			if last := k == len(phrase)-1; last && !strings.HasPrefix(word, want) || !last && word != want {
				ok = false
			}
		}
		if ok {
			at = append(at, i)
		}
	}
	return at
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

// readThings finds a service or an organisation. The title that shares most words is meant; where two share as
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
}

// readArea finds one of the areas that are counted, and tells at which word; -1 for none.
func (q *InsightAsk) readArea(words, areas []string) int {
	for i, w := range words {
		area := strings.ToUpper(w)
		if _, err := strconv.Atoi(w); err != nil && area != strings.ToUpper(insight.Unknown) && slices.Contains(areas, area) {
			q.Area = area
			return i
		}
	}
	return -1
}
