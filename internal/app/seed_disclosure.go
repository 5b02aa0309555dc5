package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/disclosure"
	"stoa/internal/flow"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/redact"
	"stoa/internal/service"
	"stoa/internal/store"
)

// requests plays the requests for information of the demo: each is sent on its day, and dealt with some days later by an
// officer and a second person, as far as the file says.
func (s *seeder) requests(ctx context.Context, day, today calendar.Date, now time.Time) error {
	at := s.j.Calendar.StartOf(day).Add(11 * time.Hour)
	if at.After(now) {
		return nil
	}
	i := slices.IndexFunc(s.j.Services, func(one *service.Service) bool { return one.Disclosure != nil })
	if i < 0 {
		return nil
	}
	for n := range s.j.Demo.Requests {
		r := &s.j.Demo.Requests[n]
		sent, err := today.AddDays(-r.DaysAgo)
		if err != nil {
			return err
		}
		s.Clock.Set(at)
		switch {
		case day == sent:
			if s.asked[n], err = s.ask(ctx, s.j.Services[i], r); err != nil {
				return fmt.Errorf("request for information %d: %w", n+1, err)
			}
		case r.Action != "" && sent.DaysUntil(day) == r.After && s.asked[n] != "":
			if err := s.answer(ctx, r, s.asked[n]); err != nil {
				return fmt.Errorf("answering request for information %d: %w", n+1, err)
			}
		}
	}
	return nil
}

// ask sends a request.
func (s *seeder) ask(ctx context.Context, of *service.Service, r *service.DemoRequestFile) (string, error) {
	i := slices.IndexFunc(s.people[:len(s.j.Demo.Residents)], func(d person.Details) bool { return d.Email == r.By })
	if i < 0 {
		return "", fmt.Errorf("nobody has the address %q", r.By)
	}
	who := s.people[i]
	answers := map[string]any{of.Disclosure.Title: r.Subject, of.Disclosure.Request: r.Wanted, of.Disclosure.Topic: r.Topic, of.Applicant.Name: who.Name, of.Applicant.Email: who.Email}
	for id, v := range of.Examples[0].Answers { // what else the service asks is answered as in its first example
		if _, there := answers[id]; !there {
			answers[id] = v
		}
	}
	id, _, err := s.Flow.StartDraft(ctx, policy.Actor{}, flow.StartDraft{Service: of.Service, Language: s.languageOf(who), Typed: process.TypedFrom(of, answers)})
	if err != nil {
		return "", err
	}
	done, err := s.Flow.Submit(ctx, policy.Actor{Draft: id, Level: policy.High}, flow.Submit{Draft: id, Declared: true})
	return done.Case, err
}

// answer does what the file says of a request: documents with passages taken out, a decision, the disclosure log.
func (s *seeder) answer(ctx context.Context, r *service.DemoRequestFile, id string) error {
	c, err := s.load(ctx, id)
	if err != nil {
		return err
	}
	officer, second := policy.Actor{}, policy.Actor{}
	for _, a := range s.staff {
		switch {
		case a.Has(c.Organisation, policy.Supervisor):
			second = a
		case a.Has(c.Organisation, policy.Officer):
			officer = a
		}
	}
	all := s.Flow.Disclosure()
	if r.Document != "" {
		document, err := all.AddMaterial(ctx, officer, flow.AddMaterial{Case: id, Name: r.File, Content: strings.NewReader(r.Document), Key: s.formKey()})
		if err != nil {
			return err
		}
		if err := s.takeOut(ctx, officer, r, document); err != nil {
			return err
		}
	}
	if err := s.bothAgree(ctx, officer, second, id, r.Waits); err != nil {
		return err
	}
	if r.Waits {
		return nil
	}
	in := flow.ActOnCase{Case: id, Version: c.Version, Action: r.Action, Text: r.Text, Decision: process.Decision{Reasons: r.Reasons}, Key: s.formKey()}
	if err := s.Flow.ActOnCase(ctx, officer, in); err != nil {
		return err
	}
	if c, err = s.load(ctx, id); err != nil {
		return err
	}
	if c.Awaits == "approval" {
		if err := s.Flow.Approve(ctx, second, flow.Approve{Case: id, Version: c.Version, Yes: true, Key: s.formKey()}); err != nil {
			return err
		}
	}
	if !r.Publish {
		return nil
	}
	if err := all.Prepare(ctx, officer, id); err != nil {
		return err
	}
	if err := s.bothAgree(ctx, officer, second, id, false); err != nil {
		return err
	}
	_, err = all.PublishAnswer(ctx, officer, flow.PublishAnswer{Case: id, Key: s.formKey()})
	return err
}

// takeOut removes the words that the file names.
func (s *seeder) takeOut(ctx context.Context, officer policy.Actor, r *service.DemoRequestFile, id string) error {
	content, err := redact.Read(redact.Text, []byte(r.Document))
	if err != nil {
		return err
	}
	in := flow.Redact{Document: id, Version: 1, Terms: r.Remove, Key: s.formKey()}
	for _, f := range redact.Find(content, r.Remove) {
		if f.What == redact.FoundTerm && len(r.Reasons) > 0 {
			in.Add = append(in.Add, redact.Mark{Unit: f.Unit, From: f.From, To: f.To, Reason: r.Reasons[0]})
		}
	}
	return s.Flow.Disclosure().Redact(ctx, officer, in)
}

// bothAgree lets the officer propose, and unless it waits the second person agree to, whatever stands open.
func (s *seeder) bothAgree(ctx context.Context, officer, second policy.Actor, id string, waits bool) error {
	var open []*disclosure.Document
	err := s.DB.Read(ctx, "app.seed", func(ctx context.Context, tx *store.Tx) error {
		all, err := s.Flow.Disclosures.Of(ctx, tx, id)
		open = slices.DeleteFunc(all, func(d *disclosure.Document) bool { return d.State != disclosure.Open })
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range open {
		if err := s.Flow.Disclosure().ProposeRelease(ctx, officer, flow.DocumentStep{Document: d.ID, Version: d.Version, Key: s.formKey()}); err != nil {
			return err
		}
		if waits {
			continue
		}
		if err := s.Flow.Disclosure().AgreeRelease(ctx, second, flow.AgreeRelease{Document: d.ID, Version: d.Version + 1, Yes: true, Key: s.formKey()}); err != nil {
			return err
		}
	}
	return nil
}

// formKey is a key for a form of these requests. It draws no number: the rest of the story stays the same.
func (s *seeder) formKey() string {
	s.forms++
	return fmt.Sprintf("seed-request-%d", s.forms)
}
