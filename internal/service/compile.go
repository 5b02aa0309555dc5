package service

import (
	"slices"
	"strings"

	"stoa/internal/rule"
)

// compile compiles every rule of the service.
func (b *builder) compile() {
	if !b.declare() || !b.compileResults() {
		return
	}
	b.compilePages()
	for i := range b.f.Eligibility {
		e := &Eligibility{EligibilityFile: b.f.Eligibility[i]}
		e.That = b.rule(&e.EligibilityFile.That, rule.Bool(), setting{})
		e.Questions = b.needs(e.EligibilityFile.That.Source)
		b.s.Eligibility = append(b.s.Eligibility, e)
	}
	for i := range b.f.Fee {
		f := &Fee{FeeFile: b.f.Fee[i]}
		f.When = b.rule(f.FeeFile.When, rule.Bool(), setting{})
		f.Amount = b.rule(&f.FeeFile.Amount, rule.Number(), under(f.FeeFile.When, setting{}))
		b.s.Fee = append(b.s.Fee, f)
	}
	b.compileCase()
	b.compileLetters()
	b.compileIssue()
}

// rule compiles an expression where it stands; nil for nil, or when it is wrong.
func (b *builder) rule(e *Expr, want rule.Type, at setting) *Rule {
	if e == nil || strings.TrimSpace(e.Source) == "" {
		return nil
	}
	return b.compileIn(b.environment(b.sureWithin(e.Source, at)), e, want)
}

// compileIn compiles an expression in an environment; nil when it is wrong.
func (b *builder) compileIn(env *rule.Env, e *Expr, want rule.Type) *Rule {
	p := b.program(env, e.Source, want, func(offset int) Pos { return b.inRule(e, offset) })
	if p == nil {
		return nil
	}
	return &Rule{Expr: *e, Program: p}
}

// program compiles a source, and notes its problems where its bytes are in the file.
func (b *builder) program(env *rule.Env, source string, want rule.Type, at func(offset int) Pos) *rule.Program {
	b.note(source)
	p, problems := env.Compile(plain(source), want)
	for _, found := range problems {
		b.problem(at(found.Offset), asWritten(found.Fix), "%s", asWritten(found.Message))
	}
	return p
}

// inRule is the place of a byte of a rule's source.
func (l *loader) inRule(e *Expr, offset int) Pos {
	n := l.places.node(e.Pos)
	if n == nil {
		return e.Pos
	}
	return within(n, l.linesOf(e.Pos.File), e.Pos, offset)
}

// linesOf returns the lines of a file.
func (l *loader) linesOf(file string) []string {
	if l.lines == nil {
		l.lines = map[string][]string{}
	}
	lines, ok := l.lines[file]
	if !ok {
		lines = strings.Split(string(l.sources[file]), "\n")
		l.lines[file] = lines
	}
	return lines
}

// under is the setting in which the condition holds.
func under(when *Expr, at setting) setting {
	if when != nil {
		at.sure = append(slices.Clone(at.sure), parts(when.Source)...)
	}
	return at
}

// note remembers what a rule refers to.
func (b *builder) note(source string) {
	for name := range names(source) {
		b.used["table "+name] = true
		if id, ok := strings.CutPrefix(name, "lookup."); ok {
			b.used["lookup "+id] = true
		}
	}
}

func (b *builder) compilePages() {
	for _, p := range b.s.Pages {
		p.When = b.rule(p.File.When, rule.Bool(), setting{})
		if w := p.File.When; w != nil && len(p.Questions) > 0 {
			b.checkOrder(w, p.Questions[0])
		}
	}
	for _, q := range b.s.Questions {
		q.ValueType = b.ruleType(q)
		outer := sureIn(q)
		if w := q.QuestionFile.When; w != nil {
			around := setting{in: q.Parent}
			if q.Parent != nil {
				around.sure = sureIn(q.Parent)
			} else if pw := q.Page.File.When; pw != nil {
				around.sure = parts(pw.Source)
			}
			q.When = b.rule(w, rule.Bool(), around)
			b.checkOrder(w, q)
		}
		for i := range q.Check {
			c := &Check{CheckFile: q.Check[i]}
			c.That = b.rule(&c.CheckFile.That, rule.Bool(), setting{in: q.Parent, self: q, sure: outer})
			q.Checks = append(q.Checks, c)
		}
	}
}

// checkOrder sees to it that a condition only needs answers that were asked before.
func (b *builder) checkOrder(when *Expr, q *Question) {
	here := slices.Index(b.s.Questions, q)
	for _, need := range b.needsFrom(when.Source, q.Parent) {
		at := slices.Index(b.s.Questions, need)
		holder := false
		for g := q.Parent; g != nil; g = g.Parent {
			holder = holder || g == need
		}
		if at >= here || holder {
			b.problem(when.Pos, "ask it on this page or before", "the condition needs the answer to %q, which is not known yet when %q may be asked", need.Path, q.Path)
		}
	}
}

func (b *builder) compileCase() {
	life := setting{inCase: true}
	c := &b.f.Case
	b.s.Label = b.rule(&c.Label, rule.Text(), life)
	for i := range c.States {
		s := &State{StateFile: c.States[i]}
		s.Deadline = b.deadline(s.StateFile.Deadline, life)
		b.s.States[s.ID] = s
	}
	for i := range c.Actions {
		a := &Action{ActionFile: c.Actions[i]}
		a.When = b.rule(a.ActionFile.When, rule.Bool(), life)
		b.s.Actions = append(b.s.Actions, a)
	}
	for i := range b.f.Consultees {
		k := &Consultee{ConsulteeFile: b.f.Consultees[i]}
		for n, id := range k.ConsulteeFile.Sees {
			k.Sees = append(k.Sees, b.shown(b.places.at(k.Pos, "sees", n), id, true)...)
		}
		k.When = b.rule(k.ConsulteeFile.When, rule.Bool(), life)
		k.Within = b.deadline(k.ConsulteeFile.Within, under(k.ConsulteeFile.When, life))
		b.s.Consultees[k.ID] = k
	}
}

func (b *builder) deadline(d *DeadlineFile, at setting) *Deadline {
	if d == nil {
		return nil
	}
	return &Deadline{DeadlineFile: *d, On: b.rule(d.On, rule.Date(), at)}
}

func (b *builder) compileIssue() {
	f := b.f.Issues
	if f == nil {
		return
	}
	life := setting{inCase: true}
	i := &Issue{IssueFile: *f, Register: b.j.Registers[f.Record], Fields: map[string]*Rule{}}
	for _, id := range keys(f.Fields) {
		e := f.Fields[id]
		field := i.Register.field(id)
		if field == nil {
			continue
		}
		i.Fields[id] = b.rule(&e, rule.Optional(namedType(field.Type)), life)
		b.checkHeld(&e, field)
	}
	i.From = b.rule(f.From, rule.Date(), life)
	i.Until = b.rule(f.Until, rule.Optional(rule.Date()), life)
	i.Certificate = b.template(f.Text, life)
	for n := range f.Actions {
		a := &LicenceAction{LicenceActionFile: f.Actions[n]}
		if w := a.LicenceActionFile.When; w != nil {
			a.When = b.compileIn(b.aboutLicence(i.Register), w, rule.Bool())
		}
		i.Actions = append(i.Actions, a)
	}
	i.Credential = b.compileCredential(i)
	b.s.Issue = i
}

// checkHeld sees to it that a register knows that what it is given is about a person. A value made of a
// personal answer is not held against it: it is where a file says what may be public of an address.
func (b *builder) checkHeld(e *Expr, field *RegisterField) {
	if field.Personal != "" {
		return
	}
	for _, id := range sortedNames(names(e.Source)) {
		if q := b.byID[id]; q != nil && b.personal(q) != "" {
			b.problem(e.Pos, "add personal: to the field of the register (with public: true as well if the law makes it public), or give a value that leaves out what is personal",
				"%q is personal, but the register's field %q does not say that it holds anything personal", id, field.ID)
		}
	}
}

// personal returns why a question, or any member of it, asks something personal.
func (b *builder) personal(q *Question) string {
	if q.Personal != "" && q.Personal != "no" {
		return q.Personal
	}
	for _, m := range q.Members {
		if p := b.personal(m); p != "" {
			return p
		}
	}
	return ""
}
