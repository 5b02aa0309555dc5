package rule_test

import (
	"context"
	"fmt"
	"testing"

	"cel.dev/cel-go/cel"
	"pgregory.net/rapid"

	"stoa/internal/money"
	"stoa/internal/rule"
)

// celShapes are expressions whose meaning CEL and this package share: whole
// numbers, texts, truths and lists.
var celShapes = map[string][]string{
	"num":  {"n", "-3", "7", "m", "($num + $num)", "($num - $num)", "($num * $num)", "$num % 5", "-($num)", "size($text)", "size($list)", "($bool ? $num : $num)"},
	"bool": {"b", "true", "!$bool", "($bool && $bool)", "($bool || $bool)", "$num < $num", "$num >= $num", "$num == $num", "$num != $num", "s == $text", "$num in $list", "$text.startsWith($text)", "$text.contains($text)", "$text.endsWith($text)", "$list.all(x, x > $num)", "$list.exists(x, x == $num && $bool)", "$list.exists_one(x, x % 2 == 0)", "s.matches('^[a-é]+$')"},
	"text": {"s", "'é\\n'", "($text + $text)", "($bool ? s : $text)"},
	"list": {"l", "[1, 2, n]", "$list.map(y, y * 2)", "$list.filter(z, z < $num)", "[$num, $num]"},
}

// What is CEL in the language means what CEL's own evaluator says it means.
func TestAgreesWithCEL(t *testing.T) {
	e, err := rule.NewEnv(rule.Decl{Vars: []rule.Var{
		{Name: "n", Type: rule.Number()}, {Name: "m", Type: rule.Number()}, {Name: "b", Type: rule.Bool()},
		{Name: "s", Type: rule.Text()}, {Name: "l", Type: rule.List(rule.Number())},
	}})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := cel.NewEnv(cel.Variable("n", cel.IntType), cel.Variable("m", cel.IntType), cel.Variable("b", cel.BoolType),
		cel.Variable("s", cel.StringType), cel.Variable("l", cel.ListType(cel.IntType)))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		src := growFrom(t, celShapes, rapid.SampledFrom([]string{"num", "bool", "text"}).Draw(t, "type"), 4)
		p, _ := e.Compile(src, rule.Type{})
		if p == nil {
			return // two texts written out that can never be equal, lists too deep
		}
		ast, issues := theirs.Compile(src)
		if issues.Err() != nil {
			t.Fatalf("%s: accepted here, but CEL says %v", src, issues.Err())
		}
		prg, err := theirs.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		n, m := rapid.Int64Range(-9, 9).Draw(t, "n"), rapid.Int64Range(0, 4).Draw(t, "m")
		b, s := rapid.Bool().Draw(t, "b"), rapid.SampledFrom([]string{"", "é", "abc", "é\n"}).Draw(t, "s")
		items := rapid.SliceOfN(rapid.Int64Range(-3, 3), 0, 3).Draw(t, "l")
		ours := []rule.Value{}
		for _, i := range items {
			ours = append(ours, money.NewDecimal(i))
		}
		got, _, err := p.Eval(context.Background(), rule.Values{Vars: map[string]rule.Value{"n": money.NewDecimal(n), "m": money.NewDecimal(m), "b": b, "s": s, "l": ours}})
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		want, _, err := prg.Eval(map[string]any{"n": n, "m": m, "b": b, "s": s, "l": items})
		if err != nil {
			return // numbers that 64 bits cannot hold
		}
		if compared++; fmt.Sprint(got) != fmt.Sprint(want.Value()) {
			t.Fatalf("%s with n=%d m=%d b=%v s=%q l=%v is %v, CEL says %v", src, n, m, b, s, items, got, want.Value())
		}
	})
	if compared < 50 {
		t.Errorf("only %d expressions compared; this test has gone blind", compared)
	}
}
