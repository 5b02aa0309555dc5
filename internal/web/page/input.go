package page

import (
	"context"
	"io"
	"strconv"
	"strings"
)

// Input asks for one line of text.
type Input struct {
	Name           string
	ID             string // Name when empty
	Type           string // "text" when empty
	Value          string
	Label          Label
	Hint           Hint
	ErrorMessage   ErrorMessage
	Prefix, Suffix Affix
	InputWrapper   Wrapper
	FormGroup      FormGroup
	Classes        string
	Autocomplete   string // WCAG 1.3.5: say what the field holds
	Autocapitalize string
	Inputmode      string
	Pattern        string
	Spellcheck     string // "true" or "false"
	DescribedBy    string
	Disabled       bool
	Attributes     Attributes
}

// Affix is a unit before or after the field, hidden from screen readers: the
// label must say it too.
type Affix struct {
	Text       string
	HTML       Component
	Classes    string
	Attributes Attributes
}

// Wrapper is the row of field and affixes.
type Wrapper struct {
	Classes    string
	Attributes Attributes
}

// Textarea asks for several lines of text.
type Textarea struct {
	Name         string
	ID           string // Name when empty
	Value        string
	Rows         int // 5 when zero
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Classes      string
	Autocomplete string
	Spellcheck   string // "true" or "false"
	DescribedBy  string
	Disabled     bool
	Attributes   Attributes
}

// CharacterCount is a textarea that says how much more fits. The server
// checks the limit; the script only counts.
type CharacterCount struct {
	Name                    string
	ID                      string // Name when empty
	Value                   string
	Rows                    int
	MaxLength, MaxWords     int // one of the two
	Threshold               int // percentage from which the count shows
	CountType               string
	TextareaDescriptionText string // instead of Words.UpToCharacters
	Label                   Label
	Hint                    Hint
	ErrorMessage            ErrorMessage
	FormGroup               FormGroup
	CountMessage            CountMessage
	Classes                 string
	Spellcheck              string
	Attributes              Attributes

	CharactersUnderLimitText, CharactersOverLimitText map[string]string
	WordsUnderLimitText, WordsOverLimitText           map[string]string
	CharactersAtLimitText, WordsAtLimitText           string
}

// CountMessage styles the line under a character count.
type CountMessage struct{ Classes string }

// PasswordInput asks for a password, with a button to show it.
type PasswordInput struct {
	Name         string
	ID           string // Name when empty
	Value        string
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Button       Wrapper
	Classes      string
	Autocomplete string // "current-password" when empty
	DescribedBy  string
	Disabled     bool
	Attributes   Attributes

	ShowPasswordText, HidePasswordText                        string
	ShowPasswordAriaLabelText, HidePasswordAriaLabelText      string
	PasswordShownAnnouncementText, PasswordHiddenAnnouncement string
}

// Select offers a list to choose one from. Radios serve most people better.
type Select struct {
	Name         string
	ID           string // Name when empty
	Value        string // the chosen one
	Items        []Option
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Classes      string
	DescribedBy  string
	Disabled     bool
	Attributes   Attributes
}

// Option is one entry of a select.
type Option struct {
	Value              string // the text when NoValue
	Text               string
	Selected, Disabled bool
	NoValue            bool // print no value attribute
	Attributes         Attributes
}

func (o Option) chosen(value string) bool {
	own := o.Value
	if o.NoValue {
		own = o.Text
	}
	return o.Selected || value != "" && own == value
}

// FileUpload asks for a file.
type FileUpload struct {
	Name         string
	ID           string // Name when empty
	Label        Label
	Hint         Hint
	ErrorMessage ErrorMessage
	FormGroup    FormGroup
	Classes      string
	DescribedBy  string
	Multiple     bool
	Disabled     bool
	Attributes   Attributes // "accept" goes here
}

// Render prints the field.
func (p Input) Render(ctx context.Context, w io.Writer) error { return input(p).Render(ctx, w) }

// Render prints the field.
func (p Textarea) Render(ctx context.Context, w io.Writer) error { return textarea(p).Render(ctx, w) }

// Render prints the field.
func (p Select) Render(ctx context.Context, w io.Writer) error { return selectField(p).Render(ctx, w) }

// Render prints the field.
func (p FileUpload) Render(ctx context.Context, w io.Writer) error {
	return fileUpload(p).Render(ctx, w)
}

// Render prints the field with its count message.
func (p CharacterCount) Render(ctx context.Context, w io.Writer) error {
	id := either(p.ID, p.Name)
	word := words(ctx)
	text := either(p.TextareaDescriptionText, word.UpToCharacters)
	if p.TextareaDescriptionText == "" && p.countsWords() {
		text = word.UpToWords
	}
	group := p.FormGroup
	group.Classes = classes("govuk-character-count", group.Classes)
	group.Attributes = merge(p.dataAttributes(word), group.Attributes)
	message := Hint{ID: id + "-info", Classes: classes("govuk-character-count__message", p.CountMessage.Classes)}
	if limit := either(p.MaxWords, p.MaxLength); limit > 0 {
		message.Text = strings.NewReplacer("{limit}", strconv.Itoa(limit), "%{count}", strconv.Itoa(limit)).Replace(text)
	}
	group.AfterInput = Insert{HTML: Group{message, insert(group.AfterInput)}}
	return textarea(Textarea{
		Name: p.Name, ID: id, Value: p.Value, Rows: p.Rows, Spellcheck: p.Spellcheck,
		Label: p.Label, Hint: p.Hint, ErrorMessage: p.ErrorMessage, FormGroup: group,
		Classes:     classes("govuk-js-character-count", p.Classes),
		DescribedBy: id + "-info", Attributes: p.Attributes,
	}).Render(ctx, w)
}

func (p CharacterCount) countsWords() bool {
	return p.CountType == "words" || p.CountType == "" && p.MaxWords > 0
}

// dataAttributes tell the script its limit and its language.
func (p CharacterCount) dataAttributes(word *Words) Attributes {
	a := Attributes{"data-module": "govuk-character-count"}
	number := func(name string, n int) {
		if n > 0 {
			a[name] = strconv.Itoa(n)
		}
	}
	number("data-maxlength", p.MaxLength)
	number("data-maxwords", p.MaxWords)
	number("data-threshold", p.Threshold)
	if p.MaxWords > 0 || p.CountType != "" {
		a["data-count-type"] = either(p.CountType, "words")
	}
	if p.MaxWords == 0 && p.MaxLength == 0 && p.TextareaDescriptionText != "" {
		a["data-i18n.textarea-description.other"] = p.TextareaDescriptionText
	}
	plural := func(key string, own, general map[string]string) {
		if own == nil {
			own = general
		}
		for rule, text := range own {
			a["data-i18n."+key+"."+rule] = text
		}
	}
	single := func(key, text string) {
		if text != "" {
			a["data-i18n."+key] = text
		}
	}
	plural("characters-under-limit", p.CharactersUnderLimitText, word.Count.CharactersUnder)
	plural("characters-over-limit", p.CharactersOverLimitText, word.Count.CharactersOver)
	plural("words-under-limit", p.WordsUnderLimitText, word.Count.WordsUnder)
	plural("words-over-limit", p.WordsOverLimitText, word.Count.WordsOver)
	single("characters-at-limit", either(p.CharactersAtLimitText, word.Count.CharactersAt))
	single("words-at-limit", either(p.WordsAtLimitText, word.Count.WordsAt))
	return a
}

// Render prints the field with its show button.
func (p PasswordInput) Render(ctx context.Context, w io.Writer) error {
	id := either(p.ID, p.Name)
	word := words(ctx)
	show, showLabel := either(p.ShowPasswordText, word.ShowPassword), either(p.ShowPasswordAriaLabelText, word.ShowPasswordLabel)
	own := Attributes{"data-module": "govuk-password-input"}
	say := func(key, given, spoken, english string) {
		if text := either(given, spoken); given != "" || text != english {
			own["data-i18n."+key] = text
		}
	}
	say("show-password", p.ShowPasswordText, word.ShowPassword, English.ShowPassword)
	say("hide-password", p.HidePasswordText, word.HidePassword, English.HidePassword)
	say("show-password-aria-label", p.ShowPasswordAriaLabelText, word.ShowPasswordLabel, English.ShowPasswordLabel)
	say("hide-password-aria-label", p.HidePasswordAriaLabelText, word.HidePasswordLabel, English.HidePasswordLabel)
	say("password-shown-announcement", p.PasswordShownAnnouncementText, word.PasswordShown, English.PasswordShown)
	say("password-hidden-announcement", p.PasswordHiddenAnnouncement, word.PasswordHidden, English.PasswordHidden)
	button := Button{
		Type: "button", Text: show,
		Classes:    classes("govuk-button--secondary govuk-password-input__toggle govuk-js-password-input-toggle", p.Button.Classes),
		Attributes: Attributes{"aria-controls": id, "aria-label": showLabel, "hidden": true},
	}
	group := p.FormGroup
	group.Classes = classes("govuk-password-input", group.Classes)
	group.Attributes = merge(own, group.Attributes)
	group.AfterInput = Insert{HTML: Group{button, insert(group.AfterInput)}}
	return input(Input{
		Name: p.Name, ID: id, Type: "password", Value: p.Value, Disabled: p.Disabled,
		Label: p.Label, Hint: p.Hint, ErrorMessage: p.ErrorMessage, FormGroup: group,
		InputWrapper: Wrapper{Classes: "govuk-password-input__wrapper"},
		Classes:      classes("govuk-password-input__input govuk-js-password-input-input", p.Classes),
		Spellcheck:   "false", Autocapitalize: "none", Autocomplete: either(p.Autocomplete, "current-password"),
		DescribedBy: p.DescribedBy, Attributes: p.Attributes,
	}).Render(ctx, w)
}

// merge adds to own what is given beside it.
func merge(own, given Attributes) Attributes {
	for k, v := range given {
		own[k] = v
	}
	return own
}
