package flow

import (
	"context"
	"strings"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// reportWrong tells whoever keeps a register that somebody says a value in it is wrong, once for each value that is said to be
// right. Nothing is changed by it: whoever keeps the register decides, by their own rules.
func (f Knowing) reportWrong(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft, place string, q *service.Question, k *cases.Known) error {
	var right []string
	for _, name := range process.Fields(q) {
		if text := draft.Typed.Get(at(place, name)); text != "" {
			right = append(right, text)
		}
	}
	said := strings.Join(right, " ")
	if said == "" || said == k.Told || len(k.Found) == 0 {
		return nil // told when they have typed it
	}
	k.Told = said
	_, to := q.Known.Keeper(draft.Service.Jurisdiction)
	if to.Email == "" {
		return nil // the page gives whatever else there is to reach them
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return err
	}
	j := draft.Service.Jurisdiction
	language := j.File.Languages[0]
	p := f.Words.For(language)
	var has []string
	for _, x := range k.Found {
		has = append(has, x.Number+": "+x.Text)
	}
	v := i18n.V{
		"register": q.Known.Title().In(language), "field": q.Known.FieldTitle().In(language), "has": strings.Join(has, "; "), "right": said,
		"service": draft.Service.Title.In(language), "email": who.Email,
	}
	return f.Outbox.Put(ctx, tx, notify.Message{
		Subject: draft.Subject, Kind: "correction", Language: language,
		Content: notify.Content{
			To:    to.Email,
			Title: p.T("Somebody says that a record is wrong: {register}", v),
			Text: p.T("Somebody who has signed in was shown what the {register} says of them, and says that it is wrong.", v) + "\n\n" +
				p.T("{field}, as the register has it: {has}", v) + "\n" + p.T("What they say is right: {right}", v) + "\n\n" +
				p.T("They were writing: {service}. Nothing was changed. Look into it, and answer them: {email}", v),
		},
	})
}
