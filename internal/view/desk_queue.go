package view

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// QueueAsk is what a queue is narrowed down to; the zero value is everything open, nearest deadline first.
type QueueAsk struct {
	Organisation, Service, State string
	Due                          string // "", overdue, week
	Assignee                     string // "", mine, none, or a person's id
	Awaiting                     bool   // a second person's approval
	Closed                       bool   // ended cases instead of open ones
	Words                        string
	Sort                         string // due, submitted, oldest; "": by deadline, and what is found by words the newest first
	After                        string // cursor
}

// Values of QueueAsk.
const (
	DueOverdue   = "overdue"
	DueWeek      = "week"
	AssigneeMine = "mine"
	AssigneeNone = "none"
)

// Queue is a page of cases.
type Queue struct {
	Lines         []QueueLine
	Next          string // cursor; "" on the last page
	Sort          string // what the lines are sorted by
	Total         Number
	Covering      []string
	Organisations []Option
	Services      []Option
	States        []Option // of the chosen service
	Staff         []Option
}

// QueueLine is a case in a queue.
type QueueLine struct {
	ID, Number, Label, Service, State string
	Ending                            string // "" while open; granted, refused …
	EndingText                        string
	Timing                            Timing
	Assignee                          string // name; "" for nobody
	Mine                              bool
	Awaiting                          bool
	Submitted                         Instant
	Due                               string // the day
}

const (
	queuePage  = 25
	weekLength = 8 // days: due before the eighth day from today
)

// Queue is a page of the cases of the reader's organisations.
func (v *View) Queue(ctx context.Context, r Reader, ask QueueAsk) (q Queue, err error) {
	mine := r.organisations(policy.CaseList)
	if len(mine) == 0 {
		return Queue{}, policy.Can(r.Actor, policy.CaseList, policy.Thing{Kind: "queue"})
	}
	var found []*cases.Case
	err = v.read(ctx, "Queue", func(ctx context.Context, tx *store.Tx) error {
		q = Queue{}
		query, err := v.query(ctx, tx, r, ask, mine, &q)
		if err != nil {
			return err
		}
		page, err := v.Docket.Cases.Queue(ctx, tx, query)
		if err != nil {
			return err
		}
		if q.Total, err = v.queueTotal(ctx, tx, query, page); err != nil {
			return err
		}
		staff, err := v.People.Staff(ctx, tx, mine...)
		if err != nil {
			return err
		}
		found, q.Next = page.Cases, page.Next
		v.queueChoices(r, ask, mine, staff, &q)
		q.Lines, err = v.queueLines(ctx, tx, r, page.Cases, staff)
		return err
	})
	if err == nil {
		err = v.lookAtFound(ctx, r, found, strings.TrimSpace(ask.Words) != "")
	}
	if err != nil {
		return Queue{}, err
	}
	return q, nil
}

// queueTotal is how many cases a query finds on all its pages.
func (v *View) queueTotal(ctx context.Context, tx *store.Tx, q cases.Query, page cases.Page) (Number, error) {
	switch {
	case q.After == "" && page.Next == "":
		return Number{N: len(page.Cases)}, nil
	case len(cases.Terms(q.Words)) > 0: // each one more is many looks into the index of words: a search says "25 cases or more"
		return Number{queuePage, true}, nil
	}
	n, err := v.Docket.Cases.HowMany(ctx, tx, q, countMost)
	return Number{n, n >= countMost}, err
}

// query turns what is asked into what package cases finds; an organisation that is not the reader's
// finds nothing.
func (v *View) query(ctx context.Context, tx *store.Tx, r Reader, ask QueueAsk, mine []string, q *Queue) (cases.Query, error) {
	today := v.place().Calendar.DateOf(tx.Now())
	query := cases.Query{Organisations: mine, Service: ask.Service, Closed: ask.Closed, Words: ask.Words, Sort: ask.Sort, After: ask.After, Limit: queuePage}
	if query.Sort == "" && len(cases.Terms(ask.Words)) > 0 {
		query.Sort = cases.ByMade
	}
	q.Sort = query.Sort
	if ask.Organisation != "" {
		query.Organisations = nil
		if slices.Contains(mine, ask.Organisation) {
			query.Organisations = []string{ask.Organisation}
		}
	}
	if ask.Service != "" { // states are words of one service
		query.State = ask.State
	}
	var err error
	switch ask.Due {
	case DueOverdue:
		query.DueBefore = today
	case DueWeek:
		query.DueBefore, err = today.AddDays(weekLength)
	}
	if err != nil {
		return query, err
	}
	if ask.Awaiting {
		query.Awaits = awaitsApproval
	}
	switch ask.Assignee {
	case "":
	case AssigneeMine:
		query.Assignees, q.Covering, err = v.mine(ctx, tx, r)
	case AssigneeNone:
		query.Unassigned = true
	default:
		query.Assignees = []string{ask.Assignee}
	}
	return query, err
}

// queueChoices are what the queue can be narrowed down to.
func (v *View) queueChoices(r Reader, ask QueueAsk, mine []string, staff []person.Person, q *Queue) {
	j := v.place()
	for _, o := range mine {
		q.Organisations = append(q.Organisations, Option{Value: o, Label: r.organisationName(j, o)})
	}
	for _, s := range j.Services {
		if !slices.Contains(mine, s.Organisation) || ask.Organisation != "" && ask.Organisation != s.Organisation {
			continue
		}
		q.Services = append(q.Services, Option{Value: s.Service, Label: r.words(j, s.Title)})
		if s.Service != ask.Service {
			continue
		}
		for _, st := range s.Case.States {
			if (st.End != "") == ask.Closed {
				q.States = append(q.States, Option{Value: st.ID, Label: r.words(j, st.Title)})
			}
		}
	}
	for _, who := range staff {
		if who.ID != r.Actor.Person && works(who, mine) {
			q.Staff = append(q.Staff, Option{Value: who.ID, Label: nameOf(who)})
		}
	}
	slices.SortStableFunc(q.Staff, func(a, b Option) int { return strings.Compare(a.Label, b.Label) })
}

// works reports whether somebody may work on the cases of one of the organisations.
func works(who person.Person, organisations []string) bool {
	actor := policy.Actor{Person: who.ID, Grants: who.Grants}
	return slices.ContainsFunc(organisations, func(o string) bool {
		return policy.Can(actor, policy.CaseWork, policy.Thing{Kind: "organisation", Organisation: o}) == nil
	})
}

func nameOf(p person.Person) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Email
}

// queueLines writes rows for the reader. staff, where the caller has it, saves looking names up.
func (v *View) queueLines(ctx context.Context, tx *store.Tx, r Reader, rows []*cases.Case, staff []person.Person) ([]QueueLine, error) {
	names := map[string]string{"": ""}
	for _, who := range staff {
		names[who.ID] = nameOf(who)
	}
	today := v.place().Calendar.DateOf(tx.Now())
	var list []QueueLine
	for _, c := range rows {
		if _, known := names[c.Assignee]; !known {
			who, err := v.People.Get(ctx, tx, c.Assignee)
			if err != nil {
				return nil, err
			}
			names[c.Assignee] = nameOf(who)
		}
		s, err := v.definition(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		line := QueueLine{
			ID: c.ID, Number: c.Number, Label: c.Label, Service: r.words(s.Jurisdiction, s.Title), State: r.stateTitle(s, c.State),
			Ending: c.Ending, EndingText: r.outcome(c.Ending), Assignee: names[c.Assignee], Mine: c.Assignee == r.Actor.Person,
			Awaiting: c.Awaits == awaitsApproval, Submitted: r.day(s, c.Submitted), Due: r.date(c.Due),
		}
		if c.Open() {
			line.Timing = r.timing(s.Jurisdiction, c.Due, c.Stopped, today)
		}
		list = append(list, line)
	}
	return list, nil
}

// day is the civil day of an instant: in a list the hour is noise.
func (r Reader) day(s *service.Service, t time.Time) Instant {
	d := docket.Day(s, t)
	return Instant{Text: r.date(d), Machine: d.String()}
}

// definition is the one in force where it knows the case's state: compiling a former definition only to
// name a state in a list would be slow.
func (v *View) definition(ctx context.Context, tx *store.Tx, c *cases.Case) (*service.Service, error) {
	if s, ok := v.Docket.Releases.InForce(c.Service); ok && s.States[c.State] != nil {
		return s, nil
	}
	return v.Docket.Releases.Get(ctx, tx, c.Definition)
}

// CaseNumbered finds the case with exactly this number among those that the reader may read: "" if there
// is none. Whoever types a number wants that case, open or ended.
func (v *View) CaseNumbered(ctx context.Context, r Reader, number string) (id string, err error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	if number == "" || len(number) > 40 {
		return "", nil
	}
	err = v.read(ctx, "CaseNumbered", func(ctx context.Context, tx *store.Tx) error {
		for _, o := range v.place().File.Organisations {
			if !r.Actor.Has(o.ID, policy.Reader, policy.Officer, policy.Supervisor) {
				continue
			}
			c, err := v.Docket.Cases.ByNumber(ctx, tx, o.ID, number)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if policy.Can(r.Actor, policy.CaseRead, policy.Thing{Kind: "case", ID: c.ID, Organisation: c.Organisation, Owner: c.Person}) == nil {
				id = c.ID
			}
			return nil
		}
		return nil
	})
	return id, err
}
