package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	testToken = "test-app-token-0123456789"
	eventID   = "01J00000000000000000000001"
)

var quietLog = slog.New(slog.NewJSONHandler(io.Discard, nil))

// fakeStore keeps documents as the sidecar's store does: as JSON, with an ETag that grows, each written by itself.
type fakeStore struct {
	mu        sync.Mutex
	documents map[string]fakeDocument
	// calls of all kinds, in their order; of a save with its keys.
	calls []string
	// failOn makes writes of this key fail once.
	failOn string
	// beforePut is done once, before the next write.
	beforePut func()
	away      bool
}

type fakeDocument struct {
	text []byte
	etag int
}

func newFakeStore() *fakeStore { return &fakeStore{documents: map[string]fakeDocument{}} }

var errAway = refuse("unavailable", "The store is not available.")

func (f *fakeStore) get(_ context.Context, key string, value any) (string, error) {
	found, err := f.read("get", key)
	if err != nil || found[0].etag == "" {
		return "", err
	}
	return found[0].etag, json.Unmarshal(found[0].text, value)
}

func (f *fakeStore) getAll(_ context.Context, keys []string) ([]stored, error) {
	return f.read("bulk-get", keys...)
}

func (f *fakeStore) read(call string, keys ...string) ([]stored, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	if f.away {
		return nil, errAway
	}
	read := make([]stored, len(keys))
	for i, key := range keys {
		if found, ok := f.documents[key]; ok {
			read[i] = stored{found.text, strconv.Itoa(found.etag)}
		}
	}
	return read, nil
}

func (f *fakeStore) put(_ context.Context, rows ...row) error {
	f.mu.Lock()
	meanwhile := f.beforePut
	f.beforePut = nil
	f.mu.Unlock()
	if meanwhile != nil {
		meanwhile()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	call := "save"
	var failed error
	for _, one := range rows {
		call += " " + one.key
		if err := f.write(one); err != nil {
			failed = err
		}
	}
	f.calls = append(f.calls, call)
	return failed
}

func (f *fakeStore) write(one row) error {
	if f.failOn != "" && strings.HasPrefix(one.key, f.failOn) {
		f.failOn = ""
		return errAway
	}
	found, ok := f.documents[one.key]
	if ok && strconv.Itoa(found.etag) != one.etag {
		return errStale
	}
	text, err := json.Marshal(one.value)
	f.documents[one.key] = fakeDocument{text, found.etag + 1}
	return err
}

func (f *fakeStore) remove(_ context.Context, key string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.documents, key)
	return nil
}

// countsOf a product, as they are kept.
func (f *fakeStore) countsOf(t *testing.T, slug string) map[string]int {
	t.Helper()
	var document companions
	if _, err := f.get(t.Context(), togetherKey(slug), &document); err != nil {
		t.Fatal(err)
	}
	return document.Counts
}

// fakeCatalog sells cup, pot, tea and jar; the SKU of each is its name in capitals and -1.
type fakeCatalog struct {
	mu    sync.Mutex
	asked []string
	away  bool
	gone  map[string]bool
	// renamed are new slugs by those of before.
	renamed map[string]string
}

func (f *fakeCatalog) invoke(_ context.Context, app, path string, value any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, app+path)
	if f.away {
		return refuse("unavailable", "catalog is not available.")
	}
	address, _ := url.Parse(path)
	products := []map[string]any{}
	add := func(slug string, more map[string]any) {
		one := map[string]any{"slug": slug, "name": "The " + slug, "inStock": true}
		maps.Copy(one, more)
		if !f.gone[slug] {
			products = append(products, one)
		}
	}
	switch {
	case address.Path == "/internal/variants":
		for sku := range strings.SplitSeq(address.Query().Get("skus"), ",") {
			if strings.HasSuffix(sku, "-1") || strings.HasSuffix(sku, "-2") {
				slug := strings.ToLower(sku[:len(sku)-2])
				add(cmp.Or(f.renamed[slug], slug), map[string]any{"sku": sku})
			}
		}
	case address.Path == "/internal/products":
		for slug := range strings.SplitSeq(address.Query().Get("slugs"), ",") {
			add(slug, nil)
		}
	case address.Path == "/internal/related/unknown":
		return refuse("not-found", "")
	default:
		for _, slug := range []string{"tea", "jar", "cup"} {
			add(slug, nil)
		}
	}
	text, _ := json.Marshal(map[string]any{"items": products})
	return json.Unmarshal(text, value)
}

func order(id string, skus ...string) event {
	lines := []map[string]any{}
	for _, sku := range skus {
		lines = append(lines, map[string]any{"sku": sku, "quantity": 1})
	}
	payload, _ := json.Marshal(map[string]any{"orderId": id, "lines": lines})
	return event{ID: id, Type: "order.confirmed", Subject: id, Version: 1, Payload: payload}
}

// productEvent of the cup, whatever its slug is.
func productEvent(kind string, version int, slug string) event {
	payload, _ := json.Marshal(map[string]any{"productId": "01J0000000000000000000000P", "slug": slug, "skus": []string{"CUP-1"}})
	return event{ID: eventID, Type: kind, Subject: slug, Version: version, Payload: payload}
}

func newListener(documents store, products *fakeCatalog) *listener {
	return &listener{documents: documents, variants: newVariants(catalog{products}), forget: func(string) {}}
}
