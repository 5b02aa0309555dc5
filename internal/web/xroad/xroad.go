// Package xroad answers other authorities that read our registers through X-Road: it stands behind a security server of ours, as
// the provider's information system of the X-Road Message Protocol for REST (PR-REST 1.0.4).
//
// It finds out who asks and writes the answer. What they may read is for package view. The X-Road headers of the answer are set by
// the security server, and the protocol says that nobody behind it should set them.
package xroad

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
)

// API is what a security server speaks with.
type API struct {
	View *view.View
	// Proof is what the proxy that has checked the security server's certificate puts into the head Stoa-Peer; "": nobody is let
	// in. A head of that name that comes from outside must be taken out by the proxy.
	Proof string
}

// Routes are its addresses.
func Routes(a *API) []web.Route {
	return []web.Route{{Method: "GET", Pattern: "/xroad/{share}", Area: web.System, Action: policy.RecordShare, Handle: a.read}}
}

// problem is the body of an error: that of X-Road's own (section 4.6), so that the other side needs one reader for both.
type problem struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Detail  string `json:"detail"` // our reference
}

func (a *API) read(w http.ResponseWriter, r *web.Request) error {
	if !a.proven(r) {
		return fault.NewNotFound("") // whoever does not come through the security server sees nothing here
	}
	client, ok := identifier(r.Header.Get("X-Road-Client"))
	if !ok {
		return a.refuse(w, r, http.StatusBadRequest, problem{"Client.BadRequest", "X-Road-Client names no subsystem", r.ID})
	}
	in := view.SharedRead{Share: r.PathValue("share"), Client: client, By: map[string]string{}}
	for name, values := range r.URL.Query() {
		if len(values) != 1 {
			return a.refuse(w, r, http.StatusBadRequest, problem{"Client.BadRequest", name + " is there more than once", r.ID})
		}
		in.By[name] = values[0]
	}
	records, err := a.View.Sharing().Read(r.Context(), in)
	switch fault.KindOf(err) {
	case fault.Forbidden:
		return a.refuse(w, r, http.StatusForbidden, problem{"Server.AccessDenied", "no agreement lets this subsystem read this", r.ID})
	case fault.Invalid:
		return a.refuse(w, r, http.StatusBadRequest, problem{"Client.BadRequest", "ask by what the agreement names, and by nothing else", r.ID})
	}
	if err != nil {
		return err
	}
	return a.send(w, r, http.StatusOK, map[string]any{"records": records})
}

func (a *API) proven(r *web.Request) bool {
	want, got := sha256.Sum256([]byte(a.Proof)), sha256.Sum256([]byte(r.Header.Get("Stoa-Peer")))
	return a.Proof != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// identifier reads INSTANCE/CLASS/MEMBER[/SUBSYSTEM], whose parts are percent-encoded (section 4.2).
func identifier(head string) (string, bool) {
	parts := strings.Split(head, "/")
	if len(parts) != 3 && len(parts) != 4 {
		return "", false
	}
	for i, part := range parts {
		plain, err := url.PathUnescape(part)
		if err != nil || plain == "" || strings.Contains(plain, "/") {
			return "", false
		}
		parts[i] = plain
	}
	return strings.Join(parts, "/"), true
}

func (a *API) refuse(w http.ResponseWriter, r *web.Request, status int, p problem) error {
	return a.send(w, r, status, p)
}

func (a *API) send(w http.ResponseWriter, r *web.Request, status int, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fault.NewInternal("writing an answer", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err = w.Write(raw)
	return err
}
