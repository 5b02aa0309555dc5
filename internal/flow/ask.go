package flow

import (
	"context"
	"errors"
	"fmt"

	"stoa/internal/converse"
	"stoa/internal/fault"
	"stoa/internal/inquiry"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// Assistant is what happens in conversations with the assistant.
type Assistant struct{ *Flow }

// Assistant is what happens in conversations with the assistant.
func (f *Flow) Assistant() Assistant { return Assistant{f} }

func (f *Flow) inquiries() *inquiry.Inquiries { return &inquiry.Inquiries{Vault: f.People.Vault} }

// Ask is something said to the assistant. Token is that of the conversation; "" begins one.
type Ask struct {
	Token string
	Said  converse.Said
}

var inquiryThing = policy.Thing{Kind: "inquiry", Public: true}

// Ask answers, and returns the token of the conversation. The answer is worked out before anything is written, so that nobody
// waits for it.
func (f Assistant) Ask(ctx context.Context, actor policy.Actor, in Ask) (token string, answer converse.Answer, err error) {
	if err := policy.Can(actor, policy.AskUse, inquiryThing); err != nil {
		return "", answer, err
	}
	var i *inquiry.Inquiry
	var day string
	err = f.DB.Read(ctx, "flow.Ask", func(ctx context.Context, tx *store.Tx) error {
		if i, err = f.inquiry(ctx, tx, in.Token); err != nil {
			return err
		}
		j := f.Docket.Releases.Current()
		today := j.Calendar.DateOf(tx.Now())
		day = today.String()
		library, err := f.library.Of(j, today)
		if err != nil {
			return err
		}
		in.Said.At = tx.Now().Unix()
		world, err := f.appointmentWorld(ctx, tx, actor, f.world(tx, actor))
		if err != nil {
			return err
		}
		answer, err = library.Say(ctx, world, &i.State, in.Said)
		return err
	})
	if err != nil {
		return "", answer, err
	}
	if answer.Book != nil {
		if answer, err = f.bookInTalk(ctx, actor, fmt.Sprint("talk ", i.ID, " ", i.State.Turns[len(i.State.Turns)-1].N), answer); err != nil {
			return "", answer, err
		}
		kept := answer
		i.State.Turns[len(i.State.Turns)-1].Answer = &kept
	}
	token = in.Token
	if i.ID == "" {
		if token, err = f.People.Token(); err != nil {
			return "", answer, err
		}
	}
	err = f.DB.Write(ctx, "flow.Ask", func(ctx context.Context, tx *store.Tx) error {
		said := *i // a transaction may run again
		if said.ID == "" {
			begun, err := f.inquiries().Begin(ctx, tx, person.TokenHash(token), said.State)
			if err != nil {
				return err
			}
			said = *begun
		} else if err := f.inquiries().Save(ctx, tx, &said); err != nil {
			return err
		}
		turns := said.State.Turns
		return f.inquiries().Note(ctx, tx, said.ID, turns[len(turns)-1].N, day, answer)
	})
	return token, answer, err
}

// inquiry finds a conversation; a new one where there is none (any more).
func (f Assistant) inquiry(ctx context.Context, tx *store.Tx, token string) (*inquiry.Inquiry, error) {
	if token == "" {
		return &inquiry.Inquiry{}, nil
	}
	i, err := f.inquiries().ByToken(ctx, tx, person.TokenHash(token))
	if errors.Is(err, store.ErrNotFound) {
		return &inquiry.Inquiry{}, nil
	}
	return i, err
}

// RateAnswer is what the asker thinks of an answer.
type RateAnswer struct {
	Token string
	N     int
	Good  bool
}

// Rate keeps it.
func (f Assistant) Rate(ctx context.Context, actor policy.Actor, in RateAnswer) error {
	if err := policy.Can(actor, policy.AskUse, inquiryThing); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.RateAnswer", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.inquiries().ByToken(ctx, tx, person.TokenHash(in.Token))
		if err != nil {
			return missing(err)
		}
		thumb := map[bool]int{true: 1, false: -1}[in.Good]
		for k := range i.State.Turns {
			if t := &i.State.Turns[k]; t.Answer != nil && t.N == in.N {
				t.Thumb = thumb
			}
		}
		if err := f.inquiries().Rate(ctx, tx, i.ID, in.N, thumb); err != nil {
			return err
		}
		return f.inquiries().Save(ctx, tx, i)
	})
}

// Forget deletes a conversation at its asker's wish.
func (f Assistant) Forget(ctx context.Context, actor policy.Actor, token string) error {
	if err := policy.Can(actor, policy.AskUse, inquiryThing); err != nil {
		return err
	}
	return f.DB.Write(ctx, "flow.ForgetInquiry", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.inquiry(ctx, tx, token)
		if err != nil || i.ID == "" {
			return err
		}
		return f.inquiries().Erase(ctx, tx, i)
	})
}

// Take begins an application from a conversation: what was answered in it is in the draft.
func (f Assistant) Take(ctx context.Context, actor policy.Actor, token, service, language string) (draft, draftToken string, err error) {
	typed := process.Typed{}
	err = f.DB.Read(ctx, "flow.TakeInquiry", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.inquiry(ctx, tx, token)
		if err != nil {
			return err
		}
		if t := i.State.Task; t != nil && t.Service == service {
			typed = t.Typed.Clone()
			s, ok := f.Docket.Releases.InForce(service)
			if !ok {
				return fault.NewNotFound("")
			}
			for _, q := range s.Questions { // what nobody said is not put into anybody's application
				for _, assumed := range t.Assumed {
					if q.Parent == nil && q.ID == assumed {
						for _, field := range process.Fields(q) {
							typed.Set(field)
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return "", "", err
	}
	return f.StartDraft(ctx, actor, StartDraft{Service: service, Language: language, Typed: typed, Channel: "assistant"})
}

// HandOver begins the application by which a person gets the conversation. The asker sees it before it is sent.
func (f Assistant) HandOver(ctx context.Context, actor policy.Actor, token, language string) (draft, draftToken string, err error) {
	j := f.Docket.Releases.Current()
	a := j.File.Assistant
	if a == nil || a.HandOver == nil {
		return "", "", fault.NewNotFound("")
	}
	text := ""
	err = f.DB.Read(ctx, "flow.HandOver", func(ctx context.Context, tx *store.Tx) error {
		i, err := f.inquiry(ctx, tx, token)
		if err != nil {
			return err
		}
		library, err := f.library.Of(j, j.Calendar.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		text = library.Transcript(i.State, language)
		return nil
	})
	if err != nil {
		return "", "", fmt.Errorf("writing a conversation down: %w", err)
	}
	typed := process.Typed{}
	if text != "" {
		typed.Set(a.HandOver.Question, text)
	}
	return f.StartDraft(ctx, actor, StartDraft{Service: a.HandOver.Service, Language: language, Typed: typed, Channel: "assistant"})
}

// Sweep forgets conversations whose time is over; it tells how many.
func (f Assistant) Sweep(ctx context.Context, actor policy.Actor) (n int, err error) {
	if err := policy.Can(actor, policy.CaseTurn, policy.Thing{Kind: "inquiries"}); err != nil {
		return 0, err
	}
	j := f.Docket.Releases.Current()
	err = f.DB.Write(ctx, "flow.SweepInquiries", func(ctx context.Context, tx *store.Tx) error {
		n, err = f.inquiries().Forget(ctx, tx, tx.Now().Add(-inquiry.Life), j.Calendar.DateOf(tx.Now().Add(-inquiry.AnswerLife)).String(), forgetBatch)
		return err
	})
	return n, err
}
