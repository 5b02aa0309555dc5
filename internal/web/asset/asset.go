// Package asset owns the styles, scripts and icons that the build puts into
// dist: it knows their hashed names and serves them, already compressed, to be
// kept for ever. It stops there: what a page links to is the page's business.
//
// Without the build (a bare checkout) there is no manifest; pages are then
// plain, semantic HTML and [Set.Present] says so.
package asset

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Prefix is where [Set.Handler] expects to be mounted.
const Prefix = "/assets/"

// Set is one build of the assets.
type Set struct {
	urls  map[string]string // "stoa.css" to "/assets/stoa.1a2b3c4d.css"
	files map[string]*file  // by hashed name
}

// file is one asset with its forms on the wire, smallest first.
type file struct {
	mediaType string
	forms     []form
}

type form struct {
	encoding string // "" for the plain bytes
	body     []byte
}

// Load reads the assets built into the binary.
func Load() (*Set, error) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, fmt.Errorf("opening the built assets: %w", err)
	}
	return load(sub)
}

func load(fsys fs.FS) (*Set, error) {
	s := &Set{urls: map[string]string{}, files: map[string]*file{}}
	raw, err := fs.ReadFile(fsys, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the asset manifest: %w", err)
	}
	var names map[string]string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, fmt.Errorf("reading the asset manifest: %w", err)
	}
	for name, hashed := range names {
		f, err := read(fsys, hashed)
		if err != nil {
			return nil, fmt.Errorf("reading asset %s: %w", name, err)
		}
		s.urls[name] = Prefix + hashed
		s.files[hashed] = f
	}
	return s, nil
}

func read(fsys fs.FS, hashed string) (*file, error) {
	f := &file{mediaType: mediaType(hashed)}
	for _, form := range []form{{encoding: "br"}, {encoding: "gzip"}, {}} {
		body, err := fs.ReadFile(fsys, hashed+suffix[form.encoding])
		if errors.Is(err, fs.ErrNotExist) && form.encoding != "" {
			continue
		}
		if err != nil {
			return nil, err
		}
		form.body = body
		f.forms = append(f.forms, form)
	}
	return f, nil
}

var suffix = map[string]string{"br": ".br", "gzip": ".gz"}

func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".wasm":
		return "application/wasm"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// Present tells whether there are any assets.
func (s *Set) Present() bool { return s != nil && len(s.urls) > 0 }

// URL is the address of an asset by its plain name, empty if it was not built.
func (s *Set) URL(name string) string {
	if s == nil {
		return ""
	}
	return s.urls[name]
}

// Handler serves the assets under [Prefix].
func (s *Set) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.files[strings.TrimPrefix(r.URL.Path, Prefix)]
		if f == nil {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		form := f.accepted(r.Header.Values("Accept-Encoding"))
		h := w.Header()
		h.Set("Content-Type", f.mediaType)
		h.Set("Content-Length", strconv.Itoa(len(form.body)))
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		h.Set("X-Content-Type-Options", "nosniff")
		if form.encoding != "" {
			h.Set("Content-Encoding", form.encoding)
		}
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write(form.body) // the reader has gone; nothing is left to tell
	})
}

// accepted is the smallest form that the reader takes.
func (f *file) accepted(header []string) form {
	for _, form := range f.forms {
		if form.encoding == "" || accepts(header, form.encoding) {
			return form
		}
	}
	return f.forms[len(f.forms)-1]
}

// accepts reads Accept-Encoding (RFC 9110, 12.5.3): a named coding decides over
// "*", and a weight of zero refuses.
func accepts(header []string, encoding string) bool {
	any := false
	for part := range strings.SplitSeq(strings.Join(header, ","), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		name = strings.ToLower(strings.TrimSpace(name))
		ok := true
		if q, found := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q="); found {
			weight, err := strconv.ParseFloat(q, 64)
			ok = err == nil && weight > 0
		}
		switch name {
		case encoding:
			return ok
		case "*":
			any = ok
		}
	}
	return any
}
