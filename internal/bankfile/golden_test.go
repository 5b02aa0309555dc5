package bankfile_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"testing"

	"stoa/internal/calendar"
	"stoa/internal/fault"
	"stoa/internal/i18n"
	"stoa/internal/money"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has\n%s\ngot\n%s", file, want, got)
	}
}

var english = func() *i18n.Printer {
	b, err := i18n.Load()
	if err != nil {
		panic(err)
	}
	return b.For("en")
}()

// says is the sentence that a person reads for a refusal.
func says(t *testing.T, err error) string {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Internal || f.Key == "" {
		t.Fatalf("no sentence for a person: %v", err)
	}
	return english.Key(f.Key, i18n.V(f.Args))
}

func date(s string) calendar.Date { return calendar.MustDate(s) }

func pounds(pence int64) money.Amount { return money.Amount{Minor: pence, Currency: "GBP"} }

func euros(cents int64) money.Amount { return money.Amount{Minor: cents, Currency: "EUR"} }
