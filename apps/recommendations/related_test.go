package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// shop is the whole service in memory.
type shop struct {
	documents *fakeStore
	catalog   *fakeCatalog
	handler   http.Handler
	callers   *callers
}

func newShop() *shop {
	documents, products := newFakeStore(), &fakeCatalog{}
	routes, callers := build(documents, products, quietLog)
	one := &service{edge: newEdge(routes, testToken, callers, quietLog), log: quietLog}
	one.started.Store(true)
	return &shop{documents, products, one.handler(), callers}
}

func (s *shop) send(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, request)
	return answer
}

func (s *shop) deliver(event event) int {
	data, _ := json.Marshal(event)
	letter := `{"id":"` + event.ID + `","type":"` + event.Type + `","data":` + string(data) + `}`
	return s.send("POST", "/events/"+event.Type, letter, "dapr-api-token", testToken).Code
}

func slugsIn(t *testing.T, answer *httptest.ResponseRecorder) []string {
	t.Helper()
	var read struct{ Items []struct{ Slug string } }
	if err := json.Unmarshal(answer.Body.Bytes(), &read); err != nil || answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body, err)
	}
	var slugs []string
	for _, one := range read.Items {
		slugs = append(slugs, one.Slug)
	}
	return slugs
}

func codeOf(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	var problem struct {
		Code   string
		Status int
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &problem); err != nil || problem.Status != answer.Code {
		t.Fatal(answer.Code, answer.Body, err)
	}
	return problem.Code
}

func TestWhatIsBoughtTogetherComesBeforeWhatCatalogThinksAndNothingTwice(t *testing.T) {
	shop := newShop()
	if slugs := slugsIn(t, shop.send("GET", "/products/cup/related", "")); !slices.Equal(slugs, []string{"tea", "jar"}) {
		t.Errorf("before any order: %v", slugs)
	}
	if status := shop.deliver(order(eventID, "CUP-1", "POT-1", "JAR-1")); status != http.StatusOK {
		t.Fatal(status)
	}
	if slugs := slugsIn(t, shop.send("GET", "/products/cup/related", "")); !slices.Equal(slugs, []string{"jar", "pot", "tea"}) {
		t.Errorf("after the order: %v", slugs)
	}
	shop.catalog.gone = map[string]bool{"pot": true}
	if slugs := slugsIn(t, shop.send("GET", "/products/cup/related?currency=USD", "")); slices.Contains(slugs, "pot") {
		t.Errorf("what is not on sale is shown: %v", slugs)
	}
}

func TestAnAnswerIsKeptForAShortTimeAndNamedByItsETag(t *testing.T) {
	shop := newShop()
	first := shop.send("GET", "/products/cup/related", "")
	asked := len(shop.catalog.asked)
	etag := first.Header().Get("ETag")
	second := shop.send("GET", "/products/cup/related", "", "If-None-Match", `"other", W/`+etag)
	if second.Code != http.StatusNotModified || second.Body.Len() != 0 || second.Header().Get("ETag") != etag {
		t.Error(second.Code, second.Body, second.Header())
	}
	if len(shop.catalog.asked) != asked {
		t.Error("the same question was asked again")
	}
}

func TestWithoutCatalogThereIsNoAnswerAndWithoutTheStoreCatalogsOwn(t *testing.T) {
	shop := newShop()
	shop.catalog.away = true
	answer := shop.send("GET", "/products/cup/related", "")
	if codeOf(t, answer) != "unavailable" || answer.Header().Get("Retry-After") == "" {
		t.Error(answer.Code, answer.Header())
	}
	shop.catalog.away, shop.documents.away = false, true
	if slugs := slugsIn(t, shop.send("GET", "/products/cup/related", "")); !slices.Equal(slugs, []string{"tea", "jar"}) {
		t.Error(slugs)
	}
}

func TestBadQuestionsAreRefusedWithTheirPlaces(t *testing.T) {
	shop := newShop()
	for path, pointer := range map[string]string{
		"/products/CUP/related":                               "/path/slug",
		"/products/cup/related?currency=GBP":                  "/query/currency",
		"/products/cup/related?country=de":                    "/query/country",
		"/products/cup/related?page=2":                        "/query/page",
		"/products/cup/related?currency=EUR&currency=EUR":     "/query/currency",
		"/products/cup/related?a~b%2Fc=1":                     "/query/a~0b~1c",
		"/products/cup/related?currency=%zz":                  "/query",
		"/products/cup/related?a;b=1":                         "/query",
		"/products/" + strings.Repeat("a", 81) + "/related":   "/path/slug",
		"/products/cup/related?" + strings.Repeat("x", 9_000): "/query/" + strings.Repeat("x", maxStep),
	} {
		answer := shop.send("GET", path, "")
		if codeOf(t, answer) != "invalid-request" || !strings.Contains(answer.Body.String(), `"`+pointer+`"`) {
			t.Errorf("%.60s: %s", path, answer.Body)
		}
	}
	if code := codeOf(t, shop.send("GET", "/products/unknown/related", "")); code != "not-found" {
		t.Error(code)
	}
}

func TestTheEdgeRefusesAsEveryService(t *testing.T) {
	shop := newShop()
	if code := codeOf(t, shop.send("GET", "/nowhere", "")); code != "not-found" {
		t.Error(code)
	}
	wrong := shop.send("DELETE", "/products/cup/related", "")
	if codeOf(t, wrong) != "method-not-allowed" || wrong.Header().Get("Allow") != "GET, HEAD" {
		t.Error(wrong.Code, wrong.Header())
	}
	for _, headers := range [][]string{{}, {"dapr-api-token", ""}, {"dapr-api-token", "wrong"}} {
		if code := codeOf(t, shop.send("POST", "/events/order.confirmed", "{}", headers...)); code != "unauthorised" {
			t.Error(code)
		}
	}
	ours := []string{"dapr-api-token", testToken}
	if code := codeOf(t, shop.send("POST", "/events/order.confirmed", "{", ours...)); code != "malformed-json" {
		t.Error(code)
	}
	if code := codeOf(t, shop.send("POST", "/events/order.confirmed", `"`+strings.Repeat("x", maxEventBody)+`"`, ours...)); code != "body-too-large" {
		t.Error(code)
	}
}

func TestABugIsAnInternalProblem(t *testing.T) {
	shop := newShop()
	broken := route{method: "GET", path: "/broken", audience: forPublic,
		handle: func(http.ResponseWriter, *http.Request) error { panic("oh") }}
	answer := httptest.NewRecorder()
	newEdge([]route{broken}, testToken, shop.callers, quietLog).ServeHTTP(answer, httptest.NewRequest("GET", "/broken", nil))
	if codeOf(t, answer) != "internal" || strings.Contains(answer.Body.String(), "oh") {
		t.Error(answer.Body)
	}
}

func TestEveryRouteForPeopleIsDescribed(t *testing.T) {
	var document struct {
		Paths map[string]map[string]struct {
			Audience   string `json:"x-audience"`
			Permission string `json:"x-permission"`
		}
	}
	if err := json.Unmarshal(openAPI, &document); err != nil {
		t.Fatal(err)
	}
	routes, _ := build(newFakeStore(), &fakeCatalog{}, quietLog)
	described := 0
	for _, one := range routes {
		if one.audience == forSidecar || one.path == "/openapi.json" {
			continue
		}
		described++
		operation, ok := document.Paths[one.path][strings.ToLower(one.method)]
		if !ok || operation.Audience != string(one.audience) || operation.Permission != one.permission {
			t.Errorf("%s %s: %+v", one.method, one.path, operation)
		}
	}
	if described != len(document.Paths) {
		t.Errorf("%d routes, %d described", described, len(document.Paths))
	}
}
