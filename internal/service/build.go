package service

import (
	"fmt"
	"maps"
	"slices"

	"stoa/internal/rule"
)

// builder checks and compiles one service file.
type builder struct {
	*loader
	f *ServiceFile
	s *Service

	tax    *TaxFile        // the file is made of this one; nil for a service
	fields []RegisterField // of the taxed object, which rules name

	questions map[string]*Question // by path: partners.name
	byID      map[string]*Question // of the top level
	unsound   bool                 // the questions or names are such that no rule could be judged
	used      map[string]bool      // what is referred to: "letter decision", "table band", "consultee police"

	decl    rule.Decl            // what all rules may speak of, without the answers
	env     *rule.Env            // made of decl
	results []rule.Var           // values, tables and look-ups compiled so far
	envs    map[string]*rule.Env // made before, by setting
	closure map[string][]string
}

// service checks and compiles a service file. What it returns is only fit for use if there was no problem.
func (l *loader) service(f *ServiceFile) *Service {
	b := &builder{
		loader: l, f: f, used: map[string]bool{},
		envs: map[string]*rule.Env{}, questions: map[string]*Question{}, byID: map[string]*Question{},
	}
	b.setDefaults()
	b.s = &Service{
		ServiceFile: *f, Jurisdiction: l.j,
		States: map[string]*State{}, Consultees: map[string]*Consultee{}, Letters: map[string]*Letter{},
	}
	b.layQuestions()
	if !b.bounded() {
		return b.s
	}
	b.checkNames()
	b.checkDirectory()
	b.checkQuestions()
	b.checkVariants()
	b.checkCase()
	b.checkParts()
	l.checkOpen(&b.s.ServiceFile)
	b.checkDisclosure()
	if b.unsound || b.misshapen() {
		b.problem(f.Pos, "correct the questions and names first", "the rules of %q could not be checked yet", f.Service)
		return b.s
	}
	before := len(l.problems)
	b.compile()
	if len(l.problems) == before {
		b.checkUnused()
	}
	b.checkExamples()
	b.checkAsked()
	if b.tax == nil {
		b.checkBehalf(b.f.Pos, b.f.OnBehalf)
	}
	b.s.FeeQuestions = b.feeQuestions()
	return b.s
}

// Limits of one service: rules and answers are held against each other, which must stay cheap.
const (
	maxQuestions = 1000
	maxResults   = 500
)

func (b *builder) bounded() bool {
	if n := len(b.s.Questions); n > maxQuestions {
		b.problem(b.places.key(b.f.Pos, "pages"), fmt.Sprintf("at most %d; make several services of it", maxQuestions), "%d questions are too many", n)
		return false
	}
	if n := len(b.f.Values) + len(b.f.Tables) + len(b.f.Lookups); n > maxResults {
		b.problem(b.f.Pos, fmt.Sprintf("at most %d together", maxResults), "%d values, tables and look-ups are too many", n)
		return false
	}
	return true
}

// misshapen reports whether the file has problems in what its rules are about.
func (b *builder) misshapen() bool {
	for _, q := range b.s.Questions {
		if !usableName(q.ID) || !validType(b.ruleType(q)) {
			return true
		}
	}
	return false
}

// layQuestions puts every question in its place, in asking order, groups before their members.
func (b *builder) layQuestions() {
	b.s.Pages = nil
	for i := range b.f.Pages {
		p := &Page{File: b.f.Pages[i]}
		p.Questions = b.layInto(p, nil, b.f.Pages[i].Questions)
		b.s.Pages = append(b.s.Pages, p)
	}
}

func (b *builder) layInto(p *Page, parent *Question, files []QuestionFile) (out []*Question) {
	for i := range files {
		q := &Question{QuestionFile: files[i], Page: p, Parent: parent, Path: files[i].ID}
		if parent != nil {
			q.Path = parent.Path + "." + q.ID
		}
		b.s.Questions = append(b.s.Questions, q)
		at := b.places.at(q.Pos, "id")
		switch first := b.visible(parent, q.ID); {
		case q.ID == "":
			b.unsound = true
		case first != nil:
			b.problem(at, "give one of them another", "the question %q is already at %s", q.ID, b.places.at(first.Pos, "id"))
			b.unsound = true
		default:
			b.questions[q.Path] = q
			if parent == nil {
				b.byID[q.ID] = q
			}
		}
		out = append(out, q)
		if q.Type == "group" {
			q.Members = b.layInto(p, q, files[i].Questions)
		}
	}
	return out
}

// visible finds the question that a rule inside the group in would mean by id.
func (b *builder) visible(in *Question, id string) *Question {
	for ; in != nil; in = in.Parent {
		if q := b.questions[in.Path+"."+id]; q != nil {
			return q
		}
	}
	return b.questions[id]
}

// conditional reports whether the question may rightly stay without an answer: it is optional, or it,
// its group or its page has a condition.
func (q *Question) conditional() bool {
	return q.Optional || len(q.conditions()) > 0
}

// conditions are the rules under which the question is asked, from the page inwards. A member's are
// those within its group's item.
func (q *Question) conditions() (out []*Expr) {
	if q.Parent == nil && q.Page.File.When != nil {
		out = append(out, q.Page.File.When)
	}
	if q.QuestionFile.When != nil {
		out = append(out, q.QuestionFile.When)
	}
	return out
}

// given are the names that rules see besides the answers, values and tables.
var given = []string{"param", "lookup", "variant", "submitted", "today", "previous"}

// givenInCase are the further names in rules about the life of a case.
var givenInCase = []string{
	"entered", "objections", "replies_open", "representations", "outcome", "decided",
	"case_number", "licence_number", "fee_total",
}

// checkNames holds everything that a rule can name against everything else.
func (b *builder) checkNames() {
	type thing struct {
		what string
		pos  Pos
	}
	taken := map[string]thing{}
	for _, name := range slices.Concat(given, givenInCase) {
		taken[name] = thing{what: "a name that every service has"}
	}
	if b.tax != nil {
		clear(taken)
		for _, name := range slices.Concat(given, givenInTax) {
			taken[name] = thing{what: "a name that every tax has"}
		}
	}
	claim := func(what, id string, pos Pos) {
		if id == "" {
			b.unsound = true
			return
		}
		if !usableName(id) {
			b.problem(pos, "choose another", "%q means something else in rules", id)
			b.unsound = true
		}
		if old, is := taken[id]; is {
			where := old.what
			if old.pos.Line > 0 {
				where += " at " + old.pos.String()
			}
			b.problem(pos, "choose another", "%q is already %s", id, where)
			b.unsound = true
			return
		}
		taken[id] = thing{what, pos}
	}
	for i := range b.f.Values {
		claim("a value", b.f.Values[i].ID, b.places.at(b.f.Values[i].Pos, "id"))
	}
	for i := range b.f.Tables {
		claim("a table", b.f.Tables[i].ID, b.places.at(b.f.Tables[i].Pos, "id"))
	}
	for _, q := range b.s.Questions {
		if q.Parent == nil && b.byID[q.ID] == q {
			claim("a question", q.ID, b.places.at(q.Pos, "id"))
		}
	}
	for _, q := range b.s.Questions {
		if old, is := taken[q.ID]; is && q.Parent != nil && b.questions[q.Path] == q {
			b.problem(b.places.at(q.Pos, "id"), "choose another", "%q is already %s", q.ID, old.what)
			b.unsound = true
		}
	}
}

// law notes a reference to a source that the service does not list.
func (b *builder) law(parent Pos, id string) {
	b.known(b.places.at(parent, "law"), "source under law:", id, slices.Sorted(maps.Keys(b.f.Law)))
}

// organisations are the ids of the jurisdiction's organisations.
func (l *loader) organisations() (ids []string) {
	for _, o := range l.j.File.Organisations {
		ids = append(ids, o.ID)
	}
	return ids
}

func ids[T any](things []T, id func(*T) string) []string {
	out := make([]string, 0, len(things))
	for i := range things {
		out = append(out, id(&things[i]))
	}
	return out
}
