// Package elsewhere asks registers that others keep: over HTTP with JSON, or through an X-Road security server.
//
// It stops at the answer: whether a register may be asked, what becomes of what it says, and who hears of it are for others. It
// keeps nothing but which registers have not answered lately.
package elsewhere

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"stoa/internal/hook"
	"stoa/internal/service"
)

// Config is what the operator sets, and what comes from outside.
type Config struct {
	Inside   []string               // ADDRESS:PORT of sources that may lie inside our own network
	TLS      *tls.Config            // whom to trust besides those whom the system trusts; nil: nobody
	Secrets  func(id string) string // of a register's `header:`; "" for none
	Security string                 // https://HOST of the X-Road security server; "": X-Road is not asked
	Client   *http.Transport        // with the certificate for it; nil: none
	Now      func() time.Time
	ID       func() string                                    // of messages: a UUID
	Wait     func(ctx context.Context, d time.Duration) error // between tries
	Log      *slog.Logger
}

// Registers is the way to registers of others.
type Registers struct {
	c      Config
	client *http.Client
	road   *http.Client

	mu    sync.Mutex
	quiet map[string]pause // registers that did not answer, by id
}

// pause is how long a register is left alone after it has not answered.
type pause struct {
	until  time.Time
	failed int
}

// Bounds: somebody waits for a page while a register is asked.
const (
	bodyMost    = 1 << 20 // bytes of an answer
	recordsMost = 20      // of one answer
	tries       = 3
	waitDefault = 5 * time.Second
	pauseFirst  = 5 * time.Second
	pauseMost   = 5 * time.Minute
)

// New makes it.
func New(c Config) *Registers {
	r := &Registers{c: c, quiet: map[string]pause{}}
	dialer := &net.Dialer{Timeout: waitDefault, Control: r.control}
	r.client = &http.Client{
		// No proxy of the environment: behind one, the address that is called could not be looked at.
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: waitDefault, TLSClientConfig: c.TLS, MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	transport := c.Client
	if transport == nil {
		transport = &http.Transport{MaxResponseHeaderBytes: 64 << 10}
	}
	r.road = &http.Client{Transport: transport, CheckRedirect: r.client.CheckRedirect}
	return r
}

var errInside = errors.New("the address is not a public one, and the operator has not allowed it")

// control looks at the address itself, after names are resolved and just before it is called; see package hook.
func (r *Registers) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errInside
	}
	if hook.Public(at.Addr()) {
		return nil
	}
	for _, allowed := range r.c.Inside {
		if allowed == address {
			return nil
		}
	}
	return errInside
}

// Question is what a register is asked, for whom and why.
type Question struct {
	Of    *service.Elsewhere
	By    map[string]string
	Issue string // what it is asked for: an application's id
}

// Record is what a register has of one thing.
type Record struct {
	Number string
	Day    string            // ISO; "" where it does not say
	Fields map[string]string // as package record writes them
}

// Down is a register that did not answer, or not as its file says. It never holds what was asked.
type Down struct {
	Register string
	Why      string
}

// Error implements error.
func (d *Down) Error() string {
	return "register " + d.Register + " of others did not answer: " + d.Why
}

// Ask asks, several times if need be, within the time that its file gives.
func (r *Registers) Ask(ctx context.Context, q Question) ([]Record, error) {
	id := q.Of.Elsewhere
	if why := r.resting(id); why != "" {
		return nil, &Down{id, why}
	}
	wait := waitDefault
	if q.Of.Wait > 0 {
		wait = time.Duration(q.Of.Wait) * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	records, err := r.persist(ctx, q)
	r.note(id, err)
	if err != nil {
		r.c.Log.Warn("a register of others did not answer", "err", err)
	}
	return records, err
}

func (r *Registers) persist(ctx context.Context, q Question) ([]Record, error) {
	var last error
	for n := range tries {
		if n > 0 {
			if err := r.c.Wait(ctx, time.Duration(1<<n)*100*time.Millisecond); err != nil {
				break
			}
		}
		records, again, err := r.once(ctx, q)
		if err == nil {
			return records, nil
		}
		last = &Down{q.Of.Elsewhere, err.Error()}
		if !again {
			break
		}
	}
	return nil, last
}

// resting says why a register is not asked just now.
func (r *Registers) resting(id string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p, ok := r.quiet[id]; ok && r.c.Now().Before(p.until) {
		return "it has not answered lately, and is left alone for a while"
	}
	return ""
}

func (r *Registers) note(id string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		delete(r.quiet, id)
		return
	}
	p := r.quiet[id]
	rest := min(pauseFirst<<min(p.failed, 10), pauseMost)
	r.quiet[id] = pause{r.c.Now().Add(rest), p.failed + 1}
}

// once asks one time. again reports whether another try may help.
func (r *Registers) once(ctx context.Context, q Question) (records []Record, again bool, err error) {
	ask, check := r.overHTTP, plainly
	client := r.client
	if q.Of.XRoad != nil {
		ask, check, client = r.overXRoad, overRoad, r.road
	}
	req, err := ask(ctx, q)
	if err != nil {
		return nil, false, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, !errors.Is(err, errInside), reason(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, bodyMost+1))
	switch {
	case err != nil:
		return nil, true, reason(err)
	case len(body) > bodyMost:
		return nil, false, errors.New("its answer is too long")
	}
	if found, again, err := check(req, res, body); err != nil || !found {
		return nil, again, err
	}
	records, err = read(q.Of, body)
	return records, false, err
}

// reason is an error of the network without its address, in which stands what was asked.
func reason(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("it took too long")
	}
	return err
}

// plainly judges an HTTP answer: 404 and 204 say that it has nothing.
func plainly(_ *http.Request, res *http.Response, _ []byte) (found, again bool, err error) {
	switch {
	case res.StatusCode == http.StatusOK:
		return true, false, nil
	case res.StatusCode == http.StatusNotFound, res.StatusCode == http.StatusNoContent:
		return false, false, nil
	}
	return false, res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests, fmt.Errorf("its status is %d", res.StatusCode)
}

// fill puts values into a template; each is escaped, in the query as in the path, so that it stays one value.
func fill(template string, by map[string]string) string {
	path, query, _ := strings.Cut(template, "?")
	for name, value := range by {
		path = strings.ReplaceAll(path, "{"+name+"}", strings.ReplaceAll(url.PathEscape(value), ".", "%2E"))
		query = strings.ReplaceAll(query, "{"+name+"}", url.QueryEscape(value))
	}
	if query != "" {
		return path + "?" + query
	}
	return path
}

func (r *Registers) overHTTP(ctx context.Context, q Question) (*http.Request, error) {
	source := q.Of.HTTP
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fill(source.URL, q.By), http.NoBody)
	if err != nil {
		return nil, errors.New("its address cannot be made")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Stoa")
	if source.Header != "" {
		secret := r.c.Secrets(q.Of.Elsewhere)
		if secret == "" {
			return nil, errors.New("its secret is not set")
		}
		req.Header.Set(source.Header, secret)
	}
	return req, nil
}

// read takes records out of an answer.
func read(of *service.Elsewhere, body []byte) ([]Record, error) {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	var whole any
	if err := d.Decode(&whole); err != nil {
		return nil, errors.New("its answer is no JSON")
	}
	at, ok := pointed(whole, of.Records)
	if !ok || at == nil {
		return nil, nil
	}
	list, isList := at.([]any)
	if !isList {
		list = []any{at}
	}
	if len(list) > recordsMost {
		return nil, errors.New("it answers with too many records")
	}
	var all []Record
	for _, item := range list {
		rec, err := one(of, item)
		if err != nil {
			return nil, err
		}
		all = append(all, rec)
	}
	return all, nil
}
