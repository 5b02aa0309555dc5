package ckan

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// FuzzAsk: whatever is asked, it is a query or an error for the one who asked, and never both or neither.
func FuzzAsk(f *testing.F) {
	for _, s := range []string{"", "*:*", "a b", `"a b" OR c`, "+a -b", "f:(a OR b)", "t:[* TO NOW]", "((a)", "f:", `\"`, "a:b:c", "-", "NOT", "[", `"`, "a*", "مقهى"} {
		f.Add(s)
	}
	doc := document{exact: map[string][]string{"tags": {"a", "b"}}, texts: map[string]string{"title": "a b c"}, at: map[string]time.Time{"t": {}}}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := ask(text)
		var e *apiError
		if err != nil && (!errors.As(err, &e) || e.status != 400) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil && q(doc) < 0 {
			t.Fatalf("%q matches less than not at all", text)
		}
	})
}

func TestWordsOfAQuery(t *testing.T) {
	for text, want := range map[string]string{
		`a  b`: "a|b", `a:b`: "a|:|b", `"a b" c`: "a b|c", `+a -b !c`: "+|a|-|b|!|c", `a-b`: "a-b", `f:[1 TO 2] x`: "f|:|[1 TO 2]|x", `a\:b`: "a:b", `(a)`: "(|a|)", `"a`: "a",
	} {
		var got []string
		for _, w := range cut(text) {
			got = append(got, w.text)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%s: %s, want %s", text, strings.Join(got, "|"), want)
		}
	}
}
