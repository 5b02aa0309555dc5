package view

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/catalogue"
	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// versionsListed bounds what a catalogue says of a dataset's past; its page has the rest.
const versionsListed = 10

// statistics is the series of what Stoa counts of services and taxes by itself.
const statistics = "statistics"

// keptCatalogue is the catalogue as it was made last. Programs ask for it again and again, and it changes only when something
// is published; the minute is for versions that are withdrawn.
type keptCatalogue struct {
	mu    sync.Mutex
	of    *service.Jurisdiction
	when  string // the newest versions that it was made of
	until time.Time
	made  catalogue.Catalogue
}

// Data is everything that is published as data, for the catalogue of datasets. It is shared: nobody may change it.
func (c Catalogues) Data(ctx context.Context, r Reader) (catalogue.Catalogue, error) {
	if c.Datasets == nil {
		return c.all(ctx, r, nil)
	}
	var newest map[string]*dataset.Version
	err := c.read(ctx, "NewestVersions", func(ctx context.Context, tx *store.Tx) (err error) {
		newest, err = c.Datasets.Newest(ctx, tx)
		return err
	})
	if err != nil {
		return catalogue.Catalogue{}, err
	}
	var when strings.Builder
	for _, id := range sortedKeys(newest) {
		fmt.Fprintf(&when, "%s %d\n", id, newest[id].Number)
	}
	k := &c.catalogue
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == c.place() && k.when == when.String() && c.now().Before(k.until) {
		return k.made, nil
	}
	made, err := c.all(ctx, Reader{P: r.P}, newest) // as a stranger sees it, whoever asks
	if err == nil {
		k.of, k.when, k.until, k.made = c.place(), when.String(), c.now().Add(time.Minute), made
	}
	return made, err
}

func (c Catalogues) all(ctx context.Context, r Reader, newest map[string]*dataset.Version) (catalogue.Catalogue, error) {
	j := c.place()
	name := func(in Reader) i18n.V { return i18n.V{"name": in.words(j, j.File.Name)} }
	all := catalogue.Catalogue{
		URL: c.address("/data"), Homepage: c.address("/data"), Languages: j.File.Languages, Publisher: c.government(r), Place: c.area(),
		Licence: licenceOf("CC0-1.0"), // facts about data are for everybody
		Title:   c.say(r, func(in Reader) string { return in.P.T("Open data of {name}", name(in)) }),
		Summary: c.say(r, func(in Reader) string {
			return in.P.T("What {name} publishes for everybody to use: registers, statistics and the books.", name(in))
		}),
		API: catalogue.API{
			URL: c.address("/api/3"), Asked: c.address("/api/3/action/"), About: "https://docs.ckan.org/en/latest/api/",
			Title: c.say(r, func(in Reader) string { return in.P.T("Interface for programs") }),
			Summary: c.say(r, func(in Reader) string {
				return in.P.T("Finds datasets and answers questions about their rows, as CKAN's Action API does.")
			}),
		},
	}
	all.Bodies = append(all.Bodies, all.Publisher)
	for _, o := range j.File.Organisations {
		if o.ID != j.File.Jurisdiction {
			all.Bodies = append(all.Bodies, c.agent(r, o.ID))
		}
	}
	if len(newest) == 0 {
		return all, nil
	}
	err := c.read(ctx, "Catalogue", func(ctx context.Context, tx *store.Tx) error {
		all.Datasets = nil
		for _, id := range sortedKeys(newest) {
			d, err := c.dataset(ctx, tx, r, newest[id])
			if fault.KindOf(err) == fault.NotFound {
				continue // withdrawn, or none of the reader's business
			}
			if err != nil {
				return err
			}
			all.Datasets = append(all.Datasets, d)
		}
		return nil
	})
	about := map[string]bool{}
	for _, d := range all.Datasets {
		for _, t := range d.Themes {
			about[t] = true
		}
		if d.Series != "" && len(all.Series) == 0 {
			all.Series = append(all.Series, c.statistics(r))
		}
		if at := d.Versions[0].At; at.After(all.Modified) {
			all.Modified = at
		}
		if all.Issued.IsZero() || d.Issued.Before(all.Issued) {
			all.Issued = d.Issued
		}
	}
	for _, id := range sortedKeys(about) {
		t := catalogue.Theme{ID: id, Title: c.say(r, func(in Reader) string { return in.theme(id) })}
		t.Title[i18n.Source] = catalogue.ThemeTitle(id)
		all.Themes = append(all.Themes, t)
	}
	return all, err
}

func (c Catalogues) statistics(r Reader) catalogue.Series {
	return catalogue.Series{
		ID: statistics, URL: c.address("/data#" + statistics), Frequency: "MONTHLY",
		Title:   c.say(r, func(in Reader) string { return in.P.T("Statistics of services and taxes") }),
		Summary: c.say(r, func(in Reader) string { return in.P.T("What was asked for and how it was decided, month by month.") }),
	}
}

// DatasetPage is a dataset in the words of schema.org, in the reader's language: the version with the number, or the newest
// for 0.
func (c Catalogues) DatasetPage(ctx context.Context, r Reader, id string, number int) (linked []byte, err error) {
	err = c.read(ctx, "DatasetPage", func(ctx context.Context, tx *store.Tx) error {
		v, err := c.View.Data().version(ctx, tx, r, id, number)
		if err != nil {
			return err
		}
		d, err := c.dataset(ctx, tx, r, v)
		if err != nil {
			return err
		}
		if number > 0 {
			d.URL, d.Versions = c.versionURL(v), []catalogue.Version{c.version(v)}
		}
		linked, err = catalogue.SchemaDataset(d, r.P.Tag())
		return err
	})
	return linked, err
}

// dataset is a dataset as its file says, or where there is none any more, as its newest version did.
func (c Catalogues) dataset(ctx context.Context, tx *store.Tx, r Reader, newest *dataset.Version) (catalogue.Dataset, error) {
	id := newest.Dataset
	if err := policy.Can(r.Actor, policy.DataRead, policy.Thing{Kind: "dataset", ID: id, Organisation: newest.Organisation, Public: true}); err != nil {
		return catalogue.Dataset{}, err
	}
	d := catalogue.Dataset{
		ID: id, URL: c.address("/data/" + id), Title: newest.Spec.Title, Summary: newest.Spec.Summary, Owner: c.agent(r, newest.Organisation),
		Licence: licenceOf(newest.Spec.Licence), Place: c.area(),
	}
	if set := c.place().Dataset(id); set != nil {
		d.Title, d.Summary, d.Owner = textOf(set.Title), textOf(set.Summary), c.agent(r, set.Organisation)
		d.Keywords, d.Themes, d.Frequency = set.Keywords, set.Themes, set.Frequency
		if set.Law.Title != "" {
			law := c.source("law", set.Law)
			d.Law = &law
		}
		if set.Made && (set.Source == service.FromCases || set.Source == service.FromTax) {
			d.Series = statistics
		}
	}
	for _, col := range newest.Spec.Columns {
		d.Columns = append(d.Columns, catalogue.Column{ID: col.ID, Title: col.Title, About: col.About, Unit: col.Unit})
	}
	d.From, d.Until = covers(newest)
	versions, err := c.Datasets.Versions(ctx, tx, id)
	if err != nil {
		return catalogue.Dataset{}, err
	}
	for _, v := range versions {
		d.Issued = v.At // the last of the list is the first that was published
		if v.Withdrawn == nil && len(d.Versions) < versionsListed {
			d.Versions = append(d.Versions, c.version(v))
		}
	}
	if len(d.Versions) == 0 {
		return catalogue.Dataset{}, fault.NewNotFound("")
	}
	return d, nil
}

func (c Catalogues) versionURL(v *dataset.Version) string {
	return c.address("/data/" + v.Dataset + "/v/" + itoa(v.Number))
}

// version names the files of a version. Only the CSV was made for certain: how large the others are, nobody knows before
// somebody wants one.
func (c Catalogues) version(v *dataset.Version) catalogue.Version {
	url := c.versionURL(v)
	out := catalogue.Version{Number: v.Number, URL: url, At: v.At, Note: v.Note, Rows: v.Rows, Schema: url + "/schema.json"}
	for _, f := range v.Formats() {
		if !catalogue.KnowsFormat(string(f)) {
			continue // for ourselves
		}
		file := catalogue.File{Format: string(f), URL: url + "/" + v.Dataset + "." + string(f)}
		if f == dataset.CSV {
			file.Bytes, file.SHA256 = v.Bytes, v.Hash
		}
		out.Files = append(out.Files, file)
	}
	return out
}

// covers is the time that the rows are about: from the least to the greatest day of the first column that has days.
func covers(v *dataset.Version) (from, until calendar.Date) {
	i := slices.IndexFunc(v.Spec.Columns, func(c tabular.Column) bool {
		return c.Type == tabular.Date || c.Type == tabular.YearMonth || c.Type == tabular.Year
	})
	if i < 0 || i >= len(v.Profile.Columns) || v.Profile.Columns[i].Filled == 0 {
		return from, until
	}
	p := v.Profile.Columns[i]
	switch v.Spec.Columns[i].Type {
	case tabular.Date:
		return period(p.Min, p.Max, 0, 0)
	case tabular.YearMonth:
		return period(p.Min+"-01", p.Max+"-01", 0, 1)
	}
	return period(p.Min+"-01-01", p.Max+"-01-01", 1, 0)
}

// period ends as many years and months after its last day, less one day.
func period(first, last string, years, months int) (from, until calendar.Date) {
	from, err := calendar.ParseISO(first)
	if err != nil {
		return calendar.Date{}, calendar.Date{}
	}
	until, err = calendar.ParseISO(last)
	if err != nil {
		return calendar.Date{}, calendar.Date{}
	}
	if years+months > 0 {
		end := time.Date(until.Year()+years, until.Month()+time.Month(months), 0, 0, 0, 0, 0, time.UTC)
		until, _ = calendar.NewDate(end.Year(), end.Month(), end.Day()) // a day that time made is one
	}
	return from, until
}

func licenceOf(id string) catalogue.Licence {
	l := service.LicenceOf(id)
	return catalogue.Licence{ID: l.ID, Title: l.Title, URI: l.EU}
}
