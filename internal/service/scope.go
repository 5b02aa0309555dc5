package service

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stoa/internal/rule"
)

// setting is where a rule stands: what it may speak of, and what is certain there.
type setting struct {
	in     *Question // the group whose item it is about; nil: the whole application
	self   *Question // a question that has an answer here, whatever its conditions: its own checks
	sure   []string  // conditions that hold here, as norm writes them
	inCase bool      // it is about the life of a case

	present map[*Question]bool // asked of these before they are named: see sureWithin
}

// ruleType is what rules see of an answer; the zero type if the question is wrong.
func (b *builder) ruleType(q *Question) rule.Type {
	text := rule.Text()
	switch q.Type {
	case "text", "long_text", "name", "email", "phone", "identifier":
		return text
	case "number", "money":
		return rule.Number()
	case "date":
		return rule.Date()
	case "time":
		return rule.Time()
	case "yes_no":
		return rule.Bool()
	case "one_of":
		return rule.Choice(optionValues(q)...)
	case "many_of":
		return rule.List(rule.Choice(optionValues(q)...))
	case "address":
		return rule.Record(rule.Field{Name: "lines", Type: text}, rule.Field{Name: "town", Type: text},
			rule.Field{Name: "postcode", Type: text}, rule.Field{Name: "country", Type: text})
	case "file":
		return rule.Record(rule.Field{Name: "name", Type: text})
	case "lookup":
		return b.pickType(q)
	case "group":
		var fields []rule.Field
		for _, m := range q.Members {
			t := b.ruleType(m)
			if m.conditional() {
				t = rule.Optional(t)
			}
			fields = append(fields, rule.Field{Name: m.ID, Type: t})
		}
		return rule.List(rule.Record(fields...))
	}
	return rule.Type{}
}

func optionValues(q *Question) []string {
	return ids(q.Options, func(o *OptionFile) string { return o.Value })
}

// pickType is what rules see of a record that was picked. Typed by hand, it has no fields.
func (b *builder) pickType(q *Question) rule.Type {
	fields := []rule.Field{{Name: "key", Type: rule.Text()}, {Name: "label", Type: rule.Text()}}
	if r := b.j.Registers[q.Register]; r != nil {
		named := r.Fields
		if b.tax != nil {
			named = b.fields
		}
		for _, f := range named {
			t := namedType(f.Type)
			if q.Manual || b.lacks(f.ID) {
				t = rule.Optional(t)
			}
			fields = append(fields, rule.Field{Name: f.ID, Type: t})
		}
	}
	return rule.Record(fields...)
}

// namedType is the type that a file calls number, money, text, yes_no or date.
func namedType(name string) rule.Type {
	switch name {
	case "number", "money":
		return rule.Number()
	case "text":
		return rule.Text()
	case "yes_no":
		return rule.Bool()
	case "date":
		return rule.Date()
	}
	return rule.Type{}
}

// validType reports whether something of type t can be declared.
func validType(t rule.Type) bool {
	_, err := rule.NewEnv(rule.Decl{Vars: []rule.Var{{Name: "x", Type: t}}})
	return err == nil
}

// declare makes the environment that all rules of the service share: parameters and what is always given.
func (b *builder) declare() bool {
	d := rule.Decl{Calendar: b.j.Calendar, Params: b.paramVars(), Vars: taxVars}
	if b.tax == nil {
		d.Vars = b.applicationVars()
	}
	env, err := rule.NewEnv(d)
	if err != nil {
		b.problem(b.f.Pos, "", "the rules cannot be set up: %v", err)
		return false
	}
	b.decl, b.env = d, env
	return true
}

// paramVars are the figures of the jurisdiction, as rules see them.
func (l *loader) paramVars() (vars []rule.Var) {
	for _, p := range l.j.Parameters {
		if t := namedType(p.Type); validType(t) && usableName(p.ID) {
			vars = append(vars, rule.Var{Name: p.ID, Type: t})
		}
	}
	return vars
}

// applicationVars are what all rules of a service see besides answers.
func (b *builder) applicationVars() []rule.Var {
	vars := []rule.Var{
		{Name: "variant", Type: rule.Choice(append(ids(b.f.Variants, func(v *VariantFile) string { return v.ID }), "new")...)},
		{Name: "submitted", Type: rule.Date()},
		{Name: "today", Type: rule.Date()},
	}
	if b.f.Issues != nil {
		r := b.j.Registers[b.f.Issues.Record]
		vars = append(vars, rule.Var{Name: "previous", Type: recordType(r, rule.Optional(rule.Text()), rule.Optional(rule.Date()))})
	}
	return vars
}

// recordType is what rules see of a record: its fields, which may all be missing, and its number and days.
func recordType(r *Register, number, from rule.Type) rule.Type {
	fields := []rule.Field{
		{Name: "number", Type: number}, {Name: "from", Type: from}, {Name: "until", Type: rule.Optional(rule.Date())},
	}
	for _, f := range r.Fields {
		if t := namedType(f.Type); validType(t) {
			fields = append(fields, rule.Field{Name: f.ID, Type: rule.Optional(t)})
		}
	}
	return rule.Record(fields...)
}

// aboutLicence is the environment of rules about a licence, whatever case it came from: the licence itself,
// the day, and the figures of that day.
func (b *builder) aboutLicence(r *Register) *rule.Env {
	d := b.decl
	d.Vars = []rule.Var{{Name: "today", Type: rule.Date()}, {Name: "licence", Type: recordType(r, rule.Text(), rule.Date())}}
	env, err := rule.NewEnv(d)
	if err != nil {
		b.problem(b.f.Issues.Pos, "", "the rules about the licence cannot be set up: %v", err)
		return b.env
	}
	return env
}

// caseVars are what rules about the life of a case see besides.
var caseVars = []rule.Var{
	{Name: "entered", Type: rule.Date()},
	{Name: "objections", Type: rule.Number()},
	{Name: "replies_open", Type: rule.Number()},
	{Name: "representations", Type: rule.Number()},
	{Name: "outcome", Type: rule.Text()},
	{Name: "decided", Type: rule.Optional(rule.Date())},
	{Name: "case_number", Type: rule.Text()},
	{Name: "licence_number", Type: rule.Text()},
	{Name: "fee_total", Type: rule.Number()},
}

// environment declares the answers as they are at a place: present where they must be, else optional.
func (b *builder) environment(at setting) *rule.Env {
	key := ""
	if at.present == nil && at.self == nil {
		key = fmt.Sprintf("%p %d %v %q", at.in, len(b.results), at.inCase, at.sure)
		if env := b.envs[key]; env != nil {
			return env
		}
	}
	env := b.makeEnvironment(at)
	if key != "" {
		b.envs[key] = env
	}
	return env
}

func (b *builder) makeEnvironment(at setting) *rule.Env {
	vars := slices.Clone(b.results)
	if at.inCase {
		vars = append(vars, caseVars...)
	}
	for _, q := range b.s.Questions {
		if q.Parent == nil && b.byID[q.ID] == q {
			vars = append(vars, b.answer(q, at))
		}
	}
	for g := at.in; g != nil; g = g.Parent {
		for _, m := range g.Members {
			vars = append(vars, b.answer(m, at))
		}
	}
	return b.env.With(vars...)
}

func (b *builder) answer(q *Question, at setting) rule.Var {
	v := rule.Var{Name: q.ID, Type: b.ruleType(q)}
	if b.tax != nil && asked(at.sure, q.ID) {
		return v
	}
	if q != at.self && (q.Optional || !at.present[q] && !holds(q.conditions(), at.sure)) {
		v.Type = rule.Optional(v.Type)
	}
	return v
}

// holds reports whether all conditions are among those that are sure.
func holds(conditions []*Expr, sure []string) bool {
	for _, c := range conditions {
		for _, part := range parts(c.Source) {
			if !contains(sure, part) {
				return false
			}
		}
	}
	return true
}

// sureIn is what holds inside the question: the conditions of its page, its groups and itself.
func sureIn(q *Question) (sure []string) {
	if w := q.Page.File.When; w != nil {
		sure = parts(w.Source)
	}
	for ; q != nil; q = q.Parent {
		if w := q.QuestionFile.When; w != nil {
			sure = append(sure, parts(w.Source)...)
		}
	}
	return sure
}

// sureWithin adds the answers that an expression itself makes sure of: all conditions of the answer are
// asked, joined with &&, before it is first named, and && stops at the first that does not hold.
func (b *builder) sureWithin(source string, at setting) setting {
	all := parts(source)
	if len(all) < 2 {
		return at
	}
	at.present = map[*Question]bool{}
	met := map[string]bool{}
	sure := slices.Clone(at.sure)
	for _, part := range all {
		for id := range names(part) {
			if q := b.visible(at.in, id); q != nil && !met[id] {
				at.present[q] = holds(q.conditions(), sure)
			}
			met[id] = true
		}
		sure = append(sure, part)
	}
	return at
}

var space = regexp.MustCompile(`\s+`)

// parts cuts a condition at its outermost && and writes each part in one form, so that they can be
// compared. With || or ?: outermost it is one part.
func parts(source string) []string {
	var cuts []int
	depth, quote := 0, byte(0)
	for i := 0; i < len(source); i++ {
		c := source[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && (c == '?' || strings.HasPrefix(source[i:], "||")):
			return []string{norm(source)}
		case depth == 0 && strings.HasPrefix(source[i:], "&&"):
			cuts = append(cuts, i)
			i++
		}
	}
	var out []string
	from := 0
	for _, cut := range cuts {
		out = append(out, norm(source[from:cut]))
		from = cut + 2
	}
	return append(out, norm(source[from:]))
}

func norm(source string) string { return space.ReplaceAllString(strings.TrimSpace(source), " ") }

// word finds texts (to skip them) and names with what they are a part of: lookup.people, x.y.z.
var word = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\.?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*`)

// names returns what a rule may look at: names, and lookup.x and param.x with their second part.
func names(source string) map[string]bool {
	out := map[string]bool{}
	for _, t := range word.FindAllString(source, -1) {
		if t[0] == '"' || t[0] == '\'' || t[0] == '.' {
			continue
		}
		path := strings.Split(t, ".")
		if (path[0] == "lookup" || path[0] == "param") && len(path) > 1 {
			out[path[0]+"."+path[1]] = true
			continue
		}
		out[path[0]] = true
	}
	return out
}

// plain writes lookup.x as one name, as the rules' checker needs it; no position changes.
func plain(source string) string {
	return word.ReplaceAllStringFunc(source, func(t string) string {
		if strings.HasPrefix(t, "lookup.") {
			return "lookup_" + t[len("lookup."):]
		}
		return t
	})
}

// asWritten undoes plain in a message.
func asWritten(message string) string { return strings.ReplaceAll(message, "lookup_", "lookup.") }

func sortedNames(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
