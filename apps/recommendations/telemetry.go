// Traces: spans over OTLP/HTTP, continued from the W3C traceparent of each request.
package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var (
	propagator = propagation.TraceContext{}
	tracer     = otel.Tracer("souk.example/recommendations")
)

// startTelemetry answers how to send what is still in memory. A collector that is away costs spans, never a request.
func startTelemetry(config config, log *slog.Logger) func(context.Context) error {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Debug("telemetry.failed", "reason", err.Error())
	}))
	exporter, err := otlptracehttp.New(context.Background(),
		otlptracehttp.WithEndpointURL(config.otlpEndpoint+"/v1/traces"),
		otlptracehttp.WithTimeout(2*time.Second),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: false}))
	if err != nil {
		log.Warn("telemetry.off", "reason", err.Error())
		return func(context.Context) error { return nil }
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", serviceName))),
		// A caller's decision stands; else a ratio decides.
		sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(config.sampledShare))),
		sdktrace.WithBatcher(exporter, sdktrace.WithBatchTimeout(time.Second)))
	otel.SetTracerProvider(provider)
	return provider.Shutdown
}

// startServerSpan continues the trace of a request.
func startServerSpan(request *http.Request) (context.Context, trace.Span) {
	ctx := propagator.Extract(request.Context(), propagation.HeaderCarrier(request.Header))
	return tracer.Start(ctx, request.Method, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", request.Method), attribute.String("url.path", request.URL.Path)))
}

// endServerSpan names the span by its route, which is known only at the end.
func endServerSpan(span trace.Span, method, route string, status int) {
	span.SetName(method + " " + route)
	span.SetAttributes(attribute.String("http.route", route), attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// inClientSpan runs work that speaks to another process.
func inClientSpan(ctx context.Context, name string, work func(context.Context) error) error {
	ctx, span := tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient))
	defer span.End()
	err := work(ctx)
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return err
}

// traceparentOf the active span; empty without one.
func traceparentOf(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagator.Inject(ctx, carrier)
	return carrier["traceparent"]
}
