package view

import (
	"context"

	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/store"
)

// PublishPreview is the page as it would be published.
func (d Disclosures) PublishPreview(ctx context.Context, r Reader, caseID string) (p DisclosurePage, ready bool, err error) {
	desk, err := d.Desk(ctx, r, caseID)
	if err != nil {
		return p, false, err
	}
	err = d.read(ctx, "PublishPreview", func(ctx context.Context, tx *store.Tx) error {
		c, _, err := d.inform(ctx, tx, r, caseID)
		if err != nil {
			return err
		}
		e := &disclosure.Entry{Number: c.Number, Organisation: c.Organisation, Service: c.Service.Service, Outcome: c.State, Ending: c.Ending, Language: c.Language,
			Received: docket.Day(c.Service, c.Submitted), Took: -1}
		if !c.Open() {
			e.Answered, e.Took = docket.Day(c.Service, c.Ended), docket.Took(c.Service, c.Case)
		}
		e.Topic, _ = c.Judged.Answers[c.Service.Disclosure.Topic].(string)
		all, err := d.Disclosures.Of(ctx, tx, caseID)
		if err != nil {
			return err
		}
		files, err := d.gather(ctx, tx, c, e, all)
		if err != nil {
			return err
		}
		p = d.entryPage(r, e, files)
		return nil
	})
	return p, desk.Ready && desk.Decided && desk.Published == "", err
}

// gather fills an entry as publishing would.
func (d Disclosures) gather(ctx context.Context, tx *store.Tx, c *docket.Case, e *disclosure.Entry, all []*disclosure.Document) (files []disclosure.PublishedFile, err error) {
	var reasons []string
	if c.Decision != nil {
		reasons = c.Decision.Reasons
	}
	g := disclosure.Gather(e, c.Service, reasons)
	for _, one := range all {
		if one.State == disclosure.Withheld {
			g.Withhold(one)
			continue
		}
		made, err := d.Disclosures.Release(ctx, tx, c.Service, c.Language, one)
		if err != nil {
			return nil, err
		}
		g.Add(one, made.Data)
	}
	g.Done()
	return g.Files, nil
}
