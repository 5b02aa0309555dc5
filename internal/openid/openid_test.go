package openid_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"stoa/internal/openid"
	"stoa/internal/policy"
)

// liar is a provider that answers as a test says: to show that what is wrong is refused. That real providers are understood is
// shown by test/oidc.
type liar struct {
	*httptest.Server
	t         *testing.T
	key       *ecdsa.PrivateKey
	sign      *ecdsa.PrivateKey // what it signs with; the key it publishes, or another
	claims    map[string]any
	challenge string // of PKCE
	saysWho   bool
	status    int
}

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

func lie(t *testing.T) *liar {
	t.Helper()
	l := &liar{t: t, status: 200}
	var err error
	if l.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	l.sign = l.key
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"issuer": l.URL, "authorization_endpoint": l.URL + "/auth", "token_endpoint": l.URL + "/token", "jwks_uri": l.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}, "end_session_endpoint": l.URL + "/end",
			"authorization_response_iss_parameter_supported": l.saysWho})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: l.key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != l.challenge || r.FormValue("code") != "code" {
			w.WriteHeader(http.StatusBadRequest)
			say(w, map[string]any{"error": "invalid_grant"})
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(l.status)
		say(w, map[string]any{"access_token": "access", "token_type": "Bearer", "id_token": l.token(l.claims)})
	})
	l.Server = httptest.NewServer(mux)
	t.Cleanup(l.Close)
	l.claims = map[string]any{"iss": l.URL, "aud": "stoa", "sub": "rana", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": "nonce", "acr": "high-class", "auth_time": now.Unix(), "name": "Rana"}
	return l
}

func (l *liar) token(claims map[string]any) string {
	l.t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: l.sign, KeyID: "k"}}, nil)
	if err != nil {
		l.t.Fatal(err)
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		l.t.Fatal(err)
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		l.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		l.t.Fatal(err)
	}
	return text
}

func (l *liar) scheme() *openid.Scheme {
	return openid.New(openid.Config{Name: "national", Title: "National", Issuer: l.URL, ClientID: "stoa", Secret: "secret",
		Levels: map[string]policy.Level{"high-class": policy.High, "middle-class": policy.Substantial}}, "https://stoa.example/back", func() time.Time { return now })
}

var question = openid.Question{State: "state", Nonce: "nonce", Verifier: strings.Repeat("v", 43), At: now}

// asked reads the address that people are sent to.
func (l *liar) asked(s *openid.Scheme, q openid.Question) url.Values {
	l.t.Helper()
	address, err := s.Ask(l.t.Context(), q)
	if err != nil {
		l.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, l.URL+"/auth?") {
		l.t.Fatal(address, err)
	}
	l.challenge = u.Query().Get("code_challenge")
	return u.Query()
}

func TestWhatIsAsked(t *testing.T) {
	l := lie(t)
	q := question
	q.Level, q.Anew = policy.Substantial, true
	got := l.asked(l.scheme(), q)
	for name, want := range map[string]string{"response_type": "code", "client_id": "stoa", "redirect_uri": "https://stoa.example/back", "state": "state", "nonce": "nonce",
		"code_challenge_method": "S256", "acr_values": "middle-class high-class", "max_age": "0", "prompt": "login", "scope": "openid profile"} {
		if got.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Get(name), want)
		}
	}
}

func TestAnAnswerIsRead(t *testing.T) {
	l := lie(t)
	s := l.scheme()
	l.asked(s, question)
	said, err := s.Hear(t.Context(), question, openid.Answer{Code: "code", State: "state", Issuer: l.URL})
	if err != nil || said.Subject != "rana" || said.Level != policy.High || said.Name != "Rana" || !said.At.Equal(now) {
		t.Errorf("%+v, %v", said, err)
	}
}

// TestWhatDoesNotHoldIsRefused changes one thing at a time.
func TestWhatDoesNotHoldIsRefused(t *testing.T) {
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := func(name string, v any) func(*liar, *openid.Question, *openid.Answer) {
		return func(l *liar, _ *openid.Question, _ *openid.Answer) { l.claims[name] = v }
	}
	for name, wrong := range map[string]func(l *liar, q *openid.Question, a *openid.Answer){
		"another state":           func(_ *liar, _ *openid.Question, a *openid.Answer) { a.State = "other" },
		"no state":                func(_ *liar, q *openid.Question, a *openid.Answer) { a.State, q.State = "", "" },
		"another nonce":           set("nonce", "other"),
		"no nonce":                func(l *liar, q *openid.Question, _ *openid.Answer) { q.Nonce = ""; delete(l.claims, "nonce") },
		"another verifier":        func(_ *liar, q *openid.Question, _ *openid.Answer) { q.Verifier = strings.Repeat("w", 43) },
		"another code":            func(_ *liar, _ *openid.Question, a *openid.Answer) { a.Code = "other" },
		"another who answers":     func(_ *liar, _ *openid.Question, a *openid.Answer) { a.Issuer = "https://evil.example" },
		"nobody says who answers": func(l *liar, _ *openid.Question, a *openid.Answer) { l.saysWho, a.Issuer = true, "" },
		"an error":                func(_ *liar, _ *openid.Question, a *openid.Answer) { a.Error = "access_denied" },
		"another issuer":          set("iss", "https://evil.example"),
		"another audience":        set("aud", "other"),
		"several, and not ours":   set("aud", []string{"stoa", "other"}),
		"made for another":        set("azp", "other"),
		"expired":                 set("exp", now.Add(-time.Second).Unix()),
		"of the future":           set("iat", now.Add(time.Hour).Unix()),
		"no subject":              set("sub", ""),
		"another access token":    set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
		"another key":             func(l *liar, _ *openid.Question, _ *openid.Answer) { l.sign = other },
		"not sure enough": func(l *liar, q *openid.Question, _ *openid.Answer) {
			q.Level = policy.High
			l.claims["acr"] = "middle-class"
		},
		"an unknown class": func(l *liar, q *openid.Question, _ *openid.Answer) {
			q.Level = policy.Substantial
			l.claims["acr"] = "http://higher.example"
		},
		"not asked anew": func(l *liar, q *openid.Question, _ *openid.Answer) {
			q.Anew = true
			l.claims["auth_time"] = now.Add(-time.Hour).Unix()
		},
		"not said when": func(l *liar, q *openid.Question, _ *openid.Answer) { q.Anew = true; delete(l.claims, "auth_time") },
	} {
		l := lie(t)
		q, a := question, openid.Answer{Code: "code", State: "state", Issuer: l.URL}
		s := l.scheme()
		l.asked(s, question)
		wrong(l, &q, &a)
		if l.saysWho {
			s = l.scheme() // which reads anew what the provider says of itself
		}
		if said, err := s.Hear(t.Context(), q, a); !errors.Is(err, openid.ErrRefused) {
			t.Errorf("%s: %+v, %v", name, said, err)
		}
	}
}

func TestANoticeThatSomebodySignedOut(t *testing.T) {
	right := map[string]any{"aud": "stoa", "sub": "rana", "sid": "s1", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "jti": "j1",
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	for name, c := range map[string]struct {
		change func(m map[string]any)
		holds  bool
	}{
		"as it should be":    {func(map[string]any) {}, true},
		"only a session":     {func(m map[string]any) { delete(m, "sub") }, true},
		"nobody":             {func(m map[string]any) { delete(m, "sub"); delete(m, "sid") }, false},
		"a token of sign-in": {func(m map[string]any) { m["nonce"] = "n" }, false},
		"another event":      {func(m map[string]any) { m["events"] = map[string]any{"other": map[string]any{}} }, false},
		"another issuer":     {func(m map[string]any) { m["iss"] = "https://evil.example" }, false},
		"another audience":   {func(m map[string]any) { m["aud"] = "other" }, false},
		"no id":              {func(m map[string]any) { delete(m, "jti") }, false},
		"too old":            {func(m map[string]any) { m["iat"] = now.Add(-10 * time.Minute).Unix() }, false},
		"of the future":      {func(m map[string]any) { m["iat"] = now.Add(10 * time.Minute).Unix() }, false},
		"expired":            {func(m map[string]any) { m["exp"] = now.Add(-time.Second).Unix() }, false},
		"for ever":           {func(m map[string]any) { delete(m, "exp") }, false},
	} {
		l := lie(t)
		claims := maps.Clone(right)
		claims["iss"] = l.URL
		c.change(claims)
		over, err := l.scheme().HearOver(t.Context(), l.token(claims))
		if (err == nil) != c.holds || err != nil && !errors.Is(err, openid.ErrRefused) {
			t.Errorf("%s: %+v, %v", name, over, err)
		}
	}
}

func TestAProviderThatIsDownIsNoRefusal(t *testing.T) {
	l := lie(t)
	s := l.scheme()
	l.asked(s, question)
	l.Close()
	if _, err := s.Hear(t.Context(), question, openid.Answer{Code: "code", State: "state"}); err == nil || errors.Is(err, openid.ErrRefused) {
		t.Errorf("%v", err)
	}
}

func TestWhereOneSignsOut(t *testing.T) {
	l := lie(t)
	at, err := l.scheme().LeaveAt(t.Context(), "https://stoa.example/")
	if err != nil || at != l.URL+"/end?client_id=stoa&post_logout_redirect_uri=https%3A%2F%2Fstoa.example%2F" {
		t.Errorf("%s, %v", at, err)
	}
}
