package service

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/rule"
)

// forTypes says which types of question a key is for; keys that are not here are for all.
var forTypes = map[string][]string{
	"min":        {"number", "money"},
	"max":        {"number", "money"},
	"places":     {"number"},
	"unit":       {"number"},
	"longest":    {"text", "long_text", "name"},
	"pattern":    {"identifier"},
	"checksum":   {"identifier"},
	"options":    {"one_of", "many_of"},
	"accept":     {"file"},
	"largest":    {"file"},
	"register":   {"lookup"},
	"show":       {"lookup"},
	"manual":     {"lookup"},
	"known":      {"text", "long_text", "name", "email", "phone", "number", "money", "date", "yes_no", "one_of", "identifier", "lookup"},
	"credential": {"text", "long_text", "name", "email", "phone", "number", "money", "date", "yes_no", "one_of", "identifier", "lookup"},
	"repeat":     {"group"},
	"each":       {"group"},
	"questions":  {"group"},
}

// neededFor says which keys a type of question cannot do without.
var neededFor = map[string][]string{
	"one_of": {"options"}, "many_of": {"options"}, "file": {"accept"}, "lookup": {"register"},
	"group": {"each", "questions"}, "identifier": {"pattern"},
}

// personalTypes are the types of question whose answers are about a person unless the file says no.
var personalTypes = []string{"name", "email", "phone", "address"}

var birth = regexp.MustCompile(`(^|_)(birth|born|dob)(_|$)`)

// usableName reports whether rules can name id. Look-ups are named lookup_ID inside.
func usableName(id string) bool {
	return rule.IsName(id) && id != "tables" && !strings.HasPrefix(id, "lookup_")
}

func (b *builder) checkQuestions() {
	b.unique("page", len(b.f.Pages), func(i int) (string, Pos) { return b.f.Pages[i].Page, b.places.at(b.f.Pages[i].Pos, "page") })
	for _, q := range b.s.Questions {
		b.checkKeys(q)
		b.checkBounds(q)
		b.checkOptions(q)
		b.checkPersonal(q)
		b.checkKnown(q)
		for _, c := range q.Check {
			b.law(c.Pos, c.Law)
		}
		switch q.Type {
		case "identifier":
			b.checkPattern(q)
		case "lookup":
			b.checkPick(q)
		case "group":
			if q.Repeat.Max < q.Repeat.Min || q.Repeat.Max > 100 {
				b.problem(q.Repeat.Pos, "max lies between min and 100", "a group of %d to %d items is not possible", q.Repeat.Min, q.Repeat.Max)
			}
		}
	}
	b.checkApplicant()
}

func (b *builder) checkKeys(q *Question) {
	n := b.places.node(q.Pos)
	if n == nil || q.Type == "" {
		return
	}
	has := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		has[key] = true
		if types, limited := forTypes[key]; limited && !contains(types, q.Type) {
			b.problem(b.places.key(q.Pos, key), "remove it, or change the type", "%q is only for questions of type %s, and this is %s", key, list(types, "or"), q.Type)
		}
	}
	for _, key := range neededFor[q.Type] {
		if !has[key] {
			b.problem(q.Pos, "add "+key+":", "a question of type %s needs %q", q.Type, key)
			b.unsound = b.unsound || key != "pattern" && key != "accept" && key != "each"
		}
	}
}

func (b *builder) checkBounds(q *Question) {
	if q.Min != nil && q.Max != nil && q.Min.Cmp(*q.Max) > 0 {
		b.problem(b.places.at(q.Pos, "max"), "max must not be less than min", "min %s is more than max %s", q.Min, q.Max)
	}
	if q.Places > 6 {
		b.problem(b.places.at(q.Pos, "places"), "at most 6", "%d decimal places are too many", q.Places)
	}
	if q.Longest > 10_000 {
		b.problem(b.places.at(q.Pos, "longest"), "at most 10000", "%d characters are too many", q.Longest)
	}
	if q.Largest > 50 {
		b.problem(b.places.at(q.Pos, "largest"), "at most 50", "%d megabytes are too many", q.Largest)
	}
}

func (b *builder) checkOptions(q *Question) {
	b.unique("option", len(q.Options), func(i int) (string, Pos) {
		return q.Options[i].Value, b.places.at(q.Options[i].Pos, "value")
	})
	if n := len(q.Options); n == 1 && q.Type == "one_of" {
		b.problem(b.places.key(q.Pos, "options"), "add another, or ask nothing", "there is only one option")
	}
}

// checkPersonal sees to it that what is asked about a person has its purpose, its right and its end.
func (b *builder) checkPersonal(q *Question) {
	if q.Personal != "" && q.Personal != "no" {
		b.used["privacy "+q.Personal] = true
		b.known(b.places.at(q.Pos, "personal"), "section under privacy:", q.Personal, slices.Sorted(maps.Keys(b.f.Privacy)))
		return
	}
	about := contains(personalTypes, q.Type) || (q.Type == "date" && birth.MatchString(q.ID))
	if about && q.Personal == "" {
		b.problem(q.Pos, "add personal: with a section of privacy:, or personal: no if it is nobody's", "%q asks about a person but does not say why and how long it is kept", q.ID)
	}
}

func (b *builder) checkPattern(q *Question) {
	if q.Pattern == "" {
		return
	}
	at := b.places.at(q.Pos, "pattern")
	if _, err := regexp.Compile(q.Pattern); err != nil {
		b.problem(at, "write a regular expression of RE2", "the pattern cannot be read: %v", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return
	}
	if strings.HasPrefix(q.Pattern, "^") || strings.HasSuffix(q.Pattern, "$") {
		b.problem(at, "leave out ^ and $", "a pattern always stands for the whole answer")
	}
}

// checkPick checks a question that picks a record of a register.
func (b *builder) checkPick(q *Question) {
	if !b.known(b.places.at(q.Pos, "register"), "register", q.Register, slices.Sorted(maps.Keys(b.j.Registers))) {
		b.unsound = true
		return
	}
	b.checkWhole(q)
	fields := b.j.Registers[q.Register].fieldIDs()
	for i, f := range q.Show {
		b.known(b.places.at(q.Pos, "show", i), "field of the register "+q.Register, f, fields)
	}
	for _, f := range b.j.Registers[q.Register].Fields {
		if f.Personal != "" && contains(q.Show, f.ID) {
			b.problem(b.places.at(q.Pos, "show", slices.Index(q.Show, f.ID)), "show only what is not personal", "the field %q is personal: whoever searches would see it", f.ID)
		}
	}
}

// checkWhole sees to it that records which can be picked have a value in every field that rules may
// count on: in all of them, unless a record can be typed by hand.
func (b *builder) checkWhole(q *Question) {
	if q.Manual {
		return
	}
	named, fix := b.j.Registers[q.Register].Fields, "fill it in, or add manual: true: rules then ask whether it is there"
	if b.tax != nil {
		named, fix = b.fields, "fill it in, or name the field in lacks: rules then ask whether it is there"
	}
	for _, f := range named {
		for _, rec := range b.j.Registers[q.Register].Seeds {
			if b.lacks(f.ID) {
				break
			}
			if _, ok := rec.Fields[f.ID]; !ok {
				b.problem(b.places.at(q.Pos, "register"), fix,
					"rules may use the field %q of what is picked, but the record %q has no value for it", f.ID, rec.Key)
				break
			}
		}
	}
}

func (r *Register) fieldIDs() []string {
	return ids(r.Fields, func(f *RegisterField) string { return f.ID })
}

// checkApplicant sees to it that every case has someone to write to.
func (b *builder) checkApplicant() {
	a := b.f.Applicant
	for _, part := range []struct{ key, id, typ string }{{"name", a.Name, "name"}, {"email", a.Email, "email"}, {"phone", a.Phone, "phone"}} {
		at := b.places.at(a.Pos, part.key)
		q := b.byID[part.id]
		switch {
		case part.id == "":
		case q == nil:
			b.problem(at, suggest(part.id, slices.Sorted(maps.Keys(b.byID))), "there is no question %q outside groups", part.id)
		case q.Type != part.typ:
			b.problem(at, "name a question of type "+part.typ, "%q is of type %s", part.id, q.Type)
		case q.conditional() && part.key != "phone":
			b.problem(at, "it must be asked of everyone: no when:, not optional", "%q is not always asked", part.id)
		}
	}
}

func (b *builder) checkVariants() {
	b.unique("variant", len(b.f.Variants), func(i int) (string, Pos) {
		return b.f.Variants[i].ID, b.places.at(b.f.Variants[i].Pos, "id")
	})
	for _, v := range b.f.Variants {
		b.law(v.Pos, v.Law)
		if v.ID == "new" {
			b.problem(b.places.at(v.Pos, "id"), "choose another", "the first application is the variant \"new\" already")
		}
		for i, id := range v.Prefill {
			b.known(b.places.at(v.Pos, "prefill", i), "question", id, slices.Sorted(maps.Keys(b.byID)))
		}
	}
	if len(b.f.Variants) > 0 && b.f.Issues == nil {
		b.problem(b.places.key(b.f.Pos, "variants"), "add issues:, or remove the variants", "a variant continues what was issued, but the service issues nothing")
	}
}

var keep = regexp.MustCompile(`^(\d{1,3}) (years?|months?)$`)

// Months returns how long the answers are kept after the case closes.
func (p PrivacyFile) Months() int {
	m := keep.FindStringSubmatch(p.Keep)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	if strings.HasPrefix(m[2], "year") {
		n *= 12
	}
	return n
}

// checkDirectory checks what the public pages are made of, and privacy.
func (b *builder) checkDirectory() {
	f := b.f
	b.known(b.places.at(f.Pos, "organisation"), "organisation", f.Organisation, b.organisations())
	for i, id := range f.Topics {
		b.known(b.places.at(f.Pos, "topics", i), "topic", id, ids(b.j.File.Topics, func(t *TopicFile) string { return t.ID }))
	}
	for i, id := range f.LifeEvents {
		b.known(b.places.at(f.Pos, "life_events", i), "life event", id, ids(b.j.File.LifeEvents, func(t *TopicFile) string { return t.ID }))
	}
	for lang := range f.Keywords {
		b.known(b.places.at(f.Pos, "keywords", lang), "language", lang, b.j.File.Languages)
	}
	for _, n := range f.Needs {
		b.law(n.Pos, n.Law)
	}
	for _, id := range slices.Sorted(maps.Keys(f.Privacy)) {
		p := f.Privacy[id]
		b.known(b.places.at(p.Pos, "basis"), "source under law:", p.Basis, slices.Sorted(maps.Keys(f.Law)))
		if p.Keep != "" && p.Months() == 0 {
			b.problem(b.places.at(p.Pos, "keep"), "write how long: 6 years, or 18 months", "%q is not a length of time", p.Keep)
		}
	}
	b.checkConsents()
}
