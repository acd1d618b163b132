// The HTTP edge: one row a route; access, limits, traces and the request log are the same for all of them.
package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// audience says who may come to a route.
type audience string

const (
	forPublic  audience = "public"
	forStaff   audience = "staff"
	forSidecar audience = "sidecar"
)

type route struct {
	method string
	// path with parameters in braces, each a whole segment.
	path     string
	audience audience
	// permission that a member of staff must have; on staff routes only.
	permission string
	// maxBody in bytes.
	maxBody int64
	handle  func(w http.ResponseWriter, r *http.Request) error
}

// edge answers every request that is not a probe.
type edge struct {
	routes   []route
	patterns []*regexp.Regexp
	appToken [sha256.Size]byte
	callers  *callers
	log      *slog.Logger
}

var parameter = regexp.MustCompile(`\\\{(\w+)\\\}`)

func newEdge(routes []route, appToken string, callers *callers, log *slog.Logger) *edge {
	e := &edge{routes: routes, appToken: sha256.Sum256([]byte(appToken)), callers: callers, log: log}
	for _, one := range routes {
		pattern := parameter.ReplaceAllString(regexp.QuoteMeta(one.path), `(?P<$1>[^/]+)`)
		e.patterns = append(e.patterns, regexp.MustCompile("^"+pattern+"$"))
	}
	return e
}

// quiet paths are asked every second or so by sidecars: no span is worth that.
func quiet(path string) bool { return path == "/openapi.json" || strings.HasPrefix(path, "/dapr/") }

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	found, methods := e.find(r)
	answer := &recorder{ResponseWriter: w, status: http.StatusOK}
	if !quiet(r.URL.Path) {
		ctx, span := startServerSpan(r)
		r = r.WithContext(ctx)
		w.Header().Set("Traceparent", traceparentOf(ctx))
		defer func() { endServerSpan(span, r.Method, pathOf(found), answer.status) }()
	}
	if err := e.serve(answer, r, found, methods); err != nil {
		if asRefusal(err).code == "internal" {
			e.log.ErrorContext(r.Context(), "request.failed", "reason", err.Error())
		}
		writeProblem(answer, r, err)
	}
	e.log.InfoContext(r.Context(), "request", "method", r.Method, "route", pathOf(found), "status", answer.status,
		"durationMs", float64(time.Since(started).Microseconds()/100)/10)
}

// find answers the route, and the methods of its path; a path that nobody has has no methods.
func (e *edge) find(r *http.Request) (*route, []string) {
	var found *route
	var methods []string
	for i, pattern := range e.patterns {
		match := pattern.FindStringSubmatch(r.URL.Path)
		if match == nil {
			continue
		}
		one := &e.routes[i]
		methods = append(methods, one.method)
		if one.method == r.Method || (one.method == http.MethodGet && r.Method == http.MethodHead) {
			found = one
			for j, name := range pattern.SubexpNames()[1:] {
				r.SetPathValue(name, match[j+1])
			}
		}
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	return found, methods
}

func (e *edge) serve(w http.ResponseWriter, r *http.Request, found *route, methods []string) (err error) {
	// A bug costs the request in which it shows, not the connection.
	defer func() {
		if bug := recover(); bug != nil {
			err = fmt.Errorf("panic: %v", bug)
		}
	}()
	if len(methods) == 0 {
		return refuse("not-found", "")
	}
	if found == nil {
		w.Header().Set("Allow", strings.Join(methods, ", "))
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return refuse("method-not-allowed", "")
	}
	r, err = e.admit(r, found)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, found.maxBody)
	return found.handle(w, r)
}

// admit checks, before the body is read, that the route is for whoever asks.
func (e *edge) admit(r *http.Request, found *route) (*http.Request, error) {
	switch found.audience {
	case forSidecar:
		token := sha256.Sum256([]byte(r.Header.Get("dapr-api-token")))
		if subtle.ConstantTimeCompare(token[:], e.appToken[:]) != 1 {
			return r, refuse("unauthorised", "")
		}
	case forStaff:
		staff, err := e.callers.staff(r.Context(), r.Header.Get("Authorization"), found.permission)
		if err != nil {
			return r, err
		}
		return r.WithContext(context.WithValue(r.Context(), staffKey{}, staff)), nil
	}
	return r, nil
}

// staffKey finds the id of the member of staff who asks in a request's context.
type staffKey struct{}

func pathOf(found *route) string {
	if found == nil {
		return "none"
	}
	return found.path
}

// recorder remembers the status for the log and the span.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
