package view

import (
	"context"
	"slices"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/opendata"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// How the publication of a dataset stands.
const (
	DataWell    = "well"    // the last try found it as it should be
	DataNone    = "none"    // nothing is published yet
	DataStopped = "stopped" // the last try published nothing, since something was wrong
)

// DeskDataset is a dataset in the desk's list.
type DeskDataset struct {
	ID, Title, Organisation string
	Stands                  string
	Version                 int // the newest; 0: none
	Changed                 Instant
	Looked                  Instant // when its source was last read
	Due                     string  // the next day; "" where only a change publishes it
	Problems                int
}

// DeskFinding is what a check came to, in words.
type DeskFinding struct {
	Text string
	Bad  bool
}

// DeskDatasetPage is a dataset as those see it who work on it.
type DeskDatasetPage struct {
	DeskDataset
	Summary   string
	Frequency string
	Made      bool // no file describes it
	Findings  []DeskFinding
	Versions  []VersionLine
	Protected []string // how nobody is found in it
	Publish   bool     // the reader may
	Withdraw  bool
}

// DeskDatasets lists the datasets of the reader's organisations, those with problems first.
func (d Data) DeskDatasets(ctx context.Context, r Reader) (list []DeskDataset, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "datasets"}); err != nil || d.Datasets == nil {
		return nil, err
	}
	err = d.read(ctx, "DeskDatasets", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		states, err := d.States.All(ctx, tx)
		if err != nil {
			return err
		}
		newest, err := d.Datasets.Newest(ctx, tx)
		if err != nil {
			return err
		}
		for _, set := range d.place().Datasets {
			if policy.Can(r.Actor, policy.DataRead, ofDesk(set)) == nil {
				list = append(list, d.deskLine(r, set, newest[set.Dataset], states[set.Dataset]))
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b DeskDataset) int {
		if (a.Problems > 0) != (b.Problems > 0) {
			return b.Problems - a.Problems
		}
		return compareText(a.Title, b.Title)
	})
	return list, err
}

// ofDesk is a dataset as the rights of staff see it: what is public of it counts for nothing here.
func ofDesk(set *service.Dataset) policy.Thing {
	return policy.Thing{Kind: "dataset", ID: set.Dataset, Organisation: set.Organisation}
}

func (d Data) deskLine(r Reader, set *service.Dataset, v *dataset.Version, s *opendata.State) DeskDataset {
	j := d.place()
	l := DeskDataset{ID: set.Dataset, Title: r.words(j, set.Title), Organisation: r.organisationName(j, set.Organisation), Stands: DataWell}
	if v == nil {
		l.Stands = DataNone
	} else {
		l.Version, l.Changed = v.Number, r.instant(j, v.At)
	}
	if s == nil {
		return l
	}
	if !s.Read.IsZero() {
		l.Looked = r.instant(j, s.Read)
	}
	if !s.Due.IsZero() {
		l.Due = r.date(s.Due)
	}
	if s.Problem != "" {
		l.Stands, l.Problems = DataStopped, 1
	}
	return l
}

// DeskDataset is one of them, with what was found the last time.
func (d Data) DeskDataset(ctx context.Context, r Reader, id string) (p DeskDatasetPage, err error) {
	set := d.place().Dataset(id)
	if set == nil || d.Datasets == nil {
		return p, fault.NewNotFound("")
	}
	if err := policy.Can(r.Actor, policy.DataRead, ofDesk(set)); err != nil {
		return p, err
	}
	err = d.read(ctx, "DeskDataset", func(ctx context.Context, tx *store.Tx) error {
		s, err := d.States.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		versions, err := d.Datasets.Versions(ctx, tx, id)
		if err != nil {
			return err
		}
		spent, err := d.States.Spent(ctx, tx, id)
		if err != nil {
			return err
		}
		var newest *dataset.Version
		if i := slices.IndexFunc(versions, func(v *dataset.Version) bool { return v.Withdrawn == nil }); i >= 0 {
			newest = versions[i]
		}
		p = DeskDatasetPage{DeskDataset: d.deskLine(r, set, newest, s), Summary: r.words(d.place(), set.Summary), Frequency: r.frequency(set.Frequency), Made: set.Made,
			Publish: policy.Can(r.Actor, policy.DataPublish, ofDesk(set)) == nil, Withdraw: policy.Can(r.Actor, policy.DataWithdraw, ofDesk(set)) == nil}
		if p.Protected, err = r.protection(d.place(), set, spent); err != nil {
			return err
		}
		now := &dataset.Version{Spec: dataset.Spec{Schema: set.Schema()}}
		for _, f := range s.Findings {
			p.Findings = append(p.Findings, DeskFinding{r.finding(d, now, f), f.Bad})
		}
		for _, v := range versions {
			p.Versions = append(p.Versions, d.versionLine(r, v))
		}
		return nil
	})
	return p, err
}
