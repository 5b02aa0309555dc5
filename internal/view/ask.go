package view

import (
	"context"
	"errors"
	"strings"

	"stoa/internal/converse"
	"stoa/internal/docket"
	"stoa/internal/i18n"
	"stoa/internal/inquiry"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Assistant is what can be seen of conversations with the assistant.
type Assistant struct{ *View }

// Assistant is what can be seen of conversations with the assistant.
func (v *View) Assistant() Assistant { return Assistant{v} }

func (v *View) inquiries() *inquiry.Inquiries { return &inquiry.Inquiries{Vault: v.People.Vault} }

// Talk is a conversation.
type Talk struct {
	Turns    []Turn
	About    ServiceLine // the service talked about; ID is "" for none
	Field    *Field      // the question that the assistant asks now
	HandOver bool        // a person can be asked
	Examples []string    // questions that the files answer
	Keep     int         // days for which it is kept
}

// Turn is one utterance.
type Turn struct {
	At      Instant
	Person  bool
	Text    string
	Answer  *converse.Answer
	Dir     string
	Own     []OwnLine // an answer about the reader's own
	SignIn  bool      // which they see once they have signed in
	N       int
	Thumb   int
	Service ServiceLine // that the answer is about
}

// OwnLine is one of the reader's cases or bills.
type OwnLine struct{ Text, URL string }

const examplesShown = 4

// Talk is the conversation with a token; one without a word where there is none. about is a service that it is to be about.
func (a Assistant) Talk(ctx context.Context, r Reader, token, about string) (t Talk, err error) {
	if err := policy.Can(r.Actor, policy.AskUse, policy.Thing{Kind: "inquiry", Public: true}); err != nil {
		return t, err
	}
	j := a.place()
	t.HandOver = j.File.Assistant != nil && j.File.Assistant.HandOver != nil
	t.Keep = int(inquiry.Life.Hours() / 24)
	var state converse.State
	if token != "" {
		err = a.read(ctx, "Talk", func(ctx context.Context, tx *store.Tx) error {
			i, err := a.inquiries().ByToken(ctx, tx, person.TokenHash(token))
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err == nil {
				state = i.State
			}
			return err
		})
		if err != nil {
			return t, err
		}
	}
	if about == "" {
		about = state.About
	}
	if s := serviceNamed(j, about); s != nil {
		t.About = r.serviceName(s)
	}
	for _, turn := range state.Turns {
		one, err := a.turn(ctx, r, turn)
		if err != nil {
			return t, err
		}
		t.Turns = append(t.Turns, one)
	}
	if n := len(state.Turns); n > 0 && state.Turns[n-1].Answer != nil {
		t.Field = a.asked(r, state, *state.Turns[n-1].Answer)
	}
	if len(t.Turns) == 0 {
		t.Examples = r.examples(j, about)
	}
	return t, nil
}

// examples are worked questions of the files: they are answered, since they are run.
func (r Reader) examples(j *service.Jurisdiction, about string) (list []string) {
	for round := 0; round < examplesShown; round++ {
		for _, s := range j.Services {
			if about != "" && s.Service != about {
				continue
			}
			n := 0
			for _, q := range s.Asked {
				if q.Unknown || q.HandOff != "" || len(q.After.By) > 0 {
					continue
				}
				if n == round && len(list) < examplesShown {
					list = append(list, r.words(j, q.Ask))
				}
				n++
			}
		}
	}
	return list
}

func (a Assistant) turn(ctx context.Context, r Reader, turn converse.Turn) (Turn, error) {
	j := a.place()
	one := Turn{Person: turn.Person, Text: turn.Text, Answer: turn.Answer, N: turn.N, Thumb: turn.Thumb, At: r.instant(j, store.Time(turn.At*1_000_000))}
	if turn.Answer == nil {
		return one, nil
	}
	if s := serviceNamed(j, turn.Answer.Service); s != nil {
		one.Service = r.serviceName(s)
	}
	if turn.Answer.Kind != converse.Mine {
		return one, nil
	}
	if r.Actor.Person == "" {
		one.SignIn = true
		return one, nil
	}
	var err error
	one.Own, err = a.own(ctx, r, turn.Answer.Own)
	return one, err
}

// own is what the reader's account says today; nothing of it is kept with the conversation.
func (a Assistant) own(ctx context.Context, r Reader, what string) (list []OwnLine, err error) {
	account, err := a.Account(ctx, r)
	if err != nil {
		return nil, err
	}
	line := func(label, value, url string) {
		list = append(list, OwnLine{r.P.T("{label}: {value}", i18n.V{"label": label, "value": value}), url})
	}
	if what == converse.MyAppointments {
		return a.ownAppointments(ctx, r)
	}
	if what == converse.MyBills {
		for _, b := range account.Bills {
			line(strings.TrimSpace(b.Number+" "+b.Title), b.Balance, "/account/bills/"+b.ID)
		}
		return list, nil
	}
	for _, c := range account.Cases {
		value := c.State
		if c.Due != "" {
			value = r.P.T("{state}, until {date}", i18n.V{"state": c.State, "date": c.Due})
		}
		line(c.Number+" "+c.Service, value, "/account/cases/"+c.ID)
	}
	for _, d := range account.Drafts {
		line(d.Service, r.P.T("Not sent yet"), "/apply/"+d.ID)
	}
	return list, nil
}

func (a Assistant) ownAppointments(ctx context.Context, r Reader) (list []OwnLine, err error) {
	coming, _, err := Appointments(a).OwnAppointments(ctx, r)
	for _, x := range coming {
		list = append(list, OwnLine{r.P.T("{label}: {value}", i18n.V{"label": x.Title, "value": x.When.Text}), "/account/appointments/" + x.ID})
	}
	return list, err
}

// asked is the question that the assistant asks, as a field of a form.
func (a Assistant) asked(r Reader, state converse.State, last converse.Answer) *Field {
	if last.Kind != converse.Asking || last.Question == nil || state.Task == nil {
		return nil
	}
	s := serviceNamed(a.place(), last.Question.Service)
	if s == nil {
		return nil
	}
	q := questionAt(s, last.Question.ID)
	if q == nil {
		return nil
	}
	f := r.talkField(s, state.Task.Typed, q)
	f.Error, f.Searched = last.Question.Problem, last.Question.Words
	for _, h := range last.Question.Hits {
		f.Hits = append(f.Hits, Hit(h))
	}
	return &f
}

func (r Reader) talkField(s *service.Service, typed process.Typed, q *service.Question) Field {
	return r.field(&docket.Draft{Service: s, Judged: &process.Judgement{}}, &typed, "", q)
}

// DraftTalk is an application that is filled in by conversation.
type DraftTalk struct {
	Draft
	Said  []Said // what is answered, page by page
	Field *Field // asked next
	Page  string // that it is on
	Title string
	Form  bool // it cannot be answered in words: its page has to be used
	Left  int  // pages that are not done
}

// Said is a question that has been answered.
type Said struct{ Ask, Answer string }

// DraftTalk asks the next question of an application that is missing or wrong.
func (a Assistant) DraftTalk(ctx context.Context, r Reader, id string) (t DraftTalk, err error) {
	err = a.read(ctx, "DraftTalk", func(ctx context.Context, tx *store.Tx) error {
		d, err := a.open(ctx, tx, r, id)
		if err != nil {
			return err
		}
		t = DraftTalk{Draft: r.head(d)}
		j := d.Service.Jurisdiction
		for p := d.Judged.Next(nil); p != nil; p = d.Judged.Next(p) {
			for _, q := range p.Questions {
				if answer := d.Judged.Answers[q.ID]; answer != nil && d.Judged.Asked(q.ID) {
					t.Said = append(t.Said, Said{r.short(d.Service, q), strings.Join(process.ShowAnswer(r.P, d.Service, q, answer), ", ")})
				}
			}
			if d.Judged.Page(p) == process.PageDone {
				continue
			}
			t.Left++
			if t.Field != nil {
				continue
			}
			for _, q := range p.Questions {
				wrong := d.Judged.Below(q.ID)
				if len(wrong) == 0 {
					continue
				}
				f := r.field(d, &d.Typed, "", q)
				if !wrong[0].Missing {
					f.Error = r.problem(d.Service, wrong[0]).Text
				}
				t.Field, t.Page, t.Title = &f, p.File.Page, r.words(j, p.File.Title)
				t.Form = q.Type == "group" || q.Type == "file"
				break
			}
		}
		return nil
	})
	return t, err
}
