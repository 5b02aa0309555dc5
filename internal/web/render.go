package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"

	"stoa/internal/web/page"
)

// Page is one answer to a reader: what differs from page to page. The frame around it is made here.
type Page struct {
	Status      int // default 200
	Title       string
	Failed      bool // answers a form with errors: status 422, "Error: " in the title
	Content     page.Component
	Back        string // address of the back link
	Crumbs      []page.Crumb
	Hero        page.Component
	ServiceName string // while a service is being used
	ServiceURL  string
	Nav         []page.NavItem // instead of the public areas: the desk's
	Area        string         // which public area this is in: services, registers, notices, account
	Wide        bool
	Paper       bool // shows a letter or certificate
	Asks        bool // a page of questions, which nobody prints
	NoIndex     bool
	Verifies    bool   // verifies proofs in the visitor's own browser: that script, and WebAssembly
	Talks       bool   // talks with the assistant: that script
	Shielded    bool   // solves the puzzle of a form that waits: that script
	Passkeys    bool   // asks devices for passkeys: that script
	Charts      bool   // shows pictures of package chart
	FormTo      string // an address of others to which its form leads
}

// Render answers with a page. It is rendered whole before the first byte leaves, so that a template
// that fails gives an error page and not half a page.
func (r *Request) Render(w http.ResponseWriter, p Page) error {
	s := r.server
	s.keepLanguage(w, r)
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := page.Layout(s.shell(r, p), p.Content).Render(r.Context(), buf); err != nil {
		return fmt.Errorf("rendering a page: %w", err)
	}
	status := p.Status
	if status == 0 {
		status = http.StatusOK
	}
	if p.Failed && p.Status == 0 {
		status = http.StatusUnprocessableEntity
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if p.FormTo != "" {
		h.Set("Content-Security-Policy", csp(append(s.Config.away(), formTo(p.FormTo))))
	}
	if p.Verifies {
		h.Set("Content-Security-Policy", cspVerifier(s.Config.away()))
		h.Set("Permissions-Policy", permissions("self"))
	}
	h.Set("Content-Language", r.P.Tag())
	h.Add("Vary", "Accept-Encoding")
	return gone(writeCompressed(w, r.Request, status, buf.Bytes()))
}

// Fragment renders a component by itself, for a test or for being put into something else.
func Fragment(r *Request, c page.Component) ([]byte, error) {
	var buf bytes.Buffer
	err := c.Render(page.WithWords(r.Context(), r.server.frames.words(r.P)), &buf)
	return buf.Bytes(), err
}

var (
	buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	// Quality 4 is where brotli passes gzip's size at a quarter of its best quality's time.
	brotlis = sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 4) }}
	gzips   = sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, 5) // the level is valid
		return z
	}}
)

const worthCompressing = 1 << 10

// writeCompressed writes a page in the smallest form the reader takes. Compressing what is secret
// beside what an attacker chooses would leak it by length (BREACH): no page holds a lasting secret,
// since posts are checked by their origin, and form keys are new on every page.
func writeCompressed(w http.ResponseWriter, r *http.Request, status int, body []byte) (err error) {
	h := w.Header()
	if len(body) < worthCompressing {
		return writeWhole(w, r, status, body)
	}
	accepted := strings.Join(r.Header.Values("Accept-Encoding"), ",")
	out := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(out)
	out.Reset()
	switch {
	case takes(accepted, "br"):
		z := brotlis.Get().(*brotli.Writer)
		defer brotlis.Put(z)
		z.Reset(out)
		if _, err = z.Write(body); err == nil {
			err = z.Close()
		}
		h.Set("Content-Encoding", "br")
	case takes(accepted, "gzip"):
		z := gzips.Get().(*gzip.Writer)
		defer gzips.Put(z)
		z.Reset(out)
		if _, err = z.Write(body); err == nil {
			err = z.Close()
		}
		h.Set("Content-Encoding", "gzip")
	default:
		return writeWhole(w, r, status, body)
	}
	if err != nil {
		return fmt.Errorf("compressing a page: %w", err)
	}
	return writeWhole(w, r, status, out.Bytes())
}

func writeWhole(w http.ResponseWriter, r *http.Request, status int, body []byte) error {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err := w.Write(body)
	return err
}

// takes reports whether an Accept-Encoding header names a coding without refusing it (RFC 9110, 12.5.3).
func takes(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		params = strings.ReplaceAll(params, " ", "")
		q, weighted := strings.CutPrefix(params, "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !weighted || err == nil && weight > 0
	}
	return false
}
