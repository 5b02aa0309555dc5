package flow

import (
	"context"

	"stoa/internal/cases"
	"stoa/internal/docket"
	"stoa/internal/fault"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/store"
)

// ReplyToConsultation is what an asked organisation says.
type ReplyToConsultation struct {
	Case         string
	Consultation string
	Reply        string // no_objection, objection, comment
	Text         string
	Key          string
}

// ReplyToConsultation stores the reply; an objection needs words.
func (f *Flow) ReplyToConsultation(ctx context.Context, actor policy.Actor, in ReplyToConsultation) error {
	return f.DB.Write(ctx, "flow.ReplyToConsultation", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		at := -1
		for i, q := range c.Consultations {
			if q.ID == in.Consultation {
				at = i
			}
		}
		if at < 0 {
			return fault.NewNotFound("")
		}
		q := &c.Consultations[at]
		thing, err := f.caseThing(ctx, tx, actor, c)
		if err != nil {
			return err
		}
		thing.Consulted = []string{q.Organisation}
		if err := policy.Can(actor, policy.ConsultReply, thing); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) {
			return "", f.reply(ctx, tx, actor, c, q, in)
		})
		return err
	})
}

func (f *Flow) reply(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case, q *cases.Consultation, in ReplyToConsultation) error {
	switch {
	case in.Reply != "no_objection" && in.Reply != "objection" && in.Reply != "comment":
		return fault.NewInvalid("Choose whether you object")
	case in.Reply != "no_objection" && in.Text == "":
		return fault.NewInvalid("Give your reasons")
	case q.Reply != "" || !c.Open():
		return fault.NewConflict("This question is no longer open")
	}
	effects, err := process.Reply(ctx, c.Judged, c.Facts, q.Consultee, in.Reply, tx.Now())
	if err != nil {
		return err
	}
	q.Reply, q.RepliedBy, q.ReplyWords = in.Reply, actor.Person, cases.ReplyWords{Name: actor.Name, Text: in.Text}
	if err := f.Docket.Cases.ReplyTo(ctx, tx, c.Case, *q); err != nil {
		return err
	}
	event := cases.Event{Kind: cases.EventReplied, Actor: actor.Person, Action: q.Consultee, EventWords: cases.EventWords{Name: actor.Name, Text: in.Reply}}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
		return err
	}
	return f.follow(ctx, tx, c, effects)
}

// follow carries out what happened by itself. Where nothing did, the deadline and the clock stay as they are.
func (f *Flow) follow(ctx context.Context, tx *store.Tx, c *docket.Case, effects []process.Effects) error {
	if len(effects) == 0 {
		setTurn(c, tx.Now())
		return f.Docket.Cases.Update(ctx, tx, c.Case)
	}
	return f.carryOut(ctx, tx, c, effects, doer{})
}

// Represent is what a member of the public says about a case whose notice is open.
type Represent struct {
	Case    string
	Name    string
	Email   string
	Address []string
	Ground  string
	Text    string
	Key     string
}

// Represent stores it; it counts until an officer sets it aside.
func (f *Flow) Represent(ctx context.Context, actor policy.Actor, in Represent) (id string, err error) {
	err = f.DB.Write(ctx, "flow.Represent", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		if err := policy.Can(actor, policy.NoticeReply, c.Thing()); err != nil {
			return err
		}
		id, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return f.represent(ctx, tx, c, in) })
		return err
	})
	return id, err
}

func (f *Flow) represent(ctx context.Context, tx *store.Tx, c *docket.Case, in Represent) (string, error) {
	open, _, err := process.NoticeOpen(c.Judged, c.Facts, tx.Now())
	if err != nil {
		return "", err
	}
	if !open {
		return "", fault.NewConflict("The time for comments on this application is over")
	}
	known := len(c.Service.Notice.Grounds) == 0
	for _, g := range c.Service.Notice.Grounds {
		known = known || g.ID == in.Ground
	}
	fields := &fault.Fields{}
	if in.Name == "" {
		fields.Add("name", "Enter your name")
	}
	if len(in.Address) == 0 && in.Email == "" {
		fields.Add("address", "Enter your address or an email address")
	}
	if !known {
		fields.Add("ground", "Choose what your comment is about")
	}
	if in.Text == "" {
		fields.Add("text", "Write your comment")
	}
	if err := fields.Err(); err != nil {
		return "", err
	}
	r := &cases.Representation{Ground: in.Ground, RepresentationWords: cases.RepresentationWords{
		Name: in.Name, Email: in.Email, Address: in.Address, Text: in.Text}}
	if err := f.Docket.Cases.Represent(ctx, tx, c.ID, r); err != nil {
		return "", err
	}
	if err := f.Docket.Cases.Note(ctx, tx, c.Case, cases.Event{Kind: cases.EventRepresented, Action: in.Ground, EventWords: cases.EventWords{Ref: r.ID}}); err != nil {
		return "", err
	}
	effects, err := process.Represent(ctx, c.Judged, c.Facts, tx.Now())
	if err != nil {
		return "", err
	}
	return r.ID, f.follow(ctx, tx, c, effects)
}

// recount lets the machine look again at the number of representations that count.
func (f *Flow) recount(ctx context.Context, tx *store.Tx, c *docket.Case) error {
	n, err := f.Docket.Cases.CountRepresentations(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	c.Facts.Representations = n
	effects, err := process.Pass(ctx, c.Judged, c.Facts, tx.Now())
	if err != nil {
		return err
	}
	return f.follow(ctx, tx, c, effects)
}

// WeighRepresentation notes whether a representation counts (is relevant, not frivolous).
type WeighRepresentation struct {
	Case, Representation string
	Counts               bool
	Key                  string
}

// WeighRepresentation is an officer's work.
func (f *Flow) WeighRepresentation(ctx context.Context, actor policy.Actor, in WeighRepresentation) error {
	return f.DB.Write(ctx, "flow.WeighRepresentation", func(ctx context.Context, tx *store.Tx) error {
		c, err := f.Docket.Case(ctx, tx, in.Case)
		if err != nil {
			return missing(err)
		}
		if err := f.mayOn(ctx, tx, actor, policy.CaseWork, c); err != nil {
			return err
		}
		_, err = f.once(ctx, tx, actor, in.Key, in, func() (string, error) { return "", f.weigh(ctx, tx, actor, c, in) })
		return err
	})
}

func (f *Flow) weigh(ctx context.Context, tx *store.Tx, actor policy.Actor, c *docket.Case, in WeighRepresentation) error {
	all, err := f.Docket.Cases.Representations(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	counts := map[bool]string{true: "yes", false: "no"}[in.Counts]
	for _, r := range all {
		if r.ID != in.Representation {
			continue
		}
		if err := f.Docket.Cases.Weigh(ctx, tx, r.ID, counts); err != nil {
			return err
		}
		event := cases.Event{Kind: cases.EventNote, Actor: actor.Person, Action: "weighed-" + counts, EventWords: cases.EventWords{Name: actor.Name, Ref: r.ID}}
		if err := f.Docket.Cases.Note(ctx, tx, c.Case, event); err != nil {
			return err
		}
		return f.recount(ctx, tx, c)
	}
	return fault.NewNotFound("")
}
