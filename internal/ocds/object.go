package ocds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"stoa/internal/money"
)

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// put adds a member, and nothing for an empty value.
func (o *object) put(name string, value any) {
	if v := reflect.ValueOf(value); value == nil || v.Kind() != reflect.Bool && v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
		return
	}
	*o = append(*o, member{name, value})
}

// text adds a text in each of its languages: the first under the name itself, the others under name_xx.
func (o *object) text(name string, t Text, languages []string) {
	for i, l := range languages {
		if i == 0 {
			o.put(name, t[l])
			continue
		}
		o.put(name+"_"+l, t[l])
	}
}

// MarshalJSON writes it.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(&b, m.name, ""); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encode(&b, m.value, ""); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode writes a value as JSON, and "&" as itself: this is read as data, never as a part of a page.
func encode(b *bytes.Buffer, v any, indent string) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(v)
}

func write(o object) ([]byte, error) {
	var b bytes.Buffer
	if err := encode(&b, o, " "); err != nil {
		return nil, fmt.Errorf("writing open data: %w", err)
	}
	return b.Bytes(), nil
}

// number is an amount in major units, exactly.
func number(a money.Amount) (json.Number, error) {
	d, err := a.Decimal()
	if err != nil {
		return "", err
	}
	digits, err := money.MinorDigits(a.Currency)
	return json.Number(d.Fixed(digits)), err
}

// Number is an amount as tables have it: in major units, with a point.
func Number(minor int64, currency string) (string, error) {
	n, err := number(money.Amount{Minor: minor, Currency: currency})
	return n.String(), err
}

// value is an amount with its currency; nothing for the zero amount without one.
func value(a money.Amount) (o object, err error) {
	if a.Currency == "" {
		return nil, nil
	}
	n, err := number(a)
	o.put("amount", n)
	o.put("currency", a.Currency)
	return o, err
}
