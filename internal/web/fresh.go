package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"stoa/internal/policy"
)

// ConfirmPath is where somebody who is signed in shows once more that it is they.
const ConfirmPath = "/sign-in/confirm"

// Carried is a form that was sent too long after its sender had shown who they are. It travels through the question whether
// it is still they, in hidden fields, and is sent on afterwards: nothing that was typed is lost.
type Carried struct {
	To     string // where the form was sent
	Fields []CarriedField
}

// CarriedField is a value of it.
type CarriedField struct{ Name, Value string }

// carryPrefix keeps the names of what is carried apart from those of the question's own form.
const carryPrefix = "carried."

// Stale reports whether the route asks for more than the actor has shown of late.
func (s *Server) stale(r *Request) bool {
	return r.Route.Fresh && !policy.Fresh(r.Actor, s.Outside.Now())
}

// askAgain leads to the question, and back to this very page or form.
func (s *Server) askAgain(w http.ResponseWriter, r *Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || s.Confirm == nil {
		return r.Redirect(w, ConfirmPath+"?to="+url.QueryEscape(r.comeBack()))
	}
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.Carried = &Carried{To: LocalPath(r.URL.RequestURI(), "/"), Fields: fieldsOf(r.PostForm, "")}
	return s.Confirm(w, r)
}

// fieldsOf are the values of a form whose names begin with a prefix, without it.
func fieldsOf(form url.Values, prefix string) (list []CarriedField) {
	for name, values := range form {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			for _, v := range values {
				list = append(list, CarriedField{rest, v})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b CarriedField) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// ReadCarried finds what the question's own form carries; nil for nothing.
func ReadCarried(r *Request) *Carried {
	to := LocalPath(r.PostFormValue("carried"), "")
	if to == "" {
		return nil
	}
	return &Carried{To: to, Fields: fieldsOf(r.PostForm, carryPrefix)}
}

// Hidden are the fields by which the question's form carries it.
func (c *Carried) Hidden() []CarriedField {
	if c == nil {
		return nil
	}
	all := []CarriedField{{"carried", c.To}}
	for _, f := range c.Fields {
		all = append(all, CarriedField{carryPrefix + f.Name, f.Value})
	}
	return all
}

// SessionToken is what the browser holds of its session.
func SessionToken(r *Request) string { return r.cookie(r.server.sessionName()) }

// ceremonyCookie binds a question that leads to another site to the browser that asked it.
const ceremonyCookie = "stoa-ceremony"

func (s *Server) ceremonyName() string {
	if s.https {
		return "__Host-" + ceremonyCookie
	}
	return ceremonyCookie
}

// HoldCeremony keeps a ceremony's token in this browser, until it is closed or the ceremony ends; "" forgets it.
func HoldCeremony(w http.ResponseWriter, r *Request, token string) {
	r.server.set(w, r.server.ceremonyName(), token, "/", 0)
}

// Ceremony is the token that this browser holds.
func Ceremony(r *Request) string { return r.cookie(r.server.ceremonyName()) }

// Device is the reader's browser and system in plain words: "Firefox, Android". It recognises the common ones, for people to
// recognise their own; nothing depends on it.
func Device(r *Request) string {
	agent := r.UserAgent()
	first := func(marks ...[2]string) string {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	browser := first([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"SamsungBrowser", "Samsung Internet"}, [2]string{"Firefox", "Firefox"},
		[2]string{"FxiOS", "Firefox"}, [2]string{"CriOS", "Chrome"}, [2]string{"Chrome", "Chrome"}, [2]string{"Safari", "Safari"})
	system := first([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Windows", "Windows"},
		[2]string{"Mac OS", "Mac"}, [2]string{"CrOS", "ChromeOS"}, [2]string{"Linux", "Linux"})
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + ", " + system
}
