// An order is counted for each of its products: one read of what is known, one write of the counts, one note that it is done.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// rememberFor is how long an event is known to have been applied.
const rememberFor = 7 * 24 * time.Hour

func inboxKey(eventID string) string { return "inbox-" + eventID }

type inboxNote struct {
	AppliedAt time.Time `json:"appliedAt"`
}

// errLeft says that a product has left its slug since catalog was asked.
var errLeft = errors.New("a product has another slug by now")

// orderConfirmed counts the order for each of its products.
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
	skus := make([]string, len(payload.Lines))
	for i, line := range payload.Lines {
		skus[i] = line.SKU
	}
	err := l.count(ctx, event.ID, skus, false)
	if errors.Is(err, errLeft) {
		l.variants.forget(skus)
		err = l.count(ctx, event.ID, skus, true)
	}
	return err
}

// count adds the order to the documents of its products and notes that it did. Each document says itself whether it holds
// the event, because a write of several may be done in part; the note is written last, by a write of its own, and answers
// for the time when the documents have forgotten the event. Catalog was `asked` anew if a slug may be what it was before.
func (l *listener) count(ctx context.Context, eventID string, skus []string, asked bool) error {
	slugs, err := l.variants.slugsOf(ctx, skus)
	if err != nil || len(slugs) < 2 {
		return err
	}
	waiting := slugs
	return inTurns(ctx, "the counts of an order", func() error {
		found, applied, err := l.read(ctx, eventID, waiting)
		if err != nil || applied {
			return err
		}
		var rows []row
		var uncounted []string
		for i, slug := range waiting {
			document := found[i].companions
			if document.Left && !asked {
				return errLeft
			}
			others := slices.DeleteFunc(slices.Clone(slugs), func(other string) bool { return other == slug })
			if document.count(eventID, others) {
				uncounted = append(uncounted, slug)
				rows = append(rows, row{key: togetherKey(slug), value: document, etag: found[i].etag})
			}
		}
		// What holds the event now is not looked at again: it may forget it before the last one is written.
		waiting = uncounted
		if len(rows) > 0 {
			if err := l.documents.put(ctx, rows...); err != nil {
				return err
			}
		}
		for _, slug := range slugs {
			l.forget(slug)
		}
		return putOnce(ctx, l.documents, inboxKey(eventID), inboxNote{time.Now().UTC()}, rememberFor)
	})
}

// counted is a document of companions as it was read.
type counted struct {
	companions companions
	etag       string
}

// read the documents of these products, and whether the event has been applied, in one call.
func (l *listener) read(ctx context.Context, eventID string, slugs []string) ([]counted, bool, error) {
	keys := []string{inboxKey(eventID)}
	for _, slug := range slugs {
		keys = append(keys, togetherKey(slug))
	}
	found, err := l.documents.getAll(ctx, keys)
	if err != nil {
		return nil, false, err
	}
	if found[0].etag != "" {
		return nil, true, nil
	}
	documents := make([]counted, len(slugs))
	for i, one := range found[1:] {
		documents[i].etag = one.etag
		if one.etag == "" {
			continue
		}
		if err := json.Unmarshal(one.text, &documents[i].companions); err != nil {
			return nil, false, err
		}
	}
	return documents, false, nil
}
