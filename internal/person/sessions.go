package person

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stoa/internal/policy"
	"stoa/internal/store"
)

// How somebody showed who they are.
const (
	ByCode       = "code"       // by a code sent to their address
	ByPasskey    = "passkey"    //
	ByApp        = "app"        // by a code sent to their address and one of their authenticator app
	ByRecovery   = "recovery"   // by a code sent to their address and a recovery code
	ByInvitation = "invitation" // by the link of an invitation: to make a passkey and for nothing else
	ByScheme     = "scheme"     // an identity scheme says so
	ByDemo       = "demo"       // by a click, in the demo
)

// invitedFor is how long whoever came by an invitation may take to make a passkey.
const invitedFor = 30 * time.Minute

// Arrival is how somebody arrives: what a session remembers of it.
type Arrival struct {
	Person string
	Method string
	Level  policy.Level
	Desk   bool   // the session carries the person's roles
	Device string // in plain words: "Firefox, Windows"
	Scheme string // whose word it is, for ByScheme
	// What the scheme calls the person and its own session, as it says when it ends it; both as SchemeKey gives them.
	Subject, SID []byte
	Proved       time.Time // when they showed who they are, where that was earlier; zero: now
}

func (a Arrival) proved(now time.Time) int64 {
	if a.Method == ByScheme && (a.Proved.IsZero() || a.Proved.Before(now)) {
		return store.Micros(a.Proved)
	}
	return store.Micros(now)
}

// StartSession signs a person in and returns the cookie's value.
func (p Sessions) StartSession(ctx context.Context, tx *store.Tx, a Arrival) (string, error) {
	token, err := p.Token()
	if err != nil {
		return "", err
	}
	life := SessionAbsolute
	if a.Method == ByInvitation {
		life = invitedFor
	}
	now := tx.Now()
	err = tx.Put(ctx, `INSERT INTO session (id, handle, person, method, level, desk, device, scheme, subject, sid, created, proved, seen, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $13)`,
		TokenHash(token), tx.NewID(), a.Person, a.Method, int64(a.Level), a.Desk, a.Device, a.Scheme, orNone(a.Subject), orNone(a.SID),
		store.Micros(now), a.proved(now), store.Micros(now.Add(life)))
	if err != nil {
		return "", fmt.Errorf("starting a session: %w", err)
	}
	if a.Desk {
		if err := tx.Put(ctx, `UPDATE person SET arrived = $2 WHERE id = $1`, a.Person, store.Micros(now)); err != nil {
			return "", fmt.Errorf("noting that somebody signed in: %w", err)
		}
	}
	return token, nil
}

func orNone(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// schemeKey is how what a scheme says is known here; empty for nothing.
func (p *People) schemeKey(scheme, says string) []byte {
	if says == "" {
		return []byte{}
	}
	return p.Vault.Blind("person.scheme", scheme+" "+says)
}

// Session is a signed-in person, whose grants are there only where the session carries them. Stale asks the caller to Touch it.
type Session struct {
	Person  Person
	Handle  string
	Method  string
	Level   policy.Level
	Desk    bool
	Scheme  string
	Device  string
	Created time.Time
	Proved  time.Time
	Seen    time.Time
	Stale   bool
	Acting  string // the mandate under which it acts for another; "" none
}

const sessionColumns = `person, handle, method, level, desk, scheme, device, created, proved, seen, expires, acting`

func (s *Session) scan(row store.Scanner) (expires time.Time, err error) {
	var level, created, proved, seen, ends int64
	err = row.Scan(&s.Person.ID, &s.Handle, &s.Method, &level, &s.Desk, &s.Scheme, &s.Device, &created, &proved, &seen, &ends, &s.Acting)
	s.Level, s.Created, s.Proved, s.Seen = policy.Level(level), store.Time(created), store.Time(proved), store.Time(seen)
	return store.Time(ends), err
}

// BySession finds who is signed in; store.ErrNotFound for an unknown or ended session.
func (p Sessions) BySession(ctx context.Context, tx *store.Tx, token string) (Session, error) {
	var s Session
	expires, err := s.scan(tx.QueryRow(ctx, `SELECT `+sessionColumns+` FROM session WHERE id = $1`, TokenHash(token)))
	if err != nil {
		return Session{}, fmt.Errorf("finding a session: %w", err)
	}
	now := tx.Now()
	if now.After(expires) || now.Sub(s.Seen) > SessionIdle {
		return Session{}, fmt.Errorf("session ended: %w", store.ErrNotFound)
	}
	s.Stale = now.Sub(s.Seen) > SessionIdle/20
	s.Person, err = p.Get(ctx, tx, s.Person.ID)
	if !s.Desk {
		s.Person.Grants = nil
	}
	return s, err
}

// Touch notes that a session is in use.
func (p Sessions) Touch(ctx context.Context, tx *store.Tx, token string) error {
	err := tx.Put(ctx, `UPDATE session SET seen = $2 WHERE id = $1`, TokenHash(token), store.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("noting a session's use: %w", err)
	}
	return nil
}

// EndSession signs out.
func (p Sessions) EndSession(ctx context.Context, tx *store.Tx, token string) error {
	if err := tx.Put(ctx, `DELETE FROM session WHERE id = $1`, TokenHash(token)); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// endAll ends everything that somebody has open.
func (p *People) endAll(ctx context.Context, tx *store.Tx, person string) error {
	if err := tx.Put(ctx, `DELETE FROM session WHERE person = $1`, person); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	return nil
}

// Sessions are what somebody has open.
type Sessions struct{ *People }

// Sessions is the way to them.
func (p *People) Sessions() Sessions { return Sessions{p} }

// Of lists them, the one last used first.
func (p Sessions) Of(ctx context.Context, tx *store.Tx, person string) ([]Session, error) {
	now := tx.Now()
	rows, err := tx.Query(ctx, `SELECT `+sessionColumns+` FROM session WHERE person = $1 AND expires >= $2 AND seen >= $3 ORDER BY seen DESC, handle`,
		person, store.Micros(now), store.Micros(now.Add(-SessionIdle)))
	all, err := store.Collect(rows, err, func(row store.Scanner) (s Session, err error) {
		_, err = s.scan(row)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return all, nil
}

// End ends one session of somebody, by its handle, and tells whether there was one.
func (p Sessions) End(ctx context.Context, tx *store.Tx, person, handle string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM session WHERE person = $1 AND handle = $2`, person, handle)
	if err != nil {
		return false, fmt.Errorf("ending a session: %w", err)
	}
	return n > 0, nil
}

// EndOthers ends all of somebody's sessions but one, and tells how many there were.
func (p Sessions) EndOthers(ctx context.Context, tx *store.Tx, person, but string) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM session WHERE person = $1 AND handle <> $2`, person, but)
	if err != nil {
		return 0, fmt.Errorf("ending sessions: %w", err)
	}
	return n, nil
}

// EndByScheme ends what a scheme began and says is over: one session of its own, or all of a person.
func (p Sessions) EndByScheme(ctx context.Context, tx *store.Tx, scheme, subject, sid string) (int64, error) {
	where, key := `subject = $2`, p.schemeKey(scheme, subject)
	if sid != "" {
		where, key = `sid = $2`, p.schemeKey(scheme, sid)
	}
	n, err := tx.Exec(ctx, `DELETE FROM session WHERE scheme = $1 AND `+where, scheme, key)
	if err != nil {
		return 0, fmt.Errorf("ending sessions of a scheme: %w", err)
	}
	return n, nil
}

// Prove notes that whoever is signed in has shown again who they are. The session gets a new token, since its rights have
// changed; the old one is worth nothing. It never lowers what the session was worth.
func (p Sessions) Prove(ctx context.Context, tx *store.Tx, old string, a Arrival) (token string, err error) {
	now, err := p.BySession(ctx, tx, old)
	if err != nil {
		return "", err
	}
	if now.Person.ID != a.Person {
		return "", errors.New("another person's proof")
	}
	if token, err = p.Token(); err != nil {
		return "", err
	}
	set, args := ``, []any{TokenHash(old), TokenHash(token), a.Method, int64(max(a.Level, now.Level)), a.Desk || now.Desk,
		max(a.proved(tx.Now()), store.Micros(now.Proved)), store.Micros(tx.Now())}
	if a.Scheme != "" {
		set = `, scheme = $8, subject = $9, sid = $10`
		args = append(args, a.Scheme, orNone(a.Subject), orNone(a.SID))
	}
	if now.Method == ByInvitation && a.Desk { // from here on it is a session like any other
		set += `, expires = ` + fmt.Sprint(store.Micros(tx.Now().Add(SessionAbsolute)))
	}
	if err := tx.Put(ctx, `UPDATE session SET id = $2, method = $3, level = $4, desk = $5, proved = $6, seen = $7`+set+` WHERE id = $1`, args...); err != nil {
		return "", fmt.Errorf("renewing a session: %w", err)
	}
	return token, nil
}

// Live counts the sessions that have not ended.
func Live(ctx context.Context, tx *store.Tx) (n int64, err error) {
	now := tx.Now()
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM session WHERE seen > $1 AND expires > $2`, store.Micros(now.Add(-SessionIdle)), store.Micros(now)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count sessions: %w", err)
	}
	return n, nil
}
