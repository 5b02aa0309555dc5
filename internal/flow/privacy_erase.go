package flow

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"stoa/internal/access"
	"stoa/internal/calendar"
	"stoa/internal/consent"
	"stoa/internal/dataset"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/retain"
	"stoa/internal/store"
)

// AskErasure is a person's wish to be erased.
type AskErasure struct {
	Sure bool // the person confirmed that they read what is deleted and what is kept
	Key  string
}

// AskErasure notes the wish. It is carried out after the days in which it can be taken back.
func (f Privacy) AskErasure(ctx context.Context, actor policy.Actor, in AskErasure) error {
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", ID: actor.Person, Owner: actor.Person}); err != nil {
		return err
	}
	if !in.Sure {
		return fault.NewInvalid("Confirm that you want to be erased")
	}
	if actor.Staff() {
		return fault.NewConflict("This is the account of a member of staff. An administrator has to take your roles away first")
	}
	return f.DB.Write(ctx, "flow.AskErasure", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.askErasure(ctx, tx, actor) })
		return err
	})
}

func (f Privacy) askErasure(ctx context.Context, tx *store.Tx, actor policy.Actor) error {
	list, err := retain.ErasuresOf(ctx, tx, actor.Person)
	if err != nil {
		return err
	}
	if len(list) > 0 && list[0].State == retain.Waiting {
		return nil // asked already
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return err
	}
	e := &retain.Erasure{Person: who.ID, Language: who.Language}
	if err := retain.Ask(ctx, tx, e); err != nil {
		return err
	}
	p := f.Words.For(who.Language)
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: who.Subject, Kind: "erasure", Language: who.Language, Content: notify.Content{
		To: who.Email, Name: who.Name, Title: p.T("You asked to be erased"),
		Text: p.T("On {date} we delete what no law makes us keep. Until then you can stop it in your account. If it was not you who asked, stop it now.", i18n.V{"date": f.dayOf(who.Language, e.Due)}),
		Link: "/account/erase",
	}})
}

// dayOf writes the day of an instant.
func (f Privacy) dayOf(language string, t time.Time) string {
	return f.writtenDay(language, f.Docket.Releases.Current().Calendar.DateOf(t))
}

func (f Privacy) writtenDay(language string, d calendar.Date) string {
	return f.Words.For(language).Date(d.Year(), d.Month(), d.Day())
}

// StopErasure takes a wish back.
func (f Privacy) StopErasure(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", ID: actor.Person, Owner: actor.Person}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.StopErasure", func(ctx context.Context, tx *store.Tx) error {
		list, err := retain.ErasuresOf(ctx, tx, actor.Person)
		if err != nil || len(list) == 0 || list[0].State != retain.Waiting {
			return err
		}
		return retain.End(ctx, tx, &list[0], retain.Stopped)
	})
}

const erasuresAtOnce = 20

// Erase carries out the wishes that are due, each in a transaction of its own.
func (f Privacy) Erase(ctx context.Context, actor policy.Actor) (erased int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "erasures"}); err != nil {
		return 0, err
	}
	var due []retain.Erasure
	err = f.DB.Read(ctx, "flow.toErase", func(ctx context.Context, tx *store.Tx) (err error) {
		due, err = retain.ErasuresDue(ctx, tx, erasuresAtOnce)
		return err
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, one := range due {
		gone := false
		err := f.DB.Write(ctx, "flow.Erase", func(ctx context.Context, tx *store.Tx) error {
			e, err := retain.GetErasure(ctx, tx, one.ID)
			if err != nil || e.State != retain.Waiting || e.Due.After(tx.Now()) {
				return err // another node was faster, or it was stopped just now
			}
			gone, err = f.erase(ctx, tx, &e)
			return err
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("erasing somebody: %w", err))
		} else if gone {
			erased++
		}
	}
	return erased, errors.Join(failed...)
}

// erase deletes what can be deleted today. The account goes with the last matter in which the person is still written to;
// what is kept by law then stays under keys of its own, until the day that was named.
func (f Privacy) erase(ctx context.Context, tx *store.Tx, e *retain.Erasure) (gone bool, err error) {
	who, err := f.People.Get(ctx, tx, e.Person)
	if err != nil {
		return false, err
	}
	held, err := retain.HoldsOn(ctx, tx, retain.Person, who.ID)
	if err != nil {
		return false, err
	}
	matters, err := f.Docket.Matters(ctx, tx, f.books(), who.ID)
	if err != nil {
		return false, err
	}
	done, today, active := f.deletions(tx), f.today(tx), len(held) > 0 || len(who.Grants) > 0
	var deleted, kept []docket.Matter
	for _, m := range matters {
		may, err := deletable(m, today)
		if err != nil {
			return false, err
		}
		if may && len(held) == 0 {
			if err := f.destroy(ctx, tx, m); err != nil {
				return false, err
			}
			if err := done.mark(m); err != nil {
				return false, err
			}
			deleted = append(deleted, m)
			continue
		}
		if !m.Destroyed {
			kept = append(kept, m)
		}
		active = active || m.Active
	}
	if !active {
		if err := f.eraseAccount(ctx, tx, who, done); err != nil {
			return false, err
		}
	}
	if err := done.prove(ctx, tx); err != nil {
		return false, err
	}
	if e.Told.IsZero() || !active {
		if err := f.lastWord(ctx, tx, who, deleted, kept, active, done.items); err != nil {
			return false, err
		}
		e.Told = tx.Now()
	}
	if active {
		return false, retain.Postpone(ctx, tx, e, tx.Now().Add(24*time.Hour))
	}
	return true, retain.End(ctx, tx, e, retain.Done)
}

// eraseAccount deletes the account with all that hangs on it alone.
func (f Privacy) eraseAccount(ctx context.Context, tx *store.Tx, who person.Person, done *deletions) error {
	subscriptions := &dataset.Subscriptions{Vault: f.People.Vault}
	if f.Datasets != nil {
		list, err := subscriptions.Of(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := subscriptions.Remove(ctx, tx, s.ID); err != nil {
				return err
			}
		}
	}
	if err := f.Insight().bookmarks().RemoveOf(ctx, tx, who.ID); err != nil {
		return err
	}
	if err := consent.Forget(ctx, tx, who.ID); err != nil {
		return err
	}
	if err := f.appointed().Forget(ctx, tx, who.ID); err != nil {
		return err
	}
	if err := f.mandates().Forget(ctx, tx, who.ID, f.People.EmailKey(who.Email)); err != nil {
		return err
	}
	if err := retain.ForgetCopiesOf(ctx, tx, who.ID); err != nil {
		return err
	}
	if _, err := access.Forget(ctx, tx, who.ID, tx.Now().Add(time.Microsecond)); err != nil {
		return err
	}
	if err := person.Erase(ctx, tx, f.People, who.ID); err != nil {
		return err
	}
	return done.mark(docket.Matter{Kind: retain.Person, ID: who.ID})
}

// lastWord tells the person what was deleted, with what proves it, and what is kept, by which law and until when. It is
// sealed under a key of its own, since theirs is gone.
func (f Privacy) lastWord(ctx context.Context, tx *store.Tx, who person.Person, deleted, kept []docket.Matter, active bool, items []retain.Item) error {
	if who.Email == "" {
		return nil
	}
	subject, err := f.People.Vault.NewSubject(ctx, tx)
	if err != nil {
		return err
	}
	p, title := f.Words.For(who.Language), ""
	var b strings.Builder
	if active {
		title = p.T("What we could delete is deleted")
		b.WriteString(p.T("Your account stays as long as we must still write to you about what is open. It is deleted by itself afterwards."))
	} else {
		title = p.T("You are erased")
		b.WriteString(p.T("Your account, your name, your addresses and what hung on them are deleted. Nobody can read them any more, nor put them back."))
	}
	line := func(m docket.Matter) string {
		return strings.TrimSpace(m.Title.In(who.Language, f.Docket.Releases.Current().File.Languages...) + " " + m.Number)
	}
	if len(deleted) > 0 {
		b.WriteString("\n\n" + p.T("Deleted:"))
		for _, m := range deleted {
			b.WriteString("\n- " + line(m))
		}
	}
	if len(kept) > 0 {
		b.WriteString("\n\n" + p.T("Kept, because a law says so:"))
		for _, m := range kept {
			b.WriteString("\n- " + line(m) + ": " + f.keptUntil(who.Language, m))
		}
	}
	if len(items) > 0 {
		b.WriteString("\n\n" + p.T("Proof: the public log holds a commitment to each deleted thing. These codes show that yours are among them. Nobody else has them:"))
		for _, i := range items {
			b.WriteString("\n" + i.Ref + " " + base64.RawURLEncoding.EncodeToString(i.Salt))
		}
	}
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: subject, Kind: notify.LastWord, Language: who.Language, Content: notify.Content{
		To: who.Email, Name: who.Name, Title: title, Text: b.String(), Link: "/privacy"}})
}

// keptUntil says why something is kept and until when.
func (f Privacy) keptUntil(language string, m docket.Matter) string {
	p := f.Words.For(language)
	law := process.Source(m.Law)
	last, known, err := m.Keep.Until()
	switch {
	case len(m.Holds) > 0:
		return p.T("an order says that it must be kept for now")
	case m.Always:
		return p.T("{law}; the register is kept for ever", i18n.V{"law": law})
	case err == nil && known:
		return p.T("{law}; until {date}", i18n.V{"law": law, "date": f.writtenDay(language, last)})
	}
	return p.T("{law}; the time begins when it ends", i18n.V{"law": law})
}
