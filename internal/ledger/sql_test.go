package ledger_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// changesBooks finds SQL that changes or removes what must stay as it was posted.
var changesBooks = regexp.MustCompile(`(?i)\b(UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(\s+TABLE)?|DROP\s+TABLE|ALTER\s+TABLE)\s+ledger_(entry|line|account|close)\b|ledger_(entry|line|account|close)\b[^;]*DO\s+UPDATE`)

// TestTheBooksAreOnlyAddedTo reads the SQL of this package.
func TestTheBooksAreOnlyAddedTo(t *testing.T) {
	for _, src := range []string{"UPDATE ledger_entry SET text = $1", "DELETE FROM ledger_line", "delete from ledger_account",
		"INSERT INTO ledger_line (no) VALUES (1) ON CONFLICT (no) DO UPDATE SET amount = 1"} {
		if !changesBooks.MatchString(src) {
			t.Errorf("would not find %q", src)
		}
	}
	read := 0
	for _, pattern := range []string{"*.go", "migrations/*.sql"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			read++
			if found := changesBooks.FindString(string(src)); found != "" {
				t.Errorf("%s: %s", file, found)
			}
		}
	}
	if read < 10 {
		t.Errorf("read only %d files", read)
	}
}
