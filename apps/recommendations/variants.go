// Which product a variant belongs to: what catalog said lately is remembered, so that it is asked only for the others.
package main

import (
	"context"
	"time"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

// Longer is cheaper, and not wrong: who counts under a slug that its product has left sees that there, and asks anew (errLeft).
const (
	maxVariants        = 10_000
	rememberVariantFor = time.Hour
)

// variants remembers slugs by SKU. What it says may be as old as that: of several instances only one hears an event.
type variants struct {
	catalog catalog
	known   *expirable.LRU[string, string]
}

func newVariants(catalog catalog) *variants {
	return &variants{catalog, expirable.NewLRU[string, string](maxVariants, nil, rememberVariantFor)}
}

// slugsOf answers the products of these SKUs, each once, in the order of the SKUs; unknown SKUs have none.
func (v *variants) slugsOf(ctx context.Context, skus []string) ([]string, error) {
	bySKU := map[string]string{}
	var unknown []string
	for _, sku := range skus {
		if slug, ok := v.known.Get(sku); ok {
			bySKU[sku] = slug
		} else {
			unknown = append(unknown, sku)
		}
	}
	if len(unknown) > 0 {
		found, err := v.catalog.slugsBySKU(ctx, unknown)
		if err != nil {
			return nil, err
		}
		for sku, slug := range found {
			bySKU[sku] = slug
			v.known.Add(sku, slug)
		}
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

// forget these, so that catalog is asked again.
func (v *variants) forget(skus []string) {
	for _, sku := range skus {
		v.known.Remove(sku)
	}
}
