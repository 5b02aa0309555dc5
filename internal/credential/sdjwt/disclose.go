package sdjwt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"stoa/internal/credential/envelope"
)

// discloser puts disclosures into their places (RFC 9901, 7.1).
type discloser struct {
	by   map[string]*shown // by their hash
	seen map[string]bool   // hashes that stand somewhere
}

type shown struct {
	parts []any
	used  bool
}

// Disclose gives the claims of a payload with those that the token discloses in their places. Whatever is not exactly as
// the form has it is an error: a disclosure that belongs nowhere, a name twice, a hash in two places.
func (t Token) Disclose(payload map[string]any) (map[string]any, error) {
	if alg, there := payload[algorithm]; there && alg != sha {
		return nil, fmt.Errorf("the token hashes by %v, which is not known here", alg)
	}
	d := &discloser{by: map[string]*shown{}, seen: map[string]bool{}}
	for _, text := range t.Disclosures {
		raw, err := envelope.Encoding.DecodeString(text)
		if err != nil {
			return nil, errors.New("a disclosure cannot be read")
		}
		var parts []any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&parts); err != nil || dec.More() || len(parts) < 2 || len(parts) > 3 {
			return nil, errors.New("a disclosure cannot be read")
		}
		if _, ok := parts[0].(string); !ok {
			return nil, errors.New("a disclosure has no salt")
		}
		h := hash(text)
		if d.by[h] != nil {
			return nil, errors.New("a disclosure is there twice")
		}
		d.by[h] = &shown{parts: parts}
	}
	claims, err := d.object(payload)
	if err != nil {
		return nil, err
	}
	delete(claims, algorithm)
	for _, s := range d.by {
		if !s.used {
			return nil, errors.New("a disclosure belongs to nothing that was signed")
		}
	}
	return claims, nil
}

func (d *discloser) value(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		return d.object(v)
	case []any:
		return d.array(v)
	}
	return v, nil
}

// take finds the disclosure of a hash; nil where the holder does not show it.
func (d *discloser) take(v any, parts int) (*shown, error) {
	h, ok := v.(string)
	if !ok || d.seen[h] {
		return nil, errors.New("a hash is there twice, or is none")
	}
	d.seen[h] = true
	s := d.by[h]
	if s == nil {
		return nil, nil
	}
	if len(s.parts) != parts {
		return nil, errors.New("a disclosure is of another kind than its place")
	}
	s.used = true
	return s, nil
}

func (d *discloser) object(m map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(m))
	for name, v := range m {
		if name == digests {
			continue
		}
		if name == element {
			return nil, errors.New("a claim has a name that the form keeps to itself")
		}
		x, err := d.value(v)
		if err != nil {
			return nil, err
		}
		out[name] = x
	}
	list, there := m[digests]
	hashes, ok := list.([]any)
	if there && !ok {
		return nil, errors.New("the hashes are no list")
	}
	for _, h := range hashes {
		s, err := d.take(h, 3)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		name, ok := s.parts[1].(string)
		if _, twice := out[name]; !ok || twice || name == digests || name == element {
			return nil, errors.New("a disclosure has a name that it cannot have")
		}
		if out[name], err = d.value(s.parts[2]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (d *discloser) array(list []any) ([]any, error) {
	out := []any{}
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			if h, hidden := m[element]; hidden {
				if len(m) != 1 {
					return nil, errors.New("a place in a list has more than its hash")
				}
				s, err := d.take(h, 2)
				if err != nil {
					return nil, err
				}
				if s == nil {
					continue
				}
				v = s.parts[1]
			}
		}
		x, err := d.value(v)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
