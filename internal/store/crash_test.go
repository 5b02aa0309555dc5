package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// crashFile tells the test binary that it is the process to be killed, and which database it writes.
const crashFile = "STOA_TEST_CRASH_FILE"

// TestKill kills a process with kill -9 while many clients write, records from outside what it acknowledged, and looks
// into the file afterwards: nothing acknowledged is missing, nothing is there twice, and each transaction is whole.
// (What a power cut does besides is the business of the checks under test/.)
func TestKill(t *testing.T) {
	if file := os.Getenv(crashFile); file != "" {
		writeUntilKilled(t, file)
		return
	}
	file := storetest.SQLiteFile(t, schema...)
	acknowledged := map[string]bool{}
	for kill := range 4 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), crashFile+"="+file, fmt.Sprintf("STOA_TEST_CRASH_ROUND=%d", kill))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			if code, ok := strings.CutPrefix(lines.Text(), "stored "); ok {
				acknowledged[code] = true
			} else {
				t.Fatalf("the process says %q", lines.Text())
			}
			if n == 150+70*kill { // then read on: what it had said before it died counts too
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // killed, as intended
	}
	db, _ := storetest.Open(t, "sqlite:"+file)
	stored := map[string]int{}
	err := db.Read(t.Context(), "look", func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT org, code FROM item`)
		all, err := store.Collect(rows, err, func(s store.Scanner) (r [2]string, err error) { return r, s.Scan(&r[0], &r[1]) })
		for _, r := range all {
			stored[r[1]]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for code := range acknowledged {
		if stored[code] == 0 {
			t.Errorf("%s was acknowledged and is lost", code)
		}
	}
	var broken []string
	for code, n := range stored {
		if n != 2 { // each transaction writes two rows of one code
			broken = append(broken, fmt.Sprintf("%s: %d", code, n))
		}
	}
	slices.Sort(broken)
	if broken != nil {
		t.Errorf("not whole: %v", broken)
	}
	t.Logf("%d acknowledged, %d stored", len(acknowledged), len(stored))
}

// writeUntilKilled says each code after its Write returned.
func writeUntilKilled(t *testing.T, file string) {
	db, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + file})
	if err != nil {
		t.Fatal(err)
	}
	var say sync.Mutex
	var wg sync.WaitGroup
	for c := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				code := fmt.Sprintf("%s/%d/%d", os.Getenv("STOA_TEST_CRASH_ROUND"), c, i)
				err := db.Write(t.Context(), "crash", func(ctx context.Context, tx *store.Tx) error {
					if err := insert(ctx, tx, "one", code, 1); err != nil {
						return err
					}
					return insert(ctx, tx, "two", code, 1)
				})
				if err != nil {
					fmt.Println(err)
					return
				}
				say.Lock()
				_, err = fmt.Println("stored", code)
				say.Unlock()
				if err != nil {
					return // nobody listens any more
				}
			}
		})
	}
	wg.Wait()
}
