package view

import (
	"strconv"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Field is a question on a page, with what was typed and what is wrong with it.
type Field struct {
	ID        string // bare question id; names its form fields
	Path      string // with its place: partners[1].name
	Type      string
	Ask, Help string
	Short     string
	Optional  bool
	Unit      string
	Longest   int
	Typed     map[string]string // by form field: "start-day"
	Chosen    []string          // many_of
	Options   []Option
	Error     string
	Wrong     []string // parts that are wrong: "day"
	File      *File
	Accept    []string // file types
	Largest   int      // megabytes
	Pick      *Hit     // look-up: the record chosen
	Hits      []Hit
	Searched  string // look-up: the words looked for; "" when nobody looked
	Manual    bool
	Register  string
	Knows     *Knows    // what a register knows; nil: nothing
	Wallet    *Showable // the licence that may be shown instead; nil: none
	Each      string    // group
	Items     []Item
	Most      int
}

// Option is a choice.
type Option struct{ Value, Label, Help string }

// Item is an item of a repeated group.
type Item struct {
	ID, Title string
	Number    int
	Wrong     bool
}

// File is an upload.
type File struct{ ID, Name, Size string }

// Hit is a record of a register.
type Hit struct {
	Key, Label string
	Facts      []string
}

// Problem is one wrong answer: the field's id in the page, and what to do.
type Problem struct {
	Path, Anchor, Text string
	Law                Law
	Parts              []string
}

// anchor is the id of the control that a problem is about.
func anchor(q *service.Question, parts []string) string {
	switch q.Type {
	case "date":
		if len(parts) > 0 {
			return q.ID + "-" + parts[0]
		}
		return q.ID + "-day"
	case "address":
		if len(parts) > 0 {
			return q.ID + "-" + parts[0]
		}
		return q.ID + "-line1"
	case "group":
		return "add-" + q.ID
	}
	return q.ID
}

func (r Reader) problem(s *service.Service, e process.FieldError) Problem {
	p := Problem{Path: e.Path, Anchor: anchor(e.Question, e.Parts), Text: e.Message(r.P), Parts: e.Parts}
	if e.Law != nil {
		p.Law = lawOf(*e.Law)
	}
	return p
}

// markWrong puts the first problem of each field beside it.
func markWrong(fields []Field, problems []Problem) {
	for i := range fields {
		for _, p := range problems {
			if p.Path == fields[i].Path && fields[i].Error == "" {
				fields[i].Error, fields[i].Wrong = p.Text, p.Parts
			}
		}
	}
}

func join(place, id string) string {
	if place == "" {
		return id
	}
	return place + "." + id
}

// field is a question at a place of a draft.
func (r Reader) field(d *docket.Draft, typed *process.Typed, place string, q *service.Question) Field {
	s := d.Service
	j := s.Jurisdiction
	f := Field{
		ID: q.ID, Path: join(place, q.ID), Type: q.Type, Ask: r.words(j, q.Ask), Help: r.words(j, q.Help), Short: r.short(s, q),
		Optional: q.Optional, Unit: r.words(j, q.Unit), Longest: q.Longest, Accept: q.Accept, Largest: q.Largest,
		Manual: q.Manual, Register: q.Register, Each: r.words(j, q.Each), Typed: map[string]string{},
	}
	if f.Largest == 0 {
		f.Largest = 10
	}
	for _, name := range process.Fields(q) {
		f.Typed[name] = typed.Get(join(place, name))
	}
	for _, o := range q.Options {
		f.Options = append(f.Options, Option{o.Value, r.words(j, o.Label), r.words(j, o.Help)})
	}
	switch q.Type {
	case "many_of":
		f.Chosen = typed.Values(f.Path)
	case "file":
		if a, ok := process.AnswerAt(d.Judged.Answers, f.Path).(process.File); ok {
			f.File = &File{a.ID, a.Name, r.P.FileSize(a.Size)}
		}
	case "lookup":
		if a, ok := process.AnswerAt(d.Judged.Answers, f.Path).(process.Pick); ok && a.Key != "" {
			f.Pick = &Hit{a.Key, a.Label, process.ShowAnswer(r.P, s, q, a)[1:]}
		}
	case "group":
		f.Items, f.Most = r.items(d, typed, f.Path, q), 20
		if q.Repeat != nil && q.Repeat.Max > 0 {
			f.Most = q.Repeat.Max
		}
		if f.Each == "" {
			f.Each = f.Short
		}
	}
	return f
}

// items are those of a group as a page lists them.
func (r Reader) items(d *docket.Draft, typed *process.Typed, path string, q *service.Question) []Item {
	answered, _ := process.AnswerAt(d.Judged.Answers, path).([]process.Item) // nothing where none is valid
	byID := map[string]process.Item{}
	for _, it := range answered {
		byID[it.ID] = it
	}
	var list []Item
	for i, it := range typed.Items(path) {
		item := Item{ID: it.ID, Number: i + 1, Title: r.itemName(d.Service, q, byID[it.ID])}
		item.Wrong = len(d.Judged.Below(path+"["+strconv.Itoa(i)+"]")) > 0
		if item.Title == "" {
			item.Title = firstTyped(q, it)
		}
		list = append(list, item)
	}
	return list
}

// itemName names an item by its first answer that is words: a "Yes" beside a name tells nobody anything.
func (r Reader) itemName(s *service.Service, q *service.Question, it process.Item) string {
	for _, m := range q.Members {
		if a := it.Answers[m.ID]; a != nil && (m.Type == "text" || m.Type == "name" || m.Type == "lookup") {
			return strings.Join(process.ShowAnswer(r.P, s, m, a), ", ")
		}
	}
	return process.ItemTitle(r.P, s, q, it)
}

// firstTyped names an item whose answers are not valid yet by what was typed first.
func firstTyped(q *service.Question, it process.TypedItem) string {
	for _, m := range q.Members {
		if m.Type == "text" || m.Type == "name" {
			if text := it.Get(m.ID); text != "" {
				return text
			}
		}
	}
	return ""
}

// hit is a record as a look-up lists it, with the fields that the file shows.
func (r Reader) hit(s *service.Service, q *service.Question, rec *record.Record) Hit {
	h := Hit{Key: rec.Number, Label: rec.Label}
	reg := s.Jurisdiction.Registers[q.Register]
	for _, id := range q.Show {
		for _, f := range reg.Fields {
			text := rec.Fields[id]
			if f.ID != id || !f.Public && (reg.Public || f.Personal != "") || text == "" || text == rec.Label {
				continue
			}
			h.Facts = append(h.Facts, r.P.T("{label}: {value}", i18n.V{"label": r.words(s.Jurisdiction, f.Title), "value": r.showField(s.Jurisdiction, f, text)}))
		}
	}
	return h
}

func fieldValue(typ, text string) (rule.Value, error) { return record.Value(typ, text) }
