package flow

import (
	"context"
	"crypto/ecdsa"
	"fmt"
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/credential"
	"stoa/internal/credential/envelope"
	"stoa/internal/credential/keys"
	"stoa/internal/credential/mdoc"
	"stoa/internal/credential/sdjwt"
	"stoa/internal/credential/status"
	"stoa/internal/money"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
)

// standing is what the status list says of a record's state.
func standing(state string) int {
	switch state {
	case record.Active:
		return status.Valid
	case record.Suspended:
		return status.Suspended
	}
	return status.Invalid
}

// claimDay is a date in a claim, which the two forms write differently.
type claimDay calendar.Date

// claims are what a credential says. Texts of ours are in the jurisdiction's first language.
func claims(s *service.Service, r *record.Record) (map[string]any, error) {
	j := s.Jurisdiction
	all := map[string]any{credential.ClaimNumber: r.Number, credential.ClaimTitle: first(j, s.Issue.Title), credential.ClaimFrom: claimDay(r.From)}
	for _, o := range j.File.Organisations {
		if o.ID == r.Organisation {
			all[credential.ClaimIssuer] = first(j, o.Name)
		}
	}
	if !r.Until.IsZero() {
		all[credential.ClaimUntil] = claimDay(r.Until)
	}
	for _, field := range s.Issue.Credential.Fields {
		text, there := r.Fields[field.ID]
		if !there || text == "" {
			continue
		}
		v, err := record.Value(field.Type, text)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", field.ID, err)
		}
		all[field.ID] = claimValue(v, text)
	}
	return all, nil
}

func first(j *service.Jurisdiction, t service.Text) string { return t.By[j.File.Languages[0]] }

// claimValue is a value as both forms can carry it: whole numbers as numbers, and amounts to the cent as texts.
func claimValue(v rule.Value, text string) any {
	switch v := v.(type) {
	case bool:
		return v
	case calendar.Date:
		return claimDay(v)
	case money.Decimal:
		if n, err := strconv.ParseInt(text, 10, 52); err == nil {
			return n
		}
	}
	return text
}

// give issues one credential.
func (c Credentials) give(ctx context.Context, tx *store.Tx, r *record.Record, s *service.Service, format, holder string, key *ecdsa.PublicKey, told string) (string, error) {
	signer, err := c.Wallets.Keys.Signer()
	if err != nil {
		return "", err
	}
	said, err := claims(s, r)
	if err != nil {
		return "", err
	}
	from, until, err := span(s, r, tx.Now())
	if err != nil {
		return "", err
	}
	note := credential.Issued{Organisation: r.Organisation, Record: r.ID, Version: r.Version, Holder: holder, Service: s.Service,
		Format: format, Status: standing(r.State), Ends: until}
	if err := c.Wallets.Store.Note(ctx, tx, &note, told); err != nil {
		return "", err
	}
	if format == service.FormatMdoc {
		return c.giveMdoc(signer, s, said, note, key, from)
	}
	return c.giveSDJWT(signer, s, said, note, key, from)
}

// span is for how long a credential is good: as long as the licence, and a year at most.
func span(s *service.Service, r *record.Record, now time.Time) (from, until time.Time, err error) {
	zone := s.Jurisdiction.Calendar.Zone()
	from, until = now, now.Add(keys.Life)
	if begins := midnight(r.From, zone); begins.After(now) {
		from = begins
	}
	if !r.Until.IsZero() {
		after, err := r.Until.AddDays(1)
		if err != nil {
			return from, until, fmt.Errorf("the end of licence %s: %w", r.Number, err)
		}
		if ends := midnight(after, zone); ends.Before(until) {
			until = ends
		}
	}
	return from.Truncate(time.Second), until.Truncate(time.Second), nil
}

func midnight(d calendar.Date, zone *time.Location) time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, zone)
}

func (c Credentials) giveSDJWT(signer envelope.Signer, s *service.Service, said map[string]any, note credential.Issued, key *ecdsa.PublicKey, from time.Time) (string, error) {
	shown := map[string]any{}
	for name, v := range said {
		if d, ok := v.(claimDay); ok {
			v = calendar.Date(d).String()
		}
		shown[name] = v
	}
	jwk := envelope.JWK(key, "")
	jwk.Use, jwk.Algorithm = "", ""
	always := map[string]any{
		"iss": c.Site.URL, "vct": credential.VCT(c.Site.URL, s), "iat": note.At.Unix(), "nbf": from.Unix(), "exp": note.Ends.Unix(),
		"cnf":    map[string]any{"jwk": jwk},
		"status": map[string]any{"status_list": map[string]any{"idx": note.Place, "uri": credential.StatusURI(c.Site.URL, note.List)}},
	}
	return sdjwt.Issue(signer, credential.TypeSDJWT, always, shown, c.Wallets.Store.Rand)
}

func (c Credentials) giveMdoc(signer envelope.Signer, s *service.Service, said map[string]any, note credential.Issued, key *ecdsa.PublicKey, from time.Time) (string, error) {
	shown := map[string]any{}
	for name, v := range said {
		if d, ok := v.(claimDay); ok {
			v = mdoc.Day(calendar.Date(d).String())
		}
		shown[name] = v
	}
	docType := s.Issue.Credential.DocType
	raw, err := mdoc.Issue(signer, mdoc.Document{DocType: docType, Elements: map[string]map[string]any{docType: shown}, Device: key,
		Signed: note.At, From: from, Until: note.Ends, Status: &mdoc.Status{URI: credential.StatusURI(c.Site.URL, note.List), Index: int(note.Place)}}, c.Wallets.Store.Rand)
	if err != nil {
		return "", err
	}
	return envelope.Encoding.EncodeToString(raw), nil
}
