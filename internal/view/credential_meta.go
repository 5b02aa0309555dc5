package view

import (
	"stoa/internal/credential"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/service"
)

// batchSize is how many credentials a wallet may ask for at once; package flow refuses more.
const batchSize = 10

// IssuerMetadata is /.well-known/openid-credential-issuer: what there is to fetch, and how.
func (c Credentials) IssuerMetadata(r Reader) (map[string]any, error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	j, site := c.place(), c.Site.URL
	supported := map[string]any{}
	for _, s := range j.Offered() {
		for _, format := range credential.Formats(s) {
			supported[credential.ConfigID(s.Service, format)] = c.configuration(s, format)
		}
	}
	return map[string]any{
		"credential_issuer":                   site,
		"credential_endpoint":                 site + "/credentials/credential",
		"nonce_endpoint":                      site + "/credentials/nonce",
		"notification_endpoint":               site + "/credentials/notification",
		"batch_credential_issuance":           map[string]any{"batch_size": batchSize},
		"display":                             displays(j, j.File.Name, nil),
		"credential_configurations_supported": supported,
	}, nil
}

// displays are a text in every language, with what else is shown of it.
func displays(j *service.Jurisdiction, t service.Text, more map[string]any) (all []map[string]any) {
	for _, lang := range j.File.Languages {
		one := map[string]any{"name": t.By[lang], "locale": lang}
		for k, v := range more {
			one[k] = v
		}
		all = append(all, one)
	}
	return all
}

// claimNames are what a credential says, in its order, with their words.
type claimName struct {
	id    string
	title service.Text
}

func (c Credentials) claimNames(s *service.Service) (all []claimName) {
	words := func(say func(p *i18n.Printer) string) service.Text {
		t := service.Text{By: map[string]string{}}
		for _, lang := range s.Jurisdiction.File.Languages {
			t.By[lang] = say(c.Wallets.Words.For(lang))
		}
		return t
	}
	all = append(all, claimName{credential.ClaimTitle, words(func(p *i18n.Printer) string { return p.T("Licence") })},
		claimName{credential.ClaimNumber, words(func(p *i18n.Printer) string { return p.T("Number") })})
	for _, f := range s.Issue.Credential.Fields {
		all = append(all, claimName{f.ID, f.Title})
	}
	return append(all, claimName{credential.ClaimIssuer, words(func(p *i18n.Printer) string { return p.T("Issued by") })},
		claimName{credential.ClaimFrom, words(func(p *i18n.Printer) string { return p.T("Valid from") })},
		claimName{credential.ClaimUntil, words(func(p *i18n.Printer) string { return p.T("Valid until") })})
}

func (c Credentials) configuration(s *service.Service, format string) map[string]any {
	j := s.Jurisdiction
	var claims []map[string]any
	for _, n := range c.claimNames(s) {
		path := []string{n.id}
		if format == service.FormatMdoc {
			path = []string{s.Issue.Credential.DocType, n.id}
		}
		claims = append(claims, map[string]any{"path": path, "display": displays(j, n.title, nil)})
	}
	colours := map[string]any{}
	if brand := j.File.Theme.Brand; brand != "" {
		colours["background_color"], colours["text_color"] = brand, "#ffffff"
	}
	one := map[string]any{
		"scope":                 credential.ConfigID(s.Service, format),
		"proof_types_supported": map[string]any{"jwt": map[string]any{"proof_signing_alg_values_supported": []string{"ES256"}}},
		"credential_metadata":   map[string]any{"display": displays(j, s.Issue.Title, colours), "claims": claims},
	}
	if format == service.FormatMdoc {
		one["format"], one["doctype"] = credential.TypeMdoc, s.Issue.Credential.DocType
		one["cryptographic_binding_methods_supported"] = []string{"cose_key"}
		one["credential_signing_alg_values_supported"] = []int{-7}
		return one
	}
	one["format"], one["vct"] = credential.TypeSDJWT, credential.VCT(c.Site.URL, s)
	one["cryptographic_binding_methods_supported"] = []string{"jwk"}
	one["credential_signing_alg_values_supported"] = []string{"ES256"}
	return one
}

// ServerMetadata is /.well-known/oauth-authorization-server.
func (c Credentials) ServerMetadata(r Reader) (map[string]any, error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	site, scopes := c.Site.URL, []string{}
	for _, s := range c.place().Offered() {
		scopes = append(scopes, credential.Configs(s)...)
	}
	return map[string]any{
		"issuer":                                          site,
		"authorization_endpoint":                          site + "/credentials/authorize",
		"pushed_authorization_request_endpoint":           site + "/credentials/par",
		"token_endpoint":                                  site + "/credentials/token",
		"jwks_uri":                                        site + "/credentials/keys",
		"response_types_supported":                        []string{"code"},
		"response_modes_supported":                        []string{"query"},
		"grant_types_supported":                           []string{"authorization_code", "urn:ietf:params:oauth:grant-type:pre-authorized_code"},
		"code_challenge_methods_supported":                []string{"S256"},
		"token_endpoint_auth_methods_supported":           []string{"none"},
		"authorization_response_iss_parameter_supported":  true,
		"pre-authorized_grant_anonymous_access_supported": true,
		"authorization_details_types_supported":           []string{"openid_credential"},
		"scopes_supported":                                scopes,
	}, nil
}

// TypeMetadata describes a service's SD-JWT VC: what its claims are called, in every language.
func (c Credentials) TypeMetadata(r Reader, id string) (map[string]any, error) {
	if err := c.mayRead(r, policy.CredentialRead); err != nil {
		return nil, err
	}
	j := c.place()
	s := j.Credential(id)
	if s == nil {
		return nil, fault.NewNotFound("")
	}
	var display, claims []map[string]any
	for _, lang := range j.File.Languages {
		display = append(display, map[string]any{"locale": lang, "name": s.Issue.Title.By[lang], "description": s.Summary.By[lang]})
	}
	for _, n := range c.claimNames(s) {
		var labels []map[string]any
		for _, lang := range j.File.Languages {
			labels = append(labels, map[string]any{"locale": lang, "label": n.title.By[lang]})
		}
		claims = append(claims, map[string]any{"path": []string{n.id}, "display": labels, "sd": "always"})
	}
	return map[string]any{"vct": credential.VCT(c.Site.URL, s), "name": s.Issue.Title.By[j.File.Languages[0]], "display": display, "claims": claims}, nil
}
