package view

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DatasetLine is a dataset in a list.
type DatasetLine struct {
	ID, Title, Summary string
	Organisation       string
	Licence            DataLicence
	Frequency          string   // "Every month"
	Themes             []string // "Government and public sector"
	Formats            []string // "CSV"
	Version            int      // the newest; 0 where nothing is published yet
	Changed            Instant
	Day                string // of the change
	Rows               int64
	Ended              bool // no file describes it any more; what was published stays

	keys    map[string][]string // by facet
	changed time.Time
}

// DataLicence says what may be done with data.
type DataLicence struct {
	ID, Title, URL string
	Means          string // in plain words
}

// version is a published version by its number, 0 for the newest; NotFound if there is none. What was published once can be
// read for ever, also when no file describes the dataset any more.
func (d Data) version(ctx context.Context, tx *store.Tx, r Reader, id string, number int) (v *dataset.Version, err error) {
	if d.Datasets == nil {
		return nil, fault.NewNotFound("")
	}
	if number == 0 {
		v, err = d.Datasets.Latest(ctx, tx, id)
	} else {
		v, err = d.Datasets.Version(ctx, tx, id, number)
	}
	if err != nil {
		return nil, missing(err)
	}
	return v, policy.Can(r.Actor, policy.DataRead, policy.Thing{Kind: "dataset", ID: id, Organisation: v.Organisation, Public: true})
}

// known are all datasets that can be found: those of files that have been published, and those that were published before.
func (d Data) known(ctx context.Context, r Reader) (lines []DatasetLine, err error) {
	if d.Datasets == nil {
		return nil, nil
	}
	var newest map[string]*dataset.Version
	err = d.read(ctx, "Data", func(ctx context.Context, tx *store.Tx) error {
		newest, err = d.Datasets.Newest(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	for id, v := range newest {
		if policy.Can(r.Actor, policy.DataRead, policy.Thing{Kind: "dataset", ID: id, Organisation: v.Organisation, Public: true}) != nil {
			continue
		}
		lines = append(lines, d.line(r, d.place().Dataset(id), v))
	}
	slices.SortFunc(lines, func(a, b DatasetLine) int { return compareText(a.ID, b.ID) })
	return lines, nil
}

// line is a dataset as its file says, or where there is none, as its version did. Either may be nil.
func (d Data) line(r Reader, set *service.Dataset, v *dataset.Version) DatasetLine {
	j := d.place()
	var l DatasetLine
	var owner, licence, frequency string
	var themes []string
	if v != nil {
		l = DatasetLine{ID: v.Dataset, Title: v.Spec.Title.In(r.P.Tag(), j.File.Languages...), Summary: v.Spec.Summary.In(r.P.Tag(), j.File.Languages...), Ended: set == nil}
		owner, licence = v.Organisation, v.Spec.Licence
	}
	if set != nil {
		l.ID, l.Title, l.Summary = set.Dataset, r.words(j, set.Title), r.words(j, set.Summary)
		owner, licence, frequency, themes = set.Organisation, set.Licence, set.Frequency, set.Themes
	}
	l.Organisation, l.Licence = r.organisationName(j, owner), r.licence(licence)
	if owner == j.File.Jurisdiction {
		l.Organisation = r.words(j, j.File.Name)
	}
	if frequency != "" {
		l.Frequency = r.frequency(frequency)
	}
	for _, t := range themes {
		l.Themes = append(l.Themes, r.theme(t))
	}
	l.keys = map[string][]string{ByOrganisation: {owner}, ByTheme: themes, ByLicence: {licence}}
	if frequency != "" {
		l.keys[ByFrequency] = []string{frequency}
	}
	if v != nil {
		l.Version, l.Changed, l.changed, l.Rows = v.Number, r.instant(j, v.At), v.At, v.Rows
		l.Day = r.date(j.Calendar.DateOf(v.At))
		for _, f := range shownFormats(v) {
			l.Formats, l.keys[ByFormat] = append(l.Formats, formatName(f)), append(l.keys[ByFormat], string(f))
		}
	}
	return l
}

// shownFormats are the formats of a version that people choose between.
func shownFormats(v *dataset.Version) []dataset.Format {
	return slices.DeleteFunc(slices.Clone(v.Formats()), func(f dataset.Format) bool { return f == dataset.CSVGzip })
}

// sizes remembers how large files are that were made once: they never change.
type sizes struct{ known sync.Map }

func sizeKey(v *dataset.Version, f dataset.Format) string {
	return v.Dataset + "/" + strconv.Itoa(v.Number) + "." + string(f)
}
