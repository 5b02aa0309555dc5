package view

import (
	"context"
	"maps"
	"slices"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/release"
	"stoa/internal/service"
	"stoa/internal/store"
)

// AlgorithmLine is a set of rules, or a method, that takes part in decisions.
type AlgorithmLine struct {
	ID, Title, Organisation string
	What                    string // in one sentence
	Alone                   bool   // something is decided without a person
	Off                     bool   // it is switched off
}

// AlgorithmPage is one of them, in the terms in which public bodies record algorithms: what for, whose, under which law, on
// which data, with what part of a person, how it is checked, and which version is in force.
type AlgorithmPage struct {
	AlgorithmLine
	Purpose  string
	Person   string   // what a person decides
	Alone    []string // what happens without one
	Laws     []Law
	Data     []string // that it looks at
	Checked  string
	Version  string // fingerprint
	Since    Instant
	Files    []string // that it is made of, to read
	Service  string   // address of what it serves
	Appeal   string
	Examples int
	Results  []AlgorithmResult // how it did: on the past, lately, and for whom
}

// AlgorithmResult is how a method did, as a table with what it says.
type AlgorithmResult struct {
	Title, Text string
	Columns     []string
	Rows        [][]string
}

// what kinds of algorithms there are; an id is KIND.NAME.
const (
	rulesOfService = "service"
	rulesOfTax     = "tax"
	ownMethod      = "method"
)

// Algorithms lists everything that computes something on which a decision rests. Rules come from the files in force, so none
// can be missing; methods that are part of Stoa itself are listed where they are used.
func (o Open) Algorithms(r Reader) (list []AlgorithmLine) {
	if o.mayLook(r) != nil {
		return nil
	}
	j := o.v.place()
	for _, s := range j.Services {
		p := o.ofService(r, s)
		list = append(list, p.AlgorithmLine)
	}
	for _, t := range j.Taxes {
		p := o.ofTax(r, t)
		list = append(list, p.AlgorithmLine)
	}
	for _, m := range o.methods(r) {
		list = append(list, m.AlgorithmLine)
	}
	return list
}

// mayLook asks for the right to see what is published of the rules and promises of a whole place.
func (o Open) mayLook(r Reader) error {
	return policy.Can(r.Actor, policy.DecisionRead, policy.Thing{Kind: "rules", Public: true})
}

// Algorithm is one of them.
func (o Open) Algorithm(ctx context.Context, r Reader, id string) (p AlgorithmPage, err error) {
	p, hash, _, err := o.algorithm(r, id)
	if err != nil || hash == "" && !isHint(id) {
		return p, err
	}
	err = o.v.read(ctx, "Algorithm", func(ctx context.Context, tx *store.Tx) error {
		if hash == "" {
			var err error
			p.Results, err = (Hinting{o.v}).results(ctx, tx, r, strings.TrimPrefix(id, ownMethod+"."))
			return err
		}
		since, err := release.Since(ctx, tx, hash)
		p.Since = r.instant(o.v.place(), since)
		return err
	})
	return p, err
}

func (o Open) algorithm(r Reader, id string) (p AlgorithmPage, hash string, sources map[string][]byte, err error) {
	if err := o.mayLook(r); err != nil {
		return p, "", nil, err
	}
	j := o.v.place()
	kind, name, _ := strings.Cut(id, ".")
	switch kind {
	case rulesOfService:
		if s := serviceNamed(j, name); s != nil {
			return o.ofService(r, s), s.Hash, s.Sources(), nil
		}
	case rulesOfTax:
		for _, t := range j.Taxes {
			if t.Tax == name {
				return o.ofTax(r, t), t.Hash, t.Sources(), nil
			}
		}
	case ownMethod:
		for _, m := range o.methods(r) {
			if m.ID == id {
				return m, "", nil, nil
			}
		}
	}
	return p, "", nil, fault.NewNotFound("")
}

// AlgorithmFile is a file that an algorithm is made of, as it is in force.
func (o Open) AlgorithmFile(r Reader, id, name string) ([]byte, error) {
	_, _, sources, err := o.algorithm(r, id)
	if err != nil {
		return nil, err
	}
	src, there := sources[name]
	if !there {
		return nil, fault.NewNotFound("")
	}
	return src, nil
}

func (o Open) ofService(r Reader, s *service.Service) AlgorithmPage {
	j := s.Jurisdiction
	title := r.words(j, s.Title)
	p := AlgorithmPage{AlgorithmLine: AlgorithmLine{ID: rulesOfService + "." + s.Service, Title: title, Organisation: r.organisationName(j, s.Organisation),
		What: r.P.T("Works out who may apply, what it costs and by when it must be decided.")},
		Purpose: r.words(j, s.Summary), Version: s.Hash, Service: "/services/" + s.Service, Examples: len(s.Examples),
		Checked: r.P.N("{n} worked example is computed each time the rules are loaded; where one comes out differently, they are not put in force.",
			"{n} worked examples are computed each time the rules are loaded; where one comes out differently, they are not put in force.", len(s.Examples)),
		Person: r.P.T("An officer decides on each application. The rules show the officer what they have worked out, and why.")}
	for _, a := range s.Actions {
		if a.By == "system" && a.Kind == "decide" {
			p.Alone = append(p.Alone, r.words(j, a.Title))
		}
	}
	for _, st := range s.Case.States {
		if st.Deadline != nil && st.Deadline.Then != "" {
			for _, a := range s.Actions {
				if a.ID == st.Deadline.Then && !slices.Contains(p.Alone, r.words(j, a.Title)) {
					p.Alone = append(p.Alone, r.words(j, a.Title))
				}
			}
		}
	}
	p.AlgorithmLine.Alone = len(p.Alone) > 0
	p.Laws = r.laws(s.Law)
	for _, q := range s.Questions {
		if q.Parent == nil {
			p.Data = append(p.Data, r.words(j, q.Short))
		}
	}
	for _, l := range s.Lookups {
		if reg := j.Registers[l.Register]; reg != nil {
			p.Data = append(p.Data, r.P.T("The register “{register}”", i18n.V{"register": r.words(j, reg.Title)}))
		}
	}
	p.Files = slices.Sorted(maps.Keys(s.Sources()))
	return p
}

func (o Open) ofTax(r Reader, t *service.Tax) AlgorithmPage {
	j := o.v.place()
	p := AlgorithmPage{AlgorithmLine: AlgorithmLine{ID: rulesOfTax + "." + t.Tax, Title: r.words(j, t.Title), Organisation: r.organisationName(j, t.Organisation),
		What: r.P.T("Works out what is owed, by day, with reliefs and instalments.")},
		Purpose: r.words(j, t.Summary), Version: t.Hash, Service: "/taxes/" + t.Tax, Examples: len(t.Examples),
		Checked: r.P.N("{n} worked example is computed each time the rules are loaded; where one comes out differently, they are not put in force.",
			"{n} worked examples are computed each time the rules are loaded; where one comes out differently, they are not put in force.", len(t.Examples)),
		Person: r.P.T("A person looks at the assessments of a whole run before any is published, and decides on claims and objections."),
		Laws:   r.laws(t.Law)}
	if reg := j.Registers[t.Object.Register]; reg != nil {
		p.Data = append(p.Data, r.P.T("The register “{register}”", i18n.V{"register": r.words(j, reg.Title)}))
	}
	p.Files = slices.Sorted(maps.Keys(t.Sources()))
	return p
}

// methods are those of Stoa itself that take part in what is decided here.
func (o Open) methods(r Reader) (list []AlgorithmPage) {
	j := o.v.place()
	list = append(list, o.ofAssistant(r))
	list = append(list, o.ofHints(r)...)
	if j.Money != nil {
		list = append(list, AlgorithmPage{AlgorithmLine: AlgorithmLine{ID: ownMethod + ".bank", Title: r.P.T("Matching of bank transfers"),
			Organisation: r.organisationName(j, j.Money.Treasury), Alone: true,
			What: r.P.T("Finds the bill that a transfer pays.")},
			Purpose: r.P.T("Money that arrives is booked on the right bill within minutes, without anybody typing."),
			Person:  r.P.T("Whatever is not certain waits for an officer, with suggestions and the reason for each. An officer can take a match back."),
			Alone:   []string{r.P.T("A transfer that names exactly one bill, or bills that make up its amount, is booked there.")},
			Data:    []string{r.P.T("The lines of the bank’s statements"), r.P.T("Numbers, references and amounts of bills that are open")},
			Checked: r.P.T("By tests with statements of every kind of line, and each day by comparing bank, bills and books.")})
	}
	return list
}

// laws are the sources that a file names, by title and section, each once.
func (r Reader) laws(all map[string]service.SourceFile) (list []Law) {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if l := lawOf(all[id]); !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b Law) int { return compareText(a.Text, b.Text) })
	return list
}
