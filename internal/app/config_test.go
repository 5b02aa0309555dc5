package app

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func from(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func TestTheZeroSettingsWork(t *testing.T) {
	for name, file := range map[string]string{"no file": "", "an empty file": writeFile(t, "empty.yaml", ""), "a comment": writeFile(t, "c.yaml", "# nothing\n")} {
		c, err := ReadConfig(file, from(nil))
		want := Config{Addr: "127.0.0.1:8080", Data: "data", Mail: MailConfig{Port: 587, TLS: "starttls"}}
		if err != nil || !reflect.DeepEqual(c, want) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		if c.databaseURL() != "sqlite:data/stoa.db" || c.keyFile() != "data/keys" {
			t.Errorf("%s: database %s, keys %s", name, c.databaseURL(), c.keyFile())
		}
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	file := writeFile(t, "stoa.yaml", `
jurisdiction: greenvale
data: /var/lib/stoa
url: https://services.example
proxy: true
mail: {host: mail.example, port: 25, tls: tls, user: stoa, password: from the file, from: a@b.example, name: Greenvale}
`)
	secret := writeFile(t, "secret", "  from a file of its own\n")
	c, err := ReadConfig(file, from(map[string]string{
		"STOA_URL": "https://other.example", "STOA_PROXY": "false", "STOA_MAIL_PORT": "2525", "STOA_MAIL_PASSWORD_FILE": secret,
		"STOA_MAIL_PASSWORD": "not this", "STOA_DATABASE": "postgres://u:p@db/x?sslmode=verify-full", "STOA_KEYS": "/etc/stoa/keys", "STOA_CLAMD": "/run/clamd", "STOA_ADDR": ":80",
		"STOA_MAIL_FROM": "",
	}))
	want := Config{Jurisdiction: "greenvale", Data: "/var/lib/stoa", Database: "postgres://u:p@db/x?sslmode=verify-full", Keys: "/etc/stoa/keys", Addr: ":80",
		URL: "https://other.example", Clamd: "/run/clamd", Mail: MailConfig{Host: "mail.example", Port: 2525, TLS: "tls", User: "stoa",
			Password: "from a file of its own", From: "a@b.example", Name: "Greenvale"}}
	if err != nil || !reflect.DeepEqual(c, want) {
		t.Errorf("%#v, %v", c, err)
	}
	if c.databaseURL() != "postgres://u:p@db/x?sslmode=verify-full" || c.keyFile() != "/etc/stoa/keys" {
		t.Errorf("database and keys: %s", c.keyFile())
	}
	if err := c.Check(); err != nil {
		t.Error(err)
	}
}

func TestSettingsAreStrict(t *testing.T) {
	for want, read := range map[string]struct {
		file string
		env  map[string]string
	}{
		"mial":                {file: "mial: {host: x}"},
		"hots":                {file: "mail: {hots: x}"},
		"reading the setting": {file: "mail: ["},
		"STOA_MAIL_PORT":      {env: map[string]string{"STOA_MAIL_PORT": "many"}},
		"STOA_PROXY":          {env: map[string]string{"STOA_PROXY": "perhaps"}},
		"STOA_MAIL_PASSWORD_FILE": {env: map[string]string{
			"STOA_MAIL_PASSWORD_FILE": filepath.Join(t.TempDir(), "nothing")}},
	} {
		file := ""
		if read.file != "" {
			file = writeFile(t, "stoa.yaml", read.file)
		}
		if _, err := ReadConfig(file, from(read.env)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := ReadConfig(filepath.Join(t.TempDir(), "nothing.yaml"), from(nil)); err == nil {
		t.Error("a file that is not there is no error")
	}
}

// TestSecretsNeverPrint tries all that a log line or a report might do with settings.
func TestSecretsNeverPrint(t *testing.T) {
	c := Config{Database: "postgres://stoa:hunter2@db.example/stoa", Mail: MailConfig{Password: "hunter2"}}
	var said strings.Builder
	for _, verb := range strings.Split("%v %+v %#v %s %q %x %X %d %T", " ") {
		for _, v := range []any{c, &c, c.Mail, c.Mail.Password, c.Database, []Secret{c.Database}, map[string]any{"x": c.Mail.Password}} {
			fmt.Fprintf(&said, verb+"\n", v)
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&said, nil), slog.NewJSONHandler(&said, nil)} {
		slog.New(handler).Info("settings", "config", c, "password", c.Mail.Password, "mail", &c.Mail)
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		raw, err := marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(raw)
	}
	fmt.Fprint(&said, c.Check(), c.Mail.Password, c)
	if !strings.Contains(said.String(), "(secret)") {
		t.Error("the place of a secret is not shown")
	}
	for _, form := range []string{"hunter2", fmt.Sprintf("%x", "hunter2"), fmt.Sprintf("%X", "hunter2")} {
		if at := strings.Index(said.String(), form); at >= 0 {
			t.Errorf("a secret was printed: …%s…", said.String()[max(0, at-60):min(at+20, said.Len())])
		}
	}
}

func TestCheckSaysEverythingThatIsWrong(t *testing.T) {
	good := Config{Jurisdiction: "x", URL: "https://services.example", Mail: MailConfig{Host: "mail.example", From: "a@b.example", TLS: "tls"}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	err := Config{Mail: MailConfig{TLS: "ssl"}}.Check()
	want := []string{
		"no jurisdiction: name the folder with --jurisdiction DIR; stoa new jurisdiction DIR makes one",
		"no url: say how people reach the site, such as --url https://services.example; links in letters need it",
		"no mail host: nobody could sign in without mail; set mail.host, or try stoa demo",
		"no mail.from: say which address mail comes from",
		`mail.tls is "ssl": use starttls, tls or none`,
	}
	if err == nil || err.Error() != strings.Join(want, "\n") {
		t.Errorf("said:\n%v", err)
	}
	for _, url := range []string{"services.example", "https://services.example/", "ftp://services.example", "https://", "://", "http://[::1"} {
		c := good
		c.URL = url
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), "without a slash at the end") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
