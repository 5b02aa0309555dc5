package flow

import (
	"context"
	"maps"
	"strings"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// reportWrong tells whoever keeps a register that somebody says a value in it is wrong, once for each value that is said to be
// right. Nothing is changed by it. In a register of ours it waits at the desk as a correction that they propose, for an officer
// to decide; of others it is a message.
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
	waits, err := f.proposeOwn(ctx, tx, actor, draft, q, k, said)
	if err != nil {
		return err
	}
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
	what, link := p.T("They were writing: {service}. Nothing was changed. Look into it, and answer them: {email}", v), ""
	if waits != "" {
		what = p.T("They were writing: {service}. It waits at the desk as a correction, for a supervisor to decide.", v)
		link = "/desk/proposals/" + waits
	}
	return f.Outbox.Put(ctx, tx, notify.Message{
		Subject: draft.Subject, Kind: "correction", Language: language,
		Content: notify.Content{
			To:    to.Email,
			Title: p.T("Somebody says that a record is wrong: {register}", v),
			Text: p.T("Somebody who has signed in was shown what the {register} says of them, and says that it is wrong.", v) + "\n\n" +
				p.T("{field}, as the register has it: {has}", v) + "\n" + p.T("What they say is right: {right}", v) + "\n\n" +
				what,
			Link: link,
		},
	})
}

// proposeOwn makes what the person concerned says a correction that waits for another's decision, and withdraws what
// they said of the same field before; what they, or anybody else, propose in another way stays. It gives "" where the register cannot hold it: of others, of several entries, or no value of the field.
func (f Knowing) proposeOwn(ctx context.Context, tx *store.Tx, actor policy.Actor, draft *docket.Draft, q *service.Question, k *cases.Known, said string) (string, error) {
	reg, field := q.Known.Own, q.Known.Field
	if reg == nil || len(k.Found) != 1 || reg.Field(field) == nil || actor.Person == "" || k.Person != actor.Person {
		return "", nil
	}
	r, err := f.Docket.Records.ByNumber(ctx, tx, reg.Register, k.Found[0].Number)
	if err != nil {
		return "", missing(err)
	}
	whole := maps.Clone(r.Fields)
	whole[field] = said
	var problems fault.Fields
	if err := f.Registry().judge(ctx, tx, reg, whole, func(id string) bool { return id == field }, &problems); err != nil || len(problems) > 0 {
		return "", err
	}
	words := f.Words.For(draft.Service.Jurisdiction.File.Languages[0])
	reason, source := words.T("The person concerned says that it is wrong."), words.T("Their own statement, without a document")
	proposals := f.Docket.Records.Proposals()
	before, err := proposals.WaitingOf(ctx, tx, r.ID)
	if err != nil {
		return "", err
	}
	for _, p := range before {
		_, same := p.Set[field]
		if same && len(p.Set) == 1 && p.Proposer == actor.Person && p.Reason == reason && p.Source == source {
			if err := proposals.Decide(ctx, tx, p, record.Withdrawn, actor.Person, ""); err != nil {
				return "", err
			}
		}
	}
	p := &record.Proposal{Register: reg.Register, Record: r.ID, Version: r.Version, Valid: record.Period{From: f.today(tx)}, Proposer: actor.Person, Subject: r.Subject,
		ProposalWords: record.ProposalWords{Set: map[string]string{field: said}, Reason: reason, Source: source}}
	err = f.Registry().propose(ctx, tx, p)
	return p.ID, err
}
