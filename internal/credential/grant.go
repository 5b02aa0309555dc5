package credential

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"stoa/internal/credential/envelope"
	"stoa/internal/store"
)

// Kinds of grants.
const (
	KindOffer = "offer" // made on the holder's page, for whoever has its code and the six digits
	KindCode  = "code"  // given to a wallet that the holder has let in
)

// Spans of grants.
const (
	offerLife = 10 * time.Minute
	codeLife  = time.Minute
	tokenLife = 10 * time.Minute
	MostTries = 5  // wrong digits, after which an offer is dead
	perHour   = 10 // offers of one record
	perToken  = 20 // credentials

	mostPushed = 10_000 // requests that wait: anybody may push one
)

// Grant lets a wallet fetch credentials of a record.
type Grant struct {
	ID, Kind, Organisation      string
	Record, Holder, Service     string
	Made, Expires               time.Time
	Used                        bool
	Tries                       int
	Client, Redirect, Challenge string
	Detailed                    bool
	Configs                     []string
}

// Open reports whether an offer can still be taken.
func (g *Grant) Open(now time.Time) bool {
	return !g.Used && g.Tries < MostTries && g.Expires.After(now)
}

// NewOffer stores an offer; a refusal where there were too many of the record.
func (s *Store) NewOffer(ctx context.Context, tx *store.Tx, g Grant) (string, error) {
	var n int64
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM credential_grant WHERE record_id = $1 AND made > $2 AND kind = $3`,
		g.Record, store.Micros(tx.Now().Add(-time.Hour)), KindOffer).Scan(&n)
	if err != nil {
		return "", fmt.Errorf("counting offers: %w", err)
	}
	if n >= perHour {
		return "", Refuse("too_many", "there were %d offers within an hour", n)
	}
	g.ID, g.Kind, g.Expires = tx.NewID(), KindOffer, tx.Now().Add(offerLife)
	return g.ID, s.putGrant(ctx, tx, g, hashOf(s.OfferCode(g.ID)))
}

// OfferCode is the pre-authorised code of an offer, and OfferDigits what has to be typed with it.
func (s *Store) OfferCode(id string) string { return s.derived("offer", id) }

// OfferDigits is the transaction code of an offer.
func (s *Store) OfferDigits(id string) string { return s.digits("offer.digits", id) }

// NewCode stores a code that a wallet may trade for a token.
func (s *Store) NewCode(ctx context.Context, tx *store.Tx, g Grant) (string, error) {
	word, hash, err := s.secret()
	if err != nil {
		return "", err
	}
	g.ID, g.Kind, g.Expires = tx.NewID(), KindCode, tx.Now().Add(codeLife)
	return word, s.putGrant(ctx, tx, g, hash)
}

func (s *Store) putGrant(ctx context.Context, tx *store.Tx, g Grant, hash []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO credential_grant (id, kind, organisation, hash, record_id, holder, service, made, expires, used, tries, client, redirect, challenge, detailed, configs)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, $12, $13, $14)`,
		g.ID, g.Kind, g.Organisation, hash, g.Record, g.Holder, g.Service, store.Micros(tx.Now()), store.Micros(g.Expires),
		g.Client, g.Redirect, g.Challenge, number(g.Detailed), strings.Join(g.Configs, " "))
	if err != nil {
		return fmt.Errorf("storing an offer to a wallet: %w", err)
	}
	return nil
}

func number(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const grantColumns = `id, kind, organisation, record_id, holder, service, made, expires, used, tries, client, redirect, challenge, detailed, configs`

func (s *Store) oneGrant(ctx context.Context, tx *store.Tx, where string, arg any) (*Grant, error) {
	var g Grant
	var made, expires, used, detailed int64
	var configs string
	err := tx.QueryRow(ctx, `SELECT `+grantColumns+` FROM credential_grant WHERE `+where+tx.Lock(), arg).Scan(&g.ID, &g.Kind, &g.Organisation,
		&g.Record, &g.Holder, &g.Service, &made, &expires, &used, &g.Tries, &g.Client, &g.Redirect, &g.Challenge, &detailed, &configs)
	if err != nil {
		return nil, fmt.Errorf("reading an offer to a wallet: %w", err)
	}
	g.Made, g.Expires, g.Used, g.Detailed, g.Configs = store.Time(made), store.Time(expires), used != 0, detailed != 0, strings.Fields(configs)
	return &g, nil
}

// Offer reads an offer by its id.
func (s *Store) Offer(ctx context.Context, tx *store.Tx, id string) (*Grant, error) {
	return s.oneGrant(ctx, tx, `id = $1`, id)
}

// ByCode reads a grant by its code; store.ErrNotFound if there is none.
func (s *Store) ByCode(ctx context.Context, tx *store.Tx, code string) (*Grant, error) {
	return s.oneGrant(ctx, tx, `hash = $1`, hashOf(code))
}

// Wrong counts a wrong try.
func (s *Store) Wrong(ctx context.Context, tx *store.Tx, g *Grant) error {
	_, err := tx.Exec(ctx, `UPDATE credential_grant SET tries = tries + 1 WHERE id = $1`, g.ID)
	if err != nil {
		return fmt.Errorf("counting a try: %w", err)
	}
	return nil
}

// Use trades a grant for a token. A grant that was traded before ends the token that it was traded for: somebody else has
// the code.
func (s *Store) Use(ctx context.Context, tx *store.Tx, g *Grant) (token string, err error) {
	n, err := tx.Exec(ctx, `UPDATE credential_grant SET used = $2 WHERE id = $1 AND used = 0`, g.ID, store.Micros(tx.Now()))
	if err != nil {
		return "", fmt.Errorf("using an offer: %w", err)
	}
	if n == 0 {
		return "", Refuse("invalid_grant", "the code was used before")
	}
	word, hash, err := s.secret()
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `INSERT INTO credential_token (hash, grant_id, record_id, holder, service, client, configs, detailed, expires, remains)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, hash, g.ID, g.Record, g.Holder, g.Service, g.Client, strings.Join(g.Configs, " "),
		number(g.Detailed), store.Micros(tx.Now().Add(tokenLife)), perToken)
	if err != nil {
		return "", fmt.Errorf("storing a token: %w", err)
	}
	return word, nil
}

// EndTokens ends what a code was traded for.
func (s *Store) EndTokens(ctx context.Context, tx *store.Tx, g *Grant) error {
	if _, err := tx.Exec(ctx, `DELETE FROM credential_token WHERE grant_id = $1`, g.ID); err != nil {
		return fmt.Errorf("ending a token: %w", err)
	}
	return nil
}

// TokenLife is how many seconds a token is good for.
func TokenLife() int { return int(tokenLife.Seconds()) }

// Token is what a wallet fetches with.
type Token struct {
	Record, Holder, Service, Client string
	Configs                         []string
	Detailed                        bool
}

// TakeToken reads a token that is good, and takes n credentials off it. A refusal where it is not good, or not for so many.
func (s *Store) TakeToken(ctx context.Context, tx *store.Tx, word string, n int) (*Token, error) {
	var t Token
	var expires, remains, detailed int64
	var configs string
	err := tx.QueryRow(ctx, `SELECT record_id, holder, service, client, configs, detailed, expires, remains FROM credential_token WHERE hash = $1`+tx.Lock(), hashOf(word)).
		Scan(&t.Record, &t.Holder, &t.Service, &t.Client, &configs, &detailed, &expires, &remains)
	if missing(err) || err == nil && !store.Time(expires).After(tx.Now()) {
		return nil, Refuse("invalid_token", "the access token is not known, or too old")
	}
	if err != nil {
		return nil, fmt.Errorf("reading a token: %w", err)
	}
	if remains < int64(n) {
		return nil, Refuse("credential_request_denied", "so many credentials were not granted: begin anew")
	}
	if n > 0 {
		if _, err := tx.Exec(ctx, `UPDATE credential_token SET remains = remains - $2 WHERE hash = $1`, hashOf(word), n); err != nil {
			return nil, fmt.Errorf("using a token: %w", err)
		}
	}
	t.Configs, t.Detailed = strings.Fields(configs), detailed != 0
	return &t, nil
}

// Push stores an authorisation request, and gives the name by which the wallet refers to it, once.
func (s *Store) Push(ctx context.Context, tx *store.Tx, request string) (string, error) {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM credential_pushed WHERE expires > $1`, store.Micros(tx.Now())).Scan(&n); err != nil {
		return "", fmt.Errorf("counting wallets' requests: %w", err)
	}
	if n >= mostPushed {
		return "", Refuse("temporarily_unavailable", "too many requests wait: send it with the holder's browser instead")
	}
	word, hash, err := s.secret()
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(ctx, `INSERT INTO credential_pushed (hash, request, expires) VALUES ($1, $2, $3)`, hash, request, store.Micros(tx.Now().Add(offerLife)))
	if err != nil {
		return "", fmt.Errorf("storing a wallet's request: %w", err)
	}
	return pushedPrefix + word, nil
}

const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// Pushed reads an authorisation request that was pushed.
func (s *Store) Pushed(ctx context.Context, tx *store.Tx, uri string) (request string, err error) {
	var expires int64
	word, ok := strings.CutPrefix(uri, pushedPrefix)
	if !ok {
		return "", store.ErrNotFound
	}
	err = tx.QueryRow(ctx, `SELECT request, expires FROM credential_pushed WHERE hash = $1`, hashOf(word)).Scan(&request, &expires)
	if err == nil && !store.Time(expires).After(tx.Now()) {
		err = store.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("reading a wallet's request: %w", err)
	}
	return request, nil
}

// Challenged reports whether a verifier is that of a PKCE challenge (S256).
func Challenged(verifier, challenge string) bool {
	if len(verifier) < 43 || len(verifier) > 128 {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(envelope.Encoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}
