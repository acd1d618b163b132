// Why events failed here lately, for the dead letter that may follow: it carries the event, but not the reason.
package main

import "sync"

const (
	maxReasons      = 1_000
	maxReasonLength = 500
	unknownReason   = "refused until the retries ran out"
)

type reasons struct {
	mu   sync.Mutex
	byID map[string]string
}

func newReasons() *reasons { return &reasons{byID: map[string]string{}} }

// note forgets another one when there are too many: a lost reason is no lost event.
func (r *reasons) note(eventID, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for other := range r.byID {
		if len(r.byID) < maxReasons {
			break
		}
		delete(r.byID, other)
	}
	r.byID[eventID] = reason[:min(len(reason), maxReasonLength)]
}

func (r *reasons) of(eventID string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if reason := r.byID[eventID]; reason != "" {
		return reason
	}
	return unknownReason
}

func (r *reasons) forget(eventID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byID, eventID)
}
