package site

import (
	"net/http"

	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// known is a question to which a register may know the answer: what it knows to choose from, and below it the question as it is
// for anybody else.
func (f form) known(x view.Field) page.Component {
	if x.Knows == nil {
		return f.typed(x)
	}
	r, k := f.r, x.Knows
	own := f
	own.single = false
	plain := x
	if len(k.Options) == 0 {
		return page.Group{page.InsetText{Text: knownGone(r, *k)}, f.typed(x)}
	}
	var items []page.Choice
	for _, o := range k.Options {
		items = append(items, page.Choice{Value: o.Value, Text: r.T("Use this: {value}", i18n.V{"value": o.Label}), Hint: page.Hint{Text: o.Help}})
	}
	items = append(items,
		page.Choice{Value: "wrong", Text: r.T("This is wrong"), Hint: page.Hint{Text: r.T("We tell {keeper}, who keep the register. Type the right answer below.", i18n.V{"keeper": k.Keeper})}},
		page.Choice{Value: "own", Text: r.T("I would rather type it myself")})
	radios := page.Radios{Name: flow.KnownField(x.ID), Value: k.Choice, Items: items, Fieldset: f.fieldset(x), Hint: page.Hint{Text: r.T("We already know this. Check that it is right.")}}
	g := page.Group{}
	if k.Former != "" {
		g = append(g, page.InsetText{Text: knownGone(r, *k)})
	}
	g = append(g, radios)
	if k.Told {
		g = append(g, page.InsetText{Text: r.T("We have told {keeper} that the register is wrong. They answer by email.", i18n.V{"keeper": k.Keeper})})
	}
	plain.Ask, plain.Knows = r.T("Your own answer: {question}", i18n.V{"question": x.Short}), nil
	if plain.Help == "" && x.Type != "date" {
		plain.Help = r.T("Leave this empty if you use what we know.")
	}
	return append(g, own.typed(plain))
}

// knownGone says why there is nothing, or something else than before.
func knownGone(r *web.Request, k view.Knows) string {
	v := i18n.V{"register": k.Register, "value": k.Former}
	switch {
	case k.Former != "":
		return r.T("The {register} has changed since you used it here. It said: {value}", v)
	case k.Down:
		return r.T("We could not ask the {register} just now. Please type the answer.", v)
	}
	return r.T("The {register} has nothing about you. Please type the answer.", v)
}

// knownList is what is known before anything is asked, with a button that takes all of it.
func knownList(r *web.Request, t view.TaskList) page.Component {
	if len(t.Known) == 0 {
		return nil
	}
	list := page.SummaryList{Card: page.SummaryCard{Title: page.CardTitle{Text: r.T("We already know"), HeadingLevel: 2}}}
	open := false
	for _, k := range t.Known {
		for _, o := range k.Options {
			value := page.Group{page.Text(o.Label), page.Hint{Text: o.Help}}
			if k.Choice == o.Value {
				value = append(value, page.State(r.T("Used"), page.Good))
			}
			if k.Choice == "" || k.Choice == o.Value {
				list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: k.Question}, Value: page.Cell{HTML: value}})
			}
		}
		open = open || k.Choice == "" && len(k.Options) == 1
	}
	g := page.Group{list, body(r.T("Only you see this. You can use it, or type your own answers: each question says what we know. That we have looked is written down in your account."))}
	if !open {
		return g
	}
	return append(g, postButton("/apply/"+t.ID+"/known", r.NewKey(), nil, page.Button{Text: r.T("Use what you know"), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
}

// useKnown is POST /apply/{draft}/known: everything that is known, at once.
func (s *Site) useKnown(w http.ResponseWriter, r *web.Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	draft := r.PathValue("draft")
	if err := s.Flow.Known().UseAll(r.Context(), r.Actor, flow.UseKnown{Draft: draft}); err != nil {
		return err
	}
	return r.Redirect(w, "/apply/"+draft)
}

// knownChanged leads to the answers that registers have changed since they were seen.
func knownChanged(r *web.Request, a view.Answers) (list []view.Problem) {
	for _, c := range a.Cards {
		at := c.Page
		if c.Item != "" {
			at += "/" + c.Item
		}
		for _, row := range c.Rows {
			if row.Changed {
				list = append(list, view.Problem{Path: at, Text: r.T("{question}: what the register says has changed. Check it, then send again", i18n.V{"question": row.Label})})
			}
		}
	}
	return list
}
