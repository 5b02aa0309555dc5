package record_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"reflect"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/record"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// reads are all ways in which a record is read, by name: what each found, as text.
func (s *registry) reads(r *record.Record) map[string]string {
	out := map[string]string{}
	say := func(name string, err error, list ...*record.Record) {
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			s.t.Errorf("%s: %v", name, err)
		default:
			for _, one := range list {
				if one != nil {
					out[name] += one.Number + " " + one.Label + " " + one.Fields["place"] + " " + one.Fields["holder"]
				}
			}
		}
	}
	s.read(func(ctx context.Context, tx *store.Tx) error {
		one, err := s.Get(ctx, tx, r.ID)
		say("Get", err, one)
		one, err = s.Public(ctx, tx, r.ID)
		say("Public", err, one)
		one, err = s.ByNumber(ctx, tx, r.Register, r.Number)
		say("ByNumber", err, one)
		one, err = s.PublicByNumber(ctx, tx, r.Register, r.Number)
		say("PublicByNumber", err, one)
		one, err = s.Past().AsOf(ctx, tx, stalls, r.ID, record.Instant{}, true)
		say("AsOf", err, one)
		for name, words := range map[string]string{"Find": "", "Find word": "market", "Find number": "SL-1"} {
			list, err := s.Find(ctx, tx, r.Register, words, "", 10, false)
			say(name, err, list...)
			list, err = s.Find(ctx, tx, r.Register, words, "", 10, true)
			say(name+" whole", err, list...)
		}
		list, err := s.Page(ctx, tx, r.Register, "", 10)
		say("Page", err, list...)
		list, err = s.Past().Page(ctx, tx, stalls, "", 10, record.Instant{}, true)
		say("PageAsOf", err, list...)
		list, err = s.Of(ctx, tx, "asha")
		say("Of", err, list...)
		for _, key := range []string{"place", "holder"} {
			list, err = s.ByKey(ctx, tx, r.Register, map[string]string{key: map[string]string{"place": "Market Square", "holder": "Rana"}[key]})
			say("ByKey "+key, err, list...)
		}
		for name, read := range map[string]func(context.Context, *store.Tx, string) ([]record.Version, error){"History": s.History, "HistoryWhole": s.Past().History} {
			versions, err := read(ctx, tx, r.ID)
			say(name, err)
			for _, v := range versions {
				out[name] += v.Fields["place"] + " " + v.Fields["holder"] + " "
			}
		}
		return nil
	})
	return out
}

func (s *registry) seal(r *record.Record, field string) *record.Seal {
	s.t.Helper()
	seal := &record.Seal{Field: field, By: "sup", Reason: "Order of the Crownmarker Court", Law: "Rules of Court"}
	s.write(func(ctx context.Context, tx *store.Tx) error {
		whole, err := s.Get(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		return s.Seals().Put(ctx, tx, stalls, whole, seal)
	})
	return seal
}

func (s *registry) lift(seal *record.Seal) {
	s.t.Helper()
	s.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := s.Seals().Lift(ctx, tx, stalls, seal, "sup")
		return err
	})
}

// TestASealedRecordIsAbsentFromEveryRead and is as it was when the seal is lifted.
func TestASealedRecordIsAbsentFromEveryRead(t *testing.T) {
	each(t, func(s *registry) {
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		before := s.reads(r)
		for _, name := range []string{"Get", "Public", "ByNumber", "PublicByNumber", "AsOf", "Find", "Find word", "Find number", "Page", "PageAsOf", "Of", "ByKey place", "ByKey holder", "History", "HistoryWhole"} {
			if before[name] == "" {
				s.t.Fatalf("the check does not see %s: %v", name, before)
			}
		}
		seal := s.seal(r, "")
		if got := s.reads(r); len(got) != 0 {
			s.t.Errorf("sealed, and yet: %v", got)
		}
		s.read(func(ctx context.Context, tx *store.Tx) error {
			taken, err := s.Taken(ctx, tx, "stalls", "SL-1")
			closed, cerr := s.Seals().Closed(ctx, tx, "stalls", "SL-1")
			if err := errors.Join(err, cerr); err != nil {
				return err
			}
			seals, err := s.Seals().Of(ctx, tx, closed)
			if !taken || len(closed.Fields) != 0 || closed.Label != "" || len(seals) != 1 || seals[0].Reason != seal.Reason || seals[0].Law != seal.Law {
				s.t.Errorf("to those with the right: %v %+v %+v", taken, closed, seals)
			}
			return err
		})
		s.lift(seal)
		if got := s.reads(r); !reflect.DeepEqual(got, before) {
			s.t.Errorf("unsealed: %v, and before %v", got, before)
		}
		err := s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := s.Seals().Lift(ctx, tx, stalls, seal, "sup")
			return err
		})
		if fault.KindOf(err) != fault.Conflict {
			s.t.Errorf("unsealed twice: %v", err)
		}
	})
}

func TestASealedFieldIsAbsentFromEveryRead(t *testing.T) {
	each(t, func(s *registry) {
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		before := s.reads(r)
		for field, secret := range map[string]string{"place": "Market Square", "holder": "Rana"} {
			seal := s.seal(r, field)
			got := s.reads(r)
			for name, text := range got {
				if bytes.Contains([]byte(text), []byte(secret)) {
					s.t.Errorf("%s is sealed, and %s says %q", field, name, text)
				}
			}
			if got["Get"] == "" || got["ByKey "+field] != "" || field == "place" && got["Find word"] != "" {
				s.t.Errorf("with %s sealed: %v", field, got)
			}
			err := s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				whole, err := s.Get(ctx, tx, r.ID)
				if err != nil {
					return err
				}
				return s.Seals().Put(ctx, tx, stalls, whole, &record.Seal{Field: field})
			})
			if fault.KindOf(err) != fault.Conflict {
				s.t.Errorf("sealed twice: %v", err)
			}
			s.lift(seal)
			if got := s.reads(r); !reflect.DeepEqual(got, before) {
				s.t.Errorf("unsealed: %v, and before %v", got, before)
			}
		}
	})
}

// TestWhatIsSealedIsNotInTheClear reads the database's file, to which nothing of a sealed field or reason may be written.
func TestWhatIsSealedIsNotInTheClear(t *testing.T) {
	path := storetest.SQLiteFile(t, tables...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	s := newRegistry(t, db, clock)
	seals := map[string]string{"SL-1": "", "SL-2": "place"}
	for number, field := range seals {
		r := s.put(number, fields("Protectedmarker "+number, "Rana", "4"), nil)
		s.seal(r, field)
	}
	s.write(func(ctx context.Context, tx *store.Tx) error { // rows that are gone may lie in free pages
		_, err := tx.Exec(ctx, `SELECT 1`)
		return err
	})
	s.read(func(ctx context.Context, tx *store.Tx) error {
		for _, query := range []string{`SELECT public FROM record`, `SELECT label FROM record`, `SELECT public FROM record_closed`, `SELECT label FROM record_closed`,
			`SELECT public FROM record_version`, `SELECT term FROM record_word`} {
			texts, err := store.Strings(ctx, tx, query)
			if err != nil {
				return err
			}
			for _, text := range texts {
				if bytes.Contains(bytes.ToLower([]byte(text)), []byte("protectedmarker")) {
					s.t.Errorf("%s: %q", query, text)
				}
			}
		}
		return nil
	})
	var stored []byte
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, bytes.ToLower(raw)...)
	}
	if bytes.Contains(stored, []byte("crownmarker")) {
		t.Error("the reason of a seal is in the database's file")
	}
}

func TestSealsThatAreOver(t *testing.T) {
	each(t, func(s *registry) {
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		seal := &record.Seal{Field: "place", Until: calendar.MustDate("2026-05-31")}
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.Seals().Put(ctx, tx, stalls, r, seal) })
		s.clock.Advance(time.Hour)
		s.read(func(ctx context.Context, tx *store.Tx) error {
			for day, want := range map[string]int{"2026-05-31": 0, "2026-06-01": 1} {
				due, err := s.Seals().Due(ctx, tx, calendar.MustDate(day), 10)
				if err != nil || len(due) != want {
					s.t.Errorf("on %s %d, %v", day, len(due), err)
				}
			}
			return nil
		})
	})
}

func TestReferences(t *testing.T) {
	each(t, func(s *registry) {
		pitches := &service.Register{RegisterFile: service.RegisterFile{Register: "pitches", Label: "stall", Fields: []service.RegisterField{
			{ID: "stall", Type: "text", Refers: "stalls"}, {ID: "place", Type: "text", Refers: "stalls.place"}}}}
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		dangling := func(stall, place string) (list []string) {
			s.read(func(ctx context.Context, tx *store.Tx) (err error) {
				list, err = s.References().Dangling(ctx, tx, pitches, map[string]string{"stall": stall, "place": place})
				return err
			})
			return list
		}
		for _, test := range []struct {
			stall, place string
			want         []string
		}{{"SL-1", "market square", nil}, {"", "", nil}, {"SL-2", "Market Square", []string{"stall"}}, {"SL-2", "nowhere", []string{"stall", "place"}}} {
			if got := dangling(test.stall, test.place); !reflect.DeepEqual(got, test.want) {
				s.t.Errorf("%q %q: %v, want %v", test.stall, test.place, got, test.want)
			}
		}
		s.seal(r, "")
		if got := dangling("SL-1", "Market Square"); len(got) != 2 {
			s.t.Errorf("what is sealed is referred to: only %v dangle", got)
		}
	})
}

// TestWordsThatNotEverybodyMayReadFindNothing: what the file shows to some at the desk only is in no list and under no word.
func TestWordsThatNotEverybodyMayReadFindNothing(t *testing.T) {
	each(t, func(s *registry) {
		closed := &service.Register{RegisterFile: service.RegisterFile{Register: "closed", Label: "secret", Fields: []service.RegisterField{
			{ID: "plain", Type: "text"}, {ID: "secret", Type: "text", See: []string{"supervisor"}}, {ID: "name", Type: "text", Personal: "x"}}}}
		s.write(func(ctx context.Context, tx *store.Tx) error {
			r := &record.Record{Register: "closed", Number: "C-1", From: calendar.MustDate("2026-01-01"), Fields: map[string]string{"plain": "plainword", "secret": "secretword", "name": "nameword"}}
			if err := s.Put(ctx, tx, closed, r, record.Change{}); err != nil {
				return err
			}
			if r.Label != "" {
				s.t.Errorf("the label is %q", r.Label)
			}
			return nil
		})
		for word, want := range map[string]int{"plainword": 1, "secretword": 0, "nameword": 0} {
			s.read(func(ctx context.Context, tx *store.Tx) error {
				list, err := s.Find(ctx, tx, "closed", word, "", 10, true)
				if len(list) != want {
					s.t.Errorf("%s finds %d", word, len(list))
				}
				return err
			})
		}
	})
}
