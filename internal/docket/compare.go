package docket

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"stoa/internal/cases"
	"stoa/internal/hint"
	"stoa/internal/money"
	"stoa/internal/precedent"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/store"
)

// Precedent is what of a case can be held against others of its service: what was chosen and counted, outside groups.
func (c *Case) Precedent() precedent.Case {
	p := precedent.Case{ID: c.ID, Outcome: c.Ending, Answers: map[string]precedent.Answer{}}
	for _, q := range c.Service.Questions {
		if q.Parent != nil {
			continue
		}
		switch a := c.Judged.Answers[q.ID].(type) {
		case bool:
			p.Answers[q.ID] = precedent.Answer{Words: []string{strconv.FormatBool(a)}}
		case string:
			if q.Type == "one_of" {
				p.Answers[q.ID] = precedent.Answer{Words: []string{a}}
			}
		case []string:
			p.Answers[q.ID] = precedent.Answer{Words: slices.Sorted(slices.Values(a))}
		case money.Decimal:
			p.Answers[q.ID] = precedent.Answer{Number: float(a), Counts: true}
		}
	}
	return p
}

func float(d money.Decimal) float64 {
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil {
		return 0 // a decimal always reads
	}
	return f
}

// ToCompare is what of a case is compared with other persons' cases. An answer that rests on a consent is not.
func (d *Docket) ToCompare(ctx context.Context, tx *store.Tx, c *Case) (hint.Case, error) {
	h := hint.Case{ID: c.ID, Person: c.Person, Subject: c.Subject, Organisation: c.Organisation, Service: c.Case.Service, Language: c.Language, At: c.Submitted}
	var walk func(questions []*service.Question, a process.Answers, place string) error
	walk = func(questions []*service.Question, a process.Answers, place string) error {
		for _, q := range questions {
			if c.Service.Privacy[q.Personal].Consent != "" {
				continue
			}
			if items, ok := a[q.ID].([]process.Item); ok {
				for _, i := range items {
					if err := walk(q.Members, i.Answers, q.ID+"."); err != nil {
						return err
					}
				}
				continue
			}
			kind, value, err := d.compared(ctx, tx, q, a[q.ID])
			if err != nil {
				return err
			}
			switch {
			case value != "":
				h.Marks = append(h.Marks, hint.Mark{Kind: kind, Question: place + q.ID, Value: value})
			case place == "" && (q.Type == "money" || q.Type == "number"):
				if n, ok := a[q.ID].(money.Decimal); ok {
					h.Amounts = append(h.Amounts, hint.Amount{Question: q.ID, Value: float(n)})
				}
			}
		}
		return nil
	}
	for _, p := range c.Service.Pages {
		if err := walk(p.Questions, c.Judged.Answers, ""); err != nil {
			return h, err
		}
	}
	return h, nil
}

// compared is the kind and normal form of an answer by which people can be the same; "" for other answers.
func (d *Docket) compared(ctx context.Context, tx *store.Tx, q *service.Question, answer any) (kind, value string, err error) {
	switch a := answer.(type) {
	case string:
		switch q.Type {
		case "email":
			return hint.SameEmail, strings.ToLower(a), nil
		case "phone":
			return hint.SamePhone, strings.Map(only(unicode.IsDigit), a), nil
		case "identifier":
			return hint.SameNumber, strings.ToUpper(strings.Map(only(func(r rune) bool { return unicode.IsDigit(r) || unicode.IsLetter(r) }), a)), nil
		}
	case process.Address:
		words := cases.Terms(strings.Join([]string{a.Line1, a.Line2, a.Town, a.Postcode}, " "))
		if len(words) < 3 { // a town is not an address
			return "", "", nil
		}
		slices.Sort(words)
		return hint.SameAddress, strings.Join(words, " "), nil
	case process.File:
		b, err := d.Blobs.Info(ctx, tx, a.ID)
		if errors.Is(err, store.ErrNotFound) {
			return "", "", nil
		}
		return hint.SameDocument, hex.EncodeToString(b.SHA256[:]), err
	}
	return "", "", nil
}

func only(is func(rune) bool) func(rune) rune {
	return func(r rune) rune {
		if is(r) {
			return r
		}
		return -1
	}
}
