package desk_test

import (
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"stoa/internal/dataset"
	"stoa/internal/flow"
	"stoa/internal/opendata"
	"stoa/internal/policy"
	"stoa/internal/shelf"
	"stoa/internal/store"
	"stoa/internal/store/storetest"
)

// TestAQuestionAboutDataIsLookedAt by an officer of the organisation whose data it is, who does not learn who asked.
func TestAQuestionAboutDataIsLookedAt(t *testing.T) {
	storetest.Each(t, append(append([]fs.FS{}, tables...), dataset.Migrations(), opendata.Migrations()), func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		o := open(t, db, clock)
		files, err := shelf.Open(t.TempDir(), 1<<30)
		o.must(err)
		o.flow.Datasets, o.flow.States = dataset.New(dataset.Config{DB: db, Shelf: files}), &opendata.States{Vault: o.flow.People.Vault}
		o.view.Datasets, o.view.States = o.flow.Datasets, o.flow.States
		t.Cleanup(func() {
			files.Wait()
			o.must(o.flow.Datasets.Close())
		})
		asker := o.hire("Curious Cat", "curious@example.org", nil)
		o.staff["Curious"] = asker
		id, err := o.flow.Data().Ask(o.ctx, asker, flow.AskAboutData{Dataset: "premises-licences", Text: "Why is <b>band</b> C empty?", Key: "ask"})
		o.must(err)
		at := "/desk/questions/" + id
		elsewhere := o.hire("Else Where", "else@example.org", []policy.Grant{{Role: policy.Supervisor, Organisation: "planning"}})
		o.staff["Else"] = elsewhere
		if a := o.get(elsewhere, "/desk/questions"); strings.Contains(a.text, "band") {
			t.Error("another organisation sees it")
		}
		for _, who := range []policy.Actor{elsewhere, asker, {}} {
			if a := o.get(who, at); a.Code == http.StatusOK || strings.Contains(a.text, "band") {
				t.Errorf("%s sees it: %d", who.Name, a.Code)
			}
		}
		officer := o.staff["Priya"]
		o.get(officer, "/desk/questions").says(t, 200, "Why is &lt;b&gt;band&lt;/b&gt; C empty?")
		page := o.get(officer, at)
		page.says(t, 200, "Why is &lt;b&gt;band&lt;/b&gt; C empty?", "Answer it", "Do not show it")
		if strings.Contains(page.text, "Curious") || strings.Contains(page.text, "curious@") {
			t.Error("the officer learns who asked")
		}
		post := func(pairs ...string) answer {
			return o.send(officer, http.MethodPost, at, with(o.get(officer, at).form(t, at), pairs...))
		}
		post("look", "answer", "answer", "").says(t, 422, "Write the answer")
		post("look", "hide", "reason", "").says(t, 422, "Say why the question is not shown")
		post("look", "").says(t, 422, "Choose what to do with the question")
		if a := post("look", "answer", "answer", "Because nobody pays it."); a.Code != http.StatusSeeOther {
			t.Fatalf("answering: %d\n%s", a.Code, a.text)
		}
		if a := o.get(officer, "/desk/questions"); strings.Contains(a.text, "band") {
			t.Error("it still waits")
		}
		o.get(officer, at).says(t, 200, "Because nobody pays it.")
	})
}
