package precedent_test

import (
	"fmt"
	"math"
	"testing"

	"stoa/internal/precedent"
)

func word(w ...string) precedent.Answer { return precedent.Answer{Words: w} }
func number(n float64) precedent.Answer { return precedent.Answer{Number: n, Counts: true} }
func of(p ...any) map[string]precedent.Answer {
	all := map[string]precedent.Answer{}
	for i := 0; i < len(p); i += 2 {
		all[p[i].(string)] = p[i+1].(precedent.Answer)
	}
	return all
}

// TestNear works likeness out by hand.
func TestNear(t *testing.T) {
	past := []precedent.Case{
		{ID: "far", Answers: of("kind", word("club"), "goods", word("beer", "wine"), "people", number(5000)), Outcome: "refused"},
		{ID: "near", Answers: of("kind", word("fair"), "goods", word("food", "wine"), "people", number(200)), Outcome: "granted"},
		{ID: "self", Answers: of("kind", word("fair"), "goods", word("food"), "people", number(100))},
		{ID: "lacks", Answers: of("kind", word("fair"), "goods", word("food")), Outcome: "granted"},
		{ID: "nothing", Answers: of("other", word("x"))},
	}
	found := precedent.Near(past[2], past, 5)
	// people: ranks of 100, 200, 5000 are 1/6, 3/6, 5/6.
	want := []struct {
		id    string
		alike float64
	}{{"near", (1 + 0.5 + 2.0/3) / 3}, {"lacks", 2.0 / 3}, {"far", (0 + 0 + 1.0/3) / 3}}
	if len(found) != len(want) {
		t.Fatalf("%+v", found)
	}
	for i, w := range want {
		if found[i].ID != w.id || math.Abs(found[i].Alike-w.alike) > 1e-9 {
			t.Errorf("%d: %s %.4f, not %s %.4f", i, found[i].ID, found[i].Alike, w.id, w.alike)
		}
	}
	if fmt.Sprint(found[0].Same, found[0].Other) != "[kind] [goods people]" {
		t.Error(found[0].Same, found[0].Other)
	}
	if len(precedent.Near(past[2], past, 1)) != 1 || len(precedent.Near(past[0], nil, 3)) != 0 {
		t.Error("not as many as asked for")
	}
}

// TestTry finds a rule that the answers hold, and sees only what came before.
func TestTry(t *testing.T) {
	var past []precedent.Case
	for i := range 100 {
		c := precedent.Case{ID: fmt.Sprint(i), Answers: of("kind", word("fair"), "people", number(float64(i))), Outcome: "granted"}
		if i%3 == 0 {
			c.Answers["kind"], c.Outcome = word("club"), "refused"
		}
		past = append(past, c)
	}
	tried := precedent.Try(past, 3, 20, func(c precedent.Case) string { return c.Outcome })
	if all := tried[""]; all.N != 80 || all.Agreed != 80 || all.Usual != tried["granted"].N || tried["granted"].N != 53 {
		t.Errorf("%+v", tried)
	}
	// The other way round nothing before tells of what is to come.
	for i := range past {
		past[i].Outcome = map[bool]string{true: "granted", false: "refused"}[i < 50]
	}
	if got := precedent.Try(past, 3, 50, func(precedent.Case) string { return "" })[""]; got.N != 50 || got.Usual > 1 || got.Agreed > 48 {
		t.Errorf("%+v", got)
	}
}
