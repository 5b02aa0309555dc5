package telemetry_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/telemetry"
)

func begin(t *testing.T, now func() time.Time, traces string) *telemetry.Telemetry {
	t.Helper()
	x, err := telemetry.New(t.Context(), telemetry.Config{Now: now, Version: "9", Traces: traces, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// scrape reads the figures as Prometheus does, and gives each by its name and labels.
func scrape(t *testing.T, x *telemetry.Telemetry) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	x.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			key := name
			for _, l := range m.Label {
				key += " " + l.GetName() + "=" + l.GetValue()
			}
			switch {
			case m.Histogram != nil:
				all[key] = float64(m.Histogram.GetSampleCount())
			case m.Gauge != nil:
				all[key] = m.Gauge.GetValue()
			}
		}
	}
	return all
}

func TestPrometheusReadsTheFigures(t *testing.T) {
	clock := storetest.NewClock()
	x := begin(t, clock.Now, "")
	asked, broken := 0, false
	err := x.Look(func(context.Context) ([]telemetry.Figure, error) {
		asked++
		if broken {
			return nil, errors.New("away")
		}
		return []telemetry.Figure{{Name: "stoa_jobs", Help: "h", Label: "state", Kind: "dead", Value: 3}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, route string
		status        int
	}{{"GET", "GET /desk/cases/{case}", 200}, {"GET", "GET /desk/cases/{case}", 500}, {"BREW", "", 404}} {
		_, done := x.Request(t.Context(), c.method)
		done(c.route, c.status, false)
	}
	_, ended := x.Transaction(t.Context(), "flow.Submit", true)
	ended(nil)
	_, ended = x.Job(t.Context(), "notify.send")
	ended(errors.New("no route for ada@services.example"))
	got := scrape(t, x)
	for key, want := range map[string]float64{
		"stoa_request_seconds method=GET route=/desk/cases/{case} status=200": 1, "stoa_request_seconds method=GET route=/desk/cases/{case} status=500": 1,
		"stoa_request_seconds method=other route=none status=404": 1, "stoa_transaction_seconds outcome=done transaction=flow.Submit": 1,
		"stoa_job_seconds kind=notify.send outcome=failed": 1, "stoa_jobs state=dead": 3, "stoa_database_readable": 1, "stoa_build_info version=9": 1,
	} {
		if v, there := got[key]; !there || v != want {
			t.Errorf("%s: %v, want %v", key, v, want)
		}
	}
	broken = true
	if got := scrape(t, x); asked != 1 || got["stoa_jobs state=dead"] != 3 {
		t.Errorf("a second look at once asked the database %d times", asked)
	}
	clock.Advance(time.Minute)
	got = scrape(t, x)
	if _, there := got["stoa_jobs state=dead"]; there || got["stoa_database_readable"] != 0 {
		t.Errorf("figures of a database that is away: %v", got["stoa_database_readable"])
	}
}

// TestACollectorReadsTheTraces: what is sent is OTLP over HTTP, read here by the protocol's own protobuf, and names nobody.
func TestACollectorReadsTheTraces(t *testing.T) {
	var mu sync.Mutex
	var got []*collector.ExportTraceServiceRequest
	var raw []byte
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = z
		}
		b, err := io.ReadAll(body)
		var m collector.ExportTraceServiceRequest
		if err := errors.Join(err, proto.Unmarshal(b, &m)); err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%s %s: %v", r.URL.Path, r.Header.Get("Content-Type"), err)
		}
		mu.Lock()
		defer mu.Unlock()
		got, raw = append(got, &m), append(raw, b...)
	}))
	defer srv.Close()
	x := begin(t, time.Now, srv.URL)
	ctx, answered := x.Request(t.Context(), "POST")
	_, ended := x.Transaction(ctx, "flow.Submit", true)
	ended(errors.New("ada@services.example is there already"))
	answered("POST /apply/{draft}/submit", 500, false)
	if err := x.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	names, parents := map[string]string{}, map[string]string{}
	for _, m := range got {
		for _, rs := range m.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					names[string(s.SpanId)], parents[s.Name] = s.Name, string(s.ParentSpanId)
				}
			}
		}
	}
	if names[parents["db flow.Submit"]] != "POST /apply/{draft}/submit" || len(names) != 2 {
		t.Errorf("spans %v, parents %v", names, parents)
	}
	if strings.Contains(string(raw), "ada@") {
		t.Error("a trace names somebody")
	}
}

func TestHoursAddUp(t *testing.T) {
	storetest.Each(t, []fs.FS{telemetry.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		one, two := begin(t, clock.Now, ""), begin(t, clock.Now, "")
		serve := func(x *telemetry.Telemetry, took time.Duration, status int, system bool) {
			_, done := x.Request(t.Context(), "GET")
			clock.Advance(took)
			done("GET /", status, system)
		}
		serve(one, 2*time.Second, 200, false)
		serve(one, 0, 503, false)
		serve(one, 0, 500, true) // a probe
		serve(two, 0, 404, false)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := one.Keep(gone, db); err == nil {
			t.Error("kept without a database")
		}
		for _, x := range []*telemetry.Telemetry{one, two, one} { // the last has nothing new
			if err := x.Keep(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
		begun := clock.Now().Truncate(time.Hour)
		clock.Advance(time.Hour)
		serve(two, 0, 200, false)
		if err := two.Keep(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		err := db.Read(t.Context(), "hours", func(ctx context.Context, tx *store.Tx) error {
			hours, err := telemetry.Served(ctx, tx, begun)
			if err != nil || len(hours) != 2 || hours[0] != (telemetry.Hour{Begun: begun, Requests: 3, Failed: 1, Slow: 1}) || hours[1].Requests != 1 {
				t.Errorf("%v: %+v", err, hours)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
