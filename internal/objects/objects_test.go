package objects_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"stoa/internal/objects"
	"stoa/internal/objects/objectstest"
)

func TestObjects(t *testing.T) {
	g := objectstest.Start(t)
	s := g.Open(t)
	if err := s.Try(t.Context(), "try"); err != nil {
		t.Fatal(err)
	}
	read := func(name string, most int64) (string, error) {
		var b bytes.Buffer
		err := s.Read(t.Context(), name, most, &b)
		return b.String(), err
	}
	for _, text := range []string{"first", "second"} { // in place of it
		if err := s.Put(t.Context(), "a/one", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := read("a/one", 100); err != nil || got != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	large := strings.Repeat("x", 20<<20) // more than a client sends in one piece, unless it is told to
	if err := s.Put(t.Context(), "a/two", []byte(large)); err != nil {
		t.Fatal(err)
	}
	if got, err := read("a/two", int64(len(large))); err != nil || got != large {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := read("a/two", 100); !errors.Is(err, objects.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	if _, err := read("a/none", 100); !errors.Is(err, objects.ErrMissing) {
		t.Errorf("missing: %v", err)
	}
	var names []string
	if err := s.List(t.Context(), "a/", func(o objects.Object) error { names = append(names, o.Name); return nil }); err != nil || !slices.Equal(names, []string{"a/one", "a/two"}) {
		t.Errorf("%q, %v", names, err)
	}
	for range 2 { // also what is not there
		if err := s.Delete(t.Context(), "a/one"); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Stat(t.Context(), "a/one"); !errors.Is(err, objects.ErrMissing) {
		t.Errorf("deleted: %v", err)
	}
	if o, err := s.Stat(t.Context(), "a/two"); err != nil || o.Size != int64(len(large)) || o.Put.IsZero() {
		t.Errorf("%+v, %v", o, err)
	}
}

// What is wrong is said in words that name what to do.
func TestInWords(t *testing.T) {
	g := objectstest.Start(t)
	for name, c := range map[string]struct {
		change func(*objects.Config)
		says   string
	}{
		"key":    {func(c *objects.Config) { c.Key = "nobody" }, "objects.key and objects.secret"},
		"secret": {func(c *objects.Config) { c.Secret = "of-somebody-else" }, "objects.key and objects.secret"},
		"bucket": {func(c *objects.Config) { c.URL = "http://" + g.Addr + "/village" }, `has no bucket "village"`},
		"region": {func(c *objects.Config) { c.Region = "eu-west-9" }, "objects.region"},
	} {
		config := g.Config
		c.change(&config)
		s, err := objects.Open(config)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Try(t.Context(), "try")
		var refused *objects.Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), config.Secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	g.Down(t)
	err := g.Open(t).Try(t.Context(), "try")
	var refused *objects.Refused
	if err == nil || errors.As(err, &refused) || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("down: %v", err)
	}
	for _, address := range []string{"", "s3.example/town", "https://s3.example", "https://key:secret@s3.example/town", "ftp://s3.example/town"} {
		if _, err := objects.Open(objects.Config{URL: address}); err == nil {
			t.Errorf("%q is taken for an address", address)
		}
	}
}
