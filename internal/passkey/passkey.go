// Package passkey speaks WebAuthn (W3C, level 3) with people's devices: what is asked of them, and whether an answer holds.
// The checks themselves are go-webauthn's. It stops before storing anything: what it gives out as state is kept with the
// ceremony, and a record with the passkey; both come back to it unread.
//
// A passkey is bound to the site's host and origin, is found by the device itself, and is used only by whom the device has
// verified: it is two factors at once.
package passkey

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// Party is this site, as devices know it.
type Party struct{ lib *webauthn.WebAuthn }

// New makes it for a site's address. Addresses without a name can have no passkeys; for one of this machine itself they are
// those of localhost, under which it can be reached too.
func New(site string) (*Party, error) {
	u, err := url.Parse(site)
	if err != nil {
		return nil, fmt.Errorf("reading the site's address: %w", err)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		u.Host = "localhost:" + u.Port()
	} else if err == nil || u.Hostname() == "" {
		return nil, fmt.Errorf("passkeys need a site with a name, not %q", u.Host)
	}
	lib, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: u.Hostname(), RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(), ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("setting passkeys up: %w", err)
	}
	return &Party{lib}, nil
}

// Holder is a person as devices know them. ID says nothing about them.
type Holder struct {
	ID, Name, Display string
	Records           []json.RawMessage // of the passkeys that they have
}

// user is a holder as the library wants it.
type user struct {
	Holder
	keys []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return []byte(u.ID) }
func (u user) WebAuthnName() string                       { return u.Name }
func (u user) WebAuthnDisplayName() string                { return u.Display }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.keys }

func known(h Holder) (user, error) {
	u := user{Holder: h}
	for _, raw := range h.Records {
		var c webauthn.Credential
		if err := json.Unmarshal(raw, &c); err != nil {
			return u, fmt.Errorf("reading a passkey's record: %w", err)
		}
		u.keys = append(u.keys, c)
	}
	return u, nil
}

// Register asks a device for a new passkey. A device that has one of the holder's already does not make another.
func (p *Party) Register(h Holder, site string) (options, state json.RawMessage, err error) {
	u, err := known(h)
	if err != nil {
		return nil, nil, err
	}
	asked, session, err := p.lib.BeginRegistration(u, webauthn.WithRegistrationRelyingPartyName(site),
		webauthn.WithExclusions(webauthn.Credentials(u.keys).CredentialDescriptors()))
	if err != nil {
		return nil, nil, fmt.Errorf("asking for a passkey: %w", err)
	}
	return both(asked.Response, session)
}

// Registered reads the device's answer.
func (p *Party) Registered(h Holder, state, answer []byte) (credential []byte, record json.RawMessage, err error) {
	session, err := begun(state)
	if err != nil {
		return nil, nil, err
	}
	u, err := known(h)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, nil, said(err)
	}
	c, err := p.lib.CreateCredential(u, session, parsed)
	if err != nil {
		return nil, nil, said(err)
	}
	if record, err = json.Marshal(c); err != nil {
		return nil, nil, fmt.Errorf("writing a passkey's record: %w", err)
	}
	return c.ID, record, nil
}

// Ask asks whichever device is there for one of its passkeys. The challenge is the caller's randomness.
func (p *Party) Ask(challenge []byte) (options, state json.RawMessage, err error) {
	asked, session, err := p.lib.BeginDiscoverableLogin(webauthn.WithChallenge(challenge), webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, nil, fmt.Errorf("asking for a passkey: %w", err)
	}
	return both(asked.Response, session)
}

// Used is a passkey that answered.
type Used struct {
	Credential []byte
	Record     json.RawMessage // as it is now
	Copied     bool            // its counter did not rise: there may be a second one of it
}

// Answered reads the device's answer. find tells whose passkey it is; the handle is what the device calls its holder.
func (p *Party) Answered(state, answer []byte, find func(credential []byte, handle string) (Holder, error)) (Used, error) {
	session, err := begun(state)
	if err != nil {
		return Used{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Used{}, said(err)
	}
	_, c, err := p.lib.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
		h, err := find(id, string(handle))
		if err != nil {
			return nil, err
		}
		return known(h)
	}, session, parsed)
	if err != nil {
		return Used{}, said(err)
	}
	used := Used{Credential: c.ID, Copied: c.Authenticator.CloneWarning}
	c.Authenticator.CloneWarning = false
	if used.Record, err = json.Marshal(c); err != nil {
		return Used{}, fmt.Errorf("writing a passkey's record: %w", err)
	}
	return used, nil
}

func both(options any, session *webauthn.SessionData) (o, s json.RawMessage, err error) {
	if o, err = json.Marshal(options); err == nil {
		s, err = json.Marshal(session)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("writing what a device is asked: %w", err)
	}
	return o, s, nil
}

func begun(state []byte) (s webauthn.SessionData, err error) {
	if err := json.Unmarshal(state, &s); err != nil {
		return s, fmt.Errorf("reading what a device was asked: %w", err)
	}
	return s, nil
}

// ErrRefused is an answer that does not hold.
var ErrRefused = errors.New("the device's answer does not hold")

// said adds what the library keeps apart, for the log.
func said(err error) error {
	var e *protocol.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w: %w: %s", ErrRefused, err, e.DevInfo)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}
