package view

import (
	"context"
	"strconv"
	"time"

	"stoa/internal/dataset"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// DataFeed is the news of one dataset, or of all.
type DataFeed struct {
	Title   string
	Author  string
	Path    string // of the page that it is the news of
	Updated time.Time
	Entries []FeedEntry
}

// FeedEntry is a version as news.
type FeedEntry struct {
	Path    string // of the version: its name for ever
	CSV     string // path of its table; "" where it was withdrawn
	Title   string
	Summary string
	Author  string
	At      time.Time
}

const feedEntries = 50

// Feed is the news of a dataset; id is "" for that of all.
func (d Data) Feed(ctx context.Context, r Reader, id string) (f DataFeed, err error) {
	j := d.place()
	f = DataFeed{Title: r.P.T("New open data of {name}", i18n.V{"name": r.words(j, j.File.Name)}), Author: r.words(j, j.File.Name), Path: "/data"}
	var versions []*dataset.Version
	err = d.read(ctx, "DataFeed", func(ctx context.Context, tx *store.Tx) error {
		if id == "" {
			if d.Datasets == nil {
				return nil
			}
			versions, err = d.Datasets.Recent(ctx, tx, feedEntries)
			return err
		}
		newest, err := d.anyVersion(ctx, tx, r, id)
		if err != nil {
			return err
		}
		line := d.line(r, j.Dataset(id), newest)
		f.Title, f.Author, f.Path = line.Title, line.Organisation, "/data/"+id
		versions, err = d.Datasets.Versions(ctx, tx, id)
		return err
	})
	if err != nil {
		return f, err
	}
	for _, v := range versions[:min(len(versions), feedEntries)] {
		if policy.Can(r.Actor, policy.DataRead, policy.Thing{Kind: "dataset", ID: v.Dataset, Organisation: v.Organisation, Public: true}) != nil {
			continue
		}
		f.Entries = append(f.Entries, d.entry(r, v))
		if v.At.After(f.Updated) {
			f.Updated = v.At
		}
	}
	return f, nil
}

func (d Data) entry(r Reader, v *dataset.Version) FeedEntry {
	line := d.line(r, d.place().Dataset(v.Dataset), v)
	number := strconv.Itoa(v.Number)
	e := FeedEntry{Path: "/data/" + v.Dataset + "/v/" + number, Author: line.Organisation, At: v.At, Summary: r.versionChanges(v.Changes, v.Number)}
	e.Title = r.P.T("{title}, version {n}", i18n.V{"title": line.Title, "n": number})
	if v.Withdrawn == nil {
		e.CSV = e.Path + "/" + v.Dataset + ".csv"
	} else {
		e.Summary = r.P.T("Withdrawn: {reason}", i18n.V{"reason": v.Withdrawn.Reason})
	}
	return e
}
