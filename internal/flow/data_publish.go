package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"stoa/internal/calendar"
	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/opendata"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/store"
)

// PublishDataset publishes a dataset now, whenever it is due.
type PublishDataset struct {
	Dataset string
	Note    string // what is new, for readers of the version
}

// Publish is for officers of the organisation whose data it is. It reports whether there is a new version: where nothing
// has changed there is none.
func (f Data) Publish(ctx context.Context, actor policy.Actor, in PublishDataset) (fresh bool, err error) {
	d, err := f.dataset(actor, in.Dataset)
	if err != nil {
		return false, err
	}
	if err := policy.Can(actor, policy.DataPublish, datasetThing(d)); err != nil {
		return false, err
	}
	fresh, err = f.publish(ctx, d, in.Note)
	if errors.Is(err, dataset.ErrMoved) {
		err = opendata.ErrMoved
	}
	return fresh, err
}

// WithdrawDataset takes a version back: its rows are gone, and its page says why.
type WithdrawDataset struct {
	Dataset string
	Number  int
	Reason  string
	Law     string // that asks for it
	Key     string
}

// Withdraw is for supervisors of the organisation whose data it is.
func (f Data) Withdraw(ctx context.Context, actor policy.Actor, in WithdrawDataset) error {
	d, err := f.dataset(actor, in.Dataset)
	if err != nil {
		return err
	}
	if err := policy.Can(actor, policy.DataWithdraw, datasetThing(d)); err != nil {
		return err
	}
	if in.Reason == "" {
		return fault.NewInvalid("Give the reason. Everybody can read it")
	}
	return f.DB.Write(ctx, "flow.WithdrawDataset", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if err := f.Datasets.Withdraw(ctx, tx, in.Dataset, in.Number, in.Reason, in.Law); err != nil {
				return "", missing(err)
			}
			return "", f.log(ctx, tx, publog.Event{Kind: publog.DatasetWithdrawn, ID: versionID(in.Dataset, in.Number), Organisation: d.Organisation,
				Refs: []proof.Ref{{Kind: "dataset", ID: in.Dataset}},
				Fields: []proof.Field{{Name: "dataset", Value: in.Dataset}, {Name: "version", Value: strconv.Itoa(in.Number)},
					{Name: "reason", Value: in.Reason}, {Name: "law", Value: in.Law}}})
		})
		return err
	})
}

func versionID(dataset string, number int) string { return dataset + "." + strconv.Itoa(number) }

// publish makes a version of what a dataset's source says, if it is good and new. What is wrong with it is kept for staff,
// and the former version stays: that is no error.
func (f Data) publish(ctx context.Context, d *service.Dataset, note string) (fresh bool, err error) {
	var t *attempt
	defer func() { t.close() }()
	err = f.DB.Read(ctx, "flow.ReadDataset", func(ctx context.Context, tx *store.Tx) error {
		t.close()
		t = &attempt{Flow: f.Flow, d: d}
		return t.read(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("reading dataset %s: %w", d.Dataset, err)
	}
	if t.draft == nil {
		return false, f.DB.Write(ctx, "flow.KeepDataset", t.keep)
	}
	if err := f.Datasets.Prepare(ctx, t.draft); err != nil {
		// Only now it is seen whether rows are doubled, or a version with the same rows was withdrawn: the former one stays.
		if err = t.refused(err, f.Docket.Releases.Current().Calendar.DateOf(t.now.Read)); err != nil {
			return false, fmt.Errorf("preparing dataset %s: %w", d.Dataset, err)
		}
		return false, f.DB.Write(ctx, "flow.KeepDataset", t.keep)
	}
	err = f.DB.Write(ctx, "flow.PublishDataset", func(ctx context.Context, tx *store.Tx) error {
		fresh, err = f.commit(ctx, tx, t, note)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("publishing dataset %s: %w", d.Dataset, err)
	}
	return fresh, nil
}

// commit makes the version with all that follows from it.
func (f Data) commit(ctx context.Context, tx *store.Tx, t *attempt, note string) (fresh bool, err error) {
	s, err := t.state(ctx, tx)
	if err != nil {
		return false, err
	}
	v, fresh, err := f.Datasets.Publish(ctx, tx, t.draft, note)
	if err != nil {
		return false, err
	}
	if !fresh {
		if t.epsilon != "" { // the same by chance: not drawn again
			s.Truth = t.made.truth
		}
		return false, t.save(ctx, tx, s)
	}
	if err := f.logVersion(ctx, tx, v); err != nil {
		return false, err
	}
	if err := f.States.Check(ctx, tx, v.Dataset, v.Number, t.now.Findings); err != nil {
		return false, err
	}
	if t.epsilon != "" {
		if err := f.States.Spend(ctx, tx, v.Dataset, v.Number, t.epsilon); err != nil {
			return false, err
		}
	}
	s.Memory, s.Truth = t.made.memory, t.made.truth
	if err := t.save(ctx, tx, s); err != nil {
		return false, err
	}
	return true, f.tellSubscribers(ctx, tx, v)
}

func (f *Flow) logVersion(ctx context.Context, tx *store.Tx, v *dataset.Version) error {
	e := publog.Event{Kind: publog.DatasetPublished, ID: versionID(v.Dataset, v.Number), Organisation: v.Organisation,
		Refs: []proof.Ref{{Kind: "dataset", ID: v.Dataset}},
		Fields: []proof.Field{{Name: "dataset", Value: v.Dataset}, {Name: "version", Value: strconv.Itoa(v.Number)},
			{Name: "rows", Value: strconv.FormatInt(v.Rows, 10)}, {Name: "sha256", Value: v.Hash}}}
	if !v.Changes.Whole {
		for _, n := range []struct {
			name string
			rows int64
		}{{"rows-added", v.Changes.Added}, {"rows-removed", v.Changes.Removed}, {"rows-changed", v.Changes.Changed}} {
			e.Fields = append(e.Fields, proof.Field{Name: n.name, Value: strconv.FormatInt(n.rows, 10)})
		}
	}
	return f.log(ctx, tx, e)
}

// attempt is one try to publish a dataset.
type attempt struct {
	*Flow
	d       *service.Dataset
	before  *opendata.State
	now     opendata.State // what the state will be, but for what only a version changes
	made    *made
	epsilon string // what a version spends
	draft   *dataset.Draft
}

func (t *attempt) close() {
	if t != nil && t.draft != nil {
		t.draft.Close() //nolint:errcheck // what stays is swept from the shelf
	}
}

// drop publishes nothing.
func (t *attempt) drop() {
	t.close()
	t.draft = nil
}

// read takes the rows from their source, judges and protects them. Without a draft nothing is to be published: t.now says
// why.
func (t *attempt) read(ctx context.Context, tx *store.Tx) (err error) {
	if t.before, err = t.States.Get(ctx, tx, t.d.Dataset); err != nil {
		return err
	}
	today := t.today(tx)
	t.now = opendata.State{Dataset: t.d.Dataset, Definition: t.d.Hash, Read: tx.Now(), Done: tx.Now(), Due: t.nextDue(t.d, today)}
	if t.made, err = t.produce(ctx, tx); err == nil {
		t.now.Findings = t.made.findings
		if t.made.rows == nil {
			return nil // nothing that may be published has changed
		}
		judge := newJudge(t.d, today)
		rows := judge.watch(t.made.rows)
		if t.draft, err = t.Datasets.Draft(ctx, specOf(t.d), rows); err == nil {
			var former *dataset.Version
			if former, err = t.former(ctx, tx); err == nil && former == nil && t.draft.Rows == 0 && t.epsilon == "" {
				t.now.Findings = []opendata.Finding{{What: i18n.Msg("There is nothing to publish yet."), Staff: true}}
				t.drop()
				return nil
			}
			t.now.Findings = append(t.now.Findings, judge.findings(former)...)
		}
	}
	if err != nil {
		return t.refused(err, today)
	}
	for _, found := range t.now.Findings {
		if found.Bad {
			return t.stays(found.What, today)
		}
	}
	return nil
}

// former is the version that is published; nil if there is none.
func (t *attempt) former(ctx context.Context, tx *store.Tx) (*dataset.Version, error) {
	v, err := t.Datasets.Latest(ctx, tx, t.d.Dataset)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, nil
	}
	return v, err
}

// mostRowFindings is how many bad rows are kept to be shown.
const mostRowFindings = 20

// refused keeps what is wrong with the rows or the rules; what is a mistake of the program or the database stays an error.
func (t *attempt) refused(err error, today calendar.Date) error {
	var bad *dataset.Refused
	var says *fault.Error
	switch {
	case errors.As(err, &bad):
		for _, p := range bad.Problems[:min(len(bad.Problems), mostRowFindings)] {
			t.now.Findings = append(t.now.Findings, opendata.Finding{What: i18n.Msg("Row {row}, {column}: {problem}"), Bad: true,
				Args: map[string]string{"row": strconv.FormatInt(p.Line-1, 10), "column": p.Column, "problem": p.What}})
		}
		return t.stays(bad.Error(), today)
	case errors.As(err, &says) && says.Kind != fault.Internal && says.Key != "":
		args := map[string]string{}
		for k, v := range says.Args {
			args[k] = fmt.Sprint(v)
		}
		t.now.Findings = append(t.now.Findings, opendata.Finding{What: says.Key, Args: args, Bad: true})
		return t.stays(says.Key, today)
	}
	return err
}

// stays lets the former version stand, and tries again tomorrow.
func (t *attempt) stays(problem string, today calendar.Date) error {
	t.drop()
	t.now.Problem = problem
	if !t.now.Due.IsZero() {
		t.now.Due = after(today, 1)
	}
	return nil
}

// state takes hold of the dataset. If somebody else has dealt with it since it was read, what was made of it is too old.
func (t *attempt) state(ctx context.Context, tx *store.Tx) (*opendata.State, error) {
	s, err := t.States.Get(ctx, tx, t.d.Dataset)
	if err == nil && s.Version != t.before.Version {
		err = opendata.ErrMoved
	}
	return s, err
}

func (t *attempt) save(ctx context.Context, tx *store.Tx, s *opendata.State) error {
	n := t.now
	s.Definition, s.Read, s.Done, s.Due, s.Problem, s.Findings = n.Definition, n.Read, n.Done, n.Due, n.Problem, n.Findings
	return t.States.Save(ctx, tx, s)
}

// keep stores that nothing was published, and why.
func (t *attempt) keep(ctx context.Context, tx *store.Tx) error {
	s, err := t.state(ctx, tx)
	if err != nil {
		return err
	}
	return t.save(ctx, tx, s)
}

func specOf(d *service.Dataset) dataset.Spec {
	return dataset.Spec{Dataset: d.Dataset, Organisation: d.Organisation, Title: i18n.Text(d.Title.By), Summary: i18n.Text(d.Summary.By),
		Licence: d.Licence, Schema: d.Schema()}
}
