package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/redact"
	"stoa/internal/store"
)

// PublishAnswer puts a request and its answer into the disclosure log.
type PublishAnswer struct {
	Case string
	Key  string
}

// PublishAnswer needs a second person's word on every document. What is published is what they looked at, byte by byte; and
// where a detail of the requester still stands in it, nothing is.
func (f Disclosing) PublishAnswer(ctx context.Context, actor policy.Actor, in PublishAnswer) (number string, err error) {
	err = f.DB.Write(ctx, "flow.PublishAnswer", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.informed(ctx, tx, actor, in.Case, policy.DisclosureWork)
		if err != nil {
			return err
		}
		number, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if c.Open() || c.Decision == nil {
				return "", fault.NewConflict("Decide on the request first: what is published is an answer")
			}
			e, files, err := f.entry(ctx, tx, c)
			if err != nil {
				return "", err
			}
			terms := cases.Terms(strings.Join([]string{e.Number, e.Title, e.Request, e.Answer}, " "))
			if err := f.Disclosures.Publish(ctx, tx, e, files, terms); err != nil {
				return "", err
			}
			if err := f.logDisclosure(ctx, tx, e, files); err != nil {
				return "", err
			}
			return e.Number, f.tellPublished(ctx, tx, c)
		})
		return err
	})
	return number, err
}

// entry gathers what is to be published of a case.
func (f Disclosing) entry(ctx context.Context, tx *store.Tx, c *docket.Case) (*disclosure.Entry, []disclosure.PublishedFile, error) {
	documents, err := f.Disclosures.Of(ctx, tx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	k := c.Service.Jurisdiction.Calendar
	e := &disclosure.Entry{Number: c.Number, Case: c.ID, Service: c.Service.Service, Organisation: c.Organisation, Outcome: c.State, Ending: c.Ending, Language: c.Language,
		Received: k.DateOf(c.Submitted), Answered: k.DateOf(c.Ended), Took: docket.Took(c.Service, c.Case)}
	e.Topic, _ = c.Judged.Answers[c.Service.Disclosure.Topic].(string)
	g := disclosure.Gather(e, c.Service, c.Decision.Reasons)
	for _, d := range documents {
		switch d.State {
		case disclosure.Withheld:
			g.Withhold(d)
			continue
		case disclosure.Approved:
		default:
			return nil, nil, fault.NewConflict("A second person has not agreed to all documents yet")
		}
		_, data, err := f.Docket.Blobs.ReadAll(ctx, tx, d.Released)
		if err != nil {
			return nil, nil, err
		}
		if err := f.nameless(c, d, data); err != nil {
			return nil, nil, err
		}
		g.Add(d, data)
	}
	if e.Title == "" {
		return nil, nil, fault.NewConflict("Prepare what was asked for publishing first")
	}
	g.Done()
	return e, g.Files, nil
}

// nameless looks once more for the requester in what is about to be published. A second person has looked already; a name
// in a place that both have missed ends it here.
func (f Disclosing) nameless(c *docket.Case, d *disclosure.Document, data []byte) error {
	content, err := redact.Read(d.Kind, data)
	if err != nil {
		return fmt.Errorf("reading what is to be published: %w", err)
	}
	terms := own(f.Flow, c)
	for _, found := range redact.Find(content, terms) {
		if found.What == redact.FoundTerm || slices.Contains(terms, found.Text) {
			return fault.NewConflict("A name or another personal detail of the requester still stands in document {number}. Take it out first", "number", d.Seq)
		}
	}
	return nil
}

// logDisclosure tells the public log what was published: its number, how it was answered, and fingerprints of the words
// and files, so that nobody can change them later without being seen.
func (f Disclosing) logDisclosure(ctx context.Context, tx *store.Tx, e *disclosure.Entry, files []disclosure.PublishedFile) error {
	var sums []string
	for _, file := range files {
		sums = append(sums, file.SHA256)
	}
	fields := []proof.Field{{Name: "number", Value: e.Number}, {Name: "service", Value: e.Service}, {Name: "state", Value: e.Outcome}, {Name: "outcome", Value: e.Ending},
		{Name: "day", Value: e.Answered.String()}, {Name: "text", Value: TextSum(e)}}
	if len(e.Exemptions) > 0 {
		fields = append(fields, proof.Field{Name: "exemptions", Value: strings.Join(e.Exemptions, " ")})
	}
	if len(sums) > 0 {
		fields = append(fields, proof.Field{Name: "files", Value: strings.Join(sums, " ")})
	}
	return f.log(ctx, tx, publog.Event{Kind: publog.DisclosurePublished, ID: e.ID, Organisation: e.Organisation, Fields: fields})
}

// TextSum is the fingerprint of the words of an entry: title, request and answer, each ended by a zero byte.
func TextSum(e *disclosure.Entry) string {
	sum := sha256.Sum256([]byte(e.Title + "\x00" + e.Request + "\x00" + e.Answer + "\x00"))
	return hex.EncodeToString(sum[:])
}

// tellPublished owes the requester word of it.
func (f Disclosing) tellPublished(ctx context.Context, tx *store.Tx, c *docket.Case) error {
	who, err := f.People.Get(ctx, tx, c.Person)
	if err != nil {
		return err
	}
	p := f.Words.For(c.Language)
	return f.inform(ctx, tx, c.Person, c.Case.Service, notify.Message{Subject: c.Subject, Kind: "disclosure", Language: c.Language, Content: notify.Content{
		To: who.Email, Name: who.Name, Title: p.T("The answer to your request {number} is published", i18n.V{"number": c.Number}),
		Text: p.T("We have published what you asked and what we answered in our disclosure log. Your name and your other details are not in it."),
		Link: "/disclosures/" + c.Number}})
}

// WithdrawAnswer takes what should not have been published out of the disclosure log.
type WithdrawAnswer struct {
	Number string
	Text   string // why, for everybody to read
	Key    string
}

// WithdrawAnswer takes the words and the files away; that there was an answer, and why it is gone, stays.
func (f Disclosing) WithdrawAnswer(ctx context.Context, actor policy.Actor, in WithdrawAnswer) error {
	return f.DB.Write(ctx, "flow.WithdrawAnswer", func(ctx context.Context, tx *store.Tx) error {
		e, err := f.Disclosures.Entry(ctx, tx, in.Number)
		if err != nil {
			return missing(err)
		}
		if _, err := f.informed(ctx, tx, actor, e.Case, policy.DisclosureWithdraw); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if in.Text == "" {
				return "", fault.NewInvalid("Say why the answer is withdrawn. Everybody can read it")
			}
			if !e.Withdrawn.IsZero() {
				return "", fault.NewConflict("This answer is withdrawn already")
			}
			if err := f.Disclosures.Withdraw(ctx, tx, e, in.Text); err != nil {
				return "", err
			}
			return "", f.log(ctx, tx, publog.Event{Kind: publog.DisclosureWithdrawn, ID: e.ID, Organisation: e.Organisation,
				Fields: []proof.Field{{Name: "number", Value: e.Number}, {Name: "service", Value: e.Service}, {Name: "day", Value: today(f.Flow, tx).String()}}})
		})
		return err
	})
}

func today(f *Flow, tx *store.Tx) calendar.Date {
	return f.Docket.Releases.Current().Calendar.DateOf(tx.Now())
}
