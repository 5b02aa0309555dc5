package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"sort"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// seedDays is how long the demo has lived when it starts.
const seedDays = 150

// seeder plays half a year of a district: people apply as the worked examples of the service files say,
// officers act on what they are offered. Everything passes through the real use cases, under the demo's
// clock; equal files give equal stories.
type seeder struct {
	*App
	j          *service.Jurisdiction
	dice       *rand.Rand
	staff      []policy.Actor
	people     []person.Details
	plan       []planned
	running    []string          // open cases
	owner      map[string]string // case → office
	made       int
	of         int
	tell       func(done, of int)
	tax        taxStory
	statements bankStory
	spending   *spendStory    // nil where nothing is spent by a budget
	asked      map[int]string // requests for information → case
	forms      int
}

// planned is an application to come.
type planned struct {
	at      time.Time
	service *service.Service
	example *service.ExampleFile
	weeks   int // by which the example's dates move
}

// SeedDemo puts the sample in force and, the first time, fills it.
func (a *App) SeedDemo(ctx context.Context, files fs.FS, count int, tell func(done, of int)) error {
	last, err := a.lastChange(ctx)
	if err != nil {
		return err
	}
	if last.IsZero() { // the rules were in force before anything was decided by them
		a.Clock.Set(time.Now().AddDate(-2, 0, 0))
		defer a.Clock.Set(time.Time{})
	}
	problems, err := a.Publish(ctx, files)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("the sample has %d problems, the first: %s", len(problems), problems[0])
	}
	s := &seeder{App: a, j: a.Flow.Docket.Releases.Current(), dice: rand.New(rand.NewPCG(4, 2)), owner: map[string]string{}, asked: map[int]string{}, of: count, tell: tell}
	if err := s.know(ctx); err != nil {
		return err
	}
	if !last.IsZero() { // the demo goes on, not before it stopped
		if behind := time.Until(last); behind > 0 {
			a.Clock.Advance(behind)
		}
		return nil
	}
	return s.play(ctx)
}

// lastChange is when a case was last changed; zero where there is none.
func (a *App) lastChange(ctx context.Context) (last time.Time, err error) {
	err = a.DB.Read(ctx, "app.lastChange", func(ctx context.Context, tx *store.Tx) error {
		last, err = a.Flow.Docket.Cases.LastChange(ctx, tx)
		return err
	})
	return last, err
}

// employ gives somebody an account with roles.
func (s *seeder) employ(ctx context.Context, name, email string, roles []service.RoleFile) error {
	actor := policy.Actor{Name: name}
	for _, r := range roles {
		actor.Grants = append(actor.Grants, policy.Grant{Role: policy.Role(r.Role), Organisation: r.Organisation})
	}
	id, err := s.Flow.AddStaff(ctx, System, flow.AddStaff{Name: name, Email: email, Language: s.j.File.Languages[0], Grants: actor.Grants})
	if err != nil {
		return fmt.Errorf("making %s: %w", name, err)
	}
	actor.Person = id
	s.staff = append(s.staff, actor)
	return nil
}

// know makes the demo's people.
func (s *seeder) know(ctx context.Context) error {
	for _, p := range s.j.Demo.Staff {
		if err := s.employ(ctx, p.Name, p.Email, p.Roles); err != nil {
			return err
		}
	}
	for _, p := range s.j.Demo.Residents {
		d := person.Details{Name: p.Name, Email: p.Email, Phone: p.Phone}
		language := p.Language
		if language == "" {
			language = s.j.File.Languages[0]
		}
		if _, err := s.Flow.KnowResident(ctx, System, d, language); err != nil {
			return fmt.Errorf("making %s: %w", p.Name, err)
		}
		if !p.Quiet {
			s.people = append(s.people, d)
		}
	}
	for i := range 60 {
		s.people = append(s.people, invented(i))
	}
	return nil
}

// play lets the days pass, one by one.
func (s *seeder) play(ctx context.Context) error {
	now := time.Now()
	today := s.j.Calendar.DateOf(now)
	first, err := today.AddDays(-seedDays)
	if err != nil {
		return err
	}
	if err := s.knowLeft(ctx); err != nil {
		return err
	}
	s.tax.first, s.tax.today = first, today
	s.schedule(first, today, now)
	if err := s.spendingStarts(ctx, first); err != nil {
		return fmt.Errorf("spending before %s: %w", first, err)
	}
	for day := first; !day.After(today); {
		morning := s.j.Calendar.StartOf(day).Add(8 * time.Hour)
		if morning.Before(now) {
			s.Clock.Set(morning)
			if _, err := s.Flow.Turn(ctx, System); err != nil {
				return fmt.Errorf("turning %s: %w", day, err)
			}
			if _, err := s.Flow.Finance().Dun(ctx, System); err != nil {
				return fmt.Errorf("late bills on %s: %w", day, err)
			}
			if err := s.spendingOn(ctx, day, s.lastMorning(today, now)); err != nil {
				return err
			}
			s.Clock.Set(morning)
			if err := s.leave(ctx, day.DaysUntil(today)); err != nil {
				return err
			}
			if err := s.office(ctx, day, today); err != nil {
				return fmt.Errorf("office work on %s: %w", day, err)
			}
		}
		if day == today {
			if err := s.appointments(ctx, today, now); err != nil {
				return err
			}
		}
		if err := s.counter(ctx, day); err != nil {
			return fmt.Errorf("applications on %s: %w", day, err)
		}
		if err := s.requests(ctx, day, today, now); err != nil {
			return err
		}
		if err := s.taxes(ctx); err != nil {
			return err
		}
		s.sandbox.Tick(ctx)
		if err := s.Flow.Finance().AskProviders(ctx, System); err != nil {
			return fmt.Errorf("asking about payments on %s: %w", day, err)
		}
		if _, err := s.Jobs.RunDue(ctx); err != nil {
			return fmt.Errorf("sending mail on %s: %w", day, err)
		}
		if err := s.bank(ctx, day, today); err != nil {
			return err
		}
		if err := s.publishes(ctx, day, today); err != nil {
			return err
		}
		if day, err = day.AddDays(1); err != nil {
			return err
		}
	}
	if err := s.giveMandates(ctx); err != nil {
		return err
	}
	s.count(ctx) // so that the first visitor sees how it is going
	return s.history(ctx, first)
}

// schedule spreads applications over the days. An example keeps its weekday, since law counts in
// working days.
func (s *seeder) schedule(first, today calendar.Date, now time.Time) {
	type source struct {
		s *service.Service
		e *service.ExampleFile
	}
	var sources [][]source
	for _, one := range s.j.Services {
		if one.Disclosure != nil {
			continue // the file of the demo has requests of its own
		}
		var good []source
		for i := range one.Examples {
			if e := &one.Examples[i]; usable(e) {
				good = append(good, source{one, e})
			}
		}
		if len(good) > 0 {
			sources = append(sources, good)
		}
	}
	if len(sources) == 0 {
		return
	}
	for range s.of {
		good := sources[s.dice.IntN(len(sources))]
		from := good[s.dice.IntN(len(good))]
		weeks := from.e.Submitted.DaysUntil(first)/7 + s.dice.IntN(first.DaysUntil(today)/7+1)
		day, err := from.e.Submitted.AddDays(7 * weeks)
		if err != nil || day.After(today) || day.Before(first) {
			continue
		}
		at := s.j.Calendar.StartOf(day).Add(9*time.Hour + time.Duration(s.dice.IntN(12*60))*time.Minute)
		if at.After(now) {
			continue
		}
		s.plan = append(s.plan, planned{at, from.s, from.e, weeks})
	}
	sort.Slice(s.plan, func(i, k int) bool { return s.plan[i].at.Before(s.plan[k].at) })
	s.of = len(s.plan)
}

// usable reports whether an example is one of a first application that goes through.
func usable(e *service.ExampleFile) bool {
	return (e.Variant == "" || e.Variant == "new") && len(e.Expect.Errors) == 0 && (e.Expect.Eligible == nil || *e.Expect.Eligible) && e.Submitted != (calendar.Date{})
}

// counter takes the applications of a day.
func (s *seeder) counter(ctx context.Context, day calendar.Date) error {
	for len(s.plan) > 0 && !s.j.Calendar.DateOf(s.plan[0].at).After(day) {
		next := s.plan[0]
		s.plan = s.plan[1:]
		if at := s.Clock.Now(); day.DaysUntil(s.tax.today) == 0 || at.Before(next.at) || s.j.Calendar.DateOf(at) != day { // the officers' day may be longer
			s.Clock.Set(next.at)
		}
		if err := s.apply(ctx, next); err != nil {
			return err
		}
		s.made++
		if s.made%20 == 0 || len(s.plan) == 0 {
			s.tell(s.made, s.of)
		}
	}
	return nil
}

// apply hands in one application; what the law refuses on its day is left out.
func (s *seeder) apply(ctx context.Context, next planned) error {
	who := s.people[s.dice.IntN(len(s.people))]
	if s.dice.IntN(5) == 0 {
		who = s.people[s.dice.IntN(len(s.j.Demo.Residents)+1)]
	}
	typed := process.TypedFrom(next.service, s.moved(next, who))
	id, token, err := s.Flow.StartDraft(ctx, policy.Actor{}, flow.StartDraft{
		Service: next.service.Service, Language: s.languageOf(who), Typed: typed,
	})
	if err != nil {
		return err
	}
	_ = token // the actor below holds the draft as a browser with the token would
	holder := policy.Actor{Draft: id, Level: policy.High}
	if err := s.upload(ctx, holder, next, id, typed); err != nil {
		return err
	}
	done, err := s.Flow.Submit(ctx, holder, flow.Submit{Draft: id, Declared: true})
	var not *flow.NotReady
	if errors.As(err, &not) {
		s.Log.Debug("an example cannot be moved", "example", next.example.Name, "errors", len(not.Draft.Judged.Errors))
		return nil
	}
	if err != nil {
		return fmt.Errorf("applying as in %q: %w", next.example.Name, err)
	}
	s.running = append(s.running, done.Case)
	s.owner[done.Case] = next.service.Organisation
	return s.payFee(ctx, holder, id)
}

func (s *seeder) languageOf(who person.Details) string {
	for _, r := range s.j.Demo.Residents {
		if r.Email == who.Email && r.Language != "" {
			return r.Language
		}
	}
	return s.j.File.Languages[0]
}

// moved is an example's answers, at another time, by somebody else and under another name.
func (s *seeder) moved(next planned, who person.Details) map[string]any {
	answers := map[string]any{}
	for id, v := range next.example.Answers {
		answers[id] = v
	}
	for _, q := range next.service.Questions {
		if q.Type != "date" || q.Parent != nil || answers[q.ID] == nil {
			continue
		}
		date, err := calendar.ParseISO(fmt.Sprint(answers[q.ID]))
		if err != nil || abs(next.example.Submitted.DaysUntil(date)) > 500 { // a birthday does not move
			continue
		}
		if date, err = date.AddDays(7 * next.weeks); err == nil {
			answers[q.ID] = date.String()
		}
	}
	for _, q := range next.service.Questions { // in the order of the file: equal files give equal stories
		if other := s.j.Demo.Answers[q.ID]; q.Parent == nil && answers[q.ID] != nil && len(other) > 0 {
			answers[q.ID] = other[s.dice.IntN(len(other))]
		}
	}
	vary(next.service.Questions, answers, who.Email)
	answers[next.service.Applicant.Name] = who.Name
	answers[next.service.Applicant.Email] = who.Email
	if next.service.Applicant.Phone != "" && who.Phone != "" {
		answers[next.service.Applicant.Phone] = who.Phone
	}
	return answers
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// ignoreConflict lets the story go on where a case has moved by itself meanwhile.
func ignoreConflict(err error) error {
	if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Invalid || k == fault.NotFound) {
		return nil
	}
	return err
}
