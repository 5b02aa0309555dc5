package web_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"stoa/internal/i18n"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/tally"
	"stoa/internal/web"
	"stoa/internal/web/asset"
)

// nodes are two processes of one installation: servers that have nothing in common but a database and a key.
type nodes struct {
	t     *testing.T
	now   time.Time
	of    [2]*web.Server
	fails bool // the database does not answer
}

func eachNodes(t *testing.T, test func(n *nodes, db *store.DB)) {
	storetest.Each(t, []fs.FS{tally.Migrations()}, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		n := &nodes{t: t, now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)}
		words, err := i18n.Load()
		if err != nil {
			t.Fatal(err)
		}
		for i := range n.of {
			shared := web.Shared{Once: tally.Tally{DB: db}.Once, Count: func(ctx context.Context, since time.Time, add map[[16]byte]int64) (map[[16]byte]int64, error) {
				if n.fails {
					return nil, errors.New("nobody answers")
				}
				return tally.Tally{DB: db}.Count(ctx, since, add)
			}}
			n.of[i], err = web.New(web.Deps{
				Config: web.Config{FormsPerHour: 20, CodesPerHour: 20, ShieldKey: []byte("the key of both")}, Words: words, Jurisdiction: place, Assets: &asset.Set{}, Shared: shared,
				Outside: web.Outside{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { clock.Set(n.now); return n.now }},
				Who:     web.Who{Session: func(context.Context, string) (policy.Actor, error) { return policy.Actor{}, nil }},
			}, []web.Route{
				{Method: "POST", Pattern: "/form", Area: web.Public, Action: policy.ServiceRead, Shield: true, Handle: sent},
				{Method: "POST", Pattern: "/code", Area: web.Public, Action: policy.ServiceRead, Codes: true, Handle: sent},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		test(n, db)
	})
}

func sent(w http.ResponseWriter, r *web.Request) error {
	return r.Send(w, "text/plain", "", []byte("ok"))
}

func (n *nodes) post(node int, path, from string, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = from
	w := httptest.NewRecorder()
	n.of[node].Handler().ServeHTTP(w, r)
	return w
}

// through is how many of some forms come through at a node.
func (n *nodes) through(node, many int, path, from string) (through int) {
	for range many {
		if n.post(node, path, from, nil).Code == http.StatusOK {
			through++
		}
	}
	return through
}

// TestTwoProcessesCountTogether: what one lets through is taken from what is free at the other, whatever of it comes in a burst;
// another address is not touched, and nothing in the database is an address.
func TestTwoProcessesCountTogether(t *testing.T) {
	eachNodes(t, func(n *nodes, db *store.DB) {
		for _, path := range []string{"/form", "/code"} {
			from := "192.0.2.7:1"
			if got := n.through(0, 15, path, from); got != 15 {
				t.Errorf("%s: %d of 15 at the first", path, got)
			}
			if got := n.through(1, 30, path, from); got < 5 || got > 7 { // a tenth of twenty may not be told yet
				t.Errorf("%s: %d more at the second, want 5 to 7", path, got)
			}
			n.now = n.now.Add(3 * time.Second)
			if got := n.through(0, 30, path, from); got > 0 {
				t.Errorf("%s: %d more at the first once it has heard of the second", path, got)
			}
			if got := n.through(1, 30, path, "198.51.100.7:1"); got != 20 {
				t.Errorf("%s: another address: %d of 20", path, got)
			}
			n.now = n.now.Add(2 * time.Hour)
			if got := n.through(0, 10, path, from) + n.through(1, 30, path, from); got < 20 || got > 22 {
				t.Errorf("%s: %d after two hours, want 20 to 22", path, got)
			}
		}
		rows := 0
		err := db.Read(context.Background(), "test", func(ctx context.Context, tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM tally WHERE since < $1`, store.Micros(n.now.Add(-2*time.Hour))).Scan(&rows)
		})
		if err != nil || rows > 0 {
			t.Errorf("%d counts are older than two hours: %v", rows, err)
		}
	})
}

// TestAProofIsTakenOnceByAll, and at the node that did not ask for it.
func TestAProofIsTakenOnceByAll(t *testing.T) {
	eachNodes(t, func(n *nodes, _ *store.DB) {
		from := "192.0.2.7:1"
		n.through(0, 20, "/form", from)
		w := n.post(0, "/form", from, url.Values{"text": {"loud"}})
		if w.Code != http.StatusTooManyRequests {
			t.Fatalf("nothing is asked: %d", w.Code)
		}
		question := url.Values{}
		for _, m := range hiddenField.FindAllStringSubmatch(w.Body.String(), -1) {
			question.Add(m[1], m[2])
		}
		n.through(1, 20, "/form", from) // it knows that the free ones are gone
		proof := answered(question)
		if got := n.post(1, "/form", from, proof).Code; got != http.StatusOK {
			t.Fatalf("a proof at another process: %d", got)
		}
		if got := n.post(0, "/form", from, proof).Code; got != http.StatusTooManyRequests {
			t.Errorf("the same proof again at the first: %d", got)
		}
	})
}

// TestAProcessCountsAloneWhereTheDatabaseDoesNotAnswer, and tells afterwards.
func TestAProcessCountsAloneWhereTheDatabaseDoesNotAnswer(t *testing.T) {
	eachNodes(t, func(n *nodes, _ *store.DB) {
		n.fails = true
		if got := n.through(0, 30, "/form", "192.0.2.7:1"); got != 20 {
			t.Errorf("%d of 20", got)
		}
		n.fails, n.now = false, n.now.Add(3*time.Second)
		n.through(0, 1, "/form", "192.0.2.7:1")
		if got := n.through(1, 30, "/form", "192.0.2.7:1"); got > 1 {
			t.Errorf("%d at the other, which was told", got)
		}
	})
}
