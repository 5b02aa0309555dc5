package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/job"
	"stoa/internal/opendata"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DatasetJob is the kind of job that publishes a dataset; give WorkDataset to the job runner under it.
const DatasetJob = "dataset.publish"

// changeRest is how long a dataset rests after a try before a changed register publishes it again.
const changeRest = time.Hour

// datasetOf is what a job of a dataset knows.
type datasetOf struct {
	Dataset string `json:"dataset"`
}

// Schedule owes the publication of every dataset that is due: on its day, because its definition is new or changed, or
// because its register has changed. It tells how many; a publication that is owed already is not owed twice.
func (f Data) Schedule(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.DataPublish, policy.Thing{Kind: "datasets"}); err != nil {
		return 0, err
	}
	j := f.Docket.Releases.Current()
	if f.Datasets == nil || j == nil {
		return 0, nil
	}
	var due []*opendata.State
	err = f.DB.Read(ctx, "flow.DatasetsDue", func(ctx context.Context, tx *store.Tx) error {
		due, err = f.due(ctx, tx, j)
		return err
	})
	if err != nil || len(due) == 0 {
		return 0, err
	}
	err = f.DB.Write(ctx, "flow.Schedule", func(ctx context.Context, tx *store.Tx) error {
		for _, s := range due {
			if err := oweDataset(ctx, tx, s, j.Calendar.DateOf(tx.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	return len(due), err
}

// oweDataset owes one try. Its key is the state of the dataset and the day, so that each try is owed once, and one that failed
// for good keeps away none of another day.
func oweDataset(ctx context.Context, tx *store.Tx, s *opendata.State, today calendar.Date) error {
	payload, err := json.Marshal(datasetOf{s.Dataset})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: DatasetJob, Key: s.Dataset + " " + strconv.FormatInt(s.Version, 10) + " " + today.String(), Payload: payload})
}

func (f Data) due(ctx context.Context, tx *store.Tx, j *service.Jurisdiction) (due []*opendata.State, err error) {
	states, err := f.States.All(ctx, tx)
	if err != nil {
		return nil, err
	}
	today, changed := j.Calendar.DateOf(tx.Now()), map[string]time.Time{}
	for _, d := range j.Datasets {
		s := states[d.Dataset]
		if s == nil {
			s = &opendata.State{Dataset: d.Dataset}
		}
		is := s.Done.IsZero() || s.Definition != d.Hash || !s.Due.IsZero() && !today.Before(s.Due)
		if !is && followsRegister(d) && tx.Now().Sub(s.Done) >= changeRest {
			at, known := changed[d.Register.Register]
			if !known {
				if at, err = f.Docket.Records.LastChange(ctx, tx, d.Register.Register); err != nil {
					return nil, err
				}
				changed[d.Register.Register] = at
			}
			is = at.After(s.Read)
		}
		if is {
			due = append(due, s)
		}
	}
	return due, nil
}

// followsRegister reports whether a dataset is published when its register changes. Statistics are not: two versions close
// to each other tell of the one case between them.
func followsRegister(d *service.Dataset) bool {
	return (d.Source == service.FromRecords || d.Source == service.FromHistory) && d.Frequency != "NEVER"
}

// WorkDataset publishes the dataset of a job, if it is still one.
func (f Data) WorkDataset(ctx context.Context, j job.Job) error {
	var of datasetOf
	if err := json.Unmarshal(j.Payload, &of); err != nil {
		return job.Permanent(fmt.Errorf("reading a job: %w", err))
	}
	d := f.Docket.Releases.Current().Dataset(of.Dataset)
	if d == nil {
		return nil
	}
	_, err := f.publish(ctx, d, "")
	return err
}

// nextDue is the next day on which a dataset is published without being asked; zero where nothing but a change does it.
func (f *Flow) nextDue(d *service.Dataset, today calendar.Date) calendar.Date {
	days := map[string]int{"CONT": 1, "DAILY": 1, "WEEKLY": 7, "BIWEEKLY": 14}[d.Frequency]
	if days > 0 {
		return after(today, days)
	}
	months := map[string]int{"MONTHLY": 1, "QUARTERLY": 3, "ANNUAL_2": 6, "ANNUAL": 12}[d.Frequency]
	if months == 0 {
		return calendar.Date{}
	}
	// The first working day of the next month, quarter, half-year or year.
	first, err := calendar.NewDate(today.Year(), time.Month((int(today.Month())-1)/months*months+1), 1)
	if err == nil {
		first, err = first.AddMonths(months)
	}
	if err != nil {
		return calendar.Date{}
	}
	return f.workingDay(first)
}

func after(d calendar.Date, days int) calendar.Date {
	next, err := d.AddDays(days)
	if err != nil {
		return calendar.Date{}
	}
	return next
}
