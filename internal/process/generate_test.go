package process_test

import (
	"fmt"
	"slices"
	"strings"
	"testing/fstest"

	"pgregory.net/rapid"

	"stoa/internal/service"
)

// Services of any nesting of groups and conditions, for the tests that compare with models.

// node is a generated question.
type node struct {
	id       string
	kind     string // yes_no, text, group
	optional bool
	on       *node // asked only if this one, earlier and in sight, is yes (or, with not, is not)
	not      bool
	members  []*node
}

// tree draws questions; seen are those that a condition may name.
func tree(t *rapid.T, depth int, count *int, seen []*node) []*node {
	var list []*node
	for range rapid.IntRange(1, 4).Draw(t, "questions") {
		*count++
		n := &node{id: fmt.Sprintf("q%d", *count), kind: rapid.SampledFrom([]string{"yes_no", "yes_no", "text", "group"}).Draw(t, "kind")}
		if n.kind == "group" && depth == 0 {
			n.kind = "text"
		}
		n.optional = n.kind == "text" && rapid.Bool().Draw(t, "optional")
		if len(seen) > 0 && rapid.IntRange(0, 2).Draw(t, "conditional") > 0 {
			n.on, n.not = rapid.SampledFrom(seen).Draw(t, "on"), rapid.Bool().Draw(t, "not")
		}
		if n.kind == "group" {
			n.members = tree(t, depth-1, count, slices.Clone(seen))
		}
		if n.kind == "yes_no" {
			seen = append(seen, n)
		}
		list = append(list, n)
	}
	return list
}

func (n *node) yaml(indent string) string {
	s := fmt.Sprintf("%s- id: %s\n%s  type: %s\n%s  ask: Question %s\n", indent, n.id, indent, n.kind, indent, n.id)
	if n.optional {
		s += indent + "  optional: true\n"
	}
	if n.on != nil {
		cond := n.on.id + ".orValue(false)"
		if n.not {
			cond = "!" + cond
		}
		s += fmt.Sprintf("%s  when: '%s'\n", indent, cond)
	}
	if n.kind == "group" {
		s += indent + "  each: One\n" + indent + "  repeat: {min: 0, max: 3}\n" + indent + "  questions:\n"
		for _, m := range n.members {
			s += m.yaml(indent + "    ")
		}
	}
	return s
}

// paths lists the question paths of the tree.
func paths(place string, nodes []*node) (list []string) {
	for _, n := range nodes {
		list = append(list, place+n.id)
		list = append(list, paths(place+n.id+".", n.members)...)
	}
	return list
}

func generated(t *rapid.T, nodes []*node) *service.Service {
	var questions, values, fields, register strings.Builder
	for _, n := range nodes {
		questions.WriteString(n.yaml("      "))
		rule := n.text()
		if rule == "" {
			continue
		}
		fmt.Fprintf(&values, "  - {id: v_%s, title: V, type: text, is: '%s'}\n", n.id, rule)
		fmt.Fprintf(&fields, "    f_%s: v_%s\n", n.id, n.id)
		fmt.Fprintf(&register, "  - {id: f_%s, title: F, type: text, public: true}\n", n.id)
	}
	listed := ""
	if values.Len() > 0 {
		listed = "values:\n" + values.String()
	}
	files := fstest.MapFS{
		"jurisdiction.yaml":      {Data: []byte(smallJurisdiction)},
		"calendar.yaml":          {Data: []byte("weekend: [saturday, sunday]\nfrom: 2026-01-01\nuntil: 2026-12-31\nholidays: []\n")},
		"registers/records.yaml": {Data: []byte(smallRegister + register.String())},
		"services/any.yaml": {Data: []byte(fmt.Sprintf(smallService, questions.String(), listed,
			strings.Join(paths("", nodes), ", "), fields.String()))},
	}
	j, problems := service.Load(files)
	if len(problems) > 0 {
		t.Fatalf("loading: %v\n%s", problems, files["services/any.yaml"].Data)
	}
	return j.Services[0]
}

// text is a rule that shows the text of a question, or of the first text in a group's items.
func (n *node) text() string {
	if n.kind == "text" {
		return n.id + `.orValue("-")`
	}
	for _, m := range n.members {
		if m.kind == "text" {
			return fmt.Sprintf(`%s.orValue([]).map(g, g.%s.orValue("-")).join("|")`, n.id, m.id)
		}
	}
	return ""
}

const smallRegister = `
register: records
title: Records
record: Record
organisation: office
public: true
label: holder
fields:
  - {id: holder, title: Holder, type: text, personal: p, public: true}
`

const smallJurisdiction = `
jurisdiction: smallshire
name: Smallshire
languages: [en]
currency: GBP
time_zone: Europe/London
contact: {email: help@smallshire.example}
theme: {brand: "#14532d"}
topics: [{id: all, title: All}]
life_events: [{id: any, title: Any}]
organisations: [{id: office, name: Office}]
`

const smallService = `
service: any
title: Any service
summary: Any.
organisation: office
topics: [all]
life_events: [any]
keywords: {en: [any]}
law: {act: {title: An Act, section: section 1, year: 2020}}
who: Anyone.
needs: [{title: Nothing}]
privacy: {p: {purpose: To decide., basis: act, keep: 1 year}}
applicant: {name: applicant, email: email}
pages:
  - page: all
    title: All
    questions:
%s
  - page: you
    title: You
    questions:
      - {id: applicant, type: name, ask: Your name, personal: p}
      - {id: email, type: email, ask: Your email, personal: p}
%s
declaration: True.
case:
  number: "A-{year}-{seq:5}"
  label: applicant
  start: received
  states:
    - {id: received, title: Received, deadline: {days: 5}}
    - {id: done, title: Done, end: granted}
  actions:
    - {id: grant, title: Grant, kind: decide, by: officer, from: [received], to: done, outcome: granted, issue: true, letter: all}
letters:
  all:
    title: All
    blocks:
      - facts: [%s]
      - text: "Dear {{ applicant }}"
issues:
  title: Record
  number: "R-{year}-{seq:5}"
  register: records
  fields:
    holder: applicant
%s
examples:
  - name: Nothing
    submitted: 2026-03-02
    answers: {applicant: Any}
`
