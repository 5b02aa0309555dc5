package flow

import (
	"context"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// SaveForLater sends a code with which the draft can be continued on any device, without an account.
type SaveForLater struct {
	Draft string
	Email string
}

// SaveForLater returns the id under which the code is entered.
func (f *Flow) SaveForLater(ctx context.Context, actor policy.Actor, in SaveForLater) (codeID string, err error) {
	err = f.DB.Write(ctx, "flow.SaveForLater", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.writableDraft(ctx, tx, actor, in.Draft)
		if err != nil {
			return err
		}
		if draft.Behalf != nil {
			return fault.NewConflict("This is kept in the account of the one for whom it is. Act for them again to go on with it")
		}
		id, code, tooMany, err := f.People.NewCode(ctx, tx, in.Email, person.CodeResume, draft.ID)
		if err != nil {
			return err
		}
		codeID = id
		if tooMany {
			return nil
		}
		p := f.Words.For(draft.Language)
		title := draft.Service.Title.In(draft.Language)
		return f.Outbox.Put(ctx, tx, notify.Message{
			Subject: draft.Subject, Kind: "resume", Language: draft.Language,
			Content: notify.Content{
				To:    person.NormalEmail(in.Email),
				Title: p.T("Your saved application: {service}", i18n.V{"service": title}),
				Text: p.T("You saved an application. To go on with it on any device, open the link and enter this code: {code}", i18n.V{"code": code}) +
					"\n\n" + p.T("The code can be used once, within 30 days. Do not pass it on."),
				Link: "/resume/" + id,
			},
		})
	})
	return codeID, err
}

// ResumeDraft goes on with a saved draft in this browser.
type ResumeDraft struct{ CodeID, Code string }

// ResumeDraft returns the draft and the token that this browser must keep.
func (f *Flow) ResumeDraft(ctx context.Context, _ policy.Actor, in ResumeDraft) (draft, token string, err error) {
	if token, err = f.People.Token(); err != nil {
		return "", "", err
	}
	var refused *fault.Error
	err = f.DB.Write(ctx, "flow.ResumeDraft", func(ctx context.Context, tx *store.Tx) (err error) {
		draft, _, refused, err = f.People.UseCode(ctx, tx, in.CodeID, in.Code, person.CodeResume)
		if err != nil || refused != nil {
			return err // a wrong try is committed, or it would not count
		}
		return missing(f.Docket.Cases.HandDraft(ctx, tx, draft, person.TokenHash(token)))
	})
	if err == nil && refused != nil {
		err = refused
	}
	if err != nil {
		return "", "", err
	}
	return draft, token, nil
}
