package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"stoa/internal/credential"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Authorization is what a wallet asks a holder to let it have (RFC 6749 with PKCE; OpenID4VCI 1.0, 5).
type Authorization struct {
	Client, Redirect, ResponseType string
	Challenge, Method              string
	State, Scope, Details          string
	RequestURI                     string `json:"-"` // stands for all the others
}

// ReadAuthorization reads its parameters.
func ReadAuthorization(v url.Values) Authorization {
	return Authorization{Client: v.Get("client_id"), Redirect: v.Get("redirect_uri"), ResponseType: v.Get("response_type"),
		Challenge: v.Get("code_challenge"), Method: v.Get("code_challenge_method"), State: v.Get("state"), Scope: v.Get("scope"),
		Details: v.Get("authorization_details"), RequestURI: v.Get("request_uri")}
}

// ownScheme is the scheme of an address that opens a program on the holder's device.
var ownScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]{2,60}$`)

// notForWallets are schemes that would run something, or send something elsewhere.
var notForWallets = map[string]bool{"javascript": true, "data": true, "vbscript": true, "file": true, "blob": true, "about": true,
	"http": true, "ftp": true, "mailto": true, "tel": true, "sms": true, "view-source": true, "filesystem": true, "ws": true, "wss": true}

// returnsTo reports whether a wallet may be returned to at an address: a secure one, a program of the device, or the device
// itself.
func returnsTo(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Fragment != "" || u.User != nil || len(address) > 2000 || strings.ContainsAny(address, "\r\n\t <>\"'\\;,") {
		return false
	}
	switch {
	case u.Scheme == "https":
		return u.Host != ""
	case u.Scheme == "http":
		return u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	}
	return ownScheme.MatchString(u.Scheme) && !notForWallets[u.Scheme]
}

// wanted finds what is asked for: configurations of one service.
func (c Credentials) wanted(in Authorization) (s *service.Service, ids []string, detailed bool, err error) {
	no := func(code, why string) (*service.Service, []string, bool, error) {
		return nil, nil, false, credential.Refuse(code, "%s", why)
	}
	switch {
	case in.Client == "" || len(in.Client) > 500:
		return no(invalidRequest, "client_id is missing")
	case !returnsTo(in.Redirect):
		return no(invalidRequest, "redirect_uri must be an https address, or one that opens a program")
	case c.Wallets == nil || !c.Wallets.Known(in.Client, in.Redirect):
		return no("unauthorized_client", "this wallet is not registered with this redirect_uri")
	case in.ResponseType != "code":
		return no("unsupported_response_type", "response_type must be code")
	case in.Method != "S256" || len(in.Challenge) != 43:
		return no(invalidRequest, "code_challenge with code_challenge_method S256 is missing")
	case len(in.State) > 1000:
		return no(invalidRequest, "state is too long")
	case len(in.Scope)+len(in.Details) > 4096:
		return no(invalidRequest, "scope and authorization_details are too long")
	}
	ids = strings.Fields(in.Scope)
	if in.Details != "" {
		var all []struct {
			Type   string `json:"type"`
			Config string `json:"credential_configuration_id"`
		}
		if err := json.Unmarshal([]byte(in.Details), &all); err != nil {
			return no("invalid_authorization_details", "authorization_details cannot be read")
		}
		for _, d := range all {
			if d.Type != "openid_credential" {
				return no("invalid_authorization_details", "the type must be openid_credential")
			}
			ids = append(ids, d.Config)
		}
		detailed = true
	}
	for _, id := range ids {
		found := c.serving(id)
		if found == nil || s != nil && s != found {
			return no("invalid_scope", "ask for what the metadata offers, and for one kind of licence at a time")
		}
		s = found
	}
	if s == nil {
		return no("invalid_scope", "scope or authorization_details must say what is asked for")
	}
	return s, ids, detailed, nil
}

// serving is the service that offers a configuration.
func (c Credentials) serving(config string) *service.Service {
	if c.Wallets == nil {
		return nil
	}
	for _, s := range c.Docket.Releases.Current().Offered() {
		if credential.FormatOf(s, config) != "" {
			return s
		}
	}
	return nil
}

// Push keeps a wallet's request until the holder's browser brings its name.
func (c Credentials) Push(ctx context.Context, _ policy.Actor, in Authorization) (uri string, seconds int, err error) {
	if _, _, _, err := c.wanted(in); err != nil {
		return "", 0, err
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return "", 0, fmt.Errorf("keeping a wallet's request: %w", err)
	}
	err = c.DB.Write(ctx, "flow.PushAuthorization", func(ctx context.Context, tx *store.Tx) error {
		uri, err = c.Wallets.Store.Push(ctx, tx, string(raw))
		return err
	})
	return uri, 600, err
}

// Asked is what a wallet asks for, for the page that asks the holder.
type Asked struct {
	Authorization
	Service string
}

// Authorization reads what a wallet asks for, itself or by the name of what it pushed.
func (c Credentials) Authorization(ctx context.Context, _ policy.Actor, in Authorization) (a Asked, err error) {
	err = c.DB.Read(ctx, "flow.Authorization", func(ctx context.Context, tx *store.Tx) error {
		a.Authorization, err = c.resolve(ctx, tx, in)
		return err
	})
	if err != nil {
		return a, err
	}
	s, _, _, err := c.wanted(a.Authorization)
	if err != nil {
		return a, err
	}
	a.Service = s.Service
	return a, nil
}

func (c Credentials) resolve(ctx context.Context, tx *store.Tx, in Authorization) (Authorization, error) {
	if in.RequestURI == "" || c.Wallets == nil {
		return in, nil
	}
	raw, err := c.Wallets.Store.Pushed(ctx, tx, in.RequestURI)
	if errors.Is(err, store.ErrNotFound) {
		return in, credential.Refuse("invalid_request_uri", "the request is not known, or too old")
	}
	if err != nil {
		return in, err
	}
	var out Authorization
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return in, fmt.Errorf("reading a wallet's request: %w", err)
	}
	if out.Client != in.Client {
		return in, credential.Refuse(invalidRequest, "the request was pushed by another wallet")
	}
	return out, nil
}

// AllowWallet lets a wallet fetch a licence, or refuses it.
type AllowWallet struct {
	Asked   Authorization
	Licence string // "": the holder says no
}

// Allow gives the address at which the wallet goes on: with a code that is good for a minute, or with a refusal.
func (c Credentials) Allow(ctx context.Context, actor policy.Actor, in AllowWallet) (address string, err error) {
	err = c.DB.Write(ctx, "flow.AllowWallet", func(ctx context.Context, tx *store.Tx) error {
		asked, err := c.resolve(ctx, tx, in.Asked)
		if err != nil {
			return err
		}
		s, ids, detailed, err := c.wanted(asked)
		if err != nil {
			return err
		}
		q := url.Values{"iss": {c.Site.URL}}
		if asked.State != "" {
			q.Set("state", asked.State)
		}
		if in.Licence == "" {
			q.Set("error", "access_denied")
			address = withQuery(asked.Redirect, q)
			return nil
		}
		r, err := c.Docket.Records.Get(ctx, tx, in.Licence)
		if err != nil {
			return missing(err)
		}
		owner, err := c.owner(ctx, tx, c.offered(r), r, actor.Person)
		if err != nil {
			return err
		}
		if err := policy.Can(actor, policy.CredentialOwn, policy.Thing{Kind: "licence", ID: r.ID, Organisation: r.Organisation, Owner: owner}); err != nil {
			return err
		}
		if c.offered(r) != s || !carriable(s, r, tx.Now()) {
			return fault.NewConflict("Only a licence that is in force can be added to a wallet")
		}
		code, err := c.Wallets.Store.NewCode(ctx, tx, credential.Grant{Organisation: r.Organisation, Record: r.ID, Holder: owner, Service: s.Service,
			Client: asked.Client, Redirect: asked.Redirect, Challenge: asked.Challenge, Detailed: detailed, Configs: ids})
		if err != nil {
			return err
		}
		q.Set("code", code)
		address = withQuery(asked.Redirect, q)
		return nil
	})
	return address, err
}

func withQuery(address string, q url.Values) string {
	if strings.Contains(address, "?") {
		return address + "&" + q.Encode()
	}
	return address + "?" + q.Encode()
}
