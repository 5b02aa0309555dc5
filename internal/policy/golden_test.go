package policy

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"stoa/internal/fault"
)

var update = flag.Bool("update", false, "rewrite testdata/rights.golden")

const goldenFile = "testdata/rights.golden"

// relation is what an actor has to do with a thing of the organisation "home".
type relation struct {
	name  string
	thing Thing
}

// me is the person of every actor who has one.
const me = "me"

// relations are the ways in which rights can depend on the thing.
var relations = []relation{
	{"nothing", Thing{}},
	{"own", Thing{Owner: me}},
	{"draft held", Thing{Draft: "d"}},
	{"published", Thing{Public: true}},
	{"asked by us", Thing{Consulted: []string{"home"}}},
	{"own and asked by us", Thing{Owner: me, Consulted: []string{"home"}}},
	{"I proposed", Thing{Decider: me}},
	{"other proposed", Thing{Decider: "somebody"}},
	{"own and other proposed", Thing{Owner: me, Decider: "somebody"}},
	{"opened in an emergency", Thing{Kind: "case", ID: "opened"}},
	{"own and opened in an emergency", Thing{Kind: "case", ID: "opened", Owner: me}},
	{"done by me", Thing{Owner: "them", By: me, Decider: "somebody"}},
	{"covered", Thing{Owner: "them", Service: "covered"}},
	{"covered, under it", Thing{Owner: "them", Service: "covered", Mandate: "m"}},
	{"not covered", Thing{Owner: "them", Service: "other", Mandate: "m"}},
}

// actors are all kinds of asker: at home in the thing's organisation, or away from it.
func actors() (names []string, all map[string]Actor) {
	all = map[string]Actor{"visitor": {Draft: "d"}, "resident": {Person: me, Draft: "d"}, "system": {System: true}}
	acting := Behalf{Mandate: "m", Person: "them", Kind: Helper, Covers: []string{"covered"}}
	all["resident acting for another"] = Actor{Person: me, Draft: "d", For: acting}
	acting.Kind = Company
	all["resident acting for a company"] = Actor{Person: me, Draft: "d", For: acting}
	acting.Kind, acting.Only = Assisted, true
	all["officer assisting somebody"] = Actor{Person: me, Draft: "d", Grants: []Grant{{Supervisor, "home"}, {Administrator, "home"}}, For: acting}
	names = []string{"visitor", "resident", "resident acting for another", "resident acting for a company", "officer assisting somebody"}
	for _, where := range []string{"home", "away"} {
		for _, r := range Roles() {
			name := string(r)
			if where == "away" {
				name += " elsewhere"
			}
			names = append(names, name)
			all[name] = Actor{Person: me, Draft: "d", Grants: []Grant{{r, where}}, Opened: []string{Opened("case", "opened")}}
		}
	}
	return append(names, "system"), all
}

// rights is the whole table, a line for each action and actor that may do it to anything.
func rights() string {
	var b strings.Builder
	b.WriteString("# Who may do what, in relation to a thing of the organisation they are in. What is not here is denied.\n")
	b.WriteString("# Written by: go test ./internal/policy -update\n")
	var actions []Action
	for do := range table {
		actions = append(actions, do)
	}
	slices.Sort(actions)
	names, all := actors()
	for _, do := range actions {
		refusal := "refused"
		if hides[do] {
			refusal = "hidden"
		}
		fmt.Fprintf(&b, "\n%s (otherwise %s)\n", do, refusal)
		for _, name := range names {
			var may []string
			for _, r := range relations {
				thing := r.thing
				thing.Organisation = "home"
				if Can(all[name], do, thing) == nil {
					may = append(may, r.name)
				}
			}
			switch len(may) {
			case 0:
			case len(relations):
				fmt.Fprintf(&b, "    %s: always\n", name)
			default:
				fmt.Fprintf(&b, "    %s: %s\n", name, strings.Join(may, "; "))
			}
		}
	}
	return b.String()
}

// TestRightsAreAsAgreed shows in words which rights have changed. A person reads it before -update.
func TestRightsAreAsAgreed(t *testing.T) {
	got := rights()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(goldenFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range changes(string(raw), got) {
		t.Error(line)
	}
}

// changes says in words how two tables differ.
func changes(before, after string) (all []string) {
	old, now := lines(before), lines(after)
	for key, may := range now {
		if was, there := old[key]; !there {
			all = append(all, fmt.Sprintf("newly allowed: %s: %s", key, may))
		} else if was != may {
			all = append(all, fmt.Sprintf("changed: %s: %s; it was: %s", key, may, was))
		}
	}
	for key, was := range old {
		if _, there := now[key]; !there {
			all = append(all, fmt.Sprintf("no longer allowed: %s: %s", key, was))
		}
	}
	slices.Sort(all)
	if len(all) == 0 && before != after {
		all = append(all, "the rights are the same, written otherwise: run with -update")
	}
	return all
}

// lines is a table by action and actor.
func lines(table string) map[string]string {
	all, action := map[string]string{}, ""
	for _, line := range strings.Split(table, "\n") {
		switch {
		case strings.HasPrefix(line, "#") || line == "":
		case strings.HasPrefix(line, "    "):
			actor, may, _ := strings.Cut(strings.TrimSpace(line), ": ")
			all[actor+" may "+action] = may
		default:
			name, otherwise, _ := strings.Cut(line, " (otherwise ")
			action = name
			all["anybody else is, of "+action] = strings.TrimSuffix(otherwise, ")")
		}
	}
	return all
}

func TestChangesOfRightsAreTold(t *testing.T) {
	before := "a.do (otherwise hidden)\n    officer: own\n    reader: always\n"
	after := "a.do (otherwise refused)\n    officer: always\n    visitor: own\n"
	want := []string{
		"changed: anybody else is, of a.do: refused; it was: hidden",
		"changed: officer may a.do: always; it was: own",
		"newly allowed: visitor may a.do: own",
		"no longer allowed: reader may a.do: always",
	}
	if got := changes(before, after); !slices.Equal(got, want) {
		t.Errorf("told:\n%s", strings.Join(got, "\n"))
	}
}

// TestNobodyWorksOnTheirOwn holds for every way in which a person may also be staff.
func TestNobodyWorksOnTheirOwn(t *testing.T) {
	thing := Thing{Organisation: "home", Owner: me, Consulted: []string{"home"}, Decider: "somebody"}
	for _, role := range Roles() {
		actor := Actor{Person: me, Grants: []Grant{{role, "home"}}}
		for _, do := range []Action{CaseRead, CaseWork, CaseSupervise, CaseApprove, ConsultRead, ConsultReply, LicenceWork, LicenceSupervise} {
			if Can(actor, do, thing) == nil {
				t.Errorf("a %s may %s their own", role, do)
			}
		}
	}
}

// TestWhoIsNobodyIsNotThemselves guards against two empty strings that are equal.
func TestWhoIsNobodyIsNotThemselves(t *testing.T) {
	for do := range table {
		if slices.Contains(Actions()[do], anyone.says) {
			continue
		}
		if Can(Actor{}, do, Thing{}) == nil || Can(Actor{Grants: []Grant{{Supervisor, ""}}}, CaseWork, Thing{}) == nil {
			t.Errorf("%s: nobody may do it to nothing", do)
		}
	}
}

// TestRefusalsSayWhatWasNeeded to the log, and nothing of it to the person.
func TestRefusalsSayWhatWasNeeded(t *testing.T) {
	err := Can(Actor{Person: "ben"}, CaseWork, Thing{Kind: "case", ID: "c1", Organisation: "home"})
	for _, word := range []string{"ben", "case.work", "c1", "an officer of the organisation"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the log does not say %q: %v", word, err)
		}
	}
	var public *fault.Error
	if public, _ = err.(*fault.Error); public == nil || public.Key != "" || fault.KindOf(err) != fault.NotFound {
		t.Errorf("the person is told %+v", public)
	}
	if err := Can(Actor{Person: "ben"}, "no.such", Thing{}); !strings.Contains(err.Error(), "nobody may") {
		t.Errorf("an unknown action: %v", err)
	}
}
