package treasury_test

import (
	"testing"

	"stoa/internal/treasury"
)

// TestBooksAreMadeOnce: one release has one book, another release its own.
func TestBooksAreMadeOnce(t *testing.T) {
	var books treasury.Books
	one, two := jurisdiction(), jurisdiction()
	first, err := books.Of(one)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := books.Of(one); err != nil || again != first {
		t.Errorf("the same release gives another book (%v)", err)
	}
	if other, err := books.Of(two); err != nil || other == first {
		t.Errorf("another release gives the same book (%v)", err)
	}
}
