package site

import (
	"slices"
	"strings"

	"stoa/internal/i18n"
	"stoa/internal/view"
	"stoa/internal/web"
	"stoa/internal/web/page"
)

// form is a page of questions with its address, for the controls that lead elsewhere.
type form struct {
	r      *web.Request
	base   string // address of the topic's page: items lie below it
	files  string // address below which the uploads lie
	single bool   // the only question's words are the page's heading
}

type groupWords struct{ add, change, remove, none, open string }

// controls are the fields of a page as components.
func (f form) controls(fields []view.Field) []page.Component {

	var list []page.Component
	if slices.ContainsFunc(fields, func(x view.Field) bool {
		return x.Type == "group" || x.Type == "lookup" || x.File != nil || x.Wallet != nil
	}) {
		list = append(list, enterKey())
	}
	for _, x := range fields {
		list = append(list, f.control(x))
	}
	return list
}

func (f form) size() string {
	if f.single {
		return "l"
	}
	return "m"
}

func (f form) ask(x view.Field) string {
	if x.Optional {
		return f.r.T("{question} (optional)", i18n.V{"question": x.Ask})
	}
	return x.Ask
}

func (f form) label(x view.Field) page.Label {
	return page.Label{Text: f.ask(x), Classes: "govuk-label--" + f.size(), IsPageHeading: f.single}
}

func (f form) fieldset(x view.Field) page.Fieldset {
	return page.Fieldset{Legend: page.Legend{Text: f.ask(x), Classes: "govuk-fieldset__legend--" + f.size(), IsPageHeading: f.single}}
}

func wrong(x view.Field) page.ErrorMessage { return page.ErrorMessage{Text: x.Error} }
func hint(x view.Field) page.Hint          { return page.Hint{Text: x.Help} }

// control is a question as a component, with what is known of it already.
func (f form) control(x view.Field) page.Component {
	switch {
	case x.Wallet != nil && x.Wallet.Shown != "":
		return f.shown(x)
	case x.Wallet != nil:
		return page.Group{f.known(x), f.fromWallet(x)}
	}
	return f.known(x)
}

// typed is a question to be answered by typing, by its type.
func (f form) typed(x view.Field) page.Component {
	switch x.Type {
	case "yes_no":
		return page.Radios{Name: x.ID, Value: x.Typed[x.ID], Items: page.YesNo(f.r.T("Yes"), f.r.T("No")), Fieldset: f.fieldset(x), Hint: hint(x), ErrorMessage: wrong(x), Classes: "govuk-radios--inline"}
	case "one_of":
		return page.Radios{Name: x.ID, Value: x.Typed[x.ID], Items: choices(x), Fieldset: f.fieldset(x), Hint: hint(x), ErrorMessage: wrong(x)}
	case "many_of":
		return page.Checkboxes{Name: x.ID, Values: x.Chosen, Items: choices(x), Fieldset: f.fieldset(x), Hint: f.chooseHint(x), ErrorMessage: wrong(x)}
	case "date":
		return f.date(x)
	case "address":
		return f.address(x)
	case "long_text":
		return f.longText(x)
	case "file":
		return f.file(x)
	case "lookup":
		return f.lookup(x)
	case "group":
		return f.group(x)
	}
	return f.line(x)
}

func choices(x view.Field) []page.Choice {
	var list []page.Choice
	for _, o := range x.Options {
		list = append(list, page.Choice{Value: o.Value, Text: o.Label, Hint: page.Hint{Text: o.Help}})
	}
	return list
}

func (f form) chooseHint(x view.Field) page.Hint {
	if x.Help != "" {
		return hint(x)
	}
	return page.Hint{Text: f.r.T("Select all that apply.")}
}

// line is a question answered on one line.
func (f form) line(x view.Field) page.Component {
	in := page.Input{Name: x.ID, Value: x.Typed[x.ID], Label: f.label(x), Hint: hint(x), ErrorMessage: wrong(x)}
	switch x.Type {
	case "name":
		in.Autocomplete, in.Spellcheck = "name", "false"
	case "email":
		in.Type, in.Autocomplete, in.Spellcheck, in.Autocapitalize = "email", "email", "false", "none"
	case "phone":
		in.Type, in.Autocomplete, in.Classes = "tel", "tel", "govuk-input--width-20"
	case "number":
		in.Inputmode, in.Classes, in.Spellcheck = "decimal", "govuk-input--width-10", "false"
		if x.Unit != "" {
			in.Suffix = page.Affix{Text: x.Unit}
		}
	case "money":
		in.Inputmode, in.Classes, in.Spellcheck = "decimal", "govuk-input--width-10", "false"
		in.Prefix = page.Affix{Text: f.currency()}
	case "time":
		in.Classes = "govuk-input--width-5"
		if x.Help == "" {
			in.Hint = page.Hint{Text: f.r.T("For example 18:30 or 6:30pm")}
		}
	case "identifier":
		in.Spellcheck, in.Autocapitalize, in.Classes = "false", "characters", "govuk-input--width-20"
	}
	return in
}

// currency is the sign that the reader's language writes beside an amount.
func (f form) currency() string {
	return strings.Trim(f.r.P.Money(0, f.r.Place.File.Currency), "0٠.,٫\u00a0 \u200f\u200e")
}

func (f form) longText(x view.Field) page.Component {
	most := x.Longest
	if most == 0 {
		most = 4000
	}
	return page.CharacterCount{Name: x.ID, Value: x.Typed[x.ID], MaxLength: most, Threshold: 50, Label: f.label(x), Hint: hint(x), ErrorMessage: wrong(x)}
}

func (f form) date(x view.Field) page.Component {
	h := hint(x)
	if h.Text == "" {
		h.Text = f.r.T("For example 27 3 2026")
	}
	items := []page.DateItem{{Name: "day"}, {Name: "month"}, {Name: "year"}}
	for i := range items {
		items[i].Error = slices.Contains(x.Wrong, items[i].Name)
	}
	return page.DateInput{ID: x.ID, NamePrefix: x.ID, Items: items, Values: x.Typed, Fieldset: f.fieldset(x), Hint: h, ErrorMessage: wrong(x)}
}

func (f form) address(x view.Field) page.Component {
	r := f.r
	part := func(name, label, autocomplete, classes string) page.Component {
		in := page.Input{Name: x.ID + "-" + name, Value: x.Typed[x.ID+"-"+name], Label: page.Label{Text: label}, Autocomplete: autocomplete, Classes: classes}
		if x.Error != "" && (len(x.Wrong) == 0 && name == "line1" || slices.Contains(x.Wrong, name)) {
			in.ErrorMessage = wrong(x)
		}
		return in
	}
	inputs := page.Group{
		part("line1", r.T("Building and street"), "address-line1", ""),
		part("line2", r.T("Second line (optional)"), "address-line2", ""),
		part("town", r.T("Town or city"), "address-level2", "govuk-!-width-two-thirds"),
		part("postcode", r.T("Postcode"), "postal-code", "govuk-input--width-10"),
		part("country", r.T("Country, if it is another one (optional)"), "country-name", "govuk-!-width-two-thirds"),
	}
	set := f.fieldset(x)
	if x.Help != "" {
		set.DescribedBy = x.ID + "-hint"
		inputs = append(page.Group{page.Hint{Text: x.Help, ID: x.ID + "-hint"}}, inputs...)
	}
	set.HTML = inputs
	return formGroup(set)
}

func (f form) file(x view.Field) page.Component {
	kinds := make([]string, len(x.Accept))
	types := make([]string, len(x.Accept))
	for i, k := range x.Accept {
		kinds[i], types[i] = strings.ToUpper(k), "."+k
		if k == "jpeg" {
			types[i] = ".jpg,.jpeg"
		}
	}
	about := f.r.T("{kinds}, up to {size}", i18n.V{"kinds": f.r.P.List(kinds), "size": f.r.P.FileSize(int64(x.Largest) * 1_000_000)})
	up := page.FileUpload{Name: x.ID, Label: f.label(x), Hint: page.Hint{Text: strings.TrimSpace(x.Help + " " + about)}, ErrorMessage: wrong(x)}
	if len(types) > 0 {
		up.Attributes = page.Attributes{"accept": strings.Join(types, ",")}
	}
	if x.File == nil {
		return up
	}
	remove := page.Button{Name: "do", Value: "remove-file:" + x.ID, Classes: "govuk-button--secondary", HTML: removeWords(f.r.T("Remove"), x.File.Name)}
	up.FormGroup.BeforeInput = page.Insert{HTML: fileNow(*x.File, f.files, remove)}
	up.Hint.Text += ". " + f.r.T("A new file replaces the one you have sent.")
	return up
}

// lookup finds a record of a register: words, a button, and what was found to choose from.
func (f form) lookup(x view.Field) page.Component {
	r := f.r
	var inside page.Group
	var items []page.Choice
	if x.Pick != nil {
		items = append(items, hitChoice(*x.Pick, true))
	}
	for _, h := range x.Hits {
		if x.Pick == nil || h.Key != x.Pick.Key {
			items = append(items, hitChoice(h, false))
		}
	}
	search := page.Input{Name: x.ID + "-find", ID: x.ID + "-find", Value: x.Searched, Label: page.Label{Text: r.T("Search by name, address or number")}, Autocomplete: "off", Spellcheck: "false"}
	if len(items) == 0 {
		search.ID = x.ID
		search.ErrorMessage = wrong(x)
	}
	inside = append(inside, search, page.Button{Name: "do", Value: "find:" + x.ID, Classes: "govuk-button--secondary", Text: r.T("Search")})
	if x.Searched != "" && len(x.Hits) == 0 {
		inside = append(inside, page.InsetText{Text: r.T("Nothing was found for “{words}”. Check the spelling, or try fewer words.", i18n.V{"words": x.Searched})})
	}
	if len(x.Hits) > 10 {
		inside = append(inside, page.InsetText{Text: r.T("More was found than can be shown. Type more words to narrow it down.")})
	}
	if len(items) > 0 {
		if x.Manual {
			items = append(items, page.Choice{Divider: r.T("or")}, page.Choice{Value: notListed, Text: r.T("It is not in the list")})
		}
		inside = append(inside, page.Radios{Name: x.ID, Items: items, ErrorMessage: wrong(x),
			Fieldset: page.Fieldset{Legend: page.Legend{Text: r.T("Choose one"), Classes: "govuk-fieldset__legend--s"}}})
	}
	if x.Manual {
		inside = append(inside, page.Input{Name: x.ID + "-manual", Value: x.Typed[x.ID+"-manual"], Label: page.Label{Text: r.T("If it is not in the list, type it here")}})
	}
	set := f.fieldset(x)
	if x.Help != "" {
		set.DescribedBy = x.ID + "-hint"
		inside = append(page.Group{page.Hint{Text: x.Help, ID: x.ID + "-hint"}}, inside...)
	}
	set.HTML = inside
	return formGroup(set)
}

func hitChoice(h view.Hit, chosen bool) page.Choice {
	return page.Choice{Value: h.Key, HTML: page.ID(h.Label), Hint: page.Hint{Text: strings.Join(h.Facts, " · ")}, Checked: chosen}
}

func (f form) group(x view.Field) page.Component {
	r := f.r
	words := groupWords{add: r.T("Add: {what}", i18n.V{"what": x.Each}), change: r.T("Change"), remove: r.T("Remove"), none: r.T("None added yet."), open: r.T("Not complete")}
	if len(x.Items) > 0 {
		words.add = r.T("Add another: {what}", i18n.V{"what": x.Each})
	}
	return formGroup(itemList(x, reader(r), f.base, words))
}
