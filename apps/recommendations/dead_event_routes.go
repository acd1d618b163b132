// Staff's way to dead events: look at them, and send one again once its cause is gone.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// answersFor is how long an Idempotency-Key is remembered.
const answersFor = 24 * time.Hour

// deadView is a dead event as staff see it.
type deadView struct {
	ID      string          `json:"id"`
	Topic   string          `json:"topic"`
	Reason  string          `json:"reason"`
	TraceID *string         `json:"traceId"`
	At      string          `json:"at"`
	Event   json.RawMessage `json:"event"`
}

// list writes dead events, newest first.
func (m *morgue) list(w http.ResponseWriter, r *http.Request) error {
	limit, cursor, err := readPage(r)
	if err != nil {
		return err
	}
	var index deadIndex
	if _, err := m.documents.get(r.Context(), deadIndexKey, &index); err != nil {
		return err
	}
	slices.Sort(index.IDs)
	slices.Reverse(index.IDs)
	ids := slices.DeleteFunc(index.IDs, func(id string) bool { return cursor != "" && id >= cursor })
	page := struct {
		Items      []deadView `json:"items"`
		NextCursor *string    `json:"nextCursor"`
	}{Items: []deadView{}}
	for _, id := range ids[:min(len(ids), limit)] {
		var dead deadEvent
		if etag, err := m.documents.get(r.Context(), deadKey(id), &dead); err != nil {
			return err
		} else if etag != "" {
			page.Items = append(page.Items, viewOf(dead))
		}
	}
	if len(ids) > limit {
		page.NextCursor = &ids[limit-1]
	}
	writeJSON(w, http.StatusOK, jsonType, page)
	return nil
}

func viewOf(dead deadEvent) deadView {
	view := deadView{ID: dead.ID, Topic: dead.Topic, Reason: dead.Reason, Event: dead.Event}
	view.At = dead.At.Format("2006-01-02T15:04:05.000Z07:00")
	if span := trace.SpanContextFromContext(inTraceOf(context.Background(), dead)); span.IsValid() {
		id := span.TraceID().String()
		view.TraceID = &id
	}
	return view
}

// answered is what is remembered of an Idempotency-Key.
type answered struct {
	ID string `json:"id"`
}

// redrive applies a dead event again. The handler's inbox makes a second application harmless, so the event goes first
// and its document after it: a crash between the two leaves a dead event that can be sent again.
func (m *morgue) redrive(w http.ResponseWriter, r *http.Request) error {
	ctx, id, key := r.Context(), r.PathValue("id"), r.Header.Get("Idempotency-Key")
	if key == "" {
		return refuse("idempotency-key-required", "")
	}
	if !answerKey.MatchString(key) {
		return invalid(fault{"/headers/idempotency-key", "does not fit " + answerKey.String()})
	}
	if !idPattern.MatchString(id) {
		return invalid(fault{"/path/id", "is no ULID"})
	}
	staff, _ := ctx.Value(staffKey{}).(string)
	digest := sha256.Sum256([]byte(staff + "\n" + key))
	memory := "answer-" + hex.EncodeToString(digest[:])
	var before answered
	if etag, err := m.documents.get(ctx, memory, &before); err != nil {
		return err
	} else if etag != "" && before.ID != id {
		return refuse("idempotency-key-reused", "")
	} else if etag == "" {
		if err := m.apply(ctx, id); err != nil {
			return err
		}
		if err := putOnce(ctx, m.documents, memory, answered{id}, answersFor); err != nil {
			return err
		}
	}
	writeJSON(w, http.StatusOK, jsonType, answered{id})
	return nil
}
