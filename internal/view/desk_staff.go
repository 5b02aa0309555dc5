package view

import (
	"context"
	"slices"
	"strings"
	"time"

	"stoa/internal/job"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/release"
	"stoa/internal/store"
)

// Staff is the list of members of staff, for administrators.
type Staff struct {
	People        []StaffLine
	Organisations []Option
}

// StaffLine is a member of staff.
type StaffLine struct {
	ID, Name, Email string
	Grants          []GrantLine
	Away            string // until when; "" here
	WayIn           string
	AskedBy         string // of an invitation that waits
}

// How a member of staff gets in.
const (
	WayInNone    = ""
	WayInInvited = "invited"
	WayInWaits   = "waits"
	WayInSet     = "set"
)

// wayIn finds it out.
func (v *View) wayIn(ctx context.Context, tx *store.Tx, line *StaffLine, invited []person.Invitation) error {
	have, err := v.People.Factors().Of(ctx, tx, line.ID)
	if err != nil {
		return err
	}
	if have.Desk() > 0 {
		line.WayIn = WayInSet
	}
	for _, i := range invited {
		if i.Person != line.ID {
			continue
		}
		line.WayIn = WayInInvited
		if i.Waits {
			line.WayIn, line.AskedBy = WayInWaits, i.AskedBy
		}
	}
	return nil
}

// GrantLine is a role in an organisation.
type GrantLine struct {
	policy.Grant
	OrganisationName string
}

// Staff lists all members of staff.
func (v *View) Staff(ctx context.Context, r Reader) (s Staff, err error) {
	if err := policy.Can(r.Actor, policy.StaffManage, policy.Thing{Kind: "staff"}); err != nil {
		return Staff{}, err
	}
	j := v.place()
	err = v.read(ctx, "Staff", func(ctx context.Context, tx *store.Tx) error {
		s = Staff{}
		today := j.Calendar.DateOf(tx.Now())
		for _, o := range j.File.Organisations {
			s.Organisations = append(s.Organisations, Option{Value: o.ID, Label: r.words(j, o.Name)})
		}
		people, err := v.People.Staff(ctx, tx)
		if err != nil {
			return err
		}
		invited, err := v.People.Factors().Invitations(ctx, tx)
		if err != nil {
			return err
		}
		for _, who := range people {
			line := StaffLine{ID: who.ID, Name: nameOf(who), Email: who.Email}
			for _, g := range who.Grants {
				line.Grants = append(line.Grants, GrantLine{g, r.organisationName(j, g.Organisation)})
			}
			a, away, err := v.People.AbsenceOf(ctx, tx, who.ID)
			if err != nil {
				return err
			}
			if away && !a.Until.Before(today) && !a.From.After(today) {
				line.Away = r.date(a.Until)
			}
			if err := v.wayIn(ctx, tx, &line, invited); err != nil {
				return err
			}
			s.People = append(s.People, line)
		}
		slices.SortFunc(s.People, func(a, b StaffLine) int { return strings.Compare(a.Name, b.Name) })
		return nil
	})
	return s, err
}

// AbsencePage is the reader's own absence, and who could stand in.
type AbsencePage struct {
	Set            bool
	From, Until    string // for people
	FromISO        string // 2026-05-04, to fill the form
	UntilISO       string
	Substitute     string // id
	SubstituteName string
	Choices        []Option
	Covering       []string
	Past           bool
}

// Absence is the reader's own. Those who can stand in work in the same organisations.
func (v *View) Absence(ctx context.Context, r Reader) (p AbsencePage, err error) {
	if err := policy.Can(r.Actor, policy.AbsenceSet, policy.Thing{Kind: "absence", ID: r.Actor.Person}); err != nil {
		return AbsencePage{}, err
	}
	err = v.read(ctx, "Absence", func(ctx context.Context, tx *store.Tx) error {
		p = AbsencePage{}
		var organisations []string
		for _, g := range r.Actor.Grants {
			organisations = append(organisations, g.Organisation)
		}
		staff, err := v.People.Staff(ctx, tx, organisations...)
		if err != nil {
			return err
		}
		for _, who := range staff {
			if who.ID != r.Actor.Person {
				p.Choices = append(p.Choices, Option{Value: who.ID, Label: nameOf(who)})
			}
		}
		slices.SortFunc(p.Choices, func(a, b Option) int { return strings.Compare(a.Label, b.Label) })
		if _, p.Covering, err = v.mine(ctx, tx, r); err != nil {
			return err
		}
		a, set, err := v.People.AbsenceOf(ctx, tx, r.Actor.Person)
		if err != nil || !set {
			return err
		}
		who, err := v.People.Get(ctx, tx, a.Substitute)
		p.Set, p.From, p.Until, p.FromISO, p.UntilISO = true, r.date(a.From), r.date(a.Until), a.From.String(), a.Until.String()
		p.Substitute, p.SubstituteName, p.Past = a.Substitute, nameOf(who), a.Until.Before(v.place().Calendar.DateOf(tx.Now()))
		return err
	})
	return p, err
}

// System is what an administrator sees of the installation.
type System struct {
	Dead, Ready []JobLine
	Definitions []DefinitionLine
	Hash        string // of the whole jurisdiction
}

// JobLine is work for later, or work that failed too often. It holds ids and never what a message says.
type JobLine struct {
	ID, Kind, Problem string
	Due, Created      Instant
	Attempts          int
	Late              bool // due for some minutes: the workers do not keep up
}

// DefinitionLine is a service in force.
type DefinitionLine struct {
	ID, Title, Organisation, Hash string
	Since                         Instant
}

const (
	jobsMost = 100
	jobLate  = 10 * time.Minute
)

// System lists failed and waiting work, and what is in force.
func (w Running) System(ctx context.Context, r Reader) (p System, err error) {
	v := w.v
	if err := policy.Can(r.Actor, policy.SystemSee, policy.Thing{Kind: "system"}); err != nil {
		return System{}, err
	}
	j := v.place()
	err = v.read(ctx, "System", func(ctx context.Context, tx *store.Tx) error {
		p = System{Hash: j.Hash}
		if p.Dead, err = v.jobs(ctx, tx, r, job.Dead); err != nil {
			return err
		}
		if p.Ready, err = v.jobs(ctx, tx, r, job.Ready); err != nil {
			return err
		}
		for _, s := range j.Services {
			since, err := release.Since(ctx, tx, s.Hash)
			if err != nil {
				return err
			}
			p.Definitions = append(p.Definitions, DefinitionLine{s.Service, r.words(j, s.Title), r.organisationName(j, s.Organisation), s.Hash, r.instant(j, since)})
		}
		return nil
	})
	return p, err
}

func (v *View) jobs(ctx context.Context, tx *store.Tx, r Reader, state job.State) ([]JobLine, error) {
	list, err := job.List(ctx, tx, state, jobsMost)
	if err != nil {
		return nil, err
	}
	j := v.place()
	var lines []JobLine
	for _, one := range list {
		lines = append(lines, JobLine{ID: one.ID, Kind: one.Kind, Problem: one.LastError, Due: r.instant(j, one.RunAt), Created: r.instant(j, one.CreatedAt),
			Attempts: one.Attempts, Late: state == job.Ready && tx.Now().Sub(one.RunAt) > jobLate})
	}
	return lines, nil
}
