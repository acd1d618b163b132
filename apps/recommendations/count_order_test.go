package main

import (
	"fmt"
	"slices"
	"testing"
)

const otherID = "01J00000000000000000000002"

// callsOf what is done, to the store.
func callsOf(documents *fakeStore, do func()) []string {
	before := len(documents.calls)
	do()
	return documents.calls[before:]
}

func expectCalls(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnOrderCostsThreeCallsHoweverManyProductsItHas(t *testing.T) {
	documents, products := newFakeStore(), &fakeCatalog{}
	listener := newListener(documents, products)
	var skus []string
	for i := range 20 {
		skus = append(skus, fmt.Sprintf("PART%d-1", i))
	}
	for _, one := range []struct {
		id    string
		calls int
	}{{eventID, 3}, {otherID, 3}, {otherID, 1}} {
		calls := callsOf(documents, func() { mustApply(t, listener.orderConfirmed, order(one.id, skus...)) })
		if len(calls) != one.calls {
			t.Errorf("%s: %d calls: %.300q", one.id, len(calls), calls)
		}
	}
	if len(products.asked) != 1 {
		t.Errorf("catalog was asked %d times about the same variants", len(products.asked))
	}
	expectCalls(t, callsOf(documents, func() { mustApply(t, listener.orderConfirmed, order("01J3", "CUP-1", "POT-1")) }),
		"bulk-get", "save together-cup together-pot", "save inbox-01J3")
}

func TestCatalogIsAskedOnlyForVariantsThatAreNotKnownAndAgainWhenTheirProductChanges(t *testing.T) {
	documents, products := newFakeStore(), &fakeCatalog{}
	listener := newListener(documents, products)
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	mustApply(t, listener.orderConfirmed, order(otherID, "CUP-1", "POT-1", "TEA-1"))
	mustApply(t, listener.productChanged, productEvent("product.changed", 2, "cup"))
	mustApply(t, listener.orderConfirmed, order("01J3", "POT-1", "CUP-1"))
	expectCalls(t, products.asked, "catalog/internal/variants?skus=CUP-1%2CPOT-1", "catalog/internal/variants?skus=TEA-1",
		"catalog/internal/variants?skus=CUP-1")
	expectCounts(t, documents, "cup", map[string]int{"pot": 3, "tea": 1})
}

func TestOfSeveralDocumentsOnlyThoseThatWereStaleAreWrittenAgain(t *testing.T) {
	documents := newFakeStore()
	listener, other := newListener(documents, &fakeCatalog{}), newListener(documents, &fakeCatalog{})
	documents.beforePut = func() { mustApply(t, other.orderConfirmed, order(otherID, "POT-1", "JAR-1")) }
	calls := callsOf(documents, func() { mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1", "TEA-1")) })
	expectCalls(t, calls, "bulk-get",
		"bulk-get", "save together-pot together-jar", "save inbox-"+otherID,
		"save together-cup together-pot together-tea",
		"bulk-get", "save together-pot", "save inbox-"+eventID)
	expectCounts(t, documents, "cup", map[string]int{"pot": 1, "tea": 1})
	expectCounts(t, documents, "pot", map[string]int{"cup": 1, "tea": 1, "jar": 1})
	expectCounts(t, documents, "tea", map[string]int{"cup": 1, "pot": 1})
}

func TestADocumentThatWasWrittenIsNotCountedAgainThoughItForgetsTheEventBeforeTheLastOneIsWritten(t *testing.T) {
	documents := newFakeStore()
	listener, other := newListener(documents, &fakeCatalog{}), newListener(documents, &fakeCatalog{})
	orders := 0
	crowd := func(n int, skus ...string) {
		for range n {
			orders++
			mustApply(t, other.orderConfirmed, order(fmt.Sprintf("01J0000000000000000000%04d", 100+orders), skus...))
		}
	}
	documents.beforePut = func() {
		crowd(1, "POT-1", "JAR-1")
		// Before the second write, of the pot alone.
		documents.beforePut = func() {
			crowd(1, "POT-1", "TEA-1")
			crowd(maxSeen+1, "CUP-1", "JAR-1")
		}
	}
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "cup", map[string]int{"pot": 1, "jar": maxSeen + 1})
}

func TestWhoeverEndsBetweenTheCountsAndTheNoteCountsNothingTwice(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	documents.failOn = inboxKey(eventID)
	if listener.orderConfirmed(t.Context(), order(eventID, "CUP-1", "POT-1")) == nil {
		t.Fatal("an order without its note must be delivered again")
	}
	calls := callsOf(documents, func() { mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1")) })
	expectCalls(t, calls, "bulk-get", "save inbox-"+eventID)
	expectCounts(t, documents, "cup", map[string]int{"pot": 1})
}

func TestThereIsNoNoteWithoutAllCounts(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	documents.failOn = togetherKey("pot")
	if listener.orderConfirmed(t.Context(), order(eventID, "CUP-1", "POT-1")) == nil {
		t.Fatal("a failed write must make the sidecar deliver again")
	}
	if _, ok := documents.documents[inboxKey(eventID)]; ok {
		t.Error("the event is noted, the pot is not counted")
	}
	calls := callsOf(documents, func() { mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1")) })
	expectCalls(t, calls, "bulk-get", "save together-pot", "save inbox-"+eventID)
}
