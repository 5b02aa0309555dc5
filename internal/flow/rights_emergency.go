package flow

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"stoa/internal/access"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
)

// OpenInEmergency is a wish to see a case or a record that one has no right to see.
type OpenInEmergency struct{ Number, Reason, Key string }

// Opened is what was opened: a case by its id, or a record by its register and number.
type Opened struct{ Case, Register, Number string }

// OpenInEmergency lets the actor read one case or record for a short time. The person whom it is about sees it at once, with
// the reason; supervisors and the data-protection officer are told in the same transaction.
func (f Rights) OpenInEmergency(ctx context.Context, actor policy.Actor, in OpenInEmergency) (opened Opened, err error) {
	in.Number, in.Reason = strings.ToUpper(strings.TrimSpace(in.Number)), strings.TrimSpace(strings.ReplaceAll(in.Reason, "\r\n", "\n"))
	narrow, organisations := f.Docket.Releases.Current().File.ForEmergency(actor)
	if err := policy.Can(narrow, policy.EmergencyOpen, policy.Thing{Kind: "emergency", Consulted: organisations}); err != nil {
		return Opened{}, err
	}
	var fields fault.Fields
	if in.Number == "" {
		fields.Add("number", "Enter the number of the case or record")
	}
	if len(strings.Fields(in.Reason)) < 3 {
		fields.Add("reason", "Say in a sentence why you must see it now. The person reads it")
	} else if bad := plainText(in.Reason, ""); bad != nil {
		return Opened{}, bad
	}
	if err := fields.Err(); err != nil {
		return Opened{}, err
	}
	err = f.DB.Write(ctx, "flow.OpenInEmergency", func(ctx context.Context, tx *store.Tx) error {
		result, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return f.open(ctx, tx, actor, narrow, organisations, in) })
		if err == nil {
			part := strings.SplitN(result, " ", 3)
			opened = Opened{Case: part[0], Register: part[1], Number: part[2]}
		}
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		f.refusedAt(EventEmergencyRefused, actor.Person, err)
	}
	return opened, err
}

func (f Rights) open(ctx context.Context, tx *store.Tx, actor, narrow policy.Actor, organisations []string, in OpenInEmergency) (string, error) {
	o, about, thing, read, err := f.find(ctx, tx, actor, in.Number)
	if err != nil {
		return "", err
	}
	result := " " + o.Service + " " + o.Ref
	if o.Kind == "case" {
		result = o.Thing + "  " + o.Ref
	}
	if policy.Can(actor, read, thing) == nil {
		return result, nil // there is no need to
	}
	of := thing
	of.Consulted = organisations
	if err := policy.Can(narrow, policy.EmergencyOpen, of); err != nil {
		return "", err
	}
	j := f.Docket.Releases.Current()
	_, _, length := j.File.Emergency()
	o.Actor, o.Reason, o.Until = actor.Person, in.Reason, tx.Now().Add(length)
	if err := f.openings().Open(ctx, tx, o); err != nil {
		return "", err
	}
	for _, concerned := range about {
		look := access.Look{Person: concerned, Actor: actor.Person, Organisation: o.Organisation, What: "opened", Ref: o.Ref, Service: o.Service, Why: string(policy.EmergencyOpen)}
		if err := access.Record(ctx, tx, look); err != nil {
			return "", err
		}
	}
	f.secure(tx, EventEmergencyOpened, actor.Person, "kind", o.Kind, "thing", o.Thing, "organisation", o.Organisation)
	err = f.log(ctx, tx, publog.Event{Kind: publog.EmergencyOpened, ID: o.ID, Organisation: o.Organisation, Subject: o.Subject,
		Fields: []proof.Field{{Name: "kind", Value: o.Kind}}, Hidden: hidden("number", o.Ref, "officer", actor.Name, "reason", o.Reason)})
	if err != nil {
		return "", err
	}
	return result, f.tellOfOpening(ctx, tx, actor, o)
}

// find is a case or a record by its number, whom it is about, and what one needs to read it.
func (f Rights) find(ctx context.Context, tx *store.Tx, actor policy.Actor, number string) (*access.Opening, []string, policy.Thing, policy.Action, error) {
	j := f.Docket.Releases.Current()
	for _, o := range j.File.Organisations {
		c, err := f.Docket.Cases.ByNumber(ctx, tx, o.ID, number)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, policy.Thing{}, "", err
		}
		return &access.Opening{Kind: "case", Thing: c.ID, Ref: c.Number, Service: c.Service, Organisation: c.Organisation, Person: c.Person, Subject: c.Subject},
			slices.DeleteFunc([]string{c.Person}, func(id string) bool { return id == "" }), policy.Thing{Kind: "case", ID: c.ID, Organisation: c.Organisation, Owner: c.Person}, policy.CaseRead, nil
	}
	for _, id := range slices.Sorted(maps.Keys(j.Registers)) {
		rec, err := f.Docket.Records.ByNumber(ctx, tx, id, number)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, policy.Thing{}, "", err
		}
		reg := j.Registers[id]
		about, err := docket.Concerned(reg, rec, func(email string) (string, error) {
			who, err := f.People.ByEmail(ctx, tx, email)
			if errors.Is(err, store.ErrNotFound) {
				return "", nil
			}
			return who.ID, err
		})
		if err != nil {
			return nil, nil, policy.Thing{}, "", err
		}
		thing, err := f.Registry().thing(ctx, tx, actor, reg, rec)
		thing.Consulted = reg.Shared()
		return &access.Opening{Kind: "record", Thing: rec.ID, Ref: rec.Number, Service: id, Organisation: reg.Organisation, Person: rec.Holder, Subject: rec.Subject},
			about, thing, policy.RecordRead, err
	}
	var fields fault.Fields
	fields.Add("number", "There is no case or record with this number")
	return nil, nil, policy.Thing{}, "", fields.Err()
}

// tellOfOpening owes word to the supervisors of both organisations and to the data-protection officer. It names nobody whom
// the case is about; the reason is read at the desk.
func (f Rights) tellOfOpening(ctx context.Context, tx *store.Tx, actor policy.Actor, o *access.Opening) error {
	j := f.Docket.Releases.Current()
	organisations := []string{o.Organisation}
	for _, g := range actor.Grants {
		organisations = append(organisations, g.Organisation)
	}
	to, err := f.supervisors(ctx, tx, actor.Person, organisations...)
	if err != nil {
		return err
	}
	if officer := privacyContact(j, o.Organisation); officer != "" {
		to[officer] = person.Person{Language: j.File.Languages[0]}
	}
	for _, address := range slices.Sorted(maps.Keys(to)) {
		who := to[address]
		p := f.Words.For(who.Language)
		err := f.Outbox.Put(ctx, tx, notify.Message{Subject: o.Subject, Kind: "emergency", Language: who.Language, Content: notify.Content{
			To: address, Name: who.Name, Title: p.T("Something was opened in an emergency"),
			Text: p.T("{name} opened {number}, which they do not see otherwise, and gave a reason. A supervisor of the organisation that keeps it looks whether it was an emergency.",
				i18n.V{"name": actor.Name, "number": o.Ref}),
			Link: "/desk/emergency",
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *Flow) openings() *access.Openings { return &access.Openings{Vault: f.People.Vault} }

// ReviewOpening is what a supervisor found.
type ReviewOpening struct {
	Opening, Note string
	Fine          bool
	Key           string
}

// ReviewOpening says whether it was an emergency. Whoever opened it does not judge it; and if it was none, they and the
// data-protection officer hear of it.
func (f Rights) ReviewOpening(ctx context.Context, actor policy.Actor, in ReviewOpening) error {
	in.Note = strings.TrimSpace(strings.ReplaceAll(in.Note, "\r\n", "\n"))
	return f.DB.Write(ctx, "flow.ReviewOpening", func(ctx context.Context, tx *store.Tx) error {
		o, err := f.openings().Get(ctx, tx, in.Opening)
		if err != nil {
			return missing(err)
		}
		err = policy.Can(actor, policy.EmergencyReview, policy.Thing{Kind: "opening", ID: o.ID, Organisation: o.Organisation, Owner: o.Person, Decider: o.Actor})
		if err != nil {
			return err
		}
		if problem := plainText(in.Note, "Write what you found"); problem != nil {
			return problem
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.reviewOpening(ctx, tx, actor, o, in) })
		return err
	})
}

func (f Rights) reviewOpening(ctx context.Context, tx *store.Tx, actor policy.Actor, o *access.Opening, in ReviewOpening) error {
	if !o.Reviewed.IsZero() {
		return fault.NewConflict("Somebody else has dealt with this meanwhile")
	}
	o.Reviewer, o.Fine, o.Note = actor.Person, in.Fine, in.Note
	if err := f.openings().Review(ctx, tx, o); err != nil || in.Fine {
		return err
	}
	f.secure(tx, EventEmergencyMisused, o.Actor, "opening", o.ID, "by", actor.Person)
	if officer := privacyContact(f.Docket.Releases.Current(), o.Organisation); officer != "" {
		p := f.Words.For(f.Docket.Releases.Current().File.Languages[0])
		err := f.Outbox.Put(ctx, tx, notify.Message{Subject: o.Subject, Kind: "emergency", Language: p.Tag(), Content: notify.Content{
			To: officer, Title: p.T("Something was opened without an emergency"),
			Text: p.T("{name} looked at why {number} was opened, and found that it was no emergency.", i18n.V{"name": actor.Name, "number": o.Ref}), Link: "/desk/emergency"}})
		if err != nil {
			return err
		}
	}
	who, err := f.People.Get(ctx, tx, o.Actor)
	if err != nil {
		return missing(err)
	}
	p := f.Words.For(who.Language)
	return f.tell(ctx, tx, who, p.T("What you opened was found to be no emergency"),
		p.T("{name} looked at why you opened {number}, and found that it was no emergency. Speak with them.", i18n.V{"name": actor.Name, "number": o.Ref}), "/desk/emergency")
}
