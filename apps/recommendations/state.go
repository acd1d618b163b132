// State in the sidecar's store: documents with ETags, one or several in a call.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	stateTimeout = 1_500 * time.Millisecond
	storeName    = "statestore"
)

// errStale says that somebody else has written meanwhile.
var errStale = errors.New("the state has changed meanwhile")

// stored is a document as it was read; without an ETag there is none.
type stored struct {
	text json.RawMessage
	etag string
}

// row is a document to be written if it still has that ETag, or, without one, only if there is none.
type row struct {
	key   string
	value any
	etag  string
	// keep it that long; 0 is for ever.
	keep time.Duration
}

// etagOfNothing no value ever has: Dapr's own first-write, without an ETag, fails like a store that is away.
const etagOfNothing = "-1"

// sentRow is a row as the sidecar takes it.
type sentRow struct {
	Key      string            `json:"key"`
	Value    any               `json:"value"`
	ETag     string            `json:"etag"`
	Metadata map[string]string `json:"metadata,omitempty"`
}

// get reads a document into `value`; the ETag is empty if there is none.
func (s *sidecar) get(ctx context.Context, key string, value any) (etag string, err error) {
	got, err := s.state(ctx, "get", http.MethodGet, "/"+url.PathEscape(key), nil)
	if err != nil || got.status == http.StatusNoContent {
		return "", err
	}
	return got.header.Get("ETag"), json.Unmarshal(got.body, value)
}

// getAll reads several documents at once, in the order of their keys.
func (s *sidecar) getAll(ctx context.Context, keys []string) ([]stored, error) {
	got, err := s.state(ctx, "bulk-get", http.MethodPost, "/bulk", map[string]any{"keys": keys})
	if err != nil {
		return nil, err
	}
	var items []struct {
		Key, ETag, Error string
		Data             json.RawMessage
	}
	if err := json.Unmarshal(got.body, &items); err != nil {
		return nil, s.stateFailed(ctx, "bulk-get", err)
	}
	found := map[string]stored{}
	for _, one := range items {
		// The status is 200 even when nothing could be read.
		if one.Error != "" {
			return nil, s.stateFailed(ctx, "bulk-get", errors.New(one.Error))
		}
		found[one.Key] = stored{one.Data, one.ETag}
	}
	documents := make([]stored, len(keys))
	for i, key := range keys {
		one, ok := found[key]
		if !ok {
			return nil, s.stateFailed(ctx, "bulk-get", errors.New("no answer about "+key))
		}
		documents[i] = one
	}
	return documents, nil
}

// put writes documents, each by itself: after errStale, or any other error, some of several may be written.
func (s *sidecar) put(ctx context.Context, rows ...row) error {
	sent := make([]sentRow, len(rows))
	for i, one := range rows {
		sent[i] = sentRow{Key: one.key, Value: one.value, ETag: cmp.Or(one.etag, etagOfNothing)}
		if one.keep > 0 {
			sent[i].Metadata = map[string]string{"ttlInSeconds": strconv.Itoa(int(one.keep.Seconds()))}
		}
	}
	_, err := s.state(ctx, "save", http.MethodPost, "", sent)
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
	return got, s.stateFailed(ctx, name, err)
}

func (s *sidecar) stateFailed(ctx context.Context, name string, err error) error {
	s.log.WarnContext(ctx, "dapr.state-failed", "operation", name, "component", storeName, "reason", err.Error())
	return refuse("unavailable", "The store is not available.")
}
