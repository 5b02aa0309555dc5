package simulate

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/assess"
	"stoa/internal/fault"
	"stoa/internal/process"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Charge is a past assessment with everything that it rests on.
type Charge struct {
	ID         string
	Definition string
	Charged    int64
	Erased     bool
	Input      assess.Input // of the tax as it was then
}

// Charges replays assessments of a tax.
type Charges struct {
	*Replay[Charge]
	was, is *service.Tax
}

// Tax begins a replay of a tax's assessments under its rules and under changed ones.
func Tax(was, is *service.Tax, floor int) *Charges {
	c := &Charges{was: was, is: is}
	c.Replay = start(floor, c.compare, Study{Kind: "tax", Subject: was.Tax, Currency: was.Jurisdiction.File.Currency}, was.Hash, is.Hash)
	for _, f := range was.Fields {
		if openField(f) {
			c.order = append(c.order, f.ID)
		}
	}
	for _, f := range was.Facts {
		if factOfTax(f) {
			c.order = append(c.order, f.ID)
		}
	}
	c.order = append(c.order, "period")
	return c
}

func openField(f service.RegisterField) bool {
	return f.Public && f.Personal == "" && (f.Type == "text" || f.Type == "yes_no" || f.Type == "number" || f.Type == "money")
}

func factOfTax(f *service.Fact) bool { return f.Type == "one_of" || f.Type == "yes_no" }

func (c *Charges) compare(ctx context.Context, one *Charge) (compared, error) {
	day := one.Input.Period.From.String()
	out := compared{id: one.ID, print: fmt.Sprintf("%s %s %s %d", one.ID, one.Definition, day, one.Charged), day: day,
		older: one.Definition != c.was.Hash, charged: one.Charged}
	if one.Erased {
		out.lacks = "erased"
		return out, nil
	}
	var err error
	if out.before, out.lacks, err = assessed(ctx, c.was, one); err != nil || out.lacks != "" {
		return out, err
	}
	if out.after, out.lacks, err = assessed(ctx, c.is, one); err != nil || out.lacks != "" {
		return out, err
	}
	out.facts = c.factsOf(one)
	return out, nil
}

// assessed is what a tax charges on the facts of a past assessment, or what they lack.
func assessed(ctx context.Context, t *service.Tax, one *Charge) (total int64, lacks string, err error) {
	in := one.Input
	in.Tax = t
	missing := ""
	in.Lookup = func(_ context.Context, l *service.Lookup, _ map[string]rule.Value) (rule.Value, error) {
		missing = l.ID
		return nil, errNotNoted
	}
	a, err := assess.Assess(ctx, in)
	var refused *assess.Refused
	var says *fault.Error
	switch {
	case err == nil:
		return a.Total.Minor, "", nil
	case ctx.Err() != nil:
		return 0, "", ctx.Err()
	case missing != "":
		return 0, "lookup." + missing, nil
	case errors.As(err, &refused) && len(refused.Errors) > 0:
		return 0, process.Definition(refused.Errors[0].Path), nil
	case errors.Is(err, assess.ErrInput), errors.As(err, &says) && says.Key == assess.ErrObject.Key:
		return 0, "object", nil
	}
	return 0, "", fmt.Errorf("replaying assessment %s: %w", one.ID, err)
}

var errNotNoted = errors.New("the register was not asked this when the tax was assessed")

// factsOf are what an assessment is grouped by: what its record and facts said on its last day.
func (c *Charges) factsOf(one *Charge) map[string]string {
	facts := map[string]string{"period": one.Input.Period.From.String()}
	last := one.Input.Liable.Until
	var fields map[string]rule.Value
	for i, s := range one.Input.Object.States {
		if i == 0 || !s.From.After(last) {
			fields = s.Fields
		}
	}
	for _, f := range c.was.Fields {
		if openField(f) {
			facts[f.ID] = groupOf(fields[f.ID])
		}
	}
	for _, f := range c.was.Facts {
		if !factOfTax(f) {
			continue
		}
		v := f.Default
		for _, known := range one.Input.Facts {
			if known.ID == f.ID && !known.From.After(last) && known.Value != nil {
				v = known.Value
			}
		}
		facts[f.ID] = groupOf(v)
	}
	return facts
}

// Study is what came of it.
func (c *Charges) Study(change *service.ChangeFile) (*Study, error) {
	s, err := c.finish()
	if err != nil {
		return nil, err
	}
	return sealed(s, change, nil)
}
