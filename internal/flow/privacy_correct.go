package flow

import (
	"context"
	"strings"

	"stoa/internal/cases"
	"stoa/internal/fault"
	"stoa/internal/mandate"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// CorrectAccount changes the reader's own name and telephone number. Who they are is known by the e-mail address, which
// signing in proves; it is changed where one signs in.
type CorrectAccount struct{ Name, Phone, Language, Key string }

const longestName = 200

// CorrectAccount takes effect at once: nobody has to agree to how somebody is called.
func (f Privacy) CorrectAccount(ctx context.Context, actor policy.Actor, in CorrectAccount) error {
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", ID: actor.Person, Owner: actor.Person}); err != nil {
		return err
	}
	in.Name, in.Phone = strings.Join(strings.Fields(in.Name), " "), strings.TrimSpace(in.Phone)
	if in.Name == "" || len(in.Name) > longestName || len(in.Phone) > 40 {
		return fault.NewInvalid("Enter your name")
	}
	return f.DB.Write(ctx, "flow.CorrectAccount", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			who, err := f.People.Get(ctx, tx, actor.Person)
			if err != nil {
				return "", err
			}
			who.Name, who.Phone = in.Name, in.Phone
			for _, l := range f.Docket.Releases.Current().File.Languages {
				if l == in.Language {
					who.Language = l
				}
			}
			return "", f.People.Update(ctx, tx, who)
		})
		return err
	})
}

// SayWrong tells the office that something in a case is wrong. It is a message of the case, so that it is dealt with and
// answered where the case is.
type SayWrong struct{ Case, What, Right, Key string }

// SayWrong is for the person whose case it is; an ended case too can hold what is wrong.
func (f Privacy) SayWrong(ctx context.Context, actor policy.Actor, in SayWrong) error {
	return f.DB.Write(ctx, "flow.SayWrong", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.CaseOwn, c.Thing()); err != nil {
			return err
		}
		if problem := plainText(in.What, "Say what is wrong"); problem != nil {
			return problem
		}
		if problem := plainText(in.Right, "Say what would be right"); problem != nil {
			return problem
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			p := f.Words.For(c.Language)
			text := p.T("I ask you to correct my data (Article 16 of the General Data Protection Regulation).") + "\n\n" +
				p.T("What is wrong:") + "\n" + in.What + "\n\n" + p.T("What would be right:") + "\n" + in.Right
			if err := f.message(ctx, tx, c, &cases.Message{Incoming: true, Author: actor.Person, MessageWords: cases.MessageWords{Name: actor.Name, For: actor.For.Name, Text: text}}); err != nil {
				return "", err
			}
			return "", f.doneFor(ctx, tx, actor, mandate.Wrote, c.Case.Service, c.ID, c.Number, c.Service.Title.In(c.Language))
		})
		return err
	})
}
