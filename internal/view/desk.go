package view

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// This file and the other desk files are what staff see. Every page first asks package policy; every
// page about one person's case, file or licence passes look.go's recording before anything is shown.

// Desk is a member of staff's first page.
type Desk struct {
	Mine, Overdue, Unassigned, Awaiting, Asked Number
	Covering                                   []string // names of those for whom the reader stands in today
	Nearest                                    []QueueLine
	Services                                   []DeskService
	Cases, Consults, Administers               bool // which parts of the desk are the reader's
}

// Number is a count that stops being exact above some bound: counting a whole country's cases for a
// number on a tile would cost more than the number is worth.
type Number struct {
	N    int
	More bool
}

// DeskService is a service's open cases, with its states.
type DeskService struct {
	Organisation, ID, Title   string
	Open, Overdue, Unassigned int
	States                    []DeskState
}

// DeskState is how many open cases are in a state.
type DeskState struct {
	ID, Title     string
	Open, Overdue int
}

const (
	countMost   = 1000 // a tile says "more than 1,000"
	nearestMost = 8
)

// organisations lists those for which the reader may do something, in the order of their names' ids.
func (r Reader) organisations(do policy.Action) []string {
	var all []string
	for _, g := range r.Actor.Grants {
		if policy.Can(r.Actor, do, policy.Thing{Kind: "organisation", ID: g.Organisation, Organisation: g.Organisation}) == nil &&
			!slices.Contains(all, g.Organisation) {
			all = append(all, g.Organisation)
		}
	}
	slices.Sort(all)
	return all
}

// consulted lists the organisations for which the reader may answer questions.
func (r Reader) consulted() []string {
	var all []string
	for _, g := range r.Actor.Grants {
		t := policy.Thing{Kind: "organisation", ID: g.Organisation, Consulted: []string{g.Organisation}}
		if policy.Can(r.Actor, policy.ConsultRead, t) == nil && !slices.Contains(all, g.Organisation) {
			all = append(all, g.Organisation)
		}
	}
	slices.Sort(all)
	return all
}

// DeskAreas says which parts of the desk are the reader's, for its navigation.
func DeskAreas(a policy.Actor) (cases, consults, administers bool) {
	r := Reader{Actor: a}
	return len(r.organisations(policy.CaseList)) > 0, len(r.consulted()) > 0, policy.Can(a, policy.StaffManage, policy.Thing{Kind: "staff"}) == nil
}

// Desk is the reader's own work and what lies in their organisations.
func (v *View) Desk(ctx context.Context, r Reader) (d Desk, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "desk"}); err != nil {
		return Desk{}, err
	}
	var shown []*cases.Case
	err = v.read(ctx, "Desk", func(ctx context.Context, tx *store.Tx) error {
		d = Desk{}
		d.Cases, d.Consults, d.Administers = DeskAreas(r.Actor)
		mine, names, err := v.mine(ctx, tx, r)
		if err != nil {
			return err
		}
		d.Covering = names
		if err := v.deskNumbers(ctx, tx, r, mine, &d); err != nil {
			return err
		}
		page, err := v.Docket.Cases.Queue(ctx, tx, cases.Query{Organisations: r.organisations(policy.CaseList), Assignees: mine, Sort: cases.ByDue, Limit: nearestMost})
		if err != nil {
			return err
		}
		shown = page.Cases
		if d.Nearest, err = v.queueLines(ctx, tx, r, page.Cases, nil); err != nil {
			return err
		}
		d.Services, err = v.deskServices(ctx, tx, r)
		for _, s := range d.Services {
			d.Overdue.N, d.Unassigned.N = d.Overdue.N+s.Overdue, d.Unassigned.N+s.Unassigned
		}
		return err
	})
	if err == nil {
		err = v.lookAtFound(ctx, r, shown, false)
	}
	if err != nil {
		return Desk{}, err
	}
	return d, nil
}

// mine are the persons whose cases are the reader's today: their own, and those they stand in for.
func (v *View) mine(ctx context.Context, tx *store.Tx, r Reader) (ids, names []string, err error) {
	today := v.place().Calendar.DateOf(tx.Now())
	absent, err := v.People.Cover(ctx, tx, r.Actor.Person, today)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range absent {
		who, err := v.People.Get(ctx, tx, id)
		if err != nil {
			return nil, nil, err
		}
		names = append(names, nameOf(who))
	}
	return append([]string{r.Actor.Person}, absent...), names, nil
}

func (v *View) deskNumbers(ctx context.Context, tx *store.Tx, r Reader, mine []string, d *Desk) error {
	own := cases.Query{Organisations: r.organisations(policy.CaseList), Assignees: mine}
	approve := cases.Query{Organisations: r.organisations(policy.CaseSupervise), Awaits: awaitsApproval}
	for _, count := range []struct {
		q  cases.Query
		to *Number
	}{{own, &d.Mine}, {approve, &d.Awaiting}} {
		n, err := v.Docket.Cases.HowMany(ctx, tx, count.q, countMost)
		if err != nil {
			return err
		}
		*count.to = Number{n, n >= countMost}
	}
	for _, o := range r.consulted() {
		open, err := v.Docket.Cases.Asked(ctx, tx, o, false, countMost)
		if err != nil {
			return err
		}
		d.Asked.N += len(open)
		d.Asked.More = d.Asked.More || len(open) >= countMost
	}
	return nil
}

// awaitsApproval is what a case awaits when a second person must decide.
const awaitsApproval = "approval"

// deskServices are the open cases by service and state.
func (v *View) deskServices(ctx context.Context, tx *store.Tx, r Reader) ([]DeskService, error) {
	j := v.place()
	counts, err := v.Docket.Cases.Counts(ctx, tx, r.organisations(policy.CaseList), j.Calendar.DateOf(tx.Now()))
	if err != nil {
		return nil, err
	}
	var list []DeskService
	for _, n := range counts {
		s, ok := v.Docket.Releases.InForce(n.Service)
		title := n.Service
		if ok {
			title = r.words(j, s.Title)
		}
		if last := len(list) - 1; last < 0 || list[last].ID != n.Service || list[last].Organisation != r.organisationName(j, n.Organisation) {
			list = append(list, DeskService{Organisation: r.organisationName(j, n.Organisation), ID: n.Service, Title: title})
		}
		one := &list[len(list)-1]
		one.Open, one.Overdue, one.Unassigned = one.Open+n.Open, one.Overdue+n.Overdue, one.Unassigned+n.Unassigned
		one.States = append(one.States, DeskState{n.State, r.stateTitle(s, n.State), n.Open, n.Overdue})
	}
	return list, nil
}

// stateTitle is the file's word for a state; the id where the file no longer has it.
func (r Reader) stateTitle(s *service.Service, id string) string {
	if s == nil || s.States[id] == nil {
		return id
	}
	return r.words(s.Jurisdiction, s.States[id].Title)
}

// Timing is how a deadline stands, in words; Level never says more than the words do.
type Timing struct {
	Text, Date string // Date for machines; "" for none
	Level      string // late, soon, ok, stopped, none
}

const soonDays = 2 // working days

// timing counts what is left in working days, as deadlines are counted.
func (r Reader) timing(j *service.Jurisdiction, due calendar.Date, stopped bool, today calendar.Date) Timing {
	p := r.P
	switch {
	case due.IsZero() && stopped:
		return Timing{Text: p.T("Clock stopped"), Level: "stopped"}
	case due.IsZero():
		return Timing{Text: p.T("No deadline"), Level: "none"}
	}
	t := Timing{Date: due.String(), Level: "ok"}
	day := i18n.V{"date": r.date(due)}
	left, err := j.Calendar.WorkingDaysBetween(today, due)
	switch {
	case due == today:
		t.Text, t.Level = p.T("Due today"), "soon"
	case due.Before(today):
		t.Level, t.Text = "late", p.T("Overdue since {date}", day)
		if err == nil && left < 0 {
			t.Text = p.N("{n} working day late", "{n} working days late", -left)
		}
	case err != nil || left == 0: // beyond the calendar's years, or only days off between
		t.Text = p.T("Due {date}", day)
	default:
		t.Text = p.N("{n} working day left", "{n} working days left", left)
		if left <= soonDays {
			t.Level = "soon"
		}
	}
	if stopped { // the applicant's own time runs
		t.Text, t.Level = p.T("Clock stopped; answer due {date}", day), "stopped"
	}
	return t
}

// outOfSight answers for what a desk page may not even mention.
func outOfSight() error { return fault.NewNotFound("") }
