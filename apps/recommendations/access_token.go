// Who is asking: identity's access tokens (RFC 9068, RFC 8725) in front of staff routes.
package main

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	tokenIssuer    = "souk"
	tokenAudience  = "souk-api"
	tokenType      = "at+jwt"
	maxTokenLength = 2_048
	clockTolerance = 5 * time.Second
	// A key that was taken away is forgotten within this time.
	keysFreshFor = time.Minute
	// Names that nobody knows, and an identity that is away, cause no more questions than one in this time.
	askKeysAgainAfter = 2 * time.Second
)

// permissionsOf is what the shop's roles may do here; a role that is not in it may do nothing here.
var permissionsOf = map[string][]string{"owner": {"events.read", "events.write"}}

var (
	bearerPattern  = regexp.MustCompile(`^(?i:Bearer) ([\w.-]+)$`)
	keyNamePattern = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
	idPattern      = regexp.MustCompile(`^[0-7][0-9A-HJKMNP-TV-Z]{25}$`)
)

// neighbours are asked through the sidecar.
type neighbours interface {
	invoke(ctx context.Context, app, path string, value any) error
}

// callers tells members of staff by their access tokens. It keeps the keys it knows while identity is away.
type callers struct {
	neighbours neighbours
	now        func() time.Time

	mu     sync.Mutex
	keys   jose.JSONWebKeySet
	asked  time.Time
	failed time.Time
}

type accessClaims struct {
	jwt.Claims
	SessionID string   `json:"sid"`
	Kind      string   `json:"kind"`
	Roles     []string `json:"roles"`
}

// staff answers the id of the member of staff whose token this is; 401 without a good one, 403 without the permission.
func (c *callers) staff(ctx context.Context, authorization, permission string) (string, error) {
	match := bearerPattern.FindStringSubmatch(authorization)
	if match == nil || len(match[1]) > maxTokenLength {
		return "", refuse("unauthorised", "")
	}
	claims, err := c.claimsOf(ctx, match[1])
	if err != nil {
		return "", err
	}
	if claims.Kind != "staff" {
		return "", refuse("forbidden", "")
	}
	allows := func(role string) bool { return slices.Contains(permissionsOf[role], permission) }
	if !slices.ContainsFunc(claims.Roles, allows) {
		return "", refuse("forbidden", "")
	}
	return claims.Subject, nil
}

func (c *callers) claimsOf(ctx context.Context, text string) (*accessClaims, error) {
	bad := refuse("unauthorised", "The access token is not valid.")
	token, err := jwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil || len(token.Headers) != 1 {
		return nil, bad
	}
	header := token.Headers[0]
	kind, _ := header.ExtraHeaders[jose.HeaderType].(string)
	if !strings.EqualFold(strings.TrimPrefix(kind, "application/"), tokenType) || !keyNamePattern.MatchString(header.KeyID) {
		return nil, bad
	}
	// The key comes from identity's set by its name; whatever else the header offers (jku, jwk, x5u) is not looked at.
	key, err := c.key(ctx, header.KeyID)
	if err != nil {
		return nil, err
	}
	var claims accessClaims
	if key == nil || token.Claims(key, &claims) != nil {
		return nil, bad
	}
	expected := jwt.Expected{Issuer: tokenIssuer, AnyAudience: jwt.Audience{tokenAudience}, Time: c.now()}
	complete := claims.Expiry != nil && claims.IssuedAt != nil && claims.ID != "" &&
		idPattern.MatchString(claims.Subject) && idPattern.MatchString(claims.SessionID) &&
		(claims.Kind == "staff" || claims.Kind == "customer")
	if !complete || claims.ValidateWithLeeway(expected, clockTolerance) != nil {
		return nil, bad
	}
	return &claims, nil
}

// key answers the public key of that name; nil if there is none.
func (c *callers) key(ctx context.Context, name string) (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known(name)
	age := c.now().Sub(c.asked)
	if known != nil && age < keysFreshFor || known == nil && age < askKeysAgainAfter {
		return known, nil
	}
	// Everybody waits for the one who asks: they must not do so one after another.
	if c.now().Sub(c.failed) < askKeysAgainAfter {
		if known != nil {
			return known, nil
		}
		return nil, refuse("unavailable", "identity is not available.")
	}
	var keys jose.JSONWebKeySet
	if err := c.neighbours.invoke(ctx, "identity", "/internal/jwks", &keys); err != nil {
		c.failed = c.now()
		if known != nil {
			return known, nil
		}
		return nil, err
	}
	c.keys, c.asked = keys, c.now()
	return c.known(name), nil
}

func (c *callers) known(name string) any {
	if found := c.keys.Key(name); len(found) > 0 {
		return found[0].Key
	}
	return nil
}
