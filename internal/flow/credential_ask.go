package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Ask asks a wallet to show a licence of a kind. What it gives shows the answer.
func (c Credentials) Ask(ctx context.Context, actor policy.Actor, id string) (shows string, err error) {
	if err := policy.Can(actor, policy.CredentialAsk, policy.Thing{Kind: "question", Public: true}); err != nil {
		return "", err
	}
	if c.Wallets == nil || c.Docket.Releases.Current().Credential(id) == nil {
		return "", fault.NewNotFound("")
	}
	err = c.DB.Write(ctx, "flow.AskWallet", func(ctx context.Context, tx *store.Tx) error {
		shows, err = c.Wallets.Store.Questions().Ask(ctx, tx, id)
		return err
	})
	return shows, err
}

// session is what a wallet's answer must be about.
func (c Credentials) session(q *credential.Question) (credential.Session, envelope.Signer, error) {
	signer, client, err := c.Wallets.Keys.Asker()
	return credential.Session{ClientID: client, Nonce: q.Nonce, ResponseURI: c.Site.URL + "/credentials/answers/" + q.ID}, signer, err
}

// Names of the two forms in a question.
const (
	asSDJWT = "sd_jwt"
	asMdoc  = "mdoc"
)

// Question is a question as a wallet reads it, signed. walletNonce is one that the wallet wants to see in it.
func (c Credentials) Question(ctx context.Context, _ policy.Actor, id, walletNonce string) (token string, err error) {
	if c.Wallets == nil {
		return "", fault.NewNotFound("")
	}
	err = c.DB.Read(ctx, "flow.WalletQuestion", func(ctx context.Context, tx *store.Tx) error {
		q, err := c.Wallets.Store.Questions().ByID(ctx, tx, id)
		if err != nil {
			return missing(err)
		}
		s := c.Docket.Releases.Current().Credential(q.Service)
		if s == nil || q.Answered || !q.Expires.After(tx.Now()) {
			return fault.NewNotFound("")
		}
		in, signer, err := c.session(q)
		if err != nil {
			return err
		}
		claims := map[string]any{
			"iss": in.ClientID, "aud": "https://self-issued.me/v2", "iat": tx.Now().Unix(), "exp": q.Expires.Unix(),
			"client_id": in.ClientID, "response_type": "vp_token", "response_mode": "direct_post", "response_uri": in.ResponseURI,
			"nonce": q.Nonce, "state": c.Wallets.Store.Questions().State(q.ID), "dcql_query": c.query(s),
			"client_metadata": map[string]any{"client_name": first(s.Jurisdiction, s.Jurisdiction.File.Name), "vp_formats_supported": map[string]any{
				credential.TypeSDJWT: map[string]any{"sd-jwt_alg_values": []string{"ES256"}, "kb-jwt_alg_values": []string{"ES256"}},
				credential.TypeMdoc:  map[string]any{"issuerauth_alg_values": []int{-7}, "deviceauth_alg_values": []int{-7}},
			}},
		}
		if walletNonce != "" {
			claims["wallet_nonce"] = walletNonce
		}
		signer.ID = "" // the certificate names it
		token, err = signer.JWT("oauth-authz-req+jwt", claims, true)
		return err
	})
	return token, err
}

// query is what is asked in words of DCQL: the licence in either form, its number, and what its register publishes.
func (c Credentials) query(s *service.Service) map[string]any {
	names := []string{credential.ClaimNumber}
	for _, f := range s.Issue.Credential.Fields {
		if f.Public {
			names = append(names, f.ID)
		}
	}
	ask := func(id, format string, meta map[string]any, path func(string) []string) map[string]any {
		var claims []map[string]any
		for _, name := range names {
			claims = append(claims, map[string]any{"id": name, "path": path(name)})
		}
		return map[string]any{"id": id, "format": format, "meta": meta, "claims": claims, "claim_sets": [][]string{names, {credential.ClaimNumber}}}
	}
	var all []map[string]any
	var either [][]string
	cred := s.Issue.Credential
	if cred.HasFormat(service.FormatSDJWT) {
		either = append(either, []string{asSDJWT})
		all = append(all, ask(asSDJWT, credential.TypeSDJWT, map[string]any{"vct_values": []string{credential.VCT(c.Site.URL, s)}},
			func(name string) []string { return []string{name} }))
	}
	if cred.HasFormat(service.FormatMdoc) {
		either = append(either, []string{asMdoc})
		all = append(all, ask(asMdoc, credential.TypeMdoc, map[string]any{"doctype_value": cred.DocType},
			func(name string) []string { return []string{cred.DocType, name} }))
	}
	return map[string]any{"credentials": all, "credential_sets": []map[string]any{{"options": either}}}
}

// WalletAnswer is what a wallet answers.
type WalletAnswer struct{ Question, State, Token, Error string }

// Answer judges what a wallet shows, and keeps for whoever asked what it is. What is not genuine, or not shown by its holder
// to us and now, is refused and leaves the question open.
func (c Credentials) Answer(ctx context.Context, _ policy.Actor, in WalletAnswer) error {
	if c.Wallets == nil {
		return fault.NewNotFound("")
	}
	var refused error
	err := c.DB.Write(ctx, "flow.AnswerQuestion", func(ctx context.Context, tx *store.Tx) error {
		refused = nil
		q, err := c.Wallets.Store.Questions().ByID(ctx, tx, in.Question)
		if err != nil {
			return missing(err)
		}
		v, err := c.judged(ctx, tx, q, in)
		var no *Refusal
		if errors.As(err, &no) {
			refused = err
			return nil
		}
		if err != nil {
			return err
		}
		switch v.State {
		case credential.Declined:
			return c.Wallets.Store.Questions().Refused(ctx, tx, q, v.State)
		case credential.Forged, credential.Unproven:
			refused = credential.Refuse(invalidRequest, "%s", v.Why)
			return c.Wallets.Store.Questions().Refused(ctx, tx, q, v.State)
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("keeping a wallet's answer: %w", err)
		}
		return c.Wallets.Store.Questions().Answer(ctx, tx, q, raw)
	})
	if err == nil {
		err = refused
	}
	return err
}

func (c Credentials) judged(ctx context.Context, tx *store.Tx, q *credential.Question, in WalletAnswer) (v credential.Verdict, err error) {
	switch {
	case q.Answered:
		return v, credential.Refuse(invalidRequest, "the question was answered before")
	case !q.Expires.After(tx.Now()):
		return v, credential.Refuse(invalidRequest, "the question is too old")
	case in.State != c.Wallets.Store.Questions().State(q.ID):
		return v, credential.Refuse(invalidRequest, "state is not that of the question")
	case in.Error != "":
		return credential.Verdict{State: credential.Declined}, nil
	}
	var shown map[string][]string
	if err := json.Unmarshal([]byte(in.Token), &shown); err != nil || len(shown) != 1 {
		return v, credential.Refuse(invalidRequest, "vp_token must be an object with the one credential that was asked for")
	}
	session, _, err := c.session(q)
	if err != nil {
		return v, err
	}
	j := credential.Judge{Store: c.Wallets.Store, Keys: c.Wallets.Keys, Site: c.Site.URL, Place: c.Docket.Releases.Current()}
	for name, list := range shown {
		switch {
		case len(list) != 1:
			return v, credential.Refuse(invalidRequest, "vp_token must hold one presentation")
		case name == asSDJWT:
			v, err = j.SDJWT(ctx, tx, list[0], &session)
		case name == asMdoc:
			raw, no := envelope.Encoding.DecodeString(list[0])
			if no != nil {
				return v, credential.Refuse(invalidRequest, "the presentation cannot be read")
			}
			v, err = j.DeviceResponse(ctx, tx, raw, session)
		default:
			return v, credential.Refuse(invalidRequest, "vp_token holds what was not asked for")
		}
	}
	if err == nil && v.Service != "" && v.Service != q.Service {
		return v, credential.Refuse(invalidRequest, "another credential is shown than was asked for")
	}
	return v, err
}
