package view

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"stoa/internal/credential"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

// CheckedCredential is what is found out about a credential, in words.
type CheckedCredential struct {
	State     string // of credential.Verdict
	Kind      string
	Issuer    string
	Facts     []RecordFact
	Bound     bool
	Until     string
	Why       string
	Suspected bool // forged or not proven
}

func (c Credentials) judge() credential.Judge {
	return credential.Judge{Store: c.Wallets.Store, Keys: c.Wallets.Keys, Site: c.Site.URL, Place: c.place()}
}

// CheckCredential judges what somebody has pasted or uploaded. ok is false where it is no credential at all. Nothing of it is
// kept.
func (c Credentials) CheckCredential(ctx context.Context, r Reader, given []byte) (p CheckedCredential, ok bool, err error) {
	if c.Wallets == nil {
		return p, false, nil
	}
	if err := c.mayRead(r, policy.CredentialAsk); err != nil {
		return p, false, err
	}
	err = c.read(ctx, "CheckCredential", func(ctx context.Context, tx *store.Tx) error {
		var verdict credential.Verdict
		if verdict, ok, err = c.judge().Text(ctx, tx, given); err != nil {
			return err
		}
		p = c.checked(r, verdict)
		return nil
	})
	return p, ok, err
}

// checked puts a verdict into the reader's words.
func (c Credentials) checked(r Reader, v credential.Verdict) CheckedCredential {
	p := CheckedCredential{State: v.State, Bound: v.Bound, Why: v.Why, Suspected: v.State == credential.Forged || v.State == credential.Unproven}
	j := c.place()
	s := j.Credential(v.Service)
	if s == nil {
		return p
	}
	p.Kind, p.Issuer = r.words(j, s.Issue.Title), r.organisationName(j, s.Organisation)
	if p.Suspected {
		return p // what it says is not to be believed
	}
	if !v.Until.IsZero() {
		at := v.Until.In(j.Calendar.Zone())
		p.Until = r.P.Date(at.Year(), at.Month(), at.Day())
	}
	add := func(label, value string) {
		if value != "" {
			p.Facts = append(p.Facts, RecordFact{label, value})
		}
	}
	add(r.P.T("Number"), v.Claims[credential.ClaimNumber])
	for _, f := range s.Issue.Credential.Fields {
		if text := v.Claims[f.ID]; text != "" {
			add(r.words(j, f.Title), r.showField(j, f, text))
		}
	}
	day := service.RegisterField{Type: "date"}
	if text := v.Claims[credential.ClaimFrom]; text != "" {
		add(r.P.T("Valid from"), r.showField(j, day, text))
	}
	if text := v.Claims[credential.ClaimUntil]; text != "" {
		add(r.P.T("Valid until"), r.showField(j, day, text))
	}
	return p
}

// WalletQuestion is the page of a question to a wallet, for whoever asked it.
type WalletQuestion struct {
	Kind   string
	Link   string
	Until  Instant
	Open   bool
	Answer *CheckedCredential
	// Refused is what the last answer was that was not taken: forged, unbound, declined.
	Refused string
}

// Question is a question to a wallet with its answer, if there is one.
func (c Credentials) Question(ctx context.Context, r Reader, shows string) (p WalletQuestion, err error) {
	if err := c.mayRead(r, policy.CredentialAsk); err != nil {
		return p, err
	}
	err = c.read(ctx, "WalletQuestion", func(ctx context.Context, tx *store.Tx) error {
		q, err := c.Wallets.Store.Questions().Shown(ctx, tx, shows)
		if err != nil {
			return err
		}
		p = WalletQuestion{Until: r.instant(c.place(), q.Expires), Open: !q.Answered && q.Expires.After(tx.Now()), Refused: q.Refused}
		if s := c.place().Credential(q.Service); s != nil {
			p.Kind = r.words(c.place(), s.Issue.Title)
		}
		_, client, err := c.Wallets.Keys.Asker()
		if err != nil {
			return err
		}
		p.Link = "openid4vp://?client_id=" + url.QueryEscape(client) + "&request_uri=" + url.QueryEscape(c.Site.URL+"/credentials/questions/"+q.ID)
		if !q.Answered {
			return nil
		}
		var v credential.Verdict
		if err := json.Unmarshal(q.Answer, &v); err != nil {
			return fmt.Errorf("reading a wallet's answer: %w", err)
		}
		answer := c.checked(r, v)
		p.Answer = &answer
		return nil
	})
	return p, err
}

// Askable is a licence that can be asked for.
type Askable struct{ ID, Title string }

// Askable lists the licences that wallets can be asked for.
func (c Credentials) Askable(r Reader) []Askable {
	if c.Wallets == nil {
		return nil
	}
	var all []Askable
	for _, s := range c.place().Offered() {
		all = append(all, Askable{s.Service, r.words(c.place(), s.Issue.Title)})
	}
	return all
}

// WalletRequest is what a wallet asks its holder for.
type WalletRequest struct {
	Kind     string
	Licences []LicenceLine // that it can have
}

// Authorize is the page on which a holder lets a wallet have a licence.
func (c Credentials) Authorize(ctx context.Context, r Reader, id string) (p WalletRequest, err error) {
	j := c.place()
	s := j.Credential(id)
	if s == nil || c.Wallets == nil {
		return p, fault.NewNotFound("")
	}
	if err := policy.Can(r.Actor, policy.CredentialOwn, policy.Thing{Kind: "licences", Owner: r.Actor.Person}); err != nil {
		return p, err
	}
	err = c.read(ctx, "AuthorizeWallet", func(ctx context.Context, tx *store.Tx) error {
		p = WalletRequest{Kind: r.words(j, s.Issue.Title)}
		all, err := c.Docket.Records.Of(ctx, tx, r.Actor.Person)
		if err != nil {
			return err
		}
		if named, err := c.named(ctx, tx, r, s); err != nil {
			return err
		} else if named != nil {
			all = named
		}
		today := j.Calendar.DateOf(tx.Now())
		for _, rec := range all {
			if state := rec.On(today); (rec.Service == id || s.Issue.Record == id && rec.Case == "") && (state == "active" || state == "future") {
				p.Licences = append(p.Licences, LicenceLine{ID: rec.ID, Number: rec.Number, Label: rec.Label, State: state})
			}
		}
		return nil
	})
	return p, err
}

// named are the records of a register without a service that name the reader; nil for a service.
func (c Credentials) named(ctx context.Context, tx *store.Tx, r Reader, s *service.Service) (all []*record.Record, err error) {
	reg := s.Issue.Register
	if reg.Credential == nil || s.Service != reg.Register {
		return nil, nil
	}
	who, err := c.People.Get(ctx, tx, r.Actor.Person)
	if err != nil {
		return nil, err
	}
	all = []*record.Record{}
	seen := map[string]bool{}
	for _, field := range reg.Credential.For {
		found, err := c.Docket.Records.ByKey(ctx, tx, reg.Register, map[string]string{field: who.Email})
		if err != nil {
			return nil, err
		}
		for _, rec := range found {
			if !seen[rec.ID] {
				seen[rec.ID], all = true, append(all, rec)
			}
		}
	}
	return all, nil
}
