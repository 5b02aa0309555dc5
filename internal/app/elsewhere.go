package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"stoa/internal/elsewhere"
)

// ElsewhereConfig is how registers of others are asked, and how others ask ours.
type ElsewhereConfig struct {
	Inside      string `yaml:"inside"`      // ADDRESS:PORT, … of registers inside our own network; others must be public
	Secrets     string `yaml:"secrets"`     // file: one line ID: SECRET for each register of elsewhere/ whose http: names a header
	XRoad       string `yaml:"xroad"`       // our X-Road security server: https://…
	Certificate string `yaml:"certificate"` // file, PEM: shown to it
	Key         string `yaml:"key"`         // file, PEM
	Roots       string `yaml:"roots"`       // file, PEM: whom to trust besides those whom the system trusts
	Proof       Secret `yaml:"proof"`       // of the head Stoa-Peer, which lets our security server read; empty: nobody reads
}

// others wires what asking registers of others needs.
func (a *App) others() error {
	c := a.Config.Elsewhere
	config := elsewhere.Config{Security: strings.TrimSuffix(c.XRoad, "/"), Now: a.Clock.Now, ID: messageID, Wait: wait, Log: a.Log}
	for _, at := range strings.Split(c.Inside, ",") {
		if at = strings.TrimSpace(at); at != "" {
			config.Inside = append(config.Inside, at)
		}
	}
	secrets := map[string]string{}
	if c.Secrets != "" {
		raw, err := os.ReadFile(c.Secrets)
		if err == nil {
			err = yaml.Unmarshal(raw, &secrets)
		}
		if err != nil {
			return fmt.Errorf("reading the secrets of registers of others (elsewhere.secrets): %w", err)
		}
	}
	config.Secrets = func(id string) string { return secrets[id] }
	trust, err := c.trust()
	if err != nil {
		return err
	}
	config.TLS, config.Client = trust, &http.Transport{TLSClientConfig: trust, TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	a.Flow.Elsewhere = elsewhere.New(config)
	return nil
}

// trust is whom we trust, and what we show.
func (c ElsewhereConfig) trust() (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.Roots != "" {
		raw, err := os.ReadFile(c.Roots)
		if err != nil {
			return nil, fmt.Errorf("reading elsewhere.roots: %w", err)
		}
		if t.RootCAs, err = x509.SystemCertPool(); err != nil {
			t.RootCAs = x509.NewCertPool()
		}
		if !t.RootCAs.AppendCertsFromPEM(raw) {
			return nil, errors.New("elsewhere.roots holds no certificate")
		}
	}
	if c.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
		if err != nil {
			return nil, fmt.Errorf("reading elsewhere.certificate and elsewhere.key: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}

// messageID is a random UUID (RFC 9562, version 4).
func messageID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// wait lets a while pass.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
