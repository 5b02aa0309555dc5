package site

import (
	"net/http"
	"strconv"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// copyRoutes are the pages on which people order extracts and certified copies of what registers hold.
func (s *Site) copyRoutes() []web.Route {
	account := func(method, pattern string, do policy.Action, h web.Handler) web.Route {
		return web.Route{Method: method, Pattern: pattern, Area: web.Account, Action: do, Handle: h}
	}
	find := account("POST", "/registers/{register}/extract", policy.ExtractFind, s.findCopy)
	find.Codes = true // details can be guessed as codes can: not often
	return []web.Route{
		account("GET", "/registers/{register}/extract", policy.ExtractFind, s.findCopy), find,
		account("GET", "/account/records", policy.AccountOwn, s.ownRecords),
		account("GET", "/account/records/{record}/{extract}", policy.ExtractOrder, s.orderCopy),
		account("POST", "/account/records/{record}/{extract}", policy.ExtractOrder, s.orderCopy),
		account("GET", "/account/extracts/{extract}", policy.ExtractOwn, s.ownCopy),
		account("GET", "/account/extracts/{extract}/copy", policy.ExtractOwn, s.copyPage),
		account("GET", "/account/extracts/{extract}/pdf", policy.ExtractOwn, s.copyPDF),
		account("GET", "/account/extracts/{extract}/proof", policy.ExtractOwn, s.copyProof),
		account("POST", "/account/extracts/{extract}/pay", policy.BillOwn, s.payCopy),
		account("GET", "/account/extracts/{extract}/pay", policy.ExtractOwn, s.toCopy), // where changing the language leads
		account("POST", "/account/extracts/{extract}/drop", policy.ExtractOwn, s.dropCopy),
		account("GET", "/account/extracts/{extract}/drop", policy.ExtractOwn, s.toCopy),
		{Method: "GET", Pattern: "/verify/copies/{copy}", Area: web.Public, Action: policy.ExtractCheck, Handle: s.checkCopy, Current: true},
	}
}

// closedRegister is /registers/{register} of one without a public index: what can be asked of it, and by whom.
func (s *Site) closedRegister(w http.ResponseWriter, r *web.Request, p view.ClosedRegister) error {
	base := "/registers/" + p.ID
	g := page.Group{
		heading1(p.Organisation, p.Title), body(p.Summary), source(r.T("Kept under"), p.Law),
		page.InsetText{Text: r.T("This register is not public: nobody can leaf through it. Those who are named in an entry, and a few others, may have a copy of that entry.")},
		page.Button{Text: r.T("See what it holds about you"), Href: "/account/records"},
	}
	if len(p.Find) > 0 {
		g = append(g, page.Paragraph{HTML: page.LinkTo{Text: r.T("Ask for a copy of an entry by its details"), URL: base + "/extract"}})
	}
	g = append(g, h2(r.T("What you can ask for")))
	for _, x := range p.Extracts {
		g = append(g, h3(x.Title), para(x.Summary), copyFacts(r, x))
	}
	g = append(g, contactBlock(r.T("At our counter"), p.Contact))
	return r.Render(w, web.Page{Title: p.Title, Area: "registers", Content: column(g...), Crumbs: registerCrumbs(r)})
}

// copyFacts is what one should know of a copy before asking for it.
func copyFacts(r *web.Request, x view.ExtractLine) page.Component {
	row := func(label string, value page.Component) page.SummaryRow {
		return page.SummaryRow{Key: page.Cell{Text: label}, Value: page.Cell{HTML: value}}
	}
	list := page.SummaryList{Rows: []page.SummaryRow{row(r.T("Kind"), page.Text(x.Kind))}}
	if who := fewTexts(x.For); who != nil {
		list.Rows = append(list.Rows, row(r.T("Who may have it"), who))
	}
	if len(x.Shows) > 0 {
		list.Rows = append(list.Rows, row(r.T("What it shows"), page.Text(r.P.List(x.Shows))))
	}
	fee := page.Component(page.Text(r.T("Free")))
	if x.Fee != "" {
		fee = page.Group{page.ID(x.Fee), page.Text(" "), source("", x.FeeLaw)}
	}
	list.Rows = append(list.Rows, row(r.T("Fee"), fee),
		row(r.T("How you get it"), page.Text(r.P.N("On this site, to look at and to download for {n} day", "On this site, to look at and to download for {n} days", x.Keep, i18n.V{"n": x.Keep}))))
	if x.Law.Text != "" {
		list.Rows = append(list.Rows, row(r.T("Law"), source("", x.Law)))
	}
	return list
}

// fewTexts is one text as it is, and several below each other; nothing for none.
func fewTexts(texts []string) page.Component {
	switch len(texts) {
	case 0:
		return nil
	case 1:
		return page.Text(texts[0])
	}
	list := page.List{Plain: true}
	for _, t := range texts {
		list.Items = append(list.Items, page.Text(t))
	}
	return list
}

// findCopy is /registers/{register}/extract: a copy of an entry that one names by its details. Whoever may not have it hears
// the same whether there is such an entry or not.
func (s *Site) findCopy(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Civil().Copies(reader(r), r.PathValue("register"))
	if err != nil {
		return err
	}
	if len(p.Find) == 0 {
		return fault.NewNotFound("")
	}
	f := findForm{typed: map[string]string{}}
	if r.Method == http.MethodPost {
		done, err := s.tryFind(w, r, p, &f)
		if done || err != nil {
			return err
		}
	}
	title := r.T("Ask for a copy of an entry")
	fields := page.Group{}
	for _, field := range p.Find {
		fields = append(fields, f.field(r, field))
	}
	g := page.Group{summary(r, f.wrong), heading1(p.Title, title)}
	if f.nothing {
		g = append(g, page.StatusPanel{Label: r.T("Answer"), Status: r.T("We cannot give you a copy"), Tone: page.Neutral,
			Text: r.T("Either no entry has exactly these details, or you are not among those who may have a copy of it. We do not say which, to protect the people in the register."),
			HTML: body(r.T("If you think that you may have it, come to our counter and show who you are."))})
	}
	g = append(g, body(r.T("Give the details exactly as they are in the entry. We look whether you may have a copy, by the email address with which you have signed in.")),
		page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: append(fields, page.Button{Text: r.T("Search"), PreventDoubleClick: true})},
		contactBlock(r.T("At our counter"), p.Contact))
	return r.Render(w, web.Page{Title: title, Failed: len(f.wrong) > 0, Area: "account", Content: column(g...), Back: "/registers/" + p.ID, NoIndex: true})
}

// findForm is what was typed, and what came of it.
type findForm struct {
	typed   map[string]string
	wrong   []view.Problem
	nothing bool
}

func (s *Site) tryFind(w http.ResponseWriter, r *web.Request, p view.ClosedRegister, f *findForm) (done bool, err error) {
	if err := r.ReadForm(); err != nil {
		return false, err
	}
	in := flow.FindExtract{Register: p.ID, Details: map[string]string{}}
	for _, field := range p.Find {
		value := r.Field(field.ID)
		if field.Date {
			value = dayGiven(r, field.ID, f.typed)
		}
		f.typed[field.ID], in.Details[field.ID] = value, value
		if value == "" {
			anchor := field.ID
			if field.Date {
				anchor += "-day"
			}
			f.wrong = append(f.wrong, view.Problem{Anchor: anchor, Text: r.T("Enter this detail: {label}", i18n.V{"label": field.Label})})
		}
	}
	if len(f.wrong) > 0 {
		return false, nil
	}
	found, err := s.Flow.Civil().Find(r.Context(), r.Actor, in)
	if err != nil {
		return false, err
	}
	if f.nothing = len(found) == 0; f.nothing {
		return false, nil
	}
	return true, r.Redirect(w, "/account/records?found="+found[0]+"#r-"+found[0])
}

// dayGiven reads a date of three fields; "" for what is no day.
func dayGiven(r *web.Request, name string, typed map[string]string) string {
	var n [3]int
	for i, part := range []string{"-year", "-month", "-day"} {
		text := r.Field(name + part)
		typed[name+part] = text
		v, err := strconv.Atoi(latinDigits(text))
		if err != nil {
			return ""
		}
		n[i] = v
	}
	day, err := calendar.NewDate(n[0], time.Month(n[1]), n[2])
	if err != nil {
		return ""
	}
	return day.String()
}

// latinDigits are the digits of a number that was typed with those of Arabic.
func latinDigits(text string) string {
	out := []rune(text)
	for i, c := range out {
		if c >= '٠' && c <= '٩' {
			out[i] = '0' + c - '٠'
		}
	}
	return string(out)
}

func (f *findForm) field(r *web.Request, x view.FindField) page.Component {
	wrong := ""
	for _, p := range f.wrong {
		if p.Anchor == x.ID || p.Anchor == x.ID+"-day" {
			wrong = p.Text
		}
	}
	if x.Date {
		return page.DateInput{ID: x.ID, NamePrefix: x.ID, Values: f.typed, Hint: page.Hint{Text: r.T("For example, 27 3 2021")}, ErrorMessage: page.ErrorMessage{Text: wrong},
			Fieldset: page.Fieldset{Legend: page.Legend{Text: x.Label, Classes: "govuk-fieldset__legend--s"}}}
	}
	return page.Input{Name: x.ID, ID: x.ID, Value: f.typed[x.ID], Label: page.Label{Text: x.Label, Classes: "govuk-label--s"}, Classes: "govuk-input--width-20", ErrorMessage: page.ErrorMessage{Text: wrong}}
}

// ownRecords is /account/records: what the registers hold of the reader and theirs, and what they can have of it.
func (s *Site) ownRecords(w http.ResponseWriter, r *web.Request) error {
	p, err := s.View.Civil().Records(r.Context(), reader(r), r.Query("found"))
	if err != nil {
		return err
	}
	title := r.T("Records about you and yours")
	g := page.Group{heading1("", title), column(body(r.T("What our registers hold that names you by your email address, and what you can have of it.")))}
	if len(p.Records) == 0 {
		g = append(g, page.EmptyState{Heading: r.T("Nothing found"), Text: r.T("No entry names you by your email address. Entries from before we kept addresses do not: ask for them by their details, or at our counter."), Level: 2})
	}
	for _, rec := range p.Records {
		g = append(g, column(ownRecord(r, rec)))
	}
	if len(p.Orders) > 0 {
		g = append(g, h2(r.T("Copies you have ordered")), orderCards(r, p.Orders))
	}
	if len(p.Findable) > 0 {
		var links []page.Component
		for _, line := range p.Findable {
			links = append(links, page.Paragraph{HTML: page.LinkTo{Text: line.Title, URL: "/registers/" + line.ID + "/extract"}})
		}
		g = append(g, h2(r.T("Ask for an entry by its details")), page.Group(links))
	}
	return r.Render(w, web.Page{Title: title, Area: "account", Content: g, Back: "/account"})
}

func ownRecord(r *web.Request, rec view.RecordOfMine) page.Component {
	name := rec.Kind + " " + rec.Number
	list := page.SummaryList{}
	for _, f := range rec.Facts {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: f.Label}, Value: page.Cell{HTML: page.ID(f.Value)}})
	}
	if len(rec.As) > 0 {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: r.T("You are")}, Value: page.Cell{HTML: fewTexts(rec.As)}})
	}
	buttons := page.ButtonGroup{}
	for _, x := range rec.Extracts {
		text := r.T("{title} (free)", i18n.V{"title": x.Title})
		if x.Fee != "" {
			text = r.T("{title} ({fee})", i18n.V{"title": x.Title, "fee": x.Fee})
		}
		buttons = append(buttons, page.Button{Text: text, Href: "/account/records/" + rec.ID + "/" + x.ID, Classes: "govuk-button--secondary"})
	}
	g := page.Group{page.Heading{Text: name, ID: "r-" + rec.ID}, list, buttons}
	if rec.Wallet {
		g = append(g, postButton("/account/licences/"+rec.ID+"/wallet", r.NewKey(), nil, page.Button{Text: r.T("Add to your wallet"), Classes: "govuk-button--secondary", PreventDoubleClick: true}))
	}
	return g
}

func orderCards(r *web.Request, list []view.OrderLine) page.Component {
	var cards []page.ServiceCard
	for _, o := range list {
		cards = append(cards, page.ServiceCard{Title: o.Title, URL: "/account/extracts/" + o.ID, Text: o.Register, Level: 3, Tag: page.State(o.StateWord, copyTone(o.State)),
			Facts: []string{o.Number, r.T("Ordered {date}", i18n.V{"date": o.Ordered.Text})}})
	}
	return page.ServiceGrid{Cards: cards}
}

// copyTone is how an order stands, for the eye.
func copyTone(state string) page.Tone {
	switch state {
	case "issued":
		return page.Good
	case "waiting":
		return page.Caution
	case "refused":
		return page.Bad
	}
	return page.Neutral
}

// orderCopy is /account/records/{record}/{extract}: what will be made, what it costs, and why it is needed.
func (s *Site) orderCopy(w http.ResponseWriter, r *web.Request) error {
	record, id := r.PathValue("record"), r.PathValue("extract")
	p, err := s.View.Civil().Offer(r.Context(), reader(r), record, id)
	if err != nil {
		return err
	}
	var reason, problem string
	if r.Method == http.MethodPost {
		if err := r.ReadForm(); err != nil {
			return err
		}
		reason = r.Field("reason")
		order, err := s.Flow.Civil().Order(r.Context(), r.Actor, flow.OrderExtract{Record: record, Extract: id, Reason: reason, Key: r.Key()})
		if err == nil {
			return r.Redirect(w, "/account/extracts/"+order)
		}
		said, ok := r.Say(err, fault.Invalid, fault.Conflict)
		if !ok {
			return err
		}
		problem = said
	}
	var wrong []view.Problem
	if problem != "" {
		wrong = []view.Problem{{Anchor: "reason", Text: problem}}
	}
	button := r.T("Order, and continue to payment")
	if p.Extract.Fee == "" {
		button = r.T("Make the copy")
	}
	form := page.Group{}
	if p.Reason != "none" {
		label := r.T("Why you need it (optional)")
		if p.Reason == "required" {
			label = r.T("Why you need it")
		}
		form = append(form, page.Textarea{Name: "reason", ID: "reason", Value: reason, Rows: 3, Label: page.Label{Text: label, Classes: "govuk-label--s"},
			Hint: page.Hint{Text: r.T("The person concerned can read this.")}, ErrorMessage: page.ErrorMessage{Text: problem}})
	}
	if len(p.Facts) > 0 {
		p.Extract.Shows = nil // the facts are shown
	}
	p.Extract.For = nil
	g := page.Group{summary(r, wrong), heading1(p.Register, p.Extract.Title), para(p.Extract.Summary)}
	if len(p.Facts) > 0 {
		g = append(g, ownFacts(r, p))
	}
	g = append(g, copyFacts(r, p.Extract),
		page.InsetText{Text: r.T("You may have it as: {as}. Those named in the entry see in their account that you had a copy made.", i18n.V{"as": p.As})},
		page.Form{Action: r.URL.Path, Key: r.NewKey(), HTML: append(form, page.Button{Text: button, PreventDoubleClick: true})})
	return r.Render(w, web.Page{Title: p.Extract.Title, Failed: problem != "", Area: "account", Content: column(g...), Back: "/account/records"})
}

func ownFacts(r *web.Request, p view.ExtractOffer) page.Component {
	list := page.SummaryList{Rows: []page.SummaryRow{{Key: page.Cell{Text: r.T("Number of the entry")}, Value: page.Cell{HTML: page.ID(p.Number)}}}}
	for _, f := range p.Facts {
		list.Rows = append(list.Rows, page.SummaryRow{Key: page.Cell{Text: f.Label}, Value: page.Cell{HTML: page.ID(f.Value)}})
	}
	return page.Group{h2(r.T("The entry")), list}
}
