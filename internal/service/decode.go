package service

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of one file. They are far above what a service needs; they keep a hostile file cheap.
const (
	maxBytes = 1 << 20
	maxDepth = 40
	maxNodes = 200_000 // aliases count each time they are used
)

// decoder reads the YAML of one file into the file types, strictly: every key is known and given
// once, every value is of its kind, every text is there in every language.
type decoder struct {
	file     string
	langs    []string
	places   places
	problems *Problems
	nodes    int
	full     bool // the limit of nodes was reached, and said
}

// decodeFile reads src into the struct that into points to. It reports whether there was YAML at all.
func decodeFile(file string, src []byte, langs []string, in places, problems *Problems, into any) bool {
	root, ok := parse(file, src, problems)
	if !ok {
		return false
	}
	d := &decoder{file: file, langs: langs, places: in, problems: problems}
	d.value(root, reflect.ValueOf(into).Elem(), must{}, 0)
	return true
}

// yamlProblem takes the line out of the YAML package's message. The package counts lines from 0 where
// its parser, and from 1 where its scanner found the problem.
func yamlProblem(err error) (int, error) {
	text, line := err.Error(), 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if n, e := strconv.Atoi(m[1]); e == nil {
			line = n
		}
	}
	if parserSays.MatchString(text) {
		line++
	}
	return max(line, 1), errors.New(text)
}

func yamlFix(text string) string {
	if strings.Contains(text, "or '}'") || strings.Contains(text, "or ']'") {
		return "inside { } or [ ], quote a text that holds a comma, a colon, a bracket or a question mark"
	}
	return "check the indentation, colons and quotes at and above this line"
}

var parserSays = regexp.MustCompile(`did not find expected (<document start>|node content|key|'-' indicator|',' or)`)

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// parse reads exactly one YAML document and returns its root.
func parse(file string, src []byte, problems *Problems) (*yaml.Node, bool) {
	at := Pos{File: file, Line: 1, Column: 1}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) || (err == nil && len(doc.Content) == 0) {
		problems.add(at, "the file is empty", "give its keys, or remove the file")
		return nil, false
	}
	if err == nil {
		if end := dec.Decode(&more); !errors.Is(end, io.EOF) {
			if end == nil {
				problems.add(Pos{file, more.Line, max(more.Column, 1)}, "a second document begins here", "one file holds one document: remove the line ---")
				return nil, false
			}
			err = end
		}
	}
	if err != nil {
		at.Line, err = yamlProblem(err)
		problems.add(at, "this is not YAML: "+err.Error(), yamlFix(err.Error()))
		return nil, false
	}
	return doc.Content[0], true
}

func (d *decoder) pos(n *yaml.Node) Pos { return Pos{d.file, n.Line, n.Column} }

func (d *decoder) problem(n *yaml.Node, fix, what string, args ...any) {
	d.problems.add(d.pos(n), fmt.Sprintf(what, args...), fix)
}

var (
	textType = reflect.TypeFor[Text]()
	exprType = reflect.TypeFor[Expr]()
	posType  = reflect.TypeFor[Pos]()
	readable = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value reads n into v. It reports problems and goes on, so that all are found at once.
func (d *decoder) value(n *yaml.Node, v reflect.Value, m must, depth int) {
	n, ok := d.enter(n, depth)
	if !ok {
		return
	}
	t := v.Type()
	switch {
	case t == textType:
		d.text(n, v.Addr().Interface().(*Text), m)
	case t == exprType:
		d.expr(n, v.Addr().Interface().(*Expr))
	case t.Kind() == reflect.Pointer:
		p := reflect.New(t.Elem())
		d.value(n, p.Elem(), m, depth+1)
		v.Set(p)
	case v.CanAddr() && reflect.PointerTo(t).Implements(readable):
		d.readable(n, v)
	case t.Kind() == reflect.Struct:
		d.mapping(n, v, depth)
	case t.Kind() == reflect.Slice:
		d.list(n, v, m, depth)
	case t.Kind() == reflect.Map:
		d.named(n, v, m, depth)
	case t.Kind() == reflect.Interface:
		if x := d.loose(n, depth); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	default:
		d.scalar(n, v, m)
	}
}

// enter follows an alias and counts, so that neither depth nor a bomb of aliases can hurt.
func (d *decoder) enter(n *yaml.Node, depth int) (*yaml.Node, bool) {
	d.nodes++
	switch {
	case d.full:
		return nil, false
	case depth > maxDepth:
		d.full = true
		d.problem(n, fmt.Sprintf("at most %d levels are read", maxDepth), "this is nested too deeply")
		return nil, false
	case d.nodes > maxNodes:
		d.full = true
		d.problem(n, fmt.Sprintf("at most %d values are read, aliases counted each time", maxNodes), "the file holds too much")
		return nil, false
	}
	if n.Kind == yaml.AliasNode {
		return d.enter(n.Alias, depth+1)
	}
	return n, true
}

// mapping reads a mapping into a struct, by the yaml tags of its fields.
func (d *decoder) mapping(n *yaml.Node, v reflect.Value, depth int) {
	if n.Kind != yaml.MappingNode {
		d.problem(n, "give its keys: "+list(keysOf(v.Type()), "and"), "%s where keys with values are needed", kindOf(n))
		return
	}
	fields := fieldsOf(v.Type())
	if p := v.FieldByName("Pos"); p.IsValid() && p.Type() == posType {
		p.Set(reflect.ValueOf(d.pos(n)))
	}
	d.places[d.pos(n)] = n
	given := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		f, ok := fields[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge":
			d.problem(key, "repeat the keys, or use an alias for a whole value", "a key must be a plain word")
		case !ok:
			d.problem(key, suggest(key.Value, keysOf(v.Type())), "unknown key %q", key.Value)
		case given[key.Value]:
			d.problem(key, "keep one of the two", "%q is given twice", key.Value)
		case isNull(val):
			given[key.Value] = true
			d.problem(key, "give a value, or remove the key", "%q has no value", key.Value)
		default:
			given[key.Value] = true
			d.value(val, v.Field(f.index), f.must, depth+1)
		}
	}
	for _, key := range keysOf(v.Type()) {
		if fields[key].must.required && !given[key] {
			d.problem(n, fmt.Sprintf("add %s: with its value", key), "%q is missing", key)
		}
	}
}

// list reads a sequence.
func (d *decoder) list(n *yaml.Node, v reflect.Value, m must, depth int) {
	if n.Kind != yaml.SequenceNode {
		d.problem(n, "write it as a list: each value on a line of its own behind a dash, or [a, b]", "%s where a list is needed", kindOf(n))
		return
	}
	if m.required && len(n.Content) == 0 {
		d.problem(n, "give at least one", "the list is empty")
	}
	s := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		if isNull(c) {
			d.problem(c, "give a value, or remove the dash", "this place in the list is empty")
			continue
		}
		d.value(c, s.Index(i), m, depth+1)
	}
	v.Set(s)
}

// named reads a mapping whose keys are the file's own words.
func (d *decoder) named(n *yaml.Node, v reflect.Value, m must, depth int) {
	if n.Kind != yaml.MappingNode {
		d.problem(n, "write each as name: value", "%s where names with values are needed", kindOf(n))
		return
	}
	d.places[d.pos(n)] = n
	out := reflect.MakeMapWithSize(v.Type(), len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		k := reflect.ValueOf(key.Value)
		switch {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge":
			d.problem(key, "repeat the keys, or use an alias for a whole value", "a key must be a plain word")
			continue
		case out.MapIndex(k).IsValid():
			d.problem(key, "keep one of the two", "%q is given twice", key.Value)
			continue
		case isNull(val) && !m.none:
			d.problem(key, "give a value, or remove the key", "%q has no value", key.Value)
			continue
		}
		if m.form != "" {
			d.form(key, m.form)
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(val, item, must{}, depth+1)
		out.SetMapIndex(k, item)
	}
	v.Set(out)
}

// text reads a text per language: a mapping, or a bare text where there is one language.
func (d *decoder) text(n *yaml.Node, t *Text, m must) {
	t.Pos = d.pos(n)
	d.places[t.Pos] = n
	defer func() {
		for _, lang := range keys(t.By) {
			if strings.Contains(t.By[lang], "{{") && m.form != "rules" {
				d.problem(n, "remove the braces", "this text is shown as it stands: only letters and certificates hold {{ rules }}")
				return
			}
		}
	}()
	switch {
	case n.Kind == yaml.ScalarNode && strings.TrimSpace(n.Value) == "":
		d.problem(n, "write it, or remove the key", "the text is empty")
	case n.Kind == yaml.ScalarNode && len(d.langs) == 1:
		t.By = map[string]string{d.langs[0]: strings.TrimSpace(n.Value)}
	case n.Kind == yaml.ScalarNode && len(d.langs) > 1:
		d.problem(n, fmt.Sprintf("write {%s: …}", strings.Join(d.langs, ": …, ")), "one text for %d languages", len(d.langs))
	case n.Kind == yaml.MappingNode:
		d.texts(n, t)
	case n.Kind != yaml.ScalarNode:
		d.problem(n, "write the text, or a text for each language", "%s where a text is needed", kindOf(n))
	}
}

func (d *decoder) texts(n *yaml.Node, t *Text) {
	t.By = map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		if val.Kind == yaml.AliasNode {
			val = val.Alias
		}
		_, twice := t.By[key.Value]
		switch {
		case !contains(d.langs, key.Value):
			if len(d.langs) > 0 { // else there is a problem with jurisdiction.yaml already
				d.problem(key, suggest(key.Value, d.langs), "%q is not a language of this jurisdiction", key.Value)
			}
		case twice:
			d.problem(key, "keep one of the two", "%q is given twice", key.Value)
		case val.Kind != yaml.ScalarNode:
			d.problem(val, "write the text in quotes or behind |", "%s where a text is needed", kindOf(val))
			t.By[key.Value] = ""
		case isNull(val) || strings.TrimSpace(val.Value) == "":
			d.problem(key, "write it", "the text is empty in %q", key.Value)
			t.By[key.Value] = ""
		default:
			t.By[key.Value] = strings.TrimSpace(val.Value)
		}
	}
	var missing []string
	for _, l := range d.langs {
		if _, ok := t.By[l]; !ok {
			missing = append(missing, l)
		}
	}
	if len(missing) > 0 {
		d.problem(n, "add "+strings.Join(missing, ": …, ")+": …", "the text is missing in %s", list(missing, "and"))
	}
}

// expr reads the source of a rule exactly as it stands.
func (d *decoder) expr(n *yaml.Node, e *Expr) {
	*e = Expr{Pos: d.pos(n), Source: n.Value}
	d.places[e.Pos] = n
	switch {
	case n.Kind != yaml.ScalarNode:
		d.problem(n, "write the rule in quotes if it begins with [ or {", "%s where a rule is needed", kindOf(n))
	case strings.TrimSpace(n.Value) == "":
		d.problem(n, "write it, or remove the key", "the rule is empty")
	}
}
