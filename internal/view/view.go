// Package view is everything that can be seen: each page's facts, asked of package policy, in the
// reader's language and ready to be printed. One file, one kind of page.
//
// Reads of what is personal are recorded by package access unless the reader is that person. The
// package changes nothing else, decides nothing and knows no HTML: package flow does what can be done,
// package web prints.
package view

import (
	"context"
	"errors"
	"slices"
	"time"

	"stoa/internal/blob"
	"stoa/internal/calendar"
	"stoa/internal/converse"
	"stoa/internal/dataset"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/extract"
	"stoa/internal/fault"
	"stoa/internal/hint"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/opendata"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Deps are what is read.
type Deps struct {
	DB     *store.DB
	Docket *docket.Docket
	People *person.People
	Outbox *notify.Outbox
	Money  Money
	Log    Log
	Site   Site

	Wallets *Wallets // credentials for wallets; nil where none are issued

	Extracts *extract.Orders // copies of what registers hold; nil where none are given

	Datasets    *dataset.Store    // what is published as open data
	States      *opendata.States  // how its publication stands
	Disclosures *disclosure.Store // documents of requests for information, and the disclosure log

	Carrier *blob.Carrier // carries attachments to an object store; nil where they stay in the database

	Hints *hint.Hints // what is pointed out to officers; nil where nothing is

	LanguageModel string // that chooses among the sentences of the assistant's answers; "" where there is none

	Now func() time.Time // for what is computed without the database; default time.Now
}

// Site is what pages need to know of this installation.
type Site struct {
	URL  string // https://services.greenvale.example, no slash at the end
	Demo bool   // publishes its people and its mailbox
}

// View is the way to the pages.
type View struct {
	Deps
	search searches
	blank  blanks
	income incomes

	fileSizes sizes
	maps      sitemaps
	catalogue keptCatalogue
	statuses  lists
	listed    listed
	hidden    keptTables
	outlooks  outlooks
	library   converse.Libraries // what the assistant answers from, for those who look after it
}

// New makes it.
func New(d Deps) *View { return &View{Deps: d} }

// Finance, Banking and Data are what can be seen of an area; each knows whatever View does.
type (
	Finance struct{ *View } // bills, payments, the books
	Banking struct{ *View } // statements of the bank and orders to it
	Data    struct{ *View } // open data
)

// Demonstration is what the demo shows of itself; Consulting is what organisations see that are asked about a case.
type (
	Demonstration struct{ *View }
	Consulting    struct{ *View }
)

// Demonstration is what the demo shows of itself.
func (v *View) Demonstration() Demonstration { return Demonstration{v} }

// Consulting is what organisations see that are asked about a case.
func (v *View) Consulting() Consulting { return Consulting{v} }

// Finance is what can be seen of bills, payments and the books.
func (v *View) Finance() Finance { return Finance{v} }

// Banking is what can be seen of statements of the bank and orders to it.
func (v *View) Banking() Banking { return Banking{v} }

// Data is what can be seen of open data.
func (v *View) Data() Data { return Data{v} }

// Own is what persons see of what is held of them, and staff of its keeping.
type Own struct{ *View }

// Privacy is what persons see of what is held of them, and staff of its keeping.
func (v *View) Privacy() Own { return Own{v} }

// now is the instant for what is computed without the database.
func (v *View) now() time.Time {
	if v.Now == nil {
		return time.Now()
	}
	return v.Now()
}

// Reader is who looks, and in which language.
type Reader struct {
	Actor policy.Actor
	P     *i18n.Printer
}

// words is a text of the jurisdiction in the reader's language.
func (r Reader) words(j *service.Jurisdiction, t service.Text) string {
	return t.In(r.P.Tag(), j.File.Languages...)
}

// date writes a day; "" for the zero day.
func (r Reader) date(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return r.P.Date(d.Year(), d.Month(), d.Day())
}

// instant is a moment as the place's clocks showed it.
func (r Reader) instant(j *service.Jurisdiction, t time.Time) Instant {
	at := t.In(j.Calendar.Zone())
	return Instant{Text: r.P.DateTime(at), Machine: at.Format(time.RFC3339)}
}

// Instant is a moment for the reader and for machines.
type Instant struct{ Text, Machine string }

// place is the jurisdiction in force.
func (v *View) place() *service.Jurisdiction { return v.Docket.Releases.Current() }

// missing turns "no such row" into NotFound, as for things that are none of the reader's business.
func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Wrap(err, fault.NotFound, "")
	}
	return err
}

// read runs fn on one state of the database.
func (v *View) read(ctx context.Context, name string, fn func(ctx context.Context, tx *store.Tx) error) error {
	return missing(v.DB.Look(ctx, "view."+name, fn))
}

// organisation is one of the jurisdiction's, nil if the file names none so.
func organisation(j *service.Jurisdiction, id string) *service.OrganisationFile {
	i := slices.IndexFunc(j.File.Organisations, func(o service.OrganisationFile) bool { return o.ID == id })
	if i < 0 {
		return nil
	}
	return &j.File.Organisations[i]
}

func (r Reader) organisationName(j *service.Jurisdiction, id string) string {
	if o := organisation(j, id); o != nil {
		return r.words(j, o.Name)
	}
	return id
}

// Contact is how to reach a public body.
type Contact struct {
	Name, Email, Phone, Hours string
	Address                   []string
}

// contact is an organisation's, with the jurisdiction's address and hours where it has none of its own.
func (r Reader) contact(j *service.Jurisdiction, id string) Contact {
	file, name := j.File.Contact, r.words(j, j.File.Name)
	if o := organisation(j, id); o != nil {
		name = r.words(j, o.Name)
		if o.Contact.Email != "" || o.Contact.Phone != "" {
			file = o.Contact
		}
	}
	c := Contact{Name: name, Email: file.Email, Phone: file.Phone, Hours: r.words(j, file.Hours)}
	if c.Hours == "" {
		c.Hours = r.words(j, j.File.Contact.Hours)
	}
	lines := file.Address
	if len(lines) == 0 {
		lines = j.File.Contact.Address
	}
	for _, l := range lines {
		c.Address = append(c.Address, r.words(j, l))
	}
	return c
}

// Law is a legal source.
type Law struct{ Text, URL string }

func lawOf(s service.SourceFile) Law {
	text := s.Title
	if s.Section != "" {
		text += ", " + s.Section
	}
	return Law{text, s.URL}
}

// law is a source that a service's file names; the zero Law for none.
func law(s *service.Service, id string) Law {
	if src, ok := s.Law[id]; ok {
		return lawOf(src)
	}
	return Law{}
}

// Contact is the jurisdiction's own.
func (v *View) Contact(r Reader) Contact { return r.contact(v.place(), "") }
