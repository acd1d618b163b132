// The sidecar's HTTP API and service invocation; state is in state.go. Every call has a deadline; none is tried again here.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
)

const (
	reachTimeout  = 1_500 * time.Millisecond
	invokeTimeout = 1_500 * time.Millisecond
	maxAnswer     = 4 << 20
)

type sidecar struct {
	url, token string
	client     *http.Client
	log        *slog.Logger
}

func newSidecar(config config, log *slog.Logger) *sidecar {
	transport := &http.Transport{MaxConnsPerHost: 128, MaxIdleConnsPerHost: 128, IdleConnTimeout: 30 * time.Second}
	return &sidecar{config.sidecarURL, config.sidecarToken, &http.Client{Transport: transport}, log}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (s *sidecar) ask(ctx context.Context, method, path string, body any) (answer, error) {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, sent)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("dapr-api-token", s.token)
	request.Header.Set("Content-Type", "application/json")
	propagator.Inject(ctx, propagation.HeaderCarrier(request.Header))
	response, err := s.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return answer{response.StatusCode, response.Header, text}, err
}

// reachable tells whether the sidecar has its components; it does not wait for this app.
func (s *sidecar) reachable(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	got, err := s.ask(ctx, http.MethodGet, "/v1.0/healthz/outbound", nil)
	if err == nil && got.status != http.StatusNoContent {
		err = fmt.Errorf("status %d", got.status)
	}
	return err
}

// invoke reads GET `path` of a neighbour into `value`. Of its refusals only not-found is repeated, the rest is
// `unavailable`: this service asks for nothing that could be refused for another reason that concerns its caller.
func (s *sidecar) invoke(ctx context.Context, app, path string, value any) error {
	ctx, cancel := context.WithTimeout(ctx, invokeTimeout)
	defer cancel()
	plain, _, _ := strings.Cut(path, "?")
	var got answer
	err := inClientSpan(ctx, "GET "+app+spanPath(plain), func(ctx context.Context) (err error) {
		got, err = s.ask(ctx, http.MethodGet, "/v1.0/invoke/"+app+"/method"+path, nil)
		return err
	})
	if err == nil && got.status == http.StatusOK {
		err = json.Unmarshal(got.body, value)
		if err == nil {
			return nil
		}
	}
	problem := strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json")
	if err == nil && problem && got.status == http.StatusNotFound {
		return refuse("not-found", "")
	}
	if err == nil {
		err = fmt.Errorf("status %d: %.200s", got.status, got.body)
	}
	s.log.WarnContext(ctx, "dapr.invoke-failed", "to", app, "operation", "GET "+plain, "reason", err.Error())
	return refuse("unavailable", app+" is not available.")
}

// spanPath is the path without the id that may end it: `/internal/related`.
func spanPath(path string) string {
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(len(parts), 3)], "/")
}
