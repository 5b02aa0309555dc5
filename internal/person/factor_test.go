package person_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/person"
	"stoa/internal/policy"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
	"stoa/internal/totp"
)

// TestNoSecretOfSigningInIsStoredInTheClear looks for them in the database's file.
func TestNoSecretOfSigningInIsStoredInTheClear(t *testing.T) {
	path := storetest.SQLiteFile(t, tables...)
	db, clock := storetest.Open(t, "sqlite:"+path)
	w := newTown(t, db, clock)
	who := w.ensure(person.Details{Email: "asha@greenvale.example"})
	var secret []byte
	secrets := []string{"subject-at-the-scheme", "session-at-the-scheme", "a name for a phone", "what the device said"}
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		f := w.Factors()
		add := func(s string, bad error) { secrets, err = append(secrets, s), bad }
		if err = f.NewApp(ctx, tx, who.ID); err != nil {
			return err
		}
		if secret, err = f.AppSecret(ctx, tx, who.ID); err != nil {
			return err
		}
		secrets = append(secrets, string(secret), totp.Text(secret))
		codes, err := f.NewRecoveryCodes(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		for _, c := range codes {
			secrets = append(secrets, c, c[:5]+c[6:])
		}
		if add(w.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToScheme, State: []byte("a marker in the clear")})); err != nil {
			return err
		}
		if add(f.Invite(ctx, tx, who.ID, "boss", false)); err != nil {
			return err
		}
		cancel, _, _, err := f.AskRecovery(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		secrets = append(secrets, cancel)
		if err = w.Schemes().Link(ctx, tx, "national", w.Schemes().SchemeKey("national", "subject-at-the-scheme"), who.ID); err != nil {
			return err
		}
		if add(w.Sessions().StartSession(ctx, tx, person.Arrival{Person: who.ID, Method: person.ByScheme, Level: policy.High, Scheme: "national", SID: w.Schemes().SchemeKey("national", "session-at-the-scheme")})); err != nil {
			return err
		}
		record, err := json.Marshal("what the device said")
		if err != nil {
			return err
		}
		_, err = f.AddPasskey(ctx, tx, person.Passkey{Person: who.ID, Name: "a name for a phone", Credential: []byte("id"), Record: record})
		return err
	})
	stored := fileBytes(t, path)
	if !bytes.Contains(stored, []byte("a marker in the clear")) {
		t.Fatal("the check does not see what is stored")
	}
	if len(secrets) < 25 {
		t.Fatalf("%d secrets", len(secrets))
	}
	for _, s := range secrets {
		if bytes.Contains(stored, []byte(s)) {
			t.Errorf("%q is in the database's file", s)
		}
	}
}

func TestACeremonyServesOnePurposeOnce(t *testing.T) {
	each(t, func(w *town) {
		begin := func() (token string) {
			w.write(func(ctx context.Context, tx *store.Tx) (err error) {
				token, err = w.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToSignIn})
				return err
			})
			return token
		}
		take := func(token, purpose string) error {
			return w.db.Write(w.t.Context(), "test", func(ctx context.Context, tx *store.Tx) error {
				_, err := w.Ceremonies().Take(ctx, tx, token, purpose)
				return err
			})
		}
		token := begin()
		if err := take(token, person.ToRegister); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("for another purpose: %v", err)
		}
		if err := take(token, person.ToSignIn); err != nil {
			w.t.Errorf("once: %v", err)
		}
		if err := take(token, person.ToSignIn); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("twice: %v", err)
		}
		token = begin()
		w.clock.Advance(person.CeremonyLife + time.Microsecond)
		if err := take(token, person.ToSignIn); fault.KindOf(err) != fault.Invalid {
			w.t.Errorf("late: %v", err)
		}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Forget(ctx, tx, 100) })
		if w.count("ceremony") != 0 {
			w.t.Error("it is kept although it has ended")
		}
	})
}

func TestClearingTakesEverything(t *testing.T) {
	each(t, func(w *town) {
		who, other := w.ensure(person.Details{Email: "asha@greenvale.example"}), w.ensure(person.Details{Email: "ben@greenvale.example"})
		fill := func(id string) {
			w.write(func(ctx context.Context, tx *store.Tx) error {
				f := w.Factors()
				if err := f.NewApp(ctx, tx, id); err != nil {
					return err
				}
				if _, err := f.NewRecoveryCodes(ctx, tx, id); err != nil {
					return err
				}
				if _, err := f.Invite(ctx, tx, id, "boss", false); err != nil {
					return err
				}
				if _, _, _, err := f.AskRecovery(ctx, tx, id); err != nil {
					return err
				}
				if err := w.Schemes().Link(ctx, tx, "national", w.Schemes().SchemeKey("national", id), id); err != nil {
					return err
				}
				if _, err := w.Ceremonies().Begin(ctx, tx, person.Ceremony{Purpose: person.ToRegister, Person: id}); err != nil {
					return err
				}
				if _, err := f.AddPasskey(ctx, tx, person.Passkey{Person: id, Credential: []byte(id), Record: json.RawMessage("{}")}); err != nil {
					return err
				}
				_, err := w.Sessions().StartSession(ctx, tx, person.Arrival{Person: id, Method: person.ByCode, Level: policy.Low})
				return err
			})
		}
		fill(who.ID)
		fill(other.ID)
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.Factors().Clear(ctx, tx, who.ID) })
		for table, want := range map[string]int{"passkey": 1, "authenticator": 1, "recovery_code": 10, "recovery": 1, "scheme_link": 1, "invitation": 1, "ceremony": 1, "session": 1} {
			if n := w.count(table); int(n) != want {
				w.t.Errorf("%s: %d rows are left, want %d: those of the other", table, n, want)
			}
		}
	})
}
