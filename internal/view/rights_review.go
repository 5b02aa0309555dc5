package view

import (
	"context"
	"errors"
	"slices"
	"strings"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// RoleReview is what a supervisor confirms of an organisation's roles.
type RoleReview struct {
	Months        int
	Organisations []RoleReviewOf
	Overdue       int
}

// RoleReviewOf is one organisation's.
type RoleReviewOf struct {
	ID, Name string
	Lines    []RoleLine // those that are due first
}

// RoleLine is somebody's role.
type RoleLine struct {
	Person, Name string
	Role         policy.Role
	RoleName     string
	Given        string // "" not known
	Reviewed, By string // "" never
	Due          string
	Overdue      bool
	Own          bool // the reader's own: another supervisor confirms it
	Arrived      Instant
}

// Reviews lists the roles in the reader's organisations, with when each was last confirmed.
func (v Rights) Reviews(ctx context.Context, r Reader) (p RoleReview, err error) {
	mine := r.organisations(policy.RightsReview)
	if len(mine) == 0 {
		return RoleReview{}, policy.Can(r.Actor, policy.RightsReview, policy.Thing{Kind: "roles"})
	}
	j := v.place()
	err = v.read(ctx, "Reviews", func(ctx context.Context, tx *store.Tx) error {
		p = RoleReview{Months: j.File.ReviewMonths()}
		names, today := v.names(r), j.Calendar.DateOf(tx.Now())
		for _, o := range mine {
			held, err := v.View.People.Roles().Held(ctx, tx, o)
			if err != nil {
				return err
			}
			of := RoleReviewOf{ID: o, Name: r.organisationName(j, o)}
			for _, h := range held {
				line, err := v.roleLine(ctx, tx, r, names, today, h)
				if err != nil {
					return err
				}
				if line.Overdue {
					p.Overdue++
				}
				of.Lines = append(of.Lines, line)
			}
			slices.SortStableFunc(of.Lines, func(a, b RoleLine) int {
				if a.Overdue != b.Overdue {
					if a.Overdue {
						return -1
					}
					return 1
				}
				return strings.Compare(a.Name, b.Name)
			})
			p.Organisations = append(p.Organisations, of)
		}
		return nil
	})
	return p, err
}

func (v Rights) roleLine(ctx context.Context, tx *store.Tx, r Reader, names *names, today calendar.Date, h person.Held) (line RoleLine, err error) {
	j := v.place()
	line = RoleLine{Person: h.Person, Role: h.Role, RoleName: r.Role(h.Role), Own: h.Person == r.Actor.Person}
	if line.Name, err = names.of(ctx, tx, h.Person); err != nil {
		return line, err
	}
	if !h.Given.IsZero() {
		line.Given = r.date(j.Calendar.DateOf(h.Given))
	}
	if !h.Reviewed.IsZero() {
		line.Reviewed = r.date(j.Calendar.DateOf(h.Reviewed))
		if line.By, err = names.of(ctx, tx, h.Reviewer); err != nil {
			return line, err
		}
	}
	at, err := v.View.People.Roles().Arrived(ctx, tx, h.Person)
	if err != nil {
		return line, err
	}
	if !at.IsZero() {
		line.Arrived = r.instant(j, at)
	}
	due, err := h.Due(j.Calendar, j.File.ReviewMonths())
	line.Due, line.Overdue = r.date(due), !today.Before(due)
	return line, err
}

// Emergencies is what was opened in an emergency, for whoever opened it and whoever reviews it.
type Emergencies struct {
	May              bool // the reader may open something
	Minutes          int
	Mine             []OpeningLine
	Waiting, Settled []OpeningLine // of the reader's organisations
}

// OpeningLine is something that was opened.
type OpeningLine struct {
	ID, Kind, Number, Path string
	Who, For               string // who opened it; who keeps it
	At, Until              Instant
	Open                   bool // still
	Reason                 string
	Reviewed               Instant
	By, Note               string
	Fine                   bool
}

const openingsMost = 200

// EmergencyArea reports whether an actor may open something in an emergency, or looks after those who do.
func EmergencyArea(a policy.Actor, j *service.Jurisdiction) bool {
	return j != nil && (mayOpen(a, j) || len(Reader{Actor: a}.organisations(policy.EmergencyReview)) > 0)
}

func mayOpen(a policy.Actor, j *service.Jurisdiction) bool {
	a, organisations := j.File.ForEmergency(a)
	return policy.Can(a, policy.EmergencyOpen, policy.Thing{Kind: "emergency", Consulted: organisations}) == nil
}

// Emergencies lists them.
func (v Rights) Emergencies(ctx context.Context, r Reader) (p Emergencies, err error) {
	j := v.place()
	if !EmergencyArea(r.Actor, j) {
		return Emergencies{}, policy.Can(r.Actor, policy.EmergencyOpen, policy.Thing{Kind: "emergency"})
	}
	err = v.read(ctx, "Emergencies", func(ctx context.Context, tx *store.Tx) error {
		_, _, length := j.File.Emergency()
		p = Emergencies{May: mayOpen(r.Actor, j), Minutes: int(length.Minutes())}
		names := v.names(r)
		mine, err := v.openings().By(ctx, tx, r.Actor.Person, openingsMost)
		if err != nil {
			return err
		}
		for _, o := range mine {
			line, err := v.openingLine(ctx, tx, r, names, o)
			if err != nil {
				return err
			}
			p.Mine = append(p.Mine, line)
		}
		for _, id := range r.organisations(policy.EmergencyReview) {
			list, err := v.openings().Of(ctx, tx, id, openingsMost)
			if err != nil {
				return err
			}
			for _, o := range list {
				if policy.Can(r.Actor, policy.EmergencyReview, policy.Thing{Kind: "opening", ID: o.ID, Organisation: o.Organisation, Owner: o.Person, Decider: o.Actor}) != nil {
					continue // their own, or about themselves
				}
				line, err := v.openingLine(ctx, tx, r, names, o)
				if err != nil {
					return err
				}
				if o.Reviewed.IsZero() {
					p.Waiting = append(p.Waiting, line)
				} else {
					p.Settled = append(p.Settled, line)
				}
			}
		}
		return nil
	})
	return p, err
}

func (v Rights) openings() *access.Openings { return &access.Openings{Vault: v.View.People.Vault} }

func (v Rights) openingLine(ctx context.Context, tx *store.Tx, r Reader, names *names, o *access.Opening) (line OpeningLine, err error) {
	j := v.place()
	line = OpeningLine{ID: o.ID, Kind: o.Kind, Number: o.Ref, For: r.organisationName(j, o.Organisation), At: r.instant(j, o.At), Until: r.instant(j, o.Until),
		Open: tx.Now().Before(o.Until), Reason: o.Reason, Note: o.Note, Fine: o.Fine}
	line.Path = "/desk/cases/" + o.Thing
	if o.Kind == "record" {
		line.Path = "/desk/registers/" + o.Service + "/" + o.Ref
	}
	if line.Who, err = names.of(ctx, tx, o.Actor); err != nil || o.Reviewed.IsZero() {
		return line, err
	}
	line.Reviewed = r.instant(j, o.Reviewed)
	line.By, err = names.of(ctx, tx, o.Reviewer)
	return line, err
}

// emergencyPurpose is why somebody looked in an emergency, in their own words.
func (v *View) emergencyPurpose(ctx context.Context, tx *store.Tx, r Reader, l access.Look) (string, error) {
	o, err := Rights{v}.openings().During(ctx, tx, l)
	if errors.Is(err, store.ErrNotFound) {
		return r.purpose(policy.EmergencyOpen), nil
	}
	if err != nil {
		return "", err
	}
	return r.P.T("In an emergency. The reason given: {reason}", i18n.V{"reason": o.Reason}), nil
}
