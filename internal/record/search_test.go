package record_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/record"
	"stoa/internal/store"
)

// slowFind is Find by going through everything.
func slowFind(all []*record.Record, words, after string, limit int) (numbers []string) {
	for _, r := range all {
		text := strings.Fields(strings.ToLower(r.Number + " " + r.Fields["place"]))
		fits := !slices.ContainsFunc(strings.Fields(words), func(w string) bool {
			return !slices.ContainsFunc(text, func(t string) bool { return strings.HasPrefix(t, w) })
		})
		if fits && r.Number > after {
			numbers = append(numbers, r.Number)
		}
	}
	slices.Sort(numbers)
	return numbers[:min(len(numbers), limit)]
}

// TestSearchFindsWhatGoingThroughAllFinds, whichever way the search takes: hits gathered, lists merged, the register gone
// through.
func TestSearchFindsWhatGoingThroughAllFinds(t *testing.T) {
	for _, b := range []record.Bounds{{One: 2000, Many: 3000, Merged: 16}, {One: 2, Many: 2, Merged: 16}, {One: 2, Many: 2, Merged: 1}} {
		t.Run(fmt.Sprint(b), func(t *testing.T) {
			defer record.SetBounds(b)()
			each(t, func(s *registry) {
				var all []*record.Record
				parts := []string{"mill", "market", "mark", "street", "stream", "square", "m", "s"}
				for i := range 60 {
					place := parts[i%8] + " " + parts[(i*5+i/7)%8] + " " + parts[(i*3+i/11)%8]
					all = append(all, s.put(fmt.Sprintf("N%02d", (i*37)%60), fields(place, "x", "1"), nil))
				}
				rapid.Check(t, func(rt *rapid.T) {
					words := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"m", "ma", "mark", "market", "mill", "s", "st", "stre", "street", "sq", "n", "zz"}), 1, 3).Draw(rt, "words"), " ")
					after := rapid.SampledFrom([]string{"", "N10", "N59", "N3"}).Draw(rt, "after")
					limit := rapid.IntRange(1, 9).Draw(rt, "limit")
					s.read(func(ctx context.Context, tx *store.Tx) error {
						found, err := s.Find(ctx, tx, "stalls", words, after, limit, false)
						if err != nil {
							return err
						}
						var got []string
						for _, r := range found {
							got = append(got, r.Number)
						}
						if want := slowFind(all, words, after, limit); !slices.Equal(got, want) {
							rt.Fatalf("%q after %q: %v, want %v", words, after, got, want)
						}
						return nil
					})
				})
			})
		})
	}
}

// TestAChangeMovesTheWords: what a record no longer says does not find it, what stays still does.
func TestAChangeMovesTheWords(t *testing.T) {
	each(t, func(s *registry) {
		r := s.put("W1", fields("Old Mill Lane", "x", "1"), nil)
		r.Fields["place"] = "New Mill Lane"
		s.write(func(ctx context.Context, tx *store.Tx) error {
			return s.Put(ctx, tx, stalls, r, record.Change{Change: "moved"})
		})
		s.read(func(ctx context.Context, tx *store.Tx) error {
			for words, want := range map[string]int{"old": 0, "new": 1, "mill lane": 1, "w1": 1} {
				found, err := s.Find(ctx, tx, "stalls", words, "", 9, false)
				if err != nil || len(found) != want {
					t.Errorf("%q: %d records, %v", words, len(found), err)
				}
			}
			return nil
		})
	})
}

// TestTheFeedHasEachRecordOnceInOrder, says what records say now, and goes on from any place.
func TestTheFeedHasEachRecordOnceInOrder(t *testing.T) {
	each(t, func(s *registry) {
		a := s.put("A", fields("One", "x", "1"), nil)
		s.put("B", fields("Two", "x", "1"), nil)
		a.Fields["place"] = "Three"
		s.write(func(ctx context.Context, tx *store.Tx) error {
			return s.Put(ctx, tx, stalls, a, record.Change{Change: "moved"})
		})
		s.read(func(ctx context.Context, tx *store.Tx) error {
			for after, want := range map[int64]string{0: "2 B issued Two, 3 A moved Three", 2: "3 A moved Three", 3: ""} {
				list, err := s.Feed().After(ctx, tx, "stalls", after, 9)
				if err != nil {
					return err
				}
				var got []string
				for _, e := range list {
					got = append(got, fmt.Sprint(e.Place, " ", e.Number, " ", e.Change, " ", e.Record.Fields["place"]))
					if e.Record.Fields["holder"] != "" {
						t.Error("the feed tells what is not public")
					}
				}
				if strings.Join(got, ", ") != want {
					t.Errorf("after %d: %v, want %s", after, got, want)
				}
			}
			newest, err := s.Feed().Newest(ctx, tx, "stalls", 1)
			if err != nil || len(newest) != 1 || newest[0].Number != "A" {
				t.Errorf("%v %v", newest, err)
			}
			return nil
		})
	})
}

// TestTheFeedSkipsNothingThatCommitsLate: while many write at once, a reader who goes on from where it came to has in the
// end seen every record's last change.
func TestTheFeedSkipsNothingThatCommitsLate(t *testing.T) {
	each(t, func(s *registry) {
		const writers, changes = 6, 15
		done := make(chan error, writers)
		for w := range writers {
			go func() {
				var err error
				for i := 0; i < changes && err == nil; i++ {
					err = s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
						r := &record.Record{Register: "stalls", Organisation: "markets", Number: fmt.Sprintf("%d-%02d", w, i), State: record.Active, Fields: map[string]string{"place": "x"}}
						return s.Put(ctx, tx, stalls, r, record.Change{Change: "issued"})
					})
				}
				done <- err
			}()
		}
		seen, at, ended := map[string]bool{}, int64(0), 0
		for ended < writers || len(seen) < writers*changes {
			before := len(seen)
			s.read(func(ctx context.Context, tx *store.Tx) error {
				list, err := s.Feed().After(ctx, tx, "stalls", at, 7)
				for _, e := range list {
					if e.Place != at+1 {
						t.Errorf("place %d after %d", e.Place, at)
					}
					at, seen[e.Number] = e.Place, true
				}
				return err
			})
			select {
			case err := <-done:
				if ended++; err != nil {
					t.Fatal(err)
				}
			default:
				if ended == writers && len(seen) == before {
					t.Fatalf("%d of %d changes seen", len(seen), writers*changes)
				}
			}
		}
	})
}
