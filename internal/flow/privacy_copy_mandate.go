package flow

import (
	"context"
	"slices"

	"stoa/internal/mandate"
)

const actsCopied = 10_000

// mandated are the mandates of which a person is a side, and what was done under them.
func (g *everything) mandated(ctx context.Context, person string) error {
	who, err := g.f.People.Get(ctx, g.tx, person)
	if err != nil {
		return err
	}
	given, err := g.f.mandates().Given(ctx, g.tx, person)
	if err != nil {
		return err
	}
	held, err := g.f.mandates().Held(ctx, g.tx, person, g.f.People.EmailKey(who.Email))
	if err != nil {
		return err
	}
	acts, err := g.f.mandates().Acts(ctx, g.tx, person, person, actsCopied)
	if err != nil {
		return err
	}
	for _, m := range slices.Concat(given, held) {
		one := CopiedMandate{Of: m.Words.Principal, To: m.Words.To, Kind: m.Kind, Scope: m.Scope, From: m.From.String(), Until: m.Until.String(), State: m.State,
			Messages: m.Messages, Written: m.Words.Consent, Done: []CopiedOnce{}}
		if m.State == mandate.Revoked {
			at := m.Ended.UTC()
			one.Ended = &at
		}
		for _, a := range acts {
			if a.Mandate == m.ID {
				one.Done = append(one.Done, CopiedOnce{At: a.At.UTC(), What: a.What, Title: a.Title, Number: a.Number, By: a.Name})
			}
		}
		g.doc.Mandates = append(g.doc.Mandates, one)
	}
	return nil
}
