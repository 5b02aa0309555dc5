package rule_test

import (
	"context"
	"testing"

	"stoa/internal/rule"
)

func BenchmarkEval(b *testing.B) {
	e := env(b)
	for name, src := range map[string]string{
		"comparison": `expected_attendance <= param.ten_max_people`,
		"table":      `tables.fee_band(rateable_value).fee`,
		"list":       `partners.all(p, p.age >= 18) || partners.map(p, p.share).sum() == 0.3`,
		"days":       `clear_working_days_between(submitted, event_start) >= 10`,
	} {
		p, problems := e.Compile(src, rule.Type{})
		if p == nil {
			b.Fatal(problems)
		}
		in := values()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := p.Eval(context.Background(), in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	e := env(b)
	b.ReportAllocs()
	for b.Loop() {
		if p, problems := e.Compile(`has(premises) && premises.rateable_value > 4300 && partners.all(p, p.age >= 18)`, rule.Bool()); p == nil {
			b.Fatal(problems)
		}
	}
}
