package lite

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Sets of rows agree with a list of true and false.
func TestRowSetsAgreeWithASlowModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 400).Draw(t, "rows")
		draw := func(name string) ([]bool, rowSet) {
			in := make([]bool, rows+1)
			p := newPostings(form{})
			list := &posting{}
			for id := 1; id <= rows; id++ {
				if in[id] = rapid.IntRange(0, 3).Draw(t, name) == 0; in[id] {
					p.append(list, int64(id))
				}
			}
			set := make(rowSet, rows/64+1)
			if err := set.add(list.rows); err != nil {
				t.Fatal(err)
			}
			return in, set
		}
		a, x := draw("a")
		b, y := draw("b")
		x.and(y)
		y.invert(int64(rows))
		for id := range b {
			if has := y[id/64]>>(id%64)&1 == 1; has != (id > 0 && !b[id]) {
				t.Fatalf("inverted, row %d of %d is %v", id, rows, has)
			}
		}
		if rest := y.page(false, -1, 0, 1000); len(rest) > 0 && rest[len(rest)-1] > int64(rows) {
			t.Fatalf("inverted, it has the rows %v of %d", rest, rows)
		}
		var all []int64
		for id := range a {
			if a[id] && b[id] {
				all = append(all, int64(id))
			}
		}
		if x.count() != int64(len(all)) {
			t.Fatalf("%d rows, want %d", x.count(), len(all))
		}
		desc := rapid.Bool().Draw(t, "desc")
		if desc {
			slices.Reverse(all)
		}
		skip, limit := rapid.IntRange(0, 80).Draw(t, "skip"), rapid.IntRange(1, 80).Draw(t, "limit")
		want := all[min(skip, len(all)):min(skip+limit, len(all))]
		if got := x.page(desc, -1, skip, limit); !slices.Equal(got, want) {
			t.Fatalf("skip %d: %v, want %v", skip, got, want)
		}
		if skip > 0 && skip <= len(all) {
			if got := x.page(desc, all[skip-1], 0, limit); !slices.Equal(got, want) {
				t.Fatalf("after %d: %v, want %v", all[skip-1], got, want)
			}
		}
	})
	set := make(rowSet, 1)
	for _, damaged := range [][]byte{{0x80}, {200, 1}, {1, 100}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}} {
		if set.add(damaged) == nil {
			t.Errorf("the list %v was taken", damaged)
		}
	}
}
