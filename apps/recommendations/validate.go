// Validation at the edge: every fault at once, each with a JSON pointer; nothing unknown gets through.
package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	maxFaults = 20
	// maxStep of a pointer: a name that nobody knows may be as long as the URL.
	maxStep = 100
)

var (
	slugPattern     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	countryPattern  = regexp.MustCompile(`^[A-Z]{2}$`)
	currencyPattern = regexp.MustCompile(`^(EUR|USD)$`)
	cursorPattern   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,400}$`)
	answerKey       = regexp.MustCompile(`^[\x21-\x7e]{8,128}$`)
)

const (
	maxSlug      = 80
	defaultLimit = 20
	maxLimit     = 100
)

// pointerTo escapes a name by RFC 6901.
func pointerTo(part, name string) string {
	name = name[:min(len(name), maxStep)]
	return "/" + part + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(strings.ToValidUTF8(name, "\uFFFD"))
}

// readQuery answers the values of the known parameters; each may come once and must fit its pattern.
func readQuery(r *http.Request, known map[string]*regexp.Regexp) (map[string]string, []fault) {
	values := map[string]string{}
	var faults []fault
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, []fault{{"/query", "is not well-formed"}}
	}
	for name, given := range query {
		detail := ""
		switch pattern, ok := known[name]; {
		case !ok:
			detail = "is not allowed"
		case len(given) != 1:
			detail = "must come once"
		case !pattern.MatchString(given[0]):
			detail = "does not fit " + pattern.String()
		}
		if detail == "" {
			values[name] = given[0]
		} else if len(faults) < maxFaults {
			faults = append(faults, fault{pointerTo("query", name), detail})
		}
	}
	return values, faults
}

// readMarket reads slug, currency and country.
func readMarket(r *http.Request) (string, market, error) {
	known := map[string]*regexp.Regexp{"currency": currencyPattern, "country": countryPattern}
	values, faults := readQuery(r, known)
	slug := r.PathValue("slug")
	if len(slug) > maxSlug || !slugPattern.MatchString(slug) {
		faults = append(faults, fault{"/path/slug", "does not fit " + slugPattern.String()})
	}
	if len(faults) > 0 {
		return "", market{}, invalid(faults...)
	}
	currency := values["currency"]
	if currency == "" {
		currency = "EUR"
	}
	return slug, market{currency, values["country"]}, nil
}

// readPage reads `?limit&cursor`.
func readPage(r *http.Request) (limit int, cursor string, err error) {
	known := map[string]*regexp.Regexp{"limit": regexp.MustCompile(`^\d{1,3}$`), "cursor": cursorPattern}
	values, faults := readQuery(r, known)
	limit = defaultLimit
	if text := values["limit"]; text != "" {
		limit, _ = strconv.Atoi(text)
	}
	if limit < 1 || limit > maxLimit {
		faults = append(faults, fault{"/query/limit", "must be from 1 to 100"})
	}
	if len(faults) > 0 {
		return 0, "", invalid(faults...)
	}
	return limit, values["cursor"], nil
}
