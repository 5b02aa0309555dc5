package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"stoa/internal/fault"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/resemble"
	"stoa/internal/store"
)

// RegisterResembleJob is the kind of job that looks for records that may be the same; give FindDuplicates to the job runner
// under it.
const RegisterResembleJob = "register.resemble"

// What a search may take: records in memory, and pairs that people can look through.
const (
	mostCompared = 300_000
	mostPairs    = 1000
	comparePage  = 1000
)

// SearchDuplicates asks for a search of a register.
type SearchDuplicates struct{ Register, Key string }

// resembles is what a job of a search knows.
type resembles struct {
	Register string `json:"register"`
	By       string `json:"by"`
}

// SearchDuplicates is for those who work on the register. The work is done by a job.
func (g Registers) SearchDuplicates(ctx context.Context, actor policy.Actor, in SearchDuplicates) error {
	reg, err := g.register(actor, policy.RecordBulk, in.Register, "")
	if err != nil {
		return err
	}
	if len(record.Compared(reg)) == 0 {
		return fault.NewConflict("The file of this register does not say by which fields two entries are told apart (alike)")
	}
	return g.DB.Write(ctx, "flow.SearchDuplicates", func(ctx context.Context, tx *store.Tx) error {
		last, err := g.Docket.Records.Duplicates().Resemblance(ctx, tx, reg.Register)
		if err != nil || last.State == record.PairsSearching && tx.Now().Sub(last.Started).Hours() < 1 {
			return err
		}
		payload, err := json.Marshal(resembles{reg.Register, actor.Person})
		if err != nil {
			return fmt.Errorf("writing a job: %w", err)
		}
		if err := g.Docket.Records.Duplicates().Searching(ctx, tx, reg.Register, record.Resemblance{State: record.PairsSearching, Started: tx.Now(), By: actor.Person}); err != nil {
			return err
		}
		return job.Enqueue(ctx, tx, job.New{Kind: RegisterResembleJob, Payload: payload})
	})
}

// FindDuplicates reads a register, compares what may be the same, and keeps the pairs for which most speaks.
func (g Registers) FindDuplicates(ctx context.Context, j job.Job) error {
	var of resembles
	if err := json.Unmarshal(j.Payload, &of); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	reg := g.Docket.Releases.Current().Registers[of.Register]
	if reg == nil {
		return job.Permanent(fmt.Errorf("there is no register %s any more", of.Register))
	}
	begun := g.DB.Now()
	fields := record.Compared(reg)
	var ids []string
	var ready []*resemble.Record
	for after := ""; len(ids) < mostCompared; {
		var page []*record.Record
		err := g.DB.Read(ctx, "flow.CompareRecords", func(ctx context.Context, tx *store.Tx) (err error) {
			page, err = g.Docket.Records.Find(ctx, tx, reg.Register, "", after, comparePage, true)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range page {
			after, ids, ready = r.Number, append(ids, r.ID), append(ready, resemble.Ready(fields, r.Fields))
		}
		if len(page) < comparePage {
			break
		}
	}
	likely, model := resemble.Search(fields, ready)
	likely = likely[:min(len(likely), mostPairs)]
	pairs := make([]record.Pair, len(likely))
	for n, c := range likely {
		var list []record.Finding
		for i, l := range c.Levels {
			list = append(list, record.Finding{Field: fields[i].ID, Level: l, Bits: math.Round(10*model.Weight(i, l)) / 10})
		}
		why, err := json.Marshal(list)
		if err != nil {
			return fmt.Errorf("writing why two records may be the same: %w", err)
		}
		pairs[n] = record.Pair{A: ids[c.A], B: ids[c.B], Weight: c.Weight, Why: string(why)}
	}
	return g.DB.Write(ctx, "flow.KeepPairs", func(ctx context.Context, tx *store.Tx) error {
		if err := g.Docket.Records.Duplicates().Found(ctx, tx, reg.Register, pairs); err != nil {
			return err
		}
		return g.Docket.Records.Duplicates().Searching(ctx, tx, reg.Register, record.Resemblance{State: record.PairsFound, Records: int64(len(ids)), Pairs: int64(len(pairs)), Started: begun, Ended: tx.Now(), By: of.By})
	})
}
