package flow_test

import (
	"testing"

	"stoa/internal/flow"
	"stoa/internal/store/storetest"
)

// mostTrips is how often a submission may wait for PostgreSQL's answer in its transaction. Each time costs everybody who waits for
// the same number: what nobody asks the result of is put (store.Tx.Put).
const mostTrips = 9

func TestASubmissionWaitsSeldom(t *testing.T) {
	if !storetest.HasPostgres() {
		return
	}
	each(t, func(w *world) {
		for range 2 { // statements are prepared, and the person is known
			draft, holder := w.filled("rana@testshire.example")
			before := w.DB.Stats().Trips
			_, err := w.Submit(w.ctx, holder, flow.Submit{Draft: draft, Declared: true})
			w.must(err)
			if n := w.DB.Stats().Trips - before; n > mostTrips {
				t.Errorf("%d round trips, at most %d", n, mostTrips)
			}
		}
	})
}
