// The service, put together: its routes and what they need.
package main

import (
	_ "embed"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

const serviceName = "recommendations"

// maxBody of whatever comes through the ingress.
const maxBody = 64 << 10

//go:embed openapi.json
var openAPI []byte

type service struct {
	sidecar *sidecar
	edge    *edge
	log     *slog.Logger
	// started when the sidecar is there; stopping when we have been told to. Requests that come in between are answered.
	started, stopping atomic.Bool
}

func newService(config config, log *slog.Logger) *service {
	sidecar := newSidecar(config, log)
	routes, callers := build(sidecar, sidecar, log)
	return &service{sidecar: sidecar, edge: newEdge(routes, config.appToken, callers, log), log: log}
}

// build makes the routes from what the sidecar gives; tests hand in their own.
func build(documents store, neighbours neighbours, log *slog.Logger) ([]route, *callers) {
	products := catalog{neighbours}
	related := &relatedReader{documents: documents, catalog: products, log: log, answers: map[answerName]*pending{}}
	listener := &listener{documents: documents, variants: newVariants(products), forget: related.forget}
	morgue := &morgue{documents: documents, handlers: listener.handlers(), log: log}
	receiver := &receiver{handlers: listener.handlers(), dead: morgue, reasons: newReasons(), log: log}
	deadPath := "/admin/" + serviceName + "/dead-events"
	routes := []route{
		{method: http.MethodGet, path: "/products/{slug}/related", audience: forPublic, handle: related.serve},
		{method: http.MethodGet, path: "/openapi.json", audience: forPublic, handle: serveOpenAPI},
		{method: http.MethodGet, path: deadPath, audience: forStaff, permission: "events.read", handle: morgue.list},
		{method: http.MethodPost, path: deadPath + "/{id}/redrive", audience: forStaff, permission: "events.write",
			maxBody: maxBody, handle: morgue.redrive},
	}
	return append(routes, receiver.routes()...), &callers{neighbours: neighbours, now: time.Now}
}

func serveOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", jsonType)
	_, err := w.Write(openAPI)
	return err
}

// handler answers probes at any time, everything else only when ready.
func (s *service) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/livez", r.URL.Path == "/readyz" && s.started.Load() && !s.stopping.Load():
			w.WriteHeader(http.StatusOK)
		case r.URL.Path == "/readyz", !s.started.Load():
			writeProblem(w, r, refuse("unavailable", "The service is starting or stopping."))
		default:
			s.edge.ServeHTTP(w, r)
		}
	})
}
