package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/job"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/study"
)

// StudyJob is the kind of job that works a study out; give WorkStudy to the job runner under it.
const StudyJob = "study.work"

// Studies is what happens to studies of what a change would do.
type Studies struct {
	*Flow
	MostSteps int // that are measured for a queue; 0: a million
}

// Studies is what happens to studies of what a change would do.
func (f *Flow) Studies() Studies { return Studies{Flow: f} }

// StudyFloor is the least number of cases that a figure of a study is shown for: that of statistics where no file says another.
const StudyFloor = 5

// Try is a change that somebody wants to see the effect of.
type Try struct {
	Change service.ChangeFile
	Key    string
}

// tried is what a change is of.
type tried struct {
	kind, subject, organisation string
	service, newService         *service.Service
	tax, newTax                 *service.Tax
}

// find finds what a change is of, and makes it. What is wrong with the change is told in the words of the files' checks.
func (f Studies) find(c *service.ChangeFile) (t tried, err error) {
	var problems service.Problems
	if c.Tax != "" {
		x, there := f.Docket.Releases.TaxInForce(c.Tax)
		if !there {
			return t, fault.Wrap(nil, fault.Invalid, i18n.Msg("There is no tax “{id}” here"), "id", c.Tax)
		}
		t = tried{kind: "tax", subject: x.Tax, organisation: x.Organisation, tax: x, newTax: x}
		if c.OfRules() {
			t.newTax, problems = x.With(c)
		}
	} else {
		s, there := f.Docket.Releases.InForce(c.Service)
		if !there {
			return t, fault.Wrap(nil, fault.Invalid, i18n.Msg("There is no service “{id}” here"), "id", c.Service)
		}
		t = tried{kind: "service", subject: s.Service, organisation: s.Organisation, service: s, newService: s}
		if c.OfRules() {
			t.newService, problems = s.With(c)
		}
	}
	if len(problems) > 0 {
		return t, refusedChange(problems)
	}
	return t, nil
}

func refusedChange(problems service.Problems) error {
	p := problems[0]
	return fault.Wrap(problems, fault.Invalid, i18n.Msg("This change does not fit the rules: {what}. {fix}"), "what", p.What, "fix", p.Fix)
}

// Start begins a study; a job works it out. It gives its id.
func (f Studies) Start(ctx context.Context, actor policy.Actor, in Try) (id string, err error) {
	in.Change.Title = strings.TrimSpace(in.Change.Title)
	text, err := in.Change.Marshal()
	if err != nil {
		return "", fmt.Errorf("writing a change: %w", err)
	}
	c, problems := service.ReadChange("change", text)
	if len(problems) > 0 {
		return "", refusedChange(problems)
	}
	t, err := f.find(c)
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.WhatIfTry, policy.Thing{Kind: t.kind, ID: t.subject, Organisation: t.organisation}); err != nil {
		return "", err
	}
	if c.Title == "" {
		return "", fault.NewInvalid("Give the study a name, so that others can find it")
	}
	err = f.DB.Write(ctx, "flow.StartStudy", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, string(text), func() (string, error) {
			s := &study.Study{Organisation: t.organisation, Kind: t.kind, Subject: t.subject, Title: c.Title, Change: text, By: actor.Person}
			if err := f.Trials.Start(ctx, tx, s); err != nil {
				return "", err
			}
			payload, err := json.Marshal(studyOf{s.ID})
			if err != nil {
				return "", fmt.Errorf("writing a job: %w", err)
			}
			return s.ID, job.Enqueue(ctx, tx, job.New{Kind: StudyJob, Key: s.ID, Payload: payload})
		})
		return err
	})
	return id, err
}

// studyOf is what a job of a study knows.
type studyOf struct {
	Study string `json:"study"`
}

// PublishStudy lets everybody read a study.
type PublishStudy struct {
	Study   string
	Version int64
	Key     string
}

// Publish is for those who lead the organisation. The study is listed for everybody, its hash goes into the public log, and
// the dataset of studies, where there is one, gets its rows.
func (f Studies) Publish(ctx context.Context, actor policy.Actor, in PublishStudy) error {
	return f.DB.Write(ctx, "flow.PublishStudy", func(ctx context.Context, tx *store.Tx) error {
		s, err := f.Trials.Get(ctx, tx, in.Study)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.WhatIfPublish, policy.Thing{Kind: "study", ID: s.ID, Organisation: s.Organisation}); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in.Study, func() (string, error) {
			switch {
			case s.Version != in.Version:
				return "", fault.NewConflict("This study has changed since you opened the page. Look at it again, then repeat")
			case s.State != study.Done:
				return "", fault.NewConflict("This study is not finished: there is nothing to publish yet")
			case !s.Published.IsZero():
				return "", nil
			}
			if err := f.overlaps(ctx, tx, s); err != nil {
				return "", err
			}
			s.Published, s.Publisher = tx.Now(), actor.Person
			if err := f.Trials.Save(ctx, tx, s); err != nil {
				return "", err
			}
			if err := f.log(ctx, tx, publog.Event{Kind: publog.StudyPublished, ID: s.ID, Organisation: s.Organisation,
				Fields: []proof.Field{{Name: "study", Value: s.ID}, {Name: "of", Value: s.Subject}, {Name: "inputs", Value: s.Hash}}}); err != nil {
				return "", err
			}
			return "", f.oweStudies(ctx, tx)
		})
		return err
	})
}

// overlaps refuses a study of a service whose time differs from that of a published one by few cases: held side by side, the two
// would tell of those. It does not see other ways in which studies may tell together what each hides (docs/adr/0034).
func (f Studies) overlaps(ctx context.Context, tx *store.Tx, s *study.Study) error {
	if s.Kind != "service" || s.Result == nil {
		return nil
	}
	published, err := f.Trials.Published(ctx, tx, mostStudies)
	if err != nil {
		return err
	}
	k, past := f.Docket.Releases.Current().Calendar, cases.Past{Cases: f.Docket.Cases}
	// between is how many cases came between two days, whichever is first.
	between := func(a, b string) (int64, error) {
		from, err := calendar.ParseISO(min(a, b))
		if err != nil {
			return 0, fmt.Errorf("reading the time of a study: %w", err)
		}
		until, err := calendar.ParseISO(max(a, b))
		if err != nil {
			return 0, fmt.Errorf("reading the time of a study: %w", err)
		}
		return past.Count(ctx, tx, s.Subject, k.StartOf(from), k.StartOf(until))
	}
	for _, other := range published {
		if other.Kind != s.Kind || other.Subject != s.Subject || other.Result == nil {
			continue
		}
		x, y := s.Result.Inputs, other.Result.Inputs
		if x.From == "" || y.From == "" {
			continue
		}
		first, err := between(x.From, y.From)
		if err != nil {
			return err
		}
		last, err := between(x.Until, y.Until)
		if err != nil {
			return err
		}
		if n := first + last; n > 0 && n < StudyFloor {
			return fault.Wrap(nil, fault.Conflict, i18n.Msg("“{title}” is published and looks at nearly the same cases. Held side by side, the two would tell of few people. Choose the same time, or one that differs by more"), "title", other.Title)
		}
	}
	return nil
}

// oweStudies owes the datasets that are made of studies.
func (f Studies) oweStudies(ctx context.Context, tx *store.Tx) error {
	j := f.Docket.Releases.Current()
	for _, d := range j.Datasets {
		if d.Source != service.FromStudies || f.States == nil {
			continue
		}
		state, err := f.States.Get(ctx, tx, d.Dataset)
		if err != nil {
			return err
		}
		if err := oweDataset(ctx, tx, state, j.Calendar.DateOf(tx.Now())); err != nil {
			return err
		}
	}
	return nil
}
