package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"stoa/internal/blob"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// SavePage keeps what was typed on a page, whatever it is; the judgement that comes back says what is
// wrong with it. Place is the item the page is about ("" for the top: partners[0].children[1]).
type SavePage struct {
	Draft string
	Page  string
	Place string
	Form  url.Values
	Files []Upload

	Language string // the person's, kept with the draft; "" for the one before
	Part     bool   // of the page was asked: what is missing of it is no mistake
}

// Upload is a file as it comes in.
type Upload struct {
	Question string // bare id
	Name     string
	Type     string // as declared
	Content  io.Reader
}

// Refused is an upload that was not taken, with the reason for the person.
type Refused struct {
	Question string
	Err      *fault.Error
}

// SavePage returns the draft as judged afterwards.
func (f *Flow) SavePage(ctx context.Context, actor policy.Actor, in SavePage) (*docket.Draft, []Refused, error) {
	files, refused, err := f.receive(ctx, actor, in)
	if err != nil {
		return nil, nil, err
	}
	var draft *docket.Draft
	err = f.DB.Write(ctx, "flow.SavePage", func(ctx context.Context, tx *store.Tx) (err error) {
		if draft, err = f.writableDraft(ctx, tx, actor, in.Draft); err != nil {
			return err
		}
		questions, ok := questionsOn(draft.Service, in.Page, in.Place)
		if !ok || draft.Typed.Level(in.Place) == nil {
			return fault.NewNotFound("")
		}
		changed := draft.Typed.Merge(in.Place, process.ReadForm(questions, in.Form))
		if err := f.Known().choose(ctx, tx, actor, draft, in.Place, questions, in.Form); err != nil {
			return err
		}
		for question, file := range files {
			if err := f.keepFile(ctx, tx, draft, at(in.Place, question), file); err != nil {
				return err
			}
			changed = true
		}
		if in.Language != "" && in.Language != draft.Language {
			draft.Language, changed = in.Language, true
		}
		if err := f.Docket.Judge(ctx, tx, draft); err != nil {
			return err
		}
		passed, err := f.Insight().answered(ctx, tx, draft, in)
		if err != nil || !changed && !passed {
			return err
		}
		return f.Docket.Cases.SaveDraft(ctx, tx, draft.Draft)
	})
	return draft, refused, err
}

func at(place, question string) string {
	if place == "" {
		return question
	}
	return place + "." + question
}

// receive reads and checks the uploads before the transaction, since others wait while one writes.
func (f *Flow) receive(ctx context.Context, actor policy.Actor, in SavePage) (map[string]*blob.Upload, []Refused, error) {
	if len(in.Files) == 0 {
		return nil, nil, nil
	}
	var questions []*service.Question
	err := f.DB.Read(ctx, "flow.SavePage", func(ctx context.Context, tx *store.Tx) error {
		draft, err := f.writableDraft(ctx, tx, actor, in.Draft)
		if err != nil {
			return err
		}
		var ok bool
		if questions, ok = questionsOn(draft.Service, in.Page, in.Place); !ok {
			return fault.NewNotFound("")
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	files, refused := map[string]*blob.Upload{}, []Refused(nil)
	for _, file := range in.Files {
		q := fileQuestion(questions, file.Question)
		if q == nil {
			return nil, nil, fault.NewNotFound("")
		}
		got, err := blob.Receive(file.Content, blob.Meta{Name: file.Name, DeclaredType: file.Type}, limits(q))
		if no := refusal(err); no != nil {
			refused = append(refused, Refused{file.Question, no})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("receiving an upload: %w", err)
		}
		files[q.ID] = got
	}
	return files, refused, nil
}

func fileQuestion(questions []*service.Question, id string) *service.Question {
	for _, q := range questions {
		if q.ID == id && q.Type == "file" {
			return q
		}
	}
	return nil
}

// limits are those of the question; the file's words for types are those of people.
func limits(q *service.Question) blob.Limits {
	l := blob.Limits{MaxBytes: int64(q.Largest) << 20}
	if q.Largest == 0 {
		l.MaxBytes = 10 << 20
	}
	for _, word := range q.Accept {
		l.Types = append(l.Types, map[string]blob.Type{"pdf": blob.PDF, "jpeg": blob.JPEG, "png": blob.PNG, "webp": blob.WebP}[word])
	}
	return l
}

// keepFile stores an upload under the draft's key, in place of the one before.
func (f *Flow) keepFile(ctx context.Context, tx *store.Tx, draft *docket.Draft, path string, file *blob.Upload) error {
	stored, err := f.Docket.Blobs.Put(ctx, tx, draft.Subject, file)
	if err != nil {
		return fmt.Errorf("storing an upload: %w", err)
	}
	former := draft.Typed.Get(path)
	if !draft.Typed.Set(path, stored.ID) {
		return fault.NewNotFound("")
	}
	if former == "" {
		return nil
	}
	if err := f.Docket.Blobs.Delete(ctx, tx, former); err != nil {
		return fmt.Errorf("deleting the file that was replaced: %w", err)
	}
	return nil
}

// refusal is the error as a reason for the person, if it is one.
func refusal(err error) *fault.Error {
	if err == nil {
		return nil
	}
	if kind := fault.KindOf(err); kind != fault.Invalid && kind != fault.TooLarge {
		return nil
	}
	var no *fault.Error
	if errors.As(err, &no) {
		return no
	}
	return nil
}

// writableDraft loads a draft that the actor may change; saveDraft judges it.
func (f *Flow) writableDraft(ctx context.Context, tx *store.Tx, actor policy.Actor, id string) (*docket.Draft, error) {
	draft, err := f.Docket.Unjudged(ctx, tx, id)
	if err != nil {
		return nil, missing(err)
	}
	if err := docket.Open(actor, policy.DraftUse, draft); err != nil {
		return nil, err
	}
	if draft.Case != "" {
		return nil, fault.NewGone("This application has been sent. You can follow it in your account")
	}
	return draft, nil
}

// saveDraft stores what was typed and judges it anew.
func (f *Flow) saveDraft(ctx context.Context, tx *store.Tx, draft *docket.Draft) error {
	if err := f.Docket.Cases.SaveDraft(ctx, tx, draft.Draft); err != nil {
		return err
	}
	return f.Docket.Judge(ctx, tx, draft)
}

// questionsOn lists the questions that a page shows at a place: its own, or those of the item's group.
func questionsOn(s *service.Service, page, place string) ([]*service.Question, bool) {
	for _, p := range s.Pages {
		if p.File.Page != page {
			continue
		}
		if place == "" {
			return p.Questions, true
		}
		group := process.Definition(place)
		for _, q := range s.Questions {
			if q.Path == group && q.Page == p {
				return q.Members, true
			}
		}
	}
	return nil, false
}
