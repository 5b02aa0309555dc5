package service

import "stoa/internal/calendar"

// Defaults stand for what a file leaves out; a compiled definition always says them.
const (
	defaultText     = 200 // characters of a text
	defaultLongText = 4000
	defaultItems    = 20 // of a repeated group
	defaultUpload   = 10 // megabytes

	noon calendar.Clock = 12 * 60 // of examples
)

// setDefaults fills in what the file leaves out.
func (b *builder) setDefaults() {
	f := b.f
	if len(f.Channels) == 0 {
		f.Channels = []string{"web"}
	}
	for i := range f.Variants {
		v := &f.Variants[i]
		set(&v.By, "holder")
		if len(v.From) == 0 {
			v.From = []string{"active"}
		}
	}
	for id, k := range f.Lookups {
		if len(k.States) == 0 {
			k.States = []string{"active"}
			f.Lookups[id] = k
		}
	}
	for i := range f.Pages {
		b.questionDefaults(f.Pages[i].Questions)
	}
	for i := range f.Case.States {
		s := &f.Case.States[i]
		set(&s.Clock, "running")
		deadlineDefaults(s.Deadline)
	}
	for i := range f.Case.Actions {
		a := &f.Case.Actions[i]
		set(&a.Kind, "move")
		set(&a.Reasons, "none")
	}
	for i := range f.Consultees {
		set(&f.Consultees[i].Silence, "no_objection")
		if d := f.Consultees[i].Within; d != nil {
			set(&d.From, "entered")
		}
	}
	if f.Issues != nil {
		for i := range f.Issues.Actions {
			set(&f.Issues.Actions[i].Reasons, "none")
		}
	}
	for i := range f.Examples {
		e := &f.Examples[i]
		if e.Like != "" {
			continue // it begins as the other does
		}
		set(&e.Variant, "new")
		if b.places.node(e.Pos, "at") == nil {
			e.At = noon
		}
	}
}

func (b *builder) questionDefaults(questions []QuestionFile) {
	for i := range questions {
		q := &questions[i]
		if q.Short.By == nil {
			q.Short = q.Ask
		}
		switch q.Type {
		case "text", "name":
			set(&q.Longest, defaultText)
		case "long_text":
			set(&q.Longest, defaultLongText)
		case "file":
			set(&q.Largest, defaultUpload)
		case "group":
			if q.Repeat == nil {
				q.Repeat = &RepeatFile{Pos: q.Pos}
			}
			if b.places.node(q.Repeat.Pos, "min") == nil {
				q.Repeat.Min = 1
			}
			set(&q.Repeat.Max, defaultItems)
			b.questionDefaults(q.Questions)
		}
	}
}

func deadlineDefaults(d *DeadlineFile) {
	if d != nil {
		set(&d.From, "submitted")
	}
}

// set gives v the value x if it has none.
func set[T comparable](v *T, x T) {
	var none T
	if *v == none {
		*v = x
	}
}
