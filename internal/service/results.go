package service

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"stoa/internal/rule"
)

// compileResults compiles values, tables and look-ups, each after those it needs, so that the types of
// the earlier are known to the later.
func (b *builder) compileResults() bool {
	order, ok := b.ordered()
	if !ok {
		return false
	}
	values := map[string]*ValueFile{}
	for i := range b.f.Values {
		values[b.f.Values[i].ID] = &b.f.Values[i]
	}
	tables := map[string]*TableFile{}
	for i := range b.f.Tables {
		tables[b.f.Tables[i].ID] = &b.f.Tables[i]
	}
	for _, r := range order {
		if v := values[r.name]; v != nil {
			b.compileValue(v)
		} else if t := tables[r.name]; t != nil {
			b.compileTable(t)
		} else if id, ok := strings.CutPrefix(r.name, "lookup."); ok {
			b.compileLookup(id)
		}
	}
	return true
}

// result makes a name known to the rules that are compiled after it.
func (b *builder) result(name string, t rule.Type) {
	if validType(t) && rule.IsName(name) {
		b.results = append(b.results, rule.Var{Name: name, Type: t})
	}
}

func (b *builder) compileValue(v *ValueFile) {
	n := &Named{ID: v.ID, Title: v.Title, Law: v.Law, File: v, Type: namedType(v.Type)}
	n.Rule = b.rule(&v.Is, n.Type, setting{})
	if n.Rule != nil && n.Type.Kind() == rule.TextKind {
		n.Type = n.Rule.Type() // the texts it can be, if they are known
	}
	b.result(v.ID, n.Type)
	b.s.Values = append(b.s.Values, n)
}

func (b *builder) compileTable(f *TableFile) {
	t := &Table{File: *f, Table: &rule.Table{Name: f.ID}, tested: map[string]bool{}}
	n := &Named{ID: f.ID, Title: f.Title, Law: f.Law, Table: t}
	b.s.Values = append(b.s.Values, n)
	var fields []rule.Field
	for _, o := range f.Outputs {
		fields = append(fields, rule.Field{Name: o.ID, Type: namedType(o.Type)})
	}
	t.Outputs = fields
	n.Type = rule.Record(fields...)
	b.result(f.ID, n.Type)
	if f.First {
		t.Hit = rule.First
	}
	ok := true
	for i := range f.Inputs {
		in := &f.Inputs[i]
		maps.Copy(t.tested, names(in.Is.Source))
		r := b.rule(&in.Is, rule.Type{}, setting{})
		t.Inputs = append(t.Inputs, r)
		if r == nil {
			ok = false
			continue
		}
		t.Table.Inputs = append(t.Table.Inputs, b.column(in, r))
	}
	for _, row := range f.Rows {
		var made rule.Row
		for _, in := range f.Inputs {
			test := "-"
			if e, ok := row.When[in.ID]; ok {
				test = e.Source
				b.note(test)
				maps.Copy(t.tested, names(test))
			}
			made.When = append(made.When, test)
		}
		looks := map[string]map[string]bool{}
		for _, out := range f.Outputs {
			e, given := row.Then[out.ID]
			ok = ok && given
			made.Then = append(made.Then, e.Source)
			looks[out.ID] = names(e.Source)
		}
		t.given = append(t.given, looks)
		t.Rows = append(t.Rows, made)
	}
	if ok {
		n.Rule = b.decide(f, t)
	}
}

func (b *builder) column(in *TableInputFile, r *Rule) rule.Column {
	c := rule.Column{Name: in.ID, Type: r.Type(), Source: plain(in.Is.Source)}
	if in.Min != nil {
		c.Min = *in.Min
	}
	if in.Max != nil {
		c.Max = *in.Max
	}
	if q := b.byID[strings.TrimSpace(in.Is.Source)]; q != nil && q.Type == "number" && q.Places == 0 {
		c.Whole = true
	}
	return c
}

// decide compiles the call of a table on its own inputs.
func (b *builder) decide(f *TableFile, t *Table) *Rule {
	d := b.decl
	d.Tables = []*rule.Table{t.Table}
	env, err := rule.NewEnv(d)
	var problems rule.TableProblems
	if errors.As(err, &problems) {
		for _, p := range problems {
			b.tableProblem(f, p)
		}
		return nil
	}
	if err != nil {
		b.problem(f.Pos, "", "the table cannot be set up: %v", err)
		return nil
	}
	b.checkGaps(f, t, env)
	source := "tables." + f.ID + "()"
	b.env, env = env, b.env
	p, found := b.makeEnvironment(setting{}).Compile(source, rule.Type{})
	b.env = env
	for _, x := range found {
		b.problem(f.Pos, x.Fix, "%s", asWritten(x.Message))
	}
	if p == nil {
		return nil
	}
	return &Rule{Expr: Expr{Pos: f.Pos, Source: source}, Program: p}
}

// tableProblem puts a problem with a table into its cell.
func (b *builder) tableProblem(f *TableFile, p rule.TableProblem) {
	pos, e := f.Pos, (*Expr)(nil)
	column := p.Column - 1
	if p.Row > 0 && p.Row <= len(f.Rows) {
		row := f.Rows[p.Row-1]
		pos = row.Pos
		if column >= 0 && column < len(f.Inputs) {
			e = cell(row.When, f.Inputs[column].ID)
		} else if column -= len(f.Inputs); column >= 0 && column < len(f.Outputs) {
			e = cell(row.Then, f.Outputs[column].ID)
		}
	} else if column >= 0 && column < len(f.Inputs) {
		pos = f.Inputs[column].Pos
	}
	if e != nil {
		pos = b.inRule(e, p.Offset)
	}
	b.problem(pos, p.Fix, "%s", p.Message)
}

func cell(cells map[string]Expr, id string) *Expr {
	if e, ok := cells[id]; ok {
		return &e
	}
	return nil
}

func (b *builder) compileLookup(id string) {
	f := b.f.Lookups[id]
	k := &Lookup{ID: id, LookupFile: f, Match: map[string]*Rule{}, Type: rule.Number()}
	b.s.Lookups = append(b.s.Lookups, k)
	r := b.j.Registers[f.Register]
	if r == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(f.Match)) {
		e := f.Match[name]
		field := r.field(name)
		switch {
		case field == nil:
			b.known(e.Pos, "field of the register "+f.Register, name, r.fieldIDs())
		case !field.Key:
			b.problem(e.Pos, "add key: true to the field in the register's file", "the register %s cannot be searched by %q", f.Register, name)
		default:
			k.Match[name] = b.rule(&e, namedType(field.Type), setting{})
		}
	}
	b.compileGive(k, r)
	b.result("lookup_"+id, k.Type)
}

// compileGive reads what a look-up gives: count, sum FIELD or list FIELD.
func (b *builder) compileGive(k *Lookup, r *Register) {
	at := b.places.at(k.Pos, "give")
	verb, of, _ := strings.Cut(strings.TrimSpace(k.Give), " ")
	of = strings.TrimSpace(of)
	if !contains([]string{"count", "sum", "list"}, verb) || (verb == "count") != (of == "") {
		b.problem(at, "write count, sum FIELD or list FIELD", "%q cannot be asked of a register", k.Give)
		return
	}
	k.Verb, k.Field = verb, of
	if verb == "count" {
		return
	}
	field := r.field(of)
	switch {
	case field == nil:
		b.known(at, "field of the register "+k.Register, of, r.fieldIDs())
	case verb == "list":
		k.Type = rule.List(namedType(field.Type))
	case field.Type != "number" && field.Type != "money":
		b.problem(at, "name a field of type number or money", "%q is of type %s and cannot be added up", of, field.Type)
	}
}
