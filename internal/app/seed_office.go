package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/document"
	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// office is what officers, those who are asked, and applicants do on a day. On the last days little is
// done, so that there is work to find.
func (s *seeder) office(ctx context.Context, day, today calendar.Date) error {
	working, err := s.j.Calendar.IsWorkingDay(day)
	if err != nil || !working {
		return err
	}
	chance := 45
	if day.DaysUntil(today) < 6 {
		chance = 8
	}
	left, pause := map[string]float64{}, 7*time.Hour/time.Duration(len(s.running)+1)
	still := s.running[:0]
	slices.SortStableFunc(s.running, func(a, b string) int { return cmp.Compare(s.owner[a], s.owner[b]) }) // each office has a part of the day
	for _, id := range s.running {
		c, err := s.load(ctx, id)
		if err != nil {
			return err
		}
		if !c.Open() {
			continue
		}
		still = append(still, id)
		if _, known := left[c.Organisation]; !known {
			left[c.Organisation] = s.left(c.Organisation)
		}
		if float64(s.dice.IntN(100)) < float64(chance)*left[c.Organisation] {
			if day != today { // the last morning is not over yet
				s.Clock.Set(s.Clock.Now().Add(min(pause, time.Duration(5+s.dice.IntN(20))*time.Minute)))
			}
			if err := s.deal(ctx, c, day); ignoreConflict(err) != nil {
				return fmt.Errorf("case %s in %s: %w", c.Number, c.State, err)
			}
		}
	}
	s.running = still
	return nil
}

func (s *seeder) load(ctx context.Context, id string) (c *docket.Case, err error) {
	err = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		c, err = s.Flow.Docket.Case(ctx, tx, id)
		return err
	})
	return c, err
}

// deal does one thing for a case: a reply that is owed, an approval, an answer, or an officer's action.
func (s *seeder) deal(ctx context.Context, c *docket.Case, day calendar.Date) error {
	for _, q := range c.Consultations {
		if q.Reply != "" || s.dice.IntN(3) == 0 {
			continue
		}
		who, ok := s.of1(q.Organisation, policy.Officer, policy.Supervisor)
		if !ok {
			continue
		}
		reply := flow.ReplyToConsultation{Case: c.ID, Consultation: q.ID, Reply: "no_objection", Key: s.key()}
		if s.dice.IntN(12) == 0 {
			reply.Reply, reply.Text = "objection", "Past events at these premises have caused a disturbance late at night. We ask for an earlier end."
		}
		return s.Flow.ReplyToConsultation(ctx, who, reply)
	}
	if c.Awaits == "approval" {
		for _, who := range s.staff {
			if policy.Can(who, policy.CaseApprove, c.Thing()) == nil {
				return s.Flow.Approve(ctx, who, flow.Approve{Case: c.ID, Version: c.Version, Yes: true, Key: s.key()})
			}
		}
		return nil
	}
	if done, err := s.act(ctx, c, "applicant", policy.Actor{Person: c.Person, Name: s.nameOf(ctx, c.Person)}); done || err != nil {
		return err
	}
	who, ok := s.of1(c.Organisation, policy.Officer, policy.Supervisor)
	if !ok {
		return nil
	}
	if c.Assignee == "" {
		err := s.Flow.Assign(ctx, who, flow.Assign{Case: c.ID, Version: c.Version, To: who.Person, Key: s.key()})
		at := s.Clock.Now()
		if err != nil || day == s.tax.today || s.dice.IntN(4) == 0 || at.After(s.j.Calendar.StartOf(day).Add(16*time.Hour)) {
			return err
		}
		s.Clock.Set(at.Add(time.Duration(15+s.dice.IntN(75)) * time.Minute)) // most read at once what they took
		if c, err = s.load(ctx, c.ID); err != nil {
			return err
		}
	}
	role := "officer"
	if who.Has(c.Organisation, policy.Supervisor) {
		role = "supervisor"
	}
	_, err := s.act(ctx, c, role, who)
	return err
}

// of1 finds a member of staff of an organisation.
func (s *seeder) of1(organisation string, roles ...policy.Role) (policy.Actor, bool) {
	var fit []policy.Actor
	for _, a := range s.staff {
		if a.Has(organisation, roles...) {
			fit = append(fit, a)
		}
	}
	if len(fit) == 0 {
		return policy.Actor{}, false
	}
	return fit[s.dice.IntN(len(fit))], true
}

func (s *seeder) nameOf(ctx context.Context, id string) string {
	var name string
	_ = s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		who, err := s.Flow.People.Get(ctx, tx, id)
		name = who.Name
		return err
	})
	return name
}

// act takes one of the actions that are offered; likely ones more often.
func (s *seeder) act(ctx context.Context, c *docket.Case, role string, who policy.Actor) (bool, error) {
	offered, err := process.Offered(ctx, c.Judged, c.Facts, role, s.Clock.Now())
	if err != nil || len(offered) == 0 {
		return false, err
	}
	var bag []*service.Action
	for _, a := range offered {
		for range weight(a) {
			bag = append(bag, a)
		}
	}
	if len(bag) == 0 {
		return false, nil
	}
	if role == "applicant" && s.dice.IntN(2) == 0 && bag[0].Kind != "answer" {
		return false, nil
	}
	a := bag[s.dice.IntN(len(bag))]
	in := flow.ActOnCase{Case: c.ID, Version: c.Version, Action: a.ID, Key: s.key()}
	switch a.Kind {
	case "request_information":
		in.Text = "Please tell us more about the closing time and who will be in charge on the day."
	case "answer":
		in.Text = "We close at 11 at night. I will be there myself the whole time."
	}
	if len(a.Standard) > 0 {
		in.Decision.Reasons = []string{a.Standard[s.dice.IntN(len(a.Standard))].ID}
	} else if a.Reasons == "required" {
		in.Decision.Reason = "The application meets what the law asks for."
	}
	for _, condition := range a.Conditions {
		if s.dice.IntN(2) == 0 {
			in.Decision.Conditions = append(in.Decision.Conditions, condition.ID)
		}
	}
	return true, s.Flow.ActOnCase(ctx, who, in)
}

func weight(a *service.Action) int {
	switch {
	case a.Kind == "withdraw":
		return 0
	case a.Kind == "request_information":
		return 2
	case a.Kind == "decide" && (a.Outcome == "refused" || a.Outcome == "rejected"):
		return 1
	case a.Kind == "answer":
		return 8
	case a.Kind == "decide":
		return 9
	}
	return 5
}

func (s *seeder) key() string { return fmt.Sprintf("seed-%d-%d", s.dice.Uint64(), s.dice.Uint64()) }

// upload hands in a page of PDF for each file that the example has.
func (s *seeder) upload(ctx context.Context, holder policy.Actor, next planned, draft string, typed process.Typed) error {
	for _, q := range next.service.Questions {
		if q.Type != "file" || q.Parent != nil || next.example.Answers[q.ID] == nil {
			continue
		}
		var page bytes.Buffer
		title := q.Short.In("en")
		if title == "" {
			title = q.Ask.In("en")
		}
		doc := document.Document{Lang: "en", Title: title, Blocks: []document.Block{document.Paragraph{Text: document.Plain("A sample file of the demo, for draft " + draft + ".")}}}
		if err := document.PDF(&page, doc, document.Options{}); err != nil {
			return fmt.Errorf("making a sample file: %w", err)
		}
		in := flow.SavePage{Draft: draft, Page: q.Page.File.Page, Form: typed.Fields, Files: []flow.Upload{{Question: q.ID, Name: q.ID + ".pdf", Type: "application/pdf", Content: &page}}}
		if _, _, err := s.Flow.SavePage(ctx, holder, in); err != nil {
			return fmt.Errorf("uploading a sample file: %w", err)
		}
	}
	return nil
}

var (
	givenNames  = strings.Fields("Amina Oliver Grace Mateo Hana George Zainab Lucas Freya Idris Chloe Rahul Isla Tomas Nadia Harry Mei Samuel Layla Ewan")
	familyNames = strings.Fields("Okafor Hughes Silva Whitlock Haddad Brennan Kowalski Ahmed Fletcher Moreau Osei Tanaka Doyle Rossi Mansour Clarke Petrov Lindqvist Yusuf Hart")
)

// invented is a resident who exists nowhere.
func invented(i int) person.Details {
	given, family := givenNames[i%len(givenNames)], familyNames[(i*7+i/len(givenNames))%len(familyNames)]
	return person.Details{
		Name: given + " " + family, Email: strings.ToLower(given + "." + family + fmt.Sprint(i) + "@example.org"),
		Phone: fmt.Sprintf("01632 960%03d", i), // a range that Ofcom keeps for drama
	}
}
