package process

import (
	"strconv"
	"strings"

	"stoa/internal/service"
)

// Key names a question in its place by what never changes: the item's id, where a path has an index that moves when an earlier
// item is removed.
func (t *Typed) Key(place, question string) string {
	if item, ok := t.Item(place); ok {
		return item.ID + "." + question
	}
	return question
}

// At is the path that Key named; false when the item is gone.
func (t *Typed) At(key string) (string, bool) {
	id, question, inItem := strings.Cut(key, ".")
	if !inItem {
		return key, true
	}
	place, ok := t.PathOf(id)
	return join(place, question), ok
}

// Answer sets a question to a value as registers write it, in place of all that was typed there. It reports whether the place
// exists.
func (t *Typed) Answer(place string, q *service.Question, text string) bool {
	if t.Level(place) == nil {
		return false
	}
	for _, name := range Fields(q) {
		t.Set(join(place, name))
	}
	name := q.ID
	if q.Type == typeDate {
		name += "-day" // a whole date in the first field is understood
	}
	return t.Set(join(place, name), text)
}

// AnswerAt is the answer at a path with item indices; nil if there is none.
func AnswerAt(a Answers, path string) any {
	for {
		step, rest, more := strings.Cut(path, ".")
		id, index, inItem := strings.Cut(step, "[")
		value := a[id]
		if inItem {
			items, _ := value.([]Item)
			n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
			if err != nil || n >= len(items) {
				return nil
			}
			if a = items[n].Answers; !more {
				return items[n]
			}
		} else if !more {
			return value
		}
		path = rest
	}
}
