package visitor

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/process"
	"stoa/internal/service"
)

// Plan is what people apply for: a worked example of a service's own file.
type Plan struct {
	service *service.Service
	example *service.ExampleFile
	today   calendar.Date
}

// applied are the services that the load applies for: without a fee, and with one that is paid at once.
var applied = []string{"information-request", "temporary-event-notice"}

// Plans makes plans of the first examples that are taken without groups of answers, for people who apply today.
func Plans(files fs.FS, now time.Time) ([]Plan, error) {
	j, problems := service.Load(files)
	if len(problems) > 0 {
		return nil, errors.New("the folder has problems: stoa check says which")
	}
	var all []Plan
	for _, s := range j.Services {
		if !slices.Contains(applied, s.Service) {
			continue
		}
		for i := range s.Examples {
			p := Plan{s, &s.Examples[i], j.Calendar.DateOf(now)}
			if e := p.example; e.Variant != "" && e.Variant != "new" || len(e.Expect.Errors) > 0 || e.Expect.Eligible != nil && !*e.Expect.Eligible {
				continue
			}
			if t, err := p.typed(0); err == nil && len(t.Groups) == 0 && len(t.Fields) > 0 {
				all = append(all, p)
				break
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("the folder has no worked example that could be sent")
	}
	return all, nil
}

// Service is what is applied for.
func (p Plan) Service() string { return p.service.Service }

// typed is what the nth person types: the example's answers, given today, by themselves, at a place of their own where the service
// asks for one.
func (p Plan) typed(n int) (process.Typed, error) {
	answers := maps.Clone(p.example.Answers)
	for id, v := range answers {
		day, err := calendar.ParseISO(fmt.Sprint(v))
		if err != nil || day.Before(p.example.Submitted) {
			continue
		}
		later, err := p.today.AddDays(p.example.Submitted.DaysUntil(day))
		if err != nil {
			return process.Typed{}, err
		}
		answers[id] = later.String()
	}
	if slices.ContainsFunc(p.service.Questions, func(q *service.Question) bool { return q.ID == "place" && q.Type == "lookup" }) {
		answers["place"] = map[string]any{"label": fmt.Sprintf("Field %d behind Orchard Lane", n)}
	}
	if a := p.service.Applicant; a.Email != "" {
		answers[a.Email] = fmt.Sprintf("person-%d@visitor.example", n)
	}
	return process.TypedFrom(p.service, answers), nil
}

// asks reports whether a field is of a question; an officer has no plan.
func (p Plan) asks(name string) bool {
	return p.service != nil && slices.ContainsFunc(p.service.Questions, func(q *service.Question) bool { return q.ID == name })
}
