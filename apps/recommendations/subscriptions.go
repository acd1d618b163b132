// The receiving side of events: what to subscribe to, and routes that hand each event to its handler.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

const (
	pubsubName   = "pubsub"
	deadTopic    = serviceName + ".dead"
	deadRoute    = "/events/dead-letters"
	maxEventBody = 512 << 10
)

type subscription struct {
	Pubsub     string `json:"pubsubname"`
	Topic      string `json:"topic"`
	Route      string `json:"route"`
	DeadLetter string `json:"deadLetterTopic"`
}

// cloudEvent around an event.
type cloudEvent struct {
	ID, Type, Traceparent string
	Data                  json.RawMessage
}

// UnmarshalJSON leaves empty what cannot be read: a dead letter may be anything, that may be why it is dead.
func (c *cloudEvent) UnmarshalJSON(text []byte) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return nil
	}
	for name, value := range map[string]*string{"id": &c.ID, "type": &c.Type, "traceparent": &c.Traceparent} {
		_ = json.Unmarshal(members[name], value)
	}
	c.Data = members["data"]
	return nil
}

// deadLetters keeps what could not be applied.
type deadLetters interface {
	bury(ctx context.Context, letter cloudEvent, reason string) error
}

type receiver struct {
	handlers map[string]eventHandler
	dead     deadLetters
	reasons  *reasons
	log      *slog.Logger
}

// routes for the sidecar: its question what to deliver, one route a topic, and one for dead letters.
func (r *receiver) routes() []route {
	subscriptions := []subscription{}
	routes := []route{}
	for _, topic := range topics(r.handlers) {
		handler := r.handlers[topic]
		subscriptions = append(subscriptions, subscription{pubsubName, topic, "/events/" + topic, deadTopic})
		routes = append(routes, r.route("/events/"+topic, func(ctx context.Context, letter cloudEvent) error {
			event, err := eventOf(letter)
			if err != nil {
				return err
			}
			return handler(ctx, event)
		}))
	}
	// To itself: a dead letter that cannot be kept now must not be lost either.
	subscriptions = append(subscriptions, subscription{pubsubName, deadTopic, deadRoute, deadTopic})
	routes = append(routes, r.route(deadRoute, func(ctx context.Context, letter cloudEvent) error {
		r.log.ErrorContext(ctx, "event.dead", "topic", letter.Type, "eventId", letter.ID)
		return r.dead.bury(ctx, letter, r.reasons.of(letter.ID))
	}))
	return append(routes, route{method: http.MethodGet, path: "/dapr/subscribe", audience: forSidecar,
		handle: func(w http.ResponseWriter, _ *http.Request) error {
			writeJSON(w, http.StatusOK, jsonType, subscriptions)
			return nil
		}})
}

// route answers 200 when the event is applied and 500 when it is not, for whatever reason: a 404 would make the sidecar
// drop it.
func (r *receiver) route(path string, apply func(context.Context, cloudEvent) error) route {
	handle := func(w http.ResponseWriter, request *http.Request) error {
		var letter cloudEvent
		if err := readJSON(request.Body, &letter); err != nil {
			return err
		}
		ctx := request.Context()
		noteOrder(ctx, letter)
		err := apply(ctx, letter)
		if err == nil {
			r.reasons.forget(letter.ID)
			writeJSON(w, http.StatusOK, jsonType, map[string]string{"status": "SUCCESS"})
			return nil
		}
		if path != deadRoute {
			r.reasons.note(letter.ID, err.Error())
		}
		r.log.WarnContext(ctx, "event.failed", "topic", path[len("/events/"):], "eventId", letter.ID, "reason", err.Error())
		writeJSON(w, http.StatusInternalServerError, jsonType, map[string]string{"error": "the event was not applied"})
		return nil
	}
	return route{method: http.MethodPost, path: path, audience: forSidecar, maxBody: maxEventBody, handle: handle}
}

// eventOf reads the envelope; fields may be added to events at any time, so only what is known must be right.
func eventOf(letter cloudEvent) (event, error) {
	var read event
	if err := json.Unmarshal(letter.Data, &read); err != nil {
		return event{}, fmt.Errorf("not an event of ours: %w", err)
	}
	payload := len(read.Payload) > 0 && read.Payload[0] == '{'
	if !idPattern.MatchString(read.ID) || read.Type == "" || read.Subject == "" || read.Version < 1 || !payload {
		return event{}, errors.New("not an event of ours: id, type, subject, version or payload is missing")
	}
	return read, nil
}

// readJSON tells bodies that are too long from those that are not JSON.
func readJSON(body io.Reader, value any) error {
	text, err := io.ReadAll(body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return refuse("body-too-large", "")
	case err != nil || json.Unmarshal(text, value) != nil:
		return refuse("malformed-json", "")
	}
	return nil
}

// noteOrder lets `make trace ID=<order>` find the span.
func noteOrder(ctx context.Context, letter cloudEvent) {
	var data struct {
		Payload struct {
			OrderID string `json:"orderId"`
		} `json:"payload"`
	}
	if json.Unmarshal(letter.Data, &data) == nil && data.Payload.OrderID != "" {
		trace.SpanFromContext(ctx).SetAttributes(attribute.String("order.id", data.Payload.OrderID))
	}
}

// topics in the order of their names.
func topics(handlers map[string]eventHandler) []string {
	names := make([]string, 0, len(handlers))
	for name := range handlers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
