package view

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/tabular"
)

// Rights is who may do what, and why: as administrators see it, and what supervisors look after.
type Rights struct{ *View }

// RightsPage is everybody who works here, with what they hold and how they get in.
type RightsPage struct {
	People  []RightsLine
	Actions []Option // what can be asked about
}

// RightsLine is a member of staff.
type RightsLine struct {
	ID, Name, Email string
	Grants          []GrantLine
	Arrived         Instant // when they last signed in to work; "" not known
	Passkeys        int     // for work
	App             bool    // an authenticator app, for work
	Sessions        []StaffSession
}

// StaffSession is something that somebody has open.
type StaffSession struct {
	Device        string
	Created, Seen Instant
	Desk          bool
}

// RightLine is something that somebody may do, for whom, and why.
type RightLine struct {
	Action, Text string
	Grounds      []RightGround
}

// RightGround is an organisation, and the words of the rules.
type RightGround struct {
	Organisation string
	Why          []string
}

// RightsPerson is one person and all that they may do at the desk.
type RightsPerson struct {
	RightsLine
	Rights []RightLine
	Self   bool
}

// WhoLine is somebody who may do something, and why.
type WhoLine struct {
	ID, Name, Organisation string
	Why                    []string
}

// Who is everybody who may do something: anywhere, or to one case or record.
type Who struct {
	Action, Text string
	Number       string // "" for an action anywhere
	Keeper       string // the organisation that keeps it
	Lines        []WhoLine
	Problem      string
}

func (v Rights) see(r Reader) error {
	return policy.Can(r.Actor, policy.RightsSee, policy.Thing{Kind: "rights"})
}

// People lists everybody who works here.
func (v Rights) People(ctx context.Context, r Reader) (p RightsPage, err error) {
	if err := v.see(r); err != nil {
		return RightsPage{}, err
	}
	err = v.read(ctx, "Rights", func(ctx context.Context, tx *store.Tx) error {
		p = RightsPage{Actions: r.actionOptions()}
		people, err := v.View.People.Staff(ctx, tx)
		if err != nil {
			return err
		}
		for _, who := range people {
			line, err := v.line(ctx, tx, r, who)
			if err != nil {
				return err
			}
			p.People = append(p.People, line)
		}
		slices.SortFunc(p.People, func(a, b RightsLine) int { return strings.Compare(a.Name, b.Name) })
		return nil
	})
	return p, err
}

func (v Rights) line(ctx context.Context, tx *store.Tx, r Reader, who person.Person) (RightsLine, error) {
	j := v.place()
	line := RightsLine{ID: who.ID, Name: nameOf(who), Email: who.Email}
	for _, g := range who.Grants {
		line.Grants = append(line.Grants, GrantLine{g, r.organisationName(j, g.Organisation)})
	}
	at, err := v.View.People.Roles().Arrived(ctx, tx, who.ID)
	if err != nil {
		return line, err
	}
	if !at.IsZero() {
		line.Arrived = r.instant(j, at)
	}
	have, err := v.View.People.Factors().Of(ctx, tx, who.ID)
	if err != nil {
		return line, err
	}
	line.Passkeys, line.App = int(have.DeskKeys), have.DeskApp
	open, err := v.View.People.Sessions().Of(ctx, tx, who.ID)
	for _, s := range open {
		line.Sessions = append(line.Sessions, StaffSession{s.Device, r.instant(j, s.Created), r.instant(j, s.Seen), s.Desk})
	}
	return line, err
}

// Person is one member of staff with all that they may do.
func (v Rights) Person(ctx context.Context, r Reader, id string) (p RightsPerson, err error) {
	if err := v.see(r); err != nil {
		return RightsPerson{}, err
	}
	err = v.read(ctx, "RightsPerson", func(ctx context.Context, tx *store.Tx) error {
		who, err := v.View.People.Get(ctx, tx, id)
		if err == nil && len(who.Grants) == 0 {
			err = store.ErrNotFound
		}
		if err != nil {
			return err
		}
		p = RightsPerson{Rights: v.rightsOf(r, who), Self: id == r.Actor.Person}
		p.RightsLine, err = v.line(ctx, tx, r, who)
		return err
	})
	return p, err
}

// rightsOf is everything that somebody's roles let them do.
func (v Rights) rightsOf(r Reader, who person.Person) (all []RightLine) {
	j := v.place()
	for _, do := range deskActions() {
		line := RightLine{Action: string(do), Text: r.ActionText(do)}
		for _, o := range organisationsOf(who.Grants) {
			if !applies(j, do, o) {
				continue
			}
			if says := grounds(j, who, do, o); len(says) > 0 {
				line.Grounds = append(line.Grounds, RightGround{r.organisationName(j, o), r.ruleTexts(says)})
			}
		}
		if len(line.Grounds) > 0 {
			all = append(all, line)
		}
	}
	return all
}

// grounds are the words of the rules under which somebody's roles let them do something for an organisation.
func grounds(j *service.Jurisdiction, who person.Person, do policy.Action, organisation string) []string {
	a := policy.Actor{Person: who.ID}
	for _, g := range who.Grants {
		if g.Organisation == organisation {
			a.Grants = append(a.Grants, g)
		}
	}
	if do == policy.EmergencyOpen {
		var organisations []string
		if a, organisations = j.File.ForEmergency(a); !slices.Contains(organisations, organisation) {
			return nil
		}
	}
	return policy.Grounds(a, do, organisation)
}

// applies reports whether an organisation has what a right is about: not every one keeps books, or spends.
func applies(j *service.Jurisdiction, do policy.Action, organisation string) bool {
	switch {
	case strings.HasPrefix(string(do), "money."):
		return j.Money != nil && j.Money.Treasury == organisation
	case strings.HasPrefix(string(do), "spend."):
		return j.Money != nil && (j.Money.Treasury == organisation || slices.ContainsFunc(j.Budgets, func(b *service.Budget) bool {
			return slices.ContainsFunc(b.Lines, func(l *service.BudgetLine) bool { return l.Organisation == organisation })
		}))
	}
	return true
}

func organisationsOf(grants []policy.Grant) (all []string) {
	for _, g := range grants {
		if !slices.Contains(all, g.Organisation) {
			all = append(all, g.Organisation)
		}
	}
	return all
}

// Who lists everybody who may do something: to the case or record with a number, if one is given, else anywhere. That
// somebody asked about a number is written down for the person whom it is about; what is in it is not shown.
func (v Rights) Who(ctx context.Context, r Reader, do policy.Action, number string) (p Who, err error) {
	if err := v.see(r); err != nil {
		return Who{}, err
	}
	p = Who{Action: string(do), Number: strings.ToUpper(strings.TrimSpace(number))}
	if !slices.Contains(deskActions(), do) && p.Number == "" {
		p.Problem = r.P.T("Choose an action, or enter a number")
		return p, nil
	}
	var thing *policy.Thing
	if p.Number != "" {
		if thing, do, err = v.lookUp(ctx, r, p.Number); err != nil {
			return Who{}, err
		}
		if thing == nil {
			p.Problem = r.P.T("There is no case or record with this number")
			return p, nil
		}
	}
	p.Action, p.Text = string(do), r.ActionText(do)
	err = v.read(ctx, "RightsWho", func(ctx context.Context, tx *store.Tx) error {
		p.Lines = nil
		people, err := v.View.People.Staff(ctx, tx)
		if err != nil {
			return err
		}
		for _, who := range people {
			if thing == nil {
				p.Lines = append(p.Lines, v.anywhere(r, who, do)...)
				continue
			}
			opened, err := access.OpenFor(ctx, tx, who.ID)
			if err != nil {
				return err
			}
			if says := policy.Because(policy.Actor{Person: who.ID, Grants: who.Grants, Opened: opened}, do, *thing); len(says) > 0 {
				p.Lines = append(p.Lines, WhoLine{who.ID, nameOf(who), v.organisationsText(r, who), r.ruleTexts(says)})
			}
		}
		if thing != nil {
			p.Keeper = r.organisationName(v.place(), thing.Organisation)
		}
		slices.SortStableFunc(p.Lines, func(a, b WhoLine) int { return strings.Compare(a.Name, b.Name) })
		return nil
	})
	return p, err
}

func (v Rights) anywhere(r Reader, who person.Person, do policy.Action) (all []WhoLine) {
	j := v.place()
	for _, o := range organisationsOf(who.Grants) {
		if says := grounds(j, who, do, o); len(says) > 0 && applies(j, do, o) {
			all = append(all, WhoLine{who.ID, nameOf(who), r.organisationName(j, o), r.ruleTexts(says)})
		}
	}
	return all
}

func (v Rights) organisationsText(r Reader, who person.Person) string {
	var names []string
	for _, o := range organisationsOf(who.Grants) {
		names = append(names, r.organisationName(v.place(), o))
	}
	return strings.Join(names, ", ")
}

// lookUp is what rights to a case or record depend on; nil if there is none with this number.
func (v Rights) lookUp(ctx context.Context, r Reader, number string) (thing *policy.Thing, do policy.Action, err error) {
	err = v.DB.Write(ctx, "view.record", func(ctx context.Context, tx *store.Tx) error {
		thing = nil
		j := v.place()
		look := access.Look{Actor: r.Actor.Person, What: lookRights, Ref: number, Why: string(policy.RightsSee)}
		for _, o := range j.File.Organisations {
			row, err := v.Docket.Cases.ByNumber(ctx, tx, o.ID, number)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			c, err := v.Docket.Case(ctx, tx, row.ID)
			if err != nil {
				return err
			}
			t := c.Thing()
			thing, do = &t, policy.CaseRead
			look.Person, look.Organisation, look.Service = row.Person, row.Organisation, row.Service
			return v.noted(ctx, tx, r, look)
		}
		for _, id := range slices.Sorted(maps.Keys(j.Registers)) {
			rec, err := v.Docket.Records.ByNumber(ctx, tx, id, number)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			reg := j.Registers[id]
			thing, do = &policy.Thing{Kind: "record", ID: rec.ID, Organisation: reg.Organisation, Owner: rec.Holder, Consulted: reg.Shared()}, policy.RecordRead
			look.Organisation, look.Service = rec.Organisation, rec.Register
			about, err := v.concerned(ctx, tx, reg, rec)
			if err != nil {
				return err
			}
			for _, look.Person = range about {
				if err := v.noted(ctx, tx, r, look); err != nil {
					return err
				}
			}
			return nil
		}
		return nil
	})
	return thing, do, missing(err)
}

func (v Rights) noted(ctx context.Context, tx *store.Tx, r Reader, l access.Look) error {
	if l.Person == "" || l.Person == r.Actor.Person {
		return nil
	}
	return access.Record(ctx, tx, l)
}

// File is who can do what as a table: a line for each person, organisation and right.
func (v Rights) File(ctx context.Context, r Reader) (data []byte, err error) {
	if err := v.see(r); err != nil {
		return nil, err
	}
	t := r.P.T
	rows := [][]string{{t("Name"), t("Email address"), t("Organisation"), t("What they may do"), t("Right"), t("Because"), t("Last signed in"), t("Passkeys"), t("Authenticator app"), t("Open sessions")}}
	err = v.read(ctx, "RightsFile", func(ctx context.Context, tx *store.Tx) error {
		rows = rows[:1]
		people, err := v.View.People.Staff(ctx, tx)
		if err != nil {
			return err
		}
		for _, who := range people {
			line, err := v.line(ctx, tx, r, who)
			if err != nil {
				return err
			}
			app := t("No")
			if line.App {
				app = t("Yes")
			}
			for _, right := range v.rightsOf(r, who) {
				for _, g := range right.Grounds {
					rows = append(rows, []string{line.Name, line.Email, g.Organisation, right.Text, right.Action, strings.Join(g.Why, "; "),
						line.Arrived.Machine, strconv.Itoa(line.Passkeys), app, strconv.Itoa(len(line.Sessions))})
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return sheet(rows)
}

// sheet writes a table for a spreadsheet.
func sheet(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		for i := range row {
			row[i] = tabular.Guard(row[i])
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fault.NewInternal("writing a table", err)
	}
	return b.Bytes(), nil
}
