package docket

import (
	"context"
	"fmt"
	"strings"

	"stoa/internal/cases"
	"stoa/internal/money"
	"stoa/internal/process"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
)

// recording notes on the draft what the registers say while it is judged.
func recording(s process.Situation, draft *Draft) process.Situation {
	ask, pick := s.Lookup, s.Pick
	s.Lookup = func(ctx context.Context, l *service.Lookup, match map[string]rule.Value) (rule.Value, error) {
		v, err := ask(ctx, l, match)
		if err == nil {
			draft.Lookups[l.ID] = written(v)
		}
		return v, err
	}
	s.Pick = func(ctx context.Context, register, key string) (process.Pick, bool, error) {
		p, ok, err := pick(ctx, register, key)
		if ok && err == nil {
			fields := map[string]string{}
			for id, v := range p.Fields {
				if text, there := record.Text(v); there {
					fields[id] = text
				}
			}
			draft.Picks[register+" "+key] = cases.Picked{Label: p.Label, Fields: fields}
		}
		return p, ok, err
	}
	return s
}

func written(v rule.Value) cases.Looked {
	list, isList := v.([]rule.Value)
	if !isList {
		text, _ := record.Text(v)
		return cases.Looked{Kind: "one", Values: []string{text}}
	}
	looked := cases.Looked{Kind: "list", Values: []string{}}
	for _, one := range list {
		text, _ := record.Text(one)
		looked.Values = append(looked.Values, text)
	}
	return looked
}

// frozen answers look-ups and choices with what was noted on submission.
func frozen(s process.Situation, lookups map[string]cases.Looked, picks map[string]cases.Picked) process.Situation {
	s.Lookup = func(_ context.Context, l *service.Lookup, _ map[string]rule.Value) (rule.Value, error) {
		looked, ok := lookups[l.ID]
		if !ok { // not asked then
			if strings.HasPrefix(l.Give, "list") {
				return []rule.Value{}, nil
			}
			return money.Decimal{}, nil
		}
		return read(s.Service.Jurisdiction.Registers[l.Register], l.Give, looked)
	}
	s.Pick = func(_ context.Context, register, key string) (process.Pick, bool, error) {
		picked, ok := picks[register+" "+key]
		reg := s.Service.Jurisdiction.Registers[register]
		if !ok || reg == nil {
			return process.Pick{}, false, nil
		}
		fields, err := record.Values(reg, picked.Fields)
		if err != nil {
			return process.Pick{}, false, fmt.Errorf("reading a chosen record: %w", err)
		}
		return process.Pick{Key: key, Label: picked.Label, Fields: fields}, true, nil
	}
	return s
}

func read(reg *service.Register, give string, looked cases.Looked) (rule.Value, error) {
	if looked.Kind == "one" {
		return record.Value("number", looked.Values[0])
	}
	_, field, _ := strings.Cut(give, " ")
	typ := "text"
	for _, f := range reg.Fields {
		if f.ID == field {
			typ = f.Type
		}
	}
	list := []rule.Value{}
	for _, text := range looked.Values {
		v, err := record.Value(typ, text)
		if err != nil {
			return nil, fmt.Errorf("reading what register %s said: %w", reg.Register, err)
		}
		list = append(list, v)
	}
	return list, nil
}
