package visitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Person is somebody who applies with a browser of their own, from an address of their own.
type Person struct {
	Plan   Plan
	Draft  string
	Form   url.Values // the application as it was sent, with its one-time key; nil before
	Sent   bool       // they were told so
	Number string
	Paid   string // the page that said so

	// LookBack lets them turn back after each page that was taken, and look whether it shows what they typed.
	LookBack bool
	Looked   int      // pages that they looked at again
	Stale    []string // what those did not show

	// Asked is told of every answer: a pattern of what was asked, how long it took, the status, or why there was none. nil for nobody.
	Asked func(what string, took time.Duration, status int, err error)

	types  map[string][]string // into which field
	http   *http.Client
	at     *url.URL // the page they look at
	page   *html.Node
	status int
}

// New is the nth of many, who do not share an address.
func New(n int, of Plan) (*Person, error) {
	types, err := of.typed(n)
	if err != nil {
		return nil, err
	}
	p := browser(n)
	p.Plan, p.types = of, types.Fields
	return p, nil
}

// browser is the nth of many, from an address of its own.
func browser(n int) *Person {
	jar, _ := cookiejar.New(nil) // never fails without a list of suffixes
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n>>16), byte(n>>8), byte(n))}
	dial := func(ctx context.Context, network, to string) (net.Conn, error) {
		d := &net.Dialer{Timeout: 5 * time.Second}
		if at, err := netip.ParseAddrPort(to); err == nil && at.Addr().IsLoopback() && at.Addr().Is4() {
			d.LocalAddr = from // limits count by it
		}
		return d.DialContext(ctx, network, to)
	}
	return &Person{http: &http.Client{Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{DialContext: dial, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// ask sends a request and gives the answer's status and where it leads, at most one page further.
func (p *Person) ask(ctx context.Context, method, to string, form url.Values) (status int, location string, err error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return 0, "", err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	begun := time.Now()
	answer, err := p.http.Do(r)
	if err != nil {
		p.told(r, begun, 0, err)
		return 0, "", err
	}
	defer answer.Body.Close()
	page, err := html.Parse(answer.Body)
	p.told(r, begun, answer.StatusCode, err)
	if err != nil {
		return 0, "", err
	}
	p.at, p.page, p.status = r.URL, page, answer.StatusCode
	return answer.StatusCode, answer.Header.Get("Location"), nil
}

// told tells what was asked by its shape: ids are left out.
func (p *Person) told(r *http.Request, begun time.Time, status int, err error) {
	if p.Asked == nil {
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	for i := 2; i < len(parts); i++ {
		if parts[1] == "desk" && i%2 == 0 {
			continue // cases, and what is done with one
		}
		if i > 2 && parts[1] == "apply" && i == len(parts)-1 && (parts[i] == "check" || parts[i] == "submit" || parts[i] == "done") {
			continue
		}
		parts[i] = "…"
	}
	p.Asked(r.Method+" "+strings.Join(parts, "/"), time.Since(begun), status, err)
}

// Follow asks and goes where the answers lead.
func (p *Person) Follow(ctx context.Context, method, to string, form url.Values) error {
	status, location, err := p.ask(ctx, method, to, form)
	for n := 0; err == nil && location != ""; n++ {
		if n > 10 {
			return fmt.Errorf("%s leads round and round", to)
		}
		var next *url.URL
		if next, err = p.at.Parse(location); err == nil {
			status, location, err = p.ask(ctx, http.MethodGet, next.String(), nil)
		}
	}
	if err == nil && status >= 400 && status != http.StatusUnprocessableEntity {
		err = fmt.Errorf("%s answers %d", p.at.Path, status)
	}
	return err
}

// Apply goes the whole way, as far as the program lives.
func (p *Person) Apply(ctx context.Context, site string) error {
	if err := p.Follow(ctx, http.MethodGet, site+"/services/"+p.Plan.Service()+"/check", nil); err != nil {
		if err := p.Follow(ctx, http.MethodGet, site+"/services/"+p.Plan.Service(), nil); err != nil {
			return err
		}
	}
	for n := 0; !strings.HasSuffix(p.at.Path, "/check") || !strings.HasPrefix(p.at.Path, "/apply/"); n++ {
		if n > 60 {
			return fmt.Errorf("%s: still not at the end of the questions: %s", p.Plan.Service(), p.at.Path)
		}
		if next := onward(p.page); next != "" {
			to, err := p.at.Parse(next)
			if err == nil {
				err = p.Follow(ctx, http.MethodGet, to.String(), nil)
			}
			if err != nil {
				return err
			}
			continue
		}
		form, to, err := p.fill()
		if err != nil {
			return err
		}
		from := p.at.Path
		if err := p.Follow(ctx, http.MethodPost, to, form); err != nil {
			return err
		}
		if p.status == http.StatusUnprocessableEntity || p.at.Path == from && n > 40 {
			return fmt.Errorf("%s: the answers to %s were not taken: %s", p.Plan.Service(), from, text(find(p.page, "div", "govuk-error-summary")))
		}
		if p.LookBack && strings.HasPrefix(from, "/apply/") && p.at.Path != from {
			if err := p.lookBack(ctx, from, form); err != nil {
				return err
			}
		}
	}
	p.Draft = strings.Split(p.at.Path, "/")[2]
	form, to, err := p.fill()
	if err != nil {
		return err
	}
	p.Form = form
	if err := p.Send(ctx, to); err != nil {
		return err
	}
	return p.pay(ctx)
}

// Send sends the application. What counts as told is the answer that leads to the confirmation, before that page is read.
func (p *Person) Send(ctx context.Context, to string) error {
	status, location, err := p.ask(ctx, http.MethodPost, to, p.Form)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther || !strings.HasSuffix(location, "/done") {
		return fmt.Errorf("%s: the application was not taken: %d, %s", p.Plan.Service(), status, text(find(p.page, "div", "govuk-error-summary")))
	}
	p.Sent = true
	return p.ReadNumber(ctx)
}

var numbers = regexp.MustCompile(`[A-Z]{2,4}-\d{4}-\d+`)

// Back comes back to a site at its present address.
func (p *Person) Back(site string) (err error) {
	if p.at == nil {
		p.at, err = url.Parse(site + "/")
		return err
	}
	p.at, err = p.at.Parse(site + "/")
	return err
}

// Leave closes their connections.
func (p *Person) Leave() { p.http.CloseIdleConnections() }

// Says reports whether the page that they look at says something.
func (p *Person) Says(what string) bool { return strings.Contains(text(p.page), what) }

// ReadNumber reads the confirmation, as somebody who comes back to it; the number must be the same as before.
func (p *Person) ReadNumber(ctx context.Context) error {
	to, err := p.at.Parse("/apply/" + p.Draft + "/done")
	if err != nil {
		return err
	}
	if err := p.Follow(ctx, http.MethodGet, to.String(), nil); err != nil {
		return err
	}
	got := numbers.FindString(text(find(p.page, "main", "")))
	switch {
	case got == "":
		return errors.New("the confirmation has no number")
	case p.Number != "" && p.Number != got:
		return fmt.Errorf("the number %s has become %s", p.Number, got)
	}
	p.Number = got
	return nil
}

// pay pays by the demo's practice card, where something is to be paid.
func (p *Person) pay(ctx context.Context) error {
	for range 4 {
		form, to, err := p.fill()
		if err != nil || !strings.Contains(to, "/pay") && !strings.Contains(to, "practice") && !strings.Contains(to, "sandbox") {
			return nil // nothing to pay
		}
		if err := p.Follow(ctx, http.MethodPost, to, form); err != nil {
			return err
		}
		if strings.Contains(p.at.Path, "/paid/") && strings.Contains(text(p.page), "Payment received") {
			p.Paid = p.at.Path
			return nil
		}
	}
	return nil
}
