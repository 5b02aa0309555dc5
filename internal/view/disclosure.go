package view

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"stoa/internal/cases"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/publog"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Disclosures is what can be seen of requests for information: the public log, and the documents at the desk.
type Disclosures struct{ *View }

// Disclosure groups them.
func (v *View) Disclosure() Disclosures { return Disclosures{v} }

// DisclosureAsk narrows the disclosure log.
type DisclosureAsk struct {
	Words, Topic, Outcome, Exemption string
	Before                           string // the place that a page ended at
}

// DisclosureLine is a request and its answer in a list.
type DisclosureLine struct {
	Number, Title, Language string
	Topic, Outcome          string
	Ending                  string
	Answered                string
	At                      time.Time
	Summary                 string
}

// DisclosureFacet is a choice with how many there are.
type DisclosureFacet struct {
	Value, Text string
	Count       int64
}

// DisclosureLog is a page of the log.
type DisclosureLog struct {
	Author                        string
	Lines                         []DisclosureLine
	Next                          string
	Topics, Outcomes, Exemptions  []DisclosureFacet
	Found                         int64 // what is found without the choice of a topic; the sum of Topics
	Compliance                    Compliance
	Service, ServiceTitle, Rights string // where to ask oneself
}

// Compliance is how requests were answered, measured as the promises of all services are: by the newest decisions.
type Compliance struct {
	Of       int // decisions
	InTime   int
	Days     int // working days that the law gives
	Wanted   int // per cent
	Outcomes []DisclosureFacet
	Law      Law
}

// DisclosurePage is one request and its answer, as anybody may read it.
type DisclosurePage struct {
	DisclosureLine
	Organisation, Received string
	Took, Days             int
	Request, Answer        string
	Exemptions             []DisclosureExemption
	Files                  []DisclosureFile
	Withdrawn              string // why; "" where it stands
	Proof                  Proof
}

// DisclosureExemption is a reason to hold something back.
type DisclosureExemption struct {
	ID, Text string
	Law      Law
}

// DisclosureFile is a released file.
type DisclosureFile struct {
	ID, Name, Kind, Size, SHA256 string
	Removed                      int
}

const disclosuresOnPage = 20

// services are those whose answers are published.
func (d Disclosures) services() (list []*service.Service) {
	for _, s := range d.place().Services {
		if s.Disclosure != nil {
			list = append(list, s)
		}
	}
	return list
}

// Any reports whether this place has a disclosure log.
func (d Disclosures) Any() bool { return len(d.services()) > 0 }

func (d Disclosures) mayRead(r Reader, id string) error {
	return policy.Can(r.Actor, policy.DisclosureRead, policy.Thing{Kind: "disclosure", ID: id, Public: true})
}

// Log is a page of the disclosure log.
func (d Disclosures) Log(ctx context.Context, r Reader, ask DisclosureAsk) (p DisclosureLog, err error) {
	if err := d.mayRead(r, ""); err != nil {
		return p, err
	}
	q := disclosure.Query{Terms: cases.Terms(ask.Words), Topic: ask.Topic, Outcome: ask.Outcome, Exemption: ask.Exemption, Limit: disclosuresOnPage + 1}
	if ask.Before != "" {
		at, id, _ := strings.Cut(ask.Before, "~")
		if q.Before, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return p, fault.NewNotFound("")
		}
		q.BeforeID = id
	}
	j := d.place()
	p.Author = r.words(j, j.File.Name)
	err = d.read(ctx, "DisclosureLog", func(ctx context.Context, tx *store.Tx) error {
		entries, err := d.Disclosures.List(ctx, tx, q)
		if err != nil {
			return err
		}
		if len(entries) > disclosuresOnPage {
			entries = entries[:disclosuresOnPage]
			last := entries[len(entries)-1]
			p.Next = last.Published.UTC().Format(time.RFC3339Nano) + "~" + last.ID
		}
		p.Lines = nil
		for _, e := range entries {
			p.Lines = append(p.Lines, d.entryLine(r, e))
		}
		for part, to := range map[string]*[]DisclosureFacet{"topic": &p.Topics, "outcome": &p.Outcomes, "exemption": &p.Exemptions} {
			counts, err := d.Disclosures.Facets(ctx, tx, q, part)
			if err != nil {
				return err
			}
			*to = d.facets(r, part, counts)
		}
		p.Compliance, err = d.compliance(ctx, tx, r)
		return err
	})
	for _, t := range p.Topics {
		p.Found += t.Count
	}
	if all := d.services(); len(all) > 0 {
		p.Service, p.ServiceTitle = all[0].Service, r.words(j, all[0].Title)
	}
	return p, err
}

func (d Disclosures) facets(r Reader, part string, counts map[string]int64) (list []DisclosureFacet) {
	for value, n := range counts {
		f := DisclosureFacet{Value: value, Count: n}
		switch part {
		case "topic":
			f.Text = d.topic(r, value)
		case "outcome":
			f.Text = d.outcome(r, value)
		default:
			x := d.exemption(r, value)
			f.Text = cmp.Or(x.Law.Text, x.Text)
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b DisclosureFacet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), compareText(a.Text, b.Text), strings.Compare(a.Value, b.Value))
	})
	return list
}

// topic is the label of a topic, by the file in force.
func (d Disclosures) topic(r Reader, value string) string {
	for _, s := range d.services() {
		for _, q := range s.Questions {
			if q.Path != s.Disclosure.Topic {
				continue
			}
			for _, o := range q.Options {
				if o.Value == value {
					return r.words(s.Jurisdiction, o.Label)
				}
			}
		}
	}
	return value
}

func (d Disclosures) outcome(r Reader, state string) string {
	for _, s := range d.services() {
		if st := s.States[state]; st != nil {
			return r.words(s.Jurisdiction, st.Title)
		}
	}
	return state
}

func (d Disclosures) exemption(r Reader, id string) DisclosureExemption {
	for _, s := range d.services() {
		if x, ok := r.exemptionOf(s, id); ok {
			return x
		}
	}
	return DisclosureExemption{ID: id, Text: id}
}

func (r Reader) exemptionOf(s *service.Service, id string) (DisclosureExemption, bool) {
	for _, c := range s.Disclosure.Exemptions {
		if c.ID == id {
			return DisclosureExemption{id, r.words(s.Jurisdiction, c.Text), law(s, c.Law)}, true
		}
	}
	return DisclosureExemption{}, false
}

func (d Disclosures) entryLine(r Reader, e *disclosure.Entry) DisclosureLine {
	l := DisclosureLine{Number: e.Number, Title: e.Title, Language: e.Language, Topic: d.topic(r, e.Topic), Outcome: d.outcome(r, e.Outcome), Ending: e.Ending, Answered: r.date(e.Answered),
		At: e.Published, Summary: firstWords(e.Request)}
	if l.Title == "" {
		l.Title = r.P.T("Withdrawn answer")
	}
	return l
}

// firstWords are enough of a text to tell what it is about.
func firstWords(text string) string {
	const most = 200
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) <= most {
		return string(letters)
	}
	cut := string(letters[:most])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// compliance measures the newest decisions on requests, as /commitments does.
func (d Disclosures) compliance(ctx context.Context, tx *store.Tx, r Reader) (c Compliance, err error) {
	counts := map[string]int64{}
	for _, s := range d.services() {
		if s.Standard == nil {
			continue
		}
		c.Days, c.Wanted, c.Law = s.Standard.WorkingDays, s.Standard.Share, law(s, s.Standard.Law)
		rows, err := cases.Past{Cases: d.Docket.Cases}.Decided(ctx, tx, cases.Decided{Services: []string{s.Service}, Limit: recentDecisions})
		if err != nil {
			return c, err
		}
		for _, one := range rows {
			if one.Decision == nil {
				continue
			}
			c.Of++
			if docket.Took(s, one) <= s.Standard.WorkingDays {
				c.InTime++
			}
			counts[one.State]++
		}
	}
	c.Outcomes = d.facets(r, "outcome", counts)
	return c, nil
}

// Entry is one request and its answer.
func (d Disclosures) Entry(ctx context.Context, r Reader, number string) (p DisclosurePage, err error) {
	if err := d.mayRead(r, number); err != nil {
		return p, err
	}
	err = d.read(ctx, "Disclosure", func(ctx context.Context, tx *store.Tx) error {
		e, err := d.Disclosures.Entry(ctx, tx, number)
		if err != nil {
			return err
		}
		files, err := d.Disclosures.Files(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		p = d.entryPage(r, e, files)
		p.Proof, err = d.LogPages().standing(ctx, tx, publog.Name{Organisation: e.Organisation, Kind: publog.DisclosurePublished, ID: e.ID})
		return err
	})
	return p, err
}

func (d Disclosures) entryPage(r Reader, e *disclosure.Entry, files []disclosure.PublishedFile) DisclosurePage {
	p := DisclosurePage{DisclosureLine: d.entryLine(r, e), Organisation: r.organisationName(d.place(), e.Organisation), Received: r.date(e.Received), Took: e.Took,
		Request: e.Request, Answer: e.Answer, Withdrawn: e.Why}
	if s := serviceNamed(d.place(), e.Service); s != nil && s.Standard != nil {
		p.Days = s.Standard.WorkingDays
	}
	for _, id := range e.Exemptions {
		p.Exemptions = append(p.Exemptions, d.exemption(r, id))
	}
	for _, f := range files {
		p.Files = append(p.Files, DisclosureFile{f.ID, f.Name, string(f.Kind), r.P.FileSize(f.Size), f.SHA256, f.Removed})
	}
	return p
}

// File is a released file with its bytes.
func (d Disclosures) File(ctx context.Context, r Reader, number, id string) (f disclosure.PublishedFile, at time.Time, err error) {
	if err := d.mayRead(r, number); err != nil {
		return f, at, err
	}
	err = d.read(ctx, "DisclosureFile", func(ctx context.Context, tx *store.Tx) error {
		e, err := d.Disclosures.Entry(ctx, tx, number)
		if err != nil {
			return err
		}
		files, err := d.Disclosures.Files(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(files, func(f disclosure.PublishedFile) bool { return f.ID == id })
		if i < 0 {
			return fault.NewNotFound("")
		}
		f, at = files[i], e.Published
		return d.Disclosures.Bytes(ctx, tx, &f)
	})
	return f, at, err
}

// OwnReleased lists what was released to whoever asked, once the request is answered.
func (d Disclosures) OwnReleased(ctx context.Context, r Reader, caseID string) (list []DisclosureFile, number string, err error) {
	err = d.read(ctx, "OwnReleased", func(ctx context.Context, tx *store.Tx) error {
		list, number = nil, ""
		c, documents, err := d.ownReleased(ctx, tx, r, caseID)
		if err != nil || c == nil {
			return err
		}
		for _, one := range documents {
			list = append(list, DisclosureFile{ID: one.ID, Name: disclosure.ReleasedName(c.Number, one.Seq, one.Kind), Kind: string(one.Kind), Removed: len(one.Marks)})
		}
		e, err := d.Disclosures.OfCase(ctx, tx, c.ID)
		if err == nil && e.Withdrawn.IsZero() {
			number = e.Number
		}
		if missing(err) != err {
			err = nil
		}
		return err
	})
	return list, number, err
}

// ownReleased are the documents of an answered request that a second person has agreed to; none of any other case.
func (d Disclosures) ownReleased(ctx context.Context, tx *store.Tx, r Reader, caseID string) (*docket.Case, []*disclosure.Document, error) {
	c, err := d.Docket.Case(ctx, tx, caseID)
	if err != nil {
		return nil, nil, err
	}
	if err := policy.Can(r.Actor, policy.DisclosureOwn, c.Thing()); err != nil {
		return nil, nil, err
	}
	if c.Service.Disclosure == nil || c.Ending != "granted" {
		return nil, nil, nil
	}
	all, err := d.Disclosures.Of(ctx, tx, c.ID)
	return c, slices.DeleteFunc(all, func(o *disclosure.Document) bool {
		return o.Source != disclosure.File || o.State != disclosure.Approved
	}), err
}

// OwnFile is a document that was released to whoever asked.
func (d Disclosures) OwnFile(ctx context.Context, r Reader, caseID, id string) (name, kind string, data []byte, err error) {
	err = d.read(ctx, "OwnReleasedFile", func(ctx context.Context, tx *store.Tx) error {
		c, documents, err := d.ownReleased(ctx, tx, r, caseID)
		if err != nil {
			return err
		}
		for _, one := range documents {
			if one.ID == id {
				name, kind = disclosure.ReleasedName(c.Number, one.Seq, one.Kind), string(one.Kind)
				_, data, err = d.Docket.Blobs.ReadAll(ctx, tx, one.Released)
				return err
			}
		}
		return fault.NewNotFound("")
	})
	return name, kind, data, err
}
