// Structured log: one JSON line an event on stdout; a line is a name and fields, never a sentence.
package main

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// allowedFields may be logged; whatever else is handed over is dropped, so that names, mails and tokens have no way in.
var allowedFields = map[string]bool{
	"at": true, "level": true, "event": true, "service": true, "traceId": true,
	"orderId": true, "eventId": true, "topic": true, "count": true, "reason": true, "status": true, "method": true,
	"route": true, "durationMs": true, "error": true, "caller": true, "port": true, "component": true, "key": true,
	"operation": true, "to": true,
}

func newLog(out io.Writer, level string) *slog.Logger {
	var least slog.Level
	if least.UnmarshalText([]byte(level)) != nil {
		least = slog.LevelInfo
	}
	json := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: least, ReplaceAttr: renamed})
	return slog.New(tracedHandler{json.WithAttrs([]slog.Attr{slog.String("service", serviceName)})})
}

// renamed gives slog's own fields the names that all services use.
func renamed(_ []string, field slog.Attr) slog.Attr {
	switch field.Key {
	case slog.TimeKey:
		return slog.String("at", field.Value.Time().UTC().Format(time.RFC3339Nano))
	case slog.LevelKey:
		return slog.String("level", strings.ToLower(field.Value.String()))
	case slog.MessageKey:
		return slog.Attr{Key: "event", Value: field.Value}
	}
	if !allowedFields[field.Key] {
		return slog.Attr{}
	}
	return field
}

// tracedHandler adds the trace in which a line was written.
type tracedHandler struct{ slog.Handler }

func (h tracedHandler) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("traceId", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, record)
}
