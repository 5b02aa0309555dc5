// Package reader owns how a log is reached from outside: over HTTP, or as a folder with the same files. It serves whoever
// checks a log, and so shares nothing with those who keep it but the forms in package proof, which also judges what
// arrives here.
package reader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stoa/internal/proof"
)

// most is the largest part of a log: a full bundle of the longest entries.
const most = proof.TileWidth * (proof.MaxLeaf + 2)

// IsURL tells an address from a path.
func IsURL(s string) bool { return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") }

// Log gives the parts of the log at an address or in a folder.
func Log(at string) proof.Fetch {
	if !IsURL(at) {
		return func(_ context.Context, path string) ([]byte, error) {
			return File(filepath.Join(at, filepath.FromSlash(path)))
		}
	}
	at = strings.TrimRight(at, "/")
	return func(ctx context.Context, path string) ([]byte, error) { return Get(ctx, at+"/"+path) }
}

// File reads a part of a log, or a proof, from a file.
func File(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	}
	defer f.Close()
	return whole(f, path)
}

func whole(r io.Reader, what string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s breaks off: %w", what, err)
	}
	if len(data) > most {
		return nil, fmt.Errorf("%s is larger than any part of a log or any proof", what)
	}
	return data, nil
}

func missing(what string, cause error) error {
	return &proof.Failure{Why: proof.ErrMissing, What: what + " is not there", Cause: cause,
		Means: "The copy is incomplete or the log is withholding it; try again, or another copy."}
}

var client = &http.Client{Timeout: 30 * time.Second}

// Get reads a part of a log, or a proof, from an address.
func Get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%s is no address: %w", address, err)
	}
	r.Header.Set("User-Agent", "stoa (public log reader)")
	answer, err := client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("%s does not answer; is the address right, and are you connected? (%w)", address, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone {
		return nil, missing(address, errors.New(answer.Status))
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s; try again later", address, answer.Status)
	}
	return whole(answer.Body, address)
}

// Post asks a witness at the address of its add-checkpoint prefix. A witness is read no further than a few lines.
func Post(ctx context.Context, prefix string, body []byte) (proof.Answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(prefix, "/")+"/add-checkpoint", bytes.NewReader(body))
	if err != nil {
		return proof.Answer{}, fmt.Errorf("%s is no address: %w", prefix, err)
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	answer, err := client.Do(r)
	if err != nil {
		return proof.Answer{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, proof.MaxAsk))
	return proof.Answer{Status: answer.StatusCode, Type: answer.Header.Get("Content-Type"), Body: text}, err
}

// Save writes a part of a log into a folder, so that it can be read as one.
func Save(dir, path string, data []byte) error {
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	return nil
}
