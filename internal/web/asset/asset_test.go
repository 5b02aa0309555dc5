package asset

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var built = fstest.MapFS{
	"manifest.json":    {Data: []byte(`{"stoa.css":"stoa.0a1b.css","icon.svg":"icon.9f.svg"}`)},
	"stoa.0a1b.css":    {Data: []byte("plain")},
	"stoa.0a1b.css.br": {Data: []byte("brotli")},
	"stoa.0a1b.css.gz": {Data: []byte("gzip")},
	"icon.9f.svg":      {Data: []byte("<svg/>")},
}

func TestHandlerNegotiates(t *testing.T) {
	s, err := load(built)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ accept, encoding, body string }{
		{"", "", "plain"},
		{"gzip, deflate, br, zstd", "br", "brotli"},
		{"gzip", "gzip", "gzip"},
		{"br;q=0, gzip;q=0.5", "gzip", "gzip"},
		{"br;q=0, *", "gzip", "gzip"},
		{"*", "br", "brotli"},
		{"identity", "", "plain"},
		{"BR; Q=1", "br", "brotli"},
		{"gzip;q=nonsense", "", "plain"},
	} {
		r := httptest.NewRequest(http.MethodGet, s.URL("stoa.css"), nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != c.encoding || w.Body.String() != c.body {
			t.Errorf("Accept-Encoding %q: %q %q, want %q %q", c.accept, got, w.Body, c.encoding, c.body)
		}
		if w.Header().Get("Content-Type") != "text/css; charset=utf-8" || w.Header().Get("Vary") != "Accept-Encoding" ||
			!strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("headers: %v", w.Header())
		}
	}
}

func TestHandlerRefuses(t *testing.T) {
	s, err := load(built)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, target string
		status         int
	}{
		{http.MethodGet, "/assets/stoa.css", 404},
		{http.MethodGet, "/assets/manifest.json", 404},
		{http.MethodGet, "/assets/../asset.go", 404},
		{http.MethodPost, "/assets/icon.9f.svg", 405},
		{http.MethodHead, "/assets/icon.9f.svg", 200},
	} {
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, httptest.NewRequest(c.method, c.target, nil))
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, w.Code, c.status)
		}
	}
}

func TestNothingBuilt(t *testing.T) {
	s, err := load(fstest.MapFS{".placeholder": {}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Present() || s.URL("stoa.css") != "" {
		t.Error("assets where none were built")
	}
	if (*Set)(nil).URL("stoa.css") != "" {
		t.Error("a nil set has addresses")
	}
}

func TestBrokenBuild(t *testing.T) {
	for name, fsys := range map[string]fstest.MapFS{
		"missing file":   {"manifest.json": {Data: []byte(`{"stoa.css":"gone.css"}`)}},
		"not a manifest": {"manifest.json": {Data: []byte(`[`)}},
	} {
		if _, err := load(fsys); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestLoad reads whatever this checkout has built.
func TestLoad(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if !s.Present() {
		fmt.Println("asset: nothing is built here (make build); only the handler was tested")
		return
	}
	for _, name := range []string{"stoa.css", "stoa.rtl.css", "desk.css", "desk.rtl.css", "chart.css", "chart.rtl.css", "print.css", "print.rtl.css", "stoa.js", "icon.svg"} {
		if s.URL(name) == "" {
			t.Errorf("%s was not built", name)
		}
	}
}
