package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// mailServer is a real one on the loopback, with STARTTLS; mails come out of the channel.
func mailServer(t *testing.T) (port int, rootsFile string, mails <-chan string) {
	t.Helper()
	cert, rootsFile := certificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived := make(chan string, 10)
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailSession(arrived), nil }))
	srv.Domain, srv.TLSConfig = "mail.example", &tls.Config{Certificates: []tls.Certificate{cert}}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(listener) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return listener.Addr().(*net.TCPAddr).Port, rootsFile, arrived
}

type mailSession chan string

func (mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (mailSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (mailSession) Reset()                               {}
func (mailSession) Logout() error                        { return nil }

func (s mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s <- string(raw)
	return err
}

// certificate makes one for 127.0.0.1, and a file by which programs trust it (SSL_CERT_FILE).
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// browser keeps cookies and does not follow redirects.
type browser struct {
	t       *testing.T
	site    string
	cookies map[string]string
}

func (b *browser) send(method, path string, form url.Values) (status int, location, body string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.site+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range answer.Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(raw)
}

// TestServe runs the program as an operator does: a folder of their own, an officer made on the command
// line, sign-in by a code that a real mail server receives, and an end by SIGTERM.
func TestServe(t *testing.T) {
	dir, data := newTown(t), t.TempDir()
	port, roots, mails := mailServer(t)
	addr := freePort(t)
	env := []string{"SSL_CERT_FILE=" + roots, "STOA_DATA=" + data, "STOA_JURISDICTION=" + dir, "STOA_ADDR=" + addr, "STOA_URL=http://" + addr,
		"STOA_MAIL_HOST=127.0.0.1", "STOA_MAIL_PORT=" + strconv.Itoa(port), "STOA_MAIL_FROM=services@town.example", "STOA_MAIL_NAME=My Town"}
	out, err := process(t.Context(), env, "serve", "--check").Output()
	if err != nil || string(out) != "the settings are complete\n" {
		t.Fatalf("check: %q, %v", out, err)
	}
	serve := process(t.Context(), env, "serve")
	serve.Stderr = nil
	log, err := serve.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(log)
	if !until(said, "msg=serving") {
		err := serve.Wait()
		t.Fatalf("it ended before it served: %v", err) // without the style sheets (make assets) it refuses to
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		until(said, "")
	}()

	b := &browser{t, "http://" + addr, map[string]string{}}
	if status, _, body := b.send("GET", "/readyz", nil); status != http.StatusOK {
		t.Errorf("/readyz: %d, %s", status, body)
	}
	if status, _, body := b.send("GET", "/", nil); status != http.StatusOK || !strings.Contains(body, "My Town") {
		t.Errorf("the first page: %d", status)
	}
	if status, _, _ := b.send("GET", "/demo", nil); status != http.StatusNotFound {
		t.Errorf("/demo: %d", status)
	}
	organisation := organisationOf(t, dir)
	out, err = process(t.Context(), env, "staff", "--name", "Olu Officer", "--email", "olu@town.example", "--role", "officer", "--organisation", organisation).Output()
	if err != nil {
		t.Fatalf("making an officer beside the running server: %q, %v", out, err)
	}
	status, enter, body := b.send("POST", "/sign-in", url.Values{"email": {"olu@town.example"}})
	if status != http.StatusSeeOther || !strings.HasPrefix(enter, "/sign-in/") {
		t.Fatalf("asking for a code: %d, %q, %s", status, enter, body)
	}
	if status, _, _ := b.send("GET", "/desk", nil); status == http.StatusOK {
		t.Error("the desk opens for nobody")
	}
	mail := <-mails
	if strings.Contains(mail, "/invitation/") {
		mail = <-mails
	}
	if status, _, _ := b.send("POST", enter, url.Values{"code": {codeIn(t, mail)}}); status != http.StatusSeeOther {
		t.Fatalf("entering the code: %d", status)
	}
	if status, _, _ := b.send("GET", "/desk", nil); status == http.StatusOK {
		t.Error("whoever reads an officer's mail gets to the desk")
	}
	invited := regexp.MustCompile(`/invitation/\S+`).FindString(string(out))
	if status, _, body := b.send("GET", invited, nil); status != http.StatusOK || !strings.Contains(body, "passkey") {
		t.Errorf("the invitation %q: %d, %s", invited, status, body)
	}

	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-drained
	if err := serve.Wait(); err != nil || serve.ProcessState.ExitCode() != 0 {
		t.Errorf("ended with %v, %s", err, serve.ProcessState)
	}
}

// until reads lines until one holds the text; false at the end.
func until(s *bufio.Scanner, text string) bool {
	for s.Scan() {
		if text != "" && strings.Contains(s.Text(), text) {
			return true
		}
	}
	return false
}

func freePort(t *testing.T) string {
	t.Helper()
	addr, err := freeAddr("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

// organisationOf is the first organisation of a new folder.
func organisationOf(t *testing.T, dir string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "jurisdiction.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(raw), "organisations:")
	found := regexp.MustCompile(`id: ([a-z-]+)`).FindStringSubmatch(after)
	if found == nil {
		t.Fatalf("no organisation in %s", raw)
	}
	return found[1]
}

// codeIn finds the code in a mail.
func codeIn(t *testing.T, mail string) string {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	if to := m.Header.Get("To"); !strings.Contains(to, "olu@town.example") || m.Header.Get("Subject") != "Your sign-in code" {
		t.Errorf("to %q: %q", to, m.Header.Get("Subject"))
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	code := regexp.MustCompile(`\b[0-9]{6}\b`).FindString(string(body))
	if code == "" {
		t.Fatalf("no code in %q", body)
	}
	return code
}

// TestServeRefusesABrokenFolder with the list that check gives.
func TestServeRefusesABrokenFolder(t *testing.T) {
	dir := newTown(t)
	path := filepath.Join(dir, "services", "skip-permit.yaml")
	if err := os.WriteFile(path, []byte("service: skip-permit\ncolour: blue\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := call(t, "serve", "--config", settingsFile(t), "--jurisdiction", dir, "--data", t.TempDir(), "--url", "http://127.0.0.1:1")
	if code != exitNo || !strings.Contains(errs, path+":2:1: ") || !strings.Contains(errs, "problems; stoa check lists them too") {
		t.Errorf("exit %d, %q", code, errs)
	}
}

func settingsFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stoa.yaml")
	if err := os.WriteFile(file, []byte("mail: {host: 127.0.0.1, from: services@town.example}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
