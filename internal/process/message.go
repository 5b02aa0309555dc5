package process

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/service"
)

// What can be wrong with an answer. {question} is the question's short text, in lower case within an
// English sentence, or the whole question in quotation marks where it has no short text.
var (
	msgEnter       = i18n.Msg("Enter {question}")
	msgAnswer      = i18n.Msg("Choose an answer for {question}")
	msgChooseSome  = i18n.Msg("Choose at least one answer for {question}")
	msgUpload      = i18n.Msg("Upload {question}")
	msgPick        = i18n.Msg("Choose {question} from the list")
	msgPickGone    = i18n.Msg("What was chosen for {question} is no longer in the list: choose again")
	msgAddItem     = i18n.Msg("Add at least {min} to {question}")
	msgItemsMost   = i18n.Msg("{question} can have at most {max}: remove the others")
	msgChoiceGone  = i18n.Msg("Choose one of the answers offered for {question}")
	msgCharacters  = i18n.Msg("{question} contains characters that cannot be shown: type it again")
	msgNumber      = i18n.Msg("{question} must be a number, like 30")
	msgWhole       = i18n.Msg("{question} must be a whole number, like 30")
	msgMoney       = i18n.Msg("{question} must be an amount of money, like {example}")
	msgLeast       = i18n.Msg("{question} must be {min} or more")
	msgMost        = i18n.Msg("{question} must be {max} or less")
	msgDateReal    = i18n.Msg("{question} must be a real date, like 27 3 2026")
	msgDay         = i18n.Msg("{question} must include a day")
	msgMonth       = i18n.Msg("{question} must include a month")
	msgYear        = i18n.Msg("{question} must include a year")
	msgYearDigits  = i18n.Msg("The year of {question} must have 4 digits")
	msgTime        = i18n.Msg("{question} must be a time, like 18:30 or 6:30pm")
	msgEmail       = i18n.Msg("{question} must be an email address in the right form, like name@example.com")
	msgPhone       = i18n.Msg("{question} must be a telephone number, like 01632 960 001 or +44 808 157 0192")
	msgIdentifier  = i18n.Msg("{question} is not in the right form: check it against the document it is on")
	msgChecksum    = i18n.Msg("{question} has a wrong digit: check it against the document it is on")
	msgStreet      = i18n.Msg("{question} must include the first line, usually building and street")
	msgTown        = i18n.Msg("{question} must include a town or city")
	msgFileGone    = i18n.Msg("The file for {question} is no longer here: upload it again")
	msgFileType    = i18n.Msg("{question} must be a file of one of these kinds: {kinds}")
	msgFileLargest = i18n.Msg("{question} must be smaller than {max}")
	msgLongest     = "longest" // these two are counted: see Message
	msgPlaces      = "places"
)

var missingPart = map[string]string{"day": msgDay, "month": msgMonth, "year": msgYear}

// missingMessage is what a person must do for a question that is not answered.
func missingMessage(q *service.Question) string {
	switch q.Type {
	case typeYesNo, typeOneOf:
		return msgAnswer
	case typeManyOf:
		return msgChooseSome
	case typeFile:
		return msgUpload
	case typeLookup:
		if !q.Manual {
			return msgPick
		}
	}
	return msgEnter
}

// Bytes is a file size among the arguments of a message.
type Bytes int64

// Message says what is wrong in the reader's language: in the file's own words where it gives them.
func (e FieldError) Message(p *i18n.Printer) string {
	if len(e.Text.By) > 0 {
		return i18n.Text(e.Text.By).In(p.Tag(), e.fallback...)
	}
	v := i18n.V{"question": e.name(p)}
	for name, arg := range e.Args {
		v[name] = showArg(p, arg)
	}
	most, _ := e.Args["max"].(int) // set with the two keys that count
	switch e.Key {
	case msgLongest:
		return p.N("{question} must be {n} character or shorter", "{question} must be {n} characters or shorter", most, v)
	case msgPlaces:
		return p.N("{question} must have at most {n} digit after the decimal point", "{question} must have at most {n} digits after the decimal point", most, v)
	}
	return p.T(e.Key, v)
}

// name is the question within the sentence.
func (e FieldError) name(p *i18n.Printer) string {
	if e.Question == nil {
		return e.Path
	}
	short, found := i18n.Text(e.Question.Short.By).Pick(p.Tag(), e.fallback...)
	if short == "" || e.Question.Short.Pos == e.Question.Ask.Pos { // the default: the whole question
		return "“" + i18n.Text(e.Question.Ask.By).In(p.Tag(), e.fallback...) + "”"
	}
	if found == "en" && !strings.HasPrefix(e.Key, "{question}") && e.Key != msgLongest && e.Key != msgPlaces {
		return lowerFirst(short)
	}
	return short
}

// lowerFirst writes the first letter small, unless the word is written in capitals (VAT number).
func lowerFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[n:])
	if !unicode.IsUpper(first) || !unicode.IsLower(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[n:]
}

func showArg(p *i18n.Printer, arg any) any {
	switch a := arg.(type) {
	case money.Decimal:
		return p.Number(a.String())
	case money.Amount:
		return p.Money(a.Minor, a.Currency)
	case calendar.Date:
		return p.DateOf(dateYMD{a})
	case Bytes:
		return p.FileSize(int64(a))
	case []string:
		return p.List(a)
	case string, int, int64:
		return a
	}
	return fmt.Sprint(arg)
}

// dateYMD gives i18n a date in the form it asks for.
type dateYMD struct{ calendar.Date }

// YMD returns year, month and day.
func (d dateYMD) YMD() (int, time.Month, int) { return d.Year(), d.Month(), d.Day() }
