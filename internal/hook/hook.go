// Package hook calls programs of others that asked to be told of something: addresses that strangers typed. It goes to public
// addresses only, follows nobody elsewhere, and signs what it sends.
//
// It stops at the call: what is said, when, and how often it is tried again is for others.
package hook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/job"
)

// Caller calls webhooks.
type Caller struct {
	client  *http.Client
	private bool
	now     func() time.Time
}

const callTime = 15 * time.Second

// New makes it. private lets it call addresses inside, and without TLS: for tests, and where an operator says so.
func New(private bool, now func() time.Time) *Caller {
	w := &Caller{private: private, now: now}
	dialer := &net.Dialer{Timeout: callTime, Control: w.control}
	w.client = &http.Client{
		Timeout: callTime,
		// No proxy of the environment: behind one, the address that is called could not be looked at.
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: callTime, DisableKeepAlives: true, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w
}

// errInside is an address that is not public.
var errInside = errors.New("the address is not a public one")

// control looks at the address itself, after names are resolved and just before it is called: a name that leads somewhere
// else the second time gets nowhere.
func (w *Caller) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errInside
	}
	if !w.private && !Public(at.Addr()) {
		return errInside
	}
	return nil
}

// inside are the networks that are nobody's on the internet, besides those that netip knows (IANA special-purpose
// registries, RFC 6890).
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"), netip.MustParsePrefix("::/96"),
}

// Public reports whether an address is one of the open internet.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range inside {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// CheckURL says what is wrong with a webhook's address, as far as it can be told before calling it: a message of package i18n; "" for
// nothing.
func (w *Caller) CheckURL(address string) (problem string) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || len(address) > 500 || u.User != nil || u.Fragment != "" {
		return i18n.Msg("Enter a whole address that begins with https://")
	}
	if w.private && u.Scheme == "http" {
		return ""
	}
	if u.Scheme != "https" {
		return i18n.Msg("The address must begin with https://, so that nobody on the way can read or change what we send")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !w.private && !Public(a) {
		return i18n.Msg("The address must be one that can be reached from the internet")
	}
	return ""
}

// Call posts a body as JSON, with its signature. key is the same for a repetition.
//
// Stoa-Signature is "t=SECONDS,v1=HEX", where HEX is the HMAC-SHA256, under the secret, of SECONDS, a full stop, and the body.
func (w *Caller) Call(ctx context.Context, to, secret, key string, body []byte) error {
	if problem := w.CheckURL(to); problem != "" {
		return job.Permanent(errors.New(problem))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return job.Permanent(errInside)
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Stoa")
	r.Header.Set("Idempotency-Key", key)
	r.Header.Set("Stoa-Signature", "t="+at+",v1="+Signature(secret, at, body))
	res, err := w.client.Do(r)
	if err != nil {
		if errors.Is(err, errInside) {
			return job.Permanent(errInside)
		}
		return &Failure{Code: codeOf(err)}
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	switch {
	case res.StatusCode < 300:
		return nil
	case res.StatusCode == http.StatusGone:
		return job.Permanent(&Failure{Code: strconv.Itoa(res.StatusCode)})
	}
	return &Failure{Code: strconv.Itoa(res.StatusCode)}
}

// Failure is why a webhook was not told. The address is somebody's, and what our network says of it is ours: neither is in it.
type Failure struct{ Code string }

// The codes of failures beside the status that was answered.
const (
	NotFound    = "not_found"   // no such host
	TimedOut    = "timed_out"   //
	Untrusted   = "untrusted"   // its certificate
	Unreachable = "unreachable" // whatever else
	Inside      = "inside"      // an address that is not of the internet
)

// Error implements error.
func (f *Failure) Error() string { return "the webhook was not told: " + f.Code }

func codeOf(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var slow net.Error
	switch {
	case errors.As(err, &dns):
		return NotFound
	case errors.As(err, &cert):
		return Untrusted
	case errors.As(err, &slow) && slow.Timeout():
		return TimedOut
	}
	return Unreachable
}

// CodeOf is the code of an error that Call gave.
func CodeOf(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.Code
	}
	return Inside
}

// Signature is the HMAC-SHA256 of an instant and a body, in hexadecimal.
func Signature(secret, at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
