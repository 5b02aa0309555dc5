package view

import (
	"context"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Demo is the demonstration's own page: who to be, and the mailbox of all of them.
type Demo struct {
	Staff, Residents []DemoPerson
	Today            string
}

// DemoPerson is somebody to sign in as.
type DemoPerson struct{ Name, Email, Does, Role string }

// Mail is a message in the demonstration's mailbox.
type Mail struct {
	ID, Title, To, Text string
	Link                string
	Language            string
	At                  Instant
	Files               []string
}

func (v *View) demo(r Reader) error {
	return policy.Can(r.Actor, policy.DemoUse, policy.Thing{Kind: "demo", Public: v.Site.Demo})
}

// DemoPeople lists them, and says which day it is there.
func (v Demonstration) DemoPeople(ctx context.Context, r Reader) (d Demo, err error) {
	if err := v.demo(r); err != nil {
		return Demo{}, err
	}
	j := v.place()
	err = v.read(ctx, "DemoPeople", func(_ context.Context, tx *store.Tx) error {
		d.Today = r.date(j.Calendar.DateOf(tx.Now()))
		return nil
	})
	if err != nil {
		return Demo{}, err
	}
	for _, s := range j.Demo.Staff {
		role := ""
		if len(s.Roles) > 0 {
			role = r.P.T("{role}, {organisation}", i18n.V{"role": r.Role(policy.Role(s.Roles[0].Role)), "organisation": r.organisationName(j, s.Roles[0].Organisation)})
		}
		d.Staff = append(d.Staff, DemoPerson{s.Name, s.Email, r.words(j, s.Does), role})
	}
	for _, p := range j.Demo.Residents {
		d.Residents = append(d.Residents, DemoPerson{p.Name, p.Email, r.words(j, p.Does), ""})
	}
	return d, nil
}

// DemoSelf is the address by which the reader can sign in to the demonstration anew; "" for a stranger.
func (v Demonstration) DemoSelf(ctx context.Context, r Reader) (email string, err error) {
	if err := v.demo(r); err != nil || r.Actor.Person == "" {
		return "", err
	}
	err = v.read(ctx, "DemoSelf", func(ctx context.Context, tx *store.Tx) error {
		who, err := v.People.Get(ctx, tx, r.Actor.Person)
		email = who.Email
		return err
	})
	return email, err
}

// Role is the word for a role.
func (r Reader) Role(role policy.Role) string {
	switch role {
	case policy.Leader:
		return r.P.T("Leader")
	case policy.Reader:
		return r.P.T("Reader")
	case policy.Officer:
		return r.P.T("Officer")
	case policy.Supervisor:
		return r.P.T("Supervisor")
	case policy.Administrator:
		return r.P.T("Administrator")
	}
	return string(role)
}

const mailsMost = 30

// Mailbox lists a page of the demonstration's messages, newest first; page 1 is the first. more says that
// there are older ones.
func (v Demonstration) Mailbox(ctx context.Context, r Reader, page int) (list []Mail, more bool, err error) {
	if err := v.demo(r); err != nil {
		return nil, false, err
	}
	page = min(max(page, 1), 100) // who needs older ones looks at the case
	err = v.read(ctx, "Mailbox", func(ctx context.Context, tx *store.Tx) error {
		all, err := v.Outbox.Latest(ctx, tx, page*mailsMost+1)
		if err != nil {
			return err
		}
		first, last := min((page-1)*mailsMost, len(all)), min(page*mailsMost, len(all))
		list, more = nil, len(all) > last
		for _, m := range all[first:last] {
			list = append(list, v.mail(r, m))
		}
		return nil
	})
	return list, more, err
}

// Mail is one message of the demonstration.
func (v Demonstration) Mail(ctx context.Context, r Reader, id string) (m Mail, err error) {
	if err := v.demo(r); err != nil {
		return Mail{}, err
	}
	err = v.read(ctx, "Mail", func(ctx context.Context, tx *store.Tx) error {
		one, err := v.Outbox.Get(ctx, tx, id)
		m = v.mail(r, one)
		return err
	})
	return m, err
}

// MailFile is an attachment of a message of the demonstration, by its place.
func (v Demonstration) MailFile(ctx context.Context, r Reader, id string, n int) (f notify.File, err error) {
	if err := v.demo(r); err != nil {
		return notify.File{}, err
	}
	err = v.read(ctx, "MailFile", func(ctx context.Context, tx *store.Tx) error {
		m, err := v.Outbox.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if n < 0 || n >= len(m.Attach) {
			return fault.NewNotFound("")
		}
		f = m.Attach[n]
		return nil
	})
	return f, err
}

func (v *View) mail(r Reader, m notify.Message) Mail {
	one := Mail{ID: m.ID, Title: m.Title, To: m.To, Text: m.Text, Link: m.Link, Language: m.Language, At: r.instant(v.place(), m.Created)}
	for _, f := range m.Attach {
		one.Files = append(one.Files, f.Name)
	}
	return one
}
