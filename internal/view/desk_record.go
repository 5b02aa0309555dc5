package view

import (
	"context"
	"errors"

	"stoa/internal/access"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Registry is what can be seen at the desk of registers and their records.
type Registry struct{ *View }

// Registry is what can be seen at the desk of registers and their records.
func (v *View) Registry() Registry { return Registry{v} }

// DeskRecord is a record as somebody sees it at the desk: the fields that its register's file shows them, and no other.
type DeskRecord struct {
	Register, RegisterTitle, Organisation string
	ID, Number, Label, Kind               string
	Version                               int64
	State, From, Until                    string
	Fields                                []DeskField
	History                               []DeskVersion
	Then                                  *RecordThen
	Waiting                               []RecordProposalLine
	Seals                                 []SealLine // for those with the right
	Closed                                bool       // the whole record is sealed, and the reader may know
	MayCorrect, MaySeal                   bool
	Public, Licence                       string // paths of its other pages; "" where there is none
}

// DeskField is a field of a record, with where it comes from.
type DeskField struct {
	ID, Title, Value string
	Text             string // canonical
	Personal         string // why it is held; "" where it is nobody's
	Published        bool
	Came             string // what brought it here, and when
	Source           string // who supplies it
	Refers           string // path of the record that it refers to
}

// DeskVersion is a change in a record's history.
type DeskVersion struct {
	At                    Instant
	Change, State, By     string
	Reason, Source, Valid string
	Changes               []FieldChange
}

// FieldChange is what a change did to a field.
type FieldChange struct{ Title, Before, After string }

// SealLine is a seal, as those with the right see it.
type SealLine struct {
	ID, Title   string // the field's title; "" where it is the whole record
	Reason, Law string
	By          string
	Since       Instant
	Until       string
	Lifted      Instant
	LiftedBy    string
}

// recordThing is a record as rights at the desk see it: whoever it names is who it is about.
func (v *View) recordThing(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, rec *record.Record) (policy.Thing, error) {
	t := policy.Thing{Kind: "record", ID: rec.ID, Organisation: reg.Organisation, Owner: rec.Holder, Consulted: reg.Shared()}
	if r.Actor.Person == "" || rec.Holder == r.Actor.Person {
		return t, nil
	}
	who, err := v.People.Get(ctx, tx, r.Actor.Person)
	if err != nil {
		return t, err
	}
	if record.Concerns(reg, rec.Fields, who.Email) {
		t.Owner = r.Actor.Person
	}
	return t, nil
}

// sees reports whether the reader sees a field of a record at the desk.
func (r Reader) sees(t policy.Thing, f *service.RegisterField) bool {
	return policy.SeesField(r.Actor, t, f.Public, f.See)
}

// Record is a record at the desk. The read is recorded first, for everybody whom the record is about.
func (v Registry) Record(ctx context.Context, r Reader, register, number string, then Then) (p DeskRecord, err error) {
	reg := v.place().Registers[register]
	if reg == nil {
		return p, fault.NewNotFound("")
	}
	closed, err := v.look(ctx, r, reg, number)
	if err != nil {
		return p, err
	}
	err = missing(v.read(ctx, "DeskRecord", func(ctx context.Context, tx *store.Tx) error {
		if closed {
			p, err = v.sealedRecord(ctx, tx, r, reg, number)
			return err
		}
		rec, err := v.Docket.Records.ByNumber(ctx, tx, register, number)
		if err != nil {
			return err
		}
		thing, err := v.recordThing(ctx, tx, r, reg, rec)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.RecordRead, thing); err != nil {
			return err
		}
		p, err = v.deskRecord(ctx, tx, r, reg, rec, thing, then)
		return err
	}))
	return p, err
}

// look records that somebody sees a record at the desk; it tells whether the record is sealed whole, which only those with
// the right come to know.
func (v Registry) look(ctx context.Context, r Reader, reg *service.Register, number string) (closed bool, err error) {
	err = missing(v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		rec, err := v.Docket.Records.ByNumber(ctx, tx, reg.Register, number)
		right := policy.RecordRead
		if closed = errors.Is(err, store.ErrNotFound); closed {
			rec, err = v.Docket.Records.Seals().Closed(ctx, tx, reg.Register, number)
			right = policy.RecordSealed
		}
		if err != nil {
			return err
		}
		thing, err := v.recordThing(ctx, tx, r, reg, rec)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, right, thing); err != nil {
			return err
		}
		return v.lookAtRecord(ctx, tx, r, reg, rec, r.whyOpened(right, thing), lookLicence)
	}))
	return closed, err
}

// lookAtRecord writes down a look for each person whom a record is about: its holder, and those with an account whose email
// address it holds; if there are none, for the one whose key seals it.
func (v *View) lookAtRecord(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, rec *record.Record, why policy.Action, what string) error {
	about, err := v.concerned(ctx, tx, reg, rec)
	if err != nil {
		return err
	}
	for _, person := range about {
		look := access.Look{Person: person, Actor: r.Actor.Person, Organisation: rec.Organisation, What: what, Ref: rec.Number, Service: rec.Register, Why: string(why)}
		if err := access.Record(ctx, tx, look); err != nil {
			return err
		}
	}
	return nil
}

// concerned are the persons whom a record is about.
func (v *View) concerned(ctx context.Context, tx *store.Tx, reg *service.Register, rec *record.Record) ([]string, error) {
	return docket.Concerned(reg, rec, func(email string) (string, error) {
		who, err := v.People.ByEmail(ctx, tx, email)
		if errors.Is(err, store.ErrNotFound) {
			return "", nil
		}
		return who.ID, err
	})
}

func (v Registry) frame(r Reader, reg *service.Register, rec *record.Record, tx *store.Tx) DeskRecord {
	j := v.place()
	return DeskRecord{
		Register: reg.Register, RegisterTitle: r.words(j, reg.Title), Organisation: r.organisationName(j, reg.Organisation), ID: rec.ID, Number: rec.Number,
		Label: rec.Label, Kind: r.words(j, reg.Record), Version: rec.Version, State: rec.On(j.Calendar.DateOf(tx.Now())), From: r.date(rec.From), Until: r.date(rec.Until),
	}
}

// sealedRecord is what those with the right see of a record that is sealed whole: that it is, and why.
func (v Registry) sealedRecord(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, number string) (p DeskRecord, err error) {
	rec, err := v.Docket.Records.Seals().Closed(ctx, tx, reg.Register, number)
	if err != nil {
		return p, err
	}
	thing, err := v.recordThing(ctx, tx, r, reg, rec)
	if err != nil {
		return p, err
	}
	if err := policy.Can(r.Actor, policy.RecordSealed, thing); err != nil {
		return p, err
	}
	p = v.frame(r, reg, rec, tx)
	p.Closed, p.MaySeal = true, policy.Can(r.Actor, policy.RecordSupervise, thing) == nil
	p.Seals, err = v.seals(ctx, tx, r, reg, rec)
	return p, err
}

func (v Registry) seals(ctx context.Context, tx *store.Tx, r Reader, reg *service.Register, rec *record.Record) (list []SealLine, err error) {
	j := v.place()
	all, err := v.Docket.Records.Seals().Of(ctx, tx, rec)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		line := SealLine{ID: s.ID, Reason: s.Reason, Law: s.Law, Since: r.instant(j, s.Since), Until: r.date(s.Until)}
		if f := reg.Field(s.Field); f != nil {
			line.Title = r.words(j, f.Title)
		}
		if line.By, err = v.staffName(ctx, tx, s.By); err != nil {
			return nil, err
		}
		if !s.Lifted.IsZero() {
			line.Lifted = r.instant(j, s.Lifted)
			if line.LiftedBy, err = v.staffName(ctx, tx, s.LiftedBy); err != nil {
				return nil, err
			}
		}
		list = append(list, line)
	}
	return list, nil
}

// staffName is who did something; "" where nobody did, or they are gone.
func (v *View) staffName(ctx context.Context, tx *store.Tx, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	who, err := v.People.Get(ctx, tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return nameOf(who), err
}
