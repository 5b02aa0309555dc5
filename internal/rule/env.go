package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stoa/internal/calendar"
)

// Decl is everything expressions may speak of.
type Decl struct {
	Vars     []Var
	Params   []Var // written param.name; a name may contain dots
	Tables   []*Table
	Lookups  []Lookup
	Calendar *calendar.Calendar // needed by the functions for working days and hours
}

// Var is a named value: an answer, a field of a case, or a parameter.
type Var struct {
	Name string
	Type Type
	Doc  string // one line for editors
}

// Lookup is a question to a register, written as a function.
type Lookup struct {
	Name   string
	Args   []Type
	Result Type
}

// Env checks expressions against declarations. It does not change once made and
// is safe for concurrent use.
type Env struct {
	vars     map[string]Type
	params   map[string]Type
	lookups  map[string]Lookup
	tables   map[string]*table
	calendar *calendar.Calendar
}

// NewEnv checks the declarations and compiles the tables. Problems with tables
// come back together as TableProblems.
func NewEnv(d Decl) (*Env, error) {
	e := &Env{
		vars: map[string]Type{}, params: map[string]Type{}, lookups: map[string]Lookup{},
		tables: map[string]*table{}, calendar: d.Calendar,
	}
	for _, p := range d.Params {
		for _, part := range strings.Split(p.Name, ".") {
			if !isName(part) {
				return nil, fmt.Errorf("rule: %q cannot be the name of a parameter", p.Name)
			}
		}
		if !p.Type.valid() {
			return nil, fmt.Errorf("rule: parameter %s has no usable type", p.Name)
		}
		if _, twice := e.params[p.Name]; twice {
			return nil, fmt.Errorf("rule: parameter %s is declared twice", p.Name)
		}
		e.params[p.Name] = p.Type
	}
	for _, v := range d.Vars {
		if _, twice := e.vars[v.Name]; twice {
			return nil, fmt.Errorf("rule: %s is declared twice", v.Name)
		}
		if err := checkVar(v); err != nil {
			return nil, err
		}
		e.vars[v.Name] = v.Type
	}
	for _, l := range d.Lookups {
		if err := e.addLookup(l); err != nil {
			return nil, err
		}
	}
	var problems TableProblems
	for _, t := range d.Tables {
		if _, twice := e.tables[t.Name]; twice || !isName(t.Name) {
			return nil, fmt.Errorf("rule: table %q is declared twice or has no proper name", t.Name)
		}
		compiled, found := compileTable(e, t)
		problems = append(problems, found...)
		e.tables[t.Name] = compiled
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return e, nil
}

func checkVar(v Var) error {
	if !isName(v.Name) || v.Name == "param" || v.Name == "tables" {
		return fmt.Errorf("rule: %q cannot be the name of a value", v.Name)
	}
	if !v.Type.valid() {
		return fmt.Errorf("rule: %s has no usable type", v.Name)
	}
	return nil
}

func (e *Env) addLookup(l Lookup) error {
	_, twice := e.lookups[l.Name]
	if _, taken := functions[l.Name]; taken || twice || !isName(l.Name) {
		return fmt.Errorf("rule: %q cannot be the name of a look-up, or is taken", l.Name)
	}
	if !l.Result.valid() || slices.ContainsFunc(l.Args, func(t Type) bool { return !t.valid() }) {
		return fmt.Errorf("rule: look-up %s has no usable types", l.Name)
	}
	e.lookups[l.Name] = l
	return nil
}

// With returns an environment in which the given values are declared in
// addition or anew: a question that is only asked under a condition is present
// where the condition holds. Declarations that NewEnv would refuse panic, since
// they are not data.
func (e *Env) With(vars ...Var) *Env {
	with := *e
	with.vars = maps.Clone(e.vars)
	for _, v := range vars {
		if err := checkVar(v); err != nil {
			panic(err.Error())
		}
		with.vars[v.Name] = v.Type
	}
	return &with
}

// VarType returns the type of a declared value.
func (e *Env) VarType(name string) (Type, bool) {
	t, ok := e.vars[name]
	return t, ok
}

// reserved are the words of the grammar that cannot name anything.
var reserved = strings.Fields("as break const continue else false for function if import in let loop package namespace null return true var void while")

// isName reports whether s can be written as a name in an expression.
func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && !slices.Contains(reserved, s)
}

// IsName reports whether s can name a value, a field, a table or a look-up.
func IsName(s string) bool { return isName(s) }
