package record_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/money"
	"stoa/internal/record"
	"stoa/internal/rule"
	"stoa/internal/service"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/vault"
)

var tables = []fs.FS{vault.Migrations(), record.Migrations()}

// stalls is a register with a field of every kind.
var stalls = &service.Register{RegisterFile: service.RegisterFile{
	Register: "stalls", Organisation: "markets", Public: true, Label: "place",
	Fields: []service.RegisterField{
		{ID: "place", Type: "text", Public: true, Key: true},
		{ID: "holder", Type: "text", Personal: "applicant", Key: true},
		{ID: "metres", Type: "number", Public: true},
		{ID: "day", Type: "date", Public: true},
		{ID: "gas", Type: "yes_no"},
		{ID: "fee", Type: "money"},
	},
}}

// registry is a database with records.
type registry struct {
	*record.Records
	t     *testing.T
	db    *store.DB
	clock *storetest.Clock
}

func newRegistry(t *testing.T, db *store.DB, clock *storetest.Clock) *registry {
	t.Helper()
	keys, err := vault.Open(vault.Config{KeyFile: filepath.Join(t.TempDir(), "keys"), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return &registry{&record.Records{Vault: keys}, t, db, clock}
}

func each(t *testing.T, test func(s *registry)) {
	t.Helper()
	storetest.Each(t, tables, func(t *testing.T, db *store.DB, clock *storetest.Clock) { test(newRegistry(t, db, clock)) })
}

func (s *registry) write(fn func(ctx context.Context, tx *store.Tx) error) {
	s.t.Helper()
	if err := s.db.Write(s.t.Context(), "test", fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *registry) read(fn func(ctx context.Context, tx *store.Tx) error) {
	s.t.Helper()
	if err := s.db.Read(s.t.Context(), "test", fn); err != nil {
		s.t.Fatal(err)
	}
}

// put stores a record of the stalls.
func (s *registry) put(number string, fields map[string]string, change func(r *record.Record)) *record.Record {
	s.t.Helper()
	r := &record.Record{Register: "stalls", Organisation: "markets", Number: number, Service: "stall", Case: "c1", Holder: "asha", State: record.Active,
		From: calendar.MustDate("2026-01-01"), Fields: fields}
	if change != nil {
		change(r)
	}
	s.write(func(ctx context.Context, tx *store.Tx) error {
		return s.Put(ctx, tx, stalls, r, record.Change{Actor: "olu", Change: "issued"})
	})
	return r
}

func fields(place, holder, metres string) map[string]string {
	return map[string]string{"place": place, "holder": holder, "metres": metres, "gas": "yes"}
}

func TestVersionsOfARecord(t *testing.T) {
	each(t, func(s *registry) {
		first := s.put("SL-1", fields("Market Square", "Rana", "4"), func(r *record.Record) { r.Until = calendar.MustDate("2026-12-31") })
		if first.Version != 1 || first.Label != "Market Square" || first.Subject == "" {
			s.t.Errorf("%+v", first)
		}
		get := func() (r *record.Record) {
			s.read(func(ctx context.Context, tx *store.Tx) (err error) {
				r, err = s.Get(ctx, tx, first.ID)
				return err
			})
			return r
		}
		if got := get(); !reflect.DeepEqual(got, first) {
			s.t.Errorf("whole: %+v, want %+v", got, first)
		}
		s.read(func(ctx context.Context, tx *store.Tx) error {
			want := map[string]string{"place": "Market Square", "metres": "4"}
			public, err := s.Public(ctx, tx, first.ID)
			number, nerr := s.PublicByNumber(ctx, tx, "stalls", "SL-1")
			whole, werr := s.ByNumber(ctx, tx, "stalls", "SL-1")
			if err := errors.Join(err, nerr, werr); err != nil {
				return err
			}
			if !reflect.DeepEqual(public.Fields, want) || !reflect.DeepEqual(number.Fields, want) || !reflect.DeepEqual(whole, first) {
				s.t.Errorf("public %v, %v; whole %+v", public.Fields, number.Fields, whole)
			}
			_, err = s.Public(ctx, tx, "nothing")
			_, nerr = s.PublicByNumber(ctx, tx, "places", "SL-1")
			if !errors.Is(err, store.ErrNotFound) || !errors.Is(nerr, store.ErrNotFound) {
				s.t.Errorf("what is not there: %v, %v", err, nerr)
			}
			return nil
		})
		stale := get()
		next := get()
		next.State, next.Case, next.Fields["place"] = record.Suspended, "c2", "High Street"
		s.write(func(ctx context.Context, tx *store.Tx) error {
			return s.Put(ctx, tx, stalls, next, record.Change{Actor: "olu", Change: "suspend"})
		})
		err := s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			return s.Put(ctx, tx, stalls, stale, record.Change{Change: "revoke"})
		})
		if fault.KindOf(err) != fault.Conflict {
			s.t.Errorf("a stale change: %v", err)
		}
		if got := get(); got.Version != 2 || got.Label != "High Street" || !reflect.DeepEqual(got, next) {
			s.t.Errorf("after the change %+v, want %+v", got, next)
		}
		s.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := s.History(ctx, tx, first.ID)
			if len(all) != 2 || all[0].Version != 2 || all[0].State != record.Suspended || all[0].Change != "suspend" || all[0].Case != "c2" ||
				all[1].Fields["place"] != "Market Square" || all[1].Until != first.Until || !all[1].At.Equal(storetest.Start) {
				s.t.Errorf("history %+v", all)
			}
			for _, v := range all {
				if v.Fields["holder"]+v.Fields["gas"] != "" {
					s.t.Errorf("history shows what is not public: %v", v.Fields)
				}
			}
			return err
		})
	})
}

func TestANumberIsGivenOnceInARegister(t *testing.T) {
	each(t, func(s *registry) {
		s.put("SL-1", fields("a", "b", "1"), nil)
		s.put("SL-1", fields("a", "b", "1"), func(r *record.Record) { r.Register = "others" })
		s.put("SL-2", fields("a", "b", "1"), nil)
		err := s.db.Write(s.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			return s.Put(ctx, tx, stalls, &record.Record{Register: "stalls", Number: "SL-1", From: calendar.MustDate("2026-01-01")}, record.Change{})
		})
		if !store.ConflictOn(err, "record", "register", "number") {
			s.t.Errorf("a number twice: %v", err)
		}
		s.read(func(ctx context.Context, tx *store.Tx) error {
			have, err := s.Numbers(ctx, tx, "stalls")
			if !reflect.DeepEqual(have, map[string]bool{"SL-1": true, "SL-2": true}) {
				s.t.Errorf("numbers %v", have)
			}
			return err
		})
	})
}

func numbers(all []*record.Record) (list string) {
	for _, r := range all {
		list += r.Number + " "
	}
	return strings.TrimSpace(list)
}

func TestLookUpsByKey(t *testing.T) {
	each(t, func(s *registry) {
		s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		s.clock.Advance(1e9)
		second := s.put("SL-2", fields(" market SQUARE ", "Omar", "5"), nil)
		s.clock.Advance(1e9)
		s.put("SL-3", fields("High Street", "RANA", "6"), nil)
		s.put("SL-4", fields("Market Square", "Rana", "4"), func(r *record.Record) { r.Register = "others" })
		found := func(match map[string]string) (list string) {
			s.read(func(ctx context.Context, tx *store.Tx) error {
				all, err := s.ByKey(ctx, tx, "stalls", match)
				for _, r := range all {
					if r.Fields["holder"] == "" {
						s.t.Error("a look-up sees only part of a record")
					}
				}
				list = numbers(all)
				return err
			})
			return list
		}
		for _, test := range []struct {
			match map[string]string
			want  string
		}{
			{map[string]string{"place": "MARKET square\t"}, "SL-1 SL-2"},
			{map[string]string{"holder": "rana"}, "SL-1 SL-3"},
			{map[string]string{"place": "Market Square", "holder": "Rana"}, "SL-1"},
			{map[string]string{"place": "MarketSquare"}, ""},
			{map[string]string{"place": "Rana"}, ""}, // another field's value
			{map[string]string{"metres": "4"}, ""},   // no key
		} {
			if got := found(test.match); got != test.want {
				s.t.Errorf("%v finds %q, want %q", test.match, got, test.want)
			}
		}
		second.Fields["place"] = "High Street"
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.Put(ctx, tx, stalls, second, record.Change{}) })
		if got := found(map[string]string{"place": "Market Square"}); got != "SL-1" {
			s.t.Errorf("after a move: %q", got)
		}
	})
}

func TestFindByTheStartOfWords(t *testing.T) {
	each(t, func(s *registry) {
		s.put("SL-1", fields("Market Square", "Zanzibar", "4"), nil)
		s.put("SL-2", fields("Marketing Café", "Omar", "5"), nil)
		s.put("SL-3", fields("سوق الجمعة", "Omar", "6"), nil)
		find := func(words, after string, limit int, whole bool) (all []*record.Record) {
			s.read(func(ctx context.Context, tx *store.Tx) (err error) {
				all, err = s.Find(ctx, tx, "stalls", words, after, limit, whole)
				return err
			})
			return all
		}
		for words, want := range map[string]string{
			"": "SL-1 SL-2 SL-3", "mark": "SL-1 SL-2", "MARKET sq": "SL-1", "cafe": "SL-2", "arket": "", "sl 3": "SL-3", "SL-2": "SL-2",
			"zanz": "", "omar": "", "سُوق": "SL-3", "mark' --": "SL-1 SL-2",
		} {
			if got := numbers(find(words, "", 10, false)); got != want {
				s.t.Errorf("%q finds %q, want %q", words, got, want)
			}
		}
		if got := numbers(find("", "SL-1", 1, false)); got != "SL-2" {
			s.t.Errorf("the next page: %q", got)
		}
		if public, whole := find("sl 1", "", 1, false)[0], find("sl 1", "", 1, true)[0]; public.Fields["holder"] != "" || whole.Fields["holder"] != "Zanzibar" {
			s.t.Errorf("public %v, whole %v", public.Fields, whole.Fields)
		}
	})
}

// TestWhatIsNotPublicIsNotInTheClear reads the database's file; the name of a personal label neither.
func TestWhatIsNotPublicIsNotInTheClear(t *testing.T) {
	path := storetest.SQLiteFile(t, tables...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	s := newRegistry(t, db, clock)
	s.put("SL-1", fields("Market-marker", "Quillfeather", "4"), nil)
	holders := &service.Register{RegisterFile: service.RegisterFile{Register: "holders", Label: "name", Fields: []service.RegisterField{
		{ID: "name", Type: "text", Personal: "applicant", Key: true}, {ID: "note", Type: "text"}}}}
	s.write(func(ctx context.Context, tx *store.Tx) error {
		r := &record.Record{Register: "holders", Number: "H-1", From: calendar.MustDate("2026-01-01"), Fields: map[string]string{"name": "Quillfeather"}}
		if err := s.Put(ctx, tx, holders, r, record.Change{}); err != nil {
			return err
		}
		if r.Label != "" {
			t.Errorf("the label is %q", r.Label)
		}
		p := &record.Record{Register: "stalls", Case: "c9", From: calendar.MustDate("2026-01-01"), Fields: fields("Market-marker", "Quillfeather", "4")}
		return s.Await(ctx, tx, stalls, p)
	})
	var stored []byte
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, bytes.ToLower(raw)...)
	}
	if !bytes.Contains(stored, []byte("market-marker")) {
		t.Fatal("the check does not see what is stored: a public field was not found")
	}
	if bytes.Contains(stored, []byte("quillfeather")) {
		t.Error("a holder's name is in the database's file")
	}
}

func TestAnErasedHoldersRecordShowsWhatIsPublic(t *testing.T) {
	each(t, func(s *registry) {
		r := s.put("SL-1", fields("Market Square", "Rana", "4"), nil)
		s.write(func(ctx context.Context, tx *store.Tx) error { return s.Vault.Erase(ctx, tx, r.Subject) })
		s.read(func(ctx context.Context, tx *store.Tx) error {
			got, err := s.Get(ctx, tx, r.ID)
			if err != nil || got.Fields["place"] != "Market Square" || got.Fields["holder"] != "" {
				s.t.Errorf("%+v, %v", got, err)
			}
			all, err := s.Of(ctx, tx, "asha")
			if len(all) != 1 {
				s.t.Errorf("%d records", len(all))
			}
			return err
		})
	})
}

func TestStateOnADay(t *testing.T) {
	r := record.Record{State: record.Active, From: calendar.MustDate("2026-03-01"), Until: calendar.MustDate("2026-03-31")}
	forEver := record.Record{State: record.Active, From: calendar.MustDate("2026-03-01")}
	revoked := record.Record{State: record.Revoked, From: calendar.MustDate("2026-03-01"), Until: calendar.MustDate("2026-03-31")}
	for _, test := range []struct {
		r               record.Record
		day, want       string
		active, expired bool
	}{
		{r, "2026-02-28", "future", true, false}, // what is granted counts before it begins
		{r, "2026-03-01", "active", true, false},
		{r, "2026-03-31", "active", true, false},
		{r, "2026-04-01", "ended", false, true},
		{forEver, "2099-01-01", "active", true, false},
		{revoked, "2026-04-01", "revoked", false, false},
	} {
		day := calendar.MustDate(test.day)
		if got := test.r.On(day); got != test.want {
			t.Errorf("on %s %s, want %s", test.day, got, test.want)
		}
		if a, e := test.r.In(nil, day), test.r.In([]string{"expired"}, day); a != test.active || e != test.expired || test.r.In([]string{"active"}, day) != a {
			t.Errorf("on %s: active %v, expired %v", test.day, a, e)
		}
	}
}

func TestGive(t *testing.T) {
	day := calendar.MustDate("2026-06-01")
	one := func(state, metres, until string) *record.Record {
		r := &record.Record{Number: "x", State: state, From: calendar.MustDate("2026-01-01"), Fields: map[string]string{"place": "p" + metres, "gas": "no"}}
		if metres != "" {
			r.Fields["metres"] = metres
		}
		if until != "" {
			r.Until = calendar.MustDate(until)
		}
		return r
	}
	found := []*record.Record{one("active", "4", ""), one("active", "5.5", "2026-01-31"), one("suspended", "6", ""), one("active", "", ""), one("revoked", "7", "")}
	for _, test := range []struct {
		give   string
		states []string
		want   string
	}{
		{"count", nil, "2"}, {"count", []string{"active", "expired"}, "3"}, {"count", []string{"revoked", "suspended"}, "2"},
		{"sum metres", nil, "4"}, {"sum metres", []string{"active", "expired"}, "9.5"}, {"sum metres", []string{"surrendered"}, "0"},
	} {
		v, err := record.Give(stalls, test.give, test.states, day, found)
		if text, ok := record.Text(v); err != nil || !ok || text != test.want {
			t.Errorf("%s of %v is %v, %v; want %s", test.give, test.states, v, err, test.want)
		}
	}
	list, err := record.Give(stalls, "list gas", []string{"suspended", "revoked"}, day, found)
	if err != nil || !reflect.DeepEqual(list, []rule.Value{false, false}) {
		t.Errorf("list: %v, %v", list, err)
	}
	if list, err = record.Give(stalls, "list place", nil, day, nil); err != nil || !reflect.DeepEqual(list, []rule.Value{}) {
		t.Errorf("an empty list: %#v, %v", list, err)
	}
	if _, err := record.Give(stalls, "sum metres", nil, day, []*record.Record{one("active", "many", "")}); err == nil {
		t.Error("a number that is none is added up")
	}
}

// TestTextAndValueAreEachOthersReverse holds for every type that a register's field can have.
func TestTextAndValueAreEachOthersReverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom([]string{"text", "number", "money", "date", "yes_no"}).Draw(t, "type")
		var v rule.Value
		switch typ {
		case "text":
			v = rapid.String().Draw(t, "text")
		case "number", "money":
			v = money.Scaled(rapid.Int64().Draw(t, "number"), rapid.IntRange(0, 6).Draw(t, "places"))
		case "date":
			d, err := calendar.MustDate("1600-01-01").AddDays(rapid.IntRange(0, 400_000).Draw(t, "day"))
			if err != nil {
				t.Fatal(err)
			}
			v = d
		case "yes_no":
			v = rapid.Bool().Draw(t, "bool")
		}
		text, ok := record.Text(v)
		back, err := record.Value(typ, text)
		again, _ := record.Text(back)
		if !ok || err != nil || again != text {
			t.Fatalf("%v is %q, which is %v, %v", v, text, back, err)
		}
		if n, isNumber := v.(money.Decimal); isNumber && n.Cmp(back.(money.Decimal)) != 0 || !isNumber && back != v {
			t.Fatalf("%v became %v", v, back)
		}
	})
	if text, ok := record.Text(nil); ok || text != "" {
		t.Errorf("what is missing has the text %q", text)
	}
	for typ, text := range map[string]string{"number": "", "money": "1,000", "date": "2026-02-30"} {
		if v, err := record.Value(typ, text); err == nil {
			t.Errorf("%q is the %s %v", text, typ, v)
		}
	}
}
