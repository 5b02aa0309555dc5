package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// person is somebody who applies with a browser of their own, from an address of their own.
type person struct {
	plan   plan
	types  map[string][]string // into which field
	http   *http.Client
	at     *url.URL // the page they look at
	page   *html.Node
	status int

	draft  string
	form   url.Values // the application as it was sent, with its one-time key
	sent   bool       // they were told so
	number string
	paid   string // the page that said so
}

func newPerson(n int, of plan) (*person, error) {
	types, err := of.typed(n)
	if err != nil {
		return nil, err
	}
	jar, _ := cookiejar.New(nil) // never fails without a list of suffixes
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n>>16), byte(n>>8), byte(n))}
	dialer := &net.Dialer{LocalAddr: from, Timeout: 5 * time.Second}
	return &person{plan: of, types: types.Fields, http: &http.Client{Jar: jar, Timeout: 30 * time.Second,
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// ask sends a request and gives the answer's status and where it leads, at most one page further.
func (p *person) ask(ctx context.Context, method, to string, form url.Values) (status int, location string, err error) {
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
	answer, err := p.http.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	page, err := html.Parse(answer.Body)
	if err != nil {
		return 0, "", err
	}
	p.at, p.page, p.status = r.URL, page, answer.StatusCode
	return answer.StatusCode, answer.Header.Get("Location"), nil
}

// follow asks and goes where the answers lead.
func (p *person) follow(ctx context.Context, method, to string, form url.Values) error {
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

// apply goes the whole way, as far as the program lives.
func (p *person) apply(ctx context.Context, site string) error {
	if err := p.follow(ctx, http.MethodGet, site+"/services/"+p.plan.service.Service+"/check", nil); err != nil {
		if err := p.follow(ctx, http.MethodGet, site+"/services/"+p.plan.service.Service, nil); err != nil {
			return err
		}
	}
	for n := 0; !strings.HasSuffix(p.at.Path, "/check") || !strings.HasPrefix(p.at.Path, "/apply/"); n++ {
		if n > 60 {
			return fmt.Errorf("%s: still not at the end of the questions: %s", p.plan.service.Service, p.at.Path)
		}
		if next := onward(p.page); next != "" {
			to, err := p.at.Parse(next)
			if err == nil {
				err = p.follow(ctx, http.MethodGet, to.String(), nil)
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
		if err := p.follow(ctx, http.MethodPost, to, form); err != nil {
			return err
		}
		if p.status == http.StatusUnprocessableEntity || p.at.Path == from && n > 40 {
			return fmt.Errorf("%s: the answers to %s were not taken: %s", p.plan.service.Service, from, text(find(p.page, "div", "govuk-error-summary")))
		}
	}
	p.draft = strings.Split(p.at.Path, "/")[2]
	form, to, err := p.fill()
	if err != nil {
		return err
	}
	p.form = form
	if err := p.send(ctx, to); err != nil {
		return err
	}
	return p.pay(ctx)
}

// send sends the application. What counts as told is the answer that leads to the confirmation, before that page is read.
func (p *person) send(ctx context.Context, to string) error {
	status, location, err := p.ask(ctx, http.MethodPost, to, p.form)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther || !strings.HasSuffix(location, "/done") {
		return fmt.Errorf("%s: the application was not taken: %d, %s", p.plan.service.Service, status, text(find(p.page, "div", "govuk-error-summary")))
	}
	p.sent = true
	return p.readNumber(ctx)
}

var numbers = regexp.MustCompile(`[A-Z]{2,4}-\d{4}-\d+`)

func (p *person) readNumber(ctx context.Context) error {
	to, err := p.at.Parse("/apply/" + p.draft + "/done")
	if err != nil {
		return err
	}
	if err := p.follow(ctx, http.MethodGet, to.String(), nil); err != nil {
		return err
	}
	got := numbers.FindString(text(find(p.page, "main", "")))
	switch {
	case got == "":
		return errors.New("the confirmation has no number")
	case p.number != "" && p.number != got:
		return fmt.Errorf("the number %s has become %s", p.number, got)
	}
	p.number = got
	return nil
}

// pay pays by the demo's practice card, where something is to be paid.
func (p *person) pay(ctx context.Context) error {
	for range 4 {
		form, to, err := p.fill()
		if err != nil || !strings.Contains(to, "/pay") && !strings.Contains(to, "practice") && !strings.Contains(to, "sandbox") {
			return nil // nothing to pay
		}
		if err := p.follow(ctx, http.MethodPost, to, form); err != nil {
			return err
		}
		if strings.Contains(p.at.Path, "/paid/") && strings.Contains(text(p.page), "Payment received") {
			p.paid = p.at.Path
			return nil
		}
	}
	return nil
}
