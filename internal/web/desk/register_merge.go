package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

func pairURL(register, a, b string) string {
	return "/desk/duplicates/" + url.PathEscape(register) + "/" + url.PathEscape(a) + "/" + url.PathEscape(b)
}
func mergeURL(id string) string { return "/desk/merges/" + url.PathEscape(id) }

// duplicates is /desk/registers/{register}/duplicates: what may be there twice, and what was proposed about it.
func (d *Desk) duplicates(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("register")
	refused := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Registers().SearchDuplicates(r.Context(), r.Actor, flow.SearchDuplicates{Register: id, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, registerURL(id, "/duplicates"))
		}
		said, ok := r.Say(err, fault.Conflict, fault.Invalid)
		if !ok {
			return err
		}
		refused = said
	}
	p, err := d.View.RegisterFiles().Duplicates(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	g := page.Group{}
	if refused != "" {
		g = append(g, page.WarningText{Text: refused})
	}
	g = append(g, page.Heading{Level: 1, Text: r.T("Entries that may be there twice"), Caption: p.Title})
	if !p.Possible {
		g = append(g, page.Paragraph{Text: r.T("The file of this register does not say by which fields two entries are told apart. Add alike: to its fields.")})
		return d.showRegister(w, r, id, p.Title, web.Page{Title: r.T("Entries that may be there twice"), Content: g})
	}
	g = append(g, page.Paragraph{Text: r.T("Entries are compared by: {fields}. A search only points at what people should look at: nothing is merged before two persons have said so.", i18n.V{"fields": r.P.List(p.ComparedBy)})})
	switch {
	case p.Searching:
		g = append(g, page.InsetText{HTML: page.Group{page.Text(r.T("A search is under way.") + " "), page.LinkTo{Text: r.T("Look again"), URL: registerURL(id, "/duplicates")}}})
	case p.Searched:
		g = append(g, page.Paragraph{HTML: r.P.H("{n} entries were compared at {at}.", i18n.V{"n": page.ID(count(r.P, p.Records)), "at": instant(p.At)})})
	}
	if !p.Searching {
		g = append(g, page.Form{Action: registerURL(id, "/duplicates"), Key: r.NewKey(), HTML: page.Button{Text: r.T("Search now"), Classes: "govuk-button--secondary", PreventDoubleClick: true}})
	}
	g = append(g, mergeTable(r, r.T("Proposals that wait for another person"), p.Waiting), pairTable(r, p), mergeTable(r, r.T("Merged last"), p.Done))
	return d.showRegister(w, r, id, p.Title, web.Page{Title: r.T("Entries that may be there twice"), Content: g})
}

func pairTable(r *web.Request, p view.DuplicatesPage) page.Component {
	t := page.QueueTable{Caption: r.T("Pairs to look at"), Stack: true, Empty: page.EmptyState{Heading: r.T("No pair is open")},
		Columns: []page.Column{{Text: r.T("Entries")}, {Text: r.T("How likely")}, {Text: r.T("Why")}}}
	for _, x := range p.Pairs {
		tone := map[string]page.Tone{"good": page.Caution, "info": page.Info}[x.Level]
		if tone == "" {
			tone = page.Neutral
		}
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(both(r, x), pairURL(p.ID, x.A, x.B), "")}, {HTML: page.State(x.How, tone)}, {Text: r.P.List(x.Why)}}})
	}
	g := page.Group{t}
	if p.More {
		g = append(g, page.Paragraph{Text: r.T("There are more than are shown here.")})
	}
	return g
}

func both(r *web.Request, x view.PairLine) string {
	return r.T("{a} and {b}", i18n.V{"a": entryName(x.NameA, x.NumberA), "b": entryName(x.NameB, x.NumberB)})
}

func entryName(name, number string) string {
	if name == "" || name == number {
		return number
	}
	return name + " (" + number + ")"
}

func mergeTable(r *web.Request, caption string, list []view.MergeLine) page.Component {
	if len(list) == 0 {
		return nil
	}
	t := page.QueueTable{Caption: caption, Stack: true, Columns: []page.Column{{Text: r.T("Entries")}, {Text: r.T("Proposed")}, {Text: r.T("By")}}}
	for _, m := range list {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{HTML: moneyLink(r.T("{ended} into {kept}", i18n.V{"ended": m.Ended, "kept": m.Kept}), mergeURL(m.ID), "")}, {HTML: instant(m.At)}, {Text: m.By}}})
	}
	return t
}

// pair is /desk/duplicates/{register}/{a}/{b}: two entries side by side.
func (d *Desk) pair(w http.ResponseWriter, r *web.Request) error {
	register, a, b := r.PathValue("register"), r.PathValue("a"), r.PathValue("b")
	refused := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		to, err := d.actOnPair(r, register, a, b)
		if err == nil {
			return r.Redirect(w, to)
		}
		said, ok := r.Say(err, fault.Conflict, fault.Invalid)
		if !ok {
			return err
		}
		refused = said
	}
	p, err := d.View.RegisterFiles().Pair(r.Context(), reader(r), register, a, b)
	if err != nil {
		return err
	}
	g := page.Group{}
	if refused != "" {
		g = append(g, page.WarningText{Text: refused})
	}
	g = append(g, page.Heading{Level: 1, Text: r.T("Are these two the same?"), Caption: p.Title}, page.Paragraph{Text: r.T("Compare them. If they are the same, choose which entry goes on and what it says; the other one ends and points to it.")},
		pairForm(r, p),
		page.Form{Action: pairURL(register, a, b), Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "do", Value: "apart"}, page.Button{Text: r.T("They are not the same"), Classes: "govuk-button--secondary", PreventDoubleClick: true}}})
	answer := web.Page{Title: r.T("Are these two the same?"), Content: g, Back: registerURL(register, "/duplicates")}
	if refused != "" {
		answer.Status = http.StatusConflict
	}
	return d.showRegister(w, r, register, p.Title, answer)
}

func (d *Desk) actOnPair(r *web.Request, register, a, b string) (to string, err error) {
	if r.Field("do") == "apart" {
		return registerURL(register, "/duplicates"), d.Flow.Registers().NotSame(r.Context(), r.Actor, flow.NotSame{Register: register, A: a, B: b, Key: r.Key()})
	}
	in := flow.ProposeMerge{Register: register, Kept: a, Ended: b, Versions: [2]int64{formNumber(r, "version_a"), formNumber(r, "version_b")}, Choose: map[string]string{}, Key: r.Key()}
	switch r.Field("kept") {
	case "a":
	case "b":
		in.Kept, in.Ended = b, a
		in.Versions[0], in.Versions[1] = in.Versions[1], in.Versions[0]
	default:
		return "", fault.NewInvalid("Choose which entry goes on")
	}
	for name, values := range r.PostForm {
		if field, ok := strings.CutPrefix(name, "field."); ok && len(values) > 0 && values[0] != r.Field("kept") {
			in.Choose[field] = "ended"
		}
	}
	id, err := d.Flow.Registers().ProposeMerge(r.Context(), r.Actor, in)
	return mergeURL(id), err
}

func formNumber(r *web.Request, name string) int64 {
	n, err := strconv.ParseInt(r.Field(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func pairForm(r *web.Request, p view.PairPage) page.Component {
	t := page.QueueTable{Caption: r.T("Side by side"), Stack: true, Columns: []page.Column{{Text: r.T("Field")}, {Text: p.NumberA}, {Text: p.NumberB}, {Text: r.T("Compared")}}}
	for _, row := range p.Rows {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: row.Title}, {HTML: page.ID(row.A)}, {HTML: page.ID(row.B)}, {Text: row.Found}}})
	}
	g := page.Group{page.Hidden{Name: "do", Value: "propose"}, page.Hidden{Name: "version_a", Value: strconv.FormatInt(p.Versions[0], 10)}, page.Hidden{Name: "version_b", Value: strconv.FormatInt(p.Versions[1], 10)}}
	kept := page.Radios{Name: "kept", Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Which entry goes on?"), Classes: "govuk-fieldset__legend--m"}}, Classes: "govuk-radios--small"}
	if p.CanEnd[1] {
		kept.Items = append(kept.Items, page.Choice{Value: "a", Text: entryName(p.NameA, p.NumberA)})
	}
	if p.CanEnd[0] {
		kept.Items = append(kept.Items, page.Choice{Value: "b", Text: entryName(p.NameB, p.NumberB)})
	}
	g = append(g, kept)
	for _, row := range p.Rows {
		if !row.Differs {
			continue
		}
		none := r.T("Nothing")
		text := func(s string) string {
			if s == "" {
				return none
			}
			return s
		}
		value := "a"
		if row.A == "" {
			value = "b"
		}
		g = append(g, page.Radios{Name: "field." + row.Field, Value: value, Classes: "govuk-radios--small", Fieldset: page.Fieldset{Legend: page.Legend{Text: row.Title, Classes: "govuk-fieldset__legend--s"}},
			Items: []page.Choice{{Value: "a", Text: text(row.A), Hint: page.Hint{Text: p.NumberA}}, {Value: "b", Text: text(row.B), Hint: page.Hint{Text: p.NumberB}}}})
	}
	g = append(g, page.Button{Text: r.T("Propose to merge"), PreventDoubleClick: true})
	if len(kept.Items) == 0 {
		return page.Group{t, page.InsetText{Text: r.T("Both are licences that were issued on an application: neither can end in the other.")}}
	}
	return page.Group{t, page.Form{Action: pairURL(p.Register, p.A, p.B), Key: r.NewKey(), HTML: g}}
}

// merge is /desk/merges/{merge}: a proposal, and what another person says to it.
func (d *Desk) merge(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("merge")
	refused := ""
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		err := d.Flow.Registers().DecideMerge(r.Context(), r.Actor, flow.DecideMerge{Merge: id, Version: version(r), Do: r.Field("do"), Key: r.Key()})
		if err == nil {
			return r.Redirect(w, mergeURL(id))
		}
		said, ok := r.Say(err, fault.Conflict, fault.Invalid, fault.Forbidden)
		if !ok {
			return err
		}
		refused = said
	}
	p, err := d.View.RegisterFiles().Merge(r.Context(), reader(r), id)
	if err != nil {
		return err
	}
	g := page.Group{}
	if refused != "" {
		g = append(g, page.WarningText{Text: refused})
	}
	title := r.T("{ended} into {kept}", i18n.V{"ended": entryName(p.EndedLabel, p.Ended), "kept": entryName(p.KeptLabel, p.Kept)})
	t := page.QueueTable{Caption: r.T("What the entry will say"), Stack: true, Columns: []page.Column{{Text: r.T("Field")}, {Text: p.Kept}, {Text: p.Ended}, {Text: r.T("Then")}}}
	for _, row := range p.Rows {
		t.Rows = append(t.Rows, page.QueueRow{Cells: []page.Cell{{Text: row.Title}, {HTML: page.ID(row.Kept)}, {HTML: page.ID(row.Ended)}, {HTML: page.ID(row.Will)}}})
	}
	g = append(g, page.Heading{Level: 1, Text: title, Caption: p.Title}, mergeStatus(r, p), t, mergeActions(r, p))
	answer := web.Page{Title: title, Content: g, Back: registerURL(p.Register, "/duplicates")}
	if refused != "" {
		answer.Status = http.StatusConflict
	}
	return d.showRegister(w, r, p.Register, p.Title, answer)
}

func mergeStatus(r *web.Request, p view.MergePage) page.Component {
	s := page.StatusPanel{Label: r.T("State"), Tone: page.Neutral}
	switch p.State {
	case view.MergeProposed:
		s.Status, s.Tone = r.T("Proposed"), page.Caution
		if p.Own {
			s.Text = r.T("You proposed it: another person, a supervisor, must agree.")
		} else {
			s.Text = r.T("{name} proposed it. Another person, a supervisor, must agree.", i18n.V{"name": p.By})
		}
	case view.MergeDone:
		s.Status, s.Tone = r.T("Merged"), page.Good
		s.Text = r.T("Agreed by {name}. It can be taken back while nobody has changed either entry since.", i18n.V{"name": p.DecidedBy})
	case view.MergeUndone:
		s.Status = r.T("Taken back")
	default:
		s.Status = r.T("Refused")
	}
	return s
}

func mergeActions(r *web.Request, p view.MergePage) page.Component {
	var g page.Group
	act := func(do, text, classes string) {
		g = append(g, page.Form{Action: mergeURL(p.ID), Key: r.NewKey(), HTML: page.Group{page.Hidden{Name: "do", Value: do},
			page.Hidden{Name: "version", Value: strconv.FormatInt(p.Version, 10)}, page.Button{Text: text, Classes: classes, PreventDoubleClick: true}}})
	}
	if p.CanDecide {
		act("agree", r.T("Agree and merge"), "")
	}
	if p.CanEnd {
		act("refuse", r.T("Refuse"), "govuk-button--secondary")
	}
	if p.CanUndo {
		act("undo", r.T("Take it back"), "govuk-button--warning")
	}
	return g
}
