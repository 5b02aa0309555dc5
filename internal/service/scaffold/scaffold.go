// Package scaffold owns the first files of a jurisdiction, a service, a tax, a register and a dataset: starting points that
// pass every check, with comments for someone who knows the law and not this program. It stops at
// writing them; it never changes a file that is there.
package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"unicode"

	"go.yaml.in/yaml/v3"

	"stoa/internal/fault"
	"stoa/schema"
)

// Errors of this package.
var (
	ErrName   = fault.NewInvalid("scaffold.name")            // not lower-case words with hyphens
	ErrExists = fault.New(fault.Conflict, "scaffold.exists") // a file is there already
)

//go:embed files
var files embed.FS

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Jurisdiction writes a new jurisdiction into dir: its file, a calendar that covers year and the next,
// people for the demo, and the schemas for editors. The name is as people write it, New Town, or an id, new-town.
func Jurisdiction(dir, name string, year int) error {
	d := data{ID: slug(name), Words: strings.TrimSpace(name), Year: year, Languages: []string{"en"}}
	switch {
	case d.Words == "" || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("naming a jurisdiction %q: %w", name, ErrName)
	case d.ID == "": // a name in letters that an id does not have
		d.ID = "jurisdiction"
	case d.ID == name:
		d.Words = words(name)
	}
	out := map[string][]byte{}
	for _, f := range []string{"jurisdiction.yaml", "calendar.yaml", "demo.yaml"} {
		if err := d.render(f, f, out); err != nil {
			return err
		}
	}
	for _, kind := range []string{"jurisdiction", "calendar", "parameters", "register", "service", "tax", "money", "dataset", "commitments", "demo"} {
		file := kind + ".schema.json"
		src, err := fs.ReadFile(schema.Files, file)
		if err != nil {
			return fmt.Errorf("reading the schema of %s files: %w", kind, err)
		}
		out[filepath.Join("schema", file)] = src
	}
	return write(dir, out)
}

// Service writes a new service called name into the jurisdiction at dir, with its parameter and the
// register of what it issues.
func Service(dir, name string) error {
	return add(dir, name, map[string]string{
		"service.yaml":   filepath.Join("services", name+".yaml"),
		"parameter.yaml": filepath.Join("parameters", name+".yaml"),
		"issued.yaml":    filepath.Join("registers", name+"-licences.yaml"),
	})
}

// Tax writes a new tax called name into the jurisdiction at dir, with its rate and the register of what is taxed.
func Tax(dir, name string) error {
	return add(dir, name, map[string]string{
		"tax.yaml":          filepath.Join("taxes", name+".yaml"),
		"taxparameter.yaml": filepath.Join("parameters", name+".yaml"),
		"taxregister.yaml":  filepath.Join("registers", name+"-objects.yaml"),
	})
}

// Register writes a new register called name into the jurisdiction at dir.
func Register(dir, name string) error {
	return add(dir, name, map[string]string{"register.yaml": filepath.Join("registers", name+".yaml")})
}

// Dataset writes a new dataset called name into the jurisdiction at dir, with its rows.
func Dataset(dir, name string) error {
	return add(dir, name, map[string]string{
		"dataset.yaml": filepath.Join("datasets", name+".yaml"),
		"dataset.csv":  filepath.Join("datasets", name+".csv"),
	})
}

// add renders templates for a jurisdiction that is there: by template, the file to write.
func add(dir, name string, templates map[string]string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("naming %q: %w", name, ErrName)
	}
	d, err := read(dir)
	if err != nil {
		return err
	}
	d.ID, d.Name, d.Words = name, strings.ReplaceAll(name, "-", "_"), words(name)
	out := map[string][]byte{}
	for from, to := range templates {
		if err := d.render(from, to, out); err != nil {
			return err
		}
	}
	return write(dir, out)
}

// data is what the templates know.
type data struct {
	ID, Name, Words string // street-stall, street_stall, Street stall
	Organisation    string
	Account         string // the first income account; "" where no books are kept
	Languages       []string
	Year            int
}

// read learns from the jurisdiction's files what a new file must fit: nothing else of them is judged.
func read(dir string) (d data, err error) {
	var j struct {
		Languages     []string `yaml:"languages"`
		Organisations []struct {
			ID string `yaml:"id"`
		} `yaml:"organisations"`
	}
	var c struct {
		From string `yaml:"from"`
	}
	for file, into := range map[string]any{"jurisdiction.yaml": &j, "calendar.yaml": &c} {
		src, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			return d, fmt.Errorf("reading the jurisdiction: %w", err)
		}
		if err := yaml.Unmarshal(src, into); err != nil {
			return d, fmt.Errorf("reading %s: %w", file, err)
		}
	}
	if len(j.Languages) == 0 || len(j.Organisations) == 0 {
		return d, errors.New("jurisdiction.yaml needs a language and an organisation first")
	}
	if _, err := fmt.Sscanf(c.From, "%4d-", &d.Year); err != nil {
		return d, fmt.Errorf("reading the first day of calendar.yaml: %w", err)
	}
	d.Languages, d.Organisation = j.Languages, j.Organisations[0].ID
	d.Account, err = incomeAccount(dir)
	return d, err
}

// incomeAccount is the first of the accounts in money.yaml that takes income.
func incomeAccount(dir string) (string, error) {
	src, err := os.ReadFile(filepath.Join(dir, "money.yaml"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the accounts: %w", err)
	}
	var m struct {
		Accounts []struct {
			Code string `yaml:"code"`
			Kind string `yaml:"kind"`
		} `yaml:"accounts"`
	}
	if err := yaml.Unmarshal(src, &m); err != nil {
		return "", fmt.Errorf("reading money.yaml: %w", err)
	}
	for _, a := range m.Accounts {
		if a.Kind == "income" {
			return a.Code, nil
		}
	}
	return "", nil
}

// Text writes a text for every language of the jurisdiction; where there are several, each has the same
// words until someone translates them.
func (d data) Text(s string) string {
	if len(d.Languages) == 1 {
		return quote(s)
	}
	parts := make([]string, len(d.Languages))
	for i, l := range d.Languages {
		parts[i] = l + ": " + quote(s)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// NextYear is the last year that the calendar covers.
func (d data) NextYear() int { return d.Year + 1 }

// LastYear is the year before the calendar begins.
func (d data) LastYear() int { return d.Year - 1 }

// Letters begins the numbers of cases: SS for street-stall.
func (d data) Letters() string {
	s := ""
	for _, w := range strings.Split(d.ID, "-") {
		s += strings.ToUpper(w[:1])
	}
	return s
}

// Several says that texts are to be translated.
func (d data) Several() bool { return len(d.Languages) > 1 }

var plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 .’-]*$`)

// quote writes a text as YAML: bare where that is safe everywhere.
func quote(s string) string {
	if plain.MatchString(s) && !strings.Contains(s, ": ") {
		return s
	}
	return fmt.Sprintf("%q", s)
}

func (d data) render(from, to string, out map[string][]byte) error {
	t, err := template.New(from).Delims("<<", ">>").ParseFS(files, "files/"+from)
	if err != nil {
		return fmt.Errorf("reading the starting point %s: %w", from, err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, d); err != nil {
		return fmt.Errorf("filling in %s: %w", from, err)
	}
	out[to] = b.Bytes()
	return nil
}

// slug makes an id of a name: New Town becomes new-town.
func slug(name string) string {
	id := strings.Trim(notInID.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if !nameForm.MatchString(id) {
		return ""
	}
	return id
}

var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// words writes street-stall as Street stall.
func words(name string) string {
	s := strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}

// write writes all files or, if one is there already, none.
func write(dir string, out map[string][]byte) error {
	for name := range out {
		_, err := os.Lstat(filepath.Join(dir, name))
		if err == nil {
			return fmt.Errorf("writing %s: %w", name, ErrExists)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("looking for %s: %w", name, err)
		}
	}
	for name, src := range out {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("making the folder of %s: %w", name, err)
		}
		if err := create(file, src); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return nil
}

// create writes a new file and fails if it is there.
func create(file string, src []byte) (err error) {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.Write(src)
	return err
}
