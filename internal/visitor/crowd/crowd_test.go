package crowd_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/visitor"
	"stoa/internal/visitor/crowd"
	"stoa/jurisdictions"
)

// TestALateAnswerKeepsNobodyFromComing: a site that answers nobody until all have come sees all of them, and what they waited counts.
func TestALateAnswerKeepsNobodyFromComing(t *testing.T) {
	plans, err := visitor.Plans(jurisdictions.Greenvale(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	const came = 20
	var mu sync.Mutex
	waiting, opened := 0, make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		if waiting++; waiting == came {
			close(opened)
		}
		mu.Unlock()
		<-opened
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer site.Close()
	seed := uint64(1)
	r, err := crowd.Run(t.Context(), crowd.Plan{Site: site.URL, Plans: plans, Rate: 40, Seconds: 1, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, l := range r.Ways {
		failed += l.Failed
	}
	if r.Came < came || r.TurnedAway != 0 || failed != r.Came || !strings.Contains(r.FirstFailure, "status 500") {
		t.Errorf("%d came, %d turned away, %d failed, first: %s", r.Came, r.TurnedAway, failed, r.FirstFailure)
	}
	if _, err := crowd.Run(t.Context(), crowd.Plan{Site: site.URL, Plans: plans}); err == nil {
		t.Error("nobody comes, and nobody minds")
	}
}

// TestOfficersStayAwayWhereNobodySignsInByAClick: they are not counted as failures, and the report says so.
func TestOfficersStayAwayWhereNobodySignsInByAClick(t *testing.T) {
	plans, err := visitor.Plans(jurisdictions.Greenvale(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	desks, err := visitor.Desks(jurisdictions.Greenvale())
	if err != nil {
		t.Fatal(err)
	}
	var demo bool
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/demo" && !demo || r.URL.Path == "/demo/sign-in" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer site.Close()
	for _, demo = range []bool{false, true} {
		r, err := crowd.Run(t.Context(), crowd.Plan{Site: site.URL, Plans: plans, Desks: desks, Rate: 100, Seconds: 1, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		if err := r.Print(&said); err != nil {
			t.Fatal(err)
		}
		came := strings.Contains(said.String(), "decide: queue")
		if r.NoOfficers == demo || came != demo || strings.Contains(said.String(), "no officers came") == demo {
			t.Errorf("a demo: %t, officers stayed away: %t\n%s", demo, r.NoOfficers, &said)
		}
	}
}
