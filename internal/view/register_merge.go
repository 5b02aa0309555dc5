package view

import (
	"context"
	"encoding/json"
	"fmt"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/resemble"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DuplicatesPage is what may be there twice in a register.
type DuplicatesPage struct {
	ID, Title  string
	Possible   bool // the register's file says by which fields entries are told apart
	Searching  bool
	Searched   bool
	Records    int
	At         Instant
	Pairs      []PairLine
	More       bool
	Waiting    []MergeLine // proposals that somebody must decide on
	Done       []MergeLine // the latest merges
	ComparedBy []string    // titles of fields
}

// PairLine is a pair in a list.
type PairLine struct {
	A, B           string // ids
	NumberA, NameA string
	NumberB, NameB string
	How            string // very likely, likely, possible
	Level          string // good, info, neutral
	Why            []string
}

// PairPage is two records side by side.
type PairPage struct {
	PairLine
	Register, Title string
	Versions        [2]int64
	Rows            []PairRow
	State           string // record.PairOpen and so on; "" no search had found it
	CanEnd          [2]bool
}

// PairRow is a field of both.
type PairRow struct {
	Field, Title string
	A, B         string
	Found        string // in words
	Differs      bool
}

// MergeLine is a merge in a list.
type MergeLine struct {
	ID, Kept, Ended, By string
	At                  Instant
}

// MergePage is a merge whole.
type MergePage struct {
	MergeLine
	Register, Title   string
	State             string
	Version           int64
	Rows              []MergeRow
	CanDecide, CanEnd bool // agree; refuse
	CanUndo           bool
	Own               bool
	DecidedBy         string
	Decided           Instant
	KeptLabel         string
	EndedLabel        string
}

// MergeRow is a field of a merge: what both say, and what the one that goes on will say.
type MergeRow struct{ Title, Kept, Ended, Will string }

const (
	pairsShown  = 100
	mergesShown = 20
)

// Duplicates is for those who work on a register.
func (v RegisterFiles) Duplicates(ctx context.Context, r Reader, register string) (p DuplicatesPage, err error) {
	reg, err := v.deskRegister(r, register, policy.RecordBulk)
	if err != nil {
		return p, err
	}
	err = v.read(ctx, "Duplicates", func(ctx context.Context, tx *store.Tx) error {
		j := v.place()
		fields := record.Compared(reg)
		p = DuplicatesPage{ID: reg.Register, Title: r.words(j, reg.Title), Possible: len(fields) > 0}
		for _, f := range fields {
			p.ComparedBy = append(p.ComparedBy, r.words(j, reg.Field(f.ID).Title))
		}
		last, err := v.Docket.Records.Duplicates().Resemblance(ctx, tx, register)
		if err != nil {
			return err
		}
		p.Searching, p.Searched, p.Records = last.State == record.PairsSearching, last.State == record.PairsFound, int(last.Records)
		if p.Searched {
			p.At = r.instant(j, last.Ended)
		}
		pairs, err := v.Docket.Records.Duplicates().Pairs(ctx, tx, register, record.PairOpen, pairsShown+1)
		if err != nil {
			return err
		}
		if p.More = len(pairs) > pairsShown; p.More {
			pairs = pairs[:pairsShown]
		}
		for _, pair := range pairs {
			a, b, err := v.bothPublic(ctx, tx, pair.A, pair.B)
			if err != nil {
				return err
			}
			if a == nil || b == nil || a.State == record.Merged || b.State == record.Merged {
				continue // sealed or merged since
			}
			line, err := r.pairLine(j, reg, pair, a, b)
			if err != nil {
				return err
			}
			p.Pairs = append(p.Pairs, line)
		}
		if p.Waiting, err = v.merges(ctx, tx, r, reg, record.MergeProposed); err == nil {
			p.Done, err = v.merges(ctx, tx, r, reg, record.MergeDone)
		}
		return err
	})
	return p, err
}

// bothPublic reads two records without what is not in the open; nil for one that is not there, or sealed.
func (v RegisterFiles) bothPublic(ctx context.Context, tx *store.Tx, a, b string) (x, y *record.Record, err error) {
	if x, err = v.Docket.Records.Public(ctx, tx, a); err == nil {
		y, err = v.Docket.Records.Public(ctx, tx, b)
	}
	if err != nil && fault.KindOf(missing(err)) == fault.NotFound {
		return nil, nil, nil
	}
	return x, y, err
}

func (r Reader) pairLine(j *service.Jurisdiction, reg *service.Register, p record.Pair, a, b *record.Record) (l PairLine, err error) {
	l = PairLine{A: a.ID, B: b.ID, NumberA: a.Number, NameA: a.Label, NumberB: b.Number, NameB: b.Label}
	switch {
	case p.Weight >= 30:
		l.How, l.Level = r.P.T("Very likely"), "good"
	case p.Weight >= 20:
		l.How, l.Level = r.P.T("Likely"), "info"
	default:
		l.How, l.Level = r.P.T("Possible"), "neutral"
	}
	if p.Why == "" {
		return l, nil
	}
	var list []record.Finding
	if err := json.Unmarshal([]byte(p.Why), &list); err != nil {
		return l, fmt.Errorf("reading why two records may be the same: %w", err)
	}
	for _, f := range list {
		if field := reg.Field(f.Field); field != nil && f.Level != "" && record.MaySee(r.Actor, reg, field) {
			l.Why = append(l.Why, r.words(j, field.Title)+": "+r.foundWords(f.Level))
		}
	}
	return l, nil
}

// foundWords says what comparing two values found.
func (r Reader) foundWords(l resemble.Level) string {
	switch l {
	case resemble.Same:
		return r.P.C("comparing", "the same")
	case resemble.Order:
		return r.P.C("comparing", "the same words in another order")
	case resemble.Spelling:
		return r.P.C("comparing", "nearly the same, written differently")
	case resemble.Part:
		return r.P.C("comparing", "the same but for a word or a first letter")
	case resemble.Family:
		return r.P.C("comparing", "the same first name, another last name")
	case resemble.Given:
		return r.P.C("comparing", "the same last name, another first name")
	case resemble.Swapped:
		return r.P.C("comparing", "day and month the other way round")
	case resemble.Digit:
		return r.P.C("comparing", "one digit or letter differs")
	case resemble.Street:
		return r.P.C("comparing", "the same street, another house")
	case resemble.Other:
		return r.P.C("comparing", "different")
	}
	return r.P.C("comparing", "missing in one of them")
}

// Pair is two records side by side, for those who work on the register. That both were read is recorded.
func (v RegisterFiles) Pair(ctx context.Context, r Reader, register, a, b string) (p PairPage, err error) {
	reg, err := v.deskRegister(r, register, policy.RecordBulk)
	if err != nil {
		return p, err
	}
	if err := v.lookAtRecords(ctx, r, reg, a, b); err != nil {
		return p, err
	}
	err = v.read(ctx, "Pair", func(ctx context.Context, tx *store.Tx) error {
		j := v.place()
		x, err := v.Docket.Records.Get(ctx, tx, a)
		if err != nil {
			return err
		}
		y, err := v.Docket.Records.Get(ctx, tx, b)
		if err != nil {
			return err
		}
		if x.Register != register || y.Register != register || x.ID == y.ID {
			return fault.NewNotFound("")
		}
		pair, err := v.Docket.Records.Duplicates().Pair(ctx, tx, register, a, b)
		if err != nil && fault.KindOf(missing(err)) != fault.NotFound {
			return err
		}
		p = PairPage{Register: register, Title: r.words(j, reg.Title), Versions: [2]int64{x.Version, y.Version}, State: pair.State, CanEnd: [2]bool{x.Case == "", y.Case == ""}}
		if p.PairLine, err = r.pairLine(j, reg, pair, x, y); err != nil {
			return err
		}
		fields := record.Compared(reg)
		levels := resemble.Compare(fields, resemble.Ready(fields, x.Fields), resemble.Ready(fields, y.Fields))
		for i := range reg.Fields {
			f := &reg.Fields[i]
			if !record.MaySee(r.Actor, reg, f) || x.Fields[f.ID] == "" && y.Fields[f.ID] == "" {
				continue
			}
			row := PairRow{Field: f.ID, Title: r.words(j, f.Title), A: r.showField(j, *f, x.Fields[f.ID]), B: r.showField(j, *f, y.Fields[f.ID]), Differs: x.Fields[f.ID] != y.Fields[f.ID]}
			for n, c := range fields {
				if c.ID == f.ID {
					row.Found = r.foundWords(levels[n])
				}
			}
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	return p, err
}

// lookAtRecords records that somebody reads records of a register, before they are read.
func (v RegisterFiles) lookAtRecords(ctx context.Context, r Reader, reg *service.Register, ids ...string) error {
	return missing(v.DB.Write(ctx, "view.lookAtRecords", func(ctx context.Context, tx *store.Tx) error {
		var looks []access.Look
		for _, id := range ids {
			rec, err := v.Docket.Records.Public(ctx, tx, id)
			if err != nil {
				return err
			}
			if rec.Holder != "" && rec.Holder != r.Actor.Person {
				looks = append(looks, access.Look{Person: rec.Holder, Actor: r.Actor.Person, Organisation: rec.Organisation, What: lookLicence, Ref: rec.Number, Service: reg.Register, Why: string(policy.RecordBulk)})
			}
		}
		return access.RecordAll(ctx, tx, looks)
	}))
}

func (v RegisterFiles) merges(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, state string) (list []MergeLine, err error) {
	ids, err := v.Docket.Records.Duplicates().Merges(ctx, tx, reg.Register, state, mergesShown)
	if err != nil {
		return nil, err
	}
	names := v.names(r)
	for _, id := range ids {
		m, err := v.Docket.Records.Duplicates().GetMerge(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		line, err := v.mergeLine(ctx, tx, r, names, m)
		if err != nil {
			return nil, err
		}
		if line.Kept != "" {
			list = append(list, line)
		}
	}
	return list, nil
}

func (v RegisterFiles) mergeLine(ctx context.Context, tx *store.Tx, r Reader, names *names, m *record.Merge) (l MergeLine, err error) {
	kept, ended, err := v.bothPublic(ctx, tx, m.Kept, m.Ended)
	if err != nil || kept == nil || ended == nil {
		return l, err
	}
	l = MergeLine{ID: m.ID, Kept: kept.Number, Ended: ended.Number, At: r.instant(v.place(), m.Proposed)}
	l.By, err = names.of(ctx, tx, m.ProposedBy)
	return l, err
}

// Merge is a proposal, or what became of it, for those who work on the register.
func (v RegisterFiles) Merge(ctx context.Context, r Reader, id string) (p MergePage, err error) {
	var m *record.Merge
	err = v.read(ctx, "MergeOf", func(ctx context.Context, tx *store.Tx) (err error) {
		m, err = v.Docket.Records.Duplicates().GetMerge(ctx, tx, id)
		return err
	})
	if err != nil {
		return p, err
	}
	reg, err := v.deskRegister(r, m.Register, policy.RecordBulk)
	if err != nil {
		return p, err
	}
	if err := v.lookAtRecords(ctx, r, reg, m.Kept, m.Ended); err != nil {
		return p, err
	}
	err = v.read(ctx, "Merge", func(ctx context.Context, tx *store.Tx) error {
		m, err := v.Docket.Records.Duplicates().GetMerge(ctx, tx, id)
		if err != nil {
			return err
		}
		j, names := v.place(), v.names(r)
		kept, err := v.Docket.Records.Get(ctx, tx, m.Kept)
		if err != nil {
			return err
		}
		ended, err := v.Docket.Records.Get(ctx, tx, m.Ended)
		if err != nil {
			return err
		}
		p = MergePage{Register: reg.Register, Title: r.words(j, reg.Title), State: m.State, Version: m.Version, Own: m.ProposedBy == r.Actor.Person, KeptLabel: kept.Label, EndedLabel: ended.Label}
		if p.MergeLine, err = v.mergeLine(ctx, tx, r, names, m); err != nil {
			return err
		}
		agrees := policy.Can(r.Actor, policy.RecordAgree, policy.Thing{Kind: "register", ID: reg.Register, Organisation: reg.Organisation, Decider: m.ProposedBy}) == nil
		p.CanDecide, p.CanEnd = agrees && m.State == record.MergeProposed, m.State == record.MergeProposed
		p.CanUndo = agrees && m.State == record.MergeDone && kept.Version == m.KeptVersion && ended.Version == m.EndedVersion
		if !m.Decided.IsZero() {
			p.Decided = r.instant(j, m.Decided)
			if p.DecidedBy, err = names.of(ctx, tx, m.DecidedBy); err != nil {
				return err
			}
		}
		was := kept.Fields
		if m.State == record.MergeDone || m.State == record.MergeUndone {
			was = m.Before.KeptFields
		}
		for i := range reg.Fields {
			f := &reg.Fields[i]
			if record.MaySee(r.Actor, reg, f) && (was[f.ID] != "" || ended.Fields[f.ID] != "") {
				p.Rows = append(p.Rows, MergeRow{r.words(j, f.Title), r.showField(j, *f, was[f.ID]), r.showField(j, *f, ended.Fields[f.ID]), r.showField(j, *f, m.Fields[f.ID])})
			}
		}
		return nil
	})
	return p, err
}

// States of merges, for whoever names them.
const (
	MergeProposed = record.MergeProposed
	MergeDone     = record.MergeDone
	MergeUndone   = record.MergeUndone
)

// Merged is the state of a record that lives on in another.
const Merged = record.Merged
