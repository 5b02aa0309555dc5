package process

import (
	"encoding/json"
	"fmt"

	"stoa/internal/calendar"
	"stoa/internal/money"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// The stored form of answers is JSON by question id, with sorted keys. What each value is, the
// service's questions say; it is read with the definition it was made under.

// EncodeAnswers writes answers for storage: the same answers give the same bytes.
func EncodeAnswers(a Answers) ([]byte, error) {
	b, err := json.Marshal(storedAnswers(a))
	if err != nil {
		return nil, fmt.Errorf("encoding answers: %w", err)
	}
	return b, nil
}

type storedItem struct {
	ID      string         `json:"id"`
	Answers map[string]any `json:"answers"`
}

type storedPick struct {
	Key    string                 `json:"key,omitempty"`
	Label  string                 `json:"label"`
	Fields map[string]storedValue `json:"fields,omitempty"`
}

// storedAddress fixes the keys, so that renaming a field loses nothing.
type storedAddress struct {
	Line1    string `json:"line1,omitempty"`
	Line2    string `json:"line2,omitempty"`
	Town     string `json:"town,omitempty"`
	Postcode string `json:"postcode,omitempty"`
	Country  string `json:"country,omitempty"`
}

type storedFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

func storedAnswers(a Answers) map[string]any {
	out := make(map[string]any, len(a))
	for id, v := range a {
		switch v := v.(type) {
		case Name:
			out[id] = v.Full
		case Address:
			out[id] = storedAddress(v)
		case File:
			out[id] = storedFile(v)
		case Pick:
			p := storedPick{Key: v.Key, Label: v.Label}
			for name, f := range v.Fields {
				if p.Fields == nil {
					p.Fields = map[string]storedValue{}
				}
				p.Fields[name] = storedValue{f}
			}
			out[id] = p
		case []Item:
			items := make([]storedItem, len(v))
			for i, it := range v {
				items[i] = storedItem{it.ID, storedAnswers(it.Answers)}
			}
			out[id] = items
		default:
			out[id] = v // decimals, dates and times write themselves as text
		}
	}
	return out
}

// DecodeAnswers reads what EncodeAnswers wrote, with the questions of the service.
func DecodeAnswers(s *service.Service, data []byte) (Answers, error) {
	var top []*service.Question
	for _, p := range s.Pages {
		top = append(top, p.Questions...)
	}
	a, err := decodeLevel(top, data)
	if err != nil {
		return nil, fmt.Errorf("decoding answers of %s: %w", s.Service, err)
	}
	return a, nil
}

func decodeLevel(questions []*service.Question, data []byte) (Answers, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	a := Answers{}
	for _, q := range questions {
		v, ok := raw[q.ID]
		if !ok {
			continue
		}
		answer, err := decodeAnswer(q, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Path, err)
		}
		a[q.ID] = answer
		delete(raw, q.ID)
	}
	for id := range raw {
		return nil, fmt.Errorf("there is no question %s", id)
	}
	return a, nil
}

func decodeAnswer(q *service.Question, data []byte) (any, error) {
	switch q.Type {
	case typeNumber, typeMoney:
		return decodeAs[money.Decimal](data)
	case typeDate:
		return decodeAs[calendar.Date](data)
	case typeTime:
		return decodeAs[calendar.Clock](data)
	case typeYesNo:
		return decodeAs[bool](data)
	case typeManyOf:
		return decodeAs[[]string](data)
	case typeName:
		full, err := decodeAs[string](data)
		return Name{full}, err
	case typeAddress:
		a, err := decodeAs[storedAddress](data)
		return Address(a), err
	case typeFile:
		f, err := decodeAs[storedFile](data)
		return File(f), err
	case typeLookup:
		p, err := decodeAs[storedPick](data)
		if err != nil {
			return nil, err
		}
		pick := Pick{Key: p.Key, Label: p.Label}
		for name, f := range p.Fields {
			if pick.Fields == nil {
				pick.Fields = map[string]rule.Value{}
			}
			pick.Fields[name] = f.v
		}
		return pick, nil
	case typeGroup:
		return decodeItems(q, data)
	}
	return decodeAs[string](data)
}

func decodeAs[T any](data []byte) (v T, err error) {
	err = json.Unmarshal(data, &v)
	return v, err
}

func decodeItems(q *service.Question, data []byte) ([]Item, error) {
	raw, err := decodeAs[[]struct {
		ID      string          `json:"id"`
		Answers json.RawMessage `json:"answers"`
	}](data)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(raw))
	for i, r := range raw {
		a, err := decodeLevel(q.Members, r.Answers)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		items[i] = Item{r.ID, a}
	}
	return items, nil
}

// EncodeLooked writes values of rules for storage: what look-ups gave, or the fields of a licence.
func EncodeLooked(looked map[string]rule.Value) ([]byte, error) {
	m := make(map[string]storedValue, len(looked))
	for id, v := range looked {
		m[id] = storedValue{v}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encoding values: %w", err)
	}
	return b, nil
}

// DecodeLooked reads what EncodeLooked wrote.
func DecodeLooked(data []byte) (map[string]rule.Value, error) {
	m, err := decodeAs[map[string]storedValue](data)
	if err != nil {
		return nil, fmt.Errorf("decoding values: %w", err)
	}
	looked := make(map[string]rule.Value, len(m))
	for id, v := range m {
		looked[id] = v.v
	}
	return looked, nil
}

// storedValue is a rule's value with its kind: {"number": "12.5"}. Texts and yes or no stand bare.
type storedValue struct{ v rule.Value }

// MarshalJSON writes the value with its kind.
func (s storedValue) MarshalJSON() ([]byte, error) {
	switch v := s.v.(type) {
	case nil, string, bool:
		return json.Marshal(v)
	case money.Decimal:
		return json.Marshal(map[string]string{"number": v.String()})
	case calendar.Date:
		return json.Marshal(map[string]string{"date": v.String()})
	case calendar.Clock:
		return json.Marshal(map[string]string{"time": v.String()})
	case []rule.Value:
		list := make([]storedValue, len(v))
		for i := range v {
			list[i] = storedValue{v[i]}
		}
		return json.Marshal(list)
	case map[string]rule.Value:
		rec := make(map[string]storedValue, len(v))
		for k := range v {
			rec[k] = storedValue{v[k]}
		}
		return json.Marshal(map[string]any{"record": rec})
	}
	return nil, fmt.Errorf("%T is no value of rules", s.v)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *storedValue) UnmarshalJSON(data []byte) error {
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return err
	}
	switch plain.(type) {
	case nil, string, bool:
		s.v = plain
		return nil
	case []any:
		list, err := decodeAs[[]storedValue](data)
		values := make([]rule.Value, len(list))
		for i := range list {
			values[i] = list[i].v
		}
		s.v = values
		return err
	}
	kinds, err := decodeAs[struct {
		Number *money.Decimal
		Date   *calendar.Date
		Time   *calendar.Clock
		Record map[string]storedValue
	}](data)
	switch {
	case err != nil:
		return err
	case kinds.Number != nil:
		s.v = *kinds.Number
	case kinds.Date != nil:
		s.v = *kinds.Date
	case kinds.Time != nil:
		s.v = *kinds.Time
	case kinds.Record != nil:
		rec := make(map[string]rule.Value, len(kinds.Record))
		for k, v := range kinds.Record {
			rec[k] = v.v
		}
		s.v = rec
	default:
		return fmt.Errorf("%s is no stored value", data)
	}
	return nil
}
