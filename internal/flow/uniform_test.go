package flow_test

import (
	"testing"

	"stoa/internal/flow"
)

// TestAskingForACodeIsTheSameWork for an address that nobody has, for a resident's and for one of the staff: as many looks at
// the database, as many rows in each table. It counts and takes no time, so that it holds on any machine.
func TestAskingForACodeIsTheSameWork(t *testing.T) {
	each(t, func(w *world) {
		w.submitted("rana@testshire.example")
		const plenty = 1 << 20
		work := func(email string) (looks int64, rows map[string]int) {
			before := w.counts()
			c := breakAt(plenty)
			_, err := w.RequestCode(c, flowStranger, flow.RequestCode{Email: email, Language: "en"})
			w.must(err)
			rows = w.counts()
			for table, n := range before {
				rows[table] -= n
			}
			return plenty - c.left.Load(), rows
		}
		looks, rows := work("nobody@testshire.example")
		if looks < 5 || rows["job"] != 1 || rows["notification"] != 1 || rows["person"] != 0 {
			t.Fatalf("a stranger's: %d looks, %v", looks, rows)
		}
		for name, email := range map[string]string{"a resident": "rana@testshire.example", "staff": "olu.officer@testshire.example", "another stranger": "else@testshire.example"} {
			n, made := work(email)
			if n != looks {
				t.Errorf("%s: %d looks at the database, not %d", name, n, looks)
			}
			for table, want := range rows {
				if made[table] != want {
					t.Errorf("%s: %d rows in %s, not %d", name, made[table], table, want)
				}
			}
		}
	})
}
