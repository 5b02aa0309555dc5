package flow_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stoa/internal/fault"
	"stoa/internal/flow"
	"stoa/internal/opendata"
	"stoa/internal/policy"
	"stoa/internal/proof"
	"stoa/internal/publog"
	"stoa/internal/store"
)

const stalls = `
frequency: MONTHLY
from: {register: stalls}
columns: [{id: number}, {id: place}, {id: metres}, {id: state}]
`

// TestADatasetSaysWhatItsSourceSays publishes a register, again when nothing has changed, and again after a licence.
func TestADatasetSaysWhatItsSourceSays(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		o.licensed("rana@testshire.example")
		if !o.publish("stalls") {
			o.t.Fatal("the first version is none")
		}
		rows, hash := o.rows("stalls")
		if len(rows) != 2 || rows[1][1] != "Market square" && rows[1][1] == "" || rows[1][3] != "active" {
			o.t.Errorf("rows are %q", rows)
		}
		before := o.tables()
		if o.publish("stalls") {
			o.t.Error("the same rows made a version")
		}
		if after := o.tables(); !maps.Equal(before, after) {
			o.t.Errorf("the same rows left something: %v, before %v", after, before)
		}
		leaves, _ := o.leaves()
		leaf := leaves[slices.IndexFunc(leaves, func(l *proof.Leaf) bool { return l.Kind == publog.DatasetPublished })]
		said := map[string]string{}
		for _, f := range leaf.Fields {
			said[f.Name] = f.Value
		}
		if leaf.Kind != publog.DatasetPublished || leaf.ID != "stalls.1" || said["sha256"] != hash || hash != o.version("stalls", 1).Hash || said["rows"] != "1" {
			o.t.Errorf("the leaf is %+v %v, the file's hash %s", leaf, said, hash)
		}
		o.licensed("omar@testshire.example")
		if !o.publish("stalls") {
			o.t.Error("a licence more made no version")
		}
		if v := o.version("stalls", 0); v.Number != 2 || v.Rows != 2 || v.Changes.Added != 1 || v.Changes.Removed != 0 {
			o.t.Errorf("version %d has %d rows, changes %+v", v.Number, v.Rows, v.Changes)
		}
		checked := 0
		o.must(o.DB.Read(o.ctx, "test", func(ctx context.Context, tx *store.Tx) error {
			found, err := o.States.Checked(ctx, tx, "stalls", 2)
			checked = len(found)
			return err
		}))
		if checked != 0 {
			o.t.Errorf("%d checks of a dataset that has none", checked)
		}
	})
}

// TestPublishingBrokenAnywhereIsWhole breaks the publication at every statement, one after the other.
func TestPublishingBrokenAnywhereIsWhole(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		o.licensed("rana@testshire.example")
		before, broken := o.tables(), 0
		for n := 0; ; n++ {
			_, err := o.Data().Publish(breakAt(n), o.officer, flow.PublishDataset{Dataset: "stalls"})
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) || n > 5000 {
				o.t.Fatalf("broken at look %d: %v", n, err)
			}
			broken++
			if after := o.tables(); n%5 == 0 && !maps.Equal(before, after) {
				o.t.Fatalf("broken at look %d, it left rows: %v, before %v", n, after, before)
			}
		}
		if broken < 12 {
			o.t.Errorf("only %d places to break at", broken)
		}
		after := o.tables()
		if after["dataset_version"] != 1 || after["publog_leaf"] != before["publog_leaf"]+1 || after["opendata_state"] != 1 || after["opendata_checked"] != 1 {
			o.t.Errorf("at last %v, before %v", after, before)
		}
		if rows, hash := o.rows("stalls"); len(rows) != 2 || hash != o.version("stalls", 1).Hash {
			o.t.Errorf("the file has %d rows and hash %s", len(rows), hash)
		}
	})
}

// TestTwoPublishersMakeOneVersion lets several publish at once.
func TestTwoPublishersMakeOneVersion(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		o.licensed("rana@testshire.example")
		var wait sync.WaitGroup
		fresh := make([]bool, 6)
		for i := range fresh {
			wait.Go(func() {
				var err error
				fresh[i], err = o.Data().Publish(o.ctx, o.officer, flow.PublishDataset{Dataset: "stalls"})
				if err != nil && fault.KindOf(err) != fault.Conflict {
					o.t.Error(err)
				}
			})
		}
		wait.Wait()
		made := 0
		for _, f := range fresh {
			if f {
				made++
			}
		}
		if n := o.tables()["dataset_version"]; made != 1 || n != 1 || o.kinds()[publog.DatasetPublished] != 1 {
			o.t.Errorf("%d said that they made a version; there are %d, and %d leaves", made, n, o.kinds()[publog.DatasetPublished])
		}
	})
}

// TestDatasetsAreDue follows the clock: at once, on the day, after a change at most once an hour, and never twice.
func TestDatasetsAreDue(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		o.licensed("rana@testshire.example")
		o.work()
		if v := o.version("stalls", 0); v.Number != 1 {
			o.t.Fatalf("version %d", v.Number)
		}
		due := o.state("stalls").Due
		if due.String() != "2026-04-01" {
			o.t.Errorf("the next day is %s, not the first working day of April", due)
		}
		if n, err := o.Data().Schedule(o.ctx, o.system); n != 0 || err != nil {
			o.t.Errorf("%d are due again, %v", n, err)
		}
		o.licensed("omar@testshire.example") // a week later
		for range 3 {
			if n, err := o.Data().Schedule(o.ctx, o.system); n != 1 || err != nil {
				o.t.Errorf("after a change %d are due, %v", n, err)
			}
		}
		jobs := o.tables()["job"]
		o.work()
		if v := o.version("stalls", 0); v.Number != 2 || o.tables()["job"] > jobs+1 {
			o.t.Errorf("version %d, %d jobs, before %d", v.Number, o.tables()["job"], jobs)
		}
		id, holder := o.filled("lena@testshire.example")
		_, err := o.Submit(o.ctx, holder, flow.Submit{Draft: id, Declared: true})
		o.must(err)
		if n, err := o.Data().Schedule(o.ctx, o.system); n != 0 || err != nil {
			o.t.Errorf("an application makes %d datasets due, %v", n, err)
		}
		o.write("stalls.yaml", strings.Replace(stalls, "{id: metres}, ", "", 1))
		o.work()
		if v := o.version("stalls", 0); v.Number != 3 || len(v.Spec.Columns) != 3 {
			o.t.Errorf("after the file has changed: version %d with %d columns", v.Number, len(v.Spec.Columns))
		}
	})
}

// TestWhatIsWrongKeepsTheFormerVersion breaks a check, and mends it.
func TestWhatIsWrongKeepsTheFormerVersion(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		o.licensed("rana@testshire.example")
		o.publish("stalls")
		for what, text := range map[string]string{
			"rows: fewer":   "quality: [{check: rows, least: 2}]\n",
			"days ago":      "quality: [{check: fresh, column: valid_from, most: 3}]\n",
			"are shared by": "disclosure: {anonymous: {k: 2, over: [place, state]}}\n",
			"is not one of": "",
		} {
			columns := strings.Replace(stalls, "{id: state}]", "{id: state}, {id: valid_from}, {id: valid_until}]", 1)
			if text == "" {
				columns = strings.Replace(columns, "{id: place}", "{id: place, enum: [Elsewhere]}", 1)
			}
			o.later(5 * 24 * time.Hour)
			before := o.tables()
			o.write("stalls.yaml", columns+text)
			leaves := o.tables()["publog_leaf"]
			if o.publish("stalls") {
				o.t.Errorf("%s: it was published", what)
			}
			s := o.state("stalls")
			if s.Problem == "" || !slices.ContainsFunc(s.Findings, func(f opendata.Finding) bool {
				return f.Bad && strings.Contains(plain(o.Words.For("en").Key(f.What, said(f.Args))), what)
			}) {
				o.t.Errorf("%s: the problem is %q, findings %v", what, s.Problem, s.Findings)
			}
			if after := o.tables(); after["dataset_version"] != before["dataset_version"] || after["publog_leaf"] != leaves {
				o.t.Errorf("%s: %v, before %v", what, after, before)
			}
			if tomorrow := o.day(); s.Due.String() <= tomorrow || s.Due.String() > "2026-12-31" {
				o.t.Errorf("%s: tried again on %s", what, s.Due)
			}
		}
		o.write("stalls.yaml", stalls)
		if o.publish("stalls") || o.state("stalls").Problem != "" {
			o.t.Errorf("mended: the problem is %q", o.state("stalls").Problem)
		}
	})
}

// TestChecksOfAFile looks at the checks that compare: with the cells that are filled, and with the version before.
func TestChecksOfAFile(t *testing.T) {
	eachOffice(t, func(o *office) {
		const head = "frequency: IRREG\nfrom: {file: list.csv}\ncolumns: [{id: a, title: A}, {id: b, title: B}]\n"
		o.write("list.csv", "a,b\n1,x\n2,\n3,y\n4,z\n")
		o.write("list.yaml", head+"quality: [{check: complete, column: b, least: 75}, {check: change, most: 50}]\n")
		if !o.publish("list") {
			o.t.Fatal(o.state("list"))
		}
		for csv, problem := range map[string]string{
			"a,b\n1,x\n2,\n3,\n4,z\n":                  "b is filled in 50 of 100 rows, and should be in 75",
			"a,b\n1,x\n":                               "The number of rows has changed by 75 per cent",
			"a,b\n1,x\n2,x\n3,x\n4,x\n5,x\n6,x\n7,x\n": "The number of rows has changed by 75 per cent",
		} {
			o.write("list.csv", csv)
			fresh, s := o.publish("list"), o.state("list")
			if i := slices.IndexFunc(s.Findings, func(f opendata.Finding) bool { return f.Bad }); fresh || i < 0 ||
				!strings.Contains(plain(o.Words.For("en").Key(s.Findings[i].What, said(s.Findings[i].Args))), problem) {
				o.t.Errorf("%q: published %v, findings %v", csv, fresh, s.Findings)
			}
			if !s.Due.IsZero() {
				o.t.Errorf("an irregular dataset is due on %s", s.Due)
			}
		}
		o.write("list.csv", "a,b\n1,x\n2,y\n")
		if !o.publish("list") || o.version("list", 0).Rows != 2 {
			o.t.Errorf("half the rows: %+v", o.state("list"))
		}
	})
}

// TestWhoMayPublishAndWithdraw tries everybody.
func TestWhoMayPublishAndWithdraw(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		for name, actor := range map[string]policy.Actor{"stranger": {}, "resident": {Person: "p"}, "elsewhere": o.other} {
			if _, err := o.Data().Publish(o.ctx, actor, flow.PublishDataset{Dataset: "stalls"}); err == nil {
				o.t.Errorf("%s may publish", name)
			}
			if err := o.Data().Withdraw(o.ctx, actor, flow.WithdrawDataset{Dataset: "stalls", Number: 1, Reason: "x", Key: o.key()}); err == nil {
				o.t.Errorf("%s may withdraw", name)
			}
		}
		o.publish("stalls")
		o.licensed("rana@testshire.example")
		o.publish("stalls")
		take := flow.WithdrawDataset{Dataset: "stalls", Number: 1, Reason: "A name stood in it.", Key: o.key()}
		if err := o.Data().Withdraw(o.ctx, o.officer, take); err == nil {
			o.t.Error("an officer may withdraw")
		}
		empty := take
		empty.Reason = ""
		if err := o.Data().Withdraw(o.ctx, o.boss, empty); fault.KindOf(err) != fault.Invalid {
			o.t.Errorf("without a reason: %v", err)
		}
		o.must(o.Data().Withdraw(o.ctx, o.boss, take))
		o.must(o.Data().Withdraw(o.ctx, o.boss, take)) // the answer was lost
		o.namesOfLeaves()
		if v := o.version("stalls", 1); v.Withdrawn == nil || v.Withdrawn.Reason != take.Reason || o.kinds()[publog.DatasetWithdrawn] != 1 {
			o.t.Errorf("withdrawn: %+v, %d leaves", v.Withdrawn, o.kinds()[publog.DatasetWithdrawn])
		}
	})
}

// TestTheSameRowsAfterAWithdrawal are not published again, and the next day is not kept away by it: others are.
func TestTheSameRowsAfterAWithdrawal(t *testing.T) {
	eachOffice(t, func(o *office) {
		o.write("stalls.yaml", stalls)
		o.licensed("rana@testshire.example")
		o.publish("stalls")
		o.must(o.Data().Withdraw(o.ctx, o.boss, flow.WithdrawDataset{Dataset: "stalls", Number: 1, Reason: "A name stood in it.", Key: o.key()}))
		if fresh := o.publish("stalls"); fresh || o.state("stalls").Problem == "" {
			o.t.Errorf("the same again: published %t, the problem is %q", fresh, o.state("stalls").Problem)
		}
		o.licensed("ben@testshire.example")
		if !o.publish("stalls") || o.state("stalls").Problem != "" || o.version("stalls", 0).Number != 2 {
			o.t.Errorf("other rows: the problem is %q", o.state("stalls").Problem)
		}
	})
}

// namesOfLeaves holds what leaves of datasets say to a golden file: readers filter by it.
func (o *office) namesOfLeaves() {
	o.t.Helper()
	all, _ := o.leaves()
	names := map[string]bool{}
	for _, l := range all {
		if !strings.HasPrefix(l.Kind, "dataset.") {
			continue
		}
		for _, f := range l.Fields {
			names[l.Kind+" public "+f.Name] = true
		}
		for _, f := range l.Hidden {
			names[l.Kind+" hidden "+f.Name] = true
		}
		for _, r := range l.Refs {
			names[l.Kind+" ref "+r.Kind] = true
		}
	}
	got, path := strings.Join(slices.Sorted(maps.Keys(names)), "\n")+"\n", filepath.Join("testdata", "leaves-data.golden")
	if *update {
		o.must(os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	o.must(err)
	if got != string(want) {
		o.t.Errorf("names of leaves have changed; readers filter by them. Got\n%s", got)
	}
}
