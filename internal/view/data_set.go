package view

import (
	"context"
	"slices"

	"stoa/internal/dataset"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// DatasetPage is a dataset as it is now: its newest version, and all that is around it.
type DatasetPage struct {
	VersionPage
	Versions  []VersionLine // the newest first
	Questions []QuestionLine
	Asked     int  // all that were looked at
	Follows   bool // the reader is told of new versions by mail
}

const (
	versionsOnPage  = 5
	questionsOnPage = 3
)

// Set is a dataset with its newest version.
func (d Data) Set(ctx context.Context, r Reader, id string) (p DatasetPage, err error) {
	if p.VersionPage, err = d.Version(ctx, r, id, 0); err != nil {
		return p, err
	}
	err = d.read(ctx, "Dataset", func(ctx context.Context, tx *store.Tx) error {
		versions, err := d.Datasets.Versions(ctx, tx, id)
		if err != nil {
			return err
		}
		p.Versions = nil
		for _, v := range versions[:min(len(versions), versionsOnPage+1)] {
			p.Versions = append(p.Versions, d.versionLine(r, v))
		}
		asked, err := d.questions(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p.Asked = len(asked)
		p.Questions = slices.DeleteFunc(asked, func(q QuestionLine) bool { return q.Hidden })
		p.Questions = p.Questions[:min(len(p.Questions), questionsOnPage)]
		p.Follows, err = d.follows(ctx, tx, r, id)
		return err
	})
	return p, err
}

// More reports whether there are more versions than the page lists.
func (p DatasetPage) More() bool { return len(p.Versions) > versionsOnPage }

// Listed are the versions that the page lists.
func (p DatasetPage) Listed() []VersionLine {
	return p.Versions[:min(len(p.Versions), versionsOnPage)]
}

// VersionsPage is all versions of a dataset.
type VersionsPage struct {
	DatasetLine
	Versions []VersionLine // the newest first
}

// Versions lists all versions of a dataset.
func (d Data) Versions(ctx context.Context, r Reader, id string) (p VersionsPage, err error) {
	err = d.read(ctx, "Versions", func(ctx context.Context, tx *store.Tx) error {
		newest, err := d.anyVersion(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p = VersionsPage{DatasetLine: d.line(r, d.place().Dataset(id), newest)}
		versions, err := d.Datasets.Versions(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, v := range versions {
			p.Versions = append(p.Versions, d.versionLine(r, v))
		}
		return nil
	})
	return p, err
}

// anyVersion is the newest version, also where all were withdrawn.
func (d Data) anyVersion(ctx context.Context, tx *store.Tx, r Reader, id string) (*dataset.Version, error) {
	if d.Datasets != nil {
		all, err := d.Datasets.Versions(ctx, tx, id)
		if err != nil {
			return nil, missing(err)
		}
		if len(all) > 0 {
			return d.version(ctx, tx, r, id, all[0].Number)
		}
	}
	return d.version(ctx, tx, r, id, 0)
}

// FollowPage is how to be told of new versions.
type FollowPage struct {
	DatasetLine        // the zero line for all datasets
	SignedIn    bool   //
	Email       string // where mail goes
	ByMail      bool   // already
}

// Follow is how to be told of a dataset's new versions; id is "" for those of all.
func (d Data) Follow(ctx context.Context, r Reader, id string) (p FollowPage, err error) {
	err = d.read(ctx, "Follow", func(ctx context.Context, tx *store.Tx) error {
		if id != "" {
			v, err := d.anyVersion(ctx, tx, r, id)
			if err != nil {
				return err
			}
			p.DatasetLine = d.line(r, d.place().Dataset(id), v)
		}
		if p.SignedIn = r.Actor.Person != ""; !p.SignedIn {
			return nil
		}
		who, err := d.People.Get(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		p.Email = who.Email
		p.ByMail, err = d.follows(ctx, tx, r, id)
		return err
	})
	return p, err
}

func (d Data) follows(ctx context.Context, tx *store.Tx, r Reader, id string) (bool, error) {
	if r.Actor.Person == "" {
		return false, nil
	}
	have, err := d.subscriptions().Of(ctx, tx, r.Actor.Person)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(have, func(s *dataset.Subscription) bool { return s.Kind == dataset.ByMail && s.Dataset == id }), nil
}

func (d Data) subscriptions() *dataset.Subscriptions {
	return &dataset.Subscriptions{Vault: d.People.Vault}
}

// SubscriptionLine is one of the reader's own.
type SubscriptionLine struct {
	ID, Dataset, Title string // Dataset "" for all
	URL                string // of a webhook; "" for mail
	Since              Instant
	Problem            string // of the webhook's last call
	Stopped            bool   // it failed too often
}

// Followed lists what the reader is told of.
func (d Data) Followed(ctx context.Context, r Reader) (list []SubscriptionLine, err error) {
	if err := policy.Can(r.Actor, policy.AccountOwn, policy.Thing{Kind: "account", Owner: r.Actor.Person}); err != nil {
		return nil, err
	}
	err = d.read(ctx, "Followed", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		have, err := d.subscriptions().Of(ctx, tx, r.Actor.Person)
		for _, s := range have {
			l := SubscriptionLine{ID: s.ID, Dataset: s.Dataset, Title: d.title(r, s.Dataset), URL: s.URL, Since: r.instant(d.place(), s.Created),
				Problem: s.Problem, Stopped: s.Failures >= dataset.MostFailures}
			list = append(list, l)
		}
		return err
	})
	return list, err
}

// title is a dataset's title; its id where no file says it any more.
func (d Data) title(r Reader, id string) string {
	if set := d.place().Dataset(id); set != nil {
		return r.words(d.place(), set.Title)
	}
	return id
}
