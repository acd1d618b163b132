package main

import (
	"fmt"
	"slices"
	"testing"
)

func TestTheMostOftenBoughtComesFirstAndEqualOnesByName(t *testing.T) {
	var document companions
	document.count("1", []string{"tea", "jar"})
	document.count("2", []string{"tea"})
	document.count("3", []string{"cup"})
	if got := document.best(10); !slices.Equal(got, []string{"tea", "cup", "jar"}) {
		t.Errorf("got %v", got)
	}
	if got := document.best(1); !slices.Equal(got, []string{"tea"}) {
		t.Errorf("got %v", got)
	}
}

func TestAnEventThatWasCountedIsNotCountedAgain(t *testing.T) {
	var document companions
	if !document.count("1", []string{"tea"}) || document.count("1", []string{"tea"}) {
		t.Error("the second count of an event must say that there is nothing to write")
	}
	if document.Counts["tea"] != 1 {
		t.Errorf("counted %d times", document.Counts["tea"])
	}
}

func TestADocumentStaysSmallHoweverMuchIsBought(t *testing.T) {
	var document companions
	document.count("often-1", []string{"favourite"})
	document.count("often-2", []string{"favourite"})
	for i := range 1_000 {
		document.count(fmt.Sprint("event-", i), []string{fmt.Sprint("product-", i)})
	}
	if len(document.Counts) != maxCompanions || len(document.Seen) != maxSeen {
		t.Errorf("%d companions, %d events", len(document.Counts), len(document.Seen))
	}
	if document.Counts["favourite"] != 2 {
		t.Error("what is bought often was forgotten for what was bought once")
	}
	if document.Counts["product-999"] != 1 {
		t.Error("what was bought last was forgotten for what is as rare")
	}
}

func TestWhatIsAdoptedTwiceCountsOnceAndForgetsNoEvent(t *testing.T) {
	var earlier, later companions
	for i := range maxSeen {
		earlier.count(fmt.Sprint("event-", i), []string{"tea"})
	}
	later.adopt(earlier)
	earlier.count("meanwhile", []string{"tea"})
	later.adopt(earlier)
	if later.Counts["tea"] != maxSeen+1 || len(later.Seen) != maxSeen {
		t.Errorf("%d counted, %d seen", later.Counts["tea"], len(later.Seen))
	}
	if later.count("meanwhile", []string{"tea"}) {
		t.Error("what was counted under the earlier slug is counted again")
	}
}
