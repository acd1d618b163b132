// The sidecar's HTTP API: state with ETags, and service invocation. Every call has a deadline; none is tried again here.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/propagation"
)

const (
	stateTimeout  = 1_500 * time.Millisecond
	invokeTimeout = 1_500 * time.Millisecond
	maxAnswer     = 4 << 20
	storeName     = "statestore"
)

// errStale says that somebody else has written meanwhile.
var errStale = errors.New("the state has changed meanwhile")

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
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	got, err := s.ask(ctx, http.MethodGet, "/v1.0/healthz/outbound", nil)
	if err == nil && got.status != http.StatusNoContent {
		err = fmt.Errorf("status %d", got.status)
	}
	return err
}

// get reads a document into `value`; the ETag is empty if there is none.
func (s *sidecar) get(ctx context.Context, key string, value any) (etag string, err error) {
	got, err := s.state(ctx, "get", http.MethodGet, "/"+url.PathEscape(key), nil)
	if err != nil || got.status == http.StatusNoContent {
		return "", err
	}
	return got.header.Get("ETag"), json.Unmarshal(got.body, value)
}

// etagOfNothing no value ever has: Dapr's own first-write, without an ETag, fails like a store that is away.
const etagOfNothing = "-1"

// put writes a document only if it still has that ETag, or, without one, only if there is none; else errStale.
func (s *sidecar) put(ctx context.Context, key string, value any, etag string, keep time.Duration) error {
	if etag == "" {
		etag = etagOfNothing
	}
	row := map[string]any{"key": key, "value": value, "etag": etag}
	if keep > 0 {
		row["metadata"] = map[string]string{"ttlInSeconds": strconv.Itoa(int(keep.Seconds()))}
	}
	_, err := s.state(ctx, "save", http.MethodPost, "", []any{row})
	return err
}

// remove deletes a document, whatever it is by now; one that is not there is fine.
func (s *sidecar) remove(ctx context.Context, key string) error {
	_, err := s.state(ctx, "delete", http.MethodDelete, "/"+url.PathEscape(key), nil)
	return err
}

func (s *sidecar) state(ctx context.Context, name, method, path string, body any) (got answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, stateTimeout)
	defer cancel()
	err = inClientSpan(ctx, name+" "+storeName, func(ctx context.Context) error {
		got, err = s.ask(ctx, method, "/v1.0/state/"+storeName+path, body)
		return err
	})
	switch {
	case err == nil && got.status < 300:
		return got, nil
	case err == nil && got.status == http.StatusConflict:
		return got, errStale
	case err == nil:
		err = fmt.Errorf("status %d: %.200s", got.status, got.body)
	}
	s.log.WarnContext(ctx, "dapr.state-failed", "operation", name, "component", storeName, "reason", err.Error())
	return got, refuse("unavailable", "The store is not available.")
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
