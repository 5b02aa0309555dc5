package app

import (
	"context"
	"fmt"
	"path/filepath"

	"stoa/internal/dataset"
	"stoa/internal/flow"
	"stoa/internal/hook"
	"stoa/internal/opendata"
	"stoa/internal/service"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// shelfBytes is how much of the disk the files of open data take: all of them can be made again.
const shelfBytes = 4 << 30

// data wires what publishing open data needs.
func (a *App) data(keys *vault.Vault) error {
	files, err := shelf.Open(filepath.Join(a.Config.Data, "datasets"), shelfBytes)
	if err != nil {
		return fmt.Errorf("opening the folder of datasets: %w", err)
	}
	a.datasets = dataset.New(dataset.Config{DB: a.DB, Shelf: files, Log: a.Log})
	a.Flow.Datasets, a.Flow.States = a.datasets, &opendata.States{Vault: keys}
	a.Flow.Hooks = hook.New(a.Config.HooksInside, a.Clock.Now)
	a.View.Datasets, a.View.States = a.datasets, a.Flow.States
	a.Jobs.Handle(flow.DatasetJob, a.Flow.Data().WorkDataset)
	a.Jobs.Handle(flow.StudyJob, a.Flow.Studies().WorkStudy)
	a.Jobs.HandleTx(flow.TellJob, a.Flow.Data().Tell)
	a.Jobs.Handle(flow.HookJob, a.Flow.Data().CallHook)
	return nil
}

// publishData owes the publication of what is due.
func (a *App) publishData(ctx context.Context) {
	n, err := a.Flow.Data().Schedule(ctx, System)
	if err != nil && ctx.Err() == nil {
		a.Log.Error("looking for datasets to publish", "err", err)
	}
	if n > 0 {
		a.Log.Info("datasets are due", "count", n)
	}
}

// examineDatasets looks for datasets of which the last try published nothing because something was wrong.
func (a *App) examineDatasets(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) ([]Examination, error) {
	states, err := a.Flow.States.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, d := range j.Datasets {
		if s := states[d.Dataset]; s != nil && s.Problem != "" {
			findings = append(findings, d.Dataset+": "+s.Problem)
		}
	}
	x := examined("datasets", fmt.Sprintf("%d, all as they should be", len(j.Datasets)), findings)
	if len(findings) == 0 && len(states) == 0 {
		x.Says = "none was published yet"
	}
	return []Examination{x}, nil
}
