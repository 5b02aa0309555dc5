package telemetry

import (
	"context"
	"fmt"
	"net/url"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// trace sends traces of all requests and jobs to the collector; what is too much for the operator, the collector leaves out.
func (t *Telemetry) trace(ctx context.Context, c Config) error {
	to, err := url.Parse(c.Traces)
	if err != nil || to.Host == "" {
		return fmt.Errorf("traces: %q is no address: write it like http://127.0.0.1:4318", c.Traces)
	}
	if to.Path == "" || to.Path == "/" {
		to.Path = "/v1/traces"
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(to.String()))
	if err != nil {
		return fmt.Errorf("traces: %w", err)
	}
	// The only way in which the library says that a collector does not answer.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { c.Log.Warn("sending traces", "err", err) }))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "stoa"), attribute.String("service.version", c.Version))))
	t.tracer, t.stop = provider.Tracer("stoa"), provider.Shutdown
	return nil
}
