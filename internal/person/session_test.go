package person_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
)

func (w *town) signIn(id string) (token string) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		token, err = w.Sessions().StartSession(ctx, tx, person.Arrival{Person: id, Method: person.ByCode, Level: policy.Low, Desk: true})
		return err
	})
	return token
}

// session is the session of a token; false when it has ended.
func (w *town) session(token string) (s person.Session, ok bool) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), "test", func(ctx context.Context, tx *store.Tx) (err error) {
		s, err = w.Sessions().BySession(ctx, tx, token)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		w.t.Fatal(err)
	}
	return s, err == nil
}

func TestASessionEndsWhenIdle(t *testing.T) {
	each(t, func(w *town) {
		who := w.ensure(person.Details{Email: "asha@greenvale.example"})
		token := w.signIn(who.ID)
		w.clock.Advance(person.SessionIdle)
		if s, ok := w.session(token); !ok || s.Person.ID != who.ID || !s.Stale {
			w.t.Errorf("at the limit: %+v, %v", s, ok)
		}
		w.clock.Advance(time.Microsecond)
		if _, ok := w.session(token); ok {
			w.t.Error("an idle session goes on")
		}
		if _, ok := w.session("no such token"); ok {
			w.t.Error("an unknown token is a session")
		}
	})
}

func TestASessionInUseEndsOnceADay(t *testing.T) {
	each(t, func(w *town) {
		who := w.ensure(person.Details{Email: "asha@greenvale.example"})
		token, begun := w.signIn(who.ID), w.clock.Now()
		for w.clock.Now().Sub(begun) < person.SessionAbsolute {
			w.clock.Advance(person.SessionIdle / 2)
			if _, ok := w.session(token); !ok {
				w.t.Fatalf("ended after %s", w.clock.Now().Sub(begun))
			}
			w.write(func(ctx context.Context, tx *store.Tx) error { return w.Sessions().Touch(ctx, tx, token) })
			if s, _ := w.session(token); s.Stale {
				w.t.Error("stale although just used")
			}
		}
		w.clock.Advance(time.Microsecond)
		if _, ok := w.session(token); ok {
			w.t.Error("a session outlives its limit by being used")
		}
	})
}

func TestSigningOutAndRevokingEndSessions(t *testing.T) {
	each(t, func(w *town) {
		who := w.ensure(person.Details{Email: "asha@greenvale.example"})
		other := w.ensure(person.Details{Email: "ben@greenvale.example"})
		officer := policy.Grant{Role: policy.Officer, Organisation: "licensing"}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Grant(ctx, tx, who.ID, officer) })
		out, desk, phone, others := w.signIn(who.ID), w.signIn(who.ID), w.signIn(who.ID), w.signIn(other.ID)
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Sessions().EndSession(ctx, tx, out) })
		if _, ok := w.session(out); ok {
			w.t.Error("signed out, yet signed in")
		}
		if s, ok := w.session(desk); !ok || len(s.Person.Grants) != 1 {
			w.t.Errorf("the other session: %+v, %v", s, ok)
		}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Revoke(ctx, tx, who.ID, officer) })
		for _, token := range []string{desk, phone} {
			if _, ok := w.session(token); ok {
				w.t.Error("a session outlives the role")
			}
		}
		if _, ok := w.session(others); !ok {
			w.t.Error("somebody else's session ended")
		}
	})
}

// newCode asks for a code.
func (w *town) newCode(email, purpose, draft string) (id, code string, tooMany bool) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		id, code, tooMany, err = w.NewCode(ctx, tx, email, purpose, draft)
		return err
	})
	return id, code, tooMany
}

// use enters a code and tells the refusal's key, "" for none.
func (w *town) use(id, typed, purpose string) (refusal, draft string, key []byte) {
	w.t.Helper()
	var refused *fault.Error
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		draft, key, refused, err = w.UseCode(ctx, tx, id, typed, purpose)
		return err
	})
	if refused != nil {
		if refused.Kind != fault.Invalid || draft != "" || key != nil {
			w.t.Errorf("refused with %v, yet gave %q and %x", refused, draft, key)
		}
		return refused.Key, "", nil
	}
	return "", draft, key
}

func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestACodeWorksOnceForItsPurpose(t *testing.T) {
	each(t, func(w *town) {
		const email = "asha@greenvale.example"
		who := w.ensure(person.Details{Email: email})
		id, code, _ := w.newCode(" ASHA@greenvale.example", person.CodeSignIn, "")
		if got, _, _ := w.use(id, code, person.CodeResume); got != person.KeyCodeExpired {
			w.t.Errorf("for another purpose: %q", got)
		}
		if got, _, _ := w.use("01234567890123456789012345", code, person.CodeSignIn); got != person.KeyCodeExpired {
			w.t.Errorf("for an unknown id: %q", got)
		}
		// As people type it: with spaces, or with the digits of an Arabic keyboard.
		typed := " " + code[:3] + " " + arabic(code[3:]) + " "
		got, _, key := w.use(id, typed, person.CodeSignIn)
		if got != "" {
			w.t.Fatalf("%q was refused: %q", typed, got)
		}
		w.read(func(ctx context.Context, tx *store.Tx) error {
			found, err := w.ByEmailKey(ctx, tx, key)
			if err == nil && found.ID != who.ID {
				w.t.Errorf("the code is %s's", found.ID)
			}
			return err
		})
		if got, _, _ := w.use(id, code, person.CodeSignIn); got != person.KeyCodeExpired {
			w.t.Errorf("a second time: %q", got)
		}
		id, code, _ = w.newCode(email, person.CodeResume, "draft-1")
		if got, draft, _ := w.use(id, code, person.CodeResume); got != "" || draft != "draft-1" {
			w.t.Errorf("resuming: %q, draft %q", got, draft)
		}
	})
}

func arabic(digits string) string {
	return strings.Map(func(r rune) rune { return '٠' + r - '0' }, digits)
}

func TestACodeMayBeMistypedAFewTimes(t *testing.T) {
	each(t, func(w *town) {
		const email = "asha@greenvale.example"
		id, code, _ := w.newCode(email, person.CodeSignIn, "")
		for range person.CodeTries - 1 {
			if got, _, _ := w.use(id, wrong(code), person.CodeSignIn); got != person.KeyCodeWrong {
				w.t.Fatalf("a wrong code: %q", got)
			}
		}
		if got, _, _ := w.use(id, code, person.CodeSignIn); got != "" {
			w.t.Errorf("the last try, right: %q", got)
		}
		id, code, _ = w.newCode(email, person.CodeSignIn, "")
		for range person.CodeTries {
			w.use(id, wrong(code), person.CodeSignIn)
		}
		if got, _, _ := w.use(id, code, person.CodeSignIn); got != person.KeyCodeExpired {
			w.t.Errorf("right, but after too many tries: %q", got)
		}
	})
}

func TestACodeExpires(t *testing.T) {
	each(t, func(w *town) {
		for purpose, life := range map[string]time.Duration{person.CodeSignIn: person.CodeLife, person.CodeResume: person.ResumeLife} {
			inTime, code, _ := w.newCode("asha@greenvale.example", purpose, "")
			late, lateCode, _ := w.newCode("asha@greenvale.example", purpose, "")
			w.clock.Advance(life)
			if got, _, _ := w.use(inTime, code, purpose); got != "" {
				w.t.Errorf("%s in time: %q", purpose, got)
			}
			w.clock.Advance(time.Microsecond)
			if got, _, _ := w.use(late, lateCode, purpose); got != person.KeyCodeExpired {
				w.t.Errorf("%s too late: %q", purpose, got)
			}
		}
	})
}

// TestAnAddressHasOnlySoManyCodes also asks that a code beyond the limit, which nobody was sent, cannot
// be guessed: or the number of tries would have no limit.
func TestAnAddressHasOnlySoManyCodes(t *testing.T) {
	each(t, func(w *town) {
		const email = "asha@greenvale.example"
		sent := 0
		for i := range 10 {
			id, code, tooMany := w.newCode(email, []string{person.CodeSignIn, person.CodeResume}[i%2], "")
			if !tooMany {
				sent++
				continue
			}
			if got, _, _ := w.use(id, code, []string{person.CodeSignIn, person.CodeResume}[i%2]); got != person.KeyCodeExpired {
				w.t.Errorf("a code that was never sent: %q", got)
			}
		}
		if sent != 6 {
			w.t.Errorf("%d codes within an hour, want 6", sent)
		}
		if _, _, tooMany := w.newCode("ben@greenvale.example", person.CodeSignIn, ""); tooMany {
			w.t.Error("one address uses up another's codes")
		}
		w.clock.Advance(time.Hour)
		id, code, tooMany := w.newCode(email, person.CodeSignIn, "")
		if got, _, _ := w.use(id, code, person.CodeSignIn); tooMany || got != "" {
			w.t.Errorf("an hour later: too many %v, %q", tooMany, got)
		}
	})
}

func TestRandomnessThatFailsFails(t *testing.T) {
	each(t, func(w *town) {
		w.Rand = iotest.ErrReader(io.ErrUnexpectedEOF)
		err := w.db.Write(w.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, _, _, err := w.NewCode(ctx, tx, "asha@greenvale.example", person.CodeSignIn, "")
			return err
		})
		if _, tokenErr := w.Token(); !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(tokenErr, io.ErrUnexpectedEOF) {
			w.t.Errorf("code: %v; token: %v", err, tokenErr)
		}
	})
}

func TestAFormCountsOnce(t *testing.T) {
	each(t, func(w *town) {
		once := func(key, who, input string) (result string, again bool, err error) {
			err = w.db.Write(w.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				if result, again, err = w.Once(ctx, tx, key, who, []byte(input)); err != nil || again {
					return err
				}
				return w.OnceDone(ctx, tx, key, "made by "+who)
			})
			return result, again, err
		}
		for i := range 3 {
			result, again, err := once("key-1", "asha", "a=1")
			if err != nil || again != (i > 0) || again && result != "made by asha" {
				w.t.Errorf("time %d: %q, %v, %v", i+1, result, again, err)
			}
		}
		for name, err := range map[string]error{
			"other input":  third(once("key-1", "asha", "a=2")),
			"other person": third(once("key-1", "ben", "a=1")),
		} {
			if fault.KindOf(err) != fault.Conflict {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		for name, key := range map[string]string{"no key": "", "a long key": strings.Repeat("k", 65)} {
			if _, _, err := once(key, "asha", "a=1"); fault.KindOf(err) != fault.Invalid {
				w.t.Errorf("%s: %v", name, err)
			}
		}
		// What failed is not noted: the same form may be sent again.
		failing := errors.New("no")
		err := w.db.Write(w.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
			_, _, err := w.Once(ctx, tx, "key-2", "asha", []byte("a=1"))
			return errors.Join(err, failing)
		})
		if !errors.Is(err, failing) {
			w.t.Fatal(err)
		}
		if _, again, err := once("key-2", "asha", "a=1"); again || err != nil {
			w.t.Errorf("after a failure: again %v, %v", again, err)
		}
	})
}

func third[A, B any](_ A, _ B, err error) error { return err }

// TestManyPostsOfOneFormAtOnceCountOnce sends the same form from many sides at the same time.
func TestManyPostsOfOneFormAtOnceCountOnce(t *testing.T) {
	each(t, func(w *town) {
		firsts := make(chan string, 8)
		done := make(chan error, 8)
		for i := range 8 {
			go func() {
				var first bool
				err := w.db.Write(t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
					result, again, err := w.Once(ctx, tx, "key", "asha", []byte("a=1"))
					if first = !again; err != nil || again {
						if err == nil && result != "done" {
							err = fmt.Errorf("the repetition was told %q", result)
						}
						return err
					}
					return w.OnceDone(ctx, tx, "key", "done")
				})
				if err == nil && first {
					firsts <- fmt.Sprint(i)
				}
				done <- err
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				w.t.Error(err)
			}
		}
		if len(firsts) != 1 {
			w.t.Errorf("%d posts were the first", len(firsts))
		}
	})
}
