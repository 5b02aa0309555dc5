package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"stoa/internal/blob"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/document"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/redact"
	"stoa/internal/store"
)

// Disclosing is Flow's use cases of requests for information: documents are found, passages taken out of them, a second
// person agrees, and what was answered is published.
type Disclosing struct{ *Flow }

// Disclosure is what happens to documents that are released, and to the disclosure log.
func (f *Flow) Disclosure() Disclosing { return Disclosing{f} }

// materialTypes are those that can be redacted.
var materialTypes = []blob.Type{blob.PDF, blob.PNG, blob.JPEG, blob.Text, blob.CSV}

// informed loads a case about a request for information, for somebody with a right to its documents.
func (f Disclosing) informed(ctx context.Context, tx *store.Tx, actor policy.Actor, id string, do policy.Action) (*docket.Case, error) {
	c, err := f.Docket.Case(ctx, tx, id)
	if err != nil {
		return nil, missing(err)
	}
	if err := policy.Can(actor, do, c.Thing()); err != nil {
		return nil, err
	}
	if c.Service.Disclosure == nil {
		return nil, fault.NewNotFound("")
	}
	return c, nil
}

// document loads a document with its case; what is published already is changed by nobody.
func (f Disclosing) document(ctx context.Context, tx *store.Tx, actor policy.Actor, id string, version int64) (*disclosure.Document, *docket.Case, error) {
	d, err := f.Disclosures.Document(ctx, tx, id)
	if err != nil {
		return nil, nil, missing(err)
	}
	c, err := f.informed(ctx, tx, actor, d.Case, policy.DisclosureWork)
	if err != nil {
		return nil, nil, err
	}
	if d.Version != version {
		return nil, nil, disclosure.Changed()
	}
	return d, c, f.unpublished(ctx, tx, c)
}

func (f Disclosing) unpublished(ctx context.Context, tx *store.Tx, c *docket.Case) error {
	_, err := f.Disclosures.OfCase(ctx, tx, c.ID)
	switch {
	case err == nil:
		return fault.NewConflict("The answer is published, and its documents stay as they are")
	case missing(err) != err:
		return nil
	}
	return err
}

// AddMaterial attaches a document that was found, as candidate for release.
type AddMaterial struct {
	Case, Name, Type string
	Content          io.Reader
	Key              string
}

// AddMaterial returns the document's id. What cannot be redacted for certain is refused at once.
func (f Disclosing) AddMaterial(ctx context.Context, actor policy.Actor, in AddMaterial) (id string, err error) {
	err = f.DB.Read(ctx, "flow.AddMaterial", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.informed(ctx, tx, actor, in.Case, policy.DisclosureWork)
		return err
	})
	if err != nil {
		return "", err
	}
	file, err := blob.Receive(in.Content, blob.Meta{Name: in.Name, DeclaredType: in.Type}, blob.Limits{MaxBytes: redact.MostBytes, Types: materialTypes})
	if err != nil {
		return "", err
	}
	if _, err := redact.Read(redact.Kind(file.Type()), file.Bytes()); err != nil {
		return "", err
	}
	err = f.DB.Write(ctx, "flow.AddMaterial", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.informed(ctx, tx, actor, in.Case, policy.DisclosureWork)
		if err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in.Case+" "+in.Name, func() (string, error) {
			if err := f.unpublished(ctx, tx, c); err != nil {
				return "", err
			}
			stored, err := f.Docket.Blobs.Put(ctx, tx, c.Subject, file)
			if err != nil {
				return "", err
			}
			d := f.fresh(c, disclosure.File, redact.Kind(file.Type()))
			d.Original, d.Name = stored.ID, stored.Name
			return d.ID, f.add(ctx, tx, d)
		})
		return err
	})
	return id, err
}

func (f Disclosing) fresh(c *docket.Case, source string, kind redact.Kind) *disclosure.Document {
	return &disclosure.Document{Case: c.ID, Organisation: c.Organisation, Subject: c.Subject, Source: source, Kind: kind}
}

func (f Disclosing) add(ctx context.Context, tx *store.Tx, d *disclosure.Document) error {
	return f.Disclosures.Add(ctx, tx, d)
}

// DocumentStep is a step with a document that needs nothing but its version.
type DocumentStep struct {
	Document string
	Version  int64
	Text     string // why, where a step says so
	Reason   string // an exemption, where a step needs one
	Key      string
}

// RemoveMaterial takes a document away that was attached by mistake.
func (f Disclosing) RemoveMaterial(ctx context.Context, actor policy.Actor, in DocumentStep) error {
	return f.step(ctx, actor, "flow.RemoveMaterial", in, func(ctx context.Context, tx *store.Tx, d *disclosure.Document, _ *docket.Case) error {
		for _, id := range []string{d.Original, d.Released} {
			if id == "" {
				continue
			}
			if err := f.Docket.Blobs.Delete(ctx, tx, id); err != nil {
				return err
			}
		}
		return f.Disclosures.Remove(ctx, tx, d.ID)
	})
}

// step loads a document for its officer and does something to it once.
func (f Disclosing) step(ctx context.Context, actor policy.Actor, name string, in DocumentStep,
	do func(context.Context, *store.Tx, *disclosure.Document, *docket.Case) error) error {
	return f.DB.Write(ctx, name, func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			d, c, err := f.document(ctx, tx, actor, in.Document, in.Version)
			if err != nil {
				return "", err
			}
			return "", do(ctx, tx, d, c)
		})
		return err
	})
}

// Prepare makes documents of what was asked and of the letter that answered, with the personal data of the requester
// taken out already, so that they can be looked at like any other.
func (f Disclosing) Prepare(ctx context.Context, actor policy.Actor, id string) error {
	return f.DB.Write(ctx, "flow.PrepareDisclosure", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.informed(ctx, tx, actor, id, policy.DisclosureWork)
		if err != nil {
			return err
		}
		if c.Open() || c.Decision == nil {
			return fault.NewConflict("Decide on the request first: what is published is an answer")
		}
		if err := f.unpublished(ctx, tx, c); err != nil {
			return err
		}
		there, err := f.Disclosures.Of(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		for _, compose := range []func(context.Context, *store.Tx, *docket.Case) (*disclosure.Document, error){f.asked, f.answered} {
			d, err := compose(ctx, tx, c)
			if err != nil {
				return err
			}
			if d == nil || slices.ContainsFunc(there, func(o *disclosure.Document) bool { return o.Source == d.Source }) {
				continue
			}
			if err := f.leaveOut(c, d); err != nil {
				return err
			}
			if err := f.add(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// asked is the request as a document: its title, an empty line, and what was asked.
func (f Disclosing) asked(_ context.Context, _ *store.Tx, c *docket.Case) (*disclosure.Document, error) {
	d := f.fresh(c, disclosure.Request, redact.Text)
	d.Name = "request.txt"
	d.Text = strings.Join(answerLines(f.Flow, c, c.Service.Disclosure.Title), " ") + "\n\n" + strings.Join(answerLines(f.Flow, c, c.Service.Disclosure.Request), "\n") + "\n"
	return d, nil
}

// ruled are the lines by which a plain text underlines its headings: a page shows them otherwise.
var ruled = regexp.MustCompile(`(?m)^[=-]{3,}\n`)

// answered is the letter of the decision as a document, without whom it was sent to.
func (f Disclosing) answered(ctx context.Context, tx *store.Tx, c *docket.Case) (*disclosure.Document, error) {
	letter := ""
	for _, a := range c.Service.Actions {
		if a.ID == c.Decision.Action {
			letter = a.Letter
		}
	}
	sent, err := f.Docket.Cases.SentLetters(ctx, tx, c.Case)
	if err != nil {
		return nil, err
	}
	for _, l := range slices.Backward(sent) {
		if l.Letter != letter {
			continue
		}
		var doc document.Document
		if err := json.Unmarshal(l.Document, &doc); err != nil {
			return nil, fmt.Errorf("reading a letter: %w", err)
		}
		doc.To = nil
		d := f.fresh(c, disclosure.Answer, redact.Text)
		d.Name, d.Text = "answer.txt", ruled.ReplaceAllString(document.PlainText(doc), "")
		return d, nil
	}
	return nil, nil
}

// answerLines is an answer as people read it.
func answerLines(f *Flow, c *docket.Case, question string) []string {
	for _, q := range c.Service.Questions {
		if q.Path == question {
			return process.ShowAnswer(f.Words.For(c.Language), c.Service, q, c.Judged.Answers[q.ID])
		}
	}
	return nil
}

// own are the personal details that the requester gave in the request, the longest first.
func own(f *Flow, c *docket.Case) []string {
	var all []string
	for _, q := range c.Service.Questions {
		if q.Parent != nil || q.Personal == "" || q.Personal == "no" {
			continue
		}
		for _, text := range process.ShowAnswer(f.Words.For(c.Language), c.Service, q, c.Judged.Answers[q.ID]) {
			if text = strings.TrimSpace(text); utf8.RuneCountInString(text) > 2 {
				all = append(all, text)
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// leaveOut marks the personal details of the requester in a document, and the parts of their name.
func (f Disclosing) leaveOut(c *docket.Case, d *disclosure.Document) error {
	terms := own(f.Flow, c)
	for _, text := range slices.Clone(terms) {
		for part := range strings.FieldsSeq(text) {
			if utf8.RuneCountInString(part) > 2 {
				terms = append(terms, part)
			}
		}
	}
	content, err := redact.Read(d.Kind, []byte(d.Text))
	if err != nil {
		return err
	}
	for _, found := range redact.Find(content, terms) {
		if found.What == redact.FoundTerm {
			d.Marks = append(d.Marks, redact.Mark{Unit: found.Unit, From: found.From, To: found.To, Reason: c.Service.Disclosure.Personal})
		}
	}
	return nil
}
