package process

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"stoa/internal/money"
	"stoa/internal/service"
)

// Default lengths of texts in characters, as the file format documents them.
const (
	longestText     = 200
	longestLongText = 4000
	largestFile     = 10 // megabytes
)

// largestNumber bounds what can be typed where the file sets no bound.
var largestNumber = money.NewDecimal(999_999_999_999_999)

// problem is what is wrong with one answer, before it is known where it stands.
type problem struct {
	key     string
	args    map[string]any
	parts   []string
	missing bool
}

func wrong(key string, args ...any) *problem {
	p := &problem{key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if p.args == nil {
			p.args = map[string]any{}
		}
		p.args[args[i].(string)] = args[i+1]
	}
	return p
}

// read turns what was typed for one question (not a group) into its answer. Both results are nil when
// nothing was typed. The error is an outside one: a register or the files cannot be asked.
func (s *Situation) read(ctx context.Context, q *service.Question, level *Typed) (any, *problem, error) {
	first := func(field string) string {
		if v := level.Fields[field]; len(v) > 0 {
			return typedValue(v[0])
		}
		return ""
	}
	switch q.Type {
	case typeDate:
		return readDateAnswer(first(q.ID+"-day"), first(q.ID+"-month"), first(q.ID+"-year"))
	case typeAddress:
		return readAddress(func(part string) string { return first(q.ID + "-" + part) })
	case typeManyOf:
		return readMany(q, level.Fields[q.ID])
	case typeLookup:
		return s.readPick(ctx, q, first(q.ID), first(q.ID+"-manual"))
	}
	typed := first(q.ID)
	if typed == "" {
		return nil, nil, nil
	}
	switch q.Type {
	case typeNumber, typeMoney:
		v, p := s.readAmount(q, typed)
		return v, p, nil
	case typeFile:
		return s.readFile(ctx, q, typed)
	}
	v, p := readWord(q, typed)
	return v, p, nil
}

func readDateAnswer(day, month, year string) (any, *problem, error) {
	if day == "" && month == "" && year == "" {
		return nil, nil, nil
	}
	d, parts, key := readDate(day, month, year)
	if key != "" {
		return nil, &problem{key: key, parts: parts}, nil
	}
	return d, nil, nil
}

// readWord reads the types with one field and no numbers.
func readWord(q *service.Question, typed string) (any, *problem) {
	text, ok := readText(typed, q.Type == typeLongText)
	if !ok && q.Type != typeLongText {
		text, ok = readText(oneLine(typed), false)
	}
	if !ok {
		return nil, wrong(msgCharacters)
	}
	switch q.Type {
	case typeYesNo:
		switch strings.ToLower(text) {
		case "yes", "true":
			return true, nil
		case "no", "false":
			return false, nil
		}
		return nil, wrong(msgChoiceGone)
	case typeOneOf:
		if !offers(q, text) {
			return nil, wrong(msgChoiceGone)
		}
		return text, nil
	case typeTime:
		if c, ok := readClock(text); ok {
			return c, nil
		}
		return nil, wrong(msgTime)
	case typeEmail:
		if e, ok := readEmail(text); ok {
			return e, nil
		}
		return nil, wrong(msgEmail)
	case typePhone:
		if n, ok := readPhone(text); ok {
			return n, nil
		}
		return nil, wrong(msgPhone)
	case typeIdentifier:
		return readIdentifier(q, text)
	}
	longest := q.Longest
	if longest == 0 {
		longest = longestText
		if q.Type == typeLongText {
			longest = longestLongText
		}
	}
	if utf8.RuneCountInString(text) > longest {
		return nil, wrong(msgLongest, "max", longest)
	}
	if q.Type == typeName {
		return Name{Full: oneLine(text)}, nil
	}
	return text, nil
}

func offers(q *service.Question, value string) bool {
	return slices.ContainsFunc(q.Options, func(o service.OptionFile) bool { return o.Value == value })
}

// readMany keeps the choices once each, in the order in which the file offers them.
func readMany(q *service.Question, typed []string) (any, *problem, error) {
	var chosen []string
	for _, v := range typed {
		if v = typedValue(v); v == "" {
			continue
		}
		if !offers(q, v) {
			return nil, wrong(msgChoiceGone), nil
		}
		chosen = append(chosen, v)
	}
	if len(chosen) == 0 {
		return nil, nil, nil
	}
	var list []string
	for _, o := range q.Options {
		if slices.Contains(chosen, o.Value) {
			list = append(list, o.Value)
		}
	}
	return list, nil, nil
}

// readAmount reads a number or an amount of money within its bounds.
func (s *Situation) readAmount(q *service.Question, typed string) (any, *problem) {
	currency := s.Service.Jurisdiction.File.Currency
	places := q.Places
	var d money.Decimal
	var ok bool
	if q.Type == typeMoney {
		if places, ok = minorDigits(currency); !ok {
			places = 2
		}
		if d, ok = readMoney(typed, currency); !ok {
			return nil, wrong(msgMoney, "example", money.Amount{Minor: 123450, Currency: currency})
		}
	} else if d, ok = readNumber(withoutUnit(q, typed)); !ok {
		return nil, wrong(msgNumber)
	}
	if d.Abs().Cmp(largestNumber) > 0 {
		return nil, wrong(msgMost, "max", largestNumber)
	}
	if r, err := d.Round(places, money.Down); err != nil || !r.Equal(d) {
		if places == 0 {
			return nil, wrong(msgWhole)
		}
		return nil, wrong(msgPlaces, "max", places)
	}
	bound := func(b money.Decimal) any {
		if q.Type == typeMoney {
			if a, err := money.FromDecimal(b, currency); err == nil {
				return a
			}
		}
		return b
	}
	if q.Min != nil && d.Cmp(*q.Min) < 0 {
		return nil, wrong(msgLeast, "min", bound(*q.Min))
	}
	if q.Max != nil && d.Cmp(*q.Max) > 0 {
		return nil, wrong(msgMost, "max", bound(*q.Max))
	}
	return d, nil
}

func minorDigits(currency string) (int, bool) {
	n, err := money.MinorDigits(currency)
	return n, err == nil
}

// withoutUnit forgives a unit typed behind the number, in any language of the file.
func withoutUnit(q *service.Question, typed string) string {
	for _, unit := range q.Unit.By {
		if len(typed) > len(unit) && unit != "" && strings.EqualFold(typed[len(typed)-len(unit):], unit) {
			return typed[:len(typed)-len(unit)]
		}
	}
	return typed
}

// readIdentifier takes the identifier as typed, or without the spaces and hyphens in it, or in
// capitals: the first of these that has the form the file asks for.
func readIdentifier(q *service.Question, typed string) (any, *problem) {
	text := oneLine(plainDigits(withoutMarks(typed)))
	if q.Pattern == "" {
		if utf8.RuneCountInString(text) > longestText {
			return nil, wrong(msgLongest, "max", longestText)
		}
		if !checksum(q.Checksum, text) {
			return nil, wrong(msgChecksum)
		}
		return text, nil
	}
	form, err := pattern(q)
	if err != nil {
		return nil, wrong(msgIdentifier)
	}
	bare := without(text, "-–.")
	for _, candidate := range []string{text, strings.ToUpper(text), bare, strings.ToUpper(bare)} {
		if !form.MatchString(candidate) {
			continue
		}
		if !checksum(q.Checksum, candidate) {
			return nil, wrong(msgChecksum)
		}
		return candidate, nil
	}
	return nil, wrong(msgIdentifier)
}

// patterns holds the compiled forms of identifiers by their text: as many as the files have.
var patterns sync.Map

// pattern compiles the form of an identifier for the whole string, once for each text.
func pattern(q *service.Question) (*regexp.Regexp, error) {
	if re, ok := patterns.Load(q.Pattern); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(`^(?:` + q.Pattern + `)$`)
	if err != nil {
		return nil, fmt.Errorf("compiling the pattern of %s: %w", q.Path, err)
	}
	patterns.Store(q.Pattern, re)
	return re, nil
}

func readAddress(part func(string) string) (any, *problem, error) {
	var a Address
	var missing []string
	typedAny := false
	for _, f := range []struct {
		name     string
		to       *string
		required bool
	}{{"line1", &a.Line1, true}, {"line2", &a.Line2, false}, {"town", &a.Town, true}, {"postcode", &a.Postcode, false}, {"country", &a.Country, false}} {
		typed := oneLine(part(f.name))
		text, ok := readText(typed, false)
		if !ok {
			return nil, &problem{key: msgCharacters, parts: []string{f.name}}, nil
		}
		if utf8.RuneCountInString(text) > longestText {
			return nil, &problem{key: msgLongest, args: map[string]any{"max": longestText}, parts: []string{f.name}}, nil
		}
		if text == "" && f.required {
			missing = append(missing, f.name)
		}
		typedAny = typedAny || text != ""
		*f.to = text
	}
	if !typedAny {
		return nil, nil, nil
	}
	if len(missing) > 0 {
		key := msgStreet
		if missing[0] == "town" {
			key = msgTown
		}
		return nil, &problem{key: key, parts: missing}, nil
	}
	a.Postcode = readPostcode(a.Postcode)
	return a, nil, nil
}

func (s *Situation) readPick(ctx context.Context, q *service.Question, key, manual string) (any, *problem, error) {
	if key != "" {
		if s.Pick == nil {
			return nil, wrong(msgPickGone), nil
		}
		p, found, err := s.Pick(ctx, q.Register, key)
		if err != nil {
			return nil, nil, fmt.Errorf("looking for the record %s is answered with: %w", q.Path, err)
		}
		if !found {
			return nil, wrong(msgPickGone), nil
		}
		return p, nil, nil
	}
	if manual == "" || !q.Manual {
		return nil, nil, nil
	}
	label, ok := readText(oneLine(manual), false)
	if !ok {
		return nil, wrong(msgCharacters), nil
	}
	if utf8.RuneCountInString(label) > longestText {
		return nil, wrong(msgLongest, "max", longestText), nil
	}
	return Pick{Label: label}, nil, nil
}

// fileKinds are the media types behind the words of `accept:`.
var fileKinds = map[string]string{"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}

func (s *Situation) readFile(ctx context.Context, q *service.Question, id string) (any, *problem, error) {
	if s.File == nil {
		return nil, wrong(msgFileGone), nil
	}
	f, found, err := s.File(ctx, id)
	if err != nil {
		return nil, nil, fmt.Errorf("looking for the file that answers %s: %w", q.Path, err)
	}
	if !found {
		return nil, wrong(msgFileGone), nil
	}
	if len(q.Accept) > 0 && !slices.ContainsFunc(q.Accept, func(kind string) bool { return fileKinds[kind] == f.Type }) {
		return nil, wrong(msgFileType, "kinds", q.Accept), nil
	}
	largest := q.Largest
	if largest == 0 {
		largest = largestFile
	}
	if f.Size > int64(largest)*1_000_000 {
		return nil, wrong(msgFileLargest, "max", Bytes(int64(largest)*1_000_000)), nil
	}
	return f, nil, nil
}
