package process

import (
	"maps"
	"slices"
)

// Bounds of a draft: generous for people, finite for machines.
const (
	MaxItems  = 200    // items of one group; the file's own limit is a field error, not a loss
	maxValue  = 64_000 // bytes of one value
	maxValues = 200    // values of one field
	maxDepth  = 8      // groups within groups
)

// Get returns what was typed into a form field (partners[1].start-day); "" when nothing was.
func (t *Typed) Get(path string) string {
	if v := t.Values(path); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Values returns all that was chosen in a form field.
func (t *Typed) Values(path string) []string {
	place, field := split(path)
	if level := t.Level(place); level != nil {
		return level.Fields[field]
	}
	return nil
}

// Set replaces what was typed into a form field; no values forget it. It reports whether the place
// exists.
func (t *Typed) Set(path string, values ...string) bool {
	place, field := split(path)
	level := t.Level(place)
	if level == nil {
		return false
	}
	if len(values) == 0 {
		delete(level.Fields, field)
		return true
	}
	if level.Fields == nil {
		level.Fields = map[string][]string{}
	}
	level.Fields[field] = values
	return true
}

// Level returns what was typed in a place: "" is the top, partners[1] an item; nil when there is no
// such item.
func (t *Typed) Level(place string) *Typed {
	list, ok := steps(place)
	if !ok {
		return nil
	}
	for _, s := range list {
		items := t.Groups[s.id]
		if s.item < 0 || s.item >= len(items) {
			return nil
		}
		t = &items[s.item].Typed
	}
	return t
}

// Items returns the items of the group at a path (partners[1].children). The caller must not change
// the list, but may read and set what is in an item.
func (t *Typed) Items(group string) []TypedItem {
	place, id := split(group)
	if level := t.Level(place); level != nil {
		return level.Groups[id]
	}
	return nil
}

// Item returns the item at a path (partners[1]).
func (t *Typed) Item(path string) (*TypedItem, bool) {
	list, ok := steps(path)
	if !ok || len(list) == 0 || list[len(list)-1].item < 0 {
		return nil, false
	}
	place, _ := split(path)
	last := list[len(list)-1]
	level := t.Level(place)
	if level == nil || last.item >= len(level.Groups[last.id]) {
		return nil, false
	}
	return &level.Groups[last.id][last.item], true
}

// AddItem appends an empty item to the group at a path and returns the item's path. The id is made by
// the caller, once, and unlike any other of the draft. It reports false when the place does not exist,
// holds MaxItems already or lies too deep.
func (t *Typed) AddItem(group, id string) (string, bool) {
	place, name := split(group)
	level := t.Level(place)
	if list, _ := steps(group); level == nil || id == "" || len(list) > maxDepth || len(level.Groups[name]) >= MaxItems {
		return "", false
	}
	if level.Groups == nil {
		level.Groups = map[string][]TypedItem{}
	}
	items := append(slices.Clip(level.Groups[name]), TypedItem{ID: id})
	level.Groups[name] = items
	return itemPath(group, len(items)-1), true
}

// RemoveItem removes the item at a path with all that is in it.
func (t *Typed) RemoveItem(path string) bool {
	if _, ok := t.Item(path); !ok {
		return false
	}
	list, _ := steps(path)
	place, _ := split(path)
	level, last := t.Level(place), list[len(list)-1]
	rest := slices.Concat(level.Groups[last.id][:last.item], level.Groups[last.id][last.item+1:])
	if len(rest) == 0 {
		delete(level.Groups, last.id)
	} else {
		level.Groups[last.id] = rest
	}
	return true
}

// PathOf finds an item by its id, wherever it is: addresses of pages name items by id, because an
// index changes when an earlier item is removed.
func (t *Typed) PathOf(id string) (path string, ok bool) { return t.find("", id) }

func (t *Typed) find(place, id string) (string, bool) {
	for _, group := range slices.Sorted(maps.Keys(t.Groups)) {
		for i := range t.Groups[group] {
			item := &t.Groups[group][i]
			path := itemPath(join(place, group), i)
			if item.ID == id {
				return path, true
			}
			if found, ok := item.find(path, id); ok {
				return found, true
			}
		}
	}
	return "", false
}

// Clone returns a copy that shares nothing with t.
func (t *Typed) Clone() Typed {
	var c Typed
	if t.Fields != nil {
		c.Fields = make(map[string][]string, len(t.Fields))
		for k, v := range t.Fields {
			c.Fields[k] = slices.Clone(v)
		}
	}
	if t.Groups != nil {
		c.Groups = make(map[string][]TypedItem, len(t.Groups))
		for k, items := range t.Groups {
			list := make([]TypedItem, len(items))
			for i := range items {
				list[i] = TypedItem{items[i].ID, items[i].Clone()}
			}
			c.Groups[k] = list
		}
	}
	return c
}
