// What events do: orders are counted (see count_order.go), products may change their names or go.
package main

import (
	"context"
	"encoding/json"
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

func togetherKey(slug string) string { return "together-" + slug }
func productKey(id string) string    { return "product-" + id }

// listener applies events.
type listener struct {
	documents store
	variants  *variants
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

// product is what must be known to follow a change of its slug.
type product struct {
	Slug    string `json:"slug"`
	Version int    `json:"version"`
}

type productPayload struct {
	ProductID string   `json:"productId"`
	Slug      string   `json:"slug"`
	SKUs      []string `json:"skus"`
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
			if err := l.leave(ctx, known.Slug); err != nil {
				return err
			}
		}
		return l.leave(ctx, payload.Slug)
	})
}

func (l *listener) product(ctx context.Context, event event, apply func(product, productPayload) error) error {
	var payload productPayload
	if err := json.Unmarshal(event.Payload, &payload); err != nil {
		return err
	}
	l.variants.forget(payload.SKUs)
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

// move may be done again after half of it. An order that is counted between its two steps makes the second one stale:
// then all of it is done again.
func (l *listener) move(ctx context.Context, from, to string) error {
	return inTurns(ctx, togetherKey(from), func() error {
		var earlier companions
		etag, err := l.documents.get(ctx, togetherKey(from), &earlier)
		if err != nil || earlier.Left {
			return err
		}
		adopt := func(document *companions) (bool, error) { document.adopt(earlier); return etag != "", nil }
		if err := change(ctx, l.documents, togetherKey(to), adopt); err != nil {
			return err
		}
		return l.documents.put(ctx, row{key: togetherKey(from), value: companions{Left: true}, etag: etag})
	})
}

// leave forgets what was counted under a slug, and says so to whoever still takes it for the product's.
func (l *listener) leave(ctx context.Context, slug string) error {
	return change(ctx, l.documents, togetherKey(slug), func(document *companions) (bool, error) {
		left := document.Left
		*document = companions{Left: true}
		return !left, nil
	})
}
