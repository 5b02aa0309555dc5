package transit_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"stoa/internal/vault"
	"stoa/internal/vault/transit"
)

// service speaks the transit engine's two calls, with a switch for each way of failing.
type service struct {
	*httptest.Server
	token  string
	fails  atomic.Pointer[string] // down, sealed, garbage, elsewhere, another
	called atomic.Int64
}

func (s *service) be(how string) { s.fails.Store(&how) }

func served(t *testing.T) *service {
	s := &service{token: "token-1"}
	s.be("")
	key := sha256.Sum256([]byte("a key that never leaves"))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, gcm.NonceSize())
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.called.Add(1)
		switch how := *s.fails.Load(); {
		case how == "sealed":
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case how == "garbage":
			_, _ = w.Write([]byte(`{"data":{}}`))
			return
		case how == "elsewhere":
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
			return
		case r.Header.Get("X-Vault-Token") != s.token:
			w.WriteHeader(http.StatusForbidden)
			return
		}
		var in struct{ Plaintext, Ciphertext string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Method != http.MethodPost {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		out := map[string]string{}
		switch r.URL.Path {
		case "/v1/transit/encrypt/stoa":
			plain, err := base64.StdEncoding.DecodeString(in.Plaintext)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			out["ciphertext"] = "vault:v1:" + base64.StdEncoding.EncodeToString(gcm.Seal(nil, nonce, plain, nil))
		case "/v1/transit/decrypt/stoa":
			raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(in.Ciphertext, "vault:v1:"))
			if err == nil {
				raw, err = gcm.Open(nil, nonce, raw, nil)
			}
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			if *s.fails.Load() == "another" {
				raw = append(raw, '\n')
			}
			out["plaintext"] = base64.StdEncoding.EncodeToString(raw)
		default:
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": out})
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *service) keeper(t *testing.T) *transit.Keeper {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(s.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return transit.New(transit.Config{URL: s.URL + "/v1/transit/", Key: "stoa", Token: file})
}

// TestTheKeyFileIsWrappedByAnother: what is sealed opens after a restart, also what was sealed before there was a keeper and
// after a rotation; the file alone says nothing; while people work the service is not asked.
func TestTheKeyFileIsWrappedByAnother(t *testing.T) {
	s := served(t)
	file := filepath.Join(t.TempDir(), "keys")
	open := func(k vault.Keeper) *vault.Vault {
		t.Helper()
		v, err := vault.Open(vault.Config{KeyFile: file, Keeper: k})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := open(nil).Blind("x", "y")
	keeper := s.keeper(t)
	v := open(keeper)
	if string(v.Blind("x", "y")) != string(before) {
		t.Error("the keys are others than before")
	}
	if err := v.Rotate(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(file); strings.Contains(string(text), "master 1") || !strings.Contains(string(text), "wrapped transit:stoa ") || info.Mode().Perm() != 0o600 {
		t.Errorf("the file says %q", text)
	}
	calls := s.called.Load()
	for range 100 {
		v.Blind("x", "z")
	}
	if s.called.Load() != calls {
		t.Error("the service is asked while people wait")
	}
	if string(open(keeper).Blind("x", "y")) != string(before) {
		t.Error("after a restart the keys are others")
	}
}

// TestAKeeperThatFails leaves the file as it was, and shows no key.
func TestAKeeperThatFails(t *testing.T) {
	s := served(t)
	file := filepath.Join(t.TempDir(), "keys")
	keeper := s.keeper(t)
	v, err := vault.Open(vault.Config{KeyFile: file, Keeper: keeper})
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, k vault.Keeper) {
		t.Helper()
		if _, err := vault.Open(vault.Config{KeyFile: file, Keeper: k}); err == nil || strings.Contains(err.Error(), "vault:v1") || strings.Contains(err.Error(), s.token) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, how := range []string{"sealed", "garbage", "elsewhere", "another"} {
		s.be(how)
		if err := v.Rotate(); err == nil {
			t.Errorf("%s: rotated", how)
		}
		if now, _ := os.ReadFile(file); string(now) != string(good) {
			t.Fatalf("%s: the file has changed", how)
		}
		if how != "another" {
			refused(how, keeper)
		}
	}
	s.be("")
	refused("nobody is named", nil)
	refused("another key is named", transit.New(transit.Config{URL: s.URL + "/v1/transit", Key: "other", Token: "none"}))
	s.token = "token-2"
	refused("the token has run out", keeper)
	s.token = "token-1"
	s.Close()
	refused("the service is down", keeper)
	if _, err := keeper.Wrap(context.Background(), []byte("x")); err == nil {
		t.Error("wrapped by nobody")
	}
}
