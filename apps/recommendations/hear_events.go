// What events do: orders are counted, products may change their names or go.
package main

import (
	"context"
	"encoding/json"
	"time"
)

// event as it is published; `Payload` is by type.
type event struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	At      string          `json:"at"`
	Subject string          `json:"subject"`
	Version int             `json:"version"`
	Payload json.RawMessage `json:"payload"`
}

// eventHandler applies an event; an error makes the sidecar deliver it again.
type eventHandler func(ctx context.Context, event event) error

// rememberFor is how long an event is known to have been applied.
const rememberFor = 7 * 24 * time.Hour

func togetherKey(slug string) string { return "together-" + slug }
func productKey(id string) string    { return "product-" + id }
func inboxKey(eventID string) string { return "inbox-" + eventID }

// listener applies events.
type listener struct {
	documents store
	catalog   catalog
	// forget what was answered about a product.
	forget func(slug string)
}

func (l *listener) handlers() map[string]eventHandler {
	return map[string]eventHandler{
		"order.confirmed":   l.orderConfirmed,
		"product.published": l.productChanged,
		"product.changed":   l.productChanged,
		"product.archived":  l.productArchived,
	}
}

type inboxNote struct {
	AppliedAt time.Time `json:"appliedAt"`
}

// orderConfirmed counts the order for each of its products. Each document says itself whether it holds the event; the
// inbox is written last and answers for the time when the documents have forgotten it.
func (l *listener) orderConfirmed(ctx context.Context, event event) error {
	var payload struct {
		Lines []struct {
			SKU string `json:"sku"`
		} `json:"lines"`
	}
	if err := json.Unmarshal(event.Payload, &payload); err != nil {
		return err
	}
	if len(payload.Lines) < 2 {
		return nil
	}
	var note inboxNote
	if applied, err := l.documents.get(ctx, inboxKey(event.ID), &note); err != nil || applied != "" {
		return err
	}
	skus := make([]string, len(payload.Lines))
	for i, line := range payload.Lines {
		skus[i] = line.SKU
	}
	slugs, err := l.catalog.slugsOf(ctx, skus)
	if err != nil || len(slugs) < 2 {
		return err
	}
	for i, slug := range slugs {
		others := append(append([]string{}, slugs[:i]...), slugs[i+1:]...)
		count := func(document *companions) (bool, error) { return document.count(event.ID, others), nil }
		if err := change(ctx, l.documents, togetherKey(slug), count); err != nil {
			return err
		}
		l.forget(slug)
	}
	return putOnce(ctx, l.documents, inboxKey(event.ID), inboxNote{time.Now().UTC()}, rememberFor)
}

// product is what must be known to follow a change of its slug.
type product struct {
	Slug    string `json:"slug"`
	Version int    `json:"version"`
}

type productPayload struct {
	ProductID string `json:"productId"`
	Slug      string `json:"slug"`
}

// productChanged moves what was counted to the product's new slug. Only a greater version applies.
func (l *listener) productChanged(ctx context.Context, event event) error {
	return l.product(ctx, event, func(known product, payload productPayload) error {
		if known.Slug == "" || known.Slug == payload.Slug {
			return nil
		}
		return l.move(ctx, known.Slug, payload.Slug)
	})
}

// productArchived forgets what was counted; the product stays known by its version, so that nothing older revives it.
func (l *listener) productArchived(ctx context.Context, event event) error {
	return l.product(ctx, event, func(known product, payload productPayload) error {
		if known.Slug != "" && known.Slug != payload.Slug {
			if err := l.documents.remove(ctx, togetherKey(known.Slug)); err != nil {
				return err
			}
		}
		return l.documents.remove(ctx, togetherKey(payload.Slug))
	})
}

func (l *listener) product(ctx context.Context, event event, apply func(product, productPayload) error) error {
	var payload productPayload
	if err := json.Unmarshal(event.Payload, &payload); err != nil {
		return err
	}
	defer l.forget(payload.Slug)
	return change(ctx, l.documents, productKey(payload.ProductID), func(known *product) (bool, error) {
		if event.Version <= known.Version {
			return false, nil
		}
		// Before the version is noted, and harmless when it is done again.
		if err := apply(*known, payload); err != nil {
			return false, err
		}
		*known = product{Slug: payload.Slug, Version: event.Version}
		return true, nil
	})
}

func (l *listener) move(ctx context.Context, from, to string) error {
	var earlier companions
	if etag, err := l.documents.get(ctx, togetherKey(from), &earlier); err != nil || etag == "" {
		return err
	}
	adopt := func(document *companions) (bool, error) { document.adopt(earlier); return true, nil }
	if err := change(ctx, l.documents, togetherKey(to), adopt); err != nil {
		return err
	}
	return l.documents.remove(ctx, togetherKey(from))
}
