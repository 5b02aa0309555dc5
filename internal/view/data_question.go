package view

import (
	"context"

	"stoa/internal/dataset"
	"stoa/internal/policy"
	"stoa/internal/store"
)

// QuestionLine is a question about a dataset. Who asked is nobody's business.
type QuestionLine struct {
	ID, Dataset, Title string // Title is the dataset's
	Version            int    // the newest when it was asked
	Asked              Instant
	Text               string // "" where it is hidden
	Answer             string
	Answered           Instant
	By                 string // the public body that answers
	Hidden             bool
	Reason             string // why
	Waiting            bool
}

// QuestionsPage is what was asked about a dataset.
type QuestionsPage struct {
	DatasetLine
	Questions []QuestionLine // the newest first
	CanAnswer bool
}

const mostQuestions = 200

// Questions are those about a dataset that an officer has looked at.
func (d Data) Questions(ctx context.Context, r Reader, id string) (p QuestionsPage, err error) {
	err = d.read(ctx, "DataQuestions", func(ctx context.Context, tx *store.Tx) error {
		v, err := d.anyVersion(ctx, tx, r, id)
		if err != nil {
			return err
		}
		p = QuestionsPage{DatasetLine: d.line(r, d.place().Dataset(id), v)}
		p.CanAnswer = policy.Can(r.Actor, policy.DataAnswer, policy.Thing{Kind: "dataset", ID: id, Organisation: v.Organisation, Public: true}) == nil
		p.Questions, err = d.questions(ctx, tx, r, id)
		return err
	})
	return p, err
}

func (d Data) questionBox() *dataset.Questions { return &dataset.Questions{Vault: d.People.Vault} }

func (d Data) questions(ctx context.Context, tx *store.Tx, r Reader, id string) (list []QuestionLine, err error) {
	all, err := d.questionBox().Public(ctx, tx, id, mostQuestions)
	for _, q := range all {
		list = append(list, d.question(r, q))
	}
	return list, err
}

func (d Data) question(r Reader, q *dataset.Question) QuestionLine {
	j := d.place()
	l := QuestionLine{ID: q.ID, Dataset: q.Dataset, Title: d.title(r, q.Dataset), Version: q.Version, Asked: r.instant(j, q.Asked), Text: q.Text, Answer: q.Answer,
		By: r.organisationName(j, q.Organisation), Hidden: q.State == dataset.QuestionHidden, Reason: q.Reason, Waiting: q.State == dataset.QuestionWaiting}
	if !q.Answered.IsZero() {
		l.Answered = r.instant(j, q.Answered)
	}
	return l
}

// DataArea reports whether the reader answers questions about data.
func DataArea(a policy.Actor) bool { return len(Reader{Actor: a}.organisations(policy.DataAnswer)) > 0 }

// ToAnswer lists the questions that wait for the reader's organisations: those nobody has looked at, then those shown and
// not answered, the oldest first.
func (d Data) ToAnswer(ctx context.Context, r Reader) (waiting, open []QuestionLine, err error) {
	if err := policy.Can(r.Actor, policy.DeskEnter, policy.Thing{Kind: "questions"}); err != nil {
		return nil, nil, err
	}
	err = d.read(ctx, "QuestionsToAnswer", func(ctx context.Context, tx *store.Tx) error {
		waiting, open = nil, nil
		for _, organisation := range r.organisations(policy.DataAnswer) {
			unseen, err := d.questionBox().Waiting(ctx, tx, organisation, mostQuestions)
			if err != nil {
				return err
			}
			shown, err := d.questionBox().Unanswered(ctx, tx, organisation, mostQuestions)
			if err != nil {
				return err
			}
			for _, q := range unseen {
				waiting = append(waiting, d.question(r, q))
			}
			for _, q := range shown {
				open = append(open, d.question(r, q))
			}
		}
		return nil
	})
	return waiting, open, err
}

// ToLookAt is one question, for an officer of the organisation that answers it.
func (d Data) ToLookAt(ctx context.Context, r Reader, id string) (l QuestionLine, err error) {
	err = d.read(ctx, "QuestionToLookAt", func(ctx context.Context, tx *store.Tx) error {
		q, err := d.questionBox().Get(ctx, tx, id)
		if err != nil {
			return err
		}
		thing := policy.Thing{Kind: "dataset", ID: q.Dataset, Organisation: q.Organisation, Owner: q.Person, Public: true}
		if err := policy.Can(r.Actor, policy.DataAnswer, thing); err != nil {
			return err
		}
		l = d.question(r, q)
		return nil
	})
	return l, err
}
