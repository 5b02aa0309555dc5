package service

import (
	"slices"

	"stoa/internal/i18n"
)

// defaultLicence is that of datasets that no file describes, where the jurisdiction says nothing.
const defaultLicence = "CC-BY-4.0"

// BooksDataset is the id of the dataset of the books.
const BooksDataset = "books-by-month"

// madeDatasets are those that publish themselves: the statistics of every service and tax, the books, and the public part
// of every public register that no file publishes. A file of the same id takes the place of one.
func (l *loader) madeDatasets(published map[string]bool) (all []*Dataset) {
	add := func(d *Dataset) {
		if published[d.Dataset] {
			return
		}
		d.Made, d.Jurisdiction, d.Licence = true, l.j, defaultLicence
		if o := l.j.File.OpenData; o != nil {
			d.Licence = o.Licence
		}
		l.datasetColumns(d)
		l.datasetKey(d)
		l.datasetDisclosure(d)
		all = append(all, d)
	}
	for _, s := range l.j.Services {
		add(l.serviceStatistics(s))
	}
	for _, t := range l.j.Taxes {
		add(l.taxStatistics(t))
	}
	if l.j.Money != nil {
		add(&Dataset{Source: FromMonths, DatasetFile: DatasetFile{
			Dataset: BooksDataset, Organisation: l.j.Money.Treasury, Frequency: "MONTHLY", Themes: []string{"ECON", "GOVE"},
			Title: l.said(func(p *i18n.Printer) string { return p.T("Income and spending per month") }),
			Summary: l.said(func(p *i18n.Printer) string {
				return p.T("What came in and what went out on each account of the books, month by month. Only months that are over.")
			}),
			From: DatasetFromFile{Ledger: "months", Accounts: l.booksAccounts()},
		}})
	}
	for _, id := range keys(l.j.Registers) {
		if r := l.j.Registers[id]; r.Public && !l.registerPublished(id) {
			add(l.registerDataset(r))
		}
	}
	return all
}

func (l *loader) registerPublished(id string) bool {
	return slices.ContainsFunc(l.datasets, func(f *DatasetFile) bool {
		return f.From.Register == id && !f.From.Count && !f.From.History
	})
}

func (l *loader) serviceStatistics(s *Service) *Dataset {
	return &Dataset{Source: FromCases, Service: s, Standard: standardOf(s), DatasetFile: DatasetFile{
		Dataset: s.Service + "-statistics", Organisation: s.Organisation, Frequency: "MONTHLY", Themes: []string{"GOVE"}, Keywords: s.Keywords,
		Title: l.titled(s.Title, func(p *i18n.Printer) string { return p.T("Statistics") }),
		Summary: l.said(func(p *i18n.Printer) string {
			return p.T("How many applications came in each month, what became of them, and how long it took. Small numbers are not shown, so that nobody can be found in them.")
		}),
		From: DatasetFromFile{Cases: &DatasetCaseFile{Service: s.Service}},
	}}
}

func (l *loader) taxStatistics(t *Tax) *Dataset {
	return &Dataset{Source: FromTax, Tax: t, Register: t.Register, DatasetFile: DatasetFile{
		Dataset: t.Tax + "-statistics", Organisation: t.Organisation, Frequency: "MONTHLY", Themes: []string{"ECON", "GOVE"}, Keywords: t.Keywords,
		Title: l.titled(t.Title, func(p *i18n.Printer) string { return p.T("Statistics") }),
		Summary: l.said(func(p *i18n.Printer) string {
			return p.T("How many assessments have each charge and each relief, and what they come to. Small numbers are not shown, so that nobody can be found in them.")
		}),
		From: DatasetFromFile{Tax: t.Tax},
	}}
}

func (l *loader) registerDataset(r *Register) *Dataset {
	summary := r.Summary
	if summary.By == nil {
		summary = l.said(func(p *i18n.Printer) string {
			return p.T("The public part of the register, as it is on the day of publication.")
		})
	}
	return &Dataset{Source: FromRecords, Register: r, DatasetFile: DatasetFile{
		Dataset: r.Register + "-register", Organisation: r.Organisation, Frequency: "DAILY", Themes: []string{"GOVE"},
		Title: r.Title, Summary: summary, Law: r.Law, From: DatasetFromFile{Register: r.Register},
	}}
}

// titled is a title of the jurisdiction's with a word of Stoa's behind it.
func (l *loader) titled(title Text, say func(p *i18n.Printer) string) Text {
	word, t := l.said(say), Text{By: map[string]string{}}
	for _, lang := range l.j.File.Languages {
		t.By[lang] = title.In(lang, l.j.File.Languages...) + ": " + word.By[lang]
	}
	return t
}
