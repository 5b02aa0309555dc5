package page

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

var componentType = reflect.TypeFor[Component]()

// fill sets a typed value from a fixture's options; an option that the type
// does not have is an error.
func fill(v reflect.Value, from any, path string) error {
	switch {
	case v.Type() == componentType:
		v.Set(reflect.ValueOf(templ.Raw(fmt.Sprint(from))))
		return nil
	case v.Type() == reflect.TypeFor[Attributes]():
		return fillAttributes(v, from, path)
	}
	switch v.Kind() {
	case reflect.Struct:
		return fillStruct(v, from, path)
	case reflect.Slice:
		return fillSlice(v, from, path)
	case reflect.Map:
		m, ok := from.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: %T into a map", path, from)
		}
		v.Set(reflect.MakeMap(v.Type()))
		for k, x := range m {
			v.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(plain(x)))
		}
	case reflect.String:
		v.SetString(plain(from))
	case reflect.Int:
		n, err := strconv.Atoi(plain(from))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		b, ok := from.(bool)
		if !ok {
			return fmt.Errorf("%s: %T into a bool", path, from)
		}
		v.SetBool(b)
	default:
		return fmt.Errorf("%s: cannot fill %s", path, v.Type())
	}
	return nil
}

// renamed are the few fields whose place differs from the option's.
var renamed = map[string]string{
	"slots.start": "Start", "slots.end": "End", "slots.end.html": "End",
	"slots.navigationstart": "NavigationStart", "slots.navigationend": "NavigationEnd",
	"passwordhiddenannouncementtext": "PasswordHiddenAnnouncement",
}

func fillStruct(v reflect.Value, from any, path string) error {
	m, ok := from.(map[string]any)
	if !ok {
		if from == nil || from == false || from == "" {
			return nil
		}
		return fmt.Errorf("%s: %T into %s", path, from, v.Type())
	}
	if path == "slots" || path == "" {
		m = flattenSlots(m)
	}
	for key, x := range m {
		where := strings.TrimPrefix(path+"."+key, ".")
		name := either(renamed[strings.ToLower(where)], key)
		field := v.FieldByNameFunc(func(s string) bool { return strings.EqualFold(s, name) })
		if !field.IsValid() || !field.CanSet() {
			return fmt.Errorf("option %s is not offered", where)
		}
		if x == nil {
			continue
		}
		if err := fill(field, x, where); err != nil {
			return err
		}
	}
	return optionWithoutValue(v, m)
}

// listDateItems says day, month and year as the list of items they stand for.
func listDateItems(options map[string]any) map[string]any {
	out := map[string]any{}
	items := []any{}
	named := false
	for k, x := range options {
		if k != "day" && k != "month" && k != "year" {
			out[k] = x
		}
	}
	for _, name := range []string{"day", "month", "year"} {
		x, ok := options[name]
		named = named || ok
		if x == false {
			continue
		}
		item := map[string]any{"name": name}
		if given, ok := x.(map[string]any); ok {
			for k, v := range given {
				item[k] = v
			}
		}
		items = append(items, item)
	}
	if _, own := options["items"]; named && !own {
		out["items"] = items
	} else if named {
		out["day"], out["month"], out["year"] = options["day"], options["month"], options["year"]
	}
	return out
}

// flattenSlots lifts the slots of a service navigation to its own options.
func flattenSlots(m map[string]any) map[string]any {
	slots, ok := m["slots"].(map[string]any)
	if !ok {
		return m
	}
	out := map[string]any{}
	for k, x := range m {
		if k != "slots" {
			out[k] = x
		}
	}
	for k, x := range slots {
		if end, ok := x.(map[string]any); ok {
			out["endInline"] = end["align"] == "inline"
			x = end["html"]
		}
		out[k] = x
	}
	return out
}

// optionWithoutValue: our zero value cannot say "no value attribute".
func optionWithoutValue(v reflect.Value, m map[string]any) error {
	if o, ok := v.Addr().Interface().(*Option); ok {
		_, has := m["value"]
		o.NoValue = !has
	}
	return nil
}

func fillSlice(v reflect.Value, from any, path string) error {
	list, ok := from.([]any)
	if !ok {
		return fmt.Errorf("%s: %T into a list", path, from)
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(list)))
	for i, x := range list {
		if x == nil || x == false || x == "" {
			continue // the macros leave out what is falsy
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := fill(e, x, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
		v.Set(reflect.Append(v, e))
	}
	return nil
}

func fillAttributes(v reflect.Value, from any, path string) error {
	m, ok := from.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: attributes as %T are not offered", path, from)
	}
	a := Attributes{}
	for k, x := range m {
		a[k] = plain(x)
	}
	v.Set(reflect.ValueOf(a))
	return nil
}

func plain(x any) string {
	switch x := x.(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(x)
}
