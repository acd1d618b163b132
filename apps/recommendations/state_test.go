package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// answering is a sidecar that answers this, and what it was asked last.
func answering(t *testing.T, status int, body string) (box *sidecar, asked func() (path, body string)) {
	t.Helper()
	var path, sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		path, sent = r.Method+" "+r.URL.Path, string(text)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return newSidecar(config{sidecarURL: server.URL}, quietLog), func() (string, string) { return path, sent }
}

func TestSeveralDocumentsAreReadAtOnceInTheOrderOfTheirKeys(t *testing.T) {
	box, asked := answering(t, http.StatusOK, `[{"key":"b"},{"key":"a","data":{"n":2},"etag":"7"}]`)
	found, err := box.getAll(t.Context(), []string{"a", "b"})
	if err != nil || len(found) != 2 || string(found[0].text) != `{"n":2}` || found[0].etag != "7" || found[1].etag != "" {
		t.Error(found, err)
	}
	if path, body := asked(); path != "POST /v1.0/state/statestore/bulk" || body != `{"keys":["a","b"]}` {
		t.Error(path, body)
	}
}

// A store that is away makes no other status, and a value that is no JSON makes daprd send nothing.
func TestADocumentThatCouldNotBeReadIsNotTakenForNone(t *testing.T) {
	for _, body := range []string{`[{"key":"a","error":"connection refused"}]`, `[]`, ``} {
		box, _ := answering(t, http.StatusOK, body)
		if _, err := box.getAll(t.Context(), []string{"a"}); err == nil || asRefusal(err).code != "unavailable" {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestDocumentsAreWrittenAtOnceEachWithItsETag(t *testing.T) {
	box, asked := answering(t, http.StatusNoContent, "")
	rows := []row{{key: "a", value: 1, etag: "7"}, {key: "b", value: 2, keep: time.Hour}}
	if err := box.put(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	want := `[{"key":"a","value":1,"etag":"7"},{"key":"b","value":2,"etag":"-1","metadata":{"ttlInSeconds":"3600"}}]`
	if path, body := asked(); path != "POST /v1.0/state/statestore" || body != want {
		t.Error(path, body)
	}
}

func TestOnlyAConflictIsStale(t *testing.T) {
	for status, stale := range map[int]bool{http.StatusConflict: true, http.StatusInternalServerError: false} {
		box, _ := answering(t, status, `{"errorCode":"ERR_STATE_SAVE"}`)
		if err := box.put(t.Context(), row{key: "a"}); err == nil || errors.Is(err, errStale) != stale {
			t.Error(status, err)
		}
	}
}
