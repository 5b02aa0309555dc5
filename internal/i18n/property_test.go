package i18n_test

import (
	"context"
	"html"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"stoa/internal/i18n"
)

// Whatever a value holds, it arrives whole, isolated, and never as markup.
func TestValuesArriveWhole(t *testing.T) {
	b := load(t)
	rapid.Check(t, func(t *rapid.T) {
		p := b.For(rapid.SampledFrom([]string{"en", "ar"}).Draw(t, "language"))
		value := rapid.String().Draw(t, "value")
		got := p.T("Dear {name}, hello", i18n.V{"name": value})
		if p.Dir() == "rtl" && value != "" {
			value = "\u2068" + value + "\u2069"
		}
		if bare := strings.TrimSuffix(strings.TrimPrefix(got, "Dear "), ", hello"); bare != value && bare != "\u2068"+value+"\u2069" {
			t.Fatalf("%q arrives as %q", value, got)
		}
		var markup strings.Builder
		if err := p.H("{name}", i18n.V{"name": value}).Render(context.Background(), &markup); err != nil {
			t.Fatal(err)
		}
		inner := strings.TrimSuffix(strings.TrimPrefix(markup.String(), "<bdi>"), "</bdi>")
		if strings.ContainsAny(inner, `<>"'`) || html.UnescapeString(inner) != value {
			t.Fatalf("%q is rendered as %q", value, markup.String())
		}
	})
}

// Grouping adds separators every three digits from the point, and nothing else.
func TestNumberOnlyAddsSeparators(t *testing.T) {
	p := load(t).For("en")
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.StringMatching(`-?[0-9]{1,40}(\.[0-9]{1,10})?`).Draw(t, "number")
		got := p.Number(plain)
		if strings.ReplaceAll(got, ",", "") != plain {
			t.Fatalf("Number(%q) = %q", plain, got)
		}
		whole, _, _ := strings.Cut(strings.TrimPrefix(got, "-"), ".")
		for i, group := range strings.Split(whole, ",") {
			if len(group) > 3 || i > 0 && len(group) != 3 || group == "" {
				t.Fatalf("Number(%q) = %q", plain, got)
			}
		}
	})
}

// One printer serves all requests; the race detector watches.
func TestPrinterIsShared(t *testing.T) {
	p := load(t).For("ar").WithDigits(i18n.Arabic)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if got := p.Money(123450, "KWD") + p.Date(2026, 11, 16) + p.N("{n} byte", "{n} bytes", 3); !strings.Contains(got, "١٦ نوفمبر ٢٠٢٦") {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkT(b *testing.B) {
	bundle, err := i18n.Load()
	if err != nil {
		b.Fatal(err)
	}
	p := bundle.For("ar")
	for name, f := range map[string]func() string{
		"plain": func() string { return p.T("Back") },
		"value": func() string { return p.T("Back {to}", i18n.V{"to": "x"}) },
		"count": func() string { return p.N("{n} byte", "{n} bytes", 1234) },
		"date":  func() string { return p.Date(2026, 11, 16) },
		"money": func() string { return p.Money(123450, "GBP") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = f()
			}
		})
	}
}
