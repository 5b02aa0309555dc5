package flow

import (
	"context"

	"stoa/internal/i18n"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// carrySome takes the rows of a chunk into the register. What is small and must be whole is taken in one transaction: if any
// record has changed since the preview, nothing is, and the rows are judged anew. What is large goes by chunks, and a row
// whose record has changed since is left out and listed.
func (g Registers) carrySome(ctx context.Context, tx *store.Tx, reg *service.Register, i *record.Import) error {
	until := i.Place + 1
	if i.Whole() {
		until = i.Chunks
		stands, err := g.stand(ctx, tx, reg, i)
		if err != nil {
			return err
		}
		if !stands {
			i.State, i.Place, i.Fresh, i.Changed, i.Same, i.EndedBy = record.Judging, 0, 0, 0, 0, ""
			return nil
		}
	}
	for ; i.Place < until; i.Place++ {
		if err := g.carryChunk(ctx, tx, reg, i); err != nil {
			return err
		}
	}
	if i.Place < i.Chunks {
		return nil
	}
	return g.imports().Close(ctx, tx, i, record.Carried)
}

// stand reports whether all records are still as they were when the rows were judged.
func (g Registers) stand(ctx context.Context, tx *store.Tx, reg *service.Register, i *record.Import) (bool, error) {
	for no := range i.Chunks {
		rows, verdicts, err := g.imports().Chunk(ctx, tx, i, no)
		if err != nil {
			return false, err
		}
		for n := range rows {
			stands, err := g.Docket.Records.Imports().Stands(ctx, tx, reg, &rows[n], verdicts[n])
			if err != nil || !stands {
				return false, err
			}
		}
	}
	return true, nil
}

func (g Registers) carryChunk(ctx context.Context, tx *store.Tx, reg *service.Register, i *record.Import) error {
	rows, verdicts, err := g.imports().Chunk(ctx, tx, i, i.Place)
	if err != nil {
		return err
	}
	fresh := record.Record{Register: reg.Register, Organisation: reg.Organisation, State: record.Active, From: g.today(tx)}
	why := record.Change{Actor: i.EndedBy, Change: "imported"}
	var changed []*record.Record
	for n := range rows {
		if verdicts[n].Kind == record.RowBad {
			continue
		}
		r, taken, err := g.Docket.Records.Imports().TakeRow(ctx, tx, reg, &rows[n], verdicts[n], fresh, why)
		if err != nil {
			return err
		}
		if !taken {
			i.Left++
			err := g.imports().NoteBad(ctx, tx, i, []record.Wrong{{Line: rows[n].Line, Reason: i18n.Msg("The record has changed since the preview. Send the row again")}})
			if err != nil {
				return err
			}
			continue
		}
		if r == nil {
			continue
		}
		i.Taken++
		if changed = append(changed, r); r.Version > 1 {
			if err := g.credentialsFollow(ctx, tx, r, r.Version); err != nil {
				return err
			}
		}
	}
	if err := g.logImport(ctx, tx, reg, i, changed); err != nil {
		return err
	}
	return g.imports().Forget(ctx, tx, i, i.Place, rows)
}
