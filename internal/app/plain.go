package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// plain lists the connections that would leave the machine without TLS.
func (c Config) plain() []error {
	var wrong []error
	if host, mode, err := databaseHost(string(c.Database)); err != nil {
		wrong = append(wrong, err)
	} else if !onMachine(host) && mode != "verify-full" && mode != "verify-ca" {
		wrong = append(wrong, errors.New("the database is on another machine: add sslmode=verify-full to its address, so that nobody on the way reads along or answers in its place"))
	}
	if host, _, err := net.SplitHostPort(c.Clamd); err == nil && !onMachine(host) {
		wrong = append(wrong, fmt.Errorf("the virus scanner at %s would be sent attachments without TLS: run it on this machine, or bring it here by a tunnel", c.Clamd))
	}
	if c.Mail.TLS == "none" && !onMachine(c.Mail.Host) {
		wrong = append(wrong, fmt.Errorf("mail to %s would leave without TLS: use mail.tls starttls or tls; none is for a relay on this machine", c.Mail.Host))
	}
	return wrong
}

// databaseHost is where a PostgreSQL is, and how it is spoken to; nowhere for SQLite.
func databaseHost(address string) (host, mode string, err error) {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return "", "", nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", "", errors.New("the address of the database cannot be read: write it like postgres://stoa@db.example/stoa?sslmode=verify-full") // the cause may hold its password
	}
	host = u.Hostname()
	if h := u.Query().Get("host"); h != "" {
		host = h
	}
	return host, u.Query().Get("sslmode"), nil
}

// onMachine reports whether a host is this machine: a loopback address, a socket's path, or none.
func onMachine(host string) bool {
	if host == "" || host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
