// Dead events, kept in the state store until staff have sent them again: a list of ids and a document each.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const (
	deadIndexKey = "dead-events"
	// maxDead are kept; what comes then stays with the broker, which offers it again and again.
	maxDead = 1_000
)

func deadKey(id string) string { return "dead-" + id }

type deadEvent struct {
	ID          string          `json:"id"`
	Topic       string          `json:"topic"`
	Event       json.RawMessage `json:"event"`
	Reason      string          `json:"reason"`
	Traceparent string          `json:"traceparent"`
	At          time.Time       `json:"at"`
}

type deadIndex struct {
	IDs []string `json:"ids"`
}

// morgue keeps dead events and lets staff send them again.
type morgue struct {
	documents store
	handlers  map[string]eventHandler
	log       *slog.Logger
}

// bury keeps a dead event once, however often its letter is delivered.
func (m *morgue) bury(ctx context.Context, letter cloudEvent, reason string) error {
	dead := deadEvent{deadID(letter), letter.Type, impersonal(letter.Data), reason, letter.Traceparent, time.Now().UTC()}
	if read, err := eventOf(letter); err == nil {
		dead.Topic = read.Type
	}
	if err := putOnce(ctx, m.documents, deadKey(dead.ID), dead, 0); err != nil {
		return err
	}
	return change(ctx, m.documents, deadIndexKey, func(index *deadIndex) (bool, error) {
		if slices.Contains(index.IDs, dead.ID) {
			return false, nil
		}
		if len(index.IDs) >= maxDead {
			return false, errors.New("there are too many dead events already")
		}
		index.IDs = append(index.IDs, dead.ID)
		return true, nil
	})
}

// Of an event only this is kept, and read: an order names people, who may ask to be forgotten.
var (
	keptMembers = []string{"id", "type", "at", "subject", "version", "payload"}
	keptPayload = []string{"orderId", "lines", "productId", "slug", "skus"}
)

// impersonal answers an event without what this service has no use for.
func impersonal(data json.RawMessage) json.RawMessage {
	members := only(keptMembers, data)
	if payload, ok := members["payload"]; ok {
		members["payload"], _ = json.Marshal(only(keptPayload, payload))
	}
	text, _ := json.Marshal(members)
	return text
}

// only the named members of an object; of anything else, none.
func only(names []string, object json.RawMessage) map[string]json.RawMessage {
	members := map[string]json.RawMessage{}
	if json.Unmarshal(object, &members) != nil {
		return map[string]json.RawMessage{}
	}
	maps.DeleteFunc(members, func(name string, _ json.RawMessage) bool { return !slices.Contains(names, name) })
	return members
}

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// deadID is the letter's own id, or, of a strange one, a name made of what it holds.
func deadID(letter cloudEvent) string {
	if idPattern.MatchString(letter.ID) {
		return letter.ID
	}
	digest := sha256.Sum256(slices.Concat([]byte(letter.ID), letter.Data))
	return "0" + crockford.EncodeToString(digest[:])[:25]
}

// apply sends a dead event to its handler again, and forgets it when that went well.
func (m *morgue) apply(ctx context.Context, id string) error {
	var dead deadEvent
	if etag, err := m.documents.get(ctx, deadKey(id), &dead); err != nil {
		return err
	} else if etag == "" {
		return refuse("not-found", "")
	}
	traced, span := tracer.Start(inTraceOf(ctx, dead), "redrive "+dead.Topic, trace.WithSpanKind(trace.SpanKindConsumer))
	defer span.End()
	read, err := eventOf(cloudEvent{Data: dead.Event})
	if handler := m.handlers[read.Type]; err == nil && handler == nil {
		err = errors.New("nobody here listens to such events")
	} else if err == nil {
		err = handler(traced, read)
	}
	if err != nil {
		m.log.WarnContext(traced, "event.failed", "topic", dead.Topic, "eventId", id, "reason", err.Error())
		return refuse("still-failing", err.Error()[:min(len(err.Error()), 300)])
	}
	remove := func(index *deadIndex) (bool, error) {
		before := len(index.IDs)
		index.IDs = slices.DeleteFunc(index.IDs, func(other string) bool { return other == id })
		return len(index.IDs) < before, nil
	}
	if err := change(ctx, m.documents, deadIndexKey, remove); err != nil {
		return err
	}
	m.log.InfoContext(traced, "event.redriven", "topic", dead.Topic, "eventId", id)
	return m.documents.remove(ctx, deadKey(id))
}

func inTraceOf(ctx context.Context, dead deadEvent) context.Context {
	return propagator.Extract(ctx, propagation.MapCarrier{"traceparent": dead.Traceparent})
}
