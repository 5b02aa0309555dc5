package rule

import (
	"regexp"
	"strings"
)

func textFunctions() map[string]function {
	two := []Type{Text(), Text()}
	test := func(name, doc string, do func(s, part string) bool) function {
		return plain("x."+name+"(\"…\")", doc, two, Bool(), func(r *run, a []Value) (Value, error) {
			return do(a[0].(string), a[1].(string)), r.work(len(a[0].(string)) / 64)
		})
	}
	change := func(name, doc string, do func(string) string) function {
		return plain("x."+name+"()", doc, []Type{Text()}, Text(), func(r *run, a []Value) (Value, error) {
			return do(a[0].(string)), r.work(len(a[0].(string)) / 64)
		})
	}
	return map[string]function{
		"startsWith": test("startsWith", "true when the text starts so", strings.HasPrefix),
		"endsWith":   test("endsWith", "true when the text ends so", strings.HasSuffix),
		"contains":   test("contains", "true when the text has that in it", strings.Contains),
		"lower":      change("lower", "the text in small letters", strings.ToLower),
		"upper":      change("upper", "the text in capital letters", strings.ToUpper),
		"trim":       change("trim", "the text without spaces at its ends", strings.TrimSpace),
		"join": plain("list.join(\", \")", "the texts of a list, with that between them", []Type{List(Text()), Text()}, Text(),
			func(r *run, a []Value) (Value, error) {
				list, sep := a[0].([]Value), a[1].(string)
				n := 0
				for _, v := range list {
					n += len(v.(string)) + len(sep)
				}
				if err := r.work(len(list) + n/64); err != nil {
					return nil, err
				}
				parts := make([]string, len(list))
				for i, v := range list {
					parts[i] = v.(string)
				}
				return strings.Join(parts, sep), nil
			}),
		"matches": {usage: `x.matches("^[A-Z]{2}[0-9]+$")`, doc: "true when the pattern (RE2) is found in the text; ^ and $ tie it to the ends", min: 2, max: 2, check: matches},
	}
}

// maxPattern bounds a pattern; its work grows with its length.
const maxPattern = 200

func matches(c *checker, id int64, args []node) node {
	pattern, ok := c.literalText(args[1], functions["matches"].usage)
	ok = c.need(args[0], Text(), "matches") && ok
	if !ok {
		return node{id: id}
	}
	if len(pattern) > maxPattern {
		return c.fail(args[1].id, "this pattern is too long", "")
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return c.fail(args[1].id, "this pattern cannot be read: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "), "the patterns are those of RE2")
	}
	return computed(id, Bool(), args[:1], func(r *run, a []Value) (Value, error) {
		s := a[0].(string)
		if err := r.work(len(s) * (len(pattern) + 1) / 64); err != nil {
			return nil, err
		}
		return re.MatchString(s), nil
	})
}
