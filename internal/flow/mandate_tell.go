package flow

import (
	"context"
	"net/url"
	"slices"

	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// inform owes a person a message about something of theirs, and those who act for them, as the mandates say: to the one, to the
// others or to both. Who stands for a record has no address, and is told through those who act.
func (f *Flow) inform(ctx context.Context, tx *store.Tx, principal, about string, m notify.Message) error {
	others, instead, err := f.receivers(ctx, tx, principal, about)
	if err != nil {
		return err
	}
	if m.To != "" && !instead {
		if err := f.Outbox.Put(ctx, tx, m); err != nil {
			return err
		}
	}
	for _, o := range others {
		copied, p := m, f.Words.For(m.Language)
		copied.To, copied.Name = o.who.Email, o.who.Name
		copied.Text = p.T("You get this because you act for {name}.", i18n.V{"name": o.mandate.Words.Principal}) + "\n\n" + m.Text
		copied.Link = "/account/acting/" + o.mandate.ID + "?to=" + url.QueryEscape(m.Link)
		if err := f.Outbox.Put(ctx, tx, copied); err != nil {
			return err
		}
	}
	return nil
}

type receiver struct {
	who     person.Person
	mandate mandate.Mandate
}

// receivers are those who act for a person and get the messages about something, and whether they get them instead.
func (f *Flow) receivers(ctx context.Context, tx *store.Tx, principal, about string) (all []receiver, instead bool, err error) {
	j := f.Docket.Releases.Current()
	if principal == "" || j == nil {
		return nil, false, nil
	}
	given, err := f.mandates().Given(ctx, tx, principal)
	if err != nil {
		return nil, false, err
	}
	today, seen := j.Calendar.DateOf(tx.Now()), map[string]bool{}
	for _, m := range given {
		if m.Messages == mandate.ToPrincipal || m.Kind == policy.Assisted || !m.Holds(today) || seen[m.Representative] || !slices.Contains(m.Within(j.OnBehalf(m.Kind)), about) {
			continue
		}
		who, err := f.People.Get(ctx, tx, m.Representative)
		if err != nil {
			return nil, false, err
		}
		stands, err := f.stillSays(ctx, tx, j, m, who.Email)
		if err != nil {
			return nil, false, err
		}
		if !stands || who.Email == "" {
			continue
		}
		seen[m.Representative] = true
		all, instead = append(all, receiver{who, m}), instead || m.Messages == mandate.ToRepresentative
	}
	return all, instead, nil
}
