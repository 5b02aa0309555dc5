package stripe_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"stoa/internal/pay"
	"stoa/internal/provider/stripe"
)

// mockVersion of github.com/stripe/stripe-mock carries the OpenAPI document of stripe.Version.
const mockVersion = "v0.197.0"

// buildMock gives Stripe's own mock server as a program, built once for this machine, in a module of its
// own: it is no dependency of the product.
func buildMock(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, "stoa-test", "stripe-mock-"+mockVersion)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(filepath.Dir(program), "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module scratch\n\ngo 1.26\n"), 0o600); err != nil {
		return "", err
	}
	for _, args := range [][]string{{"get", "github.com/stripe/stripe-mock@" + mockVersion}, {"build", "-o", "mock", "github.com/stripe/stripe-mock"}} {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go %s: %w: %s", args[0], err, bytes.TrimSpace(out))
		}
	}
	return program, os.Rename(filepath.Join(dir, "mock"), program) // whole, or not there
}

// startMock runs the mock server on a free port until the test ends, and gives its address.
func startMock(t *testing.T, program string) string {
	t.Helper()
	cmd := exec.Command(program, "-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0", "-strict-version-check")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, as intended
	})
	listening := regexp.MustCompile(`HTTP at address: (127\.0\.0\.1:\d+)`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }() // it writes on, and would wait for a reader
			return "http://" + m[1]
		}
	}
	t.Fatal("stripe-mock ended without listening")
	return ""
}

// TestStripeMock sends every call to Stripe's own mock server, which holds it to the published OpenAPI
// document and to the version that we name. Without it, contract_test.go holds the calls to what was
// written down from the same document.
func TestStripeMock(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	base := ""
	if program, err := buildMock(ctx); err == nil {
		base = startMock(t, program)
	} else {
		t.Logf("stripe-mock is not to be had here (%v): the calls are held to the contract written down by hand instead", err)
		o := newOffice(t)
		o.says("POST /v1/checkout/sessions", ok(`{"id":"cs_1","url":"https://checkout.stripe.com/c/pay/cs_1"}`))
		o.says("GET /v1/checkout/sessions/{id}", ok(`{"id":"cs_1","payment_status":"unpaid"}`))
		o.says("POST /v1/refunds", ok(`{"id":"re_1","status":"succeeded","amount":600,"currency":"gbp"}`))
		base = o.URL
	}
	c := stripe.New(stripe.Config{SecretKey: secretKey, BaseURL: base})
	page, err := c.Start(t.Context(), order())
	if err != nil || !strings.HasPrefix(page.Ref, "cs_") || !strings.HasPrefix(page.URL, "https://checkout.stripe.com/") {
		t.Errorf("%+v %v", page, err)
	}
	if _, err := c.Ask(t.Context(), "cs_1"); err != nil {
		t.Error(err)
	}
	if r, err := c.Refund(t.Context(), refundOrder()); err != nil || r.Kind != pay.Refunded || r.Amount.Minor != 600 {
		t.Errorf("%+v %v", r, err)
	}
}
