package flow

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"

	"stoa/internal/credential"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// Codes of refusals at the token endpoint (RFC 6749, 5.2).
const (
	invalidRequest = "invalid_request"
	invalidGrant   = "invalid_grant"
)

// TokenRequest is what a wallet sends for a token.
type TokenRequest struct {
	PreAuthorized, Digits    string // pre-authorised code, and what was typed with it
	Code, Verifier, Redirect string // authorisation code
	Client                   string
}

// TokenAnswer is what it gets.
type TokenAnswer struct {
	Token    string
	Seconds  int
	Configs  []string // what may be fetched with it
	Detailed bool     // the wallet asked by authorization_details, and is answered with them
}

// Token trades a code for a token, once.
func (c Credentials) Token(ctx context.Context, _ policy.Actor, in TokenRequest) (a TokenAnswer, err error) {
	var refused error
	err = c.DB.Write(ctx, "flow.CredentialToken", func(ctx context.Context, tx *store.Tx) error {
		refused = nil
		a, err = c.token(ctx, tx, in)
		var r *Refusal
		if errors.As(err, &r) {
			refused = err
			return nil // a wrong try is committed, or it would not count
		}
		return err
	})
	if err == nil {
		err = refused
	}
	return a, err
}

func (c Credentials) token(ctx context.Context, tx *store.Tx, in TokenRequest) (a TokenAnswer, err error) {
	code, kind := in.PreAuthorized, credential.KindOffer
	if in.Code != "" {
		code, kind = in.Code, credential.KindCode
	}
	g, err := c.Wallets.Store.ByCode(ctx, tx, code)
	if errors.Is(err, store.ErrNotFound) || err == nil && g.Kind != kind {
		return a, credential.Refuse(invalidGrant, "the code is not known")
	}
	if err != nil {
		return a, err
	}
	if g.Used { // somebody else has the code too
		if err := c.Wallets.Store.EndTokens(ctx, tx, g); err != nil {
			return a, err
		}
		return a, credential.Refuse(invalidGrant, "the code was used before")
	}
	if !g.Open(tx.Now()) {
		return a, credential.Refuse(invalidGrant, "the code is too old, or was tried with wrong digits too often")
	}
	if err := c.entitled(ctx, tx, g, in); err != nil {
		return a, err
	}
	a.Token, err = c.Wallets.Store.Use(ctx, tx, g)
	a.Seconds, a.Configs, a.Detailed = credential.TokenLife(), g.Configs, g.Detailed
	return a, err
}

// entitled checks what has to come with a code.
func (c Credentials) entitled(ctx context.Context, tx *store.Tx, g *credential.Grant, in TokenRequest) error {
	if g.Kind == credential.KindCode {
		switch {
		case in.Verifier == "":
			return credential.Refuse(invalidRequest, "code_verifier is missing")
		case !credential.Challenged(in.Verifier, g.Challenge), in.Redirect != g.Redirect, in.Client != g.Client:
			// A stolen code is tried by somebody who does not have the rest: it ends here.
			if err := c.Wallets.Store.Wrong(ctx, tx, g); err != nil {
				return err
			}
			return credential.Refuse(invalidGrant, "the code was given for another request")
		}
		return nil
	}
	typed := strings.TrimSpace(in.Digits)
	if typed == "" {
		return credential.Refuse(invalidRequest, "tx_code is missing: the digits beside the code")
	}
	if subtle.ConstantTimeCompare([]byte(typed), []byte(c.Wallets.Store.OfferDigits(g.ID))) != 1 {
		if err := c.Wallets.Store.Wrong(ctx, tx, g); err != nil {
			return err
		}
		return credential.Refuse(invalidGrant, "the digits are wrong")
	}
	return nil
}

// Nonce gives a fresh nonce for proofs. Nothing is stored until it is used.
func (c Credentials) Nonce(ctx context.Context, _ policy.Actor) (nonce string, err error) {
	err = c.DB.Read(ctx, "flow.CredentialNonce", func(_ context.Context, tx *store.Tx) error {
		nonce, err = c.Wallets.Store.Nonce(tx.Now())
		return err
	})
	return nonce, err
}

// WalletTells is what a wallet says became of what it was given.
type WalletTells struct{ Token, Notification, Event, Holder string }

// Tell notes what a wallet says.
func (c Credentials) Tell(ctx context.Context, _ policy.Actor, in WalletTells) error {
	switch in.Event {
	case "credential_accepted", "credential_failure", "credential_deleted":
	default:
		return credential.Refuse("invalid_notification_request", "the event is none that there is")
	}
	return c.DB.Write(ctx, "flow.WalletTells", func(ctx context.Context, tx *store.Tx) error {
		t, err := c.Wallets.Store.TakeToken(ctx, tx, in.Token, 0)
		if err != nil {
			return fmt.Errorf("hearing a wallet: %w", err)
		}
		return c.Wallets.Store.Tell(ctx, tx, in.Notification, t.Holder, in.Event)
	})
}
