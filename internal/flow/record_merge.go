package flow

import (
	"context"
	"fmt"
	"slices"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// mostReferences is how many records may have to follow a merge: more are no duplicate's, and would hold up everybody else.
const mostReferences = 500

// ProposeMerge is two records that somebody takes for one.
type ProposeMerge struct {
	Register    string
	Kept, Ended string            // ids: the record that goes on, and the one that ends in it
	Versions    [2]int64          // of both, when the form was made
	Choose      map[string]string // by field: "ended" where what that record says is taken; what the kept one says otherwise
	Key         string
}

// ProposeMerge is for those who work on the register. It counts when another person, a supervisor, agrees.
func (g Registers) ProposeMerge(ctx context.Context, actor policy.Actor, in ProposeMerge) (id string, err error) {
	reg, err := g.register(actor, policy.RecordBulk, in.Register, "")
	if err != nil {
		return "", err
	}
	err = g.DB.Write(ctx, "flow.ProposeMerge", func(ctx context.Context, tx *store.Tx) error {
		kept, ended, err := g.both(ctx, tx, reg, in.Kept, in.Ended)
		if err != nil {
			return err
		}
		id, err = g.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if kept.Version != in.Versions[0] || ended.Version != in.Versions[1] {
				return "", fault.NewConflict(record.MergeChanged)
			}
			m := &record.Merge{Register: reg.Register, Kept: kept.ID, Ended: ended.ID, KeptVersion: kept.Version, EndedVersion: ended.Version,
				Fields: chosen(actor, reg, kept, ended, in.Choose), ProposedBy: actor.Person}
			if err := reg.Check(m.Fields).Err(); err != nil {
				return "", err
			}
			return m.ID, g.Docket.Records.Duplicates().ProposeMerge(ctx, tx, m, kept.Subject)
		})
		return err
	})
	return id, err
}

// both reads two records that may become one.
func (g Registers) both(ctx context.Context, tx *store.Tx, reg *service.Register, keptID, endedID string) (kept, ended *record.Record, err error) {
	first, second := min(keptID, endedID), max(keptID, endedID) // in one order, so that two who do this wait for each other
	a, err := g.Docket.Records.Get(ctx, tx, first)
	if err != nil {
		return nil, nil, missing(err)
	}
	b, err := g.Docket.Records.Get(ctx, tx, second)
	if err != nil {
		return nil, nil, missing(err)
	}
	if kept, ended = a, b; kept.ID != keptID {
		kept, ended = b, a
	}
	switch {
	case kept.ID == ended.ID || kept.Register != reg.Register || ended.Register != reg.Register:
		return nil, nil, fault.NewNotFound("")
	case ended.Case != "":
		return nil, nil, fault.NewConflict("A licence that was issued on an application cannot end in another entry. Choose the other one to end, or revoke it")
	case kept.State == record.Merged || ended.State == record.Merged:
		return nil, nil, fault.NewConflict(record.MergeChanged)
	}
	for _, r := range []*record.Record{kept, ended} {
		sealed, err := g.Docket.Records.Seals().Fields(ctx, tx, r.ID)
		if err != nil {
			return nil, nil, err
		}
		if len(sealed) > 0 {
			return nil, nil, fault.NewConflict("One of the two has a sealed field: they cannot be merged")
		}
	}
	return kept, ended, nil
}

// chosen are the fields of the record that goes on. What the actor does not see stays, and is taken over where it is missing.
func chosen(actor policy.Actor, reg *service.Register, kept, ended *record.Record, choose map[string]string) map[string]string {
	fields := map[string]string{}
	for i := range reg.Fields {
		f := &reg.Fields[i]
		text := kept.Fields[f.ID]
		if record.MaySee(actor, reg, f) {
			if choose[f.ID] == "ended" {
				text = ended.Fields[f.ID]
			}
		} else if text == "" {
			text = ended.Fields[f.ID]
		}
		if text != "" {
			fields[f.ID] = text
		}
	}
	return fields
}

// DecideMerge is yes or no to a merge, or takes it back.
type DecideMerge struct {
	Merge   string
	Version int64
	Do      string // agree, refuse, undo
	Key     string
}

// DecideMerge is for a supervisor who did not propose it. It can be undone while nobody has changed what it made.
func (g Registers) DecideMerge(ctx context.Context, actor policy.Actor, in DecideMerge) error {
	return g.DB.Write(ctx, "flow.DecideMerge", func(ctx context.Context, tx *store.Tx) error {
		m, err := g.Docket.Records.Duplicates().GetMerge(ctx, tx, in.Merge)
		if err != nil {
			return missing(err)
		}
		right := policy.RecordAgree
		if in.Do == "refuse" { // also one's own
			right = policy.RecordBulk
		}
		reg, err := g.register(actor, right, m.Register, m.ProposedBy)
		if err != nil {
			return err
		}
		_, err = g.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			want := record.MergeProposed
			if in.Do == "undo" {
				want = record.MergeDone
			}
			if m.Version != in.Version || m.State != want {
				return "", fault.NewConflict(record.MergeChanged)
			}
			m.Decided, m.DecidedBy = tx.Now(), actor.Person
			switch in.Do {
			case "agree":
				err = g.merge(ctx, tx, reg, m)
			case "undo":
				err = g.unmerge(ctx, tx, reg, m)
			case "refuse":
				m.State = record.MergeRefused
			default:
				err = fault.NewInvalid("")
			}
			if err != nil {
				return "", err
			}
			return "", g.Docket.Records.Duplicates().SaveMerge(ctx, tx, m)
		})
		return err
	})
}

// put stores a record's next version with all that follows from it.
func (g Registers) put(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record, change, by string) error {
	if err := g.Docket.Records.Put(ctx, tx, reg, r, record.Change{Actor: by, Change: change}); err != nil {
		return err
	}
	if err := g.credentialsFollow(ctx, tx, r, r.Version); err != nil {
		return err
	}
	return g.logRecord(ctx, tx, reg, r, change, "")
}

func (g Registers) merge(ctx context.Context, tx *store.Tx, reg *service.Register, m *record.Merge) error {
	kept, ended, err := g.both(ctx, tx, reg, m.Kept, m.Ended)
	if err != nil {
		return err
	}
	if kept.Version != m.KeptVersion || ended.Version != m.EndedVersion {
		return fault.NewConflict(record.MergeChanged)
	}
	was := map[string]string{record.NumberColumn: ended.Number}
	for id, text := range ended.Fields {
		was[id] = text
	}
	m.Before = record.Before{KeptFields: kept.Fields, EndedState: ended.State}
	ended.State = record.Merged
	if err := g.put(ctx, tx, reg, ended, "merged", m.DecidedBy); err != nil {
		return fmt.Errorf("ending record %s: %w", ended.Number, err)
	}
	kept.Fields = m.Fields
	if err := g.put(ctx, tx, reg, kept, "merged", m.DecidedBy); err != nil {
		return fmt.Errorf("merging into record %s: %w", kept.Number, err)
	}
	if m.Before.References, err = g.follow(ctx, tx, reg, was, kept, m.DecidedBy); err != nil {
		return err
	}
	m.State, m.KeptVersion, m.EndedVersion = record.MergeDone, kept.Version, ended.Version
	return g.Docket.Records.Duplicates().Decide(ctx, tx, reg.Register, kept.ID, ended.ID, record.PairMerged, m.DecidedBy)
}

// follow turns the references to a record that ended to the one that goes on.
func (g Registers) follow(ctx context.Context, tx *store.Tx, reg *service.Register, was map[string]string, kept *record.Record, by string) (all []record.Followed, err error) {
	for _, from := range sortedRegisters(g.Docket.Releases.Current()) {
		for i := range from.Fields {
			f := &from.Fields[i]
			to, key := f.Reference()
			if f.Refers == "" || to != reg.Register {
				continue
			}
			before, now := was[record.NumberColumn], kept.Number
			if key != "" {
				before, now = was[key], kept.Fields[key]
			}
			if before == "" || before == now || now == "" {
				continue
			}
			ids, err := g.Docket.Records.Duplicates().Referring(ctx, tx, from.Register, f.ID, before)
			if err != nil {
				return nil, err
			}
			if len(ids)+len(all) > mostReferences {
				return nil, fault.NewConflict("More than {most} entries refer to the one that would end. Let the other one end", "most", mostReferences)
			}
			for _, id := range ids {
				r, err := g.Docket.Records.Get(ctx, tx, id)
				if err != nil {
					return nil, err
				}
				if r.Fields[f.ID] = now; r.ID == kept.ID {
					return nil, fault.NewConflict("One of the two refers to the other: they are not the same")
				}
				if err := g.put(ctx, tx, from, r, "followed", by); err != nil {
					return nil, fmt.Errorf("turning a reference of record %s: %w", r.Number, err)
				}
				all = append(all, record.Followed{ID: r.ID, Field: f.ID, From: before, Version: r.Version})
			}
		}
	}
	return all, nil
}

func sortedRegisters(j *service.Jurisdiction) []*service.Register {
	list := make([]*service.Register, 0, len(j.Registers))
	for _, reg := range j.Registers {
		list = append(list, reg)
	}
	slices.SortFunc(list, func(a, b *service.Register) int {
		if a.Register < b.Register {
			return -1
		}
		return 1
	})
	return list
}

// unmerge puts back what a merge changed.
func (g Registers) unmerge(ctx context.Context, tx *store.Tx, reg *service.Register, m *record.Merge) error {
	changed := fault.NewConflict("Somebody has changed what the merge made, so that it cannot be taken back. Correct the entries one by one")
	kept, err := g.Docket.Records.Get(ctx, tx, m.Kept)
	if err != nil {
		return missing(err)
	}
	ended, err := g.Docket.Records.Get(ctx, tx, m.Ended)
	if err != nil {
		return missing(err)
	}
	if kept.Version != m.KeptVersion || ended.Version != m.EndedVersion {
		return changed
	}
	j := g.Docket.Releases.Current()
	for _, ref := range m.Before.References {
		r, err := g.Docket.Records.Get(ctx, tx, ref.ID)
		if err != nil {
			return missing(err)
		}
		if r.Version != ref.Version || j.Registers[r.Register] == nil {
			return changed
		}
		r.Fields[ref.Field] = ref.From
		if err := g.put(ctx, tx, j.Registers[r.Register], r, "unmerged", m.DecidedBy); err != nil {
			return err
		}
	}
	kept.Fields, ended.State = m.Before.KeptFields, m.Before.EndedState
	for _, r := range []*record.Record{kept, ended} {
		if err := g.put(ctx, tx, reg, r, "unmerged", m.DecidedBy); err != nil {
			return err
		}
	}
	m.State = record.MergeUndone
	return g.Docket.Records.Duplicates().Decide(ctx, tx, reg.Register, kept.ID, ended.ID, record.PairNotSame, m.DecidedBy)
}

// NotSame is two records that only look like one.
type NotSame struct {
	Register, A, B string // ids
	Key            string
}

// NotSame is remembered: no search shows the two again.
func (g Registers) NotSame(ctx context.Context, actor policy.Actor, in NotSame) error {
	reg, err := g.register(actor, policy.RecordBulk, in.Register, "")
	if err != nil {
		return err
	}
	return g.DB.Write(ctx, "flow.NotSame", func(ctx context.Context, tx *store.Tx) error {
		p, err := g.Docket.Records.Duplicates().Pair(ctx, tx, reg.Register, in.A, in.B)
		if err != nil {
			return missing(err)
		}
		if p.State == record.PairMerged {
			return fault.NewConflict(record.MergeChanged)
		}
		return g.Docket.Records.Duplicates().Decide(ctx, tx, reg.Register, in.A, in.B, record.PairNotSame, actor.Person)
	})
}
