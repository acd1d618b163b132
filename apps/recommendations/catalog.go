// What catalog is asked: which product a variant belongs to, and how products look in a list.
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

// slugsBySKU are the products of these SKUs, as far as they are on sale.
func (c catalog) slugsBySKU(ctx context.Context, skus []string) (map[string]string, error) {
	var found list[struct{ SKU, Slug string }]
	query := url.Values{"skus": {strings.Join(skus, ",")}}
	if err := c.neighbours.invoke(ctx, "catalog", "/internal/variants?"+query.Encode(), &found); err != nil {
		return nil, err
	}
	slugs := map[string]string{}
	for _, variant := range found.Items {
		slugs[variant.SKU] = variant.Slug
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
