package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"stoa/internal/fault"
)

// embedded reports whether another site takes a page of ours as a part of its own: a picture, a script, a frame. What is
// somebody's own is only ever opened by its address; who follows a link from elsewhere may. (Fetch Metadata Request Headers,
// W3C; browsers without them send none, and are kept out by Cross-Origin-Resource-Policy and SameSite alone.)
func embedded(hr *http.Request, area Area) bool {
	if area == Public || area == System {
		return false
	}
	switch hr.Header.Get("Sec-Fetch-Site") {
	case "", "none", "same-origin":
		return false
	}
	return hr.Header.Get("Sec-Fetch-Mode") != "navigate" || hr.Header.Get("Sec-Fetch-Dest") != "document"
}

var errEmbedded = fault.NewForbidden("This page opens on its own only. Open it by its address")

// reportMost bounds what a browser may tell about what it did not load.
const reportMost = 16 << 10

// violated is POST /csp-report: a browser did not load what the content security policy forbids. Somebody has put it into a
// page, or an extension of theirs has; many at once are worth a look. Addresses hold ids, so that origins alone are noted.
func (s *Server) violated(w http.ResponseWriter, r *Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyError(err)
	}
	var said struct {
		Report struct {
			Directive string `json:"effective-directive"`
			Blocked   string `json:"blocked-uri"`
		} `json:"csp-report"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return fault.Wrap(err, fault.Invalid, "")
	}
	s.Outside.Log.Warn("security", "event", "csp.violation", "id", r.ID, "directive", short(said.Report.Directive), "blocked", origin(said.Report.Blocked))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// origin is who served an address: a scheme alone, or a word of the browser's like "inline".
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "unreadable"
	}
	if u.Host == "" {
		return short(u.Scheme + u.Path)
	}
	return short(u.Scheme + "://" + u.Host)
}

// short bounds what strangers put into the log.
func short(s string) string {
	if len(s) > 100 {
		return s[:100]
	}
	return s
}
