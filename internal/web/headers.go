package web

import (
	"net/http"
	"strings"
)

// csp is the content security policy: nothing but our own files, nothing inline. Forms lead to us, and from there to the
// pages of payment providers, which a browser counts as part of sending the form.
func csp(payAt []string) string { return policyWith("script-src 'self'", payAt) }

// cspVerifier is the same for pages on which the visitor's own browser verifies: WebAssembly of ours may be compiled there,
// and nothing more.
func cspVerifier(payAt []string) string {
	return policyWith("script-src 'self' 'wasm-unsafe-eval'", payAt)
}

func policyWith(scripts string, payAt []string) string {
	return "default-src 'none'; style-src 'self'; " + scripts + "; img-src 'self' data:; connect-src 'self'; " +
		"form-action " + strings.Join(append([]string{"'self'"}, payAt...), " ") + "; frame-ancestors 'none'; base-uri 'none'; report-uri /csp-report"
}

// securityHeaders are on every answer.
func (s *Server) securityHeaders(h http.Header, id string) {
	h.Set("X-Request-Id", id)
	h.Set("Content-Security-Policy", s.csp)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", permissions(""))
	if s.https {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// permissions says what a page may use of a device: nothing, but where codes are scanned, the camera.
func permissions(camera string) string {
	return "camera=(" + camera + "), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
}

// bare leaves out what a file that is no page has no use for: on a slow line every byte before the first page counts.
func bare(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Del("Permissions-Policy")
	h.Del("Cross-Origin-Opener-Policy")
}

// cacheHeaders keep what is personal out of every cache; a public page is asked for anew, because it
// shows the reader's language and name.
func (s *Server) cacheHeaders(h http.Header, r *Request) {
	switch {
	case r.Route.Area == System:
		h.Set("Cache-Control", "no-cache")
	case r.Route.Area != Public:
		h.Set("Cache-Control", "no-store")
	default:
		h.Set("Cache-Control", "private, no-cache")
		h.Add("Vary", "Cookie")
		h.Add("Vary", "Accept-Language")
	}
}
