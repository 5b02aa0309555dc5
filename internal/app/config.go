package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"stoa/internal/store"
	"stoa/internal/vault"
	"stoa/internal/vault/transit"
)

// Config is what an operator sets, by file, by environment (STOA_MAIL_HOST) or by option; the later
// wins. Secrets also come from a file (STOA_MAIL_PASSWORD_FILE) and are never printed.
type Config struct {
	Jurisdiction string        `yaml:"jurisdiction"` // folder
	Data         string        `yaml:"data"`         // folder for the database, the keys and the log
	Database     Secret        `yaml:"database"`     // postgres://…, which may hold a password; empty: SQLite in Data
	Replicas     []Secret      `yaml:"replicas"`     // postgres://… of its standbys, which answer pages
	ReplicaLag   time.Duration `yaml:"replica_lag"`  // how far behind they may be; default 10s
	Keys         string        `yaml:"keys"`         // file of the master keys; default DATA/keys, but better on another disk
	KeysBy       KeeperConfig  `yaml:"keys_by"`      // a key management service that wraps that file; none by default
	Addr         string        `yaml:"addr"`         // HOST:PORT to listen on
	URL          string        `yaml:"url"`          // as people reach it: https://services.greenvale.example
	Proxy        bool          `yaml:"proxy"`        // a proxy of ours stands in front
	Metrics      string        `yaml:"metrics"`      // HOST:PORT of a listener for /metrics alone; empty: /metrics answers this machine alone
	Traces       string        `yaml:"traces"`       // OTLP over HTTP: http://127.0.0.1:4318; empty: none
	Drain        time.Duration `yaml:"drain"`        // how long it goes on answering after it was asked to end, for proxies to hear of it
	Journal      string        `yaml:"journal"`      // form of the log on standard error: text (default) or json
	Forms        int           `yaml:"forms"`        // an hour, from one network and without signing in, until a proof is asked for; default 60
	Clamd        string        `yaml:"clamd"`        // virus scanner: HOST:PORT or the path of a socket
	HooksInside  bool          `yaml:"hooks_inside"` // webhooks may call addresses inside, and without TLS: for trying out
	Mail         MailConfig    `yaml:"mail"`
	Payments     PaymentConfig `yaml:"payments"`
	Log          LogConfig     `yaml:"log"`

	Identity IdentityConfig `yaml:"identity"`

	Credentials CredentialConfig `yaml:"credentials"`
	Elsewhere   ElsewhereConfig  `yaml:"elsewhere"`
	Assistant   AssistantConfig  `yaml:"assistant"`
	Objects     ObjectsConfig    `yaml:"objects"`
	Backups     BackupsConfig    `yaml:"backups"`
}

// KeeperConfig is a key management service with the transit interface of OpenBao and HashiCorp Vault.
type KeeperConfig struct {
	URL   string `yaml:"url"`   // of the engine: https://bao.example:8200/v1/transit
	Key   string `yaml:"key"`   // its name there
	Token string `yaml:"token"` // file with the token
}

// keeper is the service; nil for none.
func (c KeeperConfig) keeper() vault.Keeper {
	if c.URL == "" {
		return nil
	}
	return transit.New(transit.Config{URL: c.URL, Key: c.Key, Token: c.Token})
}

func (c KeeperConfig) check() error {
	switch {
	case c == KeeperConfig{}:
		return nil
	case !secure(c.URL):
		return fmt.Errorf("keys_by.url %q is no https address: write it like https://bao.example:8200/v1/transit", c.URL)
	case c.Key == "" || strings.ContainsAny(c.Key, " \t\r\n"):
		return errors.New("keys_by.key is missing: name the key of the transit engine that wraps the key file")
	case c.Token == "":
		return errors.New("keys_by.token is missing: name the file with the token that may encrypt and decrypt with that key")
	}
	return nil
}

// MailConfig is how mail leaves.
type MailConfig struct {
	Host     string `yaml:"host"`
	Port     int    `yaml:"port"`
	TLS      string `yaml:"tls"` // starttls, tls, none
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
	From     string `yaml:"from"`
	Name     string `yaml:"name"`
}

// Secret does not print, in any format.
type Secret string

const unsaid = "(secret)"

// String implements fmt.Stringer.
func (Secret) String() string { return unsaid }

// Format implements fmt.Formatter: all verbs, also those that pass String by.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, unsaid) }

// MarshalText implements encoding.TextMarshaler, for JSON and YAML.
func (Secret) MarshalText() ([]byte, error) { return []byte(unsaid), nil }

// setting is one line of the table that file, environment and options share.
type setting struct {
	name   string
	secret bool
	set    func(c *Config, value string) error
}

func text(at func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error { *at(c) = v; return nil }
}

var settings = []setting{
	{"jurisdiction", false, text(func(c *Config) *string { return &c.Jurisdiction })},
	{"data", false, text(func(c *Config) *string { return &c.Data })},
	{"database", true, func(c *Config, v string) error { c.Database = Secret(v); return nil }},
	{"replicas", true, func(c *Config, v string) error {
		c.Replicas = nil
		for _, url := range strings.Fields(v) {
			c.Replicas = append(c.Replicas, Secret(url))
		}
		return nil
	}},
	{"replica_lag", false, func(c *Config, v string) (err error) { c.ReplicaLag, err = time.ParseDuration(v); return err }},
	{"keys", false, text(func(c *Config) *string { return &c.Keys })},
	{"keys_by_url", false, text(func(c *Config) *string { return &c.KeysBy.URL })},
	{"keys_by_key", false, text(func(c *Config) *string { return &c.KeysBy.Key })},
	{"keys_by_token", false, text(func(c *Config) *string { return &c.KeysBy.Token })},
	{"addr", false, text(func(c *Config) *string { return &c.Addr })},
	{"url", false, text(func(c *Config) *string { return &c.URL })},
	{"proxy", false, func(c *Config, v string) (err error) { c.Proxy, err = strconv.ParseBool(v); return err }},
	{"metrics", false, text(func(c *Config) *string { return &c.Metrics })},
	{"traces", false, text(func(c *Config) *string { return &c.Traces })},
	{"drain", false, func(c *Config, v string) (err error) { c.Drain, err = time.ParseDuration(v); return err }},
	{"journal", false, text(func(c *Config) *string { return &c.Journal })},
	{"forms", false, func(c *Config, v string) (err error) { c.Forms, err = strconv.Atoi(v); return err }},
	{"clamd", false, text(func(c *Config) *string { return &c.Clamd })},
	{"hooks_inside", false, func(c *Config, v string) (err error) { c.HooksInside, err = strconv.ParseBool(v); return err }},
	{"mail_host", false, text(func(c *Config) *string { return &c.Mail.Host })},
	{"mail_port", false, func(c *Config, v string) (err error) { c.Mail.Port, err = strconv.Atoi(v); return err }},
	{"mail_tls", false, text(func(c *Config) *string { return &c.Mail.TLS })},
	{"mail_user", false, text(func(c *Config) *string { return &c.Mail.User })},
	{"mail_password", true, func(c *Config, v string) error { c.Mail.Password = Secret(v); return nil }},
	{"mail_from", false, text(func(c *Config) *string { return &c.Mail.From })},
	{"payments_stripe_key", true, func(c *Config, v string) error { c.Payments.StripeKey = Secret(v); return nil }},
	{"payments_stripe_webhook", true, func(c *Config, v string) error { c.Payments.StripeWebhook = Secret(v); return nil }},
	{"identity", true, func(c *Config, v string) (err error) { c.Identity, err = readIdentity(v); return err }},
	{"mail_name", false, text(func(c *Config) *string { return &c.Mail.Name })},
	{"credentials_keys", false, text(func(c *Config) *string { return &c.Credentials.Keys })},
	{"credentials_name", false, text(func(c *Config) *string { return &c.Credentials.Name })},
	{"credentials_country", false, text(func(c *Config) *string { return &c.Credentials.Country })},
	{"credentials_wallets", false, func(c *Config, v string) (err error) { c.Credentials.Wallets, err = readWallets(v); return err }},
	{"elsewhere_inside", false, text(func(c *Config) *string { return &c.Elsewhere.Inside })},
	{"elsewhere_secrets", false, text(func(c *Config) *string { return &c.Elsewhere.Secrets })},
	{"elsewhere_xroad", false, text(func(c *Config) *string { return &c.Elsewhere.XRoad })},
	{"elsewhere_certificate", false, text(func(c *Config) *string { return &c.Elsewhere.Certificate })},
	{"elsewhere_key", false, text(func(c *Config) *string { return &c.Elsewhere.Key })},
	{"elsewhere_roots", false, text(func(c *Config) *string { return &c.Elsewhere.Roots })},
	{"elsewhere_proof", true, func(c *Config, v string) error { c.Elsewhere.Proof = Secret(v); return nil }},
	{"assistant_url", false, text(func(c *Config) *string { return &c.Assistant.URL })},
	{"assistant_model", false, text(func(c *Config) *string { return &c.Assistant.Model })},
	{"assistant_key", true, func(c *Config, v string) error { c.Assistant.Key = Secret(v); return nil }},
	{"assistant_seconds", false, func(c *Config, v string) (err error) { c.Assistant.Seconds, err = strconv.Atoi(v); return err }},
	{"assistant_per_day", false, func(c *Config, v string) (err error) { c.Assistant.PerDay, err = strconv.Atoi(v); return err }},
	{"objects_url", false, text(func(c *Config) *string { return &c.Objects.URL })},
	{"objects_key", false, text(func(c *Config) *string { return &c.Objects.Key })},
	{"objects_secret", true, func(c *Config, v string) error { c.Objects.Secret = Secret(v); return nil }},
	{"objects_region", false, text(func(c *Config) *string { return &c.Objects.Region })},
	{"backups_key", false, text(func(c *Config) *string { return &c.Backups.Key })},
	{"backups_secret", true, func(c *Config, v string) error { c.Backups.Secret = Secret(v); return nil }},
	{"backups_region", false, text(func(c *Config) *string { return &c.Backups.Region })},
	{"objects_back", false, func(c *Config, v string) (err error) { c.Objects.Back, err = strconv.ParseBool(v); return err }},
	{"log_keys", false, text(func(c *Config) *string { return &c.Log.Keys })},
	{"log_origin", false, text(func(c *Config) *string { return &c.Log.Origin })},
	{"log_witnesses", false, func(c *Config, v string) (err error) { c.Log.Witnesses, err = readWitnesses(v); return err }},
}

// ReadConfig reads a file (if one is named) and then the environment.
func ReadConfig(file string, env func(string) string) (Config, error) {
	c := Config{Addr: "127.0.0.1:8080", Data: "data", Mail: MailConfig{Port: 587, TLS: "starttls"}}
	if file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("reading the settings: %w", err)
		}
		d := yaml.NewDecoder(bytes.NewReader(raw))
		d.KnownFields(true)
		if err := d.Decode(&c); err != nil && !errors.Is(err, io.EOF) { // an empty file sets nothing
			return c, fmt.Errorf("reading the settings in %s: %w", file, err)
		}
	}
	for _, s := range settings {
		name := "STOA_" + strings.ToUpper(s.name)
		value := env(name)
		if path := env(name + "_FILE"); s.secret && path != "" {
			raw, err := os.ReadFile(path)
			if err != nil {
				return c, fmt.Errorf("reading the secret of %s_FILE: %w", name, err)
			}
			value = strings.TrimSpace(string(raw))
		}
		if value == "" {
			continue
		}
		if err := s.set(&c, value); err != nil {
			return c, fmt.Errorf("setting %s: %w", name, err)
		}
	}
	return c, nil
}

// Check says everything that is wrong with the settings, each with what to do.
func (c Config) Check() error {
	var wrong []error
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if c.Jurisdiction == "" {
		add("no jurisdiction: name the folder with --jurisdiction DIR; stoa new jurisdiction DIR makes one")
	}
	if c.URL == "" {
		add("no url: say how people reach the site, such as --url https://services.example; links in letters need it")
	} else if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.HasSuffix(c.URL, "/") {
		add("the url %q is none: write it like https://services.example, without a slash at the end", c.URL)
	}
	if c.Mail.Host == "" {
		add("no mail host: nobody could sign in without mail; set mail.host, or try stoa demo")
	}
	if c.Mail.From == "" {
		add("no mail.from: say which address mail comes from")
	}
	if c.Mail.TLS != "starttls" && c.Mail.TLS != "tls" && c.Mail.TLS != "none" {
		add("mail.tls is %q: use starttls, tls or none", c.Mail.TLS)
	}
	if c.Journal != "" && c.Journal != "text" && c.Journal != "json" {
		add("journal is %q: use text or json", c.Journal)
	}
	if c.Forms < 0 {
		add("forms is below nothing: say how many forms an hour one network may send without signing in, until a proof is asked for")
	}
	if c.Drain < 0 || c.Drain > time.Minute {
		add("drain is %s: say how long proxies take to hear that this process ends, such as 5s, and at most a minute", c.Drain)
	}
	if len(c.Replicas) > 0 && c.Database == "" {
		add("replicas are standbys of a PostgreSQL database: name that too (database), or leave them out")
	}
	if c.ReplicaLag != 0 && (c.ReplicaLag < 2*time.Second || c.ReplicaLag > 5*time.Minute) {
		add("replica_lag is %s: say how old what a replica shows may be, from 2s to 5m", c.ReplicaLag)
	}
	if (c.Payments.StripeKey == "") != (c.Payments.StripeWebhook == "") {
		add("payments.stripe_key and payments.stripe_webhook go together: without the second nobody would know what was paid")
	}
	if _, err := c.Log.witnesses(); err != nil {
		wrong = append(wrong, err)
	}
	if err := c.Identity.check(); err != nil {
		wrong = append(wrong, err)
	}
	if err := c.KeysBy.check(); err != nil {
		wrong = append(wrong, err)
	}
	if err := c.Assistant.check(); err != nil {
		wrong = append(wrong, err)
	}
	if err := c.Objects.check(); err != nil {
		wrong = append(wrong, err)
	}
	return errors.Join(append(wrong, c.plain()...)...)
}

func (c Config) databaseURL() string {
	if c.Database != "" {
		return string(c.Database)
	}
	return "sqlite:" + filepath.Join(c.Data, "stoa.db")
}

// store is how the database is opened.
func (c Config) store() store.Config {
	s := store.Config{URL: c.databaseURL(), StandbyLag: c.ReplicaLag}
	for _, url := range c.Replicas {
		s.Standbys = append(s.Standbys, string(url))
	}
	return s
}

func (c Config) keyFile() string {
	if c.Keys != "" {
		return c.Keys
	}
	return filepath.Join(c.Data, "keys")
}
