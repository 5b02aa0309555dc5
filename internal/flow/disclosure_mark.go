package flow

import (
	"context"
	"slices"

	"stoa/internal/blob"
	"stoa/internal/disclosure"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/redact"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Redact changes which passages are taken out of a document.
type Redact struct {
	Document string
	Version  int64
	Add      []redact.Mark
	PutBack  []int    // places in the list of passages as it was shown
	Terms    []string // words that were looked for; nil leaves them
	Key      string
}

// Redact returns a document to its officer's table, whatever was proposed or agreed before.
func (f Disclosing) Redact(ctx context.Context, actor policy.Actor, in Redact) error {
	return f.step(ctx, actor, "flow.Redact", DocumentStep{Document: in.Document, Version: in.Version, Key: in.Key}, func(ctx context.Context, tx *store.Tx, d *disclosure.Document, c *docket.Case) error {
		for _, m := range in.Add {
			if !exempts(c.Service, m.Reason) {
				return fault.NewInvalid("Give a reason for each passage")
			}
		}
		var marks []redact.Mark
		for i, m := range d.Marks {
			if !slices.Contains(in.PutBack, i) {
				marks = append(marks, m)
			}
		}
		d.Marks = redact.Normal(append(marks, in.Add...))
		if in.Terms != nil {
			d.Terms = in.Terms
		}
		if _, err := f.Disclosures.Release(ctx, tx, c.Service, c.Language, d); err != nil {
			return err
		}
		return f.reopen(ctx, tx, d)
	})
}

func exempts(s *service.Service, id string) bool {
	return slices.ContainsFunc(s.Disclosure.Exemptions, func(c service.ChoiceFile) bool { return c.ID == id })
}

// reopen takes back what was proposed or agreed, with the file that was made for it.
func (f Disclosing) reopen(ctx context.Context, tx *store.Tx, d *disclosure.Document) error {
	if d.Released != "" {
		if err := f.Docket.Blobs.Delete(ctx, tx, d.Released); err != nil {
			return err
		}
	}
	d.State, d.Released, d.Proposer, d.Approver, d.Reason = disclosure.Open, "", "", "", ""
	return f.Disclosures.Save(ctx, tx, d)
}

// ProposeRelease asks a second person to look at what is taken out of a document. With a reason, all of it is to be held back.
func (f Disclosing) ProposeRelease(ctx context.Context, actor policy.Actor, in DocumentStep) error {
	return f.step(ctx, actor, "flow.ProposeRelease", in, func(ctx context.Context, tx *store.Tx, d *disclosure.Document, c *docket.Case) error {
		if d.State != disclosure.Open {
			return disclosure.Changed()
		}
		if in.Reason != "" && (!exempts(c.Service, in.Reason) || d.Source != disclosure.File) {
			return fault.NewInvalid("Choose the exemption by which all of the document is held back")
		}
		d.State, d.Proposer, d.By, d.Reason, d.Said = disclosure.Proposed, actor.Person, actor.Name, in.Reason, ""
		return f.Disclosures.Save(ctx, tx, d)
	})
}

// Reopen takes a document back to change it again.
func (f Disclosing) Reopen(ctx context.Context, actor policy.Actor, in DocumentStep) error {
	return f.step(ctx, actor, "flow.ReopenDocument", in, func(ctx context.Context, tx *store.Tx, d *disclosure.Document, _ *docket.Case) error {
		return f.reopen(ctx, tx, d)
	})
}

// AgreeRelease is the second person's word on a document.
type AgreeRelease struct {
	Document string
	Version  int64
	Yes      bool
	Text     string // why not
	Key      string
}

// AgreeRelease is for a second person: never who proposed it, nor who asked. With their word the file that may be released
// is made, and is what they have looked at.
func (f Disclosing) AgreeRelease(ctx context.Context, actor policy.Actor, in AgreeRelease) error {
	return f.DB.Write(ctx, "flow.AgreeRelease", func(ctx context.Context, tx *store.Tx) error {
		d, err := f.Disclosures.Document(ctx, tx, in.Document)
		if err != nil {
			return missing(err)
		}
		c, err := f.Docket.Case(ctx, tx, d.Case)
		if err != nil {
			return missing(err)
		}
		thing := c.Thing()
		thing.Decider = d.Proposer
		if err := policy.Can(actor, policy.DisclosureApprove, thing); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			if d.Version != in.Version || d.State != disclosure.Proposed {
				return "", disclosure.Changed()
			}
			return "", f.agree(ctx, tx, actor, c, d, in)
		})
		return err
	})
}

func (f Disclosing) agree(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case, d *disclosure.Document, in AgreeRelease) error {
	if !in.Yes {
		if in.Text == "" {
			return fault.NewInvalid("Say what is to be changed")
		}
		d.Said = in.Text
		return f.reopen(ctx, tx, d)
	}
	d.Approver = actor.Person
	if d.Reason != "" {
		d.State = disclosure.Withheld
		return f.Disclosures.Save(ctx, tx, d)
	}
	made, err := f.Disclosures.Release(ctx, tx, c.Service, c.Language, d)
	if err != nil {
		return err
	}
	stored, err := f.Docket.Blobs.Put(ctx, tx, c.Subject, blob.Made(disclosure.ReleasedName(c.Number, d.Seq, made.Kind), blob.Type(made.Kind), made.Data))
	if err != nil {
		return err
	}
	d.State, d.Released = disclosure.Approved, stored.ID
	return f.Disclosures.Save(ctx, tx, d)
}
