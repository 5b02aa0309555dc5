package service

import "stoa/internal/i18n"

// studyOffers are the columns of published studies: a row for each group of people that a study tells apart. Its figures were
// protected when the study was made.
func (l *loader) studyOffers() []offer {
	text := func(id string, required bool, title, about func(p *i18n.Printer) string) offer {
		o := offer{id: id, typ: "string", required: required, title: l.said(title)}
		if about != nil {
			o.about = l.said(about)
		}
		return o
	}
	count := func(id string, title func(p *i18n.Printer) string) offer {
		return offer{id: id, typ: "integer", title: l.said(title), about: l.said(protectedNumber)}
	}
	amount := func(id string, title func(p *i18n.Printer) string) offer {
		return offer{id: id, typ: "number", unit: l.j.File.Currency, title: l.said(title), about: l.said(protectedNumber)}
	}
	return []offer{
		text("study", true, func(p *i18n.Printer) string { return p.T("Study") }, func(p *i18n.Printer) string { return p.T("Its page is at /studies/ and this.") }),
		{id: "published", typ: "date", required: true, title: l.said(func(p *i18n.Printer) string { return p.T("Published") })},
		text("title", true, func(p *i18n.Printer) string { return p.T("What is tried") }, nil),
		text("about", true, func(p *i18n.Printer) string { return p.T("Service or tax") }, nil),
		text("fact", false, func(p *i18n.Printer) string { return p.T("Grouped by") }, func(p *i18n.Printer) string { return p.T("Empty: everybody together.") }),
		text("group", false, func(p *i18n.Printer) string { return p.T("Group") }, nil),
		count("cases", func(p *i18n.Printer) string { return p.T("Past cases") }),
		count("pay_more", func(p *i18n.Printer) string { return p.T("Would pay more") }),
		count("pay_same", func(p *i18n.Printer) string { return p.T("Would pay the same") }),
		count("pay_less", func(p *i18n.Printer) string { return p.T("Would pay less") }),
		count("other_outcome", func(p *i18n.Printer) string { return p.T("Could not apply, or could now") }),
		amount("before", func(p *i18n.Printer) string { return p.T("Sum under the rules in force") }),
		amount("after", func(p *i18n.Printer) string { return p.T("Sum under the change") }),
		text("inputs", true, func(p *i18n.Printer) string { return p.T("Fingerprint of the inputs") }, func(p *i18n.Printer) string {
			return p.T("SHA-256 of the rules, the change, which cases were replayed, and the seed: the same inputs give the same study.")
		}),
	}
}
