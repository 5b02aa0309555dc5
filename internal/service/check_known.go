package service

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// PersonEmail is what a match takes from whoever has signed in: the one thing that signing in proves.
const PersonEmail = "person.email"

// Known is a compiled source of an answer: one of our own registers, or one of others.
type Known struct {
	KnownFile
	Own   *Register
	Other *Elsewhere
	Type  string // of the field
}

// Title is the register's.
func (k *Known) Title() Text {
	if k.Own != nil {
		return k.Own.Title
	}
	return k.Other.Title
}

// FieldTitle is that of the field which answers.
func (k *Known) FieldTitle() Text {
	if k.Own == nil {
		if f := k.Other.FieldOf(k.Field); f != nil {
			return f.Title
		}
		return k.Other.Title
	}
	for _, f := range k.Own.Fields {
		if f.ID == k.Field {
			return f.Title
		}
	}
	return k.Own.Record
}

// Keeper is who keeps the register, and how they are reached.
func (k *Known) Keeper(j *Jurisdiction) (name Text, contact ContactFile) {
	if k.Own == nil {
		return k.Other.Keeper, k.Other.Contact
	}
	for _, o := range j.File.Organisations {
		if o.ID == k.Own.Organisation && (o.Contact.Email != "" || o.Contact.Phone != "") {
			return o.Name, o.Contact
		}
		if o.ID == k.Own.Organisation {
			return o.Name, j.File.Contact
		}
	}
	return Text{}, j.File.Contact
}

// Foreign reports whether an organisation's register is asked that is not the service's own.
func (k *Known) Foreign(organisation string) bool {
	return k.Own == nil || k.Own.Organisation != organisation
}

// Elsewhere is a checked register of others.
type Elsewhere struct{ ElsewhereFile }

// FieldOf is a field by its id; nil if there is none.
func (e *Elsewhere) FieldOf(id string) *ElsewhereField {
	i := slices.IndexFunc(e.Fields, func(f ElsewhereField) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return &e.Fields[i]
}

// CredentialAnswer is a compiled credential as an answer. The issuing service is looked up where it is asked: it may come later
// in the folder.
type CredentialAnswer struct{ CredentialAnswerFile }

// answerable says for each type of field which types of question its value can answer.
var answerable = map[string][]string{
	"text":   {"text", "long_text", "name", "email", "phone", "identifier", "one_of", "lookup"},
	"number": {"number"},
	"money":  {"money"},
	"date":   {"date"},
	"yes_no": {"yes_no"},
}

func (b *builder) checkKnown(q *Question) {
	f := q.QuestionFile.Known
	if f == nil || b.tax != nil {
		return
	}
	k := &Known{KnownFile: *f, Own: b.j.Registers[f.Register], Other: b.j.Elsewhere[f.Register]}
	if !b.known(b.places.at(f.Pos, "register"), "register", f.Register, b.asked()) {
		return
	}
	var fields, by []string
	keeper := ""
	if k.Own != nil {
		k.Other, keeper = nil, k.Own.Organisation
		fields = append(k.Own.fieldIDs(), "number")
		for _, one := range k.Own.Fields {
			if one.ID == f.Field {
				k.Type = one.Type
			}
			if one.Key {
				by = append(by, one.ID)
			}
		}
	} else {
		fields, by = append(ids(k.Other.Fields, func(x *ElsewhereField) string { return x.ID }), "number"), k.Other.By
		if one := k.Other.FieldOf(f.Field); one != nil {
			k.Type = one.Type
		}
	}
	if f.Field == "number" {
		k.Type = "text"
	}
	if b.known(b.places.at(f.Pos, "field"), "field of the register "+f.Register, f.Field, fields) && !contains(answerable[k.Type], q.Type) {
		b.problem(b.places.at(f.Pos, "field"), "name a field whose type fits the question", "a field of type %s cannot answer a question of type %s", k.Type, q.Type)
	}
	b.checkMatch(q, f, by)
	if keeper != b.f.Organisation && f.Basis == "" {
		b.problem(f.Pos, "add basis: with a source of law:", "the register %q is kept by another organisation, and nothing says by which right it is asked", f.Register)
	}
	b.known(b.places.at(f.Pos, "basis"), "source under law:", f.Basis, slices.Sorted(maps.Keys(b.f.Law)))
	q.Known = k
}

// asked are the registers that can be asked for answers.
func (b *builder) asked() []string {
	return slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Keys(b.j.Registers)), slices.Collect(maps.Keys(b.j.Elsewhere)))))
}

// checkMatch sees to it that only what is on whoever has signed in is found.
func (b *builder) checkMatch(q *Question, f *KnownFile, by []string) {
	proven := false
	for _, field := range slices.Sorted(maps.Keys(f.Match)) {
		at, from := b.places.at(f.Pos, "match", field), f.Match[field]
		b.known(at, "field that the register "+f.Register+" can be asked by", field, by)
		if from == PersonEmail {
			proven = true
			continue
		}
		other := b.visible(q.Parent, from)
		switch {
		case other == nil:
			b.problem(at, "write person.email, or the id of a question before this one", "there is no question %q to match by", from)
		case other == q || slices.Index(b.s.Questions, other) > slices.Index(b.s.Questions, q):
			b.problem(at, "name a question before this one", "%q is not answered yet when this is asked", from)
		case !contains([]string{"text", "name", "identifier", "email", "phone", "one_of", "lookup"}, other.Type):
			b.problem(at, "name a question of type text, name, identifier, email, phone, one_of or lookup", "a register cannot be asked by an answer of type %s", other.Type)
		}
	}
	if !proven {
		b.problem(b.places.at(f.Pos, "match"), "match one field to person.email", "nothing in match: says that what is found is about whoever has signed in")
	}
}

// checkCredentialAnswers is for when all services are known.
func (l *loader) checkCredentialAnswers() {
	for _, s := range l.j.Services {
		for _, q := range s.Questions {
			f := q.QuestionFile.Credential
			if f == nil {
				continue
			}
			q.Credential = &CredentialAnswer{*f}
			i := slices.IndexFunc(l.services, func(x *ServiceFile) bool { return x.Service == f.Licence })
			if i < 0 {
				if !l.pinned { // its service alone was written down
					l.known(l.places.at(f.Pos, "licence"), "service", f.Licence, ids(l.services, func(x **ServiceFile) string { return (*x).Service }))
				}
				continue
			}
			issues := l.services[i].Issues
			if issues == nil || issues.Credential == nil {
				l.problem(l.places.at(f.Pos, "licence"), "name a service whose issues: has credential:", "what %q issues is not offered to wallets", f.Licence)
				continue
			}
			reg := l.j.Registers[issues.Record]
			if reg == nil {
				continue
			}
			typ := "text"
			for _, one := range reg.Fields {
				if one.ID != f.Field {
					continue
				}
				typ = one.Type
				if !one.Public {
					l.problem(l.places.at(f.Pos, "field"), "name a public field", "wallets are asked for what the register publishes, and %q is not public", f.Field)
				}
			}
			if l.known(l.places.at(f.Pos, "field"), "field of the register "+reg.Register, f.Field, append(reg.fieldIDs(), "number")) && !contains(answerable[typ], q.Type) {
				l.problem(l.places.at(f.Pos, "field"), "name a field whose type fits the question", "a field of type %s cannot answer a question of type %s", typ, q.Type)
			}
		}
	}
}

var (
	memberForm  = regexp.MustCompile(`^[^/]+(/[^/]+){2,3}$`)
	serviceForm = regexp.MustCompile(`^[^/]+(/[^/]+){3,4}$`)
	holder      = regexp.MustCompile(`\{([^{}]*)\}`)
)

func (l *loader) checkElsewhere() {
	l.j.Elsewhere = map[string]*Elsewhere{}
	for _, f := range l.elsewhere {
		if r := l.j.Registers[f.Elsewhere]; r != nil {
			l.problem(l.places.at(f.Pos, "elsewhere"), "give one of them another", "%q is already a register of our own", f.Elsewhere)
		}
		l.unique("field", len(f.Fields), func(i int) (string, Pos) { return f.Fields[i].ID, l.places.at(f.Fields[i].Pos, "id") })
		for _, one := range f.Fields {
			l.pointer(l.places.at(one.Pos, "at"), one.At)
		}
		l.pointer(l.places.at(f.Pos, "records"), f.Records)
		l.pointer(l.places.at(f.Pos, "number"), f.Number)
		l.pointer(l.places.at(f.Pos, "updated"), f.Updated)
		if f.Wait < 0 || f.Wait > 20 {
			l.problem(l.places.at(f.Pos, "wait"), "at most 20", "%d seconds are too long for somebody who waits for a page", f.Wait)
		}
		switch {
		case (f.HTTP == nil) == (f.XRoad == nil):
			l.problem(f.Pos, "add http: or xroad:, and not both", "the file does not say how the register is asked")
		case f.HTTP != nil:
			if !strings.HasPrefix(f.HTTP.URL, "https://") || strings.ContainsAny(hostOf(f.HTTP.URL), "{}@") {
				l.problem(l.places.at(f.HTTP.Pos, "url"), "begin with https:// and a fixed host", "%q is not an address that can be asked safely", f.HTTP.URL)
			}
			l.holders(l.places.at(f.HTTP.Pos, "url"), f.HTTP.URL, f.By)
		default:
			if !memberForm.MatchString(f.XRoad.Client) {
				l.problem(l.places.at(f.XRoad.Pos, "client"), "write INSTANCE/CLASS/MEMBER/SUBSYSTEM", "%q does not name a subsystem of X-Road", f.XRoad.Client)
			}
			if !serviceForm.MatchString(f.XRoad.Service) {
				l.problem(l.places.at(f.XRoad.Pos, "service"), "write INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE", "%q does not name a service of X-Road", f.XRoad.Service)
			}
			l.holders(l.places.at(f.XRoad.Pos, "path"), f.XRoad.Path, f.By)
		}
		l.j.Elsewhere[f.Elsewhere] = &Elsewhere{*f}
	}
}

func hostOf(url string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	host, _, _ = strings.Cut(host, "?")
	return host
}

// holders sees to it that an address asks by everything that by: names, and by nothing else.
func (l *loader) holders(at Pos, template string, by []string) {
	found := map[string]bool{}
	for _, m := range holder.FindAllStringSubmatch(template, -1) {
		found[m[1]] = true
		l.known(at, "name in by:", m[1], by)
	}
	for _, name := range by {
		if !found[name] {
			l.problem(at, "write {"+name+"} where it belongs", "the address does not ask by %q", name)
		}
	}
}

func (l *loader) pointer(at Pos, p string) {
	if p != "" && !strings.HasPrefix(p, "/") {
		l.problem(at, "begin with a slash: /address/postcode", "%q is no JSON pointer", p)
	}
}

func (l *loader) checkShares() {
	l.unique("share", len(l.shares.Shares), func(i int) (string, Pos) {
		return l.shares.Shares[i].Share, l.places.at(l.shares.Shares[i].Pos, "share")
	})
	for i := range l.shares.Shares {
		s := &l.shares.Shares[i]
		for n, who := range s.With {
			if !memberForm.MatchString(who) {
				l.problem(l.places.at(s.Pos, "with", n), "write INSTANCE/CLASS/MEMBER/SUBSYSTEM", "%q does not name a subsystem of X-Road", who)
			}
		}
		if !l.known(l.places.at(s.Pos, "register"), "register", s.Register, slices.Sorted(maps.Keys(l.j.Registers))) {
			continue
		}
		reg := l.j.Registers[s.Register]
		keys := []string{"number"}
		for _, f := range reg.Fields {
			if f.Key {
				keys = append(keys, f.ID)
			}
		}
		for n, id := range s.By {
			l.known(l.places.at(s.Pos, "by", n), "field with key: true of the register "+s.Register, id, keys)
		}
		for n, id := range s.Fields {
			l.known(l.places.at(s.Pos, "fields", n), "field of the register "+s.Register, id, reg.fieldIDs())
		}
		l.j.Shares = append(l.j.Shares, s)
	}
}
