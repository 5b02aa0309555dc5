package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
	"stoa/internal/policy"
	"stoa/internal/process"
	"stoa/internal/service"
	"stoa/internal/web/page"
)

// Request is a request with who asks, in which language, about which jurisdiction.
type Request struct {
	*http.Request
	ID    string // in the log and on error pages
	Actor policy.Actor
	P     *i18n.Printer
	Place *service.Jurisdiction
	Route Route
	// Carried is the form that Deps.Confirm is to carry on; nil where it is asked for itself.
	Carried *Carried
	server  *Server
	trail   *Trail // nil where no standby answers anybody
}

type requestKey struct{}

func withRequest(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

func requestFrom(hr *http.Request) *Request {
	return hr.Context().Value(requestKey{}).(*Request) // Handler always puts it there
}

// T translates a message of ours; short for r.P.T.
func (r *Request) T(msgid string, vars ...i18n.V) string { return r.P.T(msgid, vars...) }

// Text is a text of the jurisdiction in the reader's language.
func (r *Request) Text(t service.Text) string {
	return i18n.Text(t.By).In(r.P.Tag(), r.Place.File.Languages...)
}

// NewKey makes a one-time key for a form; the use case counts the form once by it.
func (r *Request) NewKey() page.FormKey {
	var b [18]byte
	source := r.server.Outside.Rand
	if source == nil {
		source = rand.Reader
	}
	if _, err := io.ReadFull(source, b[:]); err != nil {
		panic(fmt.Sprintf("web: read randomness: %v", err)) // nothing sensible can be done without
	}
	return page.FormKey(base64.RawURLEncoding.EncodeToString(b[:]))
}

// Key is the one-time key that came with the form.
func (r *Request) Key() string { return r.PostFormValue(page.FormKeyName) }

// Field is what was typed into a field of the form, without outer spaces.
func (r *Request) Field(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }

// Query is a value of the address.
func (r *Request) Query(name string) string { return strings.TrimSpace(r.URL.Query().Get(name)) }

// URLOf makes an address of ours whole, for codes and letters.
func (r *Request) URLOf(path string) string {
	return strings.TrimRight(r.server.Config.URL, "/") + path
}

// In prints in another language than the reader's: that of a document.
func In(r *Request, lang string) *i18n.Printer { return r.server.Words.For(lang) }

// Asset is the address of a style sheet, script or other file of the build; "" where it was not built.
func (r *Request) Asset(name string) string { return r.server.Assets.URL(name) }

// Demo reports whether this is a demonstration.
func (r *Request) Demo() bool { return r.server.Config.Demo }

// ReadForm reads the body of a form without files; the error says what was wrong with it.
func (r *Request) ReadForm() error {
	if err := r.ParseForm(); err != nil {
		return bodyError(err)
	}
	return nil
}

// Redirect sends the reader on with GET, so that reloading repeats nothing.
func (r *Request) Redirect(w http.ResponseWriter, to string) error {
	http.Redirect(w, r.Request, LocalPath(to, "/"), http.StatusSeeOther)
	return nil
}

// Leave sends the reader to the page of a payment provider or an identity scheme. It leads to this site, or to an origin that the operator has configured.
func (r *Request) Leave(w http.ResponseWriter, to string) error {
	u, err := url.Parse(to)
	if err != nil {
		return fault.NewInternal("leaving for another site", err)
	}
	origin := u.Scheme + "://" + u.Host
	if own, err := url.Parse(r.server.Config.URL); (err != nil || u.Host != own.Host) && !slices.Contains(r.server.Config.away(), origin) {
		return fault.NewInternal("leaving for another site", fmt.Errorf("%s is no configured place", origin))
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

// Amount reads what was typed as an amount of the place's currency. Its error is one to show.
func (r *Request) Amount(typed string) (money.Amount, error) {
	return process.ReadMoney(typed, r.Place.File.Currency)
}

// ReadAll reads the body as it came, within the route's bound.
func (r *Request) ReadAll() ([]byte, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, bodyError(err)
	}
	return b, nil
}

// LocalPath is a path of this site, or the other one: it never leads to another site.
func LocalPath(path, other string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return other
	}
	return path
}

// Send answers with bytes that are not a page. A name makes the browser save it as a file.
func (r *Request) Send(w http.ResponseWriter, mediaType, name string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if name != "" {
		h.Set("Content-Disposition", disposition("attachment", name))
	}
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := io.Copy(w, bytes.NewReader(body))
	return gone(err)
}

// address is where the request comes from, as far as limits care: an IPv6 network counts as one.
func (r *Request) address(proxy bool) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if proxy {
		if list := r.Header.Values("X-Forwarded-For"); len(list) > 0 {
			all := strings.Split(list[len(list)-1], ",")
			host = strings.TrimSpace(all[len(all)-1])
		}
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	if a = a.Unmap(); a.Is6() {
		if net, err := a.Prefix(64); err == nil {
			return net.String()
		}
	}
	return a.String()
}

// bodyError is what is wrong with a body that could not be read.
func bodyError(err error) error {
	if tooLarge(err) {
		return fault.Wrap(err, fault.TooLarge, "")
	}
	return fault.Wrap(err, fault.Invalid, "What you sent did not arrive whole. Go back and send it again")
}
