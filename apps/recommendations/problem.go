// Refusals inside, problem documents (RFC 9457) outside: the one place that turns one into the other.
package main

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"go.opentelemetry.io/otel/trace"
)

type problemKind struct {
	status int
	title  string
}

// problemKinds are those of the shop's table that this service can give.
var problemKinds = map[string]problemKind{
	"invalid-request":          {400, "The request does not fit its description"},
	"malformed-json":           {400, "The body is not JSON"},
	"idempotency-key-required": {400, "An Idempotency-Key is required"},
	"unauthorised":             {401, "Not known"},
	"forbidden":                {403, "Not allowed"},
	"not-found":                {404, "Not found"},
	"method-not-allowed":       {405, "The method is not allowed here"},
	"still-failing":            {409, "The event fails again"},
	"body-too-large":           {413, "The body is too large"},
	"idempotency-key-reused":   {422, "The key belongs to another request"},
	"headers-too-large":        {431, "The headers are too large"},
	"internal":                 {500, "Something went wrong here"},
	"unavailable":              {503, "Not available at the moment"},
}

// refusal is a definitive "no"; it knows no HTTP.
type refusal struct {
	code, detail string
	// extra members of the problem document.
	extra map[string]any
}

func (r *refusal) Error() string { return r.code + ": " + r.detail }

func refuse(code, detail string) error { return &refusal{code: code, detail: detail} }

// fault is one entry of invalid-request's `errors`.
type fault struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

func invalid(faults ...fault) error {
	return &refusal{code: "invalid-request", extra: map[string]any{"errors": faults}}
}

// asRefusal reads any error as a refusal; `internal` is what nobody foresaw.
func asRefusal(err error) *refusal {
	var known *refusal
	if errors.As(err, &known) {
		return known
	}
	return &refusal{code: "internal"}
}

// writeProblem writes the document, with Retry-After where waiting helps.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	no := asRefusal(err)
	kind := problemKinds[no.code]
	document := map[string]any{
		"type": "/problems/" + no.code, "title": kind.title, "status": kind.status, "code": no.code,
	}
	maps.Copy(document, no.extra)
	if no.detail != "" {
		document["detail"] = no.detail
	}
	if span := trace.SpanContextFromContext(r.Context()); span.IsValid() {
		document["instance"] = "urn:trace:" + span.TraceID().String()
	}
	switch kind.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, kind.status, "application/problem+json; charset=utf-8", document)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	// Nobody is left to tell when it fails.
	_, _ = w.Write(text)
}
