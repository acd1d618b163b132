// The answer to GET /products/{slug}/related: bought together first, filled up with catalog's own idea.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	maxRelated = 8
	// readTimeout is less than the ingress waits.
	readTimeout = 1_800 * time.Millisecond
	freshFor    = 4 * time.Second
	maxAnswers  = 2_000
	jsonType    = "application/json; charset=utf-8"
)

// readyAnswer is written and named by its ETag once, sent many times.
type readyAnswer struct {
	body []byte
	etag string
}

// relatedReader answers what goes with a product.
type relatedReader struct {
	documents store
	catalog   catalog
	log       *slog.Logger

	mu      sync.Mutex
	answers map[answerName]*pending
}

type answerName struct {
	slug   string
	market market
}

// pending is an answer that is there or on its way; `done` is closed when it is there.
type pending struct {
	done   chan struct{}
	answer readyAnswer
	err    error
	until  time.Time
}

func (r *relatedReader) serve(w http.ResponseWriter, request *http.Request) error {
	slug, market, err := readMarket(request)
	if err != nil {
		return err
	}
	answer, err := r.read(request.Context(), answerName{slug, market})
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("ETag", answer.etag)
	header.Set("Cache-Control", "no-cache")
	if matches(request.Header.Get("If-None-Match"), answer.etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	header.Set("Content-Type", jsonType)
	_, err = w.Write(answer.body)
	return err
}

// read asks for one answer once, however many wait for it. Refusals are not kept.
func (r *relatedReader) read(ctx context.Context, name answerName) (readyAnswer, error) {
	r.mu.Lock()
	found := r.answers[name]
	if found == nil || !found.until.After(time.Now()) {
		if len(r.answers) >= maxAnswers {
			clear(r.answers)
		}
		found = &pending{done: make(chan struct{}), until: time.Now().Add(freshFor)}
		r.answers[name] = found
		// Whoever asked first may leave; the others wait on.
		go r.fill(context.WithoutCancel(ctx), name, found)
	}
	r.mu.Unlock()
	select {
	case <-found.done:
		return found.answer, found.err
	case <-ctx.Done():
		return readyAnswer{}, refuse("unavailable", "")
	}
}

func (r *relatedReader) fill(ctx context.Context, name answerName, into *pending) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	defer close(into.done)
	items, err := r.items(ctx, name)
	if err == nil {
		into.answer, into.err = ready(list[item]{items})
		return
	}
	into.err = err
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers[name] == into {
		delete(r.answers, name)
	}
}

// items of the answer. Without the counts catalog's own idea must do; without catalog there is no answer.
func (r *relatedReader) items(ctx context.Context, name answerName) ([]item, error) {
	alternatives := make(chan error, 1)
	var others []item
	go func() {
		var err error
		others, err = r.catalog.alternatives(ctx, name.slug, name.market)
		alternatives <- err
	}()
	together, err := r.together(ctx, name)
	if otherErr := <-alternatives; otherErr != nil || err != nil {
		return nil, errors.Join(otherErr, err)
	}
	items := []item{}
	taken := map[string]bool{name.slug: true}
	for _, one := range append(together, others...) {
		if !taken[one.slug] && len(items) < maxRelated {
			taken[one.slug] = true
			items = append(items, one)
		}
	}
	return items, nil
}

// together are the products bought most often with this one, the most often first.
func (r *relatedReader) together(ctx context.Context, name answerName) ([]item, error) {
	var document companions
	if _, err := r.documents.get(ctx, togetherKey(name.slug), &document); err != nil {
		r.log.WarnContext(ctx, "counts.unavailable", "reason", err.Error())
		return nil, nil
	}
	// Twice as many as are shown: some may not be on sale here.
	slugs := document.best(2 * maxRelated)
	if len(slugs) == 0 {
		return nil, nil
	}
	found, err := r.catalog.summaries(ctx, slugs, name.market)
	if err != nil {
		return nil, err
	}
	bySlug := map[string]item{}
	for _, one := range found {
		bySlug[one.slug] = one
	}
	var items []item
	for _, slug := range slugs {
		if one, ok := bySlug[slug]; ok {
			items = append(items, one)
		}
	}
	return items, nil
}

// forget what was answered about a product, in whatever market.
func (r *relatedReader) forget(slug string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name := range r.answers {
		if name.slug == slug {
			delete(r.answers, name)
		}
	}
}

func ready(body any) (readyAnswer, error) {
	text, err := json.Marshal(body)
	digest := sha256.Sum256(text)
	return readyAnswer{text, `"` + base64.RawURLEncoding.EncodeToString(digest[:])[:22] + `"`}, err
}

// matches compares weakly, as If-None-Match does.
func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		if candidate = strings.TrimSpace(candidate); candidate == "*" || strings.TrimPrefix(candidate, "W/") == etag {
			return true
		}
	}
	return false
}
