package wallet

import (
	"bytes"
	"encoding/json"
	"net/http"

	"stoa/internal/flow"
	"stoa/internal/web"
)

// Kinds of grants.
const (
	preAuthorized     = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
	authorizationCode = "authorization_code"
)

func (a *API) token(w http.ResponseWriter, r *web.Request) error {
	if err := form(r); err != nil {
		return refuse(w, r, err)
	}
	in := flow.TokenRequest{Client: r.Field("client_id")}
	missing := ""
	switch r.Field("grant_type") {
	case preAuthorized:
		in.PreAuthorized, in.Digits = r.Field("pre-authorized_code"), r.Field("tx_code")
		if in.PreAuthorized == "" {
			missing = "pre-authorized_code"
		}
	case authorizationCode:
		in.Code, in.Verifier, in.Redirect = r.Field("code"), r.Field("code_verifier"), r.Field("redirect_uri")
		if in.Code == "" {
			missing = "code"
		}
	case "":
		missing = "grant_type"
	default:
		return refuse(w, r, &flow.Refusal{Code: "unsupported_grant_type", Why: "use " + authorizationCode + " or " + preAuthorized})
	}
	if missing != "" {
		return refuse(w, r, &flow.Refusal{Code: "invalid_request", Why: missing + " is missing"})
	}
	got, err := a.Flow.Credentials().Token(r.Context(), r.Actor, in)
	if err != nil {
		return refuse(w, r, err)
	}
	out := map[string]any{"access_token": got.Token, "token_type": "Bearer", "expires_in": got.Seconds}
	if got.Detailed {
		var details []map[string]any
		for _, id := range got.Configs {
			details = append(details, map[string]any{"type": "openid_credential", "credential_configuration_id": id, "credential_identifiers": []string{id}})
		}
		out["authorization_details"] = details
	}
	return send(w, r, http.StatusOK, noStore, out)
}

func (a *API) nonce(w http.ResponseWriter, r *web.Request) error {
	nonce, err := a.Flow.Credentials().Nonce(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return send(w, r, http.StatusOK, noStore, map[string]string{"c_nonce": nonce})
}

// credentialRequest is the body of a request for credentials. What it may hold besides is not for us.
type credentialRequest struct {
	Config     string              `json:"credential_configuration_id"`
	Identifier string              `json:"credential_identifier"`
	Proofs     map[string][]string `json:"proofs"`
	Proof      json.RawMessage     `json:"proof"` // of drafts
	Encryption json.RawMessage     `json:"credential_response_encryption"`
}

func (a *API) credential(w http.ResponseWriter, r *web.Request) error {
	token, err := bearer(r)
	if err != nil {
		return refuse(w, r, err)
	}
	var in credentialRequest
	if err := body(r, &in); err != nil {
		return refuse(w, r, err)
	}
	no := func(code, why string) error { return refuse(w, r, &flow.Refusal{Code: code, Why: why}) }
	switch {
	case in.Encryption != nil:
		return no("invalid_encryption_parameters", "credentials are not encrypted here beyond the connection: leave credential_response_encryption out")
	case in.Proof != nil:
		return no("invalid_proof", "send proofs, as OpenID4VCI 1.0 has it, and not proof")
	case len(in.Proofs) == 0:
		return no("invalid_proof", "proofs is missing: the keys that the credentials are for")
	case len(in.Proofs) > 1 || in.Proofs["jwt"] == nil:
		return no("invalid_proof", "send proofs of the one kind jwt")
	}
	got, err := a.Flow.Credentials().Fetch(r.Context(), r.Actor, flow.FetchCredential{Token: token, Config: in.Config, Identifier: in.Identifier, Proofs: in.Proofs["jwt"]})
	if err != nil {
		return refuse(w, r, err)
	}
	var all []map[string]string
	for _, c := range got.Credentials {
		all = append(all, map[string]string{"credential": c})
	}
	return send(w, r, http.StatusOK, noStore, map[string]any{"credentials": all, "notification_id": got.Notification})
}

// body reads a JSON object.
func body(r *web.Request, into any) error {
	raw, err := r.ReadAll()
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(into); err != nil || d.More() {
		return &flow.Refusal{Code: "invalid_credential_request", Why: "send one JSON object as the standard has it"}
	}
	return nil
}

func (a *API) notification(w http.ResponseWriter, r *web.Request) error {
	token, err := bearer(r)
	if err != nil {
		return refuse(w, r, err)
	}
	var in struct {
		ID    string `json:"notification_id"`
		Event string `json:"event"`
	}
	if err := body(r, &in); err != nil {
		return refuse(w, r, &flow.Refusal{Code: "invalid_notification_request", Why: "send one JSON object as the standard has it"})
	}
	if err := a.Flow.Credentials().Tell(r.Context(), r.Actor, flow.WalletTells{Token: token, Notification: in.ID, Event: in.Event}); err != nil {
		return refuse(w, r, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
