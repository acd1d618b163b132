package main

import (
	"fmt"
	"maps"
	"sync"
	"testing"
)

func mustApply(t *testing.T, handler eventHandler, event event) {
	t.Helper()
	if err := handler(t.Context(), event); err != nil {
		t.Fatal(err)
	}
}

func expectCounts(t *testing.T, documents *fakeStore, slug string, want map[string]int) {
	t.Helper()
	if got := documents.countsOf(t, slug); !maps.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", slug, got, want)
	}
}

func TestAnOrderCountsEachPairOnceHoweverOftenItsEventComes(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	for range 3 {
		mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1", "TEA-1"))
	}
	expectCounts(t, documents, "cup", map[string]int{"pot": 1, "tea": 1})
	expectCounts(t, documents, "pot", map[string]int{"cup": 1, "tea": 1})
}

func TestAnOrderThatWasCountedInPartIsCountedToItsEnd(t *testing.T) {
	documents := newFakeStore()
	documents.failOn = togetherKey("pot")
	listener := newListener(documents, &fakeCatalog{})
	if listener.orderConfirmed(t.Context(), order(eventID, "CUP-1", "POT-1")) == nil {
		t.Fatal("a failed write must make the sidecar deliver again")
	}
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "cup", map[string]int{"pot": 1})
	expectCounts(t, documents, "pot", map[string]int{"cup": 1})
}

func TestTheInboxRemembersWhatTheDocumentsHaveForgotten(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	for i := range maxSeen + 1 {
		mustApply(t, listener.orderConfirmed, order(fmt.Sprintf("01J0000000000000000000%04d", 100+i), "CUP-1", "TEA-1"))
	}
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "pot", map[string]int{"cup": 1})
}

func TestTwoVariantsOfOneProductAndUnknownArticlesMakeNoPair(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "CUP-2", "NOBODY-KNOWS"))
	if len(documents.documents) != 0 {
		t.Errorf("kept %v", documents.documents)
	}
}

func TestOrdersOfTheSameProductsAtOnceAreAllCounted(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			mustApply(t, listener.orderConfirmed, order(fmt.Sprintf("01J0000000000000000000%04d", i), "CUP-1", "POT-1"))
		})
	}
	all.Wait()
	expectCounts(t, documents, "cup", map[string]int{"pot": 20})
}

func TestWithoutCatalogAnOrderIsDeliveredAgain(t *testing.T) {
	listener := newListener(newFakeStore(), &fakeCatalog{away: true})
	if listener.orderConfirmed(t.Context(), order(eventID, "CUP-1", "POT-1")) == nil {
		t.Error("the event was taken for applied")
	}
}

func TestCountsFollowAProductToItsNewSlugAndAnOlderEventChangesNothing(t *testing.T) {
	documents := newFakeStore()
	listener := newListener(documents, &fakeCatalog{})
	mustApply(t, listener.productChanged, productEvent("product.published", 1, "cup"))
	mustApply(t, listener.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	mustApply(t, listener.productChanged, productEvent("product.changed", 3, "mug"))
	mustApply(t, listener.productChanged, productEvent("product.changed", 2, "beaker"))
	expectCounts(t, documents, "mug", map[string]int{"pot": 1})
	expectCounts(t, documents, "cup", nil)
	mustApply(t, listener.productArchived, productEvent("product.archived", 4, "mug"))
	expectCounts(t, documents, "mug", nil)
}
