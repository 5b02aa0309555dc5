package service

import (
	"fmt"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/money"
)

// What an hour of an officer costs.

// HourCost is what an hour of an officer of an organisation costs on a day, and the dated figure that says so; nil where the files
// do not say.
func (j *Jurisdiction) HourCost(organisation string, day calendar.Date) (money.Amount, *ParameterValue, error) {
	i := slices.IndexFunc(j.File.Organisations, func(o OrganisationFile) bool { return o.ID == organisation })
	if i < 0 {
		return money.Amount{Currency: j.File.Currency}, nil, nil
	}
	return j.amountOn(j.File.Organisations[i].Hour, day)
}

// amountOn is a parameter's amount on a day; nil where no figure is in force, or none is named.
func (j *Jurisdiction) amountOn(parameter string, day calendar.Date) (money.Amount, *ParameterValue, error) {
	none := money.Amount{Currency: j.File.Currency}
	i := slices.IndexFunc(j.Parameters, func(p *Parameter) bool { return p.ID == parameter })
	if parameter == "" || i < 0 {
		return none, nil, nil
	}
	v := j.Parameters[i].On(day)
	if v == nil {
		return none, nil, nil // before the first figure
	}
	d, ok := v.Value.(money.Decimal)
	if !ok {
		return none, nil, fmt.Errorf("parameter %s on %s is no amount", parameter, day)
	}
	a, err := money.FromDecimal(d, j.File.Currency)
	return a, v, err
}

// checkHours checks what organisations say an hour of their officers costs.
func (l *loader) checkHours() {
	for i := range l.j.File.Organisations {
		o := &l.j.File.Organisations[i]
		if o.Hour == "" {
			continue
		}
		p := slices.IndexFunc(l.j.Parameters, func(p *Parameter) bool { return p.ID == o.Hour })
		if p < 0 || l.j.Parameters[p].Type != "money" {
			l.problem(l.places.at(o.Pos, "hour"), "name a parameter of type money", "%q is no parameter with an amount", o.Hour)
		}
	}
}
