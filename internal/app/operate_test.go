package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"stoa/internal/store/storetest"
)

// TestMetricsAreForThisMachine: a reader through a proxy, from elsewhere or by another name gets the page that is not there.
func TestMetricsAreForThisMachine(t *testing.T) {
	a := open(t, Config{Data: t.TempDir(), URL: "http://127.0.0.1:8080"}, false, quiet())
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	ask := func(h http.Handler, change func(*http.Request)) (int, string) {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8080/metrics", nil)
		r.RemoteAddr = "127.0.0.1:5000"
		change(r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body, _ := io.ReadAll(w.Body)
		return w.Code, string(body)
	}
	h := a.Handler(pages)
	code, body := ask(h, func(*http.Request) {})
	for _, name := range []string{"stoa_database_commits ", "stoa_jobs{state=\"dead\"} 0", "stoa_log_waiting ", "stoa_sessions 0", "stoa_database_readable 1", "go_goroutines "} {
		if !strings.Contains(body, "\n"+name) {
			t.Errorf("status %d, no %s", code, name)
		}
	}
	for what, change := range map[string]func(*http.Request){
		"from elsewhere":   func(r *http.Request) { r.RemoteAddr = "192.0.2.7:5000" },
		"by a public name": func(r *http.Request) { r.Host = "services.example" },
		"through a proxy":  func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.7") },
	} {
		if code, _ := ask(h, change); code != http.StatusNotFound {
			t.Errorf("%s: %d", what, code)
		}
	}
	// A proxy on this machine may add no header and pass on its own name: where there is one, nobody is near.
	for _, there := range []Config{{URL: "http://127.0.0.1:8080", Proxy: true}, {URL: "https://services.example"}} {
		a.Config.URL, a.Config.Proxy = there.URL, there.Proxy
		if code, _ := ask(a.Handler(pages), func(*http.Request) {}); code != http.StatusNotFound {
			t.Errorf("behind a proxy, %s: %d", there.URL, code)
		}
	}
}

// TestReadyUntilAskedToEnd: what is asked to end says so first, and goes on answering.
func TestReadyUntilAskedToEnd(t *testing.T) {
	dir := town(t)
	a := open(t, Config{Data: t.TempDir(), URL: "http://127.0.0.1:8080", Drain: time.Minute}, false, quiet())
	if err := a.ready(t.Context()); err == nil {
		t.Error("ready with nothing in force")
	}
	if problems, err := a.Publish(t.Context(), os.DirFS(dir)); len(problems) > 0 || err != nil {
		t.Fatal(problems, err)
	}
	if err := a.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := a.Server(false)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := s.HTTP()
	h.Handler = a.Handler(h.Handler)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, h, func() error { return h.Serve(listener) }) }()
	status := func(path string) int {
		t.Helper()
		r, err := http.Get("http://" + listener.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Body.Close(); err != nil {
			t.Error(err)
		}
		return r.StatusCode
	}
	if code := status("/readyz"); code != http.StatusOK {
		t.Errorf("before: %d", code)
	}
	stop()
	for status("/readyz") != http.StatusServiceUnavailable { // as proxies do, until they hear it
		runtime.Gosched()
	}
	if code := status("/healthz"); code != http.StatusOK {
		t.Errorf("while proxies have yet to hear it: %d", code)
	}
	select {
	case err := <-ended:
		t.Errorf("ended before its time: %v", err)
	default:
	}
	if err := h.Close(); err != nil { // nobody waits for the minute
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

// TestNotesOnTheDatabase: the test's own cluster does not sync, which must be said.
func TestNotesOnTheDatabase(t *testing.T) {
	if !storetest.HasPostgres() {
		return
	}
	log := newLines()
	a := open(t, Config{Data: t.TempDir(), URL: "https://services.example", Database: Secret(storetest.PostgresURL(t, "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"))}, false, slog.New(slog.NewTextHandler(log, nil)))
	log.next(t, "fsync is off")
	found, err := a.examineDatabase(t.Context(), nil, nil)
	if err != nil || len(found) != 1 || len(found[0].Findings) != 2 {
		t.Errorf("%v: %+v", err, found)
	}
}

func TestSeveralHostsAreLookedAtEach(t *testing.T) {
	for url, ok := range map[string]bool{
		"postgres://stoa@127.0.0.1:5001,127.0.0.1:5002/stoa?target_session_attrs=read-write":               true,
		"postgres://stoa@127.0.0.1:5001,db.example:5002/stoa?target_session_attrs=read-write":              false,
		"postgres://stoa@db1.example,db2.example/stoa?sslmode=verify-full&target_session_attrs=read-write": true,
		"postgres://stoa@db.example?sslmode=verify-full":                                                   true, "postgres://stoa@db.example": false, "postgres://stoa@127.0.0.1": true,
		"postgres://stoa@/stoa?host=/run/a,/run/b": true, "postgres://stoa@/stoa?host=/run/a,db.example": false,
	} {
		if wrong := (Config{Database: Secret(url)}).plain(); (len(wrong) == 0) != ok {
			t.Errorf("%s: %v", url, wrong)
		}
	}
}
