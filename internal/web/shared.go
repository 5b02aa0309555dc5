package web

import "net/http"

// How long others may keep what everybody may have.
const (
	ForSeconds  = "public, max-age=5"
	ForEver     = "public, max-age=31536000, immutable"
	AskEachTime = "public, no-cache"
)

// Share answers with bytes that everybody may have: also scripts of other sites, and caches on the way. What is large is
// compressed as the reader takes it.
func (r *Request) Share(w http.ResponseWriter, mediaType, keep string, body []byte) error {
	return r.ShareAs(w, http.StatusOK, mediaType, keep, body)
}

// ShareAs is Share with another status: what went wrong is for everybody too.
func (r *Request) ShareAs(w http.ResponseWriter, status int, mediaType, keep string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", keep)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Add("Vary", "Accept-Encoding")
	return gone(writeCompressed(w, r.Request, status, body))
}
