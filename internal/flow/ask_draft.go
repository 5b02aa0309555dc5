package flow

import (
	"context"
	"maps"
	"net/url"
	"strings"

	"stoa/internal/converse"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// AnswerInTalk answers one question of an application, in words or by the fields of its form.
type AnswerInTalk struct {
	Draft, Question string
	Said            string
	Form            url.Values
	Language        string
}

// TalkReply is what came of it. Nothing was kept where it was not understood, or where a record has to be chosen first.
type TalkReply struct {
	Understood bool
	Hits       []converse.Hit
	Words      string
}

// Answer reads the answer and keeps it by SavePage, as the form does: the same validation, the same rights.
func (f Assistant) Answer(ctx context.Context, actor policy.Actor, in AnswerInTalk) (reply TalkReply, err error) {
	var save SavePage
	err = f.DB.Read(ctx, "flow.AnswerInTalk", func(ctx context.Context, tx *store.Tx) error {
		reply, save = TalkReply{}, SavePage{}
		draft, err := f.Docket.Unjudged(ctx, tx, in.Draft)
		if err != nil {
			return missing(err)
		}
		if err := docket.Open(actor, policy.DraftUse, draft); err != nil {
			return err
		}
		q := topLevelQuestion(draft.Service, in.Question)
		if q == nil || q.Type == "group" || q.Type == "file" {
			return fault.NewNotFound("")
		}
		fields := process.ReadForm([]*service.Question{q}, in.Form)
		if in.Said != "" {
			j := f.Docket.Releases.Current()
			library, err := f.library.Of(j, j.Calendar.DateOf(tx.Now()))
			if err != nil {
				return err
			}
			if fields, reply.Understood = library.Reply(in.Language, q, in.Said); !reply.Understood {
				return nil
			}
		}
		reply.Understood = true
		if words := findWords(q, in, fields); words != "" {
			if fields, err = f.chooseRecord(ctx, tx, in.Language, draft.Service, q, words, &reply); err != nil || fields == nil {
				return err
			}
		}
		save = SavePage{Draft: in.Draft, Page: q.Page.File.Page, Form: pageForm(draft, q, fields), Language: in.Language, Part: true}
		return nil
	})
	if err != nil || save.Draft == "" {
		return reply, err
	}
	_, _, err = f.SavePage(ctx, actor, save)
	return reply, err
}

// findWords are the words to look for in a register; "" where a record was chosen, or the question is no look-up.
func findWords(q *service.Question, in AnswerInTalk, fields map[string][]string) string {
	if q.Type != "lookup" || len(fields[q.ID]) > 0 || len(fields[q.ID+"-manual"]) > 0 {
		return ""
	}
	if in.Said != "" {
		return in.Said
	}
	return strings.TrimSpace(in.Form.Get(q.ID + "-find"))
}

// chooseRecord takes the only record of that name, or what is in no list; otherwise it leaves the choice to the asker.
func (f Assistant) chooseRecord(ctx context.Context, tx *store.Tx, language string, s *service.Service, q *service.Question, words string, reply *TalkReply) (map[string][]string, error) {
	hits, err := f.hits(ctx, tx, f.Words.For(language), s, q, words)
	if err != nil {
		return nil, err
	}
	if len(hits) == 1 && strings.EqualFold(hits[0].Label, words) {
		return map[string][]string{q.ID: {hits[0].Key}}, nil
	}
	if len(hits) == 0 && q.Manual {
		return map[string][]string{q.ID + "-manual": {words}}, nil
	}
	reply.Hits, reply.Words = hits, words
	return nil, nil
}

// pageForm is what the form of the page would send: what stands there already, and the new answer.
func pageForm(draft *docket.Draft, q *service.Question, fields map[string][]string) url.Values {
	form := url.Values{}
	for _, other := range q.Page.Questions {
		for _, name := range process.Fields(other) {
			if values := draft.Typed.Fields[name]; len(values) > 0 && other != q {
				form[name] = values
			}
		}
	}
	maps.Copy(form, fields)
	return form
}

func topLevelQuestion(s *service.Service, id string) *service.Question {
	for _, q := range s.Questions {
		if q.Parent == nil && q.ID == id {
			return q
		}
	}
	return nil
}
