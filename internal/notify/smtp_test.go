package notify_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"stoa/internal/notify"
)

const (
	mailUser     = "stoa"
	mailPassword = "correct horse battery staple"
)

// taken is a mail as the server took it.
type taken struct {
	from, to string
	data     []byte
	tls      bool
}

// server is a real mail server on the loopback. It wants STARTTLS and a password.
type server struct {
	addr  *net.TCPAddr
	roots *tls.Config

	mu     sync.Mutex
	taken  []taken
	asked  int                                  // deliveries begun
	answer func(n int, to string, at int) error // refuses the n-th delivery; nil: takes all
}

// Where a delivery can be refused.
const (
	atRcpt = iota
	atData
)

func startServer(t *testing.T) *server {
	t.Helper()
	cert, roots := certificate(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{addr: listener.Addr().(*net.TCPAddr), roots: roots}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
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
	return s
}

// certificate makes one of its own for 127.0.0.1, with the roots that trust it.
func certificate(t *testing.T) (tls.Certificate, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

// sender sends through the server, with the right password.
func (s *server) sender() *notify.Mail {
	return &notify.Mail{Host: "127.0.0.1", Port: s.addr.Port, User: mailUser, Password: mailPassword,
		From: "services@greenvale.example", FromName: "Greenvale", Site: "https://services.greenvale.example", Roots: s.roots}
}

func (s *server) all() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.taken...)
}

// session is one connection.
type session struct {
	*server
	conn *smtp.Conn
	in   bool
	mail taken
	n    int
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != mailUser || password != mailPassword {
			return smtp.ErrAuthFailed
		}
		s.in = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	_, secure := s.conn.TLSConnectionState()
	s.mail = taken{from: from, tls: secure}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.n = s.asked
	return nil
}

func (s *session) refuse(at int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer == nil {
		return nil
	}
	return s.answer(s.n, s.mail.to, at)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return s.refuse(atRcpt)
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.refuse(atData); err != nil {
		return err
	}
	s.mail.data = data
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = append(s.taken, s.mail)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
