package process

import (
	"context"
	"fmt"

	"stoa/internal/service"
)

// Label names the case in lists, by the file's rule. It is made on submission: the facts of the case's
// later life are empty.
func (j *Judgement) Label(ctx context.Context) (string, error) {
	rule := j.Situation.Service.Label
	if rule == nil {
		return "", nil
	}
	day := j.Situation.Service.Jurisdiction.Calendar.StartOf(j.Situation.Today)
	out := j.rules.eval(ctx, rule, j.caseScope(Facts{Submitted: day, Entered: day}, day))
	text, ok := out.value.(string)
	if !out.known || !ok {
		return "", fmt.Errorf("the label at %s is not known", rule.Pos)
	}
	return text, nil
}

// Searchable lists the texts by which the file lets officers find the case.
func (j *Judgement) Searchable() []string {
	var texts []string
	var level func(questions []*service.Question, a Answers)
	level = func(questions []*service.Question, a Answers) {
		for _, q := range questions {
			switch v := a[q.ID].(type) {
			case []Item:
				for _, item := range v {
					level(q.Members, item.Answers)
				}
			case string:
				if q.Search {
					texts = append(texts, v)
				}
			case Name:
				if q.Search {
					texts = append(texts, v.Full)
				}
			case Address:
				if q.Search {
					texts = append(texts, v.Line1, v.Line2, v.Town, v.Postcode)
				}
			case Pick:
				if q.Search {
					texts = append(texts, v.Label)
				}
			}
		}
	}
	for _, p := range j.Situation.Service.Pages {
		level(p.Questions, j.Answers)
	}
	return texts
}
