package view

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/simulate"
	"stoa/internal/store"
	"stoa/internal/study"
)

// StudyPage is a study whole.
type StudyPage struct {
	StudyLine
	Kind, Subject string
	Version       int64
	Change        []string // what is tried, a sentence each
	Done, Of      int
	Problem       string
	By            string // at the desk
	Result        *StudyResult
	Hash          string
	MayPublish    bool
	PublishedAt   Instant
}

// StudyResult is what came of it, in words and figures.
type StudyResult struct {
	Findings []string
	Currency string
	Raw      *simulate.Study
	Money    []StudyPair
	Groups   []StudyGroup
	Flips    []StudyFlip
	Lacking  []StudyLack
	Queue    *StudyQueue
	Inputs   []StudyInput
	Days     string // first and last day of what was replayed
}

// StudyPair is a figure before and after.
type StudyPair struct{ What, Before, After, Change string }

// StudyGroup is who gains and who loses by one fact.
type StudyGroup struct {
	ID, Title string
	Rows      []StudyRow
}

// StudyRow is one group of people; numbers below zero are not shown.
type StudyRow struct {
	Title                           string
	Cases, More, Same, Less, Unsent int64
	Before, After                   string // "" not shown
}

// StudyFlip is another ending.
type StudyFlip struct {
	From, To, Why string
	N             int // -1: not shown
	Cases         []StudyCase
}

// StudyLack is what some cases do not hold.
type StudyLack struct {
	What  string
	N     int // -1: not shown
	Cases []StudyCase
}

// StudyCase is an example, for those who may open the case.
type StudyCase struct{ ID, Number string }

// StudyQueue is how long people would wait.
type StudyQueue struct {
	Raw  *simulate.Played
	Says []string
}

// StudyInput is what the study rests on.
type StudyInput struct{ What, Hash string }

// Study is a study at the desk, with examples for those who may open the cases.
func (v WhatIf) Study(ctx context.Context, r Reader, id string) (p StudyPage, err error) {
	err = v.read(ctx, "Study", func(ctx context.Context, tx *store.Tx) error {
		s, err := v.get(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p = v.page(r, s)
		if p.By, err = v.names(r).of(ctx, tx, s.By); err != nil {
			return err
		}
		p.MayPublish = s.State == study.Done && s.Published.IsZero() &&
			policy.Can(r.Actor, policy.WhatIfPublish, policy.Thing{Kind: "study", ID: s.ID, Organisation: s.Organisation}) == nil
		return v.examples(ctx, tx, r, s, &p)
	})
	return p, err
}

// Open is a published study, as everybody may read it.
func (v WhatIf) Open(ctx context.Context, r Reader, id string) (p StudyPage, err error) {
	s, err := v.open(ctx, r, id)
	if err != nil {
		return p, err
	}
	return v.page(r, s), nil
}

func (v WhatIf) open(ctx context.Context, r Reader, id string) (s *study.Study, err error) {
	err = v.read(ctx, "OpenStudy", func(ctx context.Context, tx *store.Tx) error {
		s, err = study.Studies{}.Get(ctx, tx, id)
		if errors.Is(err, store.ErrNotFound) {
			return fault.NewNotFound("")
		}
		if err != nil {
			return err
		}
		return policy.Can(r.Actor, policy.StudyRead, policy.Thing{Kind: "study", ID: id, Organisation: s.Organisation, Public: !s.Published.IsZero()})
	})
	return s, err
}

// OpenFile is a published study as JSON, with the change that was tried.
func (v WhatIf) OpenFile(ctx context.Context, r Reader, id string) ([]byte, error) {
	s, err := v.open(ctx, r, id)
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(struct {
		Change json.RawMessage `json:"change"`
		Study  any             `json:"study"`
	}{s.Change, s.Result}, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing a study: %w", err)
	}
	return append(b, '\n'), nil
}

func (v WhatIf) page(r Reader, s *study.Study) StudyPage {
	p := StudyPage{StudyLine: v.line(r, s), Kind: s.Kind, Subject: s.Subject, Version: s.Version, Done: int(s.Done), Of: int(s.Of),
		Problem: s.Problem, Hash: s.Hash}
	if !s.Published.IsZero() {
		p.PublishedAt = r.instant(v.place(), s.Published)
	}
	if c, problems := service.ReadChange("change", s.Change); len(problems) == 0 {
		p.Change = v.changeWords(r, c)
	}
	if s.Problem == study.NotWorkedOut {
		p.Problem = r.P.T("This study could not be worked out. Try it again, or tell whoever runs the system")
	}
	if s.Result != nil {
		p.Result = v.result(r, s.Result)
	}
	return p
}

// examples are named by their numbers to those who may read the cases, and to nobody else.
func (v WhatIf) examples(ctx context.Context, tx *store.Tx, r Reader, s *study.Study, p *StudyPage) error {
	if p.Result == nil || s.Kind != "service" || policy.Can(r.Actor, policy.CaseRead, policy.Thing{Kind: "cases", Organisation: s.Organisation}) != nil {
		return nil
	}
	find := func(ids []string) (list []StudyCase, err error) {
		for _, id := range ids {
			c, err := v.Docket.Cases.Get(ctx, tx, id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if policy.Can(r.Actor, policy.CaseRead, policy.Thing{Kind: "case", ID: c.ID, Organisation: c.Organisation, Owner: c.Person}) == nil {
				list = append(list, StudyCase{c.ID, c.Number})
			}
		}
		return list, nil
	}
	for i := range p.Result.Flips {
		if i < len(s.Examples.Flips) {
			list, err := find(s.Examples.Flips[i])
			if err != nil {
				return err
			}
			p.Result.Flips[i].Cases = list
		}
	}
	for i := range p.Result.Lacking {
		if i < len(s.Examples.Lacks) {
			list, err := find(s.Examples.Lacks[i])
			if err != nil {
				return err
			}
			p.Result.Lacking[i].Cases = list
		}
	}
	return nil
}

// Compare reads two studies, to be held side by side.
func (v WhatIf) Compare(ctx context.Context, r Reader, a, b string) (p [2]StudyPage, err error) {
	for i, id := range []string{a, b} {
		if p[i], err = v.Study(ctx, r, strings.TrimSpace(id)); err != nil {
			return p, err
		}
	}
	return p, nil
}
