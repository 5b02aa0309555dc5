package flow

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"
	"time"

	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/credential/sdjwt"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// BatchSize is how many credentials a wallet may ask for at once.
const BatchSize = 10

// Spans within which a proof must have been made.
const (
	proofBefore = 5 * time.Minute
	proofAfter  = time.Minute
)

// ProofType is the typ of the token by which a wallet proves that it has a key.
const ProofType = "openid4vci-proof+jwt"

// FetchCredential is what a wallet sends for credentials.
type FetchCredential struct {
	Token      string
	Config     string // credential_configuration_id
	Identifier string // credential_identifier
	Proofs     []string
}

// Fetched is what it gets, one for each proof.
type Fetched struct {
	Credentials  []string
	Notification string
}

// Fetch issues credentials, each bound to the key of a proof. Their places in the status list, the nonce and what is left
// of the token change with it or not at all.
func (c Credentials) Fetch(ctx context.Context, _ policy.Actor, in FetchCredential) (got Fetched, err error) {
	err = c.DB.Write(ctx, "flow.FetchCredential", func(ctx context.Context, tx *store.Tx) error {
		got = Fetched{}
		t, err := c.Wallets.Store.TakeToken(ctx, tx, in.Token, 0)
		if err != nil {
			return err
		}
		r, s, format, err := c.granted(ctx, tx, t, in)
		if err != nil {
			return err
		}
		keys, err := c.proven(ctx, tx, t, in.Proofs)
		if err != nil {
			return err
		}
		if _, err := c.Wallets.Store.TakeToken(ctx, tx, in.Token, len(keys)); err != nil {
			return err
		}
		if got.Notification, err = c.Wallets.Store.NotificationID(); err != nil {
			return err
		}
		for _, key := range keys {
			one, err := c.give(ctx, tx, r, s, format, t.Holder, key, got.Notification)
			if err != nil {
				return fmt.Errorf("issuing a credential of %s: %w", r.Number, err)
			}
			got.Credentials = append(got.Credentials, one)
		}
		return c.logCredential(ctx, tx, r, format, len(keys))
	})
	if err != nil {
		got = Fetched{}
	}
	return got, err
}

// granted finds what a token is for, as it is now: a licence that has gone to somebody else, or is not in force, is not
// given to the wallet that was let in before.
func (c Credentials) granted(ctx context.Context, tx *store.Tx, t *credential.Token, in FetchCredential) (*record.Record, *service.Service, string, error) {
	denied := credential.Refuse("credential_request_denied", "the licence cannot be given to this wallet any more")
	asked, unknown := in.Config, "unknown_credential_configuration"
	if t.Detailed {
		asked, unknown = in.Identifier, "unknown_credential_identifier"
	}
	switch {
	case in.Config != "" && in.Identifier != "", in.Config == "" && in.Identifier == "":
		return nil, nil, "", credential.Refuse("invalid_credential_request", "give either credential_configuration_id or credential_identifier")
	case asked == "" && !t.Detailed:
		return nil, nil, "", credential.Refuse("unknown_credential_identifier", "no identifiers were given with the token: use credential_configuration_id")
	case asked == "":
		return nil, nil, "", credential.Refuse("invalid_credential_request", "identifiers were given with the token: use credential_identifier")
	case !slices.Contains(t.Configs, asked):
		return nil, nil, "", credential.Refuse(unknown, "the token is not for this")
	}
	r, err := c.Docket.Records.Get(ctx, tx, t.Record)
	if errors.Is(err, store.ErrNotFound) { // sealed since
		return nil, nil, "", denied
	}
	if err != nil {
		return nil, nil, "", err
	}
	// The wallet acts for the person who has let it in.
	s := c.offered(r)
	owner, err := c.owner(ctx, tx, s, r, t.Holder)
	if err != nil {
		return nil, nil, "", err
	}
	if err := policy.Can(policy.Actor{Person: t.Holder}, policy.CredentialOwn,
		policy.Thing{Kind: "licence", ID: r.ID, Organisation: r.Organisation, Owner: owner}); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = denied
		}
		return nil, nil, "", err
	}
	if s == nil || !carriable(s, r, tx.Now()) {
		return nil, nil, "", denied
	}
	format := credential.FormatOf(s, asked)
	if format == "" {
		return nil, nil, "", credential.Refuse(unknown, "it is not offered any more")
	}
	return r, s, format, nil
}

// proven verifies that the wallet has the keys that it wants credentials for, and takes its nonce out of use.
func (c Credentials) proven(ctx context.Context, tx *store.Tx, t *credential.Token, proofs []string) ([]*ecdsa.PublicKey, error) {
	if len(proofs) == 0 || len(proofs) > BatchSize {
		return nil, credential.Refuse("invalid_proof", "give one to %d proofs", BatchSize)
	}
	var all []*ecdsa.PublicKey
	nonce := ""
	for _, text := range proofs {
		key, said, err := c.proof(text, t.Client, tx.Now())
		if err != nil {
			return nil, err
		}
		if nonce == "" {
			nonce = said
		}
		if said != nonce {
			return nil, credential.Refuse("invalid_nonce", "all proofs of a request carry one nonce")
		}
		if slices.ContainsFunc(all, func(k *ecdsa.PublicKey) bool { return k.Equal(key) }) {
			return nil, credential.Refuse("invalid_proof", "each proof is for a key of its own")
		}
		all = append(all, key)
	}
	return all, c.Wallets.Store.UseNonce(ctx, tx, nonce)
}

func (c Credentials) proof(text, client string, now time.Time) (*ecdsa.PublicKey, string, error) {
	bad := func(why string) (*ecdsa.PublicKey, string, error) {
		return nil, "", credential.Refuse("invalid_proof", "%s", why)
	}
	var key *ecdsa.PublicKey
	h, claims, err := envelope.OpenJWT(text, func(h envelope.Head) (k *ecdsa.PublicKey, err error) {
		key, err = envelope.PublicKey(h.JWK)
		return key, err
	})
	switch {
	case errors.Is(err, envelope.ErrSignature):
		return bad("the proof is not signed by the key that it names")
	case err != nil:
		return bad("the proof must be a token signed with ES256 that carries its public key as jwk")
	case h.Typ != ProofType:
		return bad("the proof must have typ " + ProofType)
	case claims["aud"] != c.Site.URL:
		return bad("the proof is for somebody else: aud must be " + c.Site.URL)
	}
	if iss, there := claims["iss"]; there && iss != client {
		return bad("the proof is by another wallet: iss must be the client_id, or left out where there is none")
	}
	made, err := sdjwt.Instant(claims["iat"])
	switch {
	case err != nil:
		return bad("the proof must say when it was made: iat")
	case made.Before(now.Add(-proofBefore)):
		return bad("the proof is too old")
	case made.After(now.Add(proofAfter)):
		return bad("the proof is from the future")
	}
	nonce, ok := claims["nonce"].(string)
	if !ok {
		return bad("the proof must carry a nonce from the nonce endpoint")
	}
	return key, nonce, nil
}

// logCredential tells the public that an organisation gave credentials; of which licence is for the holder.
func (f *Flow) logCredential(ctx context.Context, tx *store.Tx, r *record.Record, format string, n int) error {
	return f.logNext(ctx, tx, publog.Event{
		Kind: publog.CredentialIssued, ID: r.ID + "." + tx.NewID(), Organisation: r.Organisation, Subject: r.Subject,
		Fields: []proof.Field{{Name: "format", Value: format}, {Name: "count", Value: fmt.Sprint(n)}},
		Hidden: hidden("number", r.Number, "service", r.Service),
	})
}
