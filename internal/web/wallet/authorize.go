package wallet

import (
	"net/http"

	"stoa/internal/flow"
	"stoa/internal/web"
)

// push is the pushed authorisation request (RFC 9126): what a wallet wants is said before the holder's browser opens.
func (a *API) push(w http.ResponseWriter, r *web.Request) error {
	if err := form(r); err != nil {
		return refuse(w, r, err)
	}
	if r.Field("request_uri") != "" {
		return refuse(w, r, &flow.Refusal{Code: "invalid_request", Why: "request_uri cannot be pushed"})
	}
	uri, seconds, err := a.Flow.Credentials().Push(r.Context(), r.Actor, flow.ReadAuthorization(r.PostForm))
	if err != nil {
		return refuse(w, r, err)
	}
	return send(w, r, http.StatusCreated, noStore, map[string]any{"request_uri": uri, "expires_in": seconds})
}
