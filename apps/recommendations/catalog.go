// What catalog is asked: which product an article belongs to, and how products look in a list.
package main

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
)

// catalog is asked through the sidecar.
type catalog struct{ neighbours neighbours }

// market is how prices are to be shown.
type market struct{ currency, country string }

func (m market) query() url.Values {
	values := url.Values{"currency": {m.currency}}
	if m.country != "" {
		values.Set("country", m.country)
	}
	return values
}

// item of a list, as catalog writes it; only its slug is of interest here.
type item struct {
	slug string
	json json.RawMessage
}

func (i *item) UnmarshalJSON(text []byte) error {
	var known struct {
		Slug string `json:"slug"`
	}
	i.json = append(json.RawMessage(nil), text...)
	err := json.Unmarshal(text, &known)
	i.slug = known.Slug
	return err
}

func (i item) MarshalJSON() ([]byte, error) { return i.json, nil }

type list[T any] struct {
	Items []T `json:"items"`
}

// slugsOf answers the products of these SKUs, each once, in the order of the SKUs; unknown SKUs have none.
func (c catalog) slugsOf(ctx context.Context, skus []string) ([]string, error) {
	var found list[struct{ SKU, Slug string }]
	query := url.Values{"skus": {strings.Join(skus, ",")}}
	if err := c.neighbours.invoke(ctx, "catalog", "/internal/variants?"+query.Encode(), &found); err != nil {
		return nil, err
	}
	bySKU := map[string]string{}
	for _, variant := range found.Items {
		bySKU[variant.SKU] = variant.Slug
	}
	var slugs []string
	seen := map[string]bool{}
	for _, sku := range skus {
		if slug := bySKU[sku]; slug != "" && !seen[slug] {
			seen[slug] = true
			slugs = append(slugs, slug)
		}
	}
	return slugs, nil
}

// summaries of these products; those that are not on sale in this market are absent.
func (c catalog) summaries(ctx context.Context, slugs []string, market market) ([]item, error) {
	query := market.query()
	query.Set("slugs", strings.Join(slugs, ","))
	return c.items(ctx, "/internal/products?"+query.Encode())
}

// alternatives are catalog's own idea of what goes with a product; not-found if there is no such product.
func (c catalog) alternatives(ctx context.Context, slug string, market market) ([]item, error) {
	return c.items(ctx, "/internal/related/"+url.PathEscape(slug)+"?"+market.query().Encode())
}

func (c catalog) items(ctx context.Context, path string) ([]item, error) {
	var found list[item]
	err := c.neighbours.invoke(ctx, "catalog", path, &found)
	return found.Items, err
}
