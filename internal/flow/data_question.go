package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"stoa/internal/dataset"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/notify"
	"stoa/internal/policy"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/vault"
)

// questionsADay is how many questions one person may ask in a day: an officer reads each.
const questionsADay = 10

// AskAboutData is a question about a dataset, which is answered in public.
type AskAboutData struct{ Dataset, Text, Key string }

// Ask keeps a question until an officer has looked at it.
func (f Data) Ask(ctx context.Context, actor policy.Actor, in AskAboutData) (id string, err error) {
	set, err := f.dataset(actor, in.Dataset)
	if err != nil {
		return "", err
	}
	if err := policy.Can(actor, policy.DataAsk, datasetThing(set)); err != nil {
		return "", err
	}
	in.Text = strings.ReplaceAll(in.Text, "\r\n", "\n") // as forms send it
	if problem := plainText(in.Text, "Write your question"); problem != nil {
		return "", problem
	}
	err = f.DB.Write(ctx, "flow.AskAboutData", func(ctx context.Context, tx *store.Tx) error {
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return f.ask(ctx, tx, actor, set, in.Text) })
		return err
	})
	return id, err
}

func (f Data) ask(ctx context.Context, tx *store.Tx, actor policy.Actor, set *service.Dataset, text string) (string, error) {
	n, err := f.questions().Since(ctx, tx, actor.Person, tx.Now().Add(-24*time.Hour))
	if err != nil {
		return "", err
	}
	if n >= questionsADay {
		return "", fault.NewInvalid("You have asked {n} questions today. Ask more tomorrow", "n", questionsADay)
	}
	who, err := f.People.Get(ctx, tx, actor.Person)
	if err != nil {
		return "", err
	}
	newest, err := f.Datasets.Latest(ctx, tx, set.Dataset)
	if err != nil && fault.KindOf(missing(err)) != fault.NotFound {
		return "", err
	}
	q := &dataset.Question{Dataset: set.Dataset, Organisation: set.Organisation, Person: who.ID, Subject: who.Subject, Language: who.Language, Text: text}
	if newest != nil {
		q.Version = newest.Number
	}
	if err := f.questions().Ask(ctx, tx, q); err != nil {
		return "", err
	}
	return q.ID, f.tellOfQuestion(ctx, tx, set, q)
}

// tellOfQuestion owes the owner of the data a message that a question waits; it does not say who asked.
func (f Data) tellOfQuestion(ctx context.Context, tx *store.Tx, set *service.Dataset, q *dataset.Question) error {
	j := f.Docket.Releases.Current()
	for _, o := range j.File.Organisations {
		if o.ID != set.Organisation || o.Contact.Email == "" {
			continue
		}
		language := j.File.Languages[0]
		p := f.Words.For(language)
		return f.Outbox.Put(ctx, tx, notify.Message{Subject: q.Subject, Kind: "data question", Language: language, Content: notify.Content{
			To: o.Contact.Email, Name: o.Name.In(language), Title: p.T("A question about your data: {title}", i18n.V{"title": set.Title.In(language)}),
			Text: p.T("Somebody asks about “{title}”. The question is not shown to anybody before you have looked at it.", i18n.V{"title": set.Title.In(language)}),
			Link: "/desk/questions/" + q.ID,
		}})
	}
	return nil
}

// What an officer can make of a question.
const (
	AnswerQuestion = "answer" // shows it with the answer
	ShowQuestion   = "show"   // shows it; the answer follows
	HideQuestion   = "hide"   // with a reason, which is shown instead
)

// LookAtQuestion is what an officer makes of a question. Text is the answer or the reason.
type LookAtQuestion struct{ Question, Do, Text, Key string }

// LookAt shows, answers or hides a question, and tells whoever asked.
func (f Data) LookAt(ctx context.Context, actor policy.Actor, in LookAtQuestion) error {
	in.Text = strings.ReplaceAll(in.Text, "\r\n", "\n")
	return f.DB.Write(ctx, "flow.LookAtQuestion", func(ctx context.Context, tx *store.Tx) error {
		q, err := f.questions().Get(ctx, tx, in.Question)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.DataAnswer, questionThing(q)); err != nil {
			return err
		}
		switch in.Do {
		case AnswerQuestion:
			err = plainText(in.Text, "Write the answer")
		case HideQuestion:
			err = plainText(in.Text, "Say why the question is not shown")
		case ShowQuestion:
		default:
			err = fault.NewInvalid("Choose what to do with the question")
		}
		if err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.lookAt(ctx, tx, actor, q, in) })
		return err
	})
}

func (f Data) lookAt(ctx context.Context, tx *store.Tx, actor policy.Actor, q *dataset.Question, in LookAtQuestion) error {
	q.Officer = actor.Person
	switch in.Do {
	case AnswerQuestion:
		q.State, q.Answer, q.Answered, q.Reason = dataset.QuestionShown, in.Text, tx.Now(), ""
	case ShowQuestion:
		q.State, q.Reason = dataset.QuestionShown, ""
	case HideQuestion:
		q.State, q.Answer, q.Answered, q.Reason = dataset.QuestionHidden, "", time.Time{}, in.Text
	}
	if err := f.questions().Look(ctx, tx, q); err != nil {
		return err
	}
	who, err := f.People.Get(ctx, tx, q.Person)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, vault.ErrErased) {
		return nil // nobody to tell any more
	}
	if err != nil {
		return err
	}
	p := f.Words.For(q.Language)
	v := i18n.V{"title": f.datasetTitle(q.Dataset, q.Language)}
	c := notify.Content{To: who.Email, Name: who.Name, Link: "/data/" + q.Dataset + "/questions#q-" + q.ID}
	switch in.Do {
	case AnswerQuestion:
		c.Title, c.Text = p.T("Your question has been answered: {title}", v), p.T("You asked:")+"\n\n"+q.Text+"\n\n"+p.T("The answer:")+"\n\n"+q.Answer
	case ShowQuestion:
		c.Title, c.Text = p.T("Your question is shown: {title}", v), p.T("Everybody can now read your question, without your name. The answer follows there.")
	case HideQuestion:
		c.Title, c.Text = p.T("Your question is not shown: {title}", v), p.T("The office does not show your question to the public. Its reason:")+"\n\n"+q.Reason
	}
	return f.Outbox.Put(ctx, tx, notify.Message{Subject: q.Subject, Kind: "data question", Language: q.Language, Content: c})
}

// plainText refuses what is empty or too long for a question or an answer.
func plainText(text, empty string) error {
	if text == "" {
		return fault.NewInvalid(empty)
	}
	if n := utf8.RuneCountInString(text); n > dataset.LongestQuestion {
		return fault.NewInvalid("This is too long: write at most {most} characters", "most", dataset.LongestQuestion)
	}
	return nil
}

func (f *Flow) questions() *dataset.Questions { return &dataset.Questions{Vault: f.People.Vault} }

func questionThing(q *dataset.Question) policy.Thing {
	return policy.Thing{Kind: "dataset", ID: q.Dataset, Organisation: q.Organisation, Owner: q.Person, Public: true}
}

func datasetThing(set *service.Dataset) policy.Thing {
	return policy.Thing{Kind: "dataset", ID: set.Dataset, Organisation: set.Organisation, Public: true}
}

// dataset is one of the datasets in force, if the actor may read it.
func (f Data) dataset(actor policy.Actor, id string) (*service.Dataset, error) {
	set := f.Docket.Releases.Current().Dataset(id)
	if set == nil {
		return nil, fault.Wrap(fmt.Errorf("no dataset %q is in force", id), fault.NotFound, "")
	}
	return set, policy.Can(actor, policy.DataRead, datasetThing(set))
}

// datasetTitle is a dataset's title, or its id where no file says it any more.
func (f Data) datasetTitle(id, language string) string {
	if set := f.Docket.Releases.Current().Dataset(id); set != nil {
		return set.Title.In(language, f.Docket.Releases.Current().File.Languages...)
	}
	return id
}
