package visitor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Forget makes their browser forget a cookie whenever it is told it.
func (p *Person) Forget(cookie string) { p.http.Jar = forgetful{p.http.Jar, cookie} }

type forgetful struct {
	http.CookieJar
	what string
}

// SetCookies implements http.CookieJar.
func (f forgetful) SetCookies(u *url.URL, all []*http.Cookie) {
	for _, c := range all {
		if !strings.HasSuffix(c.Name, f.what) {
			f.CookieJar.SetCookies(u, []*http.Cookie{c})
		}
	}
}

// lookBack goes back to a page that was taken, and forth again.
func (p *Person) lookBack(ctx context.Context, page string, sent url.Values) error {
	next := p.at
	back, err := p.at.Parse(page)
	if err != nil {
		return err
	}
	if err := p.Follow(ctx, http.MethodGet, back.String(), nil); err != nil {
		return err
	}
	p.Looked++
	if p.at.Path != page {
		p.Stale = append(p.Stale, fmt.Sprintf("%s leads to %s", page, p.at.Path))
	} else if name := p.unlike(sent); name != "" {
		p.Stale = append(p.Stale, fmt.Sprintf("%s: %s", page, name))
	}
	return p.Follow(ctx, http.MethodGet, next.String(), nil)
}

// unlike is the first field that does not show what was sent; "" for none.
func (p *Person) unlike(sent url.Values) (name string) {
	walk(find(p.page, "main", ""), func(n *html.Node) {
		of := attr(n, "name")
		if _, ours := p.types[of]; !ours || name != "" {
			return
		}
		want := sent.Get(of)
		kind := attr(n, "type")
		switch {
		case n.Data == "textarea" && text(n) != strings.Join(strings.Fields(want), " "),
			n.Data == "input" && kind == "radio" && attr(n, "value") == want && !has(n, "checked"),
			n.Data == "input" && kind != "radio" && kind != "checkbox" && kind != "file" && kind != "hidden" && attr(n, "value") != want:
			name = of
		}
	})
	return name
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
