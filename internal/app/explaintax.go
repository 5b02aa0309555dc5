package app

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/assess"
	"stoa/internal/i18n"
	"stoa/internal/process"
	"stoa/internal/service"
)

// explainTax says what a tax charges for what is written as in a worked example of its file.
func explainTax(ctx context.Context, t *service.Tax, answers []byte, language string) (*Explanation, error) {
	e, problems := service.ReadTaxExample(t, "answers", answers)
	if len(problems) > 0 {
		return nil, fmt.Errorf("the answers have %d problems, the first: %s", len(problems), problems[0])
	}
	in, err := assess.InputFrom(t, e)
	if err != nil {
		return nil, err
	}
	if language == "" {
		language = t.Jurisdiction.File.Languages[0]
	}
	words, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	p := words.For(language)
	x := &Explanation{Service: t.Tax, Definition: t.Hash, On: fmt.Sprintf("%s to %s", in.Liable.From, in.Liable.Until)}
	a, err := assess.Assess(ctx, in)
	var refused *assess.Refused
	if errors.As(err, &refused) {
		for _, e := range refused.Errors {
			x.Problems = append(x.Problems, e.Path+": "+e.Message(p))
		}
		return x, nil
	}
	if err != nil {
		return nil, err
	}
	return x, explainAssessment(ctx, x, a, e, p)
}

func explainAssessment(ctx context.Context, x *Explanation, a *assess.Assessment, e *service.TaxExampleFile, p *i18n.Printer) error {
	t := a.Input.Tax
	x.Ready = true
	charge := Reason{Title: process.Words(p, t.Rules, t.Title), Value: p.Money(a.Total.Minor, a.Total.Currency)}
	for _, i := range a.Items {
		charge.Because = append(charge.Because, Reason{Title: process.Words(p, t.Rules, i.Charge.Title), Value: p.Money(i.Amount.Minor, i.Amount.Currency)})
	}
	x.Fee = &charge
	for _, s := range a.Segments {
		part := Reason{Title: fmt.Sprintf("%s to %s (%d)", s.From, s.Until, s.Days), Value: p.Money(s.Total.Minor, s.Total.Currency)}
		for _, l := range s.Lines {
			whole := reason(p, t.Rules, l.Why) // what a whole period would come to
			part.Because = append(part.Because, Reason{Title: whole.Title, Value: p.Money(l.Amount.Minor, l.Amount.Currency), Because: []Reason{whole}})
		}
		x.Parts = append(x.Parts, part)
	}
	issued := e.Issued
	if issued.IsZero() {
		issued = a.Input.Period.From
	}
	list, err := assess.Instalments(ctx, t, a.Input.Period, a.Total, issued, e.Choose)
	if err != nil {
		return err
	}
	for _, i := range list {
		x.Instalments = append(x.Instalments, Reason{Title: i.Due.String(), Value: p.Money(i.Amount.Minor, i.Amount.Currency)})
	}
	return nil
}
