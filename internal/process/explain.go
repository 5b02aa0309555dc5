package process

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/rule"
	"stoa/internal/service"
)

// explain gives a result with where it came from: what it rests on is found when somebody asks.
func (r *rules) explain(x Explained, out outcome) *Explained {
	if !r.s.Brief {
		x.rules, x.rule, x.scope = r, out.rule, out.scope
	}
	return &x
}

// Because is what a result rests on: what its rule looked at, each thing once, values with their own reasons.
func (x *Explained) Because() []*Explained {
	x.look()
	return x.because
}

// Row is the row of a table that matched, from 1; 0 for what is no table.
func (x *Explained) Row() int {
	x.look()
	return x.row
}

// look evaluates the rule again, to see what it looks at. The answers are the same and what they lead to is known, so that
// it comes to the same and asks nothing anew: an error was met, and noted, the first time.
func (x *Explained) look() {
	r := x.rules
	if r == nil {
		return
	}
	x.rules = nil
	ctx := context.Background()
	_, trace, _ := x.rule.Eval(ctx, &input{ctx: ctx, rules: r, scope: x.scope})
	if x.Kind == "table" {
		x.row = rowOf(trace)
	}
	seen := map[string]bool{}
	for _, look := range trace {
		b := r.reason(look, x.scope)
		if b == nil {
			continue
		}
		if key := b.Kind + " " + b.ID; !seen[key] {
			seen[key] = true
			x.because = append(x.because, b)
		}
	}
}

// Value explains a value or a table of the definition; nil when it is not known.
func (j *Judgement) Value(id string) *Explained {
	i := slices.IndexFunc(j.Situation.Service.Values, func(n *service.Named) bool { return n.ID == id })
	if i < 0 || j.Situation.Brief {
		return nil
	}
	return j.rules.explainNamed(context.Background(), i) // computed already: nothing is asked
}

// explainNamed explains a value or a table by its place among them; nil when it is not known.
func (r *rules) explainNamed(ctx context.Context, i int) *Explained {
	n := r.s.Service.Values[i]
	if x := r.explained[n.ID]; x != nil {
		return x
	}
	out := r.value(ctx, i)
	if !out.known {
		return nil
	}
	x := Explained{
		Kind: "value", ID: n.ID, Title: n.Title, Value: out.value, Type: valueType(out.value),
		Rule: n.Rule.Expr.Source, Law: law(r.s.Service, n.Law),
	}
	if n.File != nil {
		x.Type = n.File.Type
	}
	if n.Table != nil {
		x.Kind, x.Type = "table", "table"
	}
	if r.explained == nil {
		r.explained = map[string]*Explained{}
	}
	r.explained[n.ID] = r.explain(x, out)
	return r.explained[n.ID]
}

// reason explains one thing that an evaluation looked at.
func (r *rules) reason(look rule.Look, sc *scope) *Explained {
	s := r.s.Service
	switch look.Kind {
	case rule.ParamRef:
		return r.parameterReason(look)
	case rule.TableRef, rule.LookupRef:
		return nil // the table's own explanation has its row; files do not call look-ups
	}
	if id, ok := strings.CutPrefix(look.Name, lookupPrefix); ok {
		for _, l := range s.Lookups {
			if l.ID == id {
				return &Explained{Kind: "lookup", ID: id, Title: l.Title, Value: look.Value, Type: valueType(look.Value), Law: law(s, l.Law)}
			}
		}
	}
	root, _, _ := strings.Cut(look.Name, ".")
	for i, n := range s.Values {
		if n.ID == root {
			x := r.explainNamed(context.Background(), i) // computed already: nothing is asked
			return x.column(n, look)
		}
	}
	if q, path := r.question(look.Name, sc); q != nil {
		x := &Explained{Kind: "answer", ID: path, Title: q.Short, Value: look.Value, Type: answerType(q, path, look.Value)}
		if f := pickedField(s, q, path); f != nil {
			x.Title, x.Type = f.Title, f.Type
		}
		return x
	}
	return &Explained{Kind: "given", ID: look.Name, Value: look.Value, Type: valueType(look.Value)}
}

func (r *rules) parameterReason(look rule.Look) *Explained {
	x := &Explained{Kind: "param", ID: look.Name, Value: look.Value, Type: valueType(look.Value)}
	if p := parameter(r.s.Service.Jurisdiction, look.Name); p != nil {
		x.Title, x.Type = p.Title, p.Type
		if v := p.On(r.s.Today); v != nil {
			from, source := v.From, v.Source
			x.From, x.Law = &from, &source
		}
	}
	return x
}

// pickedField is the register's field that a path into a picked record means; nil if it means none.
func pickedField(s *service.Service, q *service.Question, path string) *service.RegisterField {
	id, inside := strings.CutPrefix(Definition(path), q.Path+".")
	reg := s.Jurisdiction.Registers[q.Register]
	if !inside || q.Type != typeLookup || reg == nil {
		return nil
	}
	i := slices.IndexFunc(reg.Fields, func(f service.RegisterField) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &reg.Fields[i]
}

// column narrows the explanation of a table to the output that was looked at, and what that rests on.
func (x *Explained) column(n *service.Named, look rule.Look) *Explained {
	_, output, ok := strings.Cut(look.Name, ".")
	if x == nil || n.Table == nil || !ok {
		return x
	}
	x.look()
	narrow := *x // the whole table's explanation is shared
	narrow.ID, narrow.Value = look.Name, look.Value
	for _, o := range n.Table.File.Outputs {
		if o.ID == output {
			narrow.Title, narrow.Type = o.Title, o.Type
		}
	}
	narrow.because = slices.DeleteFunc(slices.Clone(x.because), func(b *Explained) bool {
		return !n.Table.Uses(x.row, output, b.name())
	})
	return &narrow
}

// name is what a rule writes to look at it.
func (x *Explained) name() string {
	switch x.Kind {
	case "param", "lookup":
		return x.Kind + "." + x.ID
	}
	name, _, _ := strings.Cut(x.ID, ".")
	name, _, _ = strings.Cut(name, "[")
	return name
}

// rowOf is the row of a table that matched.
func rowOf(trace rule.Trace) int {
	for _, look := range trace {
		if look.Kind == rule.TableRef {
			return look.Row
		}
	}
	return 0
}

// question finds the question that a rule in a place means by a name, with its full path. The name may
// go on into the answer (premises.rateable_value, partners[0].share).
func (r *rules) question(name string, sc *scope) (*service.Question, string) {
	id, _, _ := strings.Cut(name, ".")
	id, _, _ = strings.Cut(id, "[")
	place := ""
	if _, in, ok := sc.find(id); ok {
		place = in.place
	} else {
		for in := sc; in != nil; in = in.outer { // a question without an answer
			if in.group != nil && slices.ContainsFunc(in.group.Members, func(q *service.Question) bool { return q.ID == id }) {
				place = in.place
				break
			}
		}
	}
	path := join(place, name)
	def := Definition(path)
	for def != "" {
		for _, q := range r.s.Service.Questions {
			if q.Path == def {
				return q, path
			}
		}
		def = def[:max(strings.LastIndexByte(def, '.'), 0)]
	}
	return nil, ""
}

// law finds a source that the file names.
func law(s *service.Service, id string) *service.SourceFile {
	if src, ok := s.Law[id]; ok {
		return &src
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
