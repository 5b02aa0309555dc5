package view

import (
	"context"
	"strings"

	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Draft is what every page of an application says of it.
type Draft struct {
	ID      string
	Service ServiceLine
	Variant string // title; "" for a first application
	Case    string // the case it became; "" while it is being written
	Ready   bool
}

// TaskList is how far an application is, page by page.
type TaskList struct {
	Draft
	Pages []PageLine
	Next  string  // id of the first page that is not done; "" when all are
	Known []Knows // what registers know of the reader
	Saved Instant
}

// PageLine is a page of the application.
type PageLine struct {
	ID, Title string
	State     process.PageState
	Optional  bool // nothing has to be answered, and nothing is yet
}

// DraftPage is one page of questions: a topic, or an item of a group.
type DraftPage struct {
	Draft
	Page     PageLine
	Item     string // id; "" on the topic itself
	Each     string // what the item is called, with its number
	Number   int
	Intro    string
	Place    string // for SavePage
	Parent   string // the item above; "" if that is the topic
	Fields   []Field
	Problems []Problem
	Before   string // page before; "" on the first
	After    string // page after; "" on the last
}

// Ask says what a page is to show besides what was typed.
type Ask struct {
	Page, Item string
	Errors     bool              // show what is wrong
	Find       map[string]string // look-up question → words to look for
}

// open loads a draft for somebody who may use it.
func (v *View) open(ctx context.Context, tx *store.Tx, r Reader, id string) (*docket.Draft, error) {
	d, err := v.Docket.Draft(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	// Whoever holds the draft is the person it is about: there is no read to record.
	return d, docket.Open(r.Actor, policy.DraftUse, d)
}

func (r Reader) head(d *docket.Draft) Draft {
	head := Draft{ID: d.ID, Service: r.serviceName(d.Service), Case: d.Case, Ready: d.Judged.Ready()}
	for _, variant := range d.Service.Variants {
		if variant.ID == d.Variant {
			head.Variant = r.words(d.Service.Jurisdiction, variant.Title)
		}
	}
	return head
}

// TaskList is the draft's contents.
func (v *View) TaskList(ctx context.Context, r Reader, id string) (t TaskList, err error) {
	err = v.read(ctx, "TaskList", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.open(ctx, tx, r, id)
		if err != nil {
			return err
		}
		t = TaskList{Draft: r.head(d), Saved: r.instant(d.Service.Jurisdiction, d.Updated)}
		for p := d.Judged.Next(nil); p != nil; p = d.Judged.Next(p) {
			line := PageLine{ID: p.File.Page, Title: r.words(d.Service.Jurisdiction, p.File.Title), State: d.Judged.Page(p)}
			line.Optional = line.State == process.PageDone && untouched(d, p)
			if line.State != process.PageDone && t.Next == "" {
				t.Next = line.ID
			}
			t.Pages = append(t.Pages, line)
		}
		t.Known, err = v.known(ctx, tx, r, d)
		return err
	})
	return t, err
}

// untouched reports whether a page has no answer at all.
func untouched(d *docket.Draft, p *service.Page) bool {
	for _, q := range p.Questions {
		if d.Judged.Asked(q.ID) && d.Judged.Answers[q.ID] != nil {
			return false
		}
	}
	return true
}

// DraftPage is one page of an application.
func (v *View) DraftPage(ctx context.Context, r Reader, id string, ask Ask) (p DraftPage, err error) {
	err = v.read(ctx, "DraftPage", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.open(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p = DraftPage{Draft: r.head(d), Item: ask.Item}
		page := pageOf(d.Service, ask.Page)
		if page == nil || d.Judged.Page(page) == process.PageHidden {
			return fault.NewNotFound("")
		}
		p.Page = PageLine{ID: page.File.Page, Title: r.words(d.Service.Jurisdiction, page.File.Title), State: d.Judged.Page(page)}
		p.Intro = r.words(d.Service.Jurisdiction, page.File.Intro)
		p.neighbours(d, page)
		questions := page.Questions
		if ask.Item != "" {
			if questions, err = p.enterItem(r, d, page); err != nil {
				return err
			}
		}
		for _, q := range questions {
			if !d.Judged.Asked(join(p.Place, q.ID)) {
				continue
			}
			f := r.field(d, &d.Typed, p.Place, q)
			if f.Knows, err = v.knows(ctx, tx, r, d, p.Place, q); err != nil {
				return err
			}
			f.Wallet = v.showable(r, d, p.Place, q)
			p.Fields = append(p.Fields, f)
		}
		if ask.Errors {
			for _, e := range d.Judged.On(page, p.Place) {
				p.Problems = append(p.Problems, r.problem(d.Service, e))
			}
			p.Problems = append(p.Problems, r.wrongItems(p.Fields)...)
			markWrong(p.Fields, p.Problems)
		}
		return v.find(ctx, tx, r, d, questions, p.Fields, ask.Find)
	})
	return p, err
}

// wrongItems are groups with items in which something is missing or wrong.
func (r Reader) wrongItems(fields []Field) []Problem {
	var list []Problem
	for _, f := range fields {
		for _, item := range f.Items {
			if item.Wrong {
				list = append(list, Problem{Path: f.Path, Anchor: "item-" + item.ID, Text: r.P.T("Complete the answers about {item}", map[string]any{"item": r.ItemName(f, item)})})
			}
		}
	}
	return list
}

// ItemName is how a list calls an item.
func (r Reader) ItemName(f Field, item Item) string {
	name := f.Each + " " + r.P.Number(itoa(item.Number))
	if item.Title != "" {
		name += ": " + item.Title
	}
	return name
}

func pageOf(s *service.Service, id string) *service.Page {
	for _, p := range s.Pages {
		if p.File.Page == id {
			return p
		}
	}
	return nil
}

// neighbours finds the pages before and after that are asked.
func (p *DraftPage) neighbours(d *docket.Draft, page *service.Page) {
	for q := d.Judged.Next(nil); q != nil; q = d.Judged.Next(q) {
		if q == page {
			break
		}
		p.Before = q.File.Page
	}
	if next := d.Judged.Next(page); next != nil {
		p.After = next.File.Page
	}
}

// enterItem finds the item that the page is about, and the questions of its group.
func (p *DraftPage) enterItem(r Reader, d *docket.Draft, page *service.Page) ([]*service.Question, error) {
	place, ok := d.Typed.PathOf(p.Item)
	if !ok {
		return nil, fault.NewNotFound("")
	}
	q := questionAt(d.Service, process.Definition(place))
	if q == nil || q.Page != page {
		return nil, fault.NewNotFound("")
	}
	p.Place = place
	p.Each = r.words(d.Service.Jurisdiction, q.Each)
	if p.Each == "" {
		p.Each = r.short(d.Service, q)
	}
	for i, it := range d.Typed.Items(place[:strings.LastIndexByte(place, '[')]) {
		if it.ID == p.Item {
			p.Number = i + 1
		}
	}
	if i := strings.LastIndexByte(place, '.'); i >= 0 { // an item within an item
		if above, ok := d.Typed.Item(place[:i]); ok {
			p.Parent = above.ID
		}
	}
	return q.Members, nil
}

const hitsMost = 10

// find looks in registers for the questions whose words are given.
func (v *View) find(ctx context.Context, tx *store.Tx, r Reader, d *docket.Draft, questions []*service.Question, fields []Field, words map[string]string) error {
	for _, q := range questions {
		looked := strings.TrimSpace(words[q.ID])
		if q.Type != "lookup" || looked == "" {
			continue
		}
		reg := d.Service.Jurisdiction.Registers[q.Register]
		if reg == nil {
			continue
		}
		found, err := v.Docket.Records.Find(ctx, tx, q.Register, looked, "", hitsMost+1, !reg.Public)
		if err != nil {
			return err
		}
		for i := range fields {
			if fields[i].ID != q.ID {
				continue
			}
			fields[i].Searched = looked
			for _, rec := range found {
				fields[i].Hits = append(fields[i].Hits, r.hit(d.Service, q, rec))
			}
		}
	}
	return nil
}

// DraftFile is an upload of a draft, for whoever may use the draft.
func (v *View) DraftFile(ctx context.Context, r Reader, draft, file string) (name, mediaType string, data []byte, err error) {
	err = v.read(ctx, "DraftFile", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.open(ctx, tx, r, draft)
		if err != nil {
			return err
		}
		name, mediaType, data, err = v.file(ctx, tx, file, d.Subject)
		return err
	})
	return name, mediaType, data, err
}

// file reads an upload if it belongs to the subject.
func (v *View) file(ctx context.Context, tx *store.Tx, id, subject string) (name, mediaType string, data []byte, err error) {
	info, err := v.Docket.Blobs.Info(ctx, tx, id)
	if err != nil {
		return "", "", nil, err
	}
	if info.Subject != subject {
		return "", "", nil, fault.NewNotFound("")
	}
	b, data, err := v.Docket.Blobs.ReadAll(ctx, tx, id)
	if err != nil {
		return "", "", nil, err
	}
	return b.Name, string(b.Type), data, nil
}

// ItemAt is the id of the item at a path of the draft.
func (v *View) ItemAt(ctx context.Context, r Reader, draft, path string) (id string, err error) {
	err = v.read(ctx, "ItemAt", func(ctx context.Context, tx *store.Tx) error {
		d, err := v.open(ctx, tx, r, draft)
		if err != nil {
			return err
		}
		item, ok := d.Typed.Item(path)
		if !ok {
			return fault.NewNotFound("")
		}
		id = item.ID
		return nil
	})
	return id, err
}
