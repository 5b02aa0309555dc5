// Package openid asks identity schemes of others who somebody is: OpenID Connect's code flow with PKCE, as a relying party
// (RFC 6749, 7636, 9207; OpenID Connect Core, Back-Channel Logout, RP-Initiated Logout). Signatures and discovery are
// go-oidc's.
//
// It stops at what the scheme says. Whom that means here, and what it opens, is for others; so is keeping state, nonce and
// verifier, which are given to it.
package openid

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"stoa/internal/policy"
)

// Config is a scheme as an operator describes it.
type Config struct {
	Name     string // in addresses of ours: letters, digits, hyphens
	Title    string // as people know it
	Issuer   string // https://…
	ClientID string
	Secret   string                  // "" for none
	Levels   map[string]policy.Level // what its classes (acr) are worth; one that is not named is worth Low
	Subject  string                  // the claim that names the person for good; default sub
	FullName string                  // the claim with the name; default name
}

// Scheme is one that can be asked. What it publishes of itself is read when it is first needed.
type Scheme struct {
	Config
	back   string // where it answers to
	client *http.Client
	now    func() time.Time

	mu       sync.Mutex
	provider *oidc.Provider
	told     metadata
}

// metadata is what discovery tells besides what go-oidc keeps.
type metadata struct {
	Logout   string   `json:"end_session_endpoint"`
	SaysWho  bool     `json:"authorization_response_iss_parameter_supported"`
	ClientBy []string `json:"token_endpoint_auth_methods_supported"`
}

const callTime = 15 * time.Second

// New makes one that answers to an address of ours.
func New(c Config, back string, now func() time.Time) *Scheme {
	if c.Subject == "" {
		c.Subject = "sub"
	}
	if c.FullName == "" {
		c.FullName = "name"
	}
	return &Scheme{Config: c, back: back, now: now, client: &http.Client{
		Timeout: callTime, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSHandshakeTimeout: callTime, ForceAttemptHTTP2: true, MaxIdleConns: 4, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ErrRefused is an answer that does not hold, or none that we take.
var ErrRefused = errors.New("the scheme's answer does not hold")

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrRefused, fmt.Errorf(format, args...))
}

// known reads what the scheme publishes of itself, once.
func (s *Scheme) known(ctx context.Context) (*oidc.Provider, metadata, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		// Keys are read again later under this context: it must outlive the request.
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), s.client), s.Issuer)
		if err != nil {
			return nil, metadata{}, fmt.Errorf("asking %s about itself: %w", s.Name, err)
		}
		if err := p.Claims(&s.told); err != nil {
			return nil, metadata{}, fmt.Errorf("reading what %s says of itself: %w", s.Name, err)
		}
		s.provider = p
	}
	return s.provider, s.told, nil
}

func (s *Scheme) oauth(p *oidc.Provider, m metadata) *oauth2.Config {
	at := p.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader // never found out by trying: the second try would be the code's second use
	if s.Secret == "" || len(m.ClientBy) > 0 && !slices.Contains(m.ClientBy, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.Secret, Endpoint: at, RedirectURL: s.back, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// Question is what belongs to one question and its answer.
type Question struct {
	State, Nonce, Verifier string
	Level                  policy.Level // at least; Unknown: whichever
	Anew                   bool         // somebody who is signed in there shows again who they are
	At                     time.Time    // when it was asked
}

// Ask is the address at which the scheme asks the person.
func (s *Scheme) Ask(ctx context.Context, q Question) (string, error) {
	p, m, err := s.known(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(q.Nonce), oauth2.S256ChallengeOption(q.Verifier)}
	if classes := s.classes(q.Level); classes != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", classes))
	}
	if q.Anew {
		options = append(options, oauth2.SetAuthURLParam("max_age", "0"))
	}
	if q.Anew || q.Level > policy.Low { // what was shown there before may not have been enough
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return s.oauth(p, m).AuthCodeURL(q.State, options...), nil
}

// Origin is where its pages are, as far as one knows without asking.
func (s *Scheme) Origin() string {
	u, err := url.Parse(s.Issuer)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// classes are those that are worth a level, the plainest first.
func (s *Scheme) classes(level policy.Level) string {
	var all []string
	for acr, l := range s.Levels {
		if level > policy.Low && l >= level {
			all = append(all, acr)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if s.Levels[a] != s.Levels[b] {
			return int(s.Levels[a]) - int(s.Levels[b])
		}
		if a < b {
			return -1
		}
		return 1
	})
	text := ""
	for i, acr := range all {
		if i > 0 {
			text += " "
		}
		text += acr
	}
	return text
}

// Reaches reports whether the scheme has a class that is worth the level.
func (s *Scheme) Reaches(level policy.Level) bool {
	return level <= policy.Low || s.classes(level) != ""
}

// Answer is how the scheme answers: the parameters of the address to which it sends the person back.
type Answer struct{ Code, State, Issuer, Error string }

// Said is what the scheme says of a person.
type Said struct {
	Subject, SID, Name string
	Level              policy.Level
	At                 time.Time // when they last showed there who they are; zero: it does not say
}

// skew is how much clocks may differ.
const skew = time.Minute

// Hear reads an answer to a question.
func (s *Scheme) Hear(ctx context.Context, q Question, a Answer) (Said, error) {
	p, m, err := s.known(ctx)
	if err != nil {
		return Said{}, err
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(a.State), []byte(q.State)) != 1 || q.State == "":
		return Said{}, refused("another question's state")
	case a.Issuer != "" && a.Issuer != s.Issuer, a.Issuer == "" && m.SaysWho:
		return Said{}, refused("it was %q that answered, not %q", a.Issuer, s.Issuer)
	case a.Error != "":
		return Said{}, refused("the scheme says %q", a.Error)
	}
	tokens, err := s.oauth(p, m).Exchange(oidc.ClientContext(ctx, s.client), a.Code, oauth2.VerifierOption(q.Verifier))
	if err != nil {
		var no *oauth2.RetrieveError
		if errors.As(err, &no) && no.Response.StatusCode < 500 {
			return Said{}, refused("trading the code: %w", err)
		}
		return Said{}, fmt.Errorf("trading the code: %w", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := s.verifier(p).Verify(ctx, raw)
	if err != nil {
		return Said{}, refused("the token of identity: %w", err)
	}
	return s.read(id, tokens.AccessToken, q)
}

func (s *Scheme) verifier(p *oidc.Provider) *oidc.IDTokenVerifier {
	return p.Verifier(&oidc.Config{ClientID: s.ClientID, Now: s.now})
}

func (s *Scheme) read(id *oidc.IDToken, access string, q Question) (Said, error) {
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(q.Nonce)) != 1 || q.Nonce == "" {
		return Said{}, refused("another question's nonce")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(access); err != nil {
			return Said{}, refused("the token of access: %w", err)
		}
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return Said{}, refused("reading the token: %w", err)
	}
	text := func(name string) string { v, _ := claims[name].(string); return v }
	if azp := text("azp"); azp != "" && azp != s.ClientID || azp == "" && len(id.Audience) > 1 {
		return Said{}, refused("the token was made for %q", azp)
	}
	if s.now().Add(skew).Before(id.IssuedAt) {
		return Said{}, refused("the token is of the future")
	}
	said := Said{Subject: text(s.Subject), SID: text("sid"), Name: text(s.FullName), Level: s.Levels[text("acr")]}
	said.Level = max(said.Level, policy.Low)
	if at, ok := claims["auth_time"].(float64); ok {
		said.At = time.Unix(int64(at), 0)
	}
	switch {
	case said.Subject == "":
		return Said{}, refused("the token does not say who it is: no claim %s", s.Subject)
	case q.Anew && said.At.Before(q.At.Add(-skew)):
		return Said{}, refused("the person was not asked anew")
	case said.Level < q.Level:
		return Said{}, refused("%q is worth %s, and %s is needed", text("acr"), said.Level, q.Level)
	}
	return said, nil
}

// Over is a notice that the scheme's own session has ended.
type Over struct{ ID, Subject, SID string }

// noticeLife is how old a notice may be.
const noticeLife = 5 * time.Minute

// HearOver reads a notice (Back-Channel Logout, section 2.6). Whether it came before is for the caller to know, by its id.
func (s *Scheme) HearOver(ctx context.Context, token string) (Over, error) {
	p, _, err := s.known(ctx)
	if err != nil {
		return Over{}, err
	}
	t, err := s.verifier(p).VerifyLogout(ctx, token)
	if err != nil {
		return Over{}, refused("the token of logout: %w", err)
	}
	if now := s.now(); t.IssuedAt.Before(now.Add(-noticeLife)) || t.IssuedAt.After(now.Add(skew)) {
		return Over{}, refused("the token of logout is of %s", t.IssuedAt)
	}
	return Over{ID: s.Name + " " + t.TokenID, Subject: t.Subject, SID: t.SessionID}, nil
}

// LeaveAt is where somebody also signs out of the scheme, and comes back from; "" where it has no such place.
func (s *Scheme) LeaveAt(ctx context.Context, back string) (string, error) {
	_, m, err := s.known(ctx)
	if err != nil || m.Logout == "" {
		return "", err
	}
	u, err := url.Parse(m.Logout)
	if err != nil {
		return "", fmt.Errorf("reading where %s signs out: %w", s.Name, err)
	}
	q := u.Query()
	q.Set("client_id", s.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String(), nil
}
