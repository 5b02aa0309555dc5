package flow

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/job"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/retain"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// CopyJob is the kind of the job that makes a copy of everything about somebody.
const CopyJob = "privacy copy"

const copiesADay = 3

// AskCopy asks for a copy of everything that is held of the reader. It is made by a job, and waits in the account for
// seven days.
func (f Privacy) AskCopy(ctx context.Context, actor policy.Actor, key string) error {
	if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "account", ID: actor.Person, Owner: actor.Person}); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.AskCopy", func(ctx context.Context, tx *store.Tx) error {
		_, err := f.once(ctx, tx, actor, key, "copy", func() (string, error) { return "", f.askCopy(ctx, tx, actor) })
		return err
	})
}

func (f Privacy) askCopy(ctx context.Context, tx *store.Tx, actor policy.Actor) error {
	copies, err := f.copies().Of(ctx, tx, actor.Person)
	if err != nil {
		return err
	}
	today := 0
	for _, c := range copies {
		if c.Made.IsZero() {
			return nil // it is on its way
		}
		if c.Asked.After(tx.Now().Add(-24 * time.Hour)) {
			today++
		}
	}
	if today >= copiesADay {
		return fault.NewInvalid("You have asked for {n} copies today. Ask for another one tomorrow", "n", copiesADay)
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return err
	}
	c := &retain.Copy{Person: who.ID, Subject: who.Subject, Language: who.Language}
	if err := f.copies().Ask(ctx, tx, c); err != nil {
		return err
	}
	payload, err := json.Marshal(owedCopy{c.ID})
	if err != nil {
		return fmt.Errorf("writing a job: %w", err)
	}
	return job.Enqueue(ctx, tx, job.New{Kind: CopyJob, Key: c.ID, Payload: payload})
}

type owedCopy struct {
	Copy string `json:"copy"`
}

func (f Privacy) copies() *retain.Copies { return &retain.Copies{Vault: f.People.Vault} }

// MakeCopy gathers everything as one committed state, stores it under the person's key, and tells them.
func (f Privacy) MakeCopy(ctx context.Context, j job.Job) error {
	var owed owedCopy
	if err := json.Unmarshal(j.Payload, &owed); err != nil {
		return fmt.Errorf("reading a job: %w", err)
	}
	var data []byte
	err := f.DB.Read(ctx, "flow.gatherCopy", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.copies().Get(ctx, tx, owed.Copy)
		if err != nil || !c.Made.IsZero() {
			return err
		}
		data, err = f.gather(ctx, tx, c)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) || err == nil && data == nil {
		return nil // nobody to make it for any more, or it was made
	}
	if err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.MakeCopy", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.copies().Get(ctx, tx, owed.Copy)
		if err != nil {
			return err
		}
		if err := f.copies().Put(ctx, tx, &c, data); err != nil {
			return err
		}
		who, err := f.People.Get(ctx, tx, c.Person)
		if err != nil {
			return err
		}
		p := f.Words.For(c.Language)
		return f.Outbox.Put(ctx, tx, notify.Message{Subject: c.Subject, Kind: "copy", Language: c.Language, Content: notify.Content{
			To: who.Email, Name: who.Name, Title: p.T("The copy of your data is ready"),
			Text: p.T("You can download it in your account until {date}.", i18n.V{"date": f.dayOf(c.Language, c.Until)}), Link: "/account/copy"}})
	})
}

// ReadCopy gives the file of a copy to the person it is about.
func (f Privacy) ReadCopy(ctx context.Context, actor policy.Actor, id string) (data []byte, err error) {
	err = f.DB.Read(ctx, "flow.ReadCopy", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.copies().Get(ctx, tx, id)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.AccountOwn, policy.Thing{Kind: "copy", ID: id, Owner: c.Person}); err != nil {
			return err
		}
		if c.Made.IsZero() || c.Until.Before(tx.Now()) {
			return fault.NewGone("This copy is not there any more. Ask for a new one")
		}
		data, err = f.copies().Read(ctx, tx, c)
		return err
	})
	return data, err
}

// gather makes the file: data.json, the same as a page, and every document beside them.
func (f Privacy) gather(ctx context.Context, tx *store.Tx, c retain.Copy) ([]byte, error) {
	all := &everything{f: f, tx: tx, files: map[string][]byte{}}
	doc, err := all.of(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a copy: %w", err)
	}
	page, err := copyPage(f.Words.For(c.Language), raw)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name string, data []byte) error {
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: tx.Now()})
		if err == nil {
			_, err = to.Write(data)
		}
		return err
	}
	if err := errors.Join(put("data.json", raw), put("data.html", page)); err != nil {
		return nil, fmt.Errorf("writing a copy: %w", err)
	}
	for _, name := range all.names() {
		if err := put("files/"+name, all.files[name]); err != nil {
			return nil, fmt.Errorf("writing a copy: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("writing a copy: %w", err)
	}
	return b.Bytes(), nil
}
