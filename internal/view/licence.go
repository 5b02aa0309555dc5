package view

import (
	"context"
	"fmt"

	"stoa/internal/docket"
	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/store"
)

// LicencePage is a licence as its holder sees it.
type LicencePage struct {
	LicenceLine
	ServiceID string
	Version   int64
	Issuer    string
	Facts     []RecordFact
	VerifyURL string
	Case      string // of the latest decision
	Variants  []VariantLine
	Actions   []Action
	Public    bool
	Document  document.Document // the certificate
}

// ownLicence is a licence as the rights of its holder see it.
func ownLicence(rec *record.Record) policy.Thing {
	return policy.Thing{Kind: "licence", ID: rec.ID, Organisation: rec.Organisation, Owner: rec.Holder, Service: rec.Service}
}

// licence loads a licence for its holder, with the case it comes from.
func (v *View) licence(ctx context.Context, tx *store.Tx, r Reader, id string) (*record.Record, *docket.Case, error) {
	rec, err := v.Docket.Records.Get(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := policy.Can(r.Actor, policy.LicenceOwn, ownLicence(rec)); err != nil {
		return nil, nil, err
	}
	if rec.Case == "" {
		return nil, nil, fault.NewNotFound("")
	}
	c, err := v.Docket.Case(ctx, tx, rec.Case)
	return rec, c, err
}

// Licence is the holder's page of a licence.
func (v *View) Licence(ctx context.Context, r Reader, id string) (p LicencePage, err error) {
	err = v.read(ctx, "Licence", func(ctx context.Context, tx *store.Tx) error {
		rec, c, err := v.licence(ctx, tx, r, id)
		if err != nil {
			return err
		}
		s := c.Service
		j := s.Jurisdiction
		if s.Issue == nil {
			return fault.NewNotFound("")
		}
		today := docket.Day(s, tx.Now())
		p = LicencePage{
			LicenceLine: LicenceLine{ID: rec.ID, Number: rec.Number, Label: rec.Label, Kind: r.words(j, s.Issue.Title),
				State: rec.On(today), From: r.date(rec.From), Until: r.date(rec.Until)},
			ServiceID: s.Service, Version: rec.Version, Issuer: r.organisationName(j, rec.Organisation),
			VerifyURL: v.Site.URL + "/verify/" + rec.ID, Case: c.ID, Public: s.Issue.Register.Public,
		}
		for _, f := range s.Issue.Register.Fields {
			if text := rec.Fields[f.ID]; f.Public && text != "" {
				p.Facts = append(p.Facts, RecordFact{r.words(j, f.Title), r.showField(j, f, text)})
			}
		}
		for _, variant := range s.Variants {
			if rec.In(variant.From, today) && (variant.Opens == 0 || rec.Until.IsZero() || today.DaysUntil(rec.Until) <= variant.Opens) {
				p.Variants = append(p.Variants, VariantLine{variant.ID, r.words(j, variant.Title), r.words(j, variant.Summary)})
			}
		}
		for _, a := range s.Issue.Actions {
			if a.By != "holder" {
				continue
			}
			offered, err := v.Docket.Offers(ctx, s, a, rec, today)
			if err != nil {
				return err
			}
			if offered {
				p.Actions = append(p.Actions, Action{ID: a.ID, Title: r.words(j, a.Title), Text: a.Reasons == "required"})
			}
		}
		p.Document, err = v.certificate(ctx, r, rec, c)
		return err
	})
	return p, err
}

// certificate is the licence on paper, in the reader's language, with the code that verifies it.
func (v *View) certificate(ctx context.Context, r Reader, rec *record.Record, c *docket.Case) (document.Document, error) {
	values, err := record.Values(c.Service.Issue.Register, rec.Fields)
	if err != nil {
		return document.Document{}, fmt.Errorf("reading licence %s: %w", rec.Number, err)
	}
	return process.Certificate(ctx, c.Judged, c.Facts, rec.Number,
		process.Licence{Fields: values, From: rec.From, Until: rec.Until},
		process.LetterContext{Printer: r.P, Date: rec.From, Verify: v.Site.URL + "/verify/" + rec.ID})
}
