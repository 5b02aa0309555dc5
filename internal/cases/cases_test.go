package cases_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"stoa/internal/calendar"
	"stoa/internal/cases"
	"stoa/internal/process"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// whole is a case with every field set.
func whole() *cases.Case {
	at := storetest.Start
	return &cases.Case{
		Organisation: "licensing", Number: "ST-2026-00001", Service: "stall", Variant: "renewal", Definition: "h1", Person: "asha",
		Language: "ar", Licence: "r1", State: "received", Entered: at, Submitted: at.Add(-time.Hour),
		Due: calendar.MustDate("2026-02-01"), DueThen: "lapse", Turn: calendar.MustDate("2026-02-02"), Stopped: true, Assignee: "olu",
		Awaits: "approval", Ending: "granted", Ended: at.Add(time.Minute),
		Label: "Rana, Market Square",
		Body: cases.Body{
			Typed: typed("goods", "samosas"), Previous: map[string]string{"place": "Market Square"},
			Lookups: map[string]cases.Looked{"others": {Kind: "one", Values: []string{"2"}}},
			Picks:   map[string]cases.Picked{"places P1": {Label: "Market Square", Fields: map[string]string{"rate": "4"}}},
			Stops:   []process.Stop{{From: at.Add(-time.Hour), Until: at}},
			Pending: &process.Decision{Action: "grant", By: "olu", Date: calendar.MustDate("2026-01-05")}, Fee: 2100, Waived: true,
		},
	}
}

func TestACaseComesBackAsItWas(t *testing.T) {
	each(t, func(o *office) {
		one := o.insert(whole())
		line := *one // as lists give it
		line.Body = cases.Body{}
		for name, get := range map[string]func(ctx context.Context, tx *store.Tx) (*cases.Case, error){
			"by id": func(ctx context.Context, tx *store.Tx) (*cases.Case, error) { return o.Get(ctx, tx, one.ID) },
			"by number": func(ctx context.Context, tx *store.Tx) (*cases.Case, error) {
				return o.ByNumber(ctx, tx, "licensing", one.Number)
			},
			"of the person": func(ctx context.Context, tx *store.Tx) (*cases.Case, error) {
				all, err := o.Of(ctx, tx, "asha")
				if len(all) != 1 {
					return nil, fmt.Errorf("%d cases: %w", len(all), err)
				}
				return all[0], err
			},
		} {
			o.read(func(ctx context.Context, tx *store.Tx) error {
				got, err := get(ctx, tx)
				want := one
				if name == "of the person" {
					want = &line
				}
				if err == nil && !reflect.DeepEqual(got, want) {
					o.t.Errorf("%s:\n%+v, want\n%+v", name, got, want)
				}
				return err
			})
		}
		o.read(func(ctx context.Context, tx *store.Tx) error {
			if _, err := o.Get(ctx, tx, "nothing"); !isNotFound(err) {
				o.t.Errorf("an unknown id: %v", err)
			}
			_, err := o.ByNumber(ctx, tx, "planning", one.Number)
			if !isNotFound(err) {
				o.t.Errorf("a number of another organisation: %v", err)
			}
			return nil
		})
	})
}

func TestANumberIsGivenOnce(t *testing.T) {
	each(t, func(o *office) {
		o.insert(&cases.Case{Number: "ST-1"})
		o.insert(&cases.Case{Number: "ST-1", Organisation: "planning"})
		err := o.db.Write(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			return o.insertIn(ctx, tx, &cases.Case{Number: "ST-1"})
		})
		if !store.ConflictOn(err, "cases", "organisation", "number") {
			o.t.Errorf("a number twice: %v", err)
		}
	})
}

func TestOnlyTheLatestVersionCanBeChanged(t *testing.T) {
	each(t, func(o *office) {
		one := o.insert(whole())
		mine, theirs := o.get(one.ID), o.get(one.ID)
		mine.State, mine.Label, mine.Due, mine.Ending, mine.Ended = "waiting", "changed", calendar.Date{}, "", time.Time{}
		o.clock.Advance(time.Hour)
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.Update(ctx, tx, mine) })
		if got := o.get(one.ID); got.Version != 2 || !got.Updated.Equal(o.clock.Now()) || !got.Open() || !reflect.DeepEqual(got, mine) {
			o.t.Errorf("after the change:\n%+v, want\n%+v", got, mine)
		}
		theirs.State = "granted"
		err := o.db.Write(o.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error { return o.Update(ctx, tx, theirs) })
		if !isConflict(err) || o.get(one.ID).State != "waiting" {
			o.t.Errorf("a stale change: %v; the state is %s", err, o.get(one.ID).State)
		}
	})
}

// TestEventsKeepTheirOrder notes many events in one transaction, whose instant is one, and some that
// happened earlier: the timeline is the order of noting.
func TestEventsKeepTheirOrder(t *testing.T) {
	each(t, func(o *office) {
		one := o.insert(&cases.Case{})
		other := o.insert(&cases.Case{})
		var want []string
		for round := range 3 {
			o.write(func(ctx context.Context, tx *store.Tx) error {
				for i := range 12 {
					name := fmt.Sprint(round, ".", i)
					e := cases.Event{Kind: cases.EventAction, Public: i%2 == 0, Actor: "olu", Action: "grant", From: "received", To: "granted",
						EventWords: cases.EventWords{Name: "Olu", Text: name, Ref: "x"}}
					if i%3 == 0 {
						e.At = tx.Now().Add(-time.Hour)
					}
					if err := o.Note(ctx, tx, one, e); err != nil {
						return err
					}
					if err := o.Note(ctx, tx, other, e); err != nil {
						return err
					}
				}
				return nil
			})
			for i := range 12 {
				want = append(want, fmt.Sprint(round, ".", i))
			}
		}
		o.read(func(ctx context.Context, tx *store.Tx) error {
			events, err := o.Timeline(ctx, tx, one)
			var got []string
			for i, e := range events {
				got = append(got, e.Text)
				early := i%12%3 == 0
				if e.Public != (i%12%2 == 0) || e.At.Equal(storetest.Start) == early || e.Name != "Olu" || e.From != "received" || e.To != "granted" || e.Action != "grant" || e.Ref != "x" {
					o.t.Errorf("event %d: %+v", i, e)
				}
			}
			if !slices.Equal(got, want) {
				o.t.Errorf("the timeline is %v", got)
			}
			return err
		})
	})
}

func TestPartsOfACase(t *testing.T) {
	each(t, func(o *office) {
		one := o.insert(&cases.Case{})
		other := o.insert(&cases.Case{})
		var letter cases.Letter
		var objection cases.Representation
		o.write(func(ctx context.Context, tx *store.Tx) error {
			for _, in := range []bool{true, false, true} {
				m := &cases.Message{Incoming: in, Author: "asha", MessageWords: cases.MessageWords{Name: "Asha", Text: "Four metres.", Files: []string{"b1"}}}
				if err := o.Write(ctx, tx, one, m); err != nil {
					return err
				}
			}
			letter = cases.Letter{Letter: "decision", Language: "ar", LetterWords: cases.LetterWords{Title: "قرارنا", Document: []byte(`{"x":1}`)}}
			if err := o.Send(ctx, tx, one, &letter); err != nil {
				return err
			}
			objection = cases.Representation{Ground: "noise", RepresentationWords: cases.RepresentationWords{Name: "Ben", Address: []string{"1 High Street"}, Text: "Too loud."}}
			if err := o.Represent(ctx, tx, one.ID, &objection); err != nil {
				return err
			}
			return o.Represent(ctx, tx, one.ID, &cases.Representation{Ground: "noise"})
		})
		o.write(func(ctx context.Context, tx *store.Tx) error {
			if err := o.SeeMessages(ctx, tx, one.ID, true); err != nil {
				return err
			}
			return o.Weigh(ctx, tx, objection.ID, "no")
		})
		objection.Counts = "no"
		o.read(func(ctx context.Context, tx *store.Tx) error {
			messages, err := o.Messages(ctx, tx, one)
			for _, m := range messages {
				if m.Seen != m.Incoming || m.Text != "Four metres." || len(m.Files) != 1 {
					o.t.Errorf("message %+v", m)
				}
			}
			letters, lerr := o.SentLetters(ctx, tx, one)
			if len(messages) != 3 || len(letters) != 1 || !reflect.DeepEqual(letters[0], letter) {
				o.t.Errorf("%d messages; letters %+v", len(messages), letters)
			}
			all, rerr := o.Representations(ctx, tx, one.ID)
			if at := slices.IndexFunc(all, func(r cases.Representation) bool { return r.ID == objection.ID }); at < 0 || !reflect.DeepEqual(all[at], objection) {
				o.t.Errorf("representations %+v, want %+v", all, objection)
			}
			n, nerr := o.CountRepresentations(ctx, tx, one.ID)
			if n != 1 {
				o.t.Errorf("%d representations count", n)
			}
			none, oerr := o.Messages(ctx, tx, other)
			if len(none) != 0 {
				o.t.Errorf("messages of another case: %+v", none)
			}
			return errors.Join(err, lerr, rerr, nerr, oerr)
		})
	})
}

func TestConsultations(t *testing.T) {
	each(t, func(o *office) {
		one := o.insert(&cases.Case{})
		o.write(func(ctx context.Context, tx *store.Tx) error {
			for _, q := range []cases.Consultation{
				{Consultee: "fire", Organisation: "fire-service"},
				{Consultee: "police", Organisation: "police", Due: calendar.MustDate("2026-01-09")},
				{Consultee: "noise", Organisation: "fire-service", Due: calendar.MustDate("2026-01-07")},
			} {
				if err := o.Consult(ctx, tx, one, q); err != nil {
					return err
				}
			}
			return nil
		})
		asked := func(answered bool) (ids []string) {
			o.read(func(ctx context.Context, tx *store.Tx) error {
				all, err := o.Asked(ctx, tx, "fire-service", answered, 10)
				for _, q := range all {
					ids = append(ids, q.Consultee)
					if q.Text != "" {
						o.t.Error("a list opens what is sealed")
					}
					if of, err := o.CaseOfConsultation(ctx, tx, q.ID); err != nil || of != one.ID {
						o.t.Errorf("the case of %s is %q, %v", q.ID, of, err)
					}
				}
				return err
			})
			return ids
		}
		if got := asked(false); !slices.Equal(got, []string{"noise", "fire"}) {
			o.t.Errorf("open questions, by day: %v", got)
		}
		o.clock.Advance(time.Hour)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			all, err := o.Consultations(ctx, tx, one)
			for _, q := range all {
				if q.Consultee != "noise" {
					continue
				}
				q.Reply, q.RepliedBy, q.ReplyWords = "objection", "fay", cases.ReplyWords{Name: "Fay", Text: "Too loud."}
				if err := o.ReplyTo(ctx, tx, one, q); err != nil {
					return err
				}
			}
			return err
		})
		if open, done := asked(false), asked(true); !slices.Equal(open, []string{"fire"}) || !slices.Equal(done, []string{"noise"}) {
			o.t.Errorf("open %v, answered %v", open, done)
		}
		o.read(func(ctx context.Context, tx *store.Tx) error {
			all, err := o.Consultations(ctx, tx, one)
			for _, q := range all {
				if q.Consultee == "noise" && (q.Text != "Too loud." || !q.Replied.Equal(o.clock.Now()) || !q.Asked.Equal(storetest.Start)) {
					o.t.Errorf("the reply is %+v", q)
				}
			}
			return err
		})
	})
}

func TestTurnAndNoticed(t *testing.T) {
	each(t, func(o *office) {
		day := calendar.MustDate("2026-01-09")
		due := map[string]bool{}
		for _, turn := range []string{"", "2026-01-08", "2026-01-09", "2026-01-10", "2026-01-09"} {
			c := o.insert(&cases.Case{Turn: dayOf(turn)})
			due[c.ID] = turn != "" && turn <= "2026-01-09"
		}
		o.insert(&cases.Case{State: "waiting"})
		o.insert(&cases.Case{Service: "event"})
		o.insert(&cases.Case{Ending: "granted"})
		var got []string
		for after := ""; ; { // page by page
			var ids []string
			o.read(func(ctx context.Context, tx *store.Tx) (err error) {
				ids, err = o.ToTurn(ctx, tx, day, after, 2)
				return err
			})
			if len(ids) == 0 {
				break
			}
			got, after = append(got, ids...), ids[len(ids)-1]
		}
		for _, id := range got {
			if !due[id] {
				o.t.Errorf("case %s is turned too early or twice", id)
			}
			delete(due, id)
		}
		if len(got) != 3 {
			o.t.Errorf("%d cases to turn", len(got))
		}
		o.read(func(ctx context.Context, tx *store.Tx) error {
			open, err := o.Noticed(ctx, tx, "licensing", "stall", []string{"received", "granted"})
			if len(open) != 5 {
				o.t.Errorf("%d open cases are noticed", len(open))
			}
			return err
		})
	})
}

// TestNoAnswerIsStoredInTheClear reads the database's file as somebody would who has taken it.
func TestNoAnswerIsStoredInTheClear(t *testing.T) {
	path := storetest.SQLiteFile(t, tables...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	o := newOffice(t, db, clock)
	one := whole()
	one.Assignee = "assignee-marker"
	one.Typed = typed("goods", "Zanzibari samosas")
	one.Label, one.Pending.Reason = "Quillfeather, Market Square", "because of the Brontosaurus"
	o.insert(one, "Quillfeather", "Market Square")
	o.write(func(ctx context.Context, tx *store.Tx) error {
		d := &cases.Draft{ID: tx.NewID(), Service: "stall", DraftBody: cases.DraftBody{Typed: typed("name", "Quillfeather")}}
		return errors.Join(
			o.StartDraft(ctx, tx, d, []byte("hash")),
			o.Note(ctx, tx, one, cases.Event{EventWords: cases.EventWords{Name: "Quillfeather", Text: "Zanzibari"}}),
			o.Write(ctx, tx, one, &cases.Message{MessageWords: cases.MessageWords{Text: "Zanzibari"}}),
			o.Send(ctx, tx, one, &cases.Letter{LetterWords: cases.LetterWords{Title: "Dear Quillfeather", Document: []byte("Zanzibari")}}),
			o.Consult(ctx, tx, one, cases.Consultation{ReplyWords: cases.ReplyWords{Text: "Brontosaurus"}}),
			o.Represent(ctx, tx, one.ID, &cases.Representation{RepresentationWords: cases.RepresentationWords{Name: "Quillfeather", Text: "Brontosaurus"}}),
		)
	})
	var stored []byte
	for _, name := range []string{path, path + "-wal"} { // before and after the checkpoint that closing is
		raw, err := os.ReadFile(name)
		o.must(err)
		stored = append(stored, raw...)
	}
	o.must(db.Close())
	raw, err := os.ReadFile(path)
	o.must(err)
	for _, bytesOf := range [][]byte{stored, raw} {
		if !bytes.Contains(bytesOf, []byte("assignee-marker")) {
			t.Fatal("the check does not see what is stored: an assignee's id, which is in the clear, was not found")
		}
		for _, secret := range []string{"zanzibari", "samosa", "quillfeather", "brontosaurus", "market", "square"} {
			if bytes.Contains(bytes.ToLower(bytesOf), []byte(secret)) {
				t.Errorf("%q is in the database's file", secret)
			}
		}
	}
}

// TestAnErasedPersonsCasesAreEmpty keeps lists working when what they would show is gone for ever.
func TestAnErasedPersonsCasesAreEmpty(t *testing.T) {
	each(t, func(o *office) {
		one := whole()
		one.Ending, one.Ended = "", time.Time{}
		o.write(func(ctx context.Context, tx *store.Tx) (err error) {
			one.Subject, err = o.Vault.NewSubject(ctx, tx)
			return err
		})
		o.insert(one, "Rana")
		other := o.insert(&cases.Case{Label: "another's"})
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(o.Note(ctx, tx, one, cases.Event{Kind: cases.EventNote, EventWords: cases.EventWords{Text: "x"}}),
				o.Write(ctx, tx, one, &cases.Message{MessageWords: cases.MessageWords{Text: "x"}}),
				o.Send(ctx, tx, one, &cases.Letter{Letter: "decision", LetterWords: cases.LetterWords{Title: "x"}}),
				o.Consult(ctx, tx, one, cases.Consultation{Consultee: "fire"}))
		})
		o.write(func(ctx context.Context, tx *store.Tx) error { return o.Vault.Erase(ctx, tx, one.Subject) })
		o.read(func(ctx context.Context, tx *store.Tx) error {
			page, err := o.Queue(ctx, tx, cases.Query{Organisations: []string{"licensing"}})
			if err != nil || len(page.Cases) != 2 {
				o.t.Fatalf("the queue: %d, %v", len(page.Cases), err)
			}
			for _, c := range page.Cases {
				if c.ID == one.ID && (!reflect.DeepEqual(c.Body, cases.Body{}) || c.State != "received") || c.ID == other.ID && c.Label != "another's" {
					o.t.Errorf("case %+v", c)
				}
			}
			events, e1 := o.Timeline(ctx, tx, one)
			messages, e2 := o.Messages(ctx, tx, one)
			letters, e3 := o.SentLetters(ctx, tx, one)
			asked, e4 := o.Consultations(ctx, tx, one)
			if err := errors.Join(e1, e2, e3, e4); err != nil || len(events) != 1 || len(messages) != 1 || len(letters) != 1 || len(asked) != 1 {
				o.t.Errorf("parts: %v %v %v %v, %v", events, messages, letters, asked, err)
			}
			if events[0].Text+messages[0].Text+letters[0].Title != "" {
				o.t.Error("words outlive their key")
			}
			return nil
		})
	})
}
