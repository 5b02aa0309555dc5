package flow

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// WaitsForSecond says that a representative has agreed, and that the company's register asks for a second one.
type WaitsForSecond struct{ For string }

// Error implements error.
func (e *WaitsForSecond) Error() string { return "a second representative must agree" }

// alone reports whether an actor may send something as it stands: for oneself always; for a company whose register says that two
// must agree, when two who speak for it have agreed to just this. Otherwise the actor's agreement is noted, and the others are
// told. A helper or accountant of such a company prepares what two of its own then send: one alone could not have given more.
func (f *Flow) alone(ctx context.Context, tx *store.Tx, actor policy.Actor, what string, as any, link, title string) (bool, error) {
	if !actor.Acting() {
		return true, nil
	}
	m, err := f.mandates().Get(ctx, tx, actor.For.Mandate)
	if err != nil {
		return false, err
	}
	j := f.Docket.Releases.Current()
	register, record := m.Rests()
	reg := j.Registers[register]
	if actor.For.Kind != policy.Company && m.Given == nil || reg == nil || reg.Represent == nil || reg.Represent.Together != "two" {
		return true, nil
	}
	plain, err := json.Marshal(as)
	if err != nil {
		return false, fmt.Errorf("writing what is to be signed: %w", err)
	}
	sum := sha256.Sum256(plain)
	r, err := f.Docket.Records.ByNumber(ctx, tx, register, record)
	if err != nil {
		return false, err
	}
	signed, err := f.mandates().Sign(ctx, tx, m.Principal, what, actor.Person, sum[:])
	if err != nil {
		return false, err
	}
	stand := 0 // of those who agreed, who may still speak for it
	for _, id := range signed {
		who, err := f.People.Get(ctx, tx, id)
		if err != nil {
			return false, err
		}
		if _, says := docket.Represents(reg, r, who.Email, f.today(tx)); says {
			stand++
		}
	}
	if stand > 1 {
		return true, nil
	}
	for _, field := range reg.Represent.By {
		to := r.Fields[field]
		if to == "" || to == m.Words.Email {
			continue
		}
		p := f.Words.For(j.File.Languages[0])
		v := i18n.V{"name": actor.Name, "other": actor.For.Name, "title": title}
		if err := f.Outbox.Put(ctx, tx, notify.Message{Subject: m.Subject, Kind: "mandate", Language: j.File.Languages[0], Content: notify.Content{
			To: to, Title: p.T("{other}: your agreement is needed", v), Link: "/account/acting",
			Text: p.T("{name} wants to send this for {other}: {title}. Two representatives must agree. Sign in, choose to act for {other}, look at it, and send it if you agree.", v)}}); err != nil {
			return false, err
		}
	}
	return false, nil
}
