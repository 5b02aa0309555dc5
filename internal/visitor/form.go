package visitor

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// fill fills the first form of the page that leads on, with what the plan answers.
func (p *Person) fill() (url.Values, string, error) {
	var form *html.Node
	walk(find(p.page, "main", ""), func(n *html.Node) {
		if form == nil && n.Data == "form" && strings.EqualFold(attr(n, "method"), "post") {
			form = n
		}
	})
	if form == nil {
		return nil, "", fmt.Errorf("%s has no form: %.300s", p.at.Path, text(find(p.page, "main", "")))
	}
	to, err := p.at.Parse(attr(form, "action"))
	if err != nil {
		return nil, "", err
	}
	values := url.Values{}
	walk(form, func(n *html.Node) {
		name := attr(n, "name")
		if name == "" {
			return
		}
		answer, known := p.types[name]
		switch {
		case n.Data == "input" && attr(n, "type") == "radio":
			if known && answer[0] == attr(n, "value") || !known && !values.Has(name) && !p.Plan.asks(name) {
				values.Set(name, attr(n, "value")) // a choice that is not of the questions: the first
			}
		case n.Data == "input" && attr(n, "type") == "checkbox":
			if known {
				values[name] = answer
			} else if !p.Plan.asks(name) {
				values.Set(name, attr(n, "value")) // a declaration
			}
		case known && (n.Data == "input" || n.Data == "textarea" || n.Data == "select"):
			values[name] = answer
		case n.Data == "input" && attr(n, "type") == "hidden":
			values.Add(name, attr(n, "value"))
		}
	})
	return values, to.String(), nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func walk(n *html.Node, do func(*html.Node)) {
	if n == nil {
		return
	}
	if n.Type == html.ElementNode {
		do(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, do)
	}
}

// find is the first element of a name, and of a class if one is named.
func find(n *html.Node, name, class string) (found *html.Node) {
	walk(n, func(n *html.Node) {
		if found == nil && n.Data == name && strings.Contains(" "+attr(n, "class")+" ", " "+class+strings.Repeat(" ", min(1, len(class)))) {
			found = n
		}
	})
	return found
}

// text is what stands in an element, without the marks that isolate directions.
func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	if n.Type == html.TextNode {
		return strings.Map(func(r rune) rune {
			if r >= '\u2066' && r <= '\u2069' {
				return -1
			}
			return r
		}, n.Data)
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(text(c))
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// onward is where the button of a page without questions leads: the list of what is to be done.
func onward(page *html.Node) (to string) {
	walk(find(page, "main", ""), func(n *html.Node) {
		if to == "" && n.Data == "a" && strings.Contains(attr(n, "class"), "govuk-button") && strings.HasPrefix(attr(n, "href"), "/apply/") {
			to = attr(n, "href")
		}
	})
	return to
}
