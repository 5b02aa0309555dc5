package desk_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"stoa/internal/flow"
	"stoa/internal/hint"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestSimilarCasesAreAskedForOneByOne: a case that is not the officer's to see is not among them, and that some are missing is
// said; of the others the look is recorded.
func TestSimilarCasesAreAskedForOneByOne(t *testing.T) {
	storetest.Each(t, append(append([]fs.FS{}, tables...), hint.Migrations()), func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		o := open(t, db, clock)
		hints := &hint.Hints{Vault: o.flow.People.Vault}
		o.flow.Hints, o.view.Hints = hints, hints
		open, hidden, id := o.apply(food), o.apply(food), o.apply(food)
		for _, one := range []string{open, hidden} {
			o.must(o.flow.ActOnCase(o.ctx, o.staff["Tom"], flow.ActOnCase{Case: one, Version: o.load(one).Version, Action: "register", Key: "register " + one}))
		}
		o.must(db.Write(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE cases SET organisation = 'licensing' WHERE id = $1`, hidden) // it was theirs when it was decided
			return err
		}))
		shown, other := o.load(open), o.load(hidden)
		page := o.get(o.staff["Tom"], "/desk/cases/"+id+"/similar")
		page.says(t, 200, "Past cases like it", "/desk/cases/"+open, shown.Number)
		if strings.Contains(page.text, hidden) || strings.Contains(page.text, other.Number) {
			t.Error("the page names a case that the officer may not see")
		}
		seen := map[string]bool{}
		for _, l := range o.looks(other.Person) {
			seen[l.Ref] = true
		}
		if !seen[shown.Number] || seen[other.Number] {
			t.Errorf("looks were recorded at %v", seen)
		}
	})
}
