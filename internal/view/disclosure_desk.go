package view

import (
	"context"
	"slices"
	"strings"

	"stoa/internal/cases"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/redact"
	"stoa/internal/service"
	"stoa/internal/store"
)

// DeskMaterial is a document of a request in a list.
type DeskMaterial struct {
	ID, Name, Source, Kind string
	State                  string
	Seq                    int64
	Passages               int
	By                     string // who proposed it
	Said                   string // why it was returned
	Reason                 string // by which all of it is held back
	Version                int64
	Case, CaseNumber       string // in lists of several cases
	May                    bool   // the reader may agree to it
}

// DeskDisclosure is what is released of a case, on one page.
type DeskDisclosure struct {
	Head      DeskHead
	Request   string   // what was asked
	Words     []string // of the request, to search by
	Materials []DeskMaterial
	Works     bool
	Decided   bool
	Prepared  bool // what was asked and answered is there as documents
	Ready     bool // a second person has agreed to everything
	Published string
	Withdraws bool
	Exempt    []DisclosureExemption
}

// DeskRedaction is one document, with its passages.
type DeskRedaction struct {
	DeskMaterial
	Head          DeskHead
	Exempt        []DisclosureExemption
	Units         []DeskUnit // of the page that is shown
	First, Total  int
	Marks         []DeskMark
	Found         []DeskFound // passages that somebody may want to take out, and that are not
	Left          []DeskFound // that were taken out elsewhere
	Terms         []string
	Width, Height int
	Hidden        int
	Pictures      int
	Works         bool
	Locked        bool // it is published
}

// DeskUnit is a line or cell with what stays of it and what does not.
type DeskUnit struct {
	Index  int
	Where  string // page, or row and column
	Pieces []DeskPiece
	Text   string
	Words  []DeskWord
}

// DeskPiece is a stretch of a line.
type DeskPiece struct{ Text, Label string }

// DeskWord is a word of a line, in runes.
type DeskWord struct {
	Text     string
	From, To int
	Gone     bool
}

// DeskMark is a passage that is taken out.
type DeskMark struct {
	Index        int
	Where, Text  string
	Section, Why string
}

// DeskFound is a passage that was found.
type DeskFound struct {
	redact.Found
	Where, Around string
}

// UnitsOnPage is how many lines of a document are shown at once.
const UnitsOnPage = 60

// inform loads a case about a request for information at the desk.
func (d Disclosures) inform(ctx context.Context, tx *store.Tx, r Reader, id string) (*docket.Case, DeskHead, error) {
	c, err := d.deskCase(ctx, tx, r, id, policy.CaseRead)
	if err != nil {
		return nil, DeskHead{}, err
	}
	if c.Service.Disclosure == nil {
		return nil, DeskHead{}, fault.NewNotFound("")
	}
	head, err := d.deskHead(ctx, tx, r, c)
	return c, head, err
}

// Desk is what is released of a case. The read is recorded first.
func (d Disclosures) Desk(ctx context.Context, r Reader, id string) (p DeskDisclosure, err error) {
	if err := d.lookAtCase(ctx, r, id, lookCase, policy.CaseRead); err != nil {
		return p, err
	}
	err = d.read(ctx, "DeskDisclosure", func(ctx context.Context, tx *store.Tx) error {
		c, head, err := d.inform(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p = DeskDisclosure{Head: head, Works: policy.Can(r.Actor, policy.DisclosureWork, c.Thing()) == nil, Decided: !c.Open() && c.Decision != nil,
			Withdraws: policy.Can(r.Actor, policy.DisclosureWithdraw, c.Thing()) == nil, Exempt: r.exemptions(c.Service)}
		p.Request, _ = c.Judged.Answers[c.Service.Disclosure.Request].(string)
		p.Words = searchWords(head.Label)
		all, err := d.Disclosures.Of(ctx, tx, id)
		if err != nil {
			return err
		}
		p.Ready = true
		for _, one := range all {
			p.Materials = append(p.Materials, d.material(r, c, one))
			p.Prepared = p.Prepared || one.Source == disclosure.Request
			p.Ready = p.Ready && (one.State == disclosure.Approved || one.State == disclosure.Withheld)
		}
		p.Ready = p.Ready && p.Prepared
		e, err := d.Disclosures.OfCase(ctx, tx, id)
		if err == nil {
			p.Published = e.Number
		}
		if missing(err) != err {
			err = nil
		}
		return err
	})
	return p, err
}

// searchWords are the words of a request's title that tell something, in one search.
func searchWords(label string) (words []string) {
	for _, w := range cases.Terms(label) {
		if len([]rune(w)) > 3 {
			words = append(words, w)
		}
	}
	return words
}

func (r Reader) exemptions(s *service.Service) (list []DisclosureExemption) {
	for _, c := range s.Disclosure.Exemptions {
		x, _ := r.exemptionOf(s, c.ID)
		list = append(list, x)
	}
	return list
}

func (d Disclosures) material(r Reader, c *docket.Case, one *disclosure.Document) DeskMaterial {
	thing := c.Thing()
	thing.Decider = one.Proposer
	m := DeskMaterial{ID: one.ID, Name: one.Name, Source: one.Source, Kind: string(one.Kind), State: one.State, Seq: one.Seq, Passages: len(one.Marks), By: one.By, Said: one.Said,
		Version: one.Version, Case: c.ID, CaseNumber: c.Number, May: one.State == disclosure.Proposed && policy.Can(r.Actor, policy.DisclosureApprove, thing) == nil}
	if one.Reason != "" {
		m.Reason = disclosure.Section(c.Service, one.Reason)
	}
	return m
}

// Waiting are the documents of the reader's organisations that wait for a second person.
func (d Disclosures) Waiting(ctx context.Context, r Reader) (list []DeskMaterial, err error) {
	const most = 100
	err = d.read(ctx, "DisclosuresWaiting", func(ctx context.Context, tx *store.Tx) error {
		list = nil
		for _, o := range d.place().File.Organisations {
			if policy.Can(r.Actor, policy.CaseList, policy.Thing{Kind: "case", Organisation: o.ID}) != nil {
				continue
			}
			all, err := d.Disclosures.Waiting(ctx, tx, o.ID, disclosure.Proposed, most)
			if err != nil {
				return err
			}
			for _, one := range all {
				c, err := d.Docket.Case(ctx, tx, one.Case)
				if err != nil {
					return err
				}
				list = append(list, d.material(r, c, one))
			}
		}
		return nil
	})
	return list, err
}

// RedactAsk is which part of a document is looked at.
type RedactAsk struct {
	Document string
	First    int // unit
}

// Redaction is a document with its passages. The read is recorded first.
func (d Disclosures) Redaction(ctx context.Context, r Reader, ask RedactAsk) (p DeskRedaction, err error) {
	err = d.seen(ctx, r, ask.Document, func(ctx context.Context, tx *store.Tx, c *docket.Case, one *disclosure.Document) error {
		head, err := d.deskHead(ctx, tx, r, c)
		if err != nil {
			return err
		}
		data, err := d.Disclosures.Found(ctx, tx, one)
		if err != nil {
			return err
		}
		content, err := redact.Read(one.Kind, data)
		if err != nil {
			return err
		}
		p = DeskRedaction{DeskMaterial: d.material(r, c, one), Head: head, Exempt: r.exemptions(c.Service), Total: len(content.Units), Terms: one.Terms,
			Width: content.Width, Height: content.Height, Hidden: content.Hidden, Pictures: content.Pictures, Works: policy.Can(r.Actor, policy.DisclosureWork, c.Thing()) == nil}
		p.First = max(0, min(ask.First, len(content.Units)-1))
		for i := p.First; i < min(p.First+UnitsOnPage, len(content.Units)); i++ {
			p.Units = append(p.Units, r.unit(c.Service, content, i, one.Marks))
		}
		for i, m := range one.Marks {
			p.Marks = append(p.Marks, r.mark(c.Service, content, i, m))
		}
		p.Found, p.Left = r.found(content, redact.Find(content, one.Terms), one.Marks), r.found(content, redact.Left(content, one.Marks), one.Marks)
		_, err = d.Disclosures.OfCase(ctx, tx, c.ID)
		p.Locked = err == nil
		if missing(err) != err {
			err = nil
		}
		return err
	})
	return p, err
}

// seen reads a document for its staff, after the read was recorded.
func (d Disclosures) seen(ctx context.Context, r Reader, id string, do func(context.Context, *store.Tx, *docket.Case, *disclosure.Document) error) error {
	caseID := ""
	err := d.read(ctx, "DisclosureDocument", func(ctx context.Context, tx *store.Tx) error {
		one, err := d.Disclosures.Document(ctx, tx, id)
		if err == nil {
			caseID = one.Case
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := d.lookAtCase(ctx, r, caseID, lookFile, policy.CaseRead); err != nil {
		return err
	}
	return d.read(ctx, "DisclosureDocument", func(ctx context.Context, tx *store.Tx) error {
		one, err := d.Disclosures.Document(ctx, tx, id)
		if err != nil {
			return err
		}
		c, _, err := d.inform(ctx, tx, r, one.Case)
		if err != nil {
			return err
		}
		return do(ctx, tx, c, one)
	})
}

func (r Reader) unit(s *service.Service, c *redact.Content, i int, marks []redact.Mark) DeskUnit {
	u := DeskUnit{Index: i, Where: r.where(c, i), Text: c.Units[i].Text}
	for _, p := range redact.Pieces(c, i, marks) {
		piece := DeskPiece{Text: p.Text}
		if p.Reason != "" {
			piece.Label = disclosure.Label(r.P, s, p.Reason)
		}
		u.Pieces = append(u.Pieces, piece)
	}
	letters, from := []rune(u.Text), -1
	for at := 0; at <= len(letters); at++ {
		space := at == len(letters) || strings.TrimSpace(string(letters[at])) == ""
		switch {
		case !space && from < 0:
			from = at
		case space && from >= 0:
			gone := slices.ContainsFunc(marks, func(m redact.Mark) bool { return m.Unit == i && m.From <= from && at <= m.To })
			u.Words = append(u.Words, DeskWord{string(letters[from:at]), from, at, gone})
			from = -1
		}
	}
	return u
}

// where says where a unit stands.
func (r Reader) where(c *redact.Content, i int) string {
	switch u := c.Units[i]; {
	case u.Page > 0:
		return r.P.T("Page {n}", i18n.V{"n": r.P.Plain(u.Page)})
	case u.Row > 0:
		return r.P.T("Row {row}, column {column}", i18n.V{"row": r.P.Plain(u.Row), "column": r.P.Plain(u.Col)})
	}
	return r.P.T("Line {n}", i18n.V{"n": r.P.Plain(i + 1)})
}

func (r Reader) mark(s *service.Service, c *redact.Content, i int, m redact.Mark) DeskMark {
	k := DeskMark{Index: i, Section: disclosure.Section(s, m.Reason)}
	if x, ok := r.exemptionOf(s, m.Reason); ok {
		k.Why = x.Text
	}
	if c.Kind.Picture() {
		k.Where = r.P.T("{width} by {height} pixels, from {x} and {y}", i18n.V{"width": r.P.Plain(m.Box.Dx()), "height": r.P.Plain(m.Box.Dy()), "x": r.P.Plain(m.Box.Min.X), "y": r.P.Plain(m.Box.Min.Y)})
		return k
	}
	k.Where = r.where(c, m.Unit)
	k.Text = string([]rune(c.Units[m.Unit].Text)[m.From:m.To])
	return k
}

// found are passages that are not taken out yet, with some words around them.
func (r Reader) found(c *redact.Content, all []redact.Found, marks []redact.Mark) (list []DeskFound) {
	const around = 30
	for _, f := range all {
		if slices.ContainsFunc(marks, func(m redact.Mark) bool { return m.Unit == f.Unit && m.From <= f.From && f.To <= m.To }) {
			continue
		}
		letters := []rune(c.Units[f.Unit].Text)
		text := string(letters[max(0, f.From-around):min(len(letters), f.To+around)])
		list = append(list, DeskFound{f, r.where(c, f.Unit), text})
	}
	return list
}

// Preview is what would be released of a document, as bytes; of what was agreed already, the very bytes.
func (d Disclosures) Preview(ctx context.Context, r Reader, id string) (name, kind string, data []byte, err error) {
	err = d.seen(ctx, r, id, func(ctx context.Context, tx *store.Tx, c *docket.Case, one *disclosure.Document) error {
		name, kind = disclosure.ReleasedName(c.Number, one.Seq, one.Kind), string(one.Kind)
		if one.Released != "" {
			_, data, err = d.Docket.Blobs.ReadAll(ctx, tx, one.Released)
			return err
		}
		made, err := d.Disclosures.Release(ctx, tx, c.Service, c.Language, one)
		if err != nil {
			return err
		}
		data = made.Data
		return nil
	})
	return name, kind, data, err
}

// Original is a document as it was found.
func (d Disclosures) Original(ctx context.Context, r Reader, id string) (name, kind string, data []byte, err error) {
	err = d.seen(ctx, r, id, func(ctx context.Context, tx *store.Tx, _ *docket.Case, one *disclosure.Document) error {
		name, kind = one.Name, string(one.Kind)
		data, err = d.Disclosures.Found(ctx, tx, one)
		return err
	})
	return name, kind, data, err
}
