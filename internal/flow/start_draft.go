package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// StartDraft begins an application. A later step on a licence (a variant) begins from its record.
type StartDraft struct {
	Service  string
	Variant  string // "" or new: a first application
	Licence  string // record id, for a variant
	Language string
	Typed    process.Typed // from the eligibility check, or empty
	Channel  string        // how it came to be, for statistics: assistant, paper …; "" by these pages
}

// StartDraft returns the draft and the token that this browser must keep.
func (f *Flow) StartDraft(ctx context.Context, actor policy.Actor, in StartDraft) (id, token string, err error) {
	s, ok := f.Docket.Releases.InForce(in.Service)
	if !ok {
		return "", "", fault.NewNotFound("")
	}
	if token, err = f.People.Token(); err != nil {
		return "", "", err
	}
	err = f.DB.Write(ctx, "flow.StartDraft", func(ctx context.Context, tx *store.Tx) error {
		if err := policy.Can(actor, policy.DraftStart, policy.Thing{Kind: "service", ID: s.Service, Organisation: s.Organisation}); err != nil {
			return err
		}
		if actor.Acting() {
			if err := policy.Can(actor, policy.MandateBegin, policy.Thing{Kind: "service", ID: s.Service, Owner: actor.For.Person, Service: s.Service, Mandate: actor.For.Mandate}); err != nil {
				return err
			}
		}
		draft := &cases.Draft{
			ID: tx.NewID(), Service: s.Service, Variant: "new", Definition: s.Hash, Person: actor.Whose(), Language: in.Language,
			DraftBody: cases.DraftBody{Typed: in.Typed, Behalf: onBehalf(actor)},
		}
		if in.Variant != "" && in.Variant != "new" {
			if err := f.fromLicence(ctx, tx, actor, s, in, draft); err != nil {
				return err
			}
		} else if err := f.prefillContact(ctx, tx, actor, s, draft); err != nil {
			return err
		}
		id = draft.ID
		if err := f.Docket.Cases.StartDraft(ctx, tx, draft, person.TokenHash(token)); err != nil {
			return err
		}
		if err := f.doneFor(ctx, tx, actor, mandate.Began, s.Service, draft.ID, "", s.Title.In(in.Language)); err != nil {
			return err
		}
		return f.Insight().started(ctx, tx, s, in.Language, cmp.Or(in.Channel, "web"))
	})
	if actor.Acting() {
		token = "" // the mandate lets in, and no browser once it has ended
	}
	return id, token, err
}

// fromLicence begins a variant: the licence must be in a state that the file allows, and answers that
// the file names are carried over.
func (f *Flow) fromLicence(ctx context.Context, tx *store.Tx, actor policy.Actor, s *service.Service, in StartDraft, draft *cases.Draft) error {
	variant, ok := findVariant(s, in.Variant)
	if !ok || s.Issue == nil {
		return fault.NewNotFound("")
	}
	licence, err := f.Docket.Records.Get(ctx, tx, in.Licence)
	if err != nil {
		return missing(err)
	}
	if licence.Service != s.Service {
		return fault.NewNotFound("")
	}
	own := policy.Can(actor, policy.LicenceOwn, licenceThing(licence, s))
	if variant.By != "anyone" && own != nil {
		return own
	}
	if err := mayBegin(tx, s, variant, licence); err != nil {
		return err
	}
	draft.Variant, draft.Licence, draft.Previous = variant.ID, licence.ID, docket.Previous(licence)
	if own != nil { // a stranger begins from what is public alone
		public, err := f.Docket.Records.Public(ctx, tx, licence.ID)
		if err != nil {
			return err
		}
		draft.Previous = docket.Previous(public)
		return nil
	}
	former, err := f.Docket.Cases.Get(ctx, tx, licence.Case)
	if err != nil {
		return fmt.Errorf("finding the case of licence %s: %w", licence.Number, err)
	}
	draft.Typed = carryOver(s, variant, former.Typed)
	return nil
}

func mayBegin(tx *store.Tx, s *service.Service, v *service.VariantFile, licence *record.Record) error {
	today := docket.Day(s, tx.Now())
	if !licence.In(v.From, today) {
		return fault.NewConflict("This cannot be done with the licence as it stands")
	}
	if v.Opens > 0 && !licence.Until.IsZero() && today.DaysUntil(licence.Until) > v.Opens {
		return fault.NewConflict("It is too early for this. Come back nearer to the end of the licence")
	}
	return nil
}

func findVariant(s *service.Service, id string) (*service.VariantFile, bool) {
	for i := range s.Variants {
		if s.Variants[i].ID == id {
			return &s.Variants[i], true
		}
	}
	return nil, false
}

// carryOver keeps of former answers those of the questions that the variant names.
func carryOver(s *service.Service, v *service.VariantFile, former process.Typed) process.Typed {
	typed := process.Typed{Fields: map[string][]string{}, Groups: map[string][]process.TypedItem{}}
	for _, q := range s.Questions {
		if q.Parent != nil || !slices.Contains(v.Prefill, q.ID) {
			continue
		}
		if q.Type == "group" {
			typed.Groups[q.ID] = former.Clone().Groups[q.ID]
			continue
		}
		for _, name := range process.Fields(q) {
			if values, ok := former.Fields[name]; ok {
				typed.Fields[name] = values
			}
		}
	}
	return typed
}

// prefillContact fills in who applies, where somebody has signed in and has typed nothing yet.
func (f *Flow) prefillContact(ctx context.Context, tx *store.Tx, actor policy.Actor, s *service.Service, draft *cases.Draft) error {
	if actor.Person == "" {
		return nil
	}
	who, err := f.People.Get(ctx, tx, actor.Whose())
	if err != nil {
		return err
	}
	if actor.Acting() { // of the other no more than name and address; who has none is reached through who acts
		who.Phone = ""
		if self, err := f.People.Get(ctx, tx, actor.Person); err == nil && who.Email == "" {
			who.Email = self.Email
		} else if err != nil {
			return err
		}
	}
	if draft.Typed.Fields == nil {
		draft.Typed.Fields = map[string][]string{}
	}
	for question, value := range map[string]string{s.Applicant.Name: who.Name, s.Applicant.Email: who.Email, s.Applicant.Phone: who.Phone} {
		if question != "" && value != "" && len(draft.Typed.Fields[question]) == 0 {
			draft.Typed.Fields[question] = []string{value}
		}
	}
	return nil
}

// licenceThing is a licence as rights see it.
func licenceThing(r *record.Record, s *service.Service) policy.Thing {
	return policy.Thing{Kind: "licence", ID: r.ID, Organisation: r.Organisation, Owner: r.Holder, Service: r.Service,
		Public: s.Issue != nil && s.Issue.Register.Public}
}
