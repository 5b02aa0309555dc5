package flow

import (
	"context"

	"stoa/internal/mandate"
)

// mandated are the mandates of which a person is a side, and what was done under them.
func (g *everything) mandated(ctx context.Context, person string) error {
	who, err := g.f.People.Get(ctx, g.tx, person)
	if err != nil {
		return err
	}
	list, err := g.f.mandates().AllOf(ctx, g.tx, person, g.f.People.EmailKey(who.Email))
	if err != nil {
		return err
	}
	acts, err := g.f.mandates().Acts(ctx, g.tx, person, person, allOfThem)
	if err != nil {
		return err
	}
	done := map[string][]mandate.Act{}
	for _, a := range acts {
		done[a.Mandate] = append(done[a.Mandate], a)
	}
	for _, m := range list {
		one := CopiedMandate{Of: m.Words.Principal, To: m.Words.To, Kind: m.Kind, Scope: m.Scope, From: m.From.String(), Until: m.Until.String(), State: m.State,
			Messages: m.Messages, Written: m.Words.Consent, Done: []CopiedOnce{}}
		if m.State == mandate.Revoked {
			at := m.Ended.UTC()
			one.Ended = &at
		}
		for _, a := range done[m.ID] {
			one.Done = append(one.Done, CopiedOnce{At: a.At.UTC(), What: a.What, Title: a.Title, Number: a.Number, By: a.Name})
		}
		g.doc.Mandates = append(g.doc.Mandates, one)
	}
	return nil
}
