package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// plain lists the connections that would leave the machine without TLS.
func (c Config) plain() []error {
	var wrong []error
	for i, address := range append([]Secret{c.Database}, c.Replicas...) {
		what := "the database"
		if i > 0 {
			what = fmt.Sprintf("replica %d", i)
		}
		hosts, mode, err := databaseHosts(string(address))
		switch {
		case err != nil:
			wrong = append(wrong, err)
		case i > 0 && len(hosts) != 1:
			wrong = append(wrong, fmt.Errorf("%s is no single PostgreSQL server: give each an address of its own, like postgres://stoa@db2.example/stoa?sslmode=verify-full", what))
		case slices.ContainsFunc(hosts, func(h string) bool { return !onMachine(h) }) && mode != "verify-full" && mode != "verify-ca":
			wrong = append(wrong, fmt.Errorf("%s is on another machine: add sslmode=verify-full to its address, so that nobody on the way reads along or answers in its place", what))
		}
	}
	if host, _, err := net.SplitHostPort(c.Clamd); err == nil && !onMachine(host) {
		wrong = append(wrong, fmt.Errorf("the virus scanner at %s would be sent attachments without TLS: run it on this machine, or bring it here by a tunnel", c.Clamd))
	}
	if c.Mail.TLS == "none" && !onMachine(c.Mail.Host) {
		wrong = append(wrong, fmt.Errorf("mail to %s would leave without TLS: use mail.tls starttls or tls; none is for a relay on this machine", c.Mail.Host))
	}
	return wrong
}

// databaseHosts is where a PostgreSQL is, or several of which one takes writes, and how it is spoken to; nowhere for SQLite.
func databaseHosts(address string) (hosts []string, mode string, err error) {
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return nil, "", nil
	}
	// One of several hosts after the other: net/url knows a single one.
	scheme, rest, _ := strings.Cut(address, "://")
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	authority, path := rest[:end], rest[end:]
	user := ""
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		user, authority = authority[:at+1], authority[at+1:]
	}
	var u *url.URL
	for one := range strings.SplitSeq(authority, ",") {
		if u, err = url.Parse(scheme + "://" + user + one + path); err != nil {
			break
		}
		hosts = append(hosts, u.Hostname())
	}
	if err != nil {
		return nil, "", errors.New("the address of the database cannot be read: write it like postgres://stoa@db.example/stoa?sslmode=verify-full") // the cause may hold its password
	}
	if h := u.Query().Get("host"); h != "" {
		hosts = strings.Split(h, ",")
	}
	return hosts, u.Query().Get("sslmode"), nil
}

// onMachine reports whether a host is this machine: a loopback address, a socket's path, or none.
func onMachine(host string) bool {
	if host == "" || host == "localhost" || strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
