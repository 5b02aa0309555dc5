// Package telemetry counts and times what an installation does: for Prometheus, as traces over OTLP, and hour by hour in
// the database for its operators. It knows routes, transactions and jobs by the names that they have in the program, and
// never whom or what they are about.
//
// It stops at figures: what is counted at a look comes from a function that it is given, and what is worth an alarm is for
// those who read.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// Config says where time comes from and where traces go.
type Config struct {
	Now     func() time.Time
	Version string
	Traces  string // where an OTLP collector takes HTTP: http://127.0.0.1:4318; "" for no traces
	Log     *slog.Logger
}

// Telemetry is the figures of one process.
type Telemetry struct {
	now          func() time.Time
	registry     *prometheus.Registry
	requests     *prometheus.HistogramVec
	transactions *prometheus.HistogramVec
	jobs         *prometheus.HistogramVec
	tracer       trace.Tracer // nil for no traces
	stop         func(context.Context) error
	hour         tally // not yet in the database
}

// New makes it; Close sends what traces are left.
func New(ctx context.Context, c Config) (*Telemetry, error) {
	t := &Telemetry{now: c.Now, registry: prometheus.NewRegistry(), stop: func(context.Context) error { return nil }}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
		t.registry.MustRegister(h)
		return h
	}
	t.requests = histogram("stoa_request_seconds", "Requests by route and status.", []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}, "method", "route", "status")
	t.transactions = histogram("stoa_transaction_seconds", "Transactions of the database by name, with the wait for their turn.", []float64{.001, .005, .025, .1, .5, 2.5}, "transaction", "outcome")
	t.jobs = histogram("stoa_job_seconds", "Jobs done by kind.", []float64{.01, .1, 1, 10, 60}, "kind", "outcome")
	t.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "stoa_build_info", Help: "1, with the version.", ConstLabels: prometheus.Labels{"version": c.Version}}, func() float64 { return 1 }))
	if c.Traces == "" {
		return t, nil
	}
	return t, t.trace(ctx, c)
}

// Handler prints all figures for Prometheus.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// Close sends what is left.
func (t *Telemetry) Close(ctx context.Context) error { return t.stop(ctx) }

// Request is called when one begins; what it gives, when it was answered. A request that is no person's (system) counts for
// nothing in the hours. The route is a pattern of ours: nothing that a visitor wrote becomes a name.
func (t *Telemetry) Request(ctx context.Context, method string) (context.Context, func(route string, status int, system bool)) {
	begun := t.now()
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions:
	default:
		method = "other" // a visitor may write any
	}
	ctx, span := t.span(ctx, "request", trace.SpanKindServer)
	return ctx, func(route string, status int, system bool) {
		if _, path, both := strings.Cut(route, " "); both {
			route = path
		}
		if route == "" || route == "/" {
			route = "none"
		}
		took := t.now().Sub(begun)
		t.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
		if !system {
			t.hour.add(status >= 500, took > Slow)
		}
		if span == nil {
			return
		}
		span.SetName(method + " " + route)
		span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Transaction is called when one waits for its turn; what it gives, when it has ended.
func (t *Telemetry) Transaction(ctx context.Context, name string, _ bool) (context.Context, func(error)) {
	return t.work(ctx, name, "db "+name, t.transactions)
}

// Job is called when one begins; what it gives, when it has ended.
func (t *Telemetry) Job(ctx context.Context, kind string) (context.Context, func(error)) {
	return t.work(ctx, kind, "job "+kind, t.jobs)
}

func (t *Telemetry) work(ctx context.Context, name, spanName string, into *prometheus.HistogramVec) (context.Context, func(error)) {
	begun := t.now()
	ctx, span := t.span(ctx, spanName, trace.SpanKindInternal)
	return ctx, func(err error) {
		outcome := "done"
		if err != nil {
			outcome = "failed"
		}
		into.WithLabelValues(name, outcome).Observe(t.now().Sub(begun).Seconds())
		if span == nil {
			return
		}
		if err != nil {
			span.SetStatus(codes.Error, "") // what an error says may be about somebody
		}
		span.End()
	}
}

func (t *Telemetry) span(ctx context.Context, name string, kind trace.SpanKind) (context.Context, trace.Span) {
	if t.tracer == nil {
		return ctx, nil
	}
	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind))
}

// Figure is something that is counted when somebody looks.
type Figure struct {
	Name, Help  string
	Label, Kind string // a label and its value; "" for none
	Value       float64
}

// look asks for figures at each scrape.
type look struct {
	now  func() time.Time
	ask  func(context.Context) ([]Figure, error)
	seen atomic.Pointer[looked]
}

type looked struct {
	at  time.Time
	all []Figure
	err error
}

const (
	lookEvery = 5 * time.Second // a second scrape meanwhile is told the same
	lookTime  = 5 * time.Second
)

// Look has ask asked for figures at each scrape.
func (t *Telemetry) Look(ask func(context.Context) ([]Figure, error)) error {
	if err := t.registry.Register(&look{now: t.now, ask: ask}); err != nil {
		return fmt.Errorf("adding figures: %w", err)
	}
	return nil
}

// Describe says nothing: which figures there are is known when they are asked for.
func (l *look) Describe(chan<- *prometheus.Desc) {}

// Collect gives them.
func (l *look) Collect(to chan<- prometheus.Metric) {
	now := l.now()
	s := l.seen.Load()
	if s == nil || now.Sub(s.at).Abs() > lookEvery {
		ctx, cancel := context.WithTimeout(context.Background(), lookTime)
		defer cancel()
		s = &looked{at: now}
		s.all, s.err = l.ask(ctx)
		l.seen.Store(s)
	}
	readable := 1.0
	if s.err != nil {
		readable = 0
	}
	give := func(f Figure) {
		var labels, values []string
		if f.Label != "" {
			labels, values = []string{f.Label}, []string{f.Kind}
		}
		m, err := prometheus.NewConstMetric(prometheus.NewDesc(f.Name, f.Help, labels, nil), prometheus.GaugeValue, f.Value, values...)
		if err != nil {
			m = prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), errors.Join(err))
		}
		to <- m
	}
	give(Figure{Name: "stoa_database_readable", Help: "1 where the figures below could be read from the database.", Value: readable})
	for _, f := range s.all {
		give(f)
	}
}
