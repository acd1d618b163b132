package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	staffID   = "01J0000000000000000000000S"
	sessionID = "01J0000000000000000000000T"
)

// fakeIdentity hands out one key.
type fakeIdentity struct{ key ed25519.PublicKey }

func (f fakeIdentity) invoke(_ context.Context, _, _ string, value any) error {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: f.key, KeyID: "key-1", Algorithm: "EdDSA", Use: "sig"}}}
	text, _ := json.Marshal(set)
	return json.Unmarshal(text, value)
}

// tokens of a shop whose identity knows one key.
type tokens struct {
	key ed25519.PrivateKey
}

func withIdentity(t *testing.T, shop *shop) tokens {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	shop.callers.neighbours = fakeIdentity{public}
	return tokens{private}
}

type alter func(header map[string]any, claims map[string]any)

func (k tokens) token(t *testing.T, alters ...alter) string {
	t.Helper()
	now := time.Now().Unix()
	header := map[string]any{"typ": tokenType, "kid": "key-1"}
	claims := map[string]any{"iss": tokenIssuer, "aud": tokenAudience, "sub": staffID, "sid": sessionID, "jti": eventID,
		"iat": now, "exp": now + 600, "kind": "staff", "roles": []string{"owner"}}
	for _, one := range alters {
		one(header, claims)
	}
	options := &jose.SignerOptions{ExtraHeaders: map[jose.HeaderKey]any{}}
	for name, value := range header {
		options.ExtraHeaders[jose.HeaderKey(name)] = value
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: k.key}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + text
}

func claim(name string, value any) alter {
	return func(_, claims map[string]any) { claims[name] = value }
}

func header(name string, value any) alter {
	return func(header, _ map[string]any) { header[name] = value }
}

const deadPath = "/admin/recommendations/dead-events"

func TestOnlyGoodTokensOfStaffWhoMayOpenStaffRoutes(t *testing.T) {
	shop := newShop()
	keys := withIdentity(t, shop)
	now := time.Now().Unix()
	good := keys.token(t)
	parts := strings.Split(good, ".")
	refused := map[string]string{
		"none":              "",
		"not a token":       "Bearer x.y.z",
		"another scheme":    "Basic " + good[len("Bearer "):],
		"too long":          good + strings.Repeat("x", maxTokenLength),
		"unsigned":          parts[0] + "." + parts[1] + ".",
		"altered":           parts[0] + "." + parts[1][:len(parts[1])-2] + "AA." + parts[2],
		"another type":      keys.token(t, header("typ", "JWT")),
		"no such key":       keys.token(t, header("kid", "key-2")),
		"a path for a key":  keys.token(t, header("kid", "../key-1")),
		"expired":           keys.token(t, claim("exp", now-60)),
		"without an end":    keys.token(t, claim("exp", nil)),
		"not yet":           keys.token(t, claim("nbf", now+60)),
		"another issuer":    keys.token(t, claim("iss", "souq")),
		"another audience":  keys.token(t, claim("aud", "elsewhere")),
		"no subject":        keys.token(t, claim("sub", "root")),
		"no session":        keys.token(t, claim("sid", nil)),
		"an unknown kind":   keys.token(t, claim("kind", "robot")),
		"without a name":    keys.token(t, claim("jti", nil)),
		"of another issuer": withIdentity(t, newShop()).token(t),
	}
	for name, authorization := range refused {
		answer := shop.send("GET", deadPath, "", "Authorization", authorization)
		if codeOf(t, answer) != "unauthorised" || answer.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %s", name, answer.Body)
		}
	}
	for name, authorization := range map[string]string{
		"a customer":  keys.token(t, claim("kind", "customer")),
		"support":     keys.token(t, claim("roles", []string{"support"})),
		"nobody":      keys.token(t, claim("roles", []string{"", "Owner"})),
		"without one": keys.token(t, claim("roles", nil)),
	} {
		if code := codeOf(t, shop.send("GET", deadPath, "", "Authorization", authorization)); code != "forbidden" {
			t.Errorf("%s: %s", name, code)
		}
	}
	if answer := shop.send("GET", deadPath, "", "Authorization", good); answer.Code != http.StatusOK {
		t.Error(answer.Code, answer.Body)
	}
}

func (s *shop) bury(t *testing.T, letter string) {
	t.Helper()
	if answer := s.send("POST", deadRoute, letter, "dapr-api-token", testToken); answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body)
	}
}

func TestADeadEventIsKeptOnceListedAndSentAgainByItsKeyOnce(t *testing.T) {
	shop := newShop()
	owner := withIdentity(t, shop).token(t)
	list := func() string { return shop.send("GET", deadPath, "", "Authorization", owner).Body.String() }
	redrive := func(id, key string) int {
		path := deadPath + "/" + id + "/redrive"
		return shop.send("POST", path, "", "Authorization", owner, "Idempotency-Key", key).Code
	}
	event, _ := json.Marshal(order(eventID, "CUP-1", "POT-1"))
	letter := `{"id":"` + eventID + `","type":"order.confirmed","traceparent":"00-11111111111111111111111111111111-2222222222222222-01","data":` + string(event) + `}`
	shop.bury(t, letter)
	shop.bury(t, letter)
	if text := list(); strings.Count(text, `"id":"`+eventID+`"`) != 2 || !strings.Contains(text, `"traceId":"11111111111111111111111111111111"`) {
		t.Fatal(text)
	}
	if status := redrive(eventID, ""); status != http.StatusBadRequest {
		t.Error("without a key:", status)
	}
	shop.catalog.away = true
	if status := redrive(eventID, "key-12345"); status != http.StatusConflict {
		t.Error("still failing:", status)
	}
	shop.catalog.away = false
	for range 2 {
		if status := redrive(eventID, "key-12345"); status != http.StatusOK {
			t.Error("redriven:", status)
		}
	}
	if status := redrive("01J00000000000000000000002", "key-12345"); status != http.StatusUnprocessableEntity {
		t.Error("a key of another request:", status)
	}
	if status := redrive(eventID, "key-67890"); status != http.StatusNotFound {
		t.Error("there is nothing any more:", status)
	}
	expectCounts(t, shop.documents, "cup", map[string]int{"pot": 1})
	if text := list(); text != `{"items":[],"nextCursor":null}` {
		t.Error(text)
	}
}

func TestADeadOrderIsKeptWithoutTheNamesInIt(t *testing.T) {
	shop := newShop()
	owner := withIdentity(t, shop).token(t)
	shop.bury(t, `{"id":"`+eventID+`","type":"order.confirmed","data":{"id":"`+eventID+`","type":"order.confirmed",
		"subject":"x","version":1,"payload":{"orderId":"x","email":"ada@example.org","address":{"name":"Ada"},
		"lines":[{"sku":"CUP-1","quantity":1}]},"news":"Ada"}}`)
	text := shop.send("GET", deadPath, "", "Authorization", owner).Body.String()
	if strings.Contains(strings.ToLower(text), "ada") || !strings.Contains(text, "CUP-1") {
		t.Error(text)
	}
}

func TestWhateverIsDeadIsKeptAndListedInPages(t *testing.T) {
	shop := newShop()
	owner := withIdentity(t, shop).token(t)
	for _, letter := range []string{`{}`, `5`, `{"id":7,"data":"text"}`, `{"id":"x||y","type":"strange","data":{"a":1}}`} {
		shop.bury(t, letter)
	}
	seen := 0
	cursor := ""
	for {
		var page struct {
			Items      []deadView
			NextCursor *string
		}
		path := deadPath + "?limit=1" + cursor
		if err := json.Unmarshal(shop.send("GET", path, "", "Authorization", owner).Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		seen += len(page.Items)
		if page.NextCursor == nil {
			break
		}
		cursor = "&cursor=" + *page.NextCursor
	}
	// The first two hold nothing by which they could be told apart.
	if seen != 3 {
		t.Errorf("%d dead events", seen)
	}
}

// countingIdentity is away, and counts how often it was asked.
type countingIdentity struct{ asked int }

func (c *countingIdentity) invoke(context.Context, string, string, any) error {
	c.asked++
	return refuse("unavailable", "identity is not available.")
}

func TestNobodyWaitsOneAfterAnotherForAnIdentityThatIsAway(t *testing.T) {
	shop := newShop()
	now := time.Now()
	shop.callers.now = func() time.Time { return now }
	known := withIdentity(t, shop).token(t)
	get := func(token string) int { return shop.send("GET", deadPath, "", "Authorization", token).Code }
	if status := get(known); status != http.StatusOK {
		t.Fatal(status)
	}
	strange := withIdentity(t, shop).token(t, header("kid", "key-2"))
	away := &countingIdentity{}
	shop.callers.neighbours = away
	now = now.Add(keysFreshFor)
	for range 20 {
		if status := get(known); status != http.StatusOK {
			t.Error("what was good stays good:", status)
		}
		if status := get(strange); status != http.StatusServiceUnavailable {
			t.Error("an unknown key is not called wrong:", status)
		}
	}
	if away.asked != 1 {
		t.Error("asked", away.asked, "times")
	}
	now = now.Add(askKeysAgainAfter)
	if get(known); away.asked != 2 {
		t.Error("is asked again after a while:", away.asked)
	}
}
