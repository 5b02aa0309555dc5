package service

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"stoa/internal/calendar"
)

// ReadChange reads a change, YAML or JSON.
func ReadChange(name string, src []byte) (*ChangeFile, Problems) {
	c, problems := &ChangeFile{}, Problems{}
	if decodeFile(name, src, nil, places{}, &problems, c) {
		c.check(&problems)
	}
	return c, problems.sorted()
}

// Marshal writes a change so that ReadChange reads it: the same bytes for the same change.
func (c *ChangeFile) Marshal() ([]byte, error) { return json.Marshal(c) }

// OfRules reports whether rules are changed, and not only how many people work by them.
func (c *ChangeFile) OfRules() bool {
	return len(c.Parameters)+len(c.Amounts)+len(c.Deadlines) > 0
}

func (c *ChangeFile) check(problems *Problems) {
	switch {
	case (c.Service == "") == (c.Tax == ""):
		problems.add(c.Pos, "the change is to one service or one tax", "name it with service: or tax:")
	case !c.OfRules() && c.Officers == 0:
		problems.add(c.Pos, "nothing is changed", "give parameters:, amounts:, deadlines: or officers:")
	case c.Tax != "" && (len(c.Deadlines) > 0 || c.Officers != 0):
		problems.add(c.Pos, "a tax has no queue and no states", "remove deadlines: and officers:")
	case !c.From.IsZero() && !c.Until.IsZero() && c.Until.Before(c.From):
		problems.add(c.Pos, fmt.Sprintf("the time ends on %s, before it begins", c.Until), "write from: before until:")
	case c.Minutes < 0 || c.Minutes > 10_000:
		problems.add(c.Pos, fmt.Sprintf("a case cannot take %d minutes", c.Minutes), "write minutes from 1 to 10000")
	case c.Hours < 0 || c.Hours > 24:
		problems.add(c.Pos, fmt.Sprintf("a day has no %d hours", c.Hours), "write hours from 1 to 24")
	case c.Officers < -1000 || c.Officers > 1000:
		problems.add(c.Pos, fmt.Sprintf("%d officers are out of reach", c.Officers), "write a number from -1000 to 1000")
	}
	for _, d := range c.Deadlines {
		n := 0
		for _, v := range []int{d.WorkingDays, d.Days, d.Months} {
			if v < 0 || v > 10_000 {
				problems.add(d.Pos, fmt.Sprintf("%d is no length of a deadline", v), "write a number from 1 to 10000")
			}
			if v != 0 {
				n++
			}
		}
		if n != 1 {
			problems.add(d.Pos, "the deadline of "+d.State+" needs one length", "write one of working_days, days and months")
		}
	}
}

// With is the service as it would be with a change. It is in force nowhere.
func (s *Service) With(c *ChangeFile) (*Service, Problems) {
	j, problems := recompiled(s.sources, s.Pos.File, "fee", c)
	if len(problems) > 0 {
		return nil, problems
	}
	i := slices.IndexFunc(j.Services, func(o *Service) bool { return o.Service == s.Service })
	return j.Services[i], nil
}

// With is the tax as it would be with a change. It is in force nowhere.
func (t *Tax) With(c *ChangeFile) (*Tax, Problems) {
	j, problems := recompiled(t.sources, t.Pos.File, "charge", c)
	if len(problems) > 0 {
		return nil, problems
	}
	i := slices.IndexFunc(j.Taxes, func(o *Tax) bool { return o.Tax == t.Tax })
	return j.Taxes[i], nil
}

// recompiled makes the change in copies of the sources and compiles them, so that what is tried is checked like what is in force.
func recompiled(sources map[string][]byte, file, items string, c *ChangeFile) (*Jurisdiction, Problems) {
	e := &editor{sources: maps.Clone(sources), roots: map[string]*yaml.Node{}}
	for i := range c.Parameters {
		e.parameter(&c.Parameters[i])
	}
	for _, a := range c.Amounts {
		if item := e.item(file, a.Pos, items, "item of the "+items, a.ID); item != nil {
			put(item, "amount", a.Amount)
		}
	}
	for _, d := range c.Deadlines {
		e.deadline(file, d)
	}
	e.write()
	if len(e.problems) > 0 {
		return nil, e.problems
	}
	return LoadPinned(e.sources)
}

// editor changes YAML in memory.
type editor struct {
	sources  map[string][]byte
	roots    map[string]*yaml.Node
	problems Problems
}

func (e *editor) root(file string) *yaml.Node {
	if n := e.roots[file]; n != nil {
		return n
	}
	n, ok := parse(file, e.sources[file], &e.problems)
	if !ok {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	e.roots[file] = n
	return n
}

// item finds an entry of a list by its id.
func (e *editor) item(file string, at Pos, list, what, id string) *yaml.Node {
	n, ids := e.root(file), []string{}
	for _, key := range bytes.Split([]byte(list), []byte(".")) {
		if n = inside(n, string(key)); n == nil {
			break
		}
	}
	if n != nil {
		for _, one := range n.Content {
			if is := inside(one, "id"); is != nil {
				if is.Value == id {
					return one
				}
				ids = append(ids, is.Value)
			}
		}
	}
	e.problems.add(at, fmt.Sprintf("there is no %s %q", what, id), suggest(id, ids))
	return nil
}

// parameter gives a parameter its other value, from a day on for good.
func (e *editor) parameter(c *ParameterChangeFile) {
	var ids []string
	for _, file := range slices.Sorted(maps.Keys(e.sources)) {
		if path.Dir(file) != "parameters" {
			continue
		}
		list := inside(e.root(file), "parameters")
		if list == nil {
			continue
		}
		for _, one := range list.Content {
			id := inside(one, "id")
			if id == nil {
				continue
			}
			if ids = append(ids, id.Value); id.Value == c.ID {
				e.value(one, c)
				return
			}
		}
	}
	e.problems.add(c.Pos, fmt.Sprintf("there is no parameter %q", c.ID), suggest(c.ID, ids))
}

func (e *editor) value(parameter *yaml.Node, c *ParameterChangeFile) {
	if typ := inside(parameter, "type"); typ != nil {
		if _, err := parseTyped(c.Value, typ.Value); err != nil {
			e.problems.add(c.Pos, fmt.Sprintf("%q is not of the type of the parameter %s", short(c.Value), c.ID), "write "+wanted[typ.Value])
			return
		}
	}
	values := inside(parameter, "values")
	if values == nil || len(values.Content) == 0 {
		return // the file itself would not load
	}
	from := c.From
	if from.IsZero() {
		first, err := calendar.ParseISO(inside(values.Content[0], "from").Value)
		if err != nil {
			return
		}
		from = first
	}
	values.Content = slices.DeleteFunc(values.Content, func(v *yaml.Node) bool {
		day, err := calendar.ParseISO(inside(v, "from").Value)
		return err == nil && !day.Before(from)
	})
	source := &yaml.Node{Kind: yaml.MappingNode}
	put(source, "title", "What is tried")
	add(source, "year", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(from.Year())})
	v := &yaml.Node{Kind: yaml.MappingNode}
	add(v, "from", &yaml.Node{Kind: yaml.ScalarNode, Value: from.String()})
	put(v, "value", c.Value)
	add(v, "source", source)
	values.Content = append(values.Content, v)
}

func (e *editor) deadline(file string, c DeadlineChangeFile) {
	state := e.item(file, c.Pos, "case.states", "state", c.State)
	if state == nil {
		return
	}
	d := inside(state, "deadline")
	if d == nil {
		e.problems.add(c.Pos, fmt.Sprintf("the state %q has no deadline", c.State), "choose a state that has one")
		return
	}
	for _, key := range []string{"working_days", "days", "months", "on"} {
		if i := slices.IndexFunc(d.Content, func(n *yaml.Node) bool { return n.Value == key }); i >= 0 && i%2 == 0 {
			d.Content = slices.Delete(d.Content, i, i+2)
		}
	}
	for key, n := range map[string]int{"working_days": c.WorkingDays, "days": c.Days, "months": c.Months} {
		if n > 0 {
			add(d, key, &yaml.Node{Kind: yaml.ScalarNode, Value: strconv.Itoa(n)})
		}
	}
}

func (e *editor) write() {
	for file, root := range e.roots {
		src, err := yaml.Marshal(root)
		if err != nil {
			e.problems.add(Pos{File: file}, "the changed file cannot be written: "+err.Error(), "")
			continue
		}
		e.sources[file] = src
	}
}

// put sets a text of a mapping.
func put(n *yaml.Node, key, text string) {
	v := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	if is := inside(n, key); is != nil {
		*is = *v
		return
	}
	add(n, key, v)
}

func add(n *yaml.Node, key string, v *yaml.Node) {
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, v)
}

// Figures are the parameters that the service's file names, by id: those that a change may give another value.
func (s *Service) Figures() []*Parameter { return named(s.Jurisdiction, s.sources[s.Pos.File]) }

// Figures are the parameters that the tax's file names, by id.
func (t *Tax) Figures() []*Parameter { return named(t.Jurisdiction, t.sources[t.Pos.File]) }

func named(j *Jurisdiction, src []byte) (list []*Parameter) {
	says := map[string]bool{}
	for _, m := range parameterName.FindAllSubmatch(src, -1) {
		says[string(m[1])] = true
	}
	for _, p := range j.Parameters {
		if says[p.ID] {
			list = append(list, p)
		}
	}
	return list
}

var parameterName = regexp.MustCompile(`\bparam\.([a-z0-9_]+)`)
