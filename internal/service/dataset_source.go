package service

import (
	"sync"

	"stoa/internal/i18n"
)

// offer is something that a source has for a column.
type offer struct {
	id       string
	typ      string // of Table Schema
	unit     string
	role     string
	count    bool
	required bool
	leftOut  bool // not among the columns of a file that names none
	title    Text
	about    Text
	of       *RegisterField
}

// speech is Stoa's own words, for what it calls the columns that no file has to name.
var speech = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load() })

// said is a text of Stoa's own in each language of the jurisdiction.
func (l *loader) said(say func(p *i18n.Printer) string) Text {
	t := Text{By: map[string]string{}}
	b, err := speech()
	if err != nil {
		return t // the program cannot start without its words either
	}
	for _, lang := range l.j.File.Languages {
		t.By[lang] = say(b.For(lang))
	}
	return t
}

// offers are what a dataset's source has, in the order in which it is published.
func (l *loader) offers(d *Dataset) []offer {
	switch d.Source {
	case FromRecords, FromHistory:
		return l.recordOffers(d)
	case FromCounts:
		return l.countOffers(d)
	case FromEntries, FromMonths:
		return l.ledgerOffers(d)
	case FromCases:
		return l.caseOffers(d)
	case FromTax:
		return l.taxOffers(d)
	case FromStudies:
		return l.studyOffers()
	}
	return nil
}

func (l *loader) recordOffers(d *Dataset) []offer {
	all := []offer{{id: "number", typ: "string", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Number") }),
		about: l.said(func(p *i18n.Printer) string { return p.T("The number of the record in the register.") })}}
	if d.Source == FromHistory {
		all = append(all,
			offer{id: "version", typ: "integer", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Version") }),
				about: l.said(func(p *i18n.Printer) string { return p.T("1 for the first entry, and one more for each change.") })},
			offer{id: "changed", typ: "date", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Changed on") })})
	}
	for i := range d.Register.Fields {
		if f := &d.Register.Fields[i]; f.Public && f.Personal == "" {
			all = append(all, l.fieldOffer(f))
		}
	}
	return append(all,
		offer{id: "state", typ: "string", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("State") }),
			about: l.said(func(p *i18n.Printer) string {
				return p.T("active, suspended, revoked, surrendered, ended or future, on the day of publication.")
			})},
		offer{id: "valid_from", typ: "date", title: l.said(func(p *i18n.Printer) string { return p.T("Valid from") }),
			about: l.said(func(p *i18n.Printer) string {
				return p.T("Records taken over when the register began have 2000-01-01.")
			})},
		offer{id: "valid_until", typ: "date", title: l.said(func(p *i18n.Printer) string { return p.T("Valid until") }),
			about: l.said(func(p *i18n.Printer) string { return p.T("The last day. Empty: without end.") })})
}

func (l *loader) fieldOffer(f *RegisterField) offer {
	typ := map[string]string{"text": "string", "number": "number", "money": "number", "date": "date", "yes_no": "boolean"}[f.Type]
	o := offer{id: f.ID, typ: typ, title: f.Title, of: f}
	if f.Type == "money" {
		o.unit = l.j.File.Currency
	}
	return o
}

// countOffers are all fields of a register: a number of records says nothing of a single one once it is protected.
func (l *loader) countOffers(d *Dataset) []offer {
	all := l.dimensions(d.Register, func(*RegisterField) bool { return true })
	all = append(all, offer{id: "state", typ: "string", role: Dimension, leftOut: true, title: l.said(func(p *i18n.Printer) string { return p.T("State") })})
	return append(all, offer{id: "records", typ: "integer", role: Measure, count: true, title: l.said(func(p *i18n.Printer) string { return p.T("Records") }),
		about: l.said(protectedNumber)})
}

func (l *loader) dimensions(r *Register, may func(*RegisterField) bool) (all []offer) {
	for i := range r.Fields {
		if f := &r.Fields[i]; may(f) {
			o := l.fieldOffer(f)
			o.role, o.leftOut = Dimension, true
			all = append(all, o)
		}
	}
	return all
}

func protectedNumber(p *i18n.Printer) string {
	return p.T("Empty: not shown, so that nobody can be found in a small number.")
}

func (l *loader) ledgerOffers(d *Dataset) []offer {
	account := []offer{
		{id: "account", typ: "string", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Account") }),
			about: l.said(func(p *i18n.Printer) string { return p.T("The code in the chart of accounts.") })},
		{id: "account_name", typ: "string", title: l.said(func(p *i18n.Printer) string { return p.T("Name of the account") })},
		{id: "kind", typ: "string", title: l.said(func(p *i18n.Printer) string { return p.T("Kind of account") }),
			about: l.said(func(p *i18n.Printer) string { return p.T("income, expense, asset, liability or equity.") })},
		{id: "fund", typ: "string", title: l.said(func(p *i18n.Printer) string { return p.T("Fund") })},
		{id: "organisation", typ: "string", title: l.said(func(p *i18n.Printer) string { return p.T("Organisation") })},
	}
	amount := offer{id: "amount", typ: "number", unit: l.j.File.Currency, required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Amount") })}
	if d.Source == FromMonths {
		amount.about = l.said(func(p *i18n.Printer) string {
			return p.T("What the account took in its own direction in the month: income received, expense paid out, what there is more of.")
		})
		all := append([]offer{{id: "month", typ: "yearmonth", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Month") })}}, account...)
		return append(all, amount, offer{id: "entries", typ: "integer", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Entries") })})
	}
	amount.about = l.said(func(p *i18n.Printer) string { return p.T("Debit is positive, credit is negative.") })
	all := append([]offer{
		{id: "entry", typ: "string", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Entry") }),
			about: l.said(func(p *i18n.Printer) string { return p.T("The same as in the public log.") })},
		{id: "line", typ: "integer", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Line") })},
		{id: "day", typ: "date", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Day") })},
	}, account...)
	return append(all, amount, offer{id: "about", typ: "string", title: l.said(func(p *i18n.Printer) string { return p.T("About") }),
		about: l.said(func(p *i18n.Printer) string { return p.T("What the entry is about: a bill, a payment, a refund.") })})
}

func (l *loader) caseOffers(d *Dataset) []offer {
	count := func(id string, say func(p *i18n.Printer) string) offer {
		return offer{id: id, typ: "integer", role: Measure, count: true, title: l.said(say), about: l.said(protectedNumber)}
	}
	days := func(id string, say, about func(p *i18n.Printer) string) offer {
		return offer{id: id, typ: "number", unit: "day", role: Measure, title: l.said(say), about: l.said(about)}
	}
	return []offer{
		{id: "month", typ: "yearmonth", role: Dimension, required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Month") }),
			about: l.said(func(p *i18n.Printer) string {
				return p.T("In which applications came in, and in which others were decided. Only months that are over.")
			})},
		{id: "variant", typ: "string", role: Dimension, leftOut: true, title: l.said(func(p *i18n.Printer) string { return p.T("Kind of application") })},
		{id: "outcome", typ: "string", role: Dimension, leftOut: true, title: l.said(func(p *i18n.Printer) string { return p.T("Outcome") }),
			about: l.said(func(p *i18n.Printer) string { return p.T("granted, refused, withdrawn, lapsed or closed.") })},
		{id: "language", typ: "string", role: Dimension, leftOut: true, title: l.said(func(p *i18n.Printer) string { return p.T("Language") })},
		count("received", func(p *i18n.Printer) string { return p.T("Received") }),
		left(count("ended", func(p *i18n.Printer) string { return p.T("Ended") })),
		count("decided", func(p *i18n.Printer) string { return p.T("Decided") }),
		count("granted", func(p *i18n.Printer) string { return p.T("Granted") }),
		count("refused", func(p *i18n.Printer) string { return p.T("Refused") }),
		count("withdrawn", func(p *i18n.Printer) string { return p.T("Withdrawn") }),
		count("lapsed", func(p *i18n.Printer) string { return p.T("Lapsed") }),
		count("closed", func(p *i18n.Printer) string { return p.T("Closed") }),
		count("in_time", func(p *i18n.Printer) string { return p.T("Decided within the standard") }),
		days("median_days", func(p *i18n.Printer) string { return p.T("Working days, half were decided within") },
			func(p *i18n.Printer) string {
				return p.T("Median of the working days from application to decision, with any waiting for the applicant.")
			}),
		days("most_days", func(p *i18n.Printer) string { return p.T("Working days, 9 in 10 were decided within") },
			func(p *i18n.Printer) string {
				return p.T("90th percentile of the same days. Empty where too few were decided.")
			}),
	}
}

// left is an offer that is not taken where a file names no columns.
func left(o offer) offer {
	o.leftOut = true
	return o
}

func (l *loader) taxOffers(d *Dataset) []offer {
	all := []offer{
		{id: "period", typ: "date", role: Dimension, required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Period") }),
			about: l.said(func(p *i18n.Printer) string { return p.T("The first day of the period that is charged for.") })},
		{id: "item", typ: "string", role: Dimension, title: l.said(func(p *i18n.Printer) string { return p.T("Item") }),
			about: l.said(func(p *i18n.Printer) string {
				return p.T("A charge or a relief of the tax. An assessment may have several.")
			})},
	}
	all = append(all, l.dimensions(d.Register, func(f *RegisterField) bool { return f.Public && f.Personal == "" })...)
	return append(all,
		offer{id: "assessments", typ: "integer", role: Measure, count: true, title: l.said(func(p *i18n.Printer) string { return p.T("Assessments") }), about: l.said(protectedNumber)},
		offer{id: "charged", typ: "number", unit: l.j.File.Currency, role: Measure, title: l.said(func(p *i18n.Printer) string { return p.T("Charged") }),
			about: l.said(func(p *i18n.Printer) string {
				return p.T("Reliefs are negative. Empty where the number of assessments is not shown.")
			})})
}
