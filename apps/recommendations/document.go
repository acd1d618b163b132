// Documents in the state store, changed by several at once without one losing what the other wrote.
package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// store keeps documents by key; see state.go for what its methods promise.
type store interface {
	get(ctx context.Context, key string, value any) (etag string, err error)
	getAll(ctx context.Context, keys []string) ([]stored, error)
	put(ctx context.Context, rows ...row) error
	remove(ctx context.Context, key string) error
}

// maxTurns that a writer takes before it gives up; orders of the same product may come twenty at once.
const maxTurns = 30

// change reads a document, alters it and writes it, anew whenever somebody else was quicker. `alter` answers whether
// there is anything to write; it may be called several times.
func change[T any](ctx context.Context, documents store, key string, alter func(*T) (bool, error)) error {
	return inTurns(ctx, key, func() error {
		var document T
		etag, err := documents.get(ctx, key, &document)
		if err != nil {
			return err
		}
		if wanted, err := alter(&document); err != nil || !wanted {
			return err
		}
		return documents.put(ctx, row{key: key, value: document, etag: etag})
	})
}

// inTurns reads and writes anew, a moment later, whenever somebody else was quicker.
func inTurns(ctx context.Context, what string, readAndWrite func() error) error {
	for turn := range maxTurns {
		if err := readAndWrite(); !errors.Is(err, errStale) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(time.Duration(turn+1) * 2 * time.Millisecond)):
		}
	}
	return refuse("unavailable", "Too many write "+what+" at once.")
}

// putOnce writes a document unless there is one already.
func putOnce(ctx context.Context, documents store, key string, value any, keep time.Duration) error {
	if err := documents.put(ctx, row{key: key, value: value, keep: keep}); !errors.Is(err, errStale) {
		return err
	}
	return nil
}
