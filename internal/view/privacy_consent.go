package view

import (
	"context"
	"strings"

	"stoa/internal/consent"
	"stoa/internal/docket"
	"stoa/internal/service"
	"stoa/internal/store"
)

// unconsented takes out of a case, as staff read it, every answer that rests on a consent which does not stand: it was
// never given, taken back, or has run out. The applicant still sees what they once wrote.
func (v *View) unconsented(ctx context.Context, tx *store.Tx, c *docket.Case) error {
	for id, p := range c.Service.Privacy {
		if p.Consent == "" {
			continue
		}
		stands, err := consent.Stands(ctx, tx, c.Person, p.Consent, docket.Day(c.Service, tx.Now()))
		if err != nil {
			return err
		}
		if stands {
			continue
		}
		for _, page := range c.Service.Pages {
			hideAnswers(c, page.Questions, id)
		}
	}
	return nil
}

func hideAnswers(c *docket.Case, questions []*service.Question, section string) {
	for _, q := range questions {
		if q.Personal != section && !anyMember(q.Members, section) {
			continue
		}
		delete(c.Judged.Answers, q.ID)
		delete(c.Typed.Groups, q.ID)
		for name := range c.Typed.Fields {
			if name == q.ID || strings.HasPrefix(name, q.ID+"-") {
				delete(c.Typed.Fields, name)
			}
		}
	}
}

func anyMember(members []*service.Question, section string) bool {
	for _, m := range members {
		if m.Personal == section || anyMember(m.Members, section) {
			return true
		}
	}
	return false
}
