package dataset

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"stoa/internal/store"
	"stoa/internal/vault"
)

// How a subscriber is told.
const (
	ByMail    = "mail"
	ByWebhook = "webhook"
)

// Subscription is somebody's wish to be told of new versions.
type Subscription struct {
	ID       string
	Dataset  string // "" for all
	Kind     string // ByMail, ByWebhook
	Person   string
	Subject  string
	Language string
	Created  time.Time
	Tried    time.Time // when the webhook was last called; zero: never
	Failures int64     // in a row
	Problem  string    // of the last call
	Hook
}

// Hook is where a webhook is called, and the secret that signs what is sent there. It is sealed.
type Hook struct {
	URL    string `json:"url,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// MostFailures is after how many calls in a row that failed a webhook is not called any more.
const MostFailures = 50

// Subscriptions is the way to who is told.
type Subscriptions struct{ Vault *vault.Vault }

// Add stores a subscription; fresh is false where the person has the same one already.
func (s *Subscriptions) Add(ctx context.Context, tx *store.Tx, sub *Subscription) (fresh bool, err error) {
	sub.ID, sub.Created = tx.NewID(), tx.Now()
	plain, err := json.Marshal(sub.Hook)
	if err != nil {
		return false, fmt.Errorf("writing a webhook: %w", err)
	}
	sealed, err := s.Vault.Seal(ctx, tx, sub.Subject, "dataset subscription "+sub.ID, plain)
	if err != nil {
		return false, fmt.Errorf("sealing a webhook: %w", err)
	}
	endpoint := ""
	if sub.Kind == ByWebhook {
		endpoint = hex.EncodeToString(s.Vault.Blind("dataset.webhook", sub.URL))
	}
	n, err := tx.Exec(ctx, `INSERT INTO dataset_subscription (id, dataset, kind, person, subject, language, endpoint, created, tried, failures, problem, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, '', $9) ON CONFLICT (dataset, kind, person, endpoint) DO NOTHING`,
		sub.ID, sub.Dataset, sub.Kind, sub.Person, sub.Subject, sub.Language, endpoint, store.Micros(sub.Created), sealed)
	if err != nil {
		return false, fmt.Errorf("storing a subscription: %w", err)
	}
	return n == 1, nil
}

const subscriptionColumns = `id, dataset, kind, person, subject, language, created, tried, failures, problem, sealed`

// Get reads a subscription; store.ErrNotFound if there is none.
func (s *Subscriptions) Get(ctx context.Context, tx *store.Tx, id string) (*Subscription, error) {
	sub, sealed, err := scanSubscription(tx.QueryRow(ctx, `SELECT `+subscriptionColumns+` FROM dataset_subscription WHERE id = $1`, id))
	if err != nil {
		return nil, fmt.Errorf("reading a subscription: %w", err)
	}
	return sub, s.open(ctx, tx, sub, sealed)
}

// Of lists a person's subscriptions, the newest first.
func (s *Subscriptions) Of(ctx context.Context, tx *store.Tx, person string) ([]*Subscription, error) {
	return s.list(ctx, tx, `person = $1 ORDER BY created DESC, id DESC`, person)
}

// To lists up to limit of those who are to be told of a dataset, by id after a place: each once. Webhooks that failed too
// often are left out.
func (s *Subscriptions) To(ctx context.Context, tx *store.Tx, dataset, after string, limit int) ([]*Subscription, error) {
	return s.list(ctx, tx, `(dataset = $1 OR dataset = '' AND NOT EXISTS (SELECT 1 FROM dataset_subscription one
		WHERE one.dataset = $1 AND one.kind = dataset_subscription.kind AND one.person = dataset_subscription.person AND one.endpoint = dataset_subscription.endpoint))
		AND id > $2 AND failures < $3 ORDER BY id LIMIT $4`, dataset, after, MostFailures, limit)
}

// Remove ends a subscription. It may be gone already.
func (s *Subscriptions) Remove(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM dataset_subscription WHERE id = $1`, id); err != nil {
		return fmt.Errorf("ending a subscription: %w", err)
	}
	return nil
}

// Called notes how calling a webhook went: "" for well.
func (s *Subscriptions) Called(ctx context.Context, tx *store.Tx, id, problem string) error {
	_, err := tx.Exec(ctx, `UPDATE dataset_subscription SET tried = $2, problem = $3, failures = CASE WHEN $3 = '' THEN 0 ELSE failures + 1 END WHERE id = $1`,
		id, store.Micros(tx.Now()), problem)
	if err != nil {
		return fmt.Errorf("noting a call of a webhook: %w", err)
	}
	return nil
}

// Pass is what a link in a message carries, so that whoever has the message can end the subscription without signing in.
func (s *Subscriptions) Pass(id string) string {
	return hex.EncodeToString(s.Vault.Blind("dataset.unsubscribe", id)[:16])
}

func (s *Subscriptions) list(ctx context.Context, tx *store.Tx, where string, args ...any) ([]*Subscription, error) {
	rows, err := tx.Query(ctx, `SELECT `+subscriptionColumns+` FROM dataset_subscription WHERE `+where, args...)
	type found struct {
		sub    *Subscription
		sealed []byte
	}
	list, err := store.Collect(rows, err, func(row store.Scanner) (f found, err error) {
		f.sub, f.sealed, err = scanSubscription(row)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing subscriptions: %w", err)
	}
	var all []*Subscription
	for _, f := range list {
		if f.sub.Kind == ByWebhook {
			err := s.open(ctx, tx, f.sub, f.sealed)
			if errors.Is(err, vault.ErrErased) {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		all = append(all, f.sub)
	}
	return all, nil
}

func (s *Subscriptions) open(ctx context.Context, tx *store.Tx, sub *Subscription, sealed []byte) error {
	plain, err := s.Vault.Open(ctx, tx, sub.Subject, "dataset subscription "+sub.ID, sealed)
	if err != nil {
		return fmt.Errorf("opening a webhook: %w", err)
	}
	if err := json.Unmarshal(plain, &sub.Hook); err != nil {
		return fmt.Errorf("reading a webhook: %w", err)
	}
	return nil
}

func scanSubscription(row store.Scanner) (*Subscription, []byte, error) {
	var s Subscription
	var created, tried int64
	var sealed []byte
	err := row.Scan(&s.ID, &s.Dataset, &s.Kind, &s.Person, &s.Subject, &s.Language, &created, &tried, &s.Failures, &s.Problem, &sealed)
	s.Created = store.Time(created)
	if tried != 0 {
		s.Tried = store.Time(tried)
	}
	return &s, sealed, err
}
