// What is bought together, as counts in one bounded document a product.
package main

import (
	"cmp"
	"slices"
)

const (
	// maxCompanions of a product; the rarest are forgotten first.
	maxCompanions = 40
	// maxSeen events in a document: enough for every order that can be under way with this product at once.
	maxSeen = 32
)

// companions of a product: how many orders held both.
type companions struct {
	// Counts by the other product's slug.
	Counts map[string]int `json:"counts"`
	// Seen are the events that were counted last, oldest first: an order that was counted in this document but not yet
	// in the next one, when the process ended, is not counted here again.
	Seen []string `json:"seen"`
	// Left says that the product of this slug has another one by now, or is not sold any more. It stays until a product
	// of this slug is counted again: an instance that has not heard of the change learns of it when it wants to count.
	Left bool `json:"left,omitempty"`
}

// count adds one order; false if this event has been counted already.
func (c *companions) count(eventID string, others []string) bool {
	if slices.Contains(c.Seen, eventID) {
		return false
	}
	c.Left = false
	if c.Counts == nil {
		c.Counts = map[string]int{}
	}
	for _, slug := range others {
		c.Counts[slug]++
	}
	// Of two that are equally rare, what was bought just now stays.
	kept := c.ranked(func(slug string) bool { return slices.Contains(others, slug) })
	for _, slug := range kept[min(len(kept), maxCompanions):] {
		delete(c.Counts, slug)
	}
	c.Seen = append(c.Seen, eventID)
	c.Seen = c.Seen[max(0, len(c.Seen)-maxSeen):]
	return true
}

// best answers the slugs bought most often with the product.
func (c *companions) best(limit int) []string {
	all := c.ranked(func(string) bool { return false })
	return all[:min(len(all), limit)]
}

// ranked by count, then by preference, then by name so that equal documents give equal answers.
func (c *companions) ranked(preferred func(string) bool) []string {
	slugs := make([]string, 0, len(c.Counts))
	for slug := range c.Counts {
		slugs = append(slugs, slug)
	}
	slices.SortFunc(slugs, func(a, b string) int {
		if order := cmp.Compare(c.Counts[b], c.Counts[a]); order != 0 {
			return order
		}
		if preferred(a) != preferred(b) {
			if preferred(a) {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
	return slugs
}

// adopt takes over what was counted under the product's earlier slug.
func (c *companions) adopt(earlier companions) {
	c.Left = false
	if c.Counts == nil {
		c.Counts = map[string]int{}
	}
	for slug, count := range earlier.Counts {
		c.Counts[slug] = max(c.Counts[slug], count)
	}
	// Once each, for it may be adopted twice.
	own := slices.DeleteFunc(c.Seen, func(id string) bool { return slices.Contains(earlier.Seen, id) })
	c.Seen = slices.Concat(earlier.Seen, own)
	c.Seen = c.Seen[max(0, len(c.Seen)-maxSeen):]
}
