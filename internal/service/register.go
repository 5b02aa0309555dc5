package service

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"stoa/internal/fault"
	"stoa/internal/money"
)

// longestField is how long a text of a register is without longest:.
const longestField = 1000

// Field finds a field by its id; nil if there is none.
func (r *Register) Field(id string) *RegisterField { return r.field(id) }

// TwoPersons reports whether a change of these fields takes another person's approval.
func (r *Register) TwoPersons(touched []string) bool {
	switch r.Correct {
	case "one":
		return false
	case "two":
		return true
	}
	return slices.ContainsFunc(r.Fields, func(f RegisterField) bool { return f.Personal != "" && slices.Contains(touched, f.ID) })
}

// Shared reports the other organisations that see some field of the register at the desk.
func (r *Register) Shared() (organisations []string) {
	for _, f := range r.Fields {
		for _, who := range f.See {
			if !slices.Contains(seeRoles, who) && !slices.Contains(organisations, who) {
				organisations = append(organisations, who)
			}
		}
	}
	return organisations
}

// seeRoles are the words of `see:` that are no organisation.
var seeRoles = []string{"reader", "officer", "supervisor"}

// Check holds the canonical texts of a whole record against its register: each field that is wrong, in the order of the
// file. Whether a reference leads somewhere is for those who hold the records.
func (r *Register) Check(fields map[string]string) (problems fault.Fields) {
	for i := range r.Fields {
		r.Fields[i].check(fields[r.Fields[i].ID], &problems)
	}
	return problems
}

// check says in a sentence what is wrong with a text of the field.
func (f *RegisterField) check(text string, problems *fault.Fields) {
	if text == "" {
		if f.Required {
			problems.Add(f.ID, "This must not be empty")
		}
		return
	}
	v, err := parseTyped(text, f.Type)
	if err != nil {
		problems.Add(f.ID, wantedText[f.Type])
		return
	}
	if n, is := v.(money.Decimal); is {
		f.checkBounds(n, problems)
		return
	}
	if f.Type != "text" {
		return
	}
	longest := f.Longest
	if longest == 0 {
		longest = longestField
	}
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		problems.Add(f.ID, "This contains characters that cannot be shown: type it again")
	case utf8.RuneCountInString(text) > longest:
		problems.Add(f.ID, "This must be {max} characters or shorter", "max", longest)
	case len(f.Choices) > 0 && f.Choice(text) == nil:
		problems.Add(f.ID, "Choose one of the answers offered")
	case f.Pattern != "" && !wholly(f.Pattern).MatchString(text):
		problems.Add(f.ID, "This is not in the right form: check it against the document it is on")
	}
}

func (f *RegisterField) checkBounds(n money.Decimal, problems *fault.Fields) {
	switch {
	case f.Min != nil && n.Cmp(*f.Min) < 0:
		problems.Add(f.ID, "This must be {min} or more", "min", f.Min.String())
	case f.Max != nil && n.Cmp(*f.Max) > 0:
		problems.Add(f.ID, "This must be {max} or less", "max", f.Max.String())
	}
}

// Choice finds the choice that has a value; nil if there is none.
func (f *RegisterField) Choice(value string) *OptionFile {
	for i := range f.Choices {
		if f.Choices[i].Value == value {
			return &f.Choices[i]
		}
	}
	return nil
}

// Reference is the register that the field refers to, and its key field; "" where it is the number.
func (f *RegisterField) Reference() (register, key string) {
	register, key, _ = strings.Cut(f.Refers, ".")
	return register, key
}

var fieldForms sync.Map // of pattern → *regexp.Regexp

// wholly is a pattern that was checked, for the whole of a text.
func wholly(pattern string) *regexp.Regexp {
	if re, ok := fieldForms.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(`^(?:` + pattern + `)$`)
	fieldForms.Store(pattern, re)
	return re
}

// Months returns how long a personal field is kept after the record ends; always reports that it is for ever.
func (p RegisterPrivacyFile) Months() (n int, always bool) {
	if p.Keep == keepAlways {
		return 0, true
	}
	return PrivacyFile{Keep: p.Keep}.Months(), false
}

const keepAlways = "always"
