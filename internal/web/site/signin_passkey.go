package site

import (
	"encoding/json"
	"net/http"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/web"
)

// askPasskey is POST /sign-in/passkey/ask: what the script is to ask the device.
func (s *Site) askPasskey(w http.ResponseWriter, r *web.Request) error {
	asked, err := s.Flow.Identity().AskPasskey(r.Context(), r.Actor, false)
	return sendAsked(w, r, asked, err)
}

func sendAsked(w http.ResponseWriter, r *web.Request, asked flow.AskedDevice, err error) error {
	if err != nil {
		return err
	}
	raw, err := json.Marshal(asked)
	if err != nil {
		return fault.NewInternal("writing what a device is asked", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.Send(w, "application/json", "", raw)
}

// passkeySignIn is POST /sign-in/passkey: the device's answer.
func (s *Site) passkeySignIn(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	to := web.LocalPath(r.Field("to"), "")
	token, err := s.Flow.Identity().PasskeySignIn(r.Context(), flow.PasskeySignIn{Ceremony: r.Field("ceremony"), Answer: []byte(r.Field("answer")), Device: web.Device(r)})
	if err == nil {
		return s.enter(w, r, token, to)
	}
	said, ok := r.Say(err, fault.Invalid)
	if !ok {
		return err
	}
	return s.showSignIn(w, r, r.T("Sign in"), emailForm{}, to, said)
}
