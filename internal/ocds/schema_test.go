package ocds_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// published is where the standard's schemas lie beside the project, where they do.
const published = "../../../shared/data/standards/ocds"

const schemas = "https://standard.open-contracting.org/schema/1__1__5/"

// schema compiles one of the published schemas; nil, and a line that says so, where they are not there.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	if _, err := os.Stat(filepath.Join(published, name)); err != nil {
		t.Logf("NOT CHECKED against the published %s: %v", name, err)
		return nil
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, n := range []string{"release-schema.json", "release-package-schema.json", "record-package-schema.json"} {
		raw, err := os.ReadFile(filepath.Join(published, n))
		if err != nil {
			t.Fatal(err)
		}
		add(t, c, schemas+n, string(raw))
	}
	add(t, c, schemas+"versioned-release-validation-schema.json", `{"not": {}}`) // we write none
	s, err := c.Compile(schemas + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func add(t *testing.T, c *jsonschema.Compiler, url, raw string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
	if err == nil {
		err = c.AddResource(url, doc)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func valid(t *testing.T, s *jsonschema.Schema, raw []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if s == nil {
		return nil
	}
	return s.Validate(doc)
}
