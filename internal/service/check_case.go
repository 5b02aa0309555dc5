package service

import (
	"regexp"
	"slices"
	"strings"
)

var numberPart = regexp.MustCompile(`\{[^}]*\}`)

// checkNumber checks the form of case and licence numbers: {year} and {seq:5}.
func (l *loader) checkNumber(at Pos, format string) {
	if format == "" {
		return
	}
	seq := 0
	for _, part := range numberPart.FindAllString(format, -1) {
		switch {
		case part == "{seq}" || (len(part) == len("{seq:5}") && strings.HasPrefix(part, "{seq:") && part[5] >= '1' && part[5] <= '9'):
			seq++
		case part != "{year}":
			l.problem(at, "it can be {year}, {seq} or {seq:5}", "%s is not known in a number", part)
		}
	}
	if seq != 1 {
		l.problem(at, "write it with {seq:5} once: PL-{year}-{seq:5}", "the number %q does not count", format)
	}
}

func (b *builder) stateIDs() []string {
	return ids(b.f.Case.States, func(s *StateFile) string { return s.ID })
}

func (b *builder) checkCase() {
	c := &b.f.Case
	b.checkNumber(b.places.at(c.Pos, "number"), c.Number)
	b.unique("state", len(c.States), func(i int) (string, Pos) { return c.States[i].ID, b.places.at(c.States[i].Pos, "id") })
	b.unique("action", len(c.Actions), func(i int) (string, Pos) { return c.Actions[i].ID, b.places.at(c.Actions[i].Pos, "id") })
	b.known(b.places.at(c.Pos, "start"), "state", c.Start, b.stateIDs())
	for i := range c.States {
		b.checkState(&c.States[i])
	}
	for i := range c.Actions {
		b.checkAction(&c.Actions[i])
	}
	b.checkReach()
}

func (b *builder) checkState(s *StateFile) {
	for i, id := range s.Consult {
		b.used["consultee "+id] = true
		b.known(b.places.at(s.Pos, "consult", i), "consultee", id, ids(b.f.Consultees, func(c *ConsulteeFile) string { return c.ID }))
	}
	b.letter(s.Pos, s.Letter)
	b.checkDeadline(s.Deadline)
	if s.Deadline != nil && s.Deadline.Then != "" {
		b.checkThen(s)
	}
	if s.End == "" {
		return
	}
	for key, has := range map[string]bool{"deadline": s.Deadline != nil, "consult": len(s.Consult) > 0} {
		if has {
			b.problem(b.places.key(s.Pos, key), "remove it, or the end:", "nothing more happens in %q, where the case is over", s.ID)
		}
	}
}

// checkThen sees to it that what happens when a deadline passes can happen by itself.
func (b *builder) checkThen(s *StateFile) {
	d := s.Deadline
	at := b.places.at(d.Pos, "then")
	actions := b.f.Case.Actions
	if !b.known(at, "action", d.Then, ids(actions, func(a *ActionFile) string { return a.ID })) {
		return
	}
	a := &actions[slices.IndexFunc(actions, func(a ActionFile) bool { return a.ID == d.Then })]
	if !contains(a.From, s.ID) {
		b.problem(at, "add "+s.ID+" to its from:", "the action %q is not possible in the state %q", a.ID, s.ID)
	}
	if a.By != "system" {
		b.problem(at, "name an action with by: system", "the action %q is taken by %s and cannot happen by itself", a.ID, a.By)
	}
}

func (b *builder) checkDeadline(d *DeadlineFile) {
	if d == nil {
		return
	}
	b.law(d.Pos, d.Law)
	n := 0
	for _, is := range []bool{d.WorkingDays > 0, d.Days > 0, d.Months > 0, d.On != nil} {
		if is {
			n++
		}
	}
	if n != 1 {
		b.problem(d.Pos, "give one of working_days, days, months and on", "a deadline says its day in exactly one way")
	}
	if d.On != nil && b.places.node(d.Pos, "from") != nil {
		b.problem(b.places.key(d.Pos, "from"), "remove it", "a day given by a rule is not counted from anything")
	}
}

func (b *builder) letter(parent Pos, id string) {
	if id != "" {
		b.used["letter "+id] = true
		b.known(b.places.at(parent, "letter"), "letter", id, keys(b.f.Letters))
	}
}

func (b *builder) checkAction(a *ActionFile) {
	for i, id := range a.From {
		if b.known(b.places.at(a.Pos, "from", i), "state", id, b.stateIDs()) && b.state(id).End != "" {
			b.problem(b.places.at(a.Pos, "from", i), "remove it", "the case is over in %q: nothing can be done in it", id)
		}
	}
	b.known(b.places.at(a.Pos, "to"), "state", a.To, b.stateIDs())
	b.letter(a.Pos, a.Letter)
	b.law(a.Pos, a.Law)
	for key, choices := range map[string][]ChoiceFile{"standard reason": a.Standard, "condition": a.Conditions} {
		b.choices(key, choices)
	}
	if a.Auto && a.When == nil {
		b.problem(b.places.key(a.Pos, "auto"), "add when: with the rule for when it happens", "an action that happens by itself needs a condition")
	}
	if a.Auto && a.By != "system" {
		b.problem(b.places.at(a.Pos, "by"), "write by: system", "what happens by itself is not done by %s", a.By)
	}
	if a.Issue && b.f.Issues == nil {
		b.problem(b.places.key(a.Pos, "issue"), "add issues:, or remove this", "the service does not say what is issued")
	}
	b.checkKind(a)
}

// checkKind checks what only some kinds of action have, and need.
func (b *builder) checkKind(a *ActionFile) {
	decide := a.Kind == "decide"
	if decide && a.Outcome == "" {
		b.problem(a.Pos, "add outcome: granted, refused or another word", "a decision needs its outcome")
	}
	for key, has := range map[string]bool{
		"outcome": a.Outcome != "", "conditions": len(a.Conditions) > 0, "approval": a.Approval, "appeal": a.Appeal.By != nil,
	} {
		if has && !decide {
			b.problem(b.places.key(a.Pos, key), "add kind: decide, or remove it", "%q is only for decisions", key)
		}
	}
	if a.Approval && a.By == "system" {
		b.problem(b.places.key(a.Pos, "approval"), "remove it", "nobody approves what happens by itself")
	}
	ends := []string{"granted", "refused", "withdrawn", "lapsed", "closed"}
	if to := b.state(a.To); decide && to != nil && to.End != "" && contains(ends, a.Outcome) && to.End != a.Outcome {
		b.problem(b.places.at(a.Pos, "to"), "name a state with end: "+a.Outcome, "the outcome %q ends in a state whose end is %q", a.Outcome, to.End)
	}
	if applicant := map[string]bool{"answer": true, "withdraw": true}[a.Kind]; applicant && a.By != "applicant" && a.By != "" {
		b.problem(b.places.at(a.Pos, "by"), "write by: applicant", "an action of kind %s is not done by %s", a.Kind, a.By)
	}
	if a.Kind == "request_information" && !slices.ContainsFunc(b.f.Case.Actions, func(o ActionFile) bool {
		return o.Kind == "answer" && contains(o.From, a.To)
	}) {
		b.problem(a.Pos, "add an action with kind: answer, by: applicant, from: ["+a.To+"]", "the applicant is asked in %q but has no way to answer there", a.To)
	}
}

func (b *builder) choices(what string, choices []ChoiceFile) {
	b.unique(what, len(choices), func(i int) (string, Pos) { return choices[i].ID, b.places.at(choices[i].Pos, "id") })
	for _, c := range choices {
		b.law(c.Pos, c.Law)
	}
}

func (b *builder) state(id string) *StateFile {
	for i := range b.f.Case.States {
		if b.f.Case.States[i].ID == id {
			return &b.f.Case.States[i]
		}
	}
	return nil
}

// checkReach sees to it that every state can be reached and left, or is an end.
func (b *builder) checkReach() {
	c := &b.f.Case
	reached, todo := map[string]bool{c.Start: true}, []string{c.Start}
	waits := ""
	if b.f.Payment != nil { // paying leads from there to the start
		waits = b.f.Payment.Waits
		reached[waits], todo = true, append(todo, waits)
	}
	for len(todo) > 0 {
		from := todo[0]
		todo = todo[1:]
		for _, a := range c.Actions {
			if contains(a.From, from) && !reached[a.To] {
				reached[a.To] = true
				todo = append(todo, a.To)
			}
		}
	}
	ends := false
	for _, s := range c.States {
		ends = ends || (s.End != "" && reached[s.ID])
		if s.ID != "" && !reached[s.ID] && b.state(c.Start) != nil {
			b.problem(s.Pos, "add an action that leads to it, or remove it", "no case ever comes into the state %q", s.ID)
		}
		exits := s.ID == waits || slices.ContainsFunc(c.Actions, func(a ActionFile) bool { return contains(a.From, s.ID) && a.To != s.ID })
		if s.ID != "" && s.End == "" && !exits {
			b.problem(s.Pos, "add an action from it, or end: if the case is over", "a case that comes into %q never leaves it", s.ID)
		}
	}
	if !ends && len(c.States) > 0 && b.state(c.Start) != nil {
		b.problem(b.places.key(c.Pos, "states"), "add end: to the states in which the case is over", "no case ever ends")
	}
}
