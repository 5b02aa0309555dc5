package ckan

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"stoa/internal/web"
)

// params are what an action is given: values of an address or a form, which are texts, or of a JSON dictionary.
type params map[string]any

// read takes the parameters of a request: of the address for GET, of the body for POST.
func read(r *web.Request) (params, error) {
	if r.Method != http.MethodPost {
		return ofValues(r.URL.Query()), nil
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/x-www-form-urlencoded" {
		// Old clients post JSON and call it a form.
		raw, err := r.ReadAll()
		if err != nil {
			return nil, err
		}
		if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || trimmed[0] == '{' {
			return ofJSON(trimmed)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		if err := r.ReadForm(); err != nil {
			return nil, err
		}
		return ofValues(r.PostForm), nil
	}
	raw, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	return ofJSON(bytes.TrimSpace(raw))
}

func ofValues(values map[string][]string) params {
	p := params{}
	for name, all := range values {
		if len(all) == 1 {
			p[name] = all[0]
			continue
		}
		list := make([]any, len(all))
		for i, v := range all {
			list[i] = v
		}
		p[name] = list
	}
	return p
}

func ofJSON(raw []byte) (params, error) {
	if len(raw) == 0 {
		return params{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, badRequest("JSON Error: Error decoding JSON data. The JSON data extracted from the request is not JSON")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, badRequest("JSON Error: Error decoding JSON data. There is something behind the dictionary")
	}
	p, ok := v.(map[string]any)
	if !ok {
		return nil, badRequest("JSON Error: Request data JSON decoded as a value that is not a dictionary, but it needs to be one")
	}
	return p, nil
}

// text is a parameter as text; "" where it is not given.
func (p params) text(name string) string {
	switch v := p[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		if len(v) > 0 {
			return params{"": v[len(v)-1]}.text("")
		}
	}
	return ""
}

// must is a parameter that cannot be left out.
func (p params) must(name string) (string, error) {
	if v := strings.TrimSpace(p.text(name)); v != "" {
		return v, nil
	}
	return "", invalid(name, "Missing value")
}

// natural is a whole number that is not negative.
func (p params) natural(name string, without int) (int, error) {
	text := strings.TrimSpace(p.text(name))
	if text == "" {
		if v, given := p[name]; given && v != nil && v != "" {
			return 0, invalid(name, "Invalid integer")
		}
		return without, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, invalid(name, "Invalid integer")
	case n < 0 || n > math.MaxInt32:
		return 0, invalid(name, "Must be a natural number")
	}
	return n, nil
}

// yes is a truth value, in the words that CKAN knows.
func (p params) yes(name string, without bool) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(p.text(name))) {
	case "":
		return without, nil
	case "true", "yes", "on", "y", "t", "1":
		return true, nil
	case "false", "no", "off", "n", "f", "0":
		return false, nil
	}
	return false, invalid(name, "Must be true or false")
}

// list is several texts: given as a list, as the text of a JSON list, several times, or with commas between them.
func (p params) list(name string) (all []string) {
	take := func(v any) {
		if text := strings.TrimSpace(params{"": v}.text("")); text != "" {
			all = append(all, text)
		}
	}
	switch v := p[name].(type) {
	case []any:
		for _, one := range v {
			take(one)
		}
	case string:
		var inside []any
		if strings.HasPrefix(strings.TrimSpace(v), "[") && json.Unmarshal([]byte(v), &inside) == nil {
			for _, one := range inside {
				take(one)
			}
			return all
		}
		for _, one := range strings.Split(v, ",") {
			take(one)
		}
	}
	return all
}

// dictionary is a JSON dictionary, given as one or as its text; ok says whether it is one.
func (p params) dictionary(name string) (map[string]any, bool) {
	switch v := p[name].(type) {
	case map[string]any:
		return v, true
	case string:
		if !strings.HasPrefix(strings.TrimSpace(v), "{") {
			return nil, false
		}
		d := json.NewDecoder(strings.NewReader(v))
		d.UseNumber()
		var inside map[string]any
		if d.Decode(&inside) == nil {
			return inside, true
		}
	}
	return nil, false
}
