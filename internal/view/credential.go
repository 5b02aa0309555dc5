package view

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"sync"
	"time"

	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/credential/keys"
	"stoa/internal/credential/status"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Wallets is what credentials need to be seen: their tables and their keys.
type Wallets struct {
	Store *credential.Store
	Keys  *keys.Keys
	Words *i18n.Bundle // of the interface, in all languages
}

// Credentials is what can be seen of credentials; it knows whatever View does.
type Credentials struct{ *View }

// Credentials is what can be seen of credentials.
func (v *View) Credentials() Credentials { return Credentials{v} }

func (c Credentials) mayRead(r Reader, do policy.Action) error {
	if c.Wallets == nil {
		return fault.NewNotFound("")
	}
	return policy.Can(r.Actor, do, policy.Thing{Kind: "credentials", Public: true})
}

// WalletOffer is the page that offers a licence to a wallet.
type WalletOffer struct {
	Licence, Kind, Number string
	Link                  string // opens a wallet on this device
	Digits                string // to type there
	Until                 Instant
	Open                  bool
	Used                  bool
	OfRegister            bool // no service issued it: it is no licence, and has no page of one
}

// Offer is an offer, for the holder whose licence it is.
func (c Credentials) Offer(ctx context.Context, r Reader, licence, id string) (p WalletOffer, err error) {
	if c.Wallets == nil {
		return p, fault.NewNotFound("")
	}
	err = c.read(ctx, "CredentialOffer", func(ctx context.Context, tx *store.Tx) error {
		g, err := c.Wallets.Store.Offer(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := policy.Can(r.Actor, policy.CredentialOwn, policy.Thing{Kind: "offer", ID: id, Organisation: g.Organisation, Owner: g.Holder}); err != nil {
			return err
		}
		rec, err := c.Docket.Records.Get(ctx, tx, g.Record)
		if err != nil {
			return missing(err)
		}
		if rec.ID != licence || g.Kind != credential.KindOffer {
			return fault.NewNotFound("")
		}
		p = WalletOffer{Licence: rec.ID, Number: rec.Number, Until: r.instant(c.place(), g.Expires), Open: g.Open(tx.Now()), Used: g.Used, OfRegister: rec.Case == ""}
		if s := c.place().Credential(g.Service); s != nil {
			p.Kind = r.words(c.place(), s.Issue.Title)
		}
		if p.Open {
			p.Digits = c.Wallets.Store.OfferDigits(id)
			p.Link = "openid-credential-offer://?credential_offer_uri=" + url.QueryEscape(c.Site.URL+"/credentials/offers/"+c.Wallets.Store.OfferCode(id))
		}
		return nil
	})
	return p, err
}

// OfferDocument is an offer as a wallet reads it.
func (c Credentials) OfferDocument(ctx context.Context, r Reader, code string) (doc map[string]any, err error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	err = c.read(ctx, "CredentialOfferDocument", func(ctx context.Context, tx *store.Tx) error {
		g, err := c.Wallets.Store.ByCode(ctx, tx, code)
		if err != nil {
			return err
		}
		if g.Kind != credential.KindOffer || !g.Open(tx.Now()) {
			return fault.NewNotFound("")
		}
		doc = map[string]any{
			"credential_issuer":            c.Site.URL,
			"credential_configuration_ids": g.Configs,
			"grants": map[string]any{
				"urn:ietf:params:oauth:grant-type:pre-authorized_code": map[string]any{
					"pre-authorized_code": code,
					"tx_code":             map[string]any{"input_mode": "numeric", "length": 6},
				},
			},
		}
		return nil
	})
	return doc, err
}

// CredentialLine says that a licence is offered to wallets, and how many credentials it has there.
type CredentialLine struct {
	Offered bool // it can be added to a wallet now
	Count   int
}

// OnLicence tells the holder of a licence about wallets; nil where it is not offered to any.
func (c Credentials) OnLicence(ctx context.Context, r Reader, licence string) (line *CredentialLine, err error) {
	if c.Wallets == nil {
		return nil, nil
	}
	err = c.read(ctx, "CredentialLine", func(ctx context.Context, tx *store.Tx) error {
		line = nil
		rec, lc, err := c.licence(ctx, tx, r, licence)
		if err != nil {
			return err
		}
		s := c.place().Credential(rec.Service)
		if s == nil || s.Issue.Record != rec.Register {
			return nil
		}
		state := rec.On(lc.Service.Jurisdiction.Calendar.DateOf(tx.Now()))
		line = &CredentialLine{Offered: state == "active" || state == "future"}
		all, err := c.Wallets.Store.Of(ctx, tx, rec.ID)
		for _, one := range all {
			if one.Status != status.Invalid && one.Ends.After(tx.Now()) {
				line.Count++
			}
		}
		return err
	})
	return line, err
}

// kept is a signed status list, until the list changes or the signature is old.
type kept struct {
	version int64
	until   time.Time
	jwt     []byte
	cwt     []byte
}

type lists struct {
	mu  sync.Mutex
	all map[int64]kept
}

// Spans of a status list: how long wallets and verifiers keep it, and how long it is good.
const (
	listKeep = 5 * time.Minute
	listLife = 12 * time.Hour
	listSign = time.Hour // then it is signed anew
)

// StatusList is a status list as it stands, signed; as a CBOR Web Token if asked. It is kept until the list changes.
func (c Credentials) StatusList(ctx context.Context, r Reader, list int64, cwt bool) (raw []byte, err error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	c.statuses.mu.Lock()
	defer c.statuses.mu.Unlock()
	var k kept
	err = c.read(ctx, "StatusList", func(ctx context.Context, tx *store.Tx) error {
		version, err := c.Wallets.Store.ListVersion(ctx, tx, list)
		if err != nil {
			return err
		}
		if k = c.statuses.all[list]; k.version == version && k.until.After(tx.Now()) {
			return nil
		}
		l, err := c.Wallets.Store.List(ctx, tx, list)
		if err != nil {
			return err
		}
		k, err = c.signList(l, list, tx.Now())
		k.version = version
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.statuses.all == nil {
		c.statuses.all = map[int64]kept{}
	}
	c.statuses.all[list] = k
	if cwt {
		return k.cwt, nil
	}
	return k.jwt, nil
}

func (c Credentials) signList(l *status.List, list int64, now time.Time) (k kept, err error) {
	signer, err := c.Wallets.Keys.Signer()
	if err != nil {
		return k, err
	}
	signed := status.Signed{List: l, URI: credential.StatusURI(c.Site.URL, list), At: now, End: now.Add(listLife), Keep: listKeep}
	jwt, err := signed.JWT(signer)
	if err != nil {
		return k, err
	}
	k.jwt, k.until = []byte(jwt), now.Add(listSign)
	k.cwt, err = signed.CWT(signer)
	return k, err
}

// KeySet are the keys that sign credentials or have signed some, as a JSON Web Key Set.
func (c Credentials) KeySet(r Reader) (map[string]any, error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	all, err := c.Wallets.Keys.Published()
	if err != nil {
		return nil, err
	}
	set := []map[string]any{}
	for _, k := range all {
		jwk := envelope.JWK(k.Key, k.ID)
		raw, err := jwk.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("writing a key: %w", err)
		}
		one, err := envelope.Object(raw)
		if err != nil {
			return nil, err
		}
		one["x5c"] = []string{base64.StdEncoding.EncodeToString(k.Cert.Raw)}
		set = append(set, one)
	}
	return map[string]any{"keys": set}, nil
}

// RootCertificate is what verifiers of mdocs are told to trust, as PEM and DER.
func (c Credentials) RootCertificate(r Reader) ([]byte, error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	root, err := c.Wallets.Keys.Root()
	if err != nil {
		return nil, err
	}
	return root.Raw, nil
}

// IssuerKeys is /.well-known/jwt-vc-issuer.
func (c Credentials) IssuerKeys(r Reader) (map[string]any, error) {
	set, err := c.KeySet(r)
	if err != nil {
		return nil, err
	}
	return map[string]any{"issuer": c.Site.URL, "jwks": set}, nil
}
