package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"stoa/internal/flow"
	"stoa/internal/openid"
	"stoa/internal/passkey"
	"stoa/internal/policy"
)

// IdentityConfig is which identity schemes of others people may sign in with.
type IdentityConfig struct {
	Schemes []SchemeConfig `yaml:"schemes"`
}

// SchemeConfig is one that speaks OpenID Connect.
type SchemeConfig struct {
	Name     string            `yaml:"name"`      // in addresses: national-id
	Title    string            `yaml:"title"`     // as people know it
	Issuer   string            `yaml:"issuer"`    // https://id.example
	ClientID string            `yaml:"client_id"` // what it calls us
	Secret   string            `yaml:"secret"`    // file with the secret; none for a public client
	Levels   map[string]string `yaml:"levels"`    // class (acr) to low, substantial or high; others are low
	Subject  string            `yaml:"subject"`   // claim that names the person for good; default sub
	FullName string            `yaml:"full_name"` // claim with the name; default name
	Page     string            `yaml:"page"`      // origin of its sign-in page, where that is not the issuer's
}

// readIdentity reads the same as YAML from the environment.
func readIdentity(text string) (c IdentityConfig, err error) {
	d := yaml.NewDecoder(strings.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("reading the identity schemes: %w", err)
	}
	return c, nil
}

var schemeName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// check says what is wrong with the schemes, each with what to do.
func (c IdentityConfig) check() error {
	var wrong []error
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	seen := map[string]bool{}
	for _, s := range c.Schemes {
		switch {
		case !schemeName.MatchString(s.Name):
			add("identity scheme %q: give it a name of small letters, digits and hyphens; it stands in addresses", s.Name)
		case seen[s.Name]:
			add("identity scheme %s is there twice: give the second another name", s.Name)
		case s.Title == "" || s.ClientID == "":
			add("identity scheme %s: title and client_id are needed", s.Name)
		case !secure(s.Issuer):
			add("identity scheme %s: the issuer %q is no https address; take it from the scheme's documentation, letter by letter", s.Name, s.Issuer)
		case s.Page != "" && !secure(s.Page):
			add("identity scheme %s: the page %q is no https address", s.Name, s.Page)
		}
		seen[s.Name] = true
		for class, level := range s.Levels {
			if policy.LevelOf(level) == policy.Unknown {
				add("identity scheme %s: %q is worth %q; write low, substantial or high", s.Name, class, level)
			}
		}
	}
	return errors.Join(wrong...)
}

// secure is https, or this machine itself, for trying out.
func secure(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// identify sets up the ways in.
func (a *App) identify() error {
	if err := a.Config.Identity.check(); err != nil {
		return err
	}
	ways := flow.Ways{Events: a.Log}
	if a.Config.URL != "" {
		var err error
		if ways.Passkeys, err = passkey.New(a.Config.URL); err != nil {
			a.Log.Warn("no passkeys on this site", "err", err)
		}
	}
	for _, s := range a.Config.Identity.Schemes {
		c := openid.Config{Name: s.Name, Title: s.Title, Issuer: s.Issuer, ClientID: s.ClientID, Subject: s.Subject, FullName: s.FullName, Levels: map[string]policy.Level{}}
		for class, level := range s.Levels {
			c.Levels[class] = policy.LevelOf(level)
		}
		if s.Secret != "" {
			raw, err := os.ReadFile(s.Secret)
			if err != nil {
				return fmt.Errorf("reading the secret of identity scheme %s: %w", s.Name, err)
			}
			c.Secret = strings.TrimSpace(string(raw))
		}
		scheme := openid.New(c, a.Config.URL+"/sign-in/with/"+s.Name, a.Clock.Now)
		ways.Schemes = append(ways.Schemes, scheme)
		a.signInAt = append(a.signInAt, scheme.Origin())
		if s.Page != "" {
			a.signInAt = append(a.signInAt, strings.TrimRight(s.Page, "/"))
		}
	}
	a.Flow.Ways = ways
	return nil
}
