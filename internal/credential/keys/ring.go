package keys

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
	"time"

	"stoa/internal/credential/envelope"
)

// Kinds of lines in the file.
const (
	root   = "root"   // vouches for the others
	sign   = "sign"   // signs credentials
	listed = "listed" // has signed
	ask    = "ask"    // signs questions to wallets
)

// ring is the key file.
type ring struct{ all []member }

type member struct {
	kind string
	key  *ecdsa.PrivateKey // nil for listed
	cert *x509.Certificate
}

const head = `# The keys that sign the credentials of wallets. Whoever has a line that begins with "root" or "sign" can make
# credentials in this office's name. Keep copies in two safe places. Lines that begin with "listed" are of keys that have
# signed and still verify; do not take them out.
`

func (r *ring) text() []byte {
	b := []byte(head)
	for _, m := range r.all {
		secret := "-"
		if m.key != nil {
			if der, err := x509.MarshalPKCS8PrivateKey(m.key); err == nil { // every P-256 key can be written
				secret = base64.StdEncoding.EncodeToString(der)
			}
		}
		b = fmt.Appendf(b, "%s %s %s\n", m.kind, secret, base64.StdEncoding.EncodeToString(m.cert.Raw))
	}
	return b
}

func parse(text string) (*ring, error) {
	r, n := &ring{}, 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		m, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		r.all = append(r.all, m)
	}
	for _, kind := range []string{root, sign, ask} {
		if r.of(kind).key == nil {
			return nil, fmt.Errorf("it has no line that begins with %q", kind)
		}
	}
	return r, nil
}

func parseLine(line string) (m member, err error) {
	fields := strings.Fields(line)
	if len(fields) != 3 || !slices.Contains([]string{root, sign, listed, ask}, fields[0]) {
		return m, errors.New("want root, sign, listed or ask, a key and a certificate")
	}
	der, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil {
		return m, errors.New("the certificate cannot be read")
	}
	if m.cert, err = x509.ParseCertificate(der); err != nil {
		return m, errors.New("the certificate cannot be read")
	}
	pub, ok := m.cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return m, errors.New("the certificate is for a key of another kind")
	}
	m.kind = fields[0]
	if m.kind == listed {
		return m, nil
	}
	secret, err := base64.StdEncoding.DecodeString(fields[1])
	if err != nil {
		return m, errors.New("the key cannot be read")
	}
	k, err := x509.ParsePKCS8PrivateKey(secret)
	if err != nil {
		return m, errors.New("the key cannot be read")
	}
	if m.key, ok = k.(*ecdsa.PrivateKey); !ok || !m.key.PublicKey.Equal(pub) {
		return m, errors.New("the key is another than that of its certificate")
	}
	return m, nil
}

// of is the newest of a kind.
func (r *ring) of(kind string) member {
	for _, m := range slices.Backward(r.all) {
		if m.kind == kind {
			return m
		}
	}
	return member{}
}

func (r *ring) signer() (envelope.Signer, error) { return r.of(sign).signer() }

func (m member) signer() (envelope.Signer, error) {
	id, err := envelope.Thumbprint(&m.key.PublicKey)
	return envelope.Signer{ID: id, Key: m.key, Chain: [][]byte{m.cert.Raw}}, err
}

func newRing(cfg Config, now time.Time) (*ring, error) {
	r := &ring{}
	for _, kind := range []string{root, sign, ask} {
		m, err := r.issue(kind, cfg, now)
		if err != nil {
			return nil, err
		}
		r.all = append(r.all, m)
	}
	return r, nil
}

// Uses that ISO/IEC 18013-5 gives to keys.
var (
	usesDocuments = asn1.ObjectIdentifier{1, 0, 18013, 5, 1, 2}
	usesReaders   = asn1.ObjectIdentifier{1, 0, 18013, 5, 1, 6}
)

// issue makes a key with its certificate, by the root or, for the root, by itself.
func (r *ring) issue(kind string, cfg Config, now time.Time) (member, error) {
	key, err := newKey()
	if err != nil {
		return member{}, fmt.Errorf("making a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return member{}, fmt.Errorf("making a key: %w", err)
	}
	site, err := url.Parse(cfg.URL)
	if err != nil {
		return member{}, fmt.Errorf("making a key: %w", err)
	}
	begin := now.UTC().Truncate(time.Second)
	t := &x509.Certificate{
		SerialNumber: serial, NotBefore: begin, NotAfter: begin.Add(signerOf), KeyUsage: x509.KeyUsageDigitalSignature,
		Subject:               pkix.Name{CommonName: cfg.Name, Country: []string{cfg.Country}},
		URIs:                  []*url.URL{{Scheme: site.Scheme, Host: site.Host}},
		BasicConstraintsValid: true,
	}
	parent, by := t, key
	switch kind {
	case root:
		t.IsCA, t.MaxPathLenZero, t.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
		t.NotAfter, t.Subject.CommonName = begin.Add(rootOf), cfg.Name+" root"
	case ask:
		t.UnknownExtKeyUsage, t.DNSNames = []asn1.ObjectIdentifier{usesReaders}, []string{site.Hostname()}
		t.NotAfter = begin.Add(rootOf) // nothing that it signs lasts
	default:
		t.UnknownExtKeyUsage = []asn1.ObjectIdentifier{usesDocuments}
	}
	if kind != root {
		parent, by = r.of(root).cert, r.of(root).key
		if t.NotAfter.After(parent.NotAfter) {
			t.NotAfter = parent.NotAfter
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, by)
	if err != nil {
		return member{}, fmt.Errorf("making a certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return member{}, fmt.Errorf("making a certificate: %w", err)
	}
	return member{kind, key, cert}, nil
}
