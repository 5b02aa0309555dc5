package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/credential"
	"stoa/internal/credential/keys"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Wallets is what credentials need: their tables and their keys.
type Wallets struct {
	Store *credential.Store
	Keys  *keys.Keys

	// Known reports whether holders are sent back to a wallet's address (RFC 9700, 2.1: registered, compared letter by letter).
	Known func(client, redirect string) bool
}

// Refusal is an answer to a wallet that the protocol has a code for.
type Refusal = credential.Refusal

// Credentials is what happens between licences and wallets.
type Credentials struct{ *Flow }

// Credentials is what happens between licences and wallets.
func (f *Flow) Credentials() Credentials { return Credentials{f} }

// offered is the service in force under which a record is offered to wallets; nil where it is not.
func (f *Flow) offered(r *record.Record) *service.Service {
	if f.Wallets == nil {
		return nil
	}
	if r.Case == "" { // no service issued it: its register may offer it itself
		return f.Docket.Releases.Current().CarriedBy(r.Register)
	}
	s := f.Docket.Releases.Current().Credential(r.Service)
	if s == nil || s.Issue.Record != r.Register {
		return nil
	}
	return s
}

// owner is whose wallet may have a credential of a record: its holder, or of a register that offers its records itself, the
// person who asks, if the record names their address.
func (f *Flow) owner(ctx context.Context, tx *store.Tx, s *service.Service, r *record.Record, asks string) (string, error) {
	if s == nil || s.Issue.Register.Credential == nil || r.Case != "" || asks == "" {
		return r.Holder, nil
	}
	who, err := f.People.Get(ctx, tx, asks)
	if err != nil {
		return "", missing(err)
	}
	for _, field := range s.Issue.Register.Credential.For {
		if who.Email != "" && person.NormalEmail(r.Fields[field]) == who.Email {
			return who.ID, nil
		}
	}
	return r.Holder, nil
}

// carriable reports whether a credential of a record can be given on a day.
func carriable(s *service.Service, r *record.Record, now time.Time) bool {
	state := r.On(docket.Day(s, now))
	return state == record.Active || state == "future"
}

// OfferCredential offers a licence to its holder's wallet.
type OfferCredential struct {
	Licence string
	Key     string
}

// Offer makes an offer and gives its id. Whoever has its code and its digits may fetch the licence once, within minutes.
func (c Credentials) Offer(ctx context.Context, actor policy.Actor, in OfferCredential) (id string, err error) {
	err = c.DB.Write(ctx, "flow.OfferCredential", func(ctx context.Context, tx *store.Tx) error {
		r, err := c.Docket.Records.Get(ctx, tx, in.Licence)
		if err != nil {
			return missing(err)
		}
		s := c.offered(r)
		owner, err := c.owner(ctx, tx, s, r, actor.Person)
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.CredentialOwn, policy.Thing{Kind: "licence", ID: r.ID, Organisation: r.Organisation, Owner: owner}); err != nil {
			return err
		}
		if s == nil {
			return fault.NewNotFound("")
		}
		if !carriable(s, r, tx.Now()) {
			return fault.NewConflict("Only a licence that is in force can be added to a wallet")
		}
		id, err = c.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			return c.Wallets.Store.NewOffer(ctx, tx, credential.Grant{Organisation: r.Organisation, Record: r.ID, Holder: owner,
				Service: s.Service, Configs: credential.Configs(s)})
		})
		var refusal *Refusal
		if errors.As(err, &refusal) {
			return fault.NewConflict("You have asked for many codes within an hour. Use the one that you have, or wait an hour")
		}
		return err
	})
	return id, err
}

// credentialsFollow brings the credentials that were made from a record into line with it: suspended and revoked with it,
// and invalid when what they say is no longer what it says. since is the version from which it has said what it says now.
func (f *Flow) credentialsFollow(ctx context.Context, tx *store.Tx, r *record.Record, since int64) error {
	if f.Wallets == nil {
		return nil
	}
	if err := f.Wallets.Store.Standing(ctx, tx, r.ID, since, standing(r.State)); err != nil {
		return fmt.Errorf("changing licence %s: %w", r.Number, err)
	}
	return nil
}

// Keep lets old offers go and, where it is time, makes the key that signs from now on.
func (c Credentials) Keep(ctx context.Context, actor policy.Actor) error {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "credentials"}); err != nil {
		return err
	}
	if c.Wallets == nil || !c.Wallets.Keys.There() {
		return nil // nothing was offered yet
	}
	var now time.Time
	err := c.DB.Write(ctx, "flow.KeepCredentials", func(ctx context.Context, tx *store.Tx) error {
		now = tx.Now()
		return c.Wallets.Store.Forget(ctx, tx)
	})
	if err != nil {
		return err
	}
	_, err = c.Wallets.Keys.Renew(now)
	return err
}
