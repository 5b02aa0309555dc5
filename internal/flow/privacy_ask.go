package flow

import (
	"context"
	"errors"
	"strings"
	"time"

	"stoa/internal/access"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// AskWhy is a person's question about one look at their data.
type AskWhy struct{ Look, Text, Key string }

// asksADay is how many questions one person may ask in a day: somebody answers each.
const asksADay = 20

// AskWhy keeps the question and tells the organisation for which somebody looked: its supervisors find it at the desk.
func (f Privacy) AskWhy(ctx context.Context, actor policy.Actor, in AskWhy) (id string, err error) {
	in.Text = strings.ReplaceAll(in.Text, "\r\n", "\n")
	if problem := plainText(in.Text, "Write your question"); problem != nil {
		return "", problem
	}
	err = f.DB.Write(ctx, "flow.AskWhy", func(ctx context.Context, tx *store.Tx) error {
		look, err := access.Get(ctx, tx, in.Look)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "look", ID: look.ID, Owner: look.Person}); err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return f.askWhy(ctx, tx, actor, look, in.Text) })
		return err
	})
	return id, err
}

func (f Privacy) askWhy(ctx context.Context, tx *store.Tx, actor policy.Actor, look access.Look, text string) (string, error) {
	asked, err := f.lookQuestions().Of(ctx, tx, actor.Person)
	if err != nil {
		return "", err
	}
	today := 0
	for _, q := range asked {
		if q.Look == look.ID {
			return "", fault.NewConflict("You have asked about this already")
		}
		if q.Asked.After(tx.Now().Add(-24 * time.Hour)) {
			today++
		}
	}
	if today >= asksADay {
		return "", fault.NewInvalid("You have asked {n} questions today. Ask more tomorrow", "n", asksADay)
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return "", err
	}
	q := &access.Question{Look: look.ID, Person: actor.Person, Subject: who.Subject, Organisation: look.Organisation, Looker: look.Actor, Language: who.Language, Text: text}
	if err := f.lookQuestions().Ask(ctx, tx, q); err != nil {
		return "", err
	}
	return q.ID, f.tellOfLookQuestion(ctx, tx, q)
}

// tellOfLookQuestion owes the organisation and its supervisors word that a question waits. It names nobody and quotes
// nothing: what was asked is read at the desk.
func (f Privacy) tellOfLookQuestion(ctx context.Context, tx *store.Tx, q *access.Question) error {
	j := f.Docket.Releases.Current()
	to := map[string]string{} // address: language
	if contact := privacyContact(j, q.Organisation); contact != "" {
		to[contact] = j.File.Languages[0]
	}
	staff, err := f.People.Staff(ctx, tx, q.Organisation)
	if err != nil {
		return err
	}
	for _, s := range staff {
		if (policy.Actor{Person: s.ID, Grants: s.Grants}).Has(q.Organisation, policy.Supervisor) && s.ID != q.Looker && s.Email != "" {
			to[s.Email] = s.Language
		}
	}
	for address, language := range to {
		p := f.Words.For(language)
		err := f.Outbox.Put(ctx, tx, notify.Message{Subject: q.Subject, Kind: "look question", Language: language, Content: notify.Content{
			To: address, Title: p.T("Somebody asks why their data was looked at"),
			Text: p.T("A person has seen in their account that somebody of your organisation looked at their data, and asks why. Answer at the desk, within one month at the latest."),
			Link: "/desk/access-questions/" + q.ID,
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// privacyContact is the address for questions about personal data: the data-protection officer's, or the organisation's.
func privacyContact(j *service.Jurisdiction, organisation string) string {
	if j.File.DataProtection != nil && j.File.DataProtection.Officer.Email != "" {
		return j.File.DataProtection.Officer.Email
	}
	for _, o := range j.File.Organisations {
		if o.ID == organisation {
			return o.Contact.Email
		}
	}
	return ""
}

func (f Privacy) lookQuestions() *access.Questions { return &access.Questions{Vault: f.People.Vault} }

// AnswerWhy is a supervisor's answer.
type AnswerWhy struct{ Question, Text, Key string }

// AnswerWhy answers whoever asked. Whoever looked does not answer, so that no look explains itself.
func (f Privacy) AnswerWhy(ctx context.Context, actor policy.Actor, in AnswerWhy) error {
	in.Text = strings.ReplaceAll(in.Text, "\r\n", "\n")
	return f.DB.Write(ctx, "flow.AnswerWhy", func(ctx context.Context, tx *store.Tx) error {
		q, err := f.lookQuestions().Get(ctx, tx, in.Question)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AccessAnswer, lookQuestionThing(q)); err != nil {
			return err
		}
		if problem := plainText(in.Text, "Write the answer"); problem != nil {
			return problem
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.answerWhy(ctx, tx, actor, q, in.Text) })
		return err
	})
}

func (f Privacy) answerWhy(ctx context.Context, tx *store.Tx, actor policy.Actor, q *access.Question, text string) error {
	if !q.Answered.IsZero() {
		return fault.NewConflict("This question has been answered meanwhile")
	}
	q.Answer, q.AnsweredBy = text, actor.Person
	if err := f.lookQuestions().Answer(ctx, tx, q); err != nil {
		return err
	}
	who, err := f.People.Get(ctx, tx, q.Person)
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Email == "" {
		return nil // erased meanwhile: nobody to tell
	}
	if err != nil {
		return err
	}
	p := f.Words.For(q.Language)
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: q.Subject, Kind: "look question", Language: q.Language, Content: notify.Content{
		To: who.Email, Name: who.Name, Title: p.T("Your question about a look at your data has been answered"),
		Text: p.T("You asked:") + "\n\n" + q.Text + "\n\n" + p.T("The answer:") + "\n\n" + text + "\n\n" +
			p.T("If it does not satisfy you, you can ask the data-protection authority: {address}", i18n.V{"address": f.authority()}),
		Link: "/account/looks/" + q.Look,
	}})
}

// authority is whom one can complain to.
func (f Privacy) authority() string {
	d := f.Docket.Releases.Current().File.DataProtection
	if d == nil || d.Authority.URL == "" {
		return f.Site.URL + "/privacy"
	}
	return d.Authority.URL
}

func lookQuestionThing(q *access.Question) policy.Thing {
	return policy.Thing{Kind: "look question", ID: q.ID, Organisation: q.Organisation, Owner: q.Person, Decider: q.Looker}
}

// SeeAlert is what a supervisor found about an alert.
type SeeAlert struct{ Alert, Note string }

// SeeAlert notes that a supervisor has looked at what was noticed. Nothing else follows from an alert.
func (f Privacy) SeeAlert(ctx context.Context, actor policy.Actor, in SeeAlert) error {
	return f.DB.Write(ctx, "flow.SeeAlert", func(ctx context.Context, tx *store.Tx) error {
		a, err := access.AlertByID(ctx, tx, in.Alert)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AccessAnswer, policy.Thing{Kind: "alert", ID: a.ID, Organisation: a.Organisation, Decider: a.Actor}); err != nil {
			return err
		}
		if problem := plainText(in.Note, "Write what you found"); problem != nil {
			return problem
		}
		if !a.Seen.IsZero() {
			return fault.NewConflict("Somebody else has dealt with this meanwhile")
		}
		return access.See(ctx, tx, a.ID, actor.Person, in.Note)
	})
}
