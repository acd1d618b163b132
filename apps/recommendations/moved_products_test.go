package main

import "testing"

// twoInstances of the service, of which the first knows the cup by the slug it had when it asked; events go to the second.
func twoInstances(t *testing.T) (documents *fakeStore, products *fakeCatalog, first, second *listener) {
	t.Helper()
	documents, products = newFakeStore(), &fakeCatalog{}
	first, second = newListener(documents, products), newListener(documents, products)
	mustApply(t, second.productChanged, productEvent("product.published", 1, "cup"))
	mustApply(t, first.orderConfirmed, order(eventID, "CUP-1", "POT-1"))
	return documents, products, first, second
}

func TestCountsFollowAProductThoughAnotherInstanceHeardOfItsNewSlug(t *testing.T) {
	documents, products, first, second := twoInstances(t)
	products.renamed = map[string]string{"cup": "mug"}
	mustApply(t, second.productChanged, productEvent("product.changed", 2, "mug"))
	mustApply(t, first.orderConfirmed, order(otherID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "mug", map[string]int{"pot": 2})
	expectCounts(t, documents, "cup", nil)
	asked := len(products.asked)
	mustApply(t, first.orderConfirmed, order("01J3", "CUP-1", "POT-1"))
	if expectCounts(t, documents, "mug", map[string]int{"pot": 3}); len(products.asked) != asked {
		t.Error("what was learnt of the new slug is not remembered")
	}
}

func TestAnOrderThatIsCountedWhileItsProductGetsANewSlugCountsOnce(t *testing.T) {
	documents, products, first, second := twoInstances(t)
	documents.beforePut = func() {
		products.renamed = map[string]string{"cup": "mug"}
		mustApply(t, second.productChanged, productEvent("product.changed", 2, "mug"))
	}
	mustApply(t, first.orderConfirmed, order(otherID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "mug", map[string]int{"pot": 2})
	// The pot's document was written before that was known.
	expectCounts(t, documents, "pot", map[string]int{"cup": 2})
}

func TestAProductThatMovesWhileItIsCountedTakesThatCountWithIt(t *testing.T) {
	documents, products, first, second := twoInstances(t)
	// Between what the move reads and what it writes last: its first write is the new slug's document.
	documents.beforePut = func() { mustApply(t, first.orderConfirmed, order(otherID, "CUP-1", "POT-1")) }
	products.renamed = map[string]string{"cup": "mug"}
	mustApply(t, second.productChanged, productEvent("product.changed", 2, "mug"))
	expectCounts(t, documents, "mug", map[string]int{"pot": 2})
	mustApply(t, first.orderConfirmed, order(otherID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "mug", map[string]int{"pot": 2})
}

func TestWhatIsNotSoldAnyMoreIsNotCountedByAnInstanceThatHasNotHeardOfIt(t *testing.T) {
	documents, products, first, second := twoInstances(t)
	products.gone = map[string]bool{"cup": true}
	mustApply(t, second.productArchived, productEvent("product.archived", 2, "cup"))
	mustApply(t, first.orderConfirmed, order(otherID, "CUP-1", "POT-1", "TEA-1"))
	expectCounts(t, documents, "cup", nil)
	expectCounts(t, documents, "tea", map[string]int{"pot": 1})
}

func TestAProductThatIsSoldAgainOrTakesASlugOfBeforeIsCounted(t *testing.T) {
	documents, products, first, second := twoInstances(t)
	products.gone = map[string]bool{"cup": true}
	mustApply(t, second.productArchived, productEvent("product.archived", 2, "cup"))
	products.gone = nil
	mustApply(t, second.productChanged, productEvent("product.published", 3, "cup"))
	mustApply(t, first.orderConfirmed, order(otherID, "CUP-1", "POT-1"))
	expectCounts(t, documents, "cup", map[string]int{"pot": 1})
	calls := callsOf(documents, func() { mustApply(t, first.orderConfirmed, order("01J3", "CUP-1", "POT-1")) })
	expectCalls(t, calls, "bulk-get", "save together-cup together-pot", "save inbox-01J3")
}
