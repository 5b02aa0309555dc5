package process

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"stoa/internal/service"
	"stoa/jurisdictions"
)

// Reasons are found when somebody asks for them. They must not depend on when that is: here all worked examples, and each with
// one answer less, are explained at once and in order, and again backwards after the whole life of the case.
func TestReasonsDoNotDependOnWhenTheyAreAskedFor(t *testing.T) {
	explained := 0
	for _, s := range sampled(t) {
		for i := range s.Examples {
			x := &exampleRun{s: s, e: &s.Examples[i]}
			situation, typed := x.situation()
			at := inOrder(judged(t, situation, typed))
			x.run(context.Background())
			if after := backwards(x.j); x.e.Paid == nil && !slices.Equal(at, after) {
				t.Errorf("%s, %q:\n%q\nbut after its life\n%q", s.Service, x.e.Name, at, after)
			}
			for _, name := range sortedKeys(typed.Fields) {
				less := typed.Clone()
				delete(less.Fields, name)
				at, then := inOrder(judged(t, situation, less)), backwards(judged(t, situation, less))
				if !slices.Equal(at, then) {
					t.Errorf("%s, %q without %s:\n%q\nbut backwards\n%q", s.Service, x.e.Name, name, at, then)
				}
				explained += len(at)
			}
		}
	}
	if explained < 1000 {
		t.Errorf("only %d results were explained", explained)
	}
}

// sampled are the services and the rules of the taxes of the sample, and the test's own service.
func sampled(t *testing.T) (list []*service.Service) {
	t.Helper()
	for _, load := range []func() (*service.Jurisdiction, []service.Problem){
		func() (*service.Jurisdiction, []service.Problem) { return service.Load(jurisdictions.Greenvale()) },
		func() (*service.Jurisdiction, []service.Problem) { return service.Load(os.DirFS("testdata/hall")) },
	} {
		j, problems := load()
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		list = append(list, j.Services...)
		for _, tax := range j.Taxes {
			list = append(list, tax.Rules)
		}
	}
	return list
}

func judged(t *testing.T, s Situation, typed Typed) *Judgement {
	t.Helper()
	j, err := Judge(context.Background(), s, typed)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// results are what a judgement explains: checks that failed, conditions, values and the fee.
func results(j *Judgement) (list []func() *Explained) {
	add := func(x *Explained) { list = append(list, func() *Explained { return x }) }
	for _, e := range j.Errors {
		add(e.Why)
	}
	for _, v := range j.Eligibility {
		add(v.Why)
	}
	for _, n := range j.Situation.Service.Values {
		list = append(list, func() *Explained { return j.Value(n.ID) })
	}
	if j.Fee != nil {
		for _, item := range j.Fee.Items {
			add(item.Why)
		}
	}
	return list
}

func inOrder(j *Judgement) (words []string) {
	for _, x := range results(j) {
		words = append(words, inWords(x()))
	}
	return words
}

func backwards(j *Judgement) (words []string) {
	for _, x := range slices.Backward(results(j)) {
		words = append(words, inWords(x()))
	}
	slices.Reverse(words)
	return words
}

// What needs no work is recognised without doing it.
func TestPlainTextsAreKeptAsTheyAre(t *testing.T) {
	for _, s := range []string{"", " ", "a", " a", "a ", "a b", "a  b", "a\tb", "a\x7fb", "a\x00", "é", "e\u0301", "~", "ا b", "a\u00a0b"} {
		want := strings.Join(strings.Fields(s), " ")
		if got := oneLine(s); got != want {
			t.Errorf("%q on one line is %q, not %q", s, got, want)
		}
		got, ok := readText(s, false)
		if refused := strings.ContainsAny(s, "\t\x7f\x00"); ok == refused || ok && got != norm.NFC.String(s) {
			t.Errorf("%q is read as %q, %v", s, got, ok)
		}
	}
}
