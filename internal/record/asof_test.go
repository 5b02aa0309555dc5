package record_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/record"
	"stoa/internal/store"
)

// said is what was so on a day: nil where nothing was known.
type said struct {
	state  string
	fields map[string]string
}

// event is something recorded: what it does to each day that it speaks of.
type event struct {
	at          time.Time
	from, until int // days after the first of the window
	do          func(before *said) *said
}

// window is how many days the replay looks at.
const window = 40

// replay goes through all that was recorded by a moment and writes each of the days anew: slow, and plain to see.
func replay(events []event, known time.Time) (days [window]*said) {
	for _, e := range events {
		if e.at.After(known) {
			continue
		}
		for d := e.from; d <= e.until && d < window; d++ {
			days[d] = e.do(days[d])
		}
	}
	return days
}

// history is a record with all that was recorded of it, and a replay beside it.
type history struct {
	*registry
	id     string
	first  calendar.Date
	events []event
	now    *said
}

func (h *history) today() int {
	t := h.clock.Now()
	d, err := calendar.NewDate(t.Year(), t.Month(), t.Day())
	if err != nil {
		h.t.Fatal(err)
	}
	return h.first.DaysUntil(d)
}

func (h *history) day(n int) calendar.Date {
	d, err := h.first.AddDays(n)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

var texts = rapid.SampledFrom([]string{"a", "b", "c", "d", ""})

// put records the whole record anew, from today or an earlier day on.
func (h *history) put(t *rapid.T) {
	next := &said{rapid.SampledFrom([]string{record.Active, record.Suspended}).Draw(t, "state"), maps.Clone(h.now.fields)}
	for _, f := range []string{"place", "holder", "gas"} {
		if text := texts.Draw(t, f); text != "" {
			next.fields[f] = text
		}
	}
	from := h.today()
	var why record.Change
	if rapid.Bool().Draw(t, "earlier") {
		from = rapid.IntRange(0, from).Draw(t, "from")
		why.Valid.From = h.day(from)
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		r, err := h.Get(ctx, tx, h.id)
		if err != nil {
			return err
		}
		r.State = next.state
		for id, text := range next.fields {
			r.Fields[id] = text
		}
		return h.Put(ctx, tx, stalls, r, why)
	})
	h.now = next
	h.events = append(h.events, event{h.clock.Now(), from, window, func(*said) *said { return next }})
}

// correct says of some fields what was so in some days.
func (h *history) correct(t *rapid.T) {
	set := map[string]string{}
	for _, f := range []string{"place", "holder", "gas"} {
		if rapid.Bool().Draw(t, "corrects "+f) {
			set[f] = texts.Draw(t, f)
		}
	}
	begins := h.events[0].from
	from := rapid.IntRange(begins, h.today()).Draw(t, "from")
	until := window
	why := record.Change{Change: "corrected", Valid: record.Period{From: h.day(from)}}
	if h.today() > from && rapid.Bool().Draw(t, "over") {
		until = rapid.IntRange(from, h.today()-1).Draw(t, "until")
		why.Valid.Until = h.day(until)
	}
	change := func(before *said) *said {
		if before == nil {
			return nil
		}
		after := &said{before.state, maps.Clone(before.fields)}
		for id, text := range set {
			if after.fields[id] = text; text == "" {
				delete(after.fields, id)
			}
		}
		return after
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		r, err := h.Get(ctx, tx, h.id)
		if err != nil {
			return err
		}
		return h.Past().Correct(ctx, tx, stalls, r, set, why)
	})
	if until == window {
		h.now = change(h.now)
	}
	h.events = append(h.events, event{h.clock.Now(), from, until, change})
}

// holds compares what the register says with the replay.
func (h *history) holds(t *rapid.T, without string) {
	known := rapid.SampledFrom(h.events).Draw(t, "known").at.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "beside")) * time.Microsecond)
	days := replay(h.events, known)
	h.read(func(ctx context.Context, tx *store.Tx) error {
		for n := range days {
			at := record.Instant{Valid: h.day(n), Known: known}
			r, err := h.Past().AsOf(ctx, tx, stalls, h.id, at, true)
			page, perr := h.Past().Page(ctx, tx, stalls, "", 100, at, true)
			if perr != nil {
				return perr
			}
			if days[n] == nil {
				if !errors.Is(err, store.ErrNotFound) || len(page) != 0 {
					t.Fatalf("day %d as known at %s: %+v, %v, of which nothing was known; a page of %d", n, known, r, err, len(page))
				}
				continue
			}
			if err != nil {
				return fmt.Errorf("day %d: %w", n, err)
			}
			want := maps.Clone(days[n].fields)
			delete(want, without)
			if r.State != days[n].state || !reflect.DeepEqual(r.Fields, want) {
				t.Fatalf("day %d as known at %s: %s %v, and the replay says %s %v", n, known, r.State, r.Fields, days[n].state, want)
			}
			if r.Label != want["place"] || len(page) != 1 || !reflect.DeepEqual(page[0], r) {
				t.Fatalf("day %d: label %q, page %+v", n, r.Label, page)
			}
			if public, err := h.Past().AsOf(ctx, tx, stalls, h.id, at, false); err != nil || public.Fields["holder"]+public.Fields["gas"] != "" || public.Fields["place"] != want["place"] {
				t.Fatalf("day %d, public: %v, %v", n, public, err)
			}
		}
		r, err := h.Get(ctx, tx, h.id)
		now := maps.Clone(h.now.fields)
		delete(now, without)
		if err == nil && (r.State != h.now.state || !reflect.DeepEqual(r.Fields, now)) {
			t.Fatalf("now: %s %v, and the replay says %s %v", r.State, r.Fields, h.now.state, now)
		}
		return err
	})
}

// TestAsOfIsTheReplayOfTheHistory on both databases: whatever is recorded in whatever order, with a field sealed and unsealed
// in between.
func TestAsOfIsTheReplayOfTheHistory(t *testing.T) {
	each(t, func(s *registry) {
		rapid.Check(s.t, func(t *rapid.T) {
			h := &history{registry: s, first: calendar.MustDate("2026-03-01")}
			s.write(func(ctx context.Context, tx *store.Tx) error { // one record at a time
				for _, table := range []string{"record", "record_version", "record_word", "record_key", "record_seal", "record_closed"} {
					if _, err := tx.Exec(ctx, `DELETE FROM `+table); err != nil {
						return err
					}
				}
				return nil
			})
			begin := rapid.IntRange(0, 5).Draw(t, "begins")
			s.clock.Set(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).AddDate(0, 0, begin+rapid.IntRange(0, 5).Draw(t, "entered")))
			first := &said{record.Active, map[string]string{"place": "p", "holder": "h"}}
			h.id = s.put("SL-1", maps.Clone(first.fields), func(r *record.Record) { r.From = h.day(begin) }).ID
			h.now = first
			h.events = []event{{s.clock.Now(), begin, window, func(*said) *said { return first }}}
			var seal *record.Seal
			for range rapid.IntRange(1, 8).Draw(t, "steps") {
				s.clock.Advance(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
				switch rapid.SampledFrom([]string{"put", "correct", "correct", "seal"}).Draw(t, "step") {
				case "put":
					h.put(t)
				case "correct":
					h.correct(t)
				case "seal":
					s.write(func(ctx context.Context, tx *store.Tx) error {
						if seal != nil {
							_, err := s.Seals().Lift(ctx, tx, stalls, seal, "olu")
							seal = nil
							return err
						}
						r, err := s.Get(ctx, tx, h.id)
						if err != nil {
							return err
						}
						seal = &record.Seal{Field: rapid.SampledFrom([]string{"place", "holder"}).Draw(t, "field"), By: "olu", Reason: "by order"}
						return s.Seals().Put(ctx, tx, stalls, r, seal)
					})
				}
			}
			without := ""
			if seal != nil {
				without = seal.Field
			}
			h.holds(t, without)
			if seal != nil {
				s.write(func(ctx context.Context, tx *store.Tx) error {
					_, err := s.Seals().Lift(ctx, tx, stalls, seal, "olu")
					return err
				})
				h.holds(t, "")
			}
		})
	})
}

func TestACorrectionMustBePossible(t *testing.T) {
	each(t, func(s *registry) {
		s.clock.Set(time.Date(2026, 5, 10, 9, 0, 0, 0, time.UTC))
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		for _, period := range []string{"2025-12-31 ", "2026-05-11 ", "2026-03-01 2026-02-01", "2026-03-01 2026-05-10"} {
			var p record.Period
			var from, until string
			_, _ = fmt.Sscan(period, &from, &until)
			p.From = calendar.MustDate(from)
			if until != "" {
				p.Until = calendar.MustDate(until)
			}
			err := s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				got, err := s.Get(ctx, tx, r.ID)
				if err != nil {
					return err
				}
				return s.Past().Correct(ctx, tx, stalls, got, map[string]string{"place": "High Street"}, record.Change{Valid: p})
			})
			if fault.KindOf(err) != fault.Invalid {
				s.t.Errorf("a correction for %s: %v", period, err)
			}
		}
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.Vault.Erase(ctx, tx, r.Subject) })
		err := s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			got, err := s.Get(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			return s.Past().Correct(ctx, tx, stalls, got, map[string]string{"place": "High Street"}, record.Change{})
		})
		if fault.KindOf(err) != fault.Conflict {
			s.t.Errorf("what was erased is corrected: %v", err)
		}
	})
}

// TestHistoryKeepsWhatIsNotPublic for those who may read it.
func TestHistoryKeepsWhatIsNotPublic(t *testing.T) {
	each(t, func(s *registry) {
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		s.clock.Advance(time.Hour)
		s.write(func(ctx context.Context, tx *store.Tx) error {
			return s.Past().Correct(ctx, tx, stalls, r, map[string]string{"holder": "Rania"}, record.Change{Actor: "olu", Change: "corrected", Reason: "Misspelt", Source: "Passport"})
		})
		s.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := s.Past().History(ctx, tx, r.ID)
			if len(all) != 2 || all[0].Fields["holder"] != "Rania" || all[0].Reason != "Misspelt" || all[0].Source != "Passport" || all[0].Actor != "olu" ||
				all[1].Fields["holder"] != "Rana" || all[1].Fields["place"] != "Market Square" {
				s.t.Errorf("%+v", all)
			}
			public, perr := s.History(ctx, tx, r.ID)
			for _, v := range public {
				if v.Fields["holder"]+v.Reason+v.Source+v.Actor != "" {
					s.t.Errorf("public: %+v", v)
				}
			}
			return errors.Join(err, perr)
		})
	})
}
