package process

import (
	"fmt"
	"slices"
	"strings"

	"stoa/internal/calendar"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// Words for answers.
var (
	wordYes = i18n.Msg("Yes")
	wordNo  = i18n.Msg("No")
)

// Words returns a text of the file in the reader's language, or in another rather than none.
func Words(p *i18n.Printer, s *service.Service, t service.Text) string {
	return i18n.Text(t.By).In(p.Tag(), s.Jurisdiction.File.Languages...)
}

// Show writes a value for the reader: typ is number, money, text, yes_no, date, time or a question's
// type. A missing value is "". The result is bare text: whoever puts it into a sentence isolates it.
func Show(p *i18n.Printer, s *service.Service, v rule.Value, typ string) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return p.T(wordYes)
		}
		return p.T(wordNo)
	case money.Decimal:
		if typ == typeMoney {
			if a, err := inMinorUnits(v, s.Jurisdiction.File.Currency); err == nil {
				return p.Money(a.Minor, a.Currency)
			}
		}
		return p.Number(v.String())
	case money.Amount:
		return p.Money(v.Minor, v.Currency)
	case calendar.Date:
		return p.DateOf(dateYMD{v})
	case calendar.Clock:
		return p.Time(v.Hour(), v.Minute())
	case []rule.Value:
		items := make([]string, len(v))
		for i := range v {
			items[i] = Show(p, s, v[i], typ)
		}
		return p.List(items)
	case map[string]rule.Value:
		return showRecord(p, s, v)
	}
	return fmt.Sprint(v)
}

// showRecord writes a record: by its label, as an address, or all its fields.
func showRecord(p *i18n.Printer, s *service.Service, rec map[string]rule.Value) string {
	if label, ok := rec["label"].(string); ok && label != "" {
		return label
	}
	keys := sortedKeys(rec)
	if _, ok := rec["lines"]; ok {
		keys = []string{"lines", "town", "postcode", "country"}
	}
	var parts []string
	for _, k := range keys {
		if text := Show(p, s, rec[k], valueType(rec[k])); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

// ShowAnswer writes an answer (as Answers holds it) for the reader, in lines. A group gives one line an
// item.
func ShowAnswer(p *i18n.Printer, s *service.Service, q *service.Question, answer any) []string {
	switch a := answer.(type) {
	case nil:
		return nil
	case string:
		if q.Type == typeOneOf {
			return []string{optionLabel(p, s, q, a)}
		}
		return strings.Split(a, "\n")
	case []string:
		lines := make([]string, len(a))
		for i, v := range a {
			lines[i] = optionLabel(p, s, q, v)
		}
		return lines
	case money.Decimal:
		text := Show(p, s, a, q.Type)
		if unit := Words(p, s, q.Unit); unit != "" {
			text += "\u00a0" + unit
		}
		return []string{text}
	case Name:
		return []string{a.Full}
	case Address:
		return slices.DeleteFunc([]string{a.Line1, a.Line2, a.Town, a.Postcode, a.Country}, func(l string) bool { return l == "" })
	case File:
		return []string{a.Name + " (" + p.FileSize(a.Size) + ")"}
	case Pick:
		return showPick(p, s, q, a)
	case []Item:
		var lines []string
		for _, it := range a {
			lines = append(lines, ItemTitle(p, s, q, it))
		}
		return lines
	}
	return []string{Show(p, s, answer, q.Type)}
}

func optionLabel(p *i18n.Printer, s *service.Service, q *service.Question, value string) string {
	for _, o := range q.Options {
		if o.Value == value {
			return Words(p, s, o.Label)
		}
	}
	return value
}

// showPick writes a record by its label and the fields that the file shows.
func showPick(p *i18n.Printer, s *service.Service, q *service.Question, a Pick) []string {
	lines := []string{a.Label}
	reg := s.Jurisdiction.Registers[q.Register]
	for _, id := range q.Show {
		v, ok := a.Fields[id]
		if !ok || v == nil || reg == nil {
			continue
		}
		for _, f := range reg.Fields {
			if text := Show(p, s, v, f.Type); f.ID == id && text != "" && text != a.Label {
				lines = append(lines, Words(p, s, f.Title)+": "+text)
			}
		}
	}
	return lines
}

// ItemTitle names an item of a group in lists: by its first answers of one line.
func ItemTitle(p *i18n.Printer, s *service.Service, q *service.Question, it Item) string {
	var parts []string
	for _, m := range q.Members {
		if a := it.Answers[m.ID]; a != nil && m.Type != typeGroup && m.Type != typeFile && m.Type != typeLongText && len(parts) < 2 {
			parts = append(parts, strings.Join(ShowAnswer(p, s, m, a), ", "))
		}
	}
	return p.List(parts)
}

// valueType is how to show a value of which nothing else is known.
func valueType(v rule.Value) string {
	switch v.(type) {
	case money.Decimal:
		return typeNumber
	case bool:
		return typeYesNo
	case calendar.Date:
		return typeDate
	case calendar.Clock:
		return typeTime
	}
	return typeText
}

// answerType is how to show what a rule looked at in an answer: the answer, or a part of it.
func answerType(q *service.Question, path string, v rule.Value) string {
	if Definition(path) == q.Path {
		return q.Type
	}
	return valueType(v)
}
