package process_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/process"
)

// The oldest trap of forms: the answer to a question that was asked, answered, and then hidden by
// another answer must not reach anything. Here services of any nesting are generated, filled in at
// random, and compared with a slow model that only knows the tree and what was typed.

// fill types answers at random, hidden or not: each text is a mark unlike any other.
func fill(t *rapid.T, nodes []*node, level *process.Typed, marks *int) {
	for _, n := range nodes {
		switch n.kind {
		case "yes_no":
			if v := rapid.SampledFrom([]string{"yes", "yes", "no", "no", "no", "", "perhaps"}).Draw(t, "answer"); v != "" {
				level.Set(n.id, v)
			}
		case "text":
			if rapid.IntRange(0, 5).Draw(t, "typed") > 0 {
				*marks++
				level.Set(n.id, fmt.Sprintf("mark%dz", *marks))
			}
		case "group":
			for range rapid.IntRange(0, 2).Draw(t, "items") {
				*marks++
				at, _ := level.AddItem(n.id, fmt.Sprint(*marks))
				fill(t, n.members, level.Level(at), marks)
			}
		}
	}
}

// model decides what is asked, in the most obvious way: state of each question in sight by id.
type model struct {
	asked  map[string]bool
	shown  []string // marks that were typed into questions that are asked
	hidden []string // marks typed into others
	pruned process.Typed
}

func (m *model) level(nodes []*node, place string, typed *process.Typed, kept *process.Typed, asked bool, answers map[string]string) {
	for _, n := range nodes {
		ask := asked
		if n.on != nil {
			yes, answered := answers[n.on.id] == "yes", answers[n.on.id] != "open"
			ask = ask && answered && yes != n.not
		}
		path := place + n.id
		if ask {
			m.asked[path] = true
		}
		value := typed.Get(n.id)
		if ask && value != "" {
			kept.Set(n.id, value)
		}
		switch n.kind {
		case "text":
			if value != "" && ask {
				m.shown = append(m.shown, value)
			} else if value != "" {
				m.hidden = append(m.hidden, value)
			}
		case "yes_no":
			switch {
			case !ask:
				answers[n.id] = "hidden"
			case value == "yes" || value == "no":
				answers[n.id] = value
			default:
				answers[n.id] = "open"
			}
		case "group":
			for i, item := range typed.Items(n.id) {
				inner := &process.Typed{}
				if ask {
					at, _ := kept.AddItem(n.id, item.ID)
					inner = kept.Level(at)
				}
				m.level(n.members, fmt.Sprintf("%s[%d].", path, i), &item.Typed, inner, ask, maps.Clone(answers))
			}
		}
	}
}

func TestHiddenAnswersReachNothing(t *testing.T) {
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	submitted := 0
	rapid.Check(t, func(t *rapid.T) {
		count, marks := 0, 0
		nodes := tree(t, 3, &count, nil)
		s := generated(t, nodes)
		typed := process.Typed{}
		fill(t, nodes, &typed, &marks)
		typed.Set("applicant", "Ann Applicant")
		typed.Set("email", "ann@example.com")
		m := model{asked: map[string]bool{"applicant": true, "email": true}}
		m.pruned.Set("applicant", "Ann Applicant")
		m.pruned.Set("email", "ann@example.com")
		m.level(nodes, "", &typed, &m.pruned, true, map[string]string{})

		situation := process.Situation{Service: s, Today: calendar.MustDate("2026-03-02")}
		j := judge(t, situation, typed)
		for _, path := range allPaths("", nodes, &typed) {
			if j.Asked(path) != m.asked[path] {
				t.Fatalf("%s: asked %v, the model says %v", path, j.Asked(path), m.asked[path])
			}
		}
		answers := fmt.Sprintf("%+v", j.Answers)
		for _, mark := range m.shown {
			if !strings.Contains(answers, mark) {
				t.Fatalf("%s was asked and answered, but is not in %s", mark, answers)
			}
		}
		everywhere := answers + gist(j)
		if now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC); j.Ready() {
			submitted++
			everywhere += life(t, b.For("en"), j, now)
		}
		for _, mark := range m.hidden {
			if strings.Contains(everywhere, mark) {
				t.Fatalf("%s was typed into a hidden question and is in %s", mark, everywhere)
			}
		}
		if again := judge(t, situation, m.pruned); gist(again) != gist(j) {
			t.Fatalf("without the hidden answers:\n%s\nwith them:\n%s", gist(again), gist(j))
		}
		sameAfterStorage(t, situation, typed, j)
	})
	if submitted == 0 {
		t.Error("no generated draft could be submitted: letters and licences were not tried")
	}
}

// sameAfterStorage checks that saving changes nothing.
func sameAfterStorage(t fatal, s process.Situation, typed process.Typed, j *process.Judgement) {
	data, err := json.Marshal(typed)
	if err != nil {
		t.Fatal(err)
	}
	var loaded process.Typed
	if err := json.Unmarshal(data, &loaded); err != nil {
		t.Fatal(err)
	}
	if again := judge(t, s, loaded); gist(again) != gist(j) {
		t.Fatalf("after saving the draft:\n%s\nbefore:\n%s", gist(again), gist(j))
	}
}

func judge(t interface{ Fatal(...any) }, s process.Situation, typed process.Typed) *process.Judgement {
	j, err := process.Judge(ctx, s, typed)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// allPaths lists every path that could be asked.
func allPaths(place string, nodes []*node, typed *process.Typed) (list []string) {
	for _, n := range nodes {
		list = append(list, place+n.id)
		for i, item := range typed.Items(n.id) {
			list = append(list, allPaths(fmt.Sprintf("%s%s[%d].", place, n.id, i), n.members, &item.Typed)...)
		}
	}
	return list
}

// gist is everything a judgement says.
func gist(j *process.Judgement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "answers %v\n", j.Answers)
	for _, e := range j.Errors {
		fmt.Fprintf(&b, "error %s %s %v\n", e.Path, e.Key, e.Missing)
	}
	for _, n := range j.Situation.Service.Values {
		if x := j.Value(n.ID); x != nil {
			fmt.Fprintf(&b, "value %s %v %v\n", n.ID, x.Value, reasons(x))
		}
	}
	fmt.Fprintf(&b, "fee %v broken %v\n", j.Fee, j.Broken)
	return b.String()
}

func reasons(x *process.Explained) (list []string) {
	for _, why := range x.Because() {
		list = append(list, fmt.Sprint(why.ID, "=", why.Value, reasons(why)))
	}
	return list
}

// life submits and grants the case, and returns all that comes of it.
func life(t *rapid.T, p *i18n.Printer, j *process.Judgement, now time.Time) string {
	effects, err := process.Submit(ctx, j, now)
	if err != nil {
		t.Fatal(err)
	}
	facts := process.Facts{Number: "A-1", Submitted: now}
	for _, e := range effects {
		facts = facts.Apply(e)
	}
	if effects, err = process.Act(ctx, j, facts, "grant", process.Decision{}, now); err != nil {
		t.Fatal(err)
	}
	for _, e := range effects {
		facts = facts.Apply(e)
	}
	licence := effects[0].Issue
	letter, err := process.RenderLetter(ctx, j, facts, "all", process.LetterContext{Printer: p, Date: calendar.MustDate("2026-03-02")})
	if err != nil {
		t.Fatal(err)
	}
	paper, err := process.Certificate(ctx, j, facts, "R-1", *licence, process.LetterContext{Printer: p, Date: calendar.MustDate("2026-03-02")})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(licence.Fields, letter, paper)
}
