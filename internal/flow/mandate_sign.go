package flow

import (
	"context"
	"slices"

	"stoa/internal/calendar"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/mandate"
	"stoa/internal/notify"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// WaitsForSecond says that a representative has agreed, and that the company's register asks for a second one.
type WaitsForSecond struct{ For string }

// Error implements error.
func (e *WaitsForSecond) Error() string { return "a second representative must agree" }

// signing is what is sent when those have agreed who must: what it is, as it stands, what it is called, and its last day, if any.
type signing struct {
	what  string // as package mandate names it
	as    any
	title string
	by    calendar.Date
}

// alone reports whether an actor may send something as it stands: for oneself always; for a company whose register says that two
// must agree, when two who speak for it have agreed to just this. Otherwise the actor's agreement is noted, and the others are
// told. A helper or accountant of such a company prepares what two of its own then send: one alone could not have given more.
// Agreed are those who speak for it and have agreed, where two must.
func (f *Flow) alone(ctx context.Context, tx *store.Tx, actor policy.Actor, s signing) (may bool, agreed []person.Person, err error) {
	if !actor.Acting() {
		return true, nil, nil
	}
	m, err := f.mandates().Get(ctx, tx, actor.For.Mandate)
	if err != nil {
		return false, nil, err
	}
	register, number := m.Rests()
	reg := f.Docket.Releases.Current().Registers[register]
	if !m.ForCompany() || !docket.TwoMustAgree(reg) {
		return true, nil, nil
	}
	hash, err := mandate.Hash(s.as)
	if err != nil {
		return false, nil, err
	}
	r, err := f.Docket.Records.ByNumber(ctx, tx, register, number)
	if err != nil {
		return false, nil, err
	}
	signed, err := f.mandates().Sign(ctx, tx, m.Principal, s.what, actor.Person, hash)
	if err != nil {
		return false, nil, err
	}
	for _, id := range signed {
		who, err := f.People.Get(ctx, tx, id)
		if err != nil {
			return false, nil, err
		}
		if _, says := docket.Represents(reg, r, who.Email, f.today(tx)); says {
			agreed = append(agreed, who)
		}
	}
	if len(agreed) > 1 {
		return true, agreed, nil
	}
	p, day := f.Words.For(f.Docket.Releases.Current().File.Languages[0]), s.by
	v := i18n.V{"name": actor.Name, "other": actor.For.Name, "title": s.title}
	text := p.T("{name} wants to send this for {other}: {title}. Two representatives must agree. Sign in, choose to act for {other}, look at it, and send it if you agree.", v)
	if !day.IsZero() {
		text += "\n\n" + p.T("It must be sent by {date}. Until a second representative agrees, nothing is sent.", i18n.V{"date": p.Date(day.Year(), day.Month(), day.Day())})
	}
	return false, agreed, f.tellOthers(ctx, tx, reg, r, m, p.T("{other}: your agreement is needed", v), text)
}

// tellOthers owes those who speak for a company, but who acts under a mandate, a message.
func (f *Flow) tellOthers(ctx context.Context, tx *store.Tx, reg *service.Register, r *record.Record, m mandate.Mandate, title, text string) error {
	var told []string
	for _, field := range reg.Represent.By {
		to := r.Fields[field]
		if to == "" || to == m.Words.Email || slices.Contains(told, to) {
			continue
		}
		told = append(told, to)
		language := f.Docket.Releases.Current().File.Languages[0]
		if err := f.Outbox.Put(ctx, tx, notify.Message{Subject: m.Subject, Kind: "mandate", Language: language, Content: notify.Content{To: to, Title: title, Text: text, Link: "/account/acting"}}); err != nil {
			return err
		}
	}
	return nil
}
