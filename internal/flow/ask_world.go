package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/converse"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
)

const (
	recordsTold = 3  // of one register
	factsTold   = 4  // of one record
	hitsTold    = 10 // of a look-up
)

// world is what a conversation may ask within a transaction: nothing that is not public.
func (f *Flow) world(tx *store.Tx, actor policy.Actor) converse.World {
	return converse.World{
		Live: func(s *service.Service) process.Situation {
			return f.Docket.Live(tx, s, "new", docket.Day(s, tx.Now()), "")
		},
		Find: func(ctx context.Context, p *i18n.Printer, register, words string) ([]converse.Record, error) {
			return f.publicRecords(ctx, tx, actor, p, register, words)
		},
		Hits: func(ctx context.Context, p *i18n.Printer, s *service.Service, q *service.Question, words string) ([]converse.Hit, error) {
			return f.hits(ctx, tx, p, s, q, words)
		},
	}
}

// publicRecords finds what anybody may look up.
func (f *Flow) publicRecords(ctx context.Context, tx *store.Tx, actor policy.Actor, p *i18n.Printer, register, words string) (list []converse.Record, err error) {
	j := f.Docket.Releases.Current()
	reg := j.Registers[register]
	if reg == nil || policy.Can(actor, policy.LicenceRead, policy.Thing{Kind: "register", ID: register, Public: reg.Public}) != nil {
		return nil, nil
	}
	found, err := f.Docket.Records.Find(ctx, tx, register, words, "", recordsTold, false)
	if err != nil {
		return nil, fmt.Errorf("looking in register %s: %w", register, err)
	}
	if one, err := f.Docket.Records.PublicByNumber(ctx, tx, register, words); err == nil {
		found = []*record.Record{one}
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("looking in register %s: %w", register, err)
	}
	today := j.Calendar.DateOf(tx.Now())
	for _, rec := range found {
		r := converse.Record{Number: rec.Number, Label: rec.Label, State: recordState(p, rec.On(today))}
		for _, x := range reg.Fields {
			text := rec.Fields[x.ID]
			if !x.Public || text == "" || x.ID == reg.Label || len(r.Facts) >= factsTold {
				continue
			}
			r.Facts = append(r.Facts, p.T("{label}: {value}", i18n.V{"label": x.Title.In(p.Tag(), j.File.Languages...), "value": showRecordField(p, j, x, text)}))
		}
		list = append(list, r)
	}
	return list, nil
}

func showRecordField(p *i18n.Printer, j *service.Jurisdiction, x service.RegisterField, text string) string {
	v, err := record.Value(x.Type, text)
	if err != nil {
		return text
	}
	if d, ok := v.(calendar.Date); ok {
		return p.Date(d.Year(), d.Month(), d.Day())
	}
	return process.Show(p, &service.Service{Jurisdiction: j}, v, x.Type)
}

// recordState is the word for a record's state on a day.
func recordState(p *i18n.Printer, state string) string {
	switch state {
	case "active":
		return p.C("licence", "In force")
	case "suspended":
		return p.C("licence", "Suspended")
	case "revoked":
		return p.C("licence", "Revoked")
	case "surrendered":
		return p.C("licence", "Given up")
	case "ended", "expired":
		return p.C("licence", "Ended")
	case "future":
		return p.C("licence", "Not in force yet")
	}
	return ""
}

// hits are the records that a look-up question offers, as its page offers them.
func (f *Flow) hits(ctx context.Context, tx *store.Tx, p *i18n.Printer, s *service.Service, q *service.Question, words string) (list []converse.Hit, err error) {
	reg := s.Jurisdiction.Registers[q.Register]
	if reg == nil {
		return nil, nil
	}
	found, err := f.Docket.Records.Find(ctx, tx, q.Register, words, "", hitsTold, !reg.Public)
	if err != nil {
		return nil, fmt.Errorf("looking in register %s: %w", q.Register, err)
	}
	for _, rec := range found {
		h := converse.Hit{Key: rec.Number, Label: rec.Label}
		for _, id := range q.Show {
			for _, x := range reg.Fields {
				if text := rec.Fields[id]; x.ID == id && x.Public && text != "" && text != rec.Label {
					h.Facts = append(h.Facts, p.T("{label}: {value}", i18n.V{"label": x.Title.In(p.Tag(), s.Jurisdiction.File.Languages...), "value": showRecordField(p, s.Jurisdiction, x, text)}))
				}
			}
		}
		list = append(list, h)
	}
	return list, nil
}
