// Package transit keeps the master keys' own key outside: a key management service with the HTTP interface of the transit
// engine of OpenBao and HashiCorp Vault, by which many services are reached. It owns the two calls and their bounds.
//
// It stops at bytes. The key by which it wraps never leaves the service, which can refuse, count and rotate it.
package transit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Config says which key of which service.
type Config struct {
	URL   string // of the engine: https://bao.example:8200/v1/transit
	Key   string // its name there
	Token string // file with the token, read for each call, since agents renew it
}

const (
	callTime = 10 * time.Second
	mostBody = 1 << 20
)

// Keeper is a key that is kept there.
type Keeper struct {
	cfg    Config
	client *http.Client
}

// New makes one; nothing is called yet.
func New(c Config) *Keeper {
	return &Keeper{cfg: c, client: &http.Client{Timeout: callTime, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("a key management service leads elsewhere") // the token must not follow
	}}}
}

// Name stands in the key file, so that a wrong setting is noticed before the service is asked.
func (k *Keeper) Name() string { return "transit:" + k.cfg.Key }

// Wrap encrypts there.
func (k *Keeper) Wrap(ctx context.Context, plain []byte) ([]byte, error) {
	said, err := k.call(ctx, "encrypt", map[string]string{"plaintext": base64.StdEncoding.EncodeToString(plain)})
	if err == nil && said.Ciphertext == "" {
		err = errors.New("it answered without a ciphertext")
	}
	return []byte(said.Ciphertext), err
}

// Unwrap decrypts there.
func (k *Keeper) Unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	said, err := k.call(ctx, "decrypt", map[string]string{"ciphertext": string(wrapped)})
	if err != nil {
		return nil, err
	}
	plain, err := base64.StdEncoding.DecodeString(said.Plaintext)
	if err != nil || len(plain) == 0 {
		return nil, errors.New("it answered without a plaintext") // the error could hold part of it
	}
	return plain, nil
}

type answer struct {
	Ciphertext string `json:"ciphertext"`
	Plaintext  string `json:"plaintext"`
}

func (k *Keeper) call(ctx context.Context, what string, body map[string]string) (said answer, err error) {
	token, err := os.ReadFile(k.cfg.Token)
	if err != nil {
		return said, fmt.Errorf("reading the token for %s: %w", k.Name(), err)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return said, fmt.Errorf("asking %s: %w", k.Name(), err)
	}
	to := strings.TrimSuffix(k.cfg.URL, "/") + "/" + what + "/" + url.PathEscape(k.cfg.Key)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(raw))
	if err != nil {
		return said, fmt.Errorf("asking %s: %w", k.Name(), err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Vault-Token", strings.TrimSpace(string(token)))
	w, err := k.client.Do(r)
	if err != nil {
		return said, fmt.Errorf("asking %s: %w", k.Name(), err)
	}
	defer w.Body.Close()
	if w.StatusCode != http.StatusOK {
		return said, fmt.Errorf("%s answers %s to %s", k.Name(), w.Status, what)
	}
	var whole struct {
		Data answer `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(w.Body, mostBody)).Decode(&whole); err != nil {
		return said, fmt.Errorf("reading what %s answers to %s", k.Name(), what) // nothing of the answer is repeated
	}
	return whole.Data, nil
}
