package process

import (
	"strconv"
	"strings"
)

// A path names an answer in its place: question ids with item indices, outermost first, such as
// partners[1].children[0].name. The last step may be a group's item (partners[1]), a question or one
// of its form fields (start-day).

// step is one id of a path; item is -1 where the path names no item.
type step struct {
	id   string
	item int
}

// steps reads a path; ok is false when it is none.
func steps(path string) (list []step, ok bool) {
	if path == "" {
		return nil, true
	}
	for _, part := range strings.Split(path, ".") {
		s := step{id: part, item: -1}
		if id, rest, found := strings.Cut(part, "["); found {
			digits, closed := strings.CutSuffix(rest, "]")
			n, err := strconv.Atoi(digits)
			if !closed || err != nil || n < 0 {
				return nil, false
			}
			s = step{id, n}
		}
		if s.id == "" {
			return nil, false
		}
		list = append(list, s)
	}
	return list, true
}

// join names something below a place; place is "" at the top.
func join(place, id string) string {
	if place == "" {
		return id
	}
	return place + "." + id
}

// itemPath names an item of the group at path.
func itemPath(group string, i int) string { return group + "[" + strconv.Itoa(i) + "]" }

// split cuts the last id from a path: the place it is in, and what it is there.
func split(path string) (place, last string) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// Definition turns a path into the path of its question: partners[1].name into partners.name.
func Definition(path string) string {
	for {
		open := strings.IndexByte(path, '[')
		if open < 0 {
			return path
		}
		end := strings.IndexByte(path[open:], ']')
		if end < 0 {
			return path
		}
		path = path[:open] + path[open+end+1:]
	}
}
