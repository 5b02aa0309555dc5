// Package wallet answers wallets: OpenID for Verifiable Credential Issuance 1.0, by which they fetch what was issued, and
// OpenID for Verifiable Presentations 1.0, by which they show it.
//
// It reads what wallets send and writes what they understand. What may be fetched, by whom and how often is for package
// flow; what there is to read is in package view; the pages for people are in web/site.
package wallet

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
)

// API is what wallets speak with.
type API struct {
	Flow *flow.Flow
	View *view.View
}

// Routes are its addresses.
func Routes(a *API) []web.Route {
	route := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.System, Action: do, Handle: h, Machines: true, Current: true}
	}
	read := func(pattern string, h web.Handler) web.Route { return route("GET", pattern, policy.CredentialRead, h) }
	return []web.Route{
		read("/.well-known/openid-credential-issuer", a.issuerMetadata),
		read("/.well-known/oauth-authorization-server", a.serverMetadata),
		read("/.well-known/jwt-vc-issuer", a.issuerKeys),
		read("/credentials/keys", a.keySet),
		read("/credentials/root.cer", a.root),
		read("/credentials/types/{service}", a.typeMetadata),
		read("/credentials/status/{list}", a.statusList),
		read("/credentials/offers/{offer}", a.offer),
		route("POST", "/credentials/par", policy.CredentialRead, a.push),
		route("POST", "/credentials/token", policy.CredentialRead, a.token),
		route("POST", "/credentials/nonce", policy.CredentialRead, a.nonce),
		route("POST", "/credentials/credential", policy.CredentialOwn, a.credential),
		route("POST", "/credentials/notification", policy.CredentialOwn, a.notification),
		route("GET", "/credentials/questions/{question}", policy.CredentialAsk, a.question),
		route("POST", "/credentials/questions/{question}", policy.CredentialAsk, a.question),
		route("POST", "/credentials/answers/{question}", policy.CredentialAsk, a.answer),
	}
}

func reader(r *web.Request) view.Reader { return view.Reader{Actor: r.Actor, P: r.P} }

// How long others may keep what is read here.
const (
	noStore  = "no-store"
	minutes  = "public, max-age=60"
	statuses = "public, max-age=15"
)

func send(w http.ResponseWriter, r *web.Request, status int, keep string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.NewInternal("writing an answer", err)
	}
	return r.ShareAs(w, status, "application/json", keep, raw)
}

// shared answers with a document that anybody may read.
func shared(w http.ResponseWriter, r *web.Request, doc map[string]any, err error) error {
	if err != nil {
		return err
	}
	return send(w, r, http.StatusOK, minutes, doc)
}

func (a *API) issuerMetadata(w http.ResponseWriter, r *web.Request) error {
	doc, err := a.View.Credentials().IssuerMetadata(reader(r))
	return shared(w, r, doc, err)
}

func (a *API) serverMetadata(w http.ResponseWriter, r *web.Request) error {
	doc, err := a.View.Credentials().ServerMetadata(reader(r))
	return shared(w, r, doc, err)
}

func (a *API) issuerKeys(w http.ResponseWriter, r *web.Request) error {
	doc, err := a.View.Credentials().IssuerKeys(reader(r))
	return shared(w, r, doc, err)
}

func (a *API) keySet(w http.ResponseWriter, r *web.Request) error {
	doc, err := a.View.Credentials().KeySet(reader(r))
	return shared(w, r, doc, err)
}

func (a *API) typeMetadata(w http.ResponseWriter, r *web.Request) error {
	doc, err := a.View.Credentials().TypeMetadata(reader(r), r.PathValue("service"))
	return shared(w, r, doc, err)
}

func (a *API) root(w http.ResponseWriter, r *web.Request) error {
	raw, err := a.View.Credentials().RootCertificate(reader(r))
	if err != nil {
		return err
	}
	return r.Share(w, "application/pkix-cert", minutes, raw)
}

func (a *API) statusList(w http.ResponseWriter, r *web.Request) error {
	list, err := strconv.ParseInt(r.PathValue("list"), 10, 64)
	if err != nil {
		return fault.NewNotFound("")
	}
	cwt := strings.Contains(r.Header.Get("Accept"), "application/statuslist+cwt")
	raw, err := a.View.Credentials().StatusList(r.Context(), reader(r), list, cwt)
	if err != nil {
		return err
	}
	w.Header().Add("Vary", "Accept")
	if cwt {
		return r.Share(w, "application/statuslist+cwt", statuses, raw)
	}
	return r.Share(w, "application/statuslist+jwt", statuses, raw)
}

func (a *API) offer(w http.ResponseWriter, r *web.Request) error {
	doc, err := a.View.Credentials().OfferDocument(r.Context(), reader(r), r.PathValue("offer"))
	if err != nil {
		return err
	}
	return send(w, r, http.StatusOK, noStore, doc)
}

// refuse answers with the protocol's own words; what is no refusal is for the edge to say.
func refuse(w http.ResponseWriter, r *web.Request, err error) error {
	var no *flow.Refusal
	if !errors.As(err, &no) {
		return err
	}
	status := http.StatusBadRequest
	if no.Code == "invalid_token" {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	return send(w, r, status, noStore, map[string]string{"error": no.Code, "error_description": no.Why})
}

// form reads a body of the type that the protocol has for it, each name once.
func form(r *web.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return &flow.Refusal{Code: "invalid_request", Why: "send application/x-www-form-urlencoded"}
	}
	if err := r.ReadForm(); err != nil {
		return err
	}
	for name, values := range r.PostForm {
		if len(values) > 1 {
			return &flow.Refusal{Code: "invalid_request", Why: name + " is there more than once"}
		}
	}
	return nil
}

// bearer is the access token, which is read from its head only.
func bearer(r *web.Request) (string, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", &flow.Refusal{Code: "invalid_token", Why: "send the access token as Authorization: Bearer"}
	}
	return strings.TrimSpace(token), nil
}
