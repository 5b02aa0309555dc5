package wallet

import (
	"net/http"

	"stoa/internal/flow"
	"stoa/internal/web"
)

// question is what a wallet is asked, signed.
func (a *API) question(w http.ResponseWriter, r *web.Request) error {
	nonce := ""
	if r.Method == http.MethodPost {
		if err := form(r); err != nil {
			return refuse(w, r, err)
		}
		nonce = r.Field("wallet_nonce")
	}
	token, err := a.Flow.Credentials().Question(r.Context(), r.Actor, r.PathValue("question"), nonce)
	if err != nil {
		return refuse(w, r, err)
	}
	return r.ShareAs(w, http.StatusOK, "application/oauth-authz-req+jwt", noStore, []byte(token))
}

// answer is what a wallet answers, by direct_post.
func (a *API) answer(w http.ResponseWriter, r *web.Request) error {
	if err := form(r); err != nil {
		return refuse(w, r, err)
	}
	err := a.Flow.Credentials().Answer(r.Context(), r.Actor, flow.WalletAnswer{Question: r.PathValue("question"), State: r.Field("state"),
		Token: r.Field("vp_token"), Error: r.Field("error")})
	if err != nil {
		return refuse(w, r, err)
	}
	return send(w, r, http.StatusOK, noStore, map[string]any{})
}
