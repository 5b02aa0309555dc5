package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The cookies. None is needed to read public pages, none is for anybody else to read. Session and draft
// cookies are sent with top-level navigation only (SameSite=Lax), never to scripts.
const (
	languageCookie = "stoa-language"
	sessionCookie  = "stoa-session"
	draftCookie    = "stoa-draft"
	talkCookie     = "stoa-talk"
	seenCookie     = "stoa-seen"
)

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https"
}

// sessionName has the prefix that makes browsers refuse the cookie from anywhere but this host over TLS.
func (s *Server) sessionName() string {
	if s.https {
		return "__Host-" + sessionCookie
	}
	return sessionCookie
}

// draftName cannot be a __Host- cookie, which would have to be sent with every path.
func (s *Server) draftName() string {
	if s.https {
		return "__Secure-" + draftCookie
	}
	return draftCookie
}

func (s *Server) set(w http.ResponseWriter, name, value, path string, life time.Duration) {
	c := &http.Cookie{Name: name, Value: value, Path: path, Secure: s.https, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	switch {
	case value == "":
		c.MaxAge = -1
	case life > 0:
		c.MaxAge = int(life / time.Second)
	}
	http.SetCookie(w, c)
}

// SignIn keeps the session in the browser until it is closed or ends.
func (r *Request) SignIn(w http.ResponseWriter, token string) {
	r.server.set(w, r.server.sessionName(), token, "/", 0)
}

// SignOut forgets it; the caller ends the session itself. It returns its token.
func (r *Request) SignOut(w http.ResponseWriter) (token string) {
	r.server.set(w, r.server.sessionName(), "", "/", 0)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`) // nothing of theirs stays for whoever sits here next
	return r.cookie(r.server.sessionName())
}

// HoldDraft keeps a draft's token, for the draft's own pages only.
func (r *Request) HoldDraft(w http.ResponseWriter, draft, token string) {
	r.server.set(w, r.server.draftName(), token, "/apply/"+draft, 60*24*time.Hour)
}

// HoldTalk keeps the token of a conversation with the assistant, for its own page only; "" forgets it.
func HoldTalk(r *Request, w http.ResponseWriter, token string, life time.Duration) {
	r.server.set(w, r.server.talkName(), token, "/ask", life)
}

// Talk is the token of the conversation that this browser holds.
func Talk(r *Request) string { return r.cookie(r.server.talkName()) }

// talkName cannot be a __Host- cookie either.
func (s *Server) talkName() string {
	if s.https {
		return "__Secure-" + talkCookie
	}
	return talkCookie
}

// keepLanguage remembers the language that the address named.
func (s *Server) keepLanguage(w http.ResponseWriter, r *Request) {
	if asked := r.asked(); asked != "" && asked == r.P.Tag() && r.cookie(languageCookie) != asked {
		s.set(w, languageCookie, asked, "/", 365*24*time.Hour)
	}
}

func (r *Request) cookie(name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// disposition writes a file name for a Content-Disposition header (RFC 6266, RFC 8187).
func disposition(kind, name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	return kind + `; filename="` + ascii + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
