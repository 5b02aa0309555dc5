package app

import (
	"errors"
	"strings"
	"testing"
)

func TestPlainConnectionsStayOnTheMachine(t *testing.T) {
	for name, test := range map[string]struct {
		c    Config
		want string // a word of what is said; "": nothing is
	}{
		"SQLite":                        {Config{}, ""},
		"a database here":               {Config{Database: "postgres://stoa@127.0.0.1/stoa"}, ""},
		"a database by socket":          {Config{Database: "postgres:///stoa?host=/run/postgresql"}, ""},
		"a database elsewhere":          {Config{Database: "postgres://stoa:s3cret@db.example/stoa"}, "database"},
		"a database that may be faked":  {Config{Database: "postgres://stoa@db.example/stoa?sslmode=require"}, "database"},
		"a database elsewhere with TLS": {Config{Database: "postgres://stoa@db.example/stoa?sslmode=verify-full"}, ""},
		"a host that hides":             {Config{Database: "postgres://127.0.0.1/stoa?host=db.example"}, "database"},
		"no address":                    {Config{Database: "postgres://stoa:s3cret@[::/stoa"}, "database"},
		"a scanner here":                {Config{Clamd: "127.0.0.1:3310"}, ""},
		"a scanner by socket":           {Config{Clamd: "/run/clamd.ctl"}, ""},
		"a scanner elsewhere":           {Config{Clamd: "scan.example:3310"}, "scanner"},
		"a relay here":                  {Config{Mail: MailConfig{Host: "localhost", TLS: "none"}}, ""},
		"a relay elsewhere":             {Config{Mail: MailConfig{Host: "mail.example", TLS: "none"}}, "mail"},
		"mail with TLS":                 {Config{Mail: MailConfig{Host: "mail.example", TLS: "starttls"}}, ""},
	} {
		got := ""
		if err := errors.Join(test.c.plain()...); err != nil {
			got = err.Error()
		}
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) || strings.Contains(got, "s3cret") {
			t.Errorf("%s: %q, want a word of %q", name, got, test.want)
		}
	}
}

func TestReadWallets(t *testing.T) {
	all, err := readWallets("one https://one.example/back, one one:back , two https://two.example/")
	if err != nil || len(all) != 3 || all[1] != (WalletConfig{"one", "one:back"}) {
		t.Errorf("%v, %v", all, err)
	}
	if _, err := readWallets("one"); err == nil {
		t.Error("a wallet without an address was taken")
	}
	c := CredentialConfig{Wallets: all}
	for _, test := range []struct {
		client, redirect string
		want             bool
	}{
		{"one", "https://one.example/back", true}, {"one", "one:back", true}, {"two", "https://two.example/", true},
		{"one", "https://two.example/", false}, {"two", "https://two.example", false}, {"one", "https://one.example/back?x", false}, {"", "", false},
	} {
		if got := c.knows(test.client, test.redirect); got != test.want {
			t.Errorf("%s at %s: %v", test.client, test.redirect, got)
		}
	}
}
