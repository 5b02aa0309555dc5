package flow

import (
	"context"

	"stoa/internal/consent"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Consent is what a person says about a purpose of the file.
type Consent struct {
	Purpose string
	Yes     bool // false takes it back
	Key     string
}

// Consent gives or takes back: one button each, and neither asks for a reason.
func (f Privacy) Consent(ctx context.Context, actor policy.Actor, in Consent) error {
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", ID: actor.Person, Owner: actor.Person}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.Consent", func(ctx context.Context, tx *store.Tx) error {
		if !in.Yes {
			return f.consents().Withdraw(ctx, tx, actor.Person, in.Purpose)
		}
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.consent(ctx, tx, actor.Person, in.Purpose) })
		return err
	})
}

func (f Privacy) consents() *consent.Consents { return &consent.Consents{Vault: f.People.Vault} }

// consent stores an agreement with its receipt, in the words in which it was asked.
func (f Privacy) consent(ctx context.Context, tx *store.Tx, id, purpose string) error {
	j := f.Docket.Releases.Current()
	d := j.File.DataProtection
	if d == nil {
		return fault.NewNotFound("")
	}
	file, there := d.Consents[purpose]
	if !there {
		return fault.NewNotFound("")
	}
	who, err := f.People.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	until, err := f.today(tx).AddMonths(file.Months())
	if err != nil {
		return err
	}
	return f.consents().Give(ctx, tx, &consent.Consent{Person: id, Purpose: purpose, Subject: who.Subject, Until: until, Receipt: f.receipt(j, d, who.Language, id, file)})
}

func (f Privacy) receipt(j *service.Jurisdiction, d *service.DataProtectionFile, language, id string, file service.ConsentFile) consent.Receipt {
	in := func(t service.Text) string { return t.In(language, j.File.Languages...) }
	controller := consent.Party{ID: j.File.Jurisdiction, Name: in(j.File.Name), Role: "PII controller", URL: f.Site.URL, Email: j.File.Contact.Email, Phone: j.File.Contact.Phone}
	parties := []consent.Party{controller}
	if d.Officer.Email != "" {
		parties = append(parties, consent.Party{ID: "data-protection-officer", Name: "Data protection officer", Role: "data protection officer", Email: d.Officer.Email, Phone: d.Officer.Phone})
	}
	if name := in(d.Authority.Name); name != "" {
		parties = append(parties, consent.Party{ID: "authority", Name: name, Role: "supervisory authority", URL: d.Authority.URL})
	}
	p := f.Words.For(language)
	law := d.Law[file.Basis]
	return consent.Receipt{Schema: consent.Schema, Principal: id, Parties: parties, Processing: []consent.Processing{{
		Notice: f.Site.URL + "/privacy", Language: language,
		Purposes:    []consent.Purpose{{Purpose: in(file.Purpose), Type: in(file.Title), Basis: "consent: " + law.Title + " " + law.Section}},
		PII:         []consent.PII{{Type: in(file.Data), Optional: true}},
		Controllers: []string{controller.ID}, Collection: f.Site.URL + "/account/consents", Method: in(file.Purpose),
		Storage: []string{in(j.File.Name)}, Retention: file.Keep, Jurisdiction: []string{j.File.Jurisdiction}, Recipients: []string{},
		Withdrawal: f.Site.URL + "/account/consents",
		Rights: []string{p.T("To see and download what is held: {address}", i18n.V{"address": f.Site.URL + "/account/copy"}),
			p.T("To have it corrected: {address}", i18n.V{"address": f.Site.URL + "/account/correct"}), p.T("To be erased: {address}", i18n.V{"address": f.Site.URL + "/account/erase"})},
		Conduct: []string{}, Impact: f.Site.URL + "/privacy/impact", Authority: "authority",
	}}}
}

// agreed stores the consents that an application gives: of each section that rests on one and of which a question, which
// nobody had to answer, was answered.
func (f Privacy) agreed(ctx context.Context, tx *store.Tx, s *service.Service, j *process.Judgement, person string) error {
	given := map[string]bool{}
	for _, q := range s.Questions {
		p, there := s.Privacy[q.Personal]
		if !there || p.Consent == "" || given[p.Consent] || j.Answers[q.ID] == nil {
			continue
		}
		given[p.Consent] = true
		if err := f.consent(ctx, tx, person, p.Consent); err != nil {
			return err
		}
	}
	return nil
}
