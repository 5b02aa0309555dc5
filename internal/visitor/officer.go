package visitor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"stoa/internal/service"
)

// ErrNothingWaits says that an officer found no case to decide.
var ErrNothingWaits = errors.New("no case waits for a decision")

// Desk is work of somebody of a demonstration: cases of a service that wait in one state for what one officer decides alone.
type Desk struct{ service, state, action, email string }

// Desks are those of the demonstration's officers, one for each and each service whose cases begin by waiting for them.
func Desks(files fs.FS) ([]Desk, error) {
	j, problems := service.Load(files)
	if len(problems) > 0 {
		return nil, errors.New("the folder has problems: stoa check says which")
	}
	var all []Desk
	for _, s := range j.Services {
		if !slices.Contains(applied, s.Service) {
			continue
		}
		begins := s.Case.Start
		at := slices.IndexFunc(s.Actions, func(a *service.Action) bool {
			return a.Kind == "decide" && a.By == "officer" && !a.Approval && slices.Contains(a.From, begins)
		})
		if at < 0 {
			continue
		}
		for _, one := range j.Demo.Staff {
			if slices.ContainsFunc(one.Roles, func(r service.RoleFile) bool { return r.Role == "officer" && r.Organisation == s.Organisation }) {
				all = append(all, Desk{s.Service, begins, s.Actions[at].ID, one.Email})
			}
		}
	}
	return all, nil
}

// Demonstration reports whether a site is one, where people sign in by a click.
func Demonstration(ctx context.Context, site string) bool {
	p := browser(0)
	defer p.Leave()
	return p.Follow(ctx, http.MethodGet, site+"/demo", nil) == nil
}

// Officer decides cases with a browser of their own, in which they stay signed in.
type Officer struct {
	*Person
	desk Desk
	in   bool
}

// NewOfficer is the nth of all who use the site. What is told of answers is told of theirs, too.
func NewOfficer(n int, at Desk) *Officer {
	p := browser(n)
	p.types = map[string][]string{"reason": {"We hold it, and nothing speaks against giving it."}}
	return &Officer{Person: p, desk: at}
}

// Decide goes the whole way: to the queue, to a case that is theirs to take, through the form that decides it, and to the letter
// that says so. It is ErrNothingWaits if there is none.
func (o *Officer) Decide(ctx context.Context, site string, take func(id string) bool) error {
	if err := o.signIn(ctx, site); err != nil {
		return err
	}
	id, err := o.pick(ctx, site, take)
	if err != nil {
		return err
	}
	path := "/desk/cases/" + id
	if err := o.Follow(ctx, http.MethodGet, site+path, nil); err != nil {
		return err
	}
	before, do := o.letters(path), path+"/do/"+o.desk.action
	if len(links(o.page, func(to string) bool { return to == do })) == 0 {
		return fmt.Errorf("%s does not offer %s", path, o.desk.action)
	}
	if err := o.Follow(ctx, http.MethodGet, site+do, nil); err != nil {
		return err
	}
	form, to, err := o.fill()
	if err != nil {
		return err
	}
	if err := o.Follow(ctx, http.MethodPost, to, form); err != nil {
		return err
	}
	if o.at.Path != path {
		return fmt.Errorf("%s was not done: %s", do, text(find(o.page, "div", "govuk-error-summary")))
	}
	for _, letter := range o.letters(path) {
		if !slices.Contains(before, letter) {
			return o.Follow(ctx, http.MethodGet, site+letter, nil)
		}
	}
	return fmt.Errorf("%s: there is no letter of the decision", path)
}

// signIn clicks on whoever they are, once.
func (o *Officer) signIn(ctx context.Context, site string) error {
	if o.in {
		return nil
	}
	if err := o.Follow(ctx, http.MethodGet, site+"/demo?to=/desk", nil); err != nil {
		return err
	}
	form := url.Values{}
	walk(find(o.page, "main", ""), func(n *html.Node) {
		if n.Data == "form" && attr(n, "action") == "/demo/sign-in" && form.Get("email") != o.desk.email {
			form = hidden(n)
		}
	})
	if form.Get("email") != o.desk.email {
		return fmt.Errorf("nobody there is %s", o.desk.email)
	}
	if err := o.Follow(ctx, http.MethodPost, site+"/demo/sign-in", form); err != nil {
		return err
	}
	if o.at.Path != "/desk" {
		return fmt.Errorf("signing in as %s leads to %s", o.desk.email, o.at.Path)
	}
	o.in = true
	return nil
}

// pick goes through the queue, the most urgent first, until a case is theirs to take.
func (o *Officer) pick(ctx context.Context, site string, take func(id string) bool) (string, error) {
	next := "/desk/cases?" + url.Values{"service": {o.desk.service}, "state": {o.desk.state}}.Encode()
	for range 40 { // pages
		if err := o.Follow(ctx, http.MethodGet, site+next, nil); err != nil {
			return "", err
		}
		const cases = "/desk/cases/"
		for _, to := range links(o.page, func(to string) bool { return strings.HasPrefix(to, cases) }) {
			if id := to[len(cases):]; take(id) {
				return id, nil
			}
		}
		further := links(o.page, func(to string) bool { return strings.HasPrefix(to, "/desk/cases?") && strings.Contains(to, "after=") })
		if len(further) == 0 {
			break
		}
		next = further[0]
	}
	return "", ErrNothingWaits
}

// letters are the addresses of the letters of the case that they look at.
func (o *Officer) letters(path string) []string {
	return links(o.page, func(to string) bool {
		return strings.HasPrefix(to, path+"/letters/") && !strings.HasSuffix(to, "/pdf")
	})
}

// links are where the links of a page lead, those that are wanted.
func links(page *html.Node, wanted func(to string) bool) (all []string) {
	walk(find(page, "main", ""), func(n *html.Node) {
		if to := attr(n, "href"); n.Data == "a" && wanted(to) && !slices.Contains(all, to) {
			all = append(all, to)
		}
	})
	return all
}

// hidden are the values that a form carries along.
func hidden(form *html.Node) url.Values {
	values := url.Values{}
	walk(form, func(n *html.Node) {
		if n.Data == "input" && attr(n, "type") == "hidden" {
			values.Add(attr(n, "name"), attr(n, "value"))
		}
	})
	return values
}
