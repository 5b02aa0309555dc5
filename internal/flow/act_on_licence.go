package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// ActOnLicence suspends, reinstates, revokes or surrenders what was issued, as the file allows.
type ActOnLicence struct {
	Licence string
	Version int64
	Action  string
	Reason  string
	Key     string
}

// ActOnLicence makes the record's next version, notes it on its case, and tells the holder.
func (f *Flow) ActOnLicence(ctx context.Context, actor policy.Actor, in ActOnLicence) error {
	return f.DB.Write(ctx, "flow.ActOnLicence", func(ctx context.Context, tx *store.Tx) error {
		r, err := f.Docket.Records.Get(ctx, tx, in.Licence)
		if err != nil {
			return missing(err)
		}
		row, err := f.Docket.Cases.Get(ctx, tx, r.Case)
		if errors.Is(err, store.ErrNotFound) {
			return fault.NewNotFound("") // a seed: nobody's licence
		}
		if err != nil {
			return err
		}
		c, err := f.Docket.Whole(ctx, tx, row)
		if err != nil {
			return err
		}
		action := licenceAction(c.Service, in.Action)
		if action == nil {
			return fault.NewNotFound("")
		}
		right := map[string]policy.Action{
			"holder": policy.LicenceOwn, byOfficer: policy.LicenceWork, bySupervisor: policy.LicenceSupervise}[action.By]
		if err := policy.Can(actor, right, licenceThing(r, c.Service)); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if err := f.actOnLicence(ctx, tx, c, r, action, in, doneBy(actor)); err != nil {
				return "", err
			}
			return "", f.doneFor(ctx, tx, actor, mandate.Acted, c.Case.Service, c.ID, c.Number, action.Title.In(c.Language))
		})
		return err
	})
}

func licenceAction(s *service.Service, id string) *service.LicenceAction {
	if s.Issue != nil {
		for _, a := range s.Issue.Actions {
			if a.ID == id {
				return a
			}
		}
	}
	return nil
}

func (f *Flow) actOnLicence(ctx context.Context, tx *store.Tx, c *docket.Case, r *record.Record, action *service.LicenceAction, in ActOnLicence, by doer) error {
	offered, err := f.Docket.Offers(ctx, c.Service, action, r, docket.Day(c.Service, tx.Now()))
	if err != nil {
		return fmt.Errorf("changing licence %s: %w", r.Number, err)
	}
	if r.Version != in.Version || !offered {
		return fault.NewConflict("This licence has changed since you opened the page. Look at it again, then repeat")
	}
	if action.Reasons == "required" && in.Reason == "" {
		return fault.NewInvalid("Give the reasons")
	}
	r.State = action.To
	if err := f.Docket.Records.Put(ctx, tx, c.Service.Issue.Register, r, record.Change{Actor: by.Person, Change: action.ID}); err != nil {
		return fmt.Errorf("changing licence %s: %w", r.Number, err)
	}
	if err := f.credentialsFollow(ctx, tx, r, 0); err != nil {
		return err
	}
	if err := f.logRecord(ctx, tx, c.Service.Issue.Register, r, action.ID, in.Reason); err != nil {
		return fmt.Errorf("changing licence %s: %w", r.Number, err)
	}
	event := cases.Event{Kind: cases.EventAction, Public: true, Actor: by.Person, Action: "licence." + action.ID, EventWords: cases.EventWords{Name: by.Name, For: by.For, Text: in.Reason}}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
		return err
	}
	if action.Letter == "" {
		return nil
	}
	return f.sendLetter(ctx, tx, c, action.Letter, decisionOf(action, in, by))
}

func decisionOf(action *service.LicenceAction, in ActOnLicence, by doer) *process.Decision {
	return &process.Decision{Action: action.ID, Outcome: action.To, Reason: in.Reason, By: by.Person}
}
